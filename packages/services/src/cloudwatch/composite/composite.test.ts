import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { topicIntoQueue } from '../alarms/alerts.test-support.ts'

/** Three metric alarms without data, and whoever is told. */
async function withChildren(options: { seed?: number } = {}) {
  const cloud = createCloud({ deepFreeze: true, ...options })
  const cloudwatch = client(cloud, CloudWatchClient)
  for (const AlarmName of ['cpu', 'memory', 'deploying']) {
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: 'shop',
        MetricName: AlarmName,
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 90,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'ignore',
      }),
    )
  }
  const { topicArn, received } = await topicIntoQueue(cloud)
  const put = (AlarmRule: string, more = {}) =>
    cloudwatch.send(
      new PutCompositeAlarmCommand({
        AlarmName: 'both',
        AlarmRule,
        AlarmActions: [topicArn],
        OKActions: [topicArn],
        ...more,
      }),
    )
  const set = async (AlarmName: string, state: StateValue) => {
    const input = { AlarmName, StateValue: state, StateReason: 'test' }
    await cloudwatch.send(new SetAlarmStateCommand(input))
    await cloud.settle()
  }
  const both = async () => {
    const input = { AlarmNames: ['both'], AlarmTypes: ['CompositeAlarm' as const] }
    return (await cloudwatch.send(new DescribeAlarmsCommand(input))).CompositeAlarms?.[0]
  }
  const told = async () => {
    await cloud.settle()
    return (await received()).map(({ NewStateValue }) => NewStateValue)
  }
  return { cloud, cloudwatch, put, set, both, told }
}

test('a composite alarm follows the states of its children', async () => {
  const { cloud, put, set, both, told } = await withChildren()
  await put('ALARM("cpu") AND (ALARM(memory) OR NOT OK(memory)) AND NOT ALARM(deploying)')
  await cloud.settle()
  expect((await both())?.StateValue).toBe('OK')
  await set('cpu', 'ALARM')
  expect(await both()).toMatchObject({
    StateValue: 'ALARM',
    StateReason:
      'arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu transitioned to ALARM at Thursday 01 January, 2026 00:00:00 UTC',
  })
  await set('memory', 'OK')
  expect((await both())?.StateValue).toBe('OK')
  // The first state is a change of state too.
  expect((await told()).toSorted()).toEqual(['ALARM', 'OK', 'OK'])
})

test('two of three children are enough for AT_LEAST', async () => {
  const { put, set, both } = await withChildren()
  await put('AT_LEAST(2, ALARM, (cpu, memory, deploying))')
  await set('cpu', 'ALARM')
  const seen = [(await both())?.StateValue]
  await set('deploying', 'ALARM')
  seen.push((await both())?.StateValue)
  expect(seen).toEqual(['OK', 'ALARM'])
})

test('a suppressor holds actions back until its extension has passed', async () => {
  const { cloud, put, set, both, told } = await withChildren()
  await put('ALARM(cpu)', {
    OKActions: [],
    ActionsSuppressor: 'deploying',
    ActionsSuppressorWaitPeriod: 60,
    ActionsSuppressorExtensionPeriod: 120,
  })
  await set('deploying', 'ALARM')
  await set('cpu', 'ALARM')
  expect([(await both())?.ActionsSuppressedBy, await told()]).toEqual(['Alarm', []])
  await set('deploying', 'OK')
  expect([(await both())?.ActionsSuppressedBy, await told()]).toEqual(['ExtensionPeriod', []])
  await cloud.advance({ seconds: 120 })
  expect([(await both())?.ActionsSuppressedBy, await told()]).toEqual([undefined, ['ALARM']])
})

test('where no suppressor comes, actions run after the wait', async () => {
  const { cloud, put, set, both, told } = await withChildren()
  await put('ALARM(cpu)', {
    OKActions: [],
    ActionsSuppressor: 'deploying',
    ActionsSuppressorWaitPeriod: 60,
    ActionsSuppressorExtensionPeriod: 120,
  })
  await set('cpu', 'ALARM')
  expect([(await both())?.ActionsSuppressedBy, await told()]).toEqual(['WaitPeriod', []])
  await cloud.advance({ seconds: 60 })
  expect(await told()).toEqual(['ALARM'])
})

test('rules that name no alarm, and alarms that rules name, are refused', async () => {
  const { cloudwatch, put } = await withChildren()
  await expect(put('ALARM(none)')).rejects.toThrow(
    'Could not save the composite alarm as alarms [none] in the alarm rule do not exist',
  )
  await put('ALARM(cpu)')
  await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['cpu'] }))).rejects.toThrow(
    'Cannot delete cpu as there are composite alarm(s) depending on it.',
  )
})

test('alarms that wait for each other come to rest', async () => {
  const { cloud, cloudwatch, put, set, both } = await withChildren()
  await put('ALARM(cpu)')
  const other = { AlarmName: 'other', AlarmRule: 'NOT ALARM(both)' }
  await cloudwatch.send(new PutCompositeAlarmCommand(other))
  await put('ALARM(other) OR ALARM(cpu)')
  await set('cpu', 'ALARM')
  await cloud.advance({ minutes: 1 })
  expect((await both())?.StateValue).toBe('ALARM')
})

test('the same seed gives the same journal', async () => {
  const digest = async () => {
    const { cloud, put, set } = await withChildren({ seed: 7 })
    await put('ALARM(cpu)')
    await set('cpu', 'ALARM')
    await cloud.advance({ minutes: 5 })
    return cloud.kernel.journal.digest()
  }
  expect(await digest()).toBe(await digest())
})

test.each([
  'null',
  '[]',
  '"x"',
  '{"triggeringAlarms":5}',
  '{"triggeringAlarms":[null,{"arn":"a"}]}',
])('reasons that people set by hand are told whatever they hold: %s', async (StateReasonData) => {
  const { cloudwatch, put, told } = await withChildren()
  await put('ALARM(cpu)')
  await told()
  const state = { AlarmName: 'both', StateValue: 'ALARM' as const, StateReason: 'test' }
  await cloudwatch.send(new SetAlarmStateCommand({ ...state, StateReasonData }))
  expect(await told()).toEqual(['ALARM'])
})
