import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  DescribeAlarmsCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch'
import { client } from '@cloud-orrery/cloud'
import { expect } from 'vitest'
import { recorded, replaying } from '../recorded-metrics.test-support.ts'

const file = 'cloudformation/resources/test_cloudwatch'

/** A cloud in which one stack is deployed again and again. */
function stack(name: string) {
  const replay = replaying(name, file)
  const cfn = client(replay.cloud, CloudFormationClient)
  const StackName = 'a-stack'
  let exists = false
  return {
    ...replay,
    async deploy(Resources: object, Outputs: object = {}): Promise<Record<string, string>> {
      const TemplateBody = JSON.stringify({ Resources, Outputs })
      const input = { StackName, TemplateBody, Tags: [{ Key: 'team', Value: 'a' }] }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      await replay.cloud.advance({ minutes: 5 })
      const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
      expect(Stacks?.[0]?.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/)
      const outputs = Stacks?.[0]?.Outputs ?? []
      return Object.fromEntries(
        outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      )
    },
    async destroy() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await replay.cloud.advance({ minutes: 5 })
    },
  }
}

const alarm = {
  Namespace: 'CustomNamespace',
  MetricName: 'MemoryUsage',
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 65,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'ignore',
}

recorded('an alarm gives its name and its ARN', async () => {
  const { deploy, compareValue } = stack('test_alarm_creation')
  const outputs = await deploy(
    { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: alarm } },
    {
      AlarmName: { Value: { Ref: 'Alarm' } },
      AlarmArnFromAtt: { Value: { 'Fn::GetAtt': ['Alarm', 'Arn'] } },
    },
  )
  compareValue('alarm_outputs', outputs)
})

recorded('an alarm on a percentile', async () => {
  const { cloudwatch, deploy, compareValue } = stack('test_alarm_ext_statistic')
  await deploy({
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmDescription: 'uses extended statistic',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        EvaluationPeriods: 3,
        DatapointsToAlarm: 3,
        Period: 300,
        ExtendedStatistic: 'p99',
        Threshold: 10,
        MetricName: 'Duration',
        Namespace: 'test',
        Unit: 'Count',
        TreatMissingData: 'ignore',
        Dimensions: [{ Name: 'FunctionName', Value: 'my-function' }],
      },
    },
  })
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}))
  compareValue('simple_alarm', MetricAlarms)
})

recorded('a composite alarm over two alarms, which an update and a deletion follow', async () => {
  const { cloud, cloudwatch, deploy, destroy, compareValue, bindings } = stack(
    'test_composite_alarm_creation',
  )
  bindings.set('<alarm-action-name:1>', 'alerts')
  const child = (AlarmName: string, MetricName: string) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { ...alarm, AlarmName, MetricName, AlarmDescription: 'Memory usage is high' },
  })
  const resources = (ActionsEnabled: boolean) => ({
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alerts' } },
    Cpu: child('HighCPUUsage', 'CPUUsage'),
    Memory: child('HighMemoryUsage', 'MemoryUsage'),
    Both: {
      Type: 'AWS::CloudWatch::CompositeAlarm',
      DependsOn: ['Cpu', 'Memory'],
      Properties: {
        AlarmName: 'HighResourceUsage',
        AlarmRule: '(ALARM(HighCPUUsage) OR ALARM(HighMemoryUsage))',
        AlarmActions: [{ Ref: 'Topic' }],
        AlarmDescription:
          'Indicates that the system resource usage is high while no known deployment is in progress',
        ActionsEnabled,
      },
    },
    Board: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: { DashboardName: 'board', DashboardBody: '{"widgets":[]}' },
    },
  })
  await deploy(resources(true))
  const described = async () =>
    await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] }),
    )
  const { CompositeAlarms, MetricAlarms } = await described()
  // Documents in strings are shown as objects; its moments are words of the recording.
  const triggering = '[0].StateReasonData.triggeringAlarms'
  compareValue('composite_alarm', CompositeAlarms, [
    `${triggering}[0].state.timestamp`,
    `${triggering}[1].state.timestamp`,
  ])
  const memory = MetricAlarms?.filter(({ AlarmName }) => AlarmName === 'HighMemoryUsage')
  // The recorded alarm breaches where data is missing, and had not been looked at yet.
  compareValue('metric_alarm', memory, ['[0].TreatMissingData'])
  const { Tags } = await cloudwatch.send(
    new ListTagsForResourceCommand({ ResourceARN: memory?.[0]?.AlarmArn ?? '' }),
  )
  expect(Tags?.filter(({ Key }) => Key === 'team')).toEqual([{ Key: 'team', Value: 'a' }])

  await deploy(resources(false))
  expect((await described()).CompositeAlarms?.[0]?.ActionsEnabled).toBe(false)

  await destroy()
  const { MetricAlarms: alarms, CompositeAlarms: composites } = await described()
  const { DashboardEntries } = await cloudwatch.send(new ListDashboardsCommand({}))
  expect([alarms, composites, DashboardEntries]).toEqual([[], [], []])
  await cloud.settle()
})
