import {
  BatchGetItemCommand,
  ExecuteStatementCommand,
  ExportTableToPointInTimeCommand,
  GetItemCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  QueryCommand,
  RestoreTableToPointInTimeCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { accountId, arn, refusal, userOf, withTable } from './dynamodb.test-support.ts'

const denied = (action: string, resource = arn('things'), owner = accountId) => ({
  code: 'AccessDeniedException',
  message: `User: arn:aws:iam::${owner}:user/ana is not authorized to perform: dynamodb:${action} on resource: ${resource} because no identity-based policy allows the dynamodb:${action} action`,
})

const TableName = 'things'
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: '1' } })

test('a user may do what the policy names and nothing else', async () => {
  const { cloud } = await withTable()
  const ana = userOf(cloud, [
    { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arn('things') },
  ])
  expect(await ana.send(new GetItemCommand({ TableName, Key: key('a') }))).toMatchObject({})
  const put = new PutItemCommand({ TableName, Item: key('a') })
  expect(await refusal(ana.send(put))).toEqual(denied('PutItem'))
  const batch = new BatchGetItemCommand({ RequestItems: { things: { Keys: [key('a')] } } })
  expect(await refusal(ana.send(batch))).toEqual(denied('BatchGetItem'))
  const missing = new PutItemCommand({ TableName: 'nowhere', Item: key('a') })
  expect(await refusal(ana.send(missing))).toEqual(denied('PutItem', arn('nowhere')))
})

test('a user may be kept to items that begin with their own name', async () => {
  const { cloud } = await withTable()
  const ana = userOf(cloud, [
    {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'],
      Resource: arn('things'),
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['${aws:username}'] } },
    },
  ])
  await ana.send(new PutItemCommand({ TableName, Item: key('ana') }))
  const query = (pk: string) =>
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: pk } },
    })
  expect((await ana.send(query('ana'))).Count).toBe(1)
  expect(await refusal(ana.send(query('bob')))).toEqual(denied('Query'))
  const put = new PutItemCommand({ TableName, Item: key('bob') })
  expect(await refusal(ana.send(put))).toEqual(denied('PutItem'))
  const batch = new BatchGetItemCommand({
    RequestItems: { things: { Keys: [key('ana'), key('bob')] } },
  })
  expect(await refusal(ana.send(batch))).toEqual(denied('BatchGetItem'))
})

test('a user may be kept to some attributes, also in conditions and updates', async () => {
  const { cloud } = await withTable()
  const ana = userOf(cloud, [
    {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      Resource: arn('things'),
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'name'] },
        StringEqualsIfExists: {
          'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
          'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'],
        },
      },
    },
  ])
  const Key = key('a')
  const get = (ProjectionExpression: string) =>
    new GetItemCommand({
      TableName,
      Key,
      ProjectionExpression,
      ...(ProjectionExpression.includes('#n')
        ? { ExpressionAttributeNames: { '#n': 'name' } }
        : {}),
    })
  expect(await ana.send(get('#n'))).toMatchObject({})
  expect(await refusal(ana.send(get('#n, salary')))).toEqual(denied('GetItem'))
  const update = (ConditionExpression: string | undefined, ReturnValues: 'ALL_NEW' | 'NONE') =>
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET #n = :n',
      ExpressionAttributeNames: { '#n': 'name' },
      ExpressionAttributeValues: { ':n': { S: 'Ana' } },
      ReturnValues,
      ...(ConditionExpression === undefined ? {} : { ConditionExpression }),
    })
  expect(await ana.send(update(undefined, 'NONE'))).toMatchObject({})
  expect(await refusal(ana.send(update(undefined, 'ALL_NEW')))).toEqual(denied('UpdateItem'))
  expect(await refusal(ana.send(update('attribute_exists(salary)', 'NONE')))).toEqual(
    denied('UpdateItem'),
  )
})

test('a transaction asks for the permissions of its actions', async () => {
  const { cloud } = await withTable()
  const ana = userOf(cloud, [
    {
      Effect: 'Allow',
      Action: 'dynamodb:PutItem',
      Resource: arn('things'),
      Condition: { StringEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } },
    },
  ])
  const Put = { TableName, Item: key('a') }
  await ana.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }))
  expect(await refusal(ana.send(new PutItemCommand(Put)))).toEqual(denied('PutItem'))
  const ConditionCheck = {
    TableName,
    Key: key('b'),
    ConditionExpression: 'attribute_not_exists(pk)',
  }
  const checked = new TransactWriteItemsCommand({ TransactItems: [{ Put }, { ConditionCheck }] })
  expect(await refusal(ana.send(checked))).toEqual(denied('ConditionCheckItem'))
})

test('a resource policy opens a table to a user of another account, by its ARN', async () => {
  const { cloud, dynamodb } = await withTable()
  const other = '222222222222'
  const ana = userOf(
    cloud,
    [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arn('things') }],
    other,
  )
  const get = new GetItemCommand({ TableName: arn('things'), Key: key('a') })
  expect(await refusal(ana.send(get))).toEqual({
    code: 'AccessDeniedException',
    message: `User: arn:aws:iam::${other}:user/ana is not authorized to perform: dynamodb:GetItem on resource: ${arn('things')} because no resource-based policy allows the dynamodb:GetItem action`,
  })
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${other}:user/ana` },
      Action: 'dynamodb:GetItem',
      Resource: arn('things'),
    },
  })
  await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: arn('things'), Policy }))
  await dynamodb.send(new PutItemCommand({ TableName, Item: key('a') }))
  expect((await ana.send(get)).Item).toEqual(key('a'))
})

test('no second way of writing a table leads past what is denied', async () => {
  const { cloud, dynamodb } = await withTable()
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
  await dynamodb.send(
    new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
  )
  await cloud.advance({ minutes: 10 })
  const ana = userOf(cloud, [
    { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' },
    { Effect: 'Deny', Action: 'dynamodb:*', Resource: arn('things') },
  ])
  const codes: string[] = []
  for (const named of [
    'things',
    arn('things'),
    arn('things').replace('arn:aws:', 'arn:aws-cn:'),
    arn('things').replace('us-east-1', 'us-west-2'),
  ]) {
    const restore = { TargetTableName: 'copy', UseLatestRestorableTime: true }
    for (const call of [
      ana.send(new GetItemCommand({ TableName: named, Key: key('a') })),
      ana.send(new BatchGetItemCommand({ RequestItems: { [named]: { Keys: [key('a')] } } })),
      ana.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM "${named}"` })),
      ana.send(new ExportTableToPointInTimeCommand({ TableArn: named, S3Bucket: 'bucket' })),
      ana.send(new RestoreTableToPointInTimeCommand({ SourceTableArn: named, ...restore })),
    ]) {
      codes.push((await refusal(call)).code)
    }
  }
  const denials = Array<string>(5).fill('AccessDeniedException')
  const notThere = Array<string>(3).fill('ResourceNotFoundException')
  const elsewhere = [...notThere, 'TableNotFoundException', 'TableNotFoundException']
  expect(codes).toEqual([...denials, ...denials, ...elsewhere, ...elsewhere])
})
