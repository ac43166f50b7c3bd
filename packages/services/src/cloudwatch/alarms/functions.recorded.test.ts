import {
  CloudWatchClient,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { AddPermissionCommand, InvokeCommand } from '@aws-sdk/client-lambda'
import { client } from '@cloud-orrery/cloud'
import { expect } from 'vitest'
import { makeFunction, start } from '../../lambda/functions.test-support.ts'
import { expectRecorded, recording } from '../../shared/recorded.test-support.ts'
import { recorded } from '../recorded-metrics.test-support.ts'

recorded('what a function gets that is the action of an alarm', async () => {
  const seen: unknown[] = []
  const made = start({ work: (event: unknown) => void seen.push(event) })
  await makeFunction(made, 'work')
  const cloudwatch = client(made.cloud, CloudWatchClient)
  await made.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'work',
      StatementId: 'alarm',
      Action: 'lambda:InvokeFunction',
      Principal: 'lambda.alarms.cloudwatch.amazonaws.com',
    }),
  )
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'alarm',
      AlarmDescription: 'testing lambda alarm action',
      MetricName: 'metric1',
      Namespace: 'namespace',
      Period: 10,
      Threshold: 2,
      Statistic: 'Average',
      EvaluationPeriods: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'ignore',
      AlarmActions: ['arn:aws:lambda:us-east-1:123456789012:function:work'],
    }),
  )
  await cloudwatch.send(
    new SetAlarmStateCommand({
      AlarmName: 'alarm',
      StateReason: 'testing alarm',
      StateValue: 'ALARM',
    }),
  )
  await made.cloud.settle()
  const facts = recording('cloudwatch/test_cloudwatch', 'test_alarm_lambda_target')
  const bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
  const [event] = seen
  // Moments are words of the recording, and the account is that of the tests of functions.
  expectRecorded(event, facts['lambda-alarm-invocations'], bindings, [
    'time',
    'accountId',
    'alarmArn',
    'alarmData.state.timestamp',
    'alarmData.previousState.timestamp',
  ])
  expect(event).toMatchObject({
    time: '2026-01-01T00:00:01.000+0000',
    accountId: '123456789012',
    alarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:alarm',
  })
})

recorded('an invocation is counted', async () => {
  const made = start({ work: () => 'ok' })
  await makeFunction(made, 'work')
  await made.lambda.send(new InvokeCommand({ FunctionName: 'work' }))
  const Dimensions = [{ Name: 'FunctionName', Value: 'work' }]
  const Metric = { Namespace: 'AWS/Lambda', MetricName: 'Invocations', Dimensions }
  const nowMs = made.cloud.kernel.clock.nowMs
  const { MetricDataResults } = await client(made.cloud, CloudWatchClient).send(
    new GetMetricDataCommand({
      StartTime: new Date(nowMs - 60_000),
      EndTime: new Date(nowMs + 60_000),
      MetricDataQueries: [{ Id: 'm1', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
    }),
  )
  const facts = recording(
    'cloudwatch/test_cloudwatch_metrics',
    'TestCloudWatchLambdaMetrics::test_lambda_invoke_successful',
  )
  const { MetricDataResults: expected } = facts['get-metric-data'] as {
    MetricDataResults: unknown
  }
  const shown = MetricDataResults?.map((result) => ({ ...result, Timestamps: 'timestamp' }))
  expectRecorded(shown, expected)
})
