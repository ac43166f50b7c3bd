import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import { type Cloud, type CloudOptions, client, createCloud } from '@cloud-orrery/cloud'
import { accessKeys, users } from '../shared/identity/state.ts'

export const accountId = '123456789012'
export const arn = (rest: string, owner = accountId) =>
  `arn:aws:dynamodb:us-east-1:${owner}:table/${rest}`

/** The SDK would try throttled requests again, after real seconds. */
function once<C>(made: C): C {
  const { config } = made as { config: object } // Every client of the SDK has one.
  Object.assign(config, { retryStrategy: async () => noRetry })
  return made
}

const noRetry = {
  mode: 'once',
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async () => {
    throw new Error('no second attempt')
  },
  recordSuccess: () => {},
}

/** A fresh cloud with an active table of partition key `pk` and sort key `sk`, both strings. */
export async function withTable(
  more: Partial<CreateTableCommandInput> = {},
  options: CloudOptions = {},
) {
  const cloud = createCloud({ deepFreeze: true, ...options })
  const dynamodb = once(client(cloud, DynamoDBClient))
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      ...more,
    }),
  )
  await cloud.advance({ seconds: 10 })
  return { cloud, dynamodb, TableName: 'things' }
}

/** A client of a user with the given statements, put straight into the records of IAM. */
export function userOf(cloud: Cloud, statements: readonly object[], owner = accountId) {
  const scope = cloud.scope(owner, 'us-east-1')
  const document = { Version: '2012-10-17' as const, Statement: statements as never }
  users.put(scope, {
    userName: 'ana',
    userId: 'AIDAANAEXAMPLE0000001',
    path: '/',
    arn: `arn:aws:iam::${owner}:user/ana`,
    createdAtMs: 0,
    inlinePolicies: { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  const credentials = { accessKeyId: `AKIA${owner}ANA`, secretAccessKey: 'secret' }
  const key = { accountId: owner, userName: 'ana', status: 'Active' as const, createdAtMs: 0 }
  accessKeys.put(scope, { ...credentials, ...key })
  return once(client(cloud, DynamoDBClient, { credentials }))
}

/** How a call is refused. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await call.then(
    () => new Error('The call was not refused'),
    (thrown: Error) => thrown,
  )
  return { code: error.name, message: error.message }
}

export const invalid = (message: string) => ({ code: 'ValidationException', message })
export const parameters = (reason: string) =>
  invalid(`One or more parameter values were invalid: ${reason}`)
