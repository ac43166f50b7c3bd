import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
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
