import {
  CloudWatchClient,
  PutCompositeAlarmCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

const alarmArn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:ring'
const metric = { Namespace: 'Ring', MetricName: 'Rings' }
const DashboardBody = '{"widgets":[]}'
const period = 300

/** A metric with a point, an alarm on it with a tag that tells a topic, one over it, a dashboard. */
export async function arrangeCloudWatch(cloud: Cloud): Promise<KnownValues> {
  const cloudwatch = client(cloud, CloudWatchClient)
  const { TopicArn } = await client(cloud, SNSClient).send(new CreateTopicCommand({ Name: 'ring' }))
  const actions = [TopicArn ?? '']
  const alarm = {
    AlarmName: 'ring',
    ...metric,
    Statistic: 'Sum',
    Period: period,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  } as const
  const Tags = [{ Key: 'ring', Value: 'one' }]
  const composite = { AlarmName: 'ring-over', AlarmRule: 'ALARM(ring)' }
  await cloudwatch.send(new PutMetricAlarmCommand({ ...alarm, AlarmActions: actions, Tags }))
  await cloudwatch.send(new PutCompositeAlarmCommand(composite))
  await cloudwatch.send(new PutDashboardCommand({ DashboardName: 'ring', DashboardBody }))
  const MetricData = [{ MetricName: metric.MetricName, Value: 2 }]
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: metric.Namespace, MetricData }))
  await cloud.advance({ minutes: 10 })
  const nowMs = cloud.kernel.clock.nowMs
  const StartTime = new Date(nowMs - 3_600_000)
  const EndTime = new Date(nowMs)
  const query = { Id: 'm1', MetricStat: { Metric: metric, Period: period, Stat: 'Sum' } }
  const statistics = { ...metric, StartTime, EndTime, Period: period, Statistics: ['Sum'] as const }
  return {
    ...metric,
    AlarmName: 'ring',
    'PutCompositeAlarm.AlarmName': 'ring-over',
    AlarmRule: 'ALARM(ring)',
    'AlarmNames[]': 'ring',
    ActionsSuppressor: 'ring',
    'AlarmActions[]': TopicArn,
    'OKActions[]': TopicArn,
    'InsufficientDataActions[]': TopicArn,
    'PutMetricAlarm.': alarm,
    StateValue: 'ALARM',
    StateReasonData: '{}',
    DashboardName: 'ring',
    'DashboardNames[]': 'ring',
    DashboardBody,
    ResourceARN: alarmArn,
    'TagKeys[]': 'ring',
    StartTime,
    EndTime,
    Period: period,
    'GetMetricStatistics.': statistics,
    'MetricDataQueries[]': query,
    'Metrics[]': { ...query, ReturnData: true },
    'MetricData[]': MetricData[0],
    'MetricData[].Timestamp': EndTime,
    'PutMetricData.': { Namespace: metric.Namespace, MetricData },
  }
}
