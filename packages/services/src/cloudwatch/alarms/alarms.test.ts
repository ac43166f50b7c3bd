import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { busy } from '../../shared/outages.test-support.ts'
import { topicIntoQueue } from './alerts.test-support.ts'

const minute = { minutes: 1 }

/** A cloud with a topic whose messages come to a queue. */
async function withTopic() {
  const cloud = createCloud({ deepFreeze: true })
  const cloudwatch = client(cloud, CloudWatchClient)
  const { topicArn: TopicArn, received } = await topicIntoQueue(cloud)
  return { cloud, cloudwatch, TopicArn, received }
}

test('an alarm tells its topic when a value crosses its threshold', async () => {
  const { cloud, cloudwatch, TopicArn, received } = await withTopic()
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      Namespace: 'shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [TopicArn],
    }),
  )
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: 'shop',
      MetricData: [{ MetricName: 'Errors', Value: 3 }],
    }),
  )
  await cloud.advance(minute)
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}))
  expect(MetricAlarms?.map(({ StateValue, StateReason }) => [StateValue, StateReason])).toEqual([
    [
      'ALARM',
      'Threshold Crossed: 1 datapoint [3.0 (01/01/26 00:00:00)] was greater than the threshold (2.0).',
    ],
  ])
  expect(await received()).toEqual([
    {
      AlarmName: 'errors',
      AlarmDescription: null,
      AWSAccountId: '123456789012',
      AlarmConfigurationUpdatedTimestamp: '2026-01-01T00:00:00.000+0000',
      NewStateValue: 'ALARM',
      NewStateReason:
        'Threshold Crossed: 1 datapoint [3.0 (01/01/26 00:00:00)] was greater than the threshold (2.0).',
      StateChangeTime: '2026-01-01T00:01:00.000+0000',
      Region: 'US East (N. Virginia)',
      AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors',
      OldStateValue: 'INSUFFICIENT_DATA',
      OKActions: [],
      AlarmActions: [TopicArn],
      InsufficientDataActions: [],
      ActionExecutedAfterMuteWindow: false,
      Trigger: {
        MetricName: 'Errors',
        Namespace: 'shop',
        StatisticType: 'Statistic',
        Statistic: 'SUM',
        Unit: null,
        Dimensions: [],
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 2,
        TreatMissingData: '',
        EvaluateLowSampleCountPercentile: '',
      },
    },
  ])
})

test('an alarm whose metric is silent costs nothing, and knows that it has no data', async () => {
  const { cloud, cloudwatch } = await withTopic()
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'quiet',
      Namespace: 'shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  )
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: 'shop',
      MetricData: [{ MetricName: 'Errors', Value: 1 }],
    }),
  )
  await cloud.advance(minute)
  const before = cloud.kernel.journal.entries.length
  await cloud.advance({ days: 365 })
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}))
  expect(MetricAlarms?.map(({ StateValue, StateReason }) => [StateValue, StateReason])).toEqual([
    ['INSUFFICIENT_DATA', 'Insufficient Data: 1 datapoint was unknown.'],
  ])
  expect(cloud.kernel.journal.entries.length - before).toBeLessThan(20)
})

test('an alarm on the depth of a queue goes off, and on again when the queue is empty', async () => {
  const { cloud, cloudwatch } = await withTopic()
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'dead-letters',
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'dead' }],
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    }),
  )
  const state = async () =>
    (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.[0]?.StateValue
  await cloud.advance(minute)
  const seen = [await state()]
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'lost' }))
  await cloud.advance(minute)
  seen.push(await state())
  await cloud.advance({ hours: 2 })
  seen.push(await state()) // It is still there.
  await sqs.send(new PurgeQueueCommand({ QueueUrl }))
  await cloud.advance({ minutes: 7 })
  seen.push(await state())
  expect(seen).toEqual(['OK', 'ALARM', 'ALARM', 'OK'])
})

test('three of four breaching periods are enough where the alarm says so', async () => {
  const { cloud, cloudwatch } = await withTopic()
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'ratio',
      EvaluationPeriods: 4,
      DatapointsToAlarm: 3,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      Metrics: [
        {
          Id: 'errors',
          ReturnData: false,
          MetricStat: {
            Metric: { Namespace: 'shop', MetricName: 'Errors' },
            Period: 60,
            Stat: 'Sum',
          },
        },
        {
          Id: 'all',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'shop', MetricName: 'All' }, Period: 60, Stat: 'Sum' },
        },
        { Id: 'percent', Expression: '100 * errors / all', Label: 'Error rate' },
      ],
    }),
  )
  for (const Errors of [20, 5, 30, 40]) {
    const MetricData = Object.entries({ Errors, All: 100 }).map(([MetricName, Value]) => ({
      MetricName,
      Value,
    }))
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'shop', MetricData }))
    await cloud.advance(minute)
  }
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}))
  expect(MetricAlarms?.map(({ StateReason }) => StateReason)).toEqual([
    'Threshold Crossed: 3 out of the last 4 datapoints [40.0 (01/01/26 00:03:00), 30.0 (01/01/26 00:02:00), 20.0 (01/01/26 00:00:00)] were greater than the threshold (10.0) (minimum 3 datapoints for OK -> ALARM transition).',
  ])
})

test('an alarm tries again while its topic is busy', async () => {
  const { cloud, cloudwatch, TopicArn, received } = await withTopic()
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      Namespace: 'shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [TopicArn],
    }),
  )
  const MetricData = [{ MetricName: 'Errors', Value: 3 }]
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'shop', MetricData }))
  cloud.armFault('sns.Publish', busy, { times: 2 })
  await cloud.advance({ seconds: 90 })
  expect((await received()).map((it) => [it['AlarmName'], it['NewStateValue']])).toEqual([
    ['errors', 'ALARM'],
  ])
})
