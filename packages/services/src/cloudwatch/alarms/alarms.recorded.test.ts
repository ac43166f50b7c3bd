import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type StateValue,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { recorded, replaying } from '../recorded-metrics.test-support.ts'
import { topicIntoQueue } from './alerts.test-support.ts'

const [query, json, cbor] = ['query', 'json', 'smithy-rpc-v2-cbor']

const alarm = {
  AlarmName: 'alarm',
  Namespace: 'test',
  MetricName: 'metric',
  EvaluationPeriods: 1,
  ComparisonOperator: 'GreaterThanThreshold',
  Period: 60,
  Statistic: 'Sum',
  Threshold: 30,
} satisfies PutMetricAlarmCommandInput

function put(cloudwatch: CloudWatchClient, more: Partial<PutMetricAlarmCommandInput> = {}) {
  return cloudwatch.send(new PutMetricAlarmCommand({ ...alarm, ...more }))
}

function described(cloudwatch: CloudWatchClient) {
  return cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['alarm'] }))
}

recorded.for([
  [`test_describe_alarms_converts_date_format_correctly[${query}]`, 'describe-alarms', {}],
  [`test_describe_alarms_converts_date_format_correctly[${cbor}]`, 'describe-alarms', {}],
  [`test_describe_minimal_metric_alarm[${cbor}]`, 'describe_minimal_metric_alarm', { Period: 10 }],
  ...[query, json].map(
    (variant) =>
      [
        `test_put_metric_alarm_escape_character[${variant}]`,
        'describe-alarms-escaped-character',
        {
          AlarmDescription: '<',
          Period: 600,
          Threshold: 1,
          AlarmActions: ['arn:aws:sns:us-east-1:111122223333:MyTopic'],
        },
      ] as const,
  ),
] as const)('an alarm as it was put: %s', async ([name, step, more]) => {
  const { cloudwatch, compare } = replaying(name)
  await put(cloudwatch, more as Partial<PutMetricAlarmCommandInput>)
  await compare(step, described(cloudwatch))
})

recorded.for([json, cbor])('an alarm is deleted [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_delete_alarm[${variant}]`)
  await put(cloudwatch, { MetricName: 'metric1' })
  await compare('describe-alarm', described(cloudwatch))
  const gone = cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['alarm'] }))
  await compare('delete-alarm', gone)
  await compare('describe-after-delete', described(cloudwatch))
})

const ResourceARN = 'arn:aws:cloudwatch:us-east-1:111111111111:alarm:alarm'

function listTags(cloudwatch: CloudWatchClient) {
  return cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))
}

function tag(cloudwatch: CloudWatchClient) {
  const Tags = [
    { Key: 'tag1', Value: 'foo' },
    { Key: 'tag2', Value: 'bar' },
  ]
  return cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags }))
}

function untag(cloudwatch: CloudWatchClient) {
  return cloudwatch.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['tag1'] }))
}

recorded.for([query, json, cbor])('tags of an alarm [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_store_tags[${variant}]`)
  await compare('put_metric_alarm', put(cloudwatch, { MetricName: 'store_tags' }))
  await compare('describe_alarms', described(cloudwatch))
  await compare('list_tags_for_resource_empty ', listTags(cloudwatch))
  await tag(cloudwatch)
  await compare('list_tags_for_resource', listTags(cloudwatch))
  await untag(cloudwatch)
  await compare('list_tags_for_resource_post_untag', listTags(cloudwatch))
})

const Tags = [{ Key: 'Environment', Value: 'Production' }]

recorded.for([
  ['metric', query],
  ['metric', json],
  ['composite', query],
  ['composite', json],
])('tags of a %s alarm from its creation on [%s]', async ([kind, variant]) => {
  const { cloudwatch, compare, content } = replaying(`test_tagging_${kind}_alarm[${variant}]`)
  if (kind === 'metric') await compare('put_metric_alarm', put(cloudwatch, { Tags }))
  else {
    await put(cloudwatch, { AlarmName: 'child' })
    const input = { AlarmName: 'alarm', AlarmRule: 'ALARM("child")', Tags }
    await cloudwatch.send(new PutCompositeAlarmCommand(input))
  }
  const first = 'list_tags_for_resource_after_creation'
  await compare(first in content ? first : `${first} `, listTags(cloudwatch))
  await tag(cloudwatch)
  await compare('list_tags_for_resource_updated', listTags(cloudwatch))
  await untag(cloudwatch)
  await compare('list_tags_for_resource_post_untag', listTags(cloudwatch))
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['alarm'] }))
  await compare('list_tags_for_deleted_resource', listTags(cloudwatch))
})

recorded.for([query, json, cbor])('a state that is set by hand [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_set_alarm[${variant}]`)
  await put(cloudwatch, {
    AlarmDescription: 'Test Alarm when CPU exceeds 50 percent',
    MetricName: 'CPUUtilization-3',
    Statistic: 'Average',
    Period: 300,
    Threshold: 50,
    Dimensions: [{ Name: 'InstanceId', Value: 'i-0317828c84edbe100' }],
    Unit: 'Percent',
    EvaluationPeriods: 2,
    OKActions: ['arn:aws:sns:us-east-1:111111111111:ok'],
    AlarmActions: ['arn:aws:sns:us-east-1:111111111111:alarm'],
    TreatMissingData: 'ignore',
  })
  const set = (state: StateValue, StateReason: string) =>
    cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'alarm', StateReason, StateValue: state }),
    )
  await set('ALARM', 'testing alarm')
  await compare('triggered-alarm', described(cloudwatch))
  await set('OK', 'resetting alarm')
  await compare('reset-alarm', described(cloudwatch))
})

recorded.for([query, json])('a state that is none, an alarm that is none [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_set_alarm_invalid_input[${variant}]`)
  await put(cloudwatch)
  const set = (AlarmName: string, state: string) =>
    cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName, StateReason: 'r', StateValue: state as StateValue }),
    )
  // The list of allowed values is in the order of a hash table of AWS's.
  await compare('error-invalid-state', set('alarm', 'INVALID'), ['Error.Message'])
  // boto3 shows an empty message for JSON and none for XML.
  await compare('error-resource-not-found', set('none', 'OK'), ['Error.Message'])
})

const watched = {
  AlarmDescription: 'testing cloudwatch alarms',
  Period: 10,
  Dimensions: [{ Name: 'InstanceId', Value: 'abc' }],
  Unit: 'Seconds' as const,
  Statistic: 'Average' as const,
}

/** Documents in strings are shown as objects; moments are words of the recordings. */
const documents = ['MetricAlarms[0].StateReason']

recorded('an alarm that is crossed: what is described, sent and remembered', async () => {
  const { cloud, cloudwatch, compare, compareValue, bindings } = replaying('test_put_metric_alarm')
  const { topicArn, received } = await topicIntoQueue(cloud)
  bindings.set('<topic_arn>', 'alerts')
  const actions = { OKActions: [topicArn], AlarmActions: [topicArn] }
  await put(cloudwatch, {
    ...watched,
    ...actions,
    MetricName: 'my-metric1',
    Threshold: 21,
    TreatMissingData: 'ignore',
  })
  await compare('describe-alarm', described(cloudwatch))
  const metric = { MetricName: 'my-metric1', Dimensions: watched.Dimensions }
  const datum = { ...metric, Unit: watched.Unit }
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: 'test',
      MetricData: [21, 22].map((Value) => ({ ...datum, Value })),
    }),
  )
  await cloud.advance({ seconds: 10 })
  const [message] = await received()
  // The reason quotes the moment of the data.
  compareValue('alarm-triggered-sqs-msg', dated(message), ['NewStateReason'])
  const answer = cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'alarm', HistoryItemType: 'StateUpdate' }),
  )
  const reason = 'AlarmHistoryItems[0].HistoryData.newState'
  await compare('describe-alarm-history', answer, [
    `${reason}.stateReason`,
    ...moments(`${reason}.stateReasonData`, 1),
  ])
  const onMetric = cloudwatch.send(
    new DescribeAlarmsForMetricCommand({ Namespace: 'test', ...metric }),
  )
  await compare('describe-alarms-for-metric', onMetric, [
    ...documents,
    ...moments('MetricAlarms[0].StateReasonData', 1),
  ])
})

/** Paths of moments within the data of a reason, which recordings keep as the word `date`. */
function moments(path: string, points: number): readonly string[] {
  return [
    `${path}.queryDate`,
    `${path}.startDate`,
    ...Array.from({ length: points }, (_, i) => `${path}.evaluatedDatapoints[${i}].timestamp`),
  ]
}

function dated(message: Record<string, unknown> | undefined): Record<string, unknown> {
  return {
    ...message,
    AlarmConfigurationUpdatedTimestamp: 'date',
    StateChangeTime: 'date',
  }
}

recorded('missing data that breaches', async () => {
  const name = `test_breaching_alarm_actions[${cbor}]`
  const { cloud, cloudwatch, compare, compareValue, bindings } = replaying(name)
  const { topicArn, received } = await topicIntoQueue(cloud)
  bindings.set('<topic_arn>', 'alerts')
  await put(cloudwatch, {
    ...watched,
    MetricName: 'my-metric101',
    Threshold: 2,
    EvaluationPeriods: 2,
    OKActions: [topicArn],
    AlarmActions: [topicArn],
    TreatMissingData: 'breaching',
  })
  await cloud.advance({ seconds: 10 })
  const [message] = await received()
  // Newer recordings have this member.
  compareValue('alarm-1-sqs-msg', dated(message), ['ActionExecutedAfterMuteWindow'])
  await compare(
    'alarm-1-describe',
    described(cloudwatch),
    moments('MetricAlarms[0].StateReasonData', 2),
  )
})

recorded('an alarm on what a queue reports', async () => {
  const file = 'cloudwatch/test_cloudwatch_metrics'
  const name = 'test_alarm_number_of_messages_sent'
  const { cloud, cloudwatch, compare, compareValue, bindings } = replaying(name, file)
  const { topicArn, received } = await topicIntoQueue(cloud)
  bindings.set('<topic-name>', 'alerts').set('<replaced-queue-name>', 'jobs')
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }))
  await put(cloudwatch, {
    AlarmDescription: 'test messages sent',
    Namespace: 'AWS/SQS',
    MetricName: 'NumberOfMessagesSent',
    Dimensions: [{ Name: 'QueueName', Value: 'jobs' }],
    Statistic: 'SampleCount',
    Threshold: 0,
    AlarmActions: [topicArn],
    TreatMissingData: 'missing',
  })
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'new message' }))
  await cloud.advance({ minutes: 1 })
  const [message] = await received()
  compareValue('NumberOfMessagesSent-sqs-msg', dated(message), [
    'NewStateReason',
    'ActionExecutedAfterMuteWindow',
  ])
  await compare('NumberOfMessagesSent-describe', described(cloudwatch), [
    ...documents,
    ...moments('MetricAlarms[0].StateReasonData', 1),
  ])
})

recorded.for([query, json, cbor])('a name that no dashboard has [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_invalid_dashboard_name[${variant}]`)
  const input = { DashboardName: 'test-dashboard:name', DashboardBody: '{"widgets":[]}' }
  await compare('error-invalid-dashboardname', cloudwatch.send(new PutDashboardCommand(input)))
})

recorded.for([query, json])('a dashboard comes and goes [%s]', async (variant) => {
  const { cloudwatch, compare, content } = replaying(`test_dashboard_lifecycle[${variant}]`)
  // The recording shows what was put.
  const got = content['get_dashboard'] as { DashboardBody: object }
  const text = JSON.stringify(got.DashboardBody).replace('<region>', 'us-east-1')
  const DashboardBody = text.padEnd(240)
  await cloudwatch.send(new PutDashboardCommand({ DashboardName: 'board', DashboardBody }))
  const get = () => cloudwatch.send(new GetDashboardCommand({ DashboardName: 'board' }))
  const list = (DashboardNamePrefix?: string) =>
    cloudwatch.send(
      new ListDashboardsCommand({ ...(DashboardNamePrefix && { DashboardNamePrefix }) }),
    )
  await compare('get_dashboard', get())
  await compare('list_dashboards', list())
  await compare('list_dashboards_prefix_empty', list('other'))
  await compare('list_dashboards_prefix', list('bo'))
  await cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: ['board'] }))
  await compare('list_dashboards_empty', list())
})
