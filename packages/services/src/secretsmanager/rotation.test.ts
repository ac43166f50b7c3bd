import {
  AddPermissionCommand,
  type CreateFunctionCommandInput,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  RotateSecretCommand,
  type RotateSecretCommandInput,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { call, client, createCloud } from '@cloud-orrery/cloud'
import { RotateSecret } from '@cloud-orrery/models/secretsmanager'
import { expect, test } from 'vitest'
import { giveRole, makeFunction, start, zipOf } from '../lambda/functions.test-support.ts'
import { refusalsDuring } from '../shared/outages.test-support.ts'
import { recorded, replaying } from './recorded-secrets.test-support.ts'

interface Step {
  readonly Step: string
  readonly SecretId: string
  readonly ClientRequestToken: string
}

const SecretId = 's-1'

/** A secret, and a function that may rotate it. */
async function withFunction(
  made: Awaited<ReturnType<typeof start>>,
  input: Partial<CreateFunctionCommandInput>,
  permit = true,
) {
  const sm = client(made.cloud, SecretsManagerClient)
  const { FunctionArn: RotationLambdaARN = '' } = await makeFunction(made, 'turn', input)
  if (permit) {
    await made.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'turn',
        StatementId: 'rotation',
        Action: 'lambda:InvokeFunction',
        Principal: 'secretsmanager.amazonaws.com',
      }),
    )
  }
  const create = () => {
    const Description = 'testing rotation of secrets'
    const secret = { Name: SecretId, SecretString: 'my_secret', Description }
    return sm.send(new CreateSecretCommand(secret))
  }
  return {
    ...made,
    sm,
    RotationLambdaARN,
    create,
    rotateSecret: (rotation: Partial<RotateSecretCommandInput> = {}) =>
      sm.send(new RotateSecretCommand({ SecretId, ...rotation })),
    describe: () => sm.send(new DescribeSecretCommand({ SecretId })),
    value: async (VersionStage?: string) =>
      (await sm.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString,
  }
}

/** A function of the test, which sees the steps and changes nothing; `failing` names steps that do not work. */
async function watching(permit = true) {
  const seen: Step[] = []
  const failing = new Set<string>()
  const made = start({
    turn: (event: Step) => {
      seen.push(event)
      if (failing.has(event.Step)) throw new Error(`${event.Step} does not work`)
    },
  })
  return { seen, failing, ...(await withFunction(made, {}, permit)) }
}

/** A function that rotates as AWS's template does. */
const template = `import * as sdk from '@aws-sdk/client-secrets-manager'
const client = new sdk.SecretsManagerClient({})
export const handler = async ({ Step, SecretId, ClientRequestToken, RotationToken }) => {
  if (Step === 'createSecret') {
    await client.send(new sdk.GetSecretValueCommand({ SecretId }))
    const there = { SecretId, VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' }
    try {
      await client.send(new sdk.GetSecretValueCommand(there))
    } catch (error) {
      if (error.name !== 'ResourceNotFoundException') throw error
      const { RandomPassword } = await client.send(new sdk.GetRandomPasswordCommand({}))
      await client.send(new sdk.PutSecretValueCommand({
        SecretId, ClientRequestToken, RotationToken, SecretString: RandomPassword, VersionStages: ['AWSPENDING'],
      }))
    }
  }
  if (Step === 'finishSecret') {
    const { VersionIdsToStages } = await client.send(new sdk.DescribeSecretCommand({ SecretId }))
    const [current] = Object.entries(VersionIdsToStages).find(([, it]) => it.includes('AWSCURRENT'))
    await client.send(new sdk.UpdateSecretVersionStageCommand({
      SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: current,
    }))
  }
}`

async function rotating(accountId = '123456789012') {
  const cloud = createCloud({ accountId, deepFreeze: true })
  const Role = giveRole(cloud, ['secretsmanager:*', 'logs:*'])
  const ZipFile = await zipOf({ 'index.mjs': template })
  const settings = { Role, Code: { ZipFile }, Handler: 'index.handler', Timeout: 20 }
  return withFunction({ cloud, lambda: client(cloud, LambdaClient) }, settings)
}

recorded('a function rotates a secret, again and again', async () => {
  const { cloud, sm, create, rotateSecret, describe, RotationLambdaARN } =
    await rotating('111111111111')
  const { compare, bindings } = replaying(
    'test_rotate_secret_multiple_times_with_lambda_success',
    ['s-1'],
    cloud,
  )
  bindings.set('<version_uuid:1>', (await create()).VersionId ?? '')
  const settings = {
    RotationRules: { AutomaticallyAfterDays: 1 },
    RotateImmediately: true,
    RotationLambdaARN,
  }
  for (const [i, input] of [settings, {}].entries()) {
    await cloud.advance({ seconds: 10 })
    await compare(`rotate_secret_immediately_${i + 1}`, rotateSecret(input))
    await cloud.advance({ seconds: 10 })
    await compare(`describe_secret_rotated_${i + 1}`, describe())
    await compare(
      `list_secret_versions_rotated_1_${i + 1}`,
      sm.send(new ListSecretVersionIdsCommand({ SecretId })),
    )
    await sm.send(new GetSecretValueCommand({ SecretId }))
  }
  cloud.close()
})

test('the function is called for each of four steps in turn', async () => {
  const { cloud, seen, create, rotateSecret, RotationLambdaARN } = await watching()
  const { ARN: SecretId } = await create()
  const { VersionId } = await rotateSecret({ RotationLambdaARN })
  await cloud.settle()
  expect(seen).toEqual(
    ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((Step) => ({
      Step,
      SecretId,
      ClientRequestToken: VersionId,
      RotationToken: expect.any(String),
    })),
  )
})

test('a request that is repeated with its token rotates once; the id of another version is refused', async () => {
  const { cloud, create, rotateSecret, describe, RotationLambdaARN } = await rotating()
  const { VersionId: first = '', ARN } = await create()
  const ClientRequestToken = '00000000-0000-4000-8000-000000000001'
  const [one, two] = await Promise.all([
    rotateSecret({ RotationLambdaARN, ClientRequestToken }),
    rotateSecret({ RotationLambdaARN, ClientRequestToken }),
  ])
  await cloud.advance({ minutes: 1 })
  const again = await rotateSecret({ ClientRequestToken })
  await cloud.advance({ minutes: 1 })
  expect([one, two, again].map(({ VersionId }) => VersionId)).toEqual(
    Array(3).fill(ClientRequestToken),
  )
  expect((await describe()).VersionIdsToStages).toEqual({
    [first]: ['AWSPREVIOUS'],
    [ClientRequestToken]: ['AWSCURRENT'],
  })
  await expect(rotateSecret({ ClientRequestToken: first })).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: `You can't use ClientRequestToken ${first} because that value is already in use for a version of secret ${ARN}.`,
  })
})

test('a secret is rotated on its schedule, for as long as it lives', async () => {
  const { cloud, create, rotateSecret, describe, value, RotationLambdaARN } = await rotating()
  await create()
  const RotationRules = { ScheduleExpression: 'cron(0 8 1 * ? *)', Duration: '2h' }
  await rotateSecret({ RotationLambdaARN, RotationRules })
  await cloud.settle()
  expect((await describe()).NextRotationDate).toEqual(new Date('2026-01-01T09:59:59Z'))
  const first = await value()
  expect(await value('AWSPREVIOUS')).toBe('my_secret')
  await cloud.advance({ days: 40 })
  const { LastRotatedDate, NextRotationDate } = await describe()
  expect([LastRotatedDate?.toISOString().slice(0, 16), NextRotationDate]).toEqual([
    '2026-02-01T08:00',
    new Date('2026-03-01T09:59:59Z'),
  ])
  expect(await value()).not.toBe(first)
  cloud.close()
})

test('a step that fails leaves the value pending and the old one in use; the next rotation takes it up', async () => {
  const { cloud, failing, create, rotateSecret, describe, value, RotationLambdaARN } =
    await watching()
  const before = await create()
  failing.add('testSecret')
  const { VersionId = '' } = await rotateSecret({ RotationLambdaARN })
  await expect(rotateSecret()).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: "A previous rotation isn't complete. That rotation will be reattempted.",
  })
  await cloud.advance({ hours: 1 })
  expect((await describe()).VersionIdsToStages).toEqual({
    [before.VersionId ?? '']: ['AWSCURRENT'],
    [VersionId]: ['AWSPENDING'],
  })
  expect(await value()).toBe('my_secret')
  failing.clear()
  expect((await rotateSecret()).VersionId).toBe(VersionId)
})

test('RotateImmediately false tries the function out and leaves no version', async () => {
  const { cloud, seen, create, rotateSecret, describe, RotationLambdaARN } = await watching()
  const { VersionId = '' } = await create()
  const RotationRules = { AutomaticallyAfterDays: 10 }
  await rotateSecret({ RotationLambdaARN, RotationRules, RotateImmediately: false })
  await cloud.settle()
  expect(seen.map(({ Step }) => Step)).toEqual(['testSecret'])
  const { VersionIdsToStages, RotationEnabled, NextRotationDate } = await describe()
  expect({ VersionIdsToStages, RotationEnabled, NextRotationDate }).toEqual({
    VersionIdsToStages: { [VersionId]: ['AWSCURRENT'] },
    RotationEnabled: true,
    NextRotationDate: new Date('2026-01-11T23:59:59Z'),
  })
})

test('a rotation that is cancelled does not come', async () => {
  const { cloud, sm, seen, create, rotateSecret, describe, RotationLambdaARN } = await watching()
  await create()
  await rotateSecret({ RotationLambdaARN, RotationRules: { AutomaticallyAfterDays: 1 } })
  await cloud.settle()
  await sm.send(new CancelRotateSecretCommand({ SecretId }))
  seen.length = 0
  await cloud.advance({ days: 10 })
  expect(seen).toEqual([])
  const { RotationEnabled, NextRotationDate } = await describe()
  expect({ RotationEnabled, NextRotationDate }).toEqual({ RotationEnabled: false })
})

test.each<[string, Partial<RotateSecretCommandInput>, string, string]>([
  [
    'no function',
    {},
    'InvalidRequestException',
    'No Lambda rotation function ARN is associated with this secret.',
  ],
  [
    'a function that does not let Secrets Manager in',
    { RotationLambdaARN: 'arn:aws:lambda:us-east-1:123456789012:function:turn' },
    'AccessDeniedException',
    'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
  ],
  [
    'two schedules',
    {
      RotationLambdaARN: 'arn:aws:lambda:us-east-1:123456789012:function:turn',
      RotationRules: { AutomaticallyAfterDays: 1, ScheduleExpression: 'rate(4 hours)' },
    },
    'InvalidParameterException',
    'You cannot specify both rotation frequency and schedule expression together.',
  ],
])('rotation with %s is refused and configures nothing', async (_, input, name, message) => {
  const { create, rotateSecret, describe } = await watching(false)
  await create()
  await expect(rotateSecret(input)).rejects.toMatchObject({ name, message })
  expect((await describe()).RotationEnabled).toBeUndefined()
})

test('a function may let Secrets Manager in for one secret alone', async () => {
  const { lambda, create, rotateSecret, RotationLambdaARN } = await watching(false)
  const { ARN } = await create()
  const permit = (StatementId: string, SourceArn?: string) =>
    lambda.send(
      new AddPermissionCommand({
        FunctionName: 'turn',
        StatementId,
        Action: 'lambda:InvokeFunction',
        Principal: 'secretsmanager.amazonaws.com',
        SourceArn,
      }),
    )
  await permit('other', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:other-AAAAAA')
  await expect(rotateSecret({ RotationLambdaARN })).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
  await permit('own', ARN)
  await rotateSecret({ RotationLambdaARN })
})

test("a Lambda that is busy or fails says nothing about the function's policy", async () => {
  const { cloud, create, RotationLambdaARN } = await watching()
  await create()
  const ClientRequestToken = '11111111-2222-4333-8444-555555555555'
  const input = { SecretId, RotationLambdaARN, ClientRequestToken }
  const rotate = () => call(cloud, RotateSecret, input)
  expect(await refusalsDuring(cloud, 'lambda.Invoke', rotate)).toEqual([
    'InternalServiceError: Lambda: Busy.',
    'InternalServiceError: Lambda: Out.',
  ])
})
