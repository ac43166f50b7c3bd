import {
  type AwsS3BucketNotificationConfigurationDefinition,
  type AwsS3BucketNotificationFilterDefinition,
  GetBucketNotificationConfiguration,
  type NotificationConfiguration,
  type NotificationConfigurationFilter,
  PutBucketNotificationConfiguration,
} from '@cloud-orrery/models/s3'
import { setting } from './setting.ts'

export const notifications = setting('NotificationConfiguration', {
  toApi: notificationConfiguration,
  put: (ctx, Bucket, configuration) =>
    ctx.call(PutBucketNotificationConfiguration, {
      Bucket,
      NotificationConfiguration: configuration,
    }),
  remove: (ctx, Bucket) =>
    ctx.call(PutBucketNotificationConfiguration, { Bucket, NotificationConfiguration: {} }),
  get: async (ctx, Bucket) => {
    const configuration = await ctx.call(GetBucketNotificationConfiguration, { Bucket })
    return Object.keys(configuration).length === 0 ? undefined : configuration
  },
  fromApi: notificationProperty,
})

/** The template has one event in each rule, the API a list. */
function notificationConfiguration(
  template: AwsS3BucketNotificationConfigurationDefinition,
): NotificationConfiguration {
  const { QueueConfigurations, TopicConfigurations, LambdaConfigurations } = template
  return {
    QueueConfigurations: QueueConfigurations?.map(({ Queue, Event, Filter }) => ({
      QueueArn: Queue,
      ...ruleOf(Event, Filter),
    })),
    TopicConfigurations: TopicConfigurations?.map(({ Topic, Event, Filter }) => ({
      TopicArn: Topic,
      ...ruleOf(Event, Filter),
    })),
    LambdaFunctionConfigurations: LambdaConfigurations?.map(({ Function: arn, Event, Filter }) => ({
      LambdaFunctionArn: arn,
      ...ruleOf(Event, Filter),
    })),
    ...(template.EventBridgeConfiguration?.EventBridgeEnabled === true
      ? { EventBridgeConfiguration: {} }
      : {}),
  } as NotificationConfiguration // Events and filters are judged by S3 itself.
}

function ruleOf(event: string, filter: AwsS3BucketNotificationFilterDefinition | undefined) {
  return {
    Events: [event],
    ...(filter === undefined ? {} : { Filter: { Key: { FilterRules: filter.S3Key.Rules } } }),
  }
}

/** The same the other way round: what a template would have to say of a bucket as it is. */
function notificationProperty(
  configuration: NotificationConfiguration,
): AwsS3BucketNotificationConfigurationDefinition {
  const { QueueConfigurations, TopicConfigurations, EventBridgeConfiguration } = configuration
  const { LambdaFunctionConfigurations } = configuration
  return {
    ...(LambdaFunctionConfigurations && {
      LambdaConfigurations: LambdaFunctionConfigurations.flatMap(
        ({ LambdaFunctionArn, Events, Filter }) =>
          Events.map((Event) => ({
            Function: LambdaFunctionArn,
            Event,
            ...filterProperty(Filter),
          })),
      ),
    }),
    ...(QueueConfigurations && {
      QueueConfigurations: QueueConfigurations.flatMap(({ QueueArn, Events, Filter }) =>
        Events.map((Event) => ({ Queue: QueueArn, Event, ...filterProperty(Filter) })),
      ),
    }),
    ...(TopicConfigurations && {
      TopicConfigurations: TopicConfigurations.flatMap(({ TopicArn, Events, Filter }) =>
        Events.map((Event) => ({ Topic: TopicArn, Event, ...filterProperty(Filter) })),
      ),
    }),
    ...(EventBridgeConfiguration && {
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    }),
  }
}

function filterProperty(filter: NotificationConfigurationFilter | undefined) {
  const rules = filter?.Key?.FilterRules
  if (rules === undefined) return {}
  const Rules = rules.map(({ Name = '', Value = '' }) => ({ Name: Name.toLowerCase(), Value }))
  return { Filter: { S3Key: { Rules } } }
}
