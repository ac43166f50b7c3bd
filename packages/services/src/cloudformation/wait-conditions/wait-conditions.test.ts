import {
  DescribeStackResourcesCommand,
  type ResourceSignalStatus,
  SignalResourceCommand,
} from '@aws-sdk/client-cloudformation'
import { describe, expect, test } from 'vitest'
import { expectRecorded, recording, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { put } from '../custom-resources/provider.test-support.ts'
import { refusal, stackWorld } from '../stacks.test-support.ts'

const handle = { Type: 'AWS::CloudFormation::WaitConditionHandle' }
const condition = (properties: object = {}) => ({
  Type: 'AWS::CloudFormation::WaitCondition',
  Properties: { Handle: { Ref: 'WaitHandle' }, Timeout: '600', ...properties },
})
const waiting = (properties: object = {}) => ({
  Resources: { WaitHandle: handle, Wait: condition(properties) },
  Outputs: {
    Name: { Value: { Ref: 'Wait' } },
    Data: { Value: { 'Fn::GetAtt': ['Wait', 'Data'] } },
  },
})

function world() {
  const stacks = stackWorld()
  const url = async () => {
    const { StackResources = [] } = await stacks.cfn.send(
      new DescribeStackResourcesCommand({ StackName: 's', LogicalResourceId: 'WaitHandle' }),
    )
    return StackResources[0]?.PhysicalResourceId ?? ''
  }
  return {
    ...stacks,
    url,
    async signal(body: object | string) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const status = await put(stacks.cloud, await url(), text)
      await stacks.cloud.settle()
      await stacks.cloud.advance({ seconds: 1 })
      return status
    },
  }
}

const success = (UniqueId: string, Data = '') => ({
  Status: 'SUCCESS',
  UniqueId,
  Data,
  Reason: 'done',
})

test('a wait condition is there when as many signals are as it counts; its Data is what they said', async () => {
  const { create, signal, events, stack } = world()
  await create(waiting({ Count: 2 }))
  expect(await signal(success('one', 'first'))).toBe(200)
  await signal(success('one', 'again'))
  expect((await stack()).StackStatus).toBe('CREATE_IN_PROGRESS')
  await signal(success('two', 'second'))
  const { StackId, Outputs = [] } = await stack()
  expect(Object.fromEntries(Outputs.map((each) => [each.OutputKey, each.OutputValue]))).toEqual({
    Name: `${StackId}/WaitHandle`,
    Data: '{"one":"first","two":"second"}',
  })
  expect(await events()).toEqual([
    's CREATE_IN_PROGRESS User Initiated',
    'WaitHandle CREATE_IN_PROGRESS',
    'WaitHandle CREATE_IN_PROGRESS Resource creation Initiated',
    'WaitHandle CREATE_COMPLETE',
    'Wait CREATE_IN_PROGRESS',
    'Wait CREATE_IN_PROGRESS Resource creation Initiated',
    'Wait CREATE_COMPLETE',
    's CREATE_COMPLETE',
  ])
})

test.each<[string, object | string, string]>([
  [
    'a failure',
    { Status: 'FAILURE', UniqueId: 'i-1', Data: '', Reason: 'no disk' },
    "WaitCondition received failed message: 'no disk' for uniqueId: i-1",
  ],
  ['no JSON', 'ready', 'Unparsable WaitCondition data'],
  ['no id', { Status: 'SUCCESS' }, 'Unparsable WaitCondition data'],
])('%s ends the wait and the stack goes back', async (_, body, reason) => {
  const { create, signal, events, stack, cloud } = world()
  await create(waiting())
  await signal(body)
  expect(await events()).toContain(`Wait CREATE_FAILED ${reason}`)
  await cloud.advance({ minutes: 1 })
  expect((await stack()).StackStatus).toBe('ROLLBACK_COMPLETE')
})

test('a wait condition that gets too few signals in its time fails', async () => {
  const { create, signal, events, cloud } = world()
  await create(waiting({ Count: '2' }))
  await signal(success('one'))
  await cloud.advance({ minutes: 5 })
  expect(await events()).toContain(
    'Wait CREATE_FAILED WaitCondition timed out. Received 1 conditions when expecting 2',
  )
})

test('a signal that comes before the wait begins is counted', async () => {
  const { create, update, signal, resources } = world()
  await create({ Resources: { WaitHandle: handle } })
  await signal(success('early'))
  await update(waiting())
  expect(await resources()).toEqual({ WaitHandle: 'CREATE_COMPLETE', Wait: 'CREATE_COMPLETE' })
})

test('a wait condition can not be updated', async () => {
  const { create, update, signal, events } = world()
  await create(waiting())
  await signal(success('one'))
  await update(waiting({ Timeout: '700' }))
  expect((await events('UPDATE_IN_PROGRESS')).slice(1, 4)).toEqual([
    'Wait UPDATE_IN_PROGRESS',
    'Wait UPDATE_FAILED Update to resource type AWS::CloudFormation::WaitCondition is not supported.',
    's UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Wait]. ',
  ])
})

test.each<[object, string]>([
  [{ Handle: undefined }, 'Property Handle cannot be empty.'],
  [{ Timeout: undefined }, 'Property Timeout cannot be empty.'],
  [{ Timeout: '43201' }, 'Value of property Timeout must be between 0 and 43200'],
  [{ Handle: 'here' }, 'Value of property Handle must be the URL of a WaitConditionHandle'],
])('a wait condition with %j fails', async (properties, reason) => {
  const { create, events } = world()
  await create({ Resources: { WaitHandle: handle, Wait: condition(properties) } })
  expect(await events()).toContain(`Wait CREATE_FAILED ${reason}`)
})

describe('creation policies', () => {
  const policy = (signal: object) => ({
    Resources: {
      Wait: {
        Type: 'AWS::CloudFormation::WaitCondition',
        CreationPolicy: { ResourceSignal: signal },
      },
    },
  })
  const policyWorld = () => {
    const worked = world()
    const send = (UniqueId: string, Status: ResourceSignalStatus = 'SUCCESS', id = 'Wait') =>
      worked.rest(
        worked.cfn.send(
          new SignalResourceCommand({ StackName: 's', LogicalResourceId: id, UniqueId, Status }),
        ),
      )
    return { ...worked, send }
  }

  test('a resource is there when it has been signalled often enough', async () => {
    const { create, send, events, stack } = policyWorld()
    await create(policy({ Count: 2, Timeout: 'PT1H' }))
    await send('i-1')
    expect(await refusal(send('i-1'))).toBe(
      'ValidationError: Signal with ID i-1 for resource Wait already exists. Signals may only be updated with a FAILURE status.',
    )
    await send('i-2')
    expect(await events()).toEqual([
      's CREATE_IN_PROGRESS User Initiated',
      'Wait CREATE_IN_PROGRESS',
      'Wait CREATE_IN_PROGRESS Resource creation Initiated',
      'Wait CREATE_IN_PROGRESS Received SUCCESS signal with UniqueId i-1',
      'Wait CREATE_IN_PROGRESS Received SUCCESS signal with UniqueId i-2',
      'Wait CREATE_COMPLETE',
      's CREATE_COMPLETE',
    ])
    const { StackId } = await stack()
    expect(await refusal(send('i-3'))).toBe(
      `ValidationError: Stack:${StackId} is in CREATE_COMPLETE state and can not be signaled.`,
    )
    expect(await refusal(send('i-3', 'SUCCESS', 'Other'))).toContain('ValidationError')
  })

  test('a signal of failure fails the resource', async () => {
    const { create, send, events } = policyWorld()
    await create(policy({ Count: 1, Timeout: 'PT1H' }))
    await send('i-1', 'FAILURE')
    expect((await events()).slice(3, 5)).toEqual([
      'Wait CREATE_IN_PROGRESS Received FAILURE signal with UniqueId i-1',
      'Wait CREATE_FAILED Received FAILURE signal with UniqueId i-1',
    ])
  })

  test('signals that do not come in time fail the resource', async () => {
    const { create, events } = policyWorld()
    await create(policy({ Count: 3, Timeout: 'PT2M' }))
    expect((await events())[3]).toBe(
      'Wait CREATE_FAILED Failed to receive 3 resource signal(s) within the specified duration',
    )
  })
})

describe.skipIf(!recordingsPresent)('as recorded', () => {
  test('a handle is a presigned URL', async () => {
    const { create, url } = world()
    await create({ Resources: { WaitHandle: handle } })
    const recorded = recording(
      'cloudformation/resources/test_cloudformation',
      'test_waitconditionhandle',
    )
    // What is drawn or follows from the stack and the moment differs, in letters and digits only.
    const shape = (text: unknown) =>
      String(text)
        .replaceAll('<region>', 'us-east-1')
        .replace(/stack-\w+|%3Astack\/s\b/, (stack) =>
          stack.startsWith('%') ? '%3Astack/NAME' : 'NAME',
        )
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'ID')
        .replace('111111111111', '123456789012')
        .replace(/\d{8}T\d{6}Z/, 'MOMENT')
        .replace(/AKIA\w{16}%2F\d{8}/, 'KEY')
        .replace(/[0-9a-f]{64}$/, 'SIGNATURE')
    expect(shape(await url())).toBe(shape(recorded['waithandle_ref']))
  })

  test('a condition is known by its handle', async () => {
    const { create, signal, stack } = world()
    await create({
      Resources: { WaitHandle: handle, Wait: condition() },
      Outputs: { WaitConditionName: { Value: { Ref: 'Wait' } } },
    })
    await signal(success('one'))
    const { Outputs = [], StackId = '' } = await stack()
    const recorded = recording('cloudformation/resources/test_cloudformation', 'test_waitcondition')
    const shape = (text: unknown) => String(text).replace(/^.*:stack\/[^/]+\/[^/]+/, StackId)
    const { WaitConditionName } = recorded['waitcondition_ref'] as { WaitConditionName: string }
    expectRecorded(
      { WaitConditionName: Outputs[0]?.OutputValue },
      { WaitConditionName: shape(WaitConditionName) },
    )
  })
})
