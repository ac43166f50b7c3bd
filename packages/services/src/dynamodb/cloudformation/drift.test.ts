import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DetectStackResourceDriftCommand,
} from '@aws-sdk/client-cloudformation'
import {
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

/** A table as the CDK's TableV2 or Table writes it, or SAM's SimpleTable expands to. */
async function deployed(resource: object, template: object = {}) {
  const cloud = createCloud({ deepFreeze: true })
  const cloudformation = client(cloud, CloudFormationClient)
  await cloudformation.send(
    new CreateStackCommand({
      StackName: 'stack',
      TemplateBody: JSON.stringify({ ...template, Resources: { Table: resource } }),
      Capabilities: ['CAPABILITY_AUTO_EXPAND'],
    }),
  )
  await cloud.advance({ minutes: 2 })
  const drift = async () => {
    const { StackResourceDrift } = await cloudformation.send(
      new DetectStackResourceDriftCommand({ StackName: 'stack', LogicalResourceId: 'Table' }),
    )
    return StackResourceDrift
  }
  return { cloud, drift, dynamodb: client(cloud, DynamoDBClient) }
}

const keys = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'gk', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
}
const index = {
  IndexName: 'by-gk',
  KeySchema: [{ AttributeName: 'gk', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
}

test('a table has drifted when someone else changes its throughput', async () => {
  const { cloud, drift, dynamodb } = await deployed({
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      ...keys,
      TableName: 'orders',
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      GlobalSecondaryIndexes: [
        { ...index, ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 } },
      ],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    },
  })
  expect((await drift())?.StackResourceDriftStatus).toBe('IN_SYNC')
  const ProvisionedThroughput = { ReadCapacityUnits: 9, WriteCapacityUnits: 5 }
  await dynamodb.send(new UpdateTableCommand({ TableName: 'orders', ProvisionedThroughput }))
  await cloud.advance({ seconds: 10 })
  expect(await drift()).toMatchObject({
    StackResourceDriftStatus: 'MODIFIED',
    PropertyDifferences: [
      {
        PropertyPath: '/ProvisionedThroughput/ReadCapacityUnits',
        ExpectedValue: '5',
        ActualValue: '9',
      },
    ],
  })
})

test("the CDK's TableV2 is as the template says", async () => {
  const { drift } = await deployed({
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      ...keys,
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [index],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      Replicas: [
        {
          Region: 'us-east-1',
          DeletionProtectionEnabled: false,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          Tags: [{ Key: 'team', Value: 'red' }],
        },
      ],
    },
  })
  expect((await drift())?.StackResourceDriftStatus).toBe('IN_SYNC')
})

test("SAM's simple table is a table", async () => {
  const { drift } = await deployed(
    {
      Type: 'AWS::Serverless::SimpleTable',
      Properties: {
        PrimaryKey: { Name: 'id', Type: 'String' },
        SSESpecification: { SSEEnabled: true },
      },
    },
    { Transform: 'AWS::Serverless-2016-10-31' },
  )
  expect((await drift())?.StackResourceDriftStatus).toBe('IN_SYNC')
})

test('a global table of two regions has its items in both, and leaves neither', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const cloudformation = client(cloud, CloudFormationClient)
  const TemplateBody = JSON.stringify({
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: {
          ...keys,
          TableName: 'everywhere',
          BillingMode: 'PAY_PER_REQUEST',
          GlobalSecondaryIndexes: [index],
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
          Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }],
        },
      },
    },
  })
  await cloudformation.send(new CreateStackCommand({ StackName: 'stack', TemplateBody }))
  await cloud.advance({ minutes: 2 })
  const clients = ['us-east-1', 'eu-west-1'].map((region) =>
    client(cloud, DynamoDBClient, { region }),
  )
  const [home, abroad] = clients
  await home?.send(new PutItemCommand({ TableName: 'everywhere', Item: { pk: { S: 'a' } } }))
  await cloud.advance({ minutes: 1 })
  expect((await abroad?.send(new ScanCommand({ TableName: 'everywhere' })))?.Count).toBe(1)
  await cloudformation.send(new DeleteStackCommand({ StackName: 'stack' }))
  await cloud.advance({ minutes: 2 })
  for (const each of clients) {
    expect((await each.send(new ListTablesCommand({}))).TableNames).toEqual([])
  }
})
