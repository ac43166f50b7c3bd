import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

/** A user who may put metrics of one namespace, and set alarms that tell nobody. */
async function limited() {
  const cloud = createCloud({ deepFreeze: true })
  const iam = client(cloud, IAMClient)
  const UserName = 'limited'
  await iam.send(new CreateUserCommand({ UserName }))
  const Statement = [
    {
      Effect: 'Allow',
      Action: 'cloudwatch:PutMetricData',
      Resource: '*',
      Condition: { StringEquals: { 'cloudwatch:namespace': 'shop' } },
    },
    {
      Effect: 'Allow',
      Action: 'cloudwatch:PutMetricAlarm',
      Resource: 'arn:aws:cloudwatch:*:*:alarm:shop-*',
    },
  ]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  return { cloud, cloudwatch: client(cloud, CloudWatchClient, { credentials }) }
}

const alarm = {
  Namespace: 'shop',
  MetricName: 'Errors',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
} as const

test('a policy can allow the metrics of one namespace', async () => {
  const { cloudwatch } = await limited()
  const put = (Namespace: string) =>
    cloudwatch.send(
      new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'm', Value: 1 }] }),
    )
  await put('shop')
  await expect(put('bank')).rejects.toMatchObject({
    message:
      'User: arn:aws:iam::123456789012:user/limited is not authorized to perform: cloudwatch:PutMetricData because no identity-based policy allows the cloudwatch:PutMetricData action',
  })
})

test('alarms are judged by their ARN', async () => {
  const { cloudwatch } = await limited()
  await cloudwatch.send(new PutMetricAlarmCommand({ ...alarm, AlarmName: 'shop-errors' }))
  await expect(
    cloudwatch.send(new PutMetricAlarmCommand({ ...alarm, AlarmName: 'bank-errors' })),
  ).rejects.toMatchObject({
    message:
      'User: arn:aws:iam::123456789012:user/limited is not authorized to perform: cloudwatch:PutMetricAlarm on resource: arn:aws:cloudwatch:us-east-1:123456789012:alarm:bank-errors because no identity-based policy allows the cloudwatch:PutMetricAlarm action',
  })
})

test('a topic that does not let the alarm publish is told in the history', async () => {
  const { cloud } = await limited()
  const [cloudwatch, sns] = [client(cloud, CloudWatchClient), client(cloud, SNSClient)]
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }))
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: TopicArn,
    Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:*:alarm:other' } },
  }
  const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await sns.send(
    new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }),
  )
  for (const AlarmName of ['mine', 'other']) {
    await cloudwatch.send(
      new PutMetricAlarmCommand({ ...alarm, AlarmName, AlarmActions: [TopicArn] }),
    )
    const input = { AlarmName, StateValue: 'ALARM', StateReason: 'r' } as const
    await cloudwatch.send(new SetAlarmStateCommand(input))
  }
  await cloud.settle()
  const summaries = async (AlarmName: string) => {
    const input = { AlarmName, HistoryItemType: 'Action' } as const
    const { AlarmHistoryItems = [] } = await cloudwatch.send(new DescribeAlarmHistoryCommand(input))
    return AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)
  }
  expect(await summaries('other')).toEqual([`Successfully executed action ${TopicArn}`])
  expect(await summaries('mine')).toEqual([
    expect.stringMatching(/^Failed to execute action .*is not authorized to perform: SNS:Publish/),
  ])
})
