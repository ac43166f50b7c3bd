import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { client } from '@cloud-orrery/cloud'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { invoke, makeFunction, type Place, place } from './strangers.test-support.ts'

/** Powertools for TypeScript, unmodified, bundled as `NodejsFunction` does it, over tables, queues and secrets. */

async function deployed(at: Place, contents: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@aws-sdk/*'], // Lambda's own runtime has it.
  })
  await makeFunction(at, 'fn', {
    files: { 'index.js': outputFiles[0]?.text ?? '' },
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'ring' } },
  })
}

async function answer(at: Place, event?: object): Promise<unknown> {
  return (await invoke(at, 'fn', event)).value
}

async function table({ cloud }: Place, TableName: string, ...keys: string[]): Promise<void> {
  await client(cloud, DynamoDBClient).send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, n) => ({
        AttributeName,
        KeyType: n === 0 ? 'HASH' : 'RANGE',
      })),
    }),
  )
  await cloud.advance({ minutes: 1 })
}

const once = `
  import { makeIdempotent, IdempotencyConfig } from '@aws-lambda-powertools/idempotency'
  import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName: 'once' })
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'order', expiresAfterSeconds: 3600, throwOnNoIdempotencyKey: true })
  let charged = 0
  export const handler = makeIdempotent(async ({ order, fail }) => {
    if (fail) throw new Error('declined')
    return { order, charged: ++charged }
  }, { persistenceStore, config })`

test('Powertools charges an order once, again after its hour, and remembers no failure', async () => {
  const at = await place()
  await table(at, 'once', 'id')
  await deployed(at, once)
  expect(await answer(at, { order: 'a' })).toEqual({ order: 'a', charged: 1 })
  expect(await answer(at, { order: 'a', other: true })).toEqual({ order: 'a', charged: 1 })
  expect(await answer(at, { order: 'b' })).toEqual({ order: 'b', charged: 2 })
  expect(await answer(at, { order: 'c', fail: true })).toMatchObject({
    errorMessage: 'declined',
  })
  expect(await answer(at, { order: 'c' })).toEqual({ order: 'c', charged: 3 })
  expect(await answer(at, {})).toMatchObject({
    errorType: 'IdempotencyPersistenceLayerError',
  })
  const { Items = [] } = await client(at.cloud, DynamoDBClient).send(
    new ScanCommand({ TableName: 'once' }),
  )
  expect(Items.map((it) => it['status']?.S)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED'])
  await at.cloud.advance({ hours: 1, seconds: 1 })
  expect(await answer(at, { order: 'a' })).toMatchObject({ order: 'a' })
})

const perRecord = `
  import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
  const processor = new BatchProcessor(EventType.SQS)
  export const handler = async (event, context) =>
    processPartialResponse(event, async ({ body, messageId }) => {
      console.log(body)
      if (body === 'poison') throw new Error('no')
    }, processor, { context })`

test('Powertools answers for each message of a batch: the poison alone comes back', async () => {
  const at = await place()
  const sqs = client(at.cloud, SQSClient)
  const queue = async (QueueName: string, Attributes: Record<string, string> = {}) => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))
    return QueueUrl
  }
  const arnOf = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`
  const dead = await queue('dead')
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 2 })
  const work = await queue('work', { VisibilityTimeout: '60', RedrivePolicy })
  await deployed(at, perRecord)
  const mapping: CreateEventSourceMappingCommandInput = {
    FunctionName: 'fn',
    EventSourceArn: arnOf('work'),
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumBatchingWindowInSeconds: 1,
  }
  await at.lambda.send(new CreateEventSourceMappingCommand(mapping))
  for (const MessageBody of ['one', 'poison', 'two']) {
    await sqs.send(new SendMessageCommand({ QueueUrl: work, MessageBody }))
  }
  await at.cloud.advance({ minutes: 5 })
  const counted = async (QueueUrl: string) => {
    const AttributeNames = ['ApproximateNumberOfMessages' as const]
    const got = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
    return got.Attributes?.['ApproximateNumberOfMessages']
  }
  expect([await counted(work), await counted(dead)]).toEqual(['0', '1'])
})

const remembered = `
  import { getParameter, getParametersByName } from '@aws-lambda-powertools/parameters/ssm'
  import { getSecret } from '@aws-lambda-powertools/parameters/secrets'
  import { DynamoDBProvider } from '@aws-lambda-powertools/parameters/dynamodb'
  const table = new DynamoDBProvider({ tableName: 'settings', sortAttr: 'sk' })
  export const handler = async () => [
    await getParameter('/app/plain'),
    await getParameter('/app/sealed', { decrypt: true }),
    await getParametersByName({ '/app/plain': {}, '/app/json': { transform: 'json' } }, { maxAge: 60 }),
    await getSecret('app/secret', { transform: 'json' }),
    await table.getMultiple('app'),
  ]`

test('Powertools reads parameters of Systems Manager, of secrets and of a table', async () => {
  const at = await place()
  const { cloud } = at
  const ssm = client(cloud, SSMClient)
  const parameter = (Name: string, Value: string, Type: 'String' | 'SecureString' = 'String') =>
    ssm.send(new PutParameterCommand({ Name, Value, Type }))
  await parameter('/app/plain', 'one')
  await parameter('/app/sealed', 'two', 'SecureString')
  await parameter('/app/json', '{"three":3}')
  const secret = { Name: 'app/secret', SecretString: '{"password":"four"}' }
  await client(cloud, SecretsManagerClient).send(new CreateSecretCommand(secret))
  await table(at, 'settings', 'id', 'sk')
  for (const sk of ['a', 'b']) {
    const Item = { id: { S: 'app' }, sk: { S: sk }, value: { S: `five ${sk}` } }
    await client(cloud, DynamoDBClient).send(new PutItemCommand({ TableName: 'settings', Item }))
  }
  await deployed(at, remembered)
  expect(await answer(at)).toEqual([
    'one',
    'two',
    { '/app/plain': 'one', '/app/json': { three: 3 } },
    { password: 'four' },
    { a: 'five a', b: 'five b' },
  ])
})
