import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { call, client, fetchFromCloud } from '@cloud-orrery/cloud'
import { CreateFunction, Invoke } from '@cloud-orrery/models/lambda'
import { expect, test } from 'vitest'
import { roles } from '../shared/identity/state.ts'
import { out, refusalsDuring } from '../shared/outages.test-support.ts'
import {
  functionCaller,
  giveRole,
  makeFunction,
  roleName,
  start,
  zipOf,
} from './functions.test-support.ts'

const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:fn'
const bob = 'arn:aws:iam::123456789012:user/bob'

async function world() {
  const made = start({ fn: () => 'done' })
  await makeFunction(made, 'fn')
  return made
}

test('a caller without permission is refused, with the action and the function named', async () => {
  const { cloud } = await world()
  const lambda = client(cloud, LambdaClient, { credentials: functionCaller(cloud, []) })
  await expect(lambda.send(new InvokeCommand({ FunctionName: 'fn' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: ${bob} is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn} because no identity-based policy allows the lambda:InvokeFunction action`,
  })
  await expect(
    lambda.send(new GetFunctionCommand({ FunctionName: 'other' })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
})

test('a permission for one alias is none for the function', async () => {
  const { cloud, lambda } = await world()
  await lambda.send(new PublishVersionCommand({ FunctionName: 'fn' }))
  await lambda.send(
    new CreateAliasCommand({ FunctionName: 'fn', Name: 'live', FunctionVersion: '1' }),
  )
  const credentials = functionCaller(cloud, ['lambda:InvokeFunction'], `${functionArn}:live`)
  const other = client(cloud, LambdaClient, { credentials })
  const { ExecutedVersion } = await other.send(
    new InvokeCommand({ FunctionName: 'fn', Qualifier: 'live' }),
  )
  expect(ExecutedVersion).toBe('1')
  await expect(other.send(new InvokeCommand({ FunctionName: 'fn' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
})

test('another account invokes by ARN where the function’s policy lets it', async () => {
  const { cloud, lambda } = await world()
  const stranger = client(cloud, LambdaClient, { accountId: '222222222222' })
  const invoke = () => stranger.send(new InvokeCommand({ FunctionName: functionArn }))
  await expect(invoke()).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: 'fn',
      StatementId: 'account',
      Action: 'lambda:InvokeFunction',
      Principal: '222222222222',
    }),
  )
  const { Payload } = await invoke()
  expect(Buffer.from(Payload ?? []).toString()).toBe('"done"')
})

test('whoever gives a function a role must be allowed to pass it', async () => {
  const { cloud } = await world()
  const credentials = functionCaller(cloud, ['lambda:*'])
  const lambda = client(cloud, LambdaClient, { credentials })
  const made = makeFunction({ cloud, lambda }, 'second')
  const role = `arn:aws:iam::123456789012:role/${roleName}`
  await expect(made).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: ${bob} is not authorized to perform: iam:PassRole on resource: ${role} because no identity-based policy allows the iam:PassRole action`,
  })
})

test('a role that is not there, or of another account, is refused with the function', async () => {
  const { cloud, lambda } = await world()
  const create = async (Role: string) =>
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'second',
        Role,
        Runtime: 'nodejs22.x',
        Handler: 'fn',
        Code: { ZipFile: await zipOf({ 'index.js': '1' }) },
      }),
    )
  await expect(create('arn:aws:iam::123456789012:role/nobody')).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: 'The role defined for the function cannot be assumed by Lambda.',
  })
  const foreign = giveRole(cloud, [], 'foreign', '222222222222')
  await expect(create(foreign)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'Cross-account pass role is not allowed.',
  })
})

test('a role that no longer trusts Lambda keeps new environments from starting', async () => {
  const { cloud, lambda } = await world()
  roles.delete(cloud.scope('123456789012', 'us-east-1'), roleName)
  await expect(lambda.send(new InvokeCommand({ FunctionName: 'fn' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'The role defined for the function cannot be assumed by Lambda.',
  })
})

test('a role that may not write logs leaves no log, and the function runs', async () => {
  const made = start({ fn: () => 'done' })
  giveRole(made.cloud, [])
  await makeFunction(made, 'fn')
  const { StatusCode, FunctionError } = await made.lambda.send(
    new InvokeCommand({ FunctionName: 'fn' }),
  )
  expect([StatusCode, FunctionError]).toEqual([200, undefined])
  expect(made.cloud.inventory().filter((arn) => arn.includes('log-group'))).toEqual([])
})

test('the location of the code leads to the very package, for ten minutes', async () => {
  const { cloud, lambda } = await world()
  const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'fn' }))
  const load = () => fetchFromCloud(cloud, Code?.Location ?? '')
  const response = await load()
  expect([response.status, new Uint8Array(await response.arrayBuffer())]).toEqual([
    200,
    await zipOf({ 'index.js': `exports.handler = 'fn'` }),
  ])
  await cloud.advance({ minutes: 11 })
  expect((await load()).status).toBe(403)
})

test('what is not built is refused by name', async () => {
  const { lambda } = await world()
  const update = (more: object) =>
    lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'fn', ...more }))
  for (const [more, name] of [
    [{ VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: [] } }, 'VpcConfig'],
    [{ SnapStart: { ApplyOn: 'PublishedVersions' } }, 'SnapStart'],
    [{ ImageConfig: { Command: ['x'] } }, 'ImageConfig'],
  ] as const) {
    await expect(update(more)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining(name),
    })
  }
})

test('a fork made while a function sleeps frees its environment, and answers anew', async () => {
  let runs = 0
  const made = start({
    fn: async (_event: unknown, { sleep }) => {
      runs += 1
      await sleep(60_000)
      return 'slept'
    },
  })
  await makeFunction(made, 'fn', { Timeout: 120 })
  await made.lambda.send(new InvokeCommand({ FunctionName: 'fn', InvocationType: 'Event' }))
  await made.cloud.advance({ seconds: 30 })
  const fork = made.cloud.fork()
  await fork.advance({ minutes: 10 })
  expect(runs, 'the event runs anew in the fork').toBe(2)
  const { Payload } = await client(fork, LambdaClient).send(
    new InvokeCommand({ FunctionName: 'fn' }),
  )
  expect(Buffer.from(Payload ?? []).toString()).toBe('"slept"')
  await made.cloud.advance({ minutes: 10 })
})

test("event history has a function's creation without its variables, and no invocations", async () => {
  const made = start({ fn: () => 'done' })
  await makeFunction(made, 'fn', { Environment: { Variables: { TOKEN: 'hush' } } })
  await made.lambda.send(new InvokeCommand({ FunctionName: 'fn' }))
  await made.cloud.advance({ minutes: 20 })
  const trail = client(made.cloud, CloudTrailClient)
  const { Events = [] } = await trail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'EventSource', AttributeValue: 'lambda.amazonaws.com' }],
    }),
  )
  expect(Events.map(({ EventName }) => EventName)).toEqual(['CreateFunction'])
  expect(Events[0]?.CloudTrailEvent).not.toContain('hush')
})

test('STS that is busy or fails says nothing about the role, neither to who makes a function nor to who invokes it', async () => {
  const { cloud } = await world()
  const ZipFile = await zipOf({ 'index.js': '1' })
  const input = {
    FunctionName: 'second',
    Role: `arn:aws:iam::123456789012:role/${roleName}`,
    Runtime: 'nodejs22.x' as const,
    Handler: 'fn',
    Code: { ZipFile },
  }
  const failures = ['ServiceException: STS: Busy.', 'ServiceException: STS: Out.']
  const create = () => call(cloud, CreateFunction, input)
  expect(await refusalsDuring(cloud, 'sts.AssumeRole', create)).toEqual(failures)
  const invoke = () => call(cloud, Invoke, { FunctionName: 'fn' })
  expect(await refusalsDuring(cloud, 'sts.AssumeRole', invoke)).toEqual(failures)
})

test('provisioned environments wait for STS where it fails', async () => {
  const { cloud, lambda } = await world()
  await lambda.send(new PublishVersionCommand({ FunctionName: 'fn' }))
  const of = { FunctionName: 'fn', Qualifier: '1' }
  const outage = cloud.armFault('sts.AssumeRole', out)
  await lambda.send(
    new PutProvisionedConcurrencyConfigCommand({ ...of, ProvisionedConcurrentExecutions: 1 }),
  )
  const state = async () => {
    const config = await lambda.send(new GetProvisionedConcurrencyConfigCommand(of))
    return [config.Status, config.StatusReason, config.AvailableProvisionedConcurrentExecutions]
  }
  await cloud.advance({ minutes: 10 })
  expect(await state()).toEqual(['IN_PROGRESS', undefined, 0])
  cloud.endFault(outage)
  await cloud.advance({ minutes: 5 })
  expect(await state()).toEqual(['READY', undefined, 1])
})
