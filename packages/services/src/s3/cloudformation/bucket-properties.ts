import type {
  AwsS3BucketNotificationConfigurationDefinition,
  AwsS3BucketNotificationFilterDefinition,
  AwsS3BucketProperties,
  BucketCannedACL,
  NotificationConfiguration,
  NotificationConfigurationFilter,
  ServerSideEncryptionConfiguration,
} from '@cloud-orrery/models/s3'
import { notModelled } from '../../shared/not-modelled.ts'

/** Properties of features that are not built: naming one is refused by name. */
const unbuilt: readonly (keyof AwsS3BucketProperties)[] = [
  'AbacStatus',
  'AccelerateConfiguration',
  'AnalyticsConfigurations',
  'BucketNamePrefix',
  'BucketNamespace',
  'CorsConfiguration',
  'IntelligentTieringConfigurations',
  'InventoryConfigurations',
  'LifecycleConfiguration',
  'LoggingConfiguration',
  'MetadataConfiguration',
  'MetadataTableConfiguration',
  'MetricsConfigurations',
  'ObjectLockConfiguration',
  'ObjectLockEnabled',
  'ReplicationConfiguration',
  'WebsiteConfiguration',
]

export function refuseUnbuilt(properties: AwsS3BucketProperties): void {
  for (const name of unbuilt) {
    if (properties[name] === undefined || properties[name] === false) continue
    throw notModelled(`the property ${name} of AWS::S3::Bucket`)
  }
}

/** `PublicRead` is `public-read` to the API. */
export function cannedAcl(accessControl: string | undefined): BucketCannedACL | undefined {
  if (accessControl === undefined) return undefined
  // The schema lists the API's values in another spelling.
  return accessControl.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase() as BucketCannedACL
}

export function encryptionConfiguration({
  BucketEncryption,
}: AwsS3BucketProperties): ServerSideEncryptionConfiguration | undefined {
  if (BucketEncryption === undefined) return undefined
  const { ServerSideEncryptionConfiguration: rules } = BucketEncryption
  return {
    Rules: rules.map(({ ServerSideEncryptionByDefault, BucketKeyEnabled }) => ({
      ...(ServerSideEncryptionByDefault === undefined
        ? {}
        : { ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault }),
      ...(BucketKeyEnabled === undefined ? {} : { BucketKeyEnabled }),
    })),
  } as ServerSideEncryptionConfiguration // The schema's values are the API's.
}

/** The template has one event in each rule, the API a list. */
export function notificationConfiguration(
  template: AwsS3BucketNotificationConfigurationDefinition | undefined,
): NotificationConfiguration {
  if (template === undefined) return {}
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
export function notificationProperty(
  configuration: NotificationConfiguration,
): AwsS3BucketNotificationConfigurationDefinition | undefined {
  const { QueueConfigurations, TopicConfigurations, EventBridgeConfiguration } = configuration
  const property = {
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
  return Object.keys(property).length === 0 ? undefined : property
}

function filterProperty(filter: NotificationConfigurationFilter | undefined) {
  const rules = filter?.Key?.FilterRules
  if (rules === undefined) return {}
  const Rules = rules.map(({ Name = '', Value = '' }) => ({ Name: Name.toLowerCase(), Value }))
  return { Filter: { S3Key: { Rules } } }
}
