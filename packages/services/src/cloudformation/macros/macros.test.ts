import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { type Handler, testFunctions } from '../functions.test-support.ts'
import { allow, eventsOf, queue, refusal, stackWorld, userWith } from '../stacks.test-support.ts'
import { deployMacro } from './macros.test-support.ts'

interface MacroEvent {
  readonly requestId: string
  readonly fragment: { readonly Resources: object }
}

const same = ({ requestId, fragment }: MacroEvent) => ({ requestId, status: 'SUCCESS', fragment })

const template = { Transform: 'M', Resources: { Q: queue('q') } }
const Capabilities = ['CAPABILITY_AUTO_EXPAND' as const]

async function world(handler: Handler = same) {
  const functions = testFunctions()
  const stacks = stackWorld(createCloud({ deepFreeze: true, runtimes: functions.runtimes }))
  await deployMacro(stacks.cloud, functions, 'M', handler)
  let asked = 0
  const failure = async (body: object) => {
    const { cfn, rest } = stacks
    const TemplateBody = JSON.stringify(body)
    asked += 1
    const named = { StackName: 'c', ChangeSetName: `c${asked}` }
    await rest(
      cfn.send(new CreateChangeSetCommand({ ...named, ChangeSetType: 'CREATE', TemplateBody })),
    )
    const { Status, StatusReason } = await cfn.send(new DescribeChangeSetCommand(named))
    return `${Status} ${StatusReason}`
  }
  return { ...stacks, failure }
}

test('a macro makes what its template does not name', async () => {
  const more = ({ requestId, fragment }: MacroEvent) => ({
    requestId,
    status: 'success',
    fragment: { ...fragment, Resources: { ...fragment.Resources, More: queue('more') } },
  })
  const { create, resources, queues, remove } = await world(more)
  await create(template, { Capabilities })
  expect(await resources()).toEqual({ Q: 'CREATE_COMPLETE', More: 'CREATE_COMPLETE' })
  await remove()
  expect(await queues()).toEqual([])
})

test('a stack of a macro needs the capability, a change set does not', async () => {
  const { create, failure } = await world()
  expect(await refusal(create(template))).toBe(
    'InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_AUTO_EXPAND]',
  )
  expect(await failure(template)).toBe('CREATE_COMPLETE undefined')
})

test.each<[string, Handler]>([
  ['nothing', () => null],
  ['a text', () => 'done'],
  ["another request's id", ({ fragment }: MacroEvent) => ({ requestId: 'x', fragment })],
  ['no fragment', ({ requestId }: MacroEvent) => ({ requestId, status: 'success' })],
  [
    'an error',
    () => {
      throw new Error('no')
    },
  ],
])('a function that answers %s fails its macro', async (_, handler) => {
  const { failure } = await world(handler)
  expect(await failure(template)).toBe(
    'FAILED Received malformed response from transform 123456789012::M',
  )
})

test('a macro that is not there is named with its account', async () => {
  const { failure } = await world()
  const other = { ...template, Transform: 'Other' }
  expect(await failure(other)).toBe('FAILED No transform named 123456789012::Other found.')
  const foreign = { ...template, Transform: '222222222222::M' }
  expect(await failure(foreign)).toBe('FAILED No transform named 222222222222::M found.')
})

test('what a macro makes is checked, and fails like the macro', async () => {
  const { failure } = await world(({ requestId }: MacroEvent) => ({
    requestId,
    status: 'success',
    fragment: { Resources: {} },
  }))
  expect(await failure(template)).toBe(
    'FAILED Template format error: At least one Resources member must be defined.',
  )
})

test('parameters of a macro are scalars that are known before anything is made', async () => {
  const { failure } = await world()
  const withInput = (Input: unknown) => ({
    ...template,
    Transform: { Name: 'M', Parameters: { Input } },
  })
  for (const input of [{ 'Fn::GetAtt': ['Q', 'Arn'] }, { 'Fn::ImportValue': 'x' }]) {
    expect(await failure(withInput(input))).toBe(
      'FAILED The value of parameter Input under transform M must resolve to a string, number, boolean or a list of any of these.',
    )
  }
})

test('a template of a macro that comes again unchanged is taken; a change set says that nothing changes', async () => {
  const { create, update, stack, cfn, rest } = await world()
  await create(template, { Capabilities })
  await update(template, { Capabilities })
  expect((await stack()).StackStatus).toBe('UPDATE_COMPLETE')
  const named = { StackName: 's', ChangeSetName: 'again' }
  await rest(
    cfn.send(new CreateChangeSetCommand({ ...named, TemplateBody: JSON.stringify(template) })),
  )
  const { Status, StatusReason } = await cfn.send(new DescribeChangeSetCommand(named))
  expect([Status, StatusReason]).toEqual(['FAILED', 'No updates are to be performed.'])
})

test('an update whose macro fails goes back', async () => {
  const { create, update, events, resources } = await world(({ requestId }: MacroEvent) => ({
    requestId,
    status: 'failed',
    errorMessage: 'not today',
  }))
  await create({ Resources: { Q: queue('q') } })
  await update({ ...template, Resources: { Q: queue('q2') } }, { Capabilities })
  expect(await events('UPDATE_IN_PROGRESS')).toEqual([
    's UPDATE_IN_PROGRESS User Initiated',
    's UPDATE_ROLLBACK_IN_PROGRESS Transform 123456789012::M failed with: not today',
    's UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    's UPDATE_ROLLBACK_COMPLETE',
  ])
  expect(await resources()).toEqual({ Q: 'CREATE_COMPLETE' })
})

test('a template is validated without its macros', async () => {
  let calls = 0
  const { cfn } = await world(() => {
    calls += 1
  })
  const TemplateBody = JSON.stringify(template)
  const { DeclaredTransforms } = await cfn.send(new ValidateTemplateCommand({ TemplateBody }))
  expect([DeclaredTransforms, calls]).toEqual([['M'], 0])
})

test('the deployer invokes the function: who may not gets no stack', async () => {
  const { cloud, rest } = await world()
  const credentials = userWith(cloud, [allow('cloudformation:*')])
  const cfn = client(cloud, CloudFormationClient, { credentials })
  const TemplateBody = JSON.stringify(template)
  await rest(cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody, Capabilities })))
  expect((await eventsOf(cfn, 's'))[1]).toBe(
    's ROLLBACK_IN_PROGRESS Transform 123456789012::M failed with: User: arn:aws:iam::123456789012:user/ana is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:M-function because no identity-based policy allows the lambda:InvokeFunction action. Rollback requested by user.',
  )
})

test('a deleted macro is not found any more', async () => {
  const { failure, remove, cfn } = await world()
  await remove({}, 'M-stack')
  expect(await failure(template)).toBe('FAILED No transform named 123456789012::M found.')
  const { Stacks = [] } = await cfn.send(new DescribeStacksCommand({}))
  expect(Stacks.map(({ StackName }) => StackName)).toEqual(['c'])
})
