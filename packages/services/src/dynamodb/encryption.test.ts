import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  CreateKeyCommand,
  DisableKeyCommand,
  KMSClient,
  ListGrantsCommand,
} from '@aws-sdk/client-kms'
import { call, client, createCloud } from '@cloud-orrery/cloud'
import { GetItem } from '@cloud-orrery/models/dynamodb'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../shared/outages.test-support.ts'
import { arn, refusal, userOf } from './dynamodb.test-support.ts'

const TableName = 'secret'
const Key = { id: { S: '1' } }

async function encryptedTable() {
  const cloud = createCloud({ deepFreeze: true })
  const kms = client(cloud, KMSClient)
  const dynamodb = client(cloud, DynamoDBClient)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const keyArn = KeyMetadata?.Arn ?? ''
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn },
    }),
  )
  await cloud.advance({ seconds: 10 })
  return { cloud, kms, dynamodb, keyArn, sse: TableDescription?.SSEDescription }
}

test('a table may be encrypted with a key of KMS, of which DynamoDB gets a grant', async () => {
  const { kms, keyArn, sse } = await encryptedTable()
  expect(sse).toEqual({ Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: keyArn })
  const { Grants } = await kms.send(new ListGrantsCommand({ KeyId: keyArn }))
  expect(Grants).toMatchObject([{ Operations: expect.arrayContaining(['Decrypt']) }])
})

test('who uses an encrypted table needs its key, asked for again after five minutes', async () => {
  const { cloud, kms, dynamodb, keyArn } = await encryptedTable()
  await dynamodb.send(new PutItemCommand({ TableName, Item: Key }))
  const table = { Effect: 'Allow', Action: 'dynamodb:*', Resource: arn('secret') }
  const ana = userOf(cloud, [table])
  const get = new GetItemCommand({ TableName, Key })
  expect(await refusal(ana.send(get))).toEqual({
    code: 'AccessDeniedException',
    message: expect.stringContaining(
      `User: arn:aws:iam::123456789012:user/ana is not authorized to perform: kms:Decrypt on resource: ${keyArn}`,
    ),
  })
  const through = {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: keyArn,
    Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
  }
  const allowed = userOf(cloud, [table, through])
  expect((await allowed.send(get)).Item).toEqual(Key)
  await kms.send(new DisableKeyCommand({ KeyId: keyArn }))
  expect((await allowed.send(get)).Item).toEqual(Key)
  await cloud.advance({ minutes: 6 })
  expect(await refusal(allowed.send(get))).toMatchObject({ code: 'ValidationException' })
})

test('KMS that is busy or fails says nothing about the key', async () => {
  const { cloud } = await encryptedTable()
  await cloud.advance({ minutes: 6 })
  const get = () => call(cloud, GetItem, { TableName, Key })
  expect(await refusalsDuring(cloud, 'kms.Decrypt', get)).toEqual([
    expect.stringMatching(
      /^ThrottlingException: Busy\. \(Service: AWSKMS; Status Code: 400; Error Code: ThrottlingException; /,
    ),
    'InternalServerError: KMS: Out.',
  ])
})
