import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
} from '@aws-sdk/client-dynamodb'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../../shared/recorded.test-support.ts'

const recorded = (name: string) => recording('cloudformation/resources/test_dynamodb', name)

function started() {
  const cloud = createCloud({ deepFreeze: true, accountId: '111111111111' })
  const cloudformation = client(cloud, CloudFormationClient)
  const deploy = async (resources: object, again = false, RoleARN?: string) => {
    const input = {
      RoleARN,
      StackName: 'stack',
      TemplateBody: JSON.stringify({
        Resources: resources,
        Outputs: {
          Name: { Value: { Ref: 'Table' } },
          Arn: { Value: { 'Fn::GetAtt': 'Table.Arn' } },
        },
      }),
    }
    await cloudformation.send(again ? new UpdateStackCommand(input) : new CreateStackCommand(input))
    await cloud.advance({ minutes: 2 })
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: 'stack' }))
    const stack = Stacks?.[0]
    const outputs = Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]),
    )
    return { status: stack?.StackStatus, name: outputs['Name'] ?? '', arn: outputs['Arn'] ?? '' }
  }
  const reasons = async () => {
    const { StackEvents = [] } = await cloudformation.send(
      new DescribeStackEventsCommand({ StackName: 'stack' }),
    )
    return StackEvents.flatMap(({ ResourceStatusReason: reason, ResourceStatus: status }) =>
      status?.endsWith('_FAILED') === true ? [reason] : [],
    )
  }
  return { cloud, cloudformation, dynamodb: client(cloud, DynamoDBClient), deploy, reasons }
}

const byKeyName = {
  AttributeDefinitions: [{ AttributeName: 'keyName', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'keyName', KeyType: 'HASH' }],
}

test.skipIf(!recordingsPresent)('a table of a stack has a name and tags', async () => {
  const { dynamodb, deploy } = started()
  const { name, arn, status } = await deploy({
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        ...byKeyName,
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
        Tags: [
          { Key: 'TagKey1', Value: 'TagValue1' },
          { Key: 'TagKey2', Value: 'TagValue2' },
        ],
      },
    },
  })
  expect(status).toBe('CREATE_COMPLETE')
  const facts = recorded('test_default_name_for_table')
  const table = await asRecorded(dynamodb.send(new DescribeTableCommand({ TableName: name })))
  expectRecorded(table, facts['table_description'])
  const tags = await asRecorded(dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: arn })))
  expectRecorded(tags, facts['list_tags_of_resource'])
})

test.skipIf(!recordingsPresent)('a global table of one region is a table', async () => {
  const { dynamodb, deploy } = started()
  const { name } = await deploy({
    Table: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        ...byKeyName,
        BillingMode: 'PAY_PER_REQUEST',
        Replicas: [{ Region: 'us-east-1' }],
      },
    },
  })
  const table = await asRecorded(dynamodb.send(new DescribeTableCommand({ TableName: name })))
  expectRecorded(table, recorded('test_global_table')['table_description'])
})

test.skipIf(!recordingsPresent)('a table of a stack expires items', async () => {
  const { dynamodb, deploy } = started()
  const { name } = await deploy({
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        ...byKeyName,
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expire_at', Enabled: true },
      },
    },
  })
  const ttl = await asRecorded(dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name })))
  expectRecorded(ttl, recorded('test_ttl_cdk')['table'])
})

test('an update adds one index, which finds what was there; a second one is refused', async () => {
  const { cloud, cloudformation, dynamodb, deploy, reasons } = started()
  const table = (...indexes: readonly string[]) => ({
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: ['keyName', ...indexes].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        KeySchema: byKeyName.KeySchema,
        BillingMode: 'PAY_PER_REQUEST',
        ...(indexes.length === 0
          ? {}
          : {
              GlobalSecondaryIndexes: indexes.map((AttributeName) => ({
                IndexName: `by-${AttributeName}`,
                KeySchema: [{ AttributeName, KeyType: 'HASH' }],
                Projection: { ProjectionType: 'ALL' },
              })),
            }),
      },
    },
  })
  const { name } = await deploy(table())
  expect((await deploy(table('color'), true)).status).toBe('UPDATE_COMPLETE')
  const described = await dynamodb.send(new DescribeTableCommand({ TableName: name }))
  expect(described.Table?.GlobalSecondaryIndexes).toMatchObject([
    { IndexName: 'by-color', IndexStatus: 'ACTIVE' },
  ])
  expect((await deploy(table('color', 'shape', 'size'), true)).status).toBe(
    'UPDATE_ROLLBACK_COMPLETE',
  )
  expect(await reasons()).toEqual([
    expect.stringContaining(
      'Cannot perform more than one GSI creation or deletion in a single update',
    ),
  ])
  await cloudformation.send(new DeleteStackCommand({ StackName: 'stack' }))
  await cloud.advance({ minutes: 2 })
  expect(await dynamodb.send(new ListTablesCommand({}))).toMatchObject({ TableNames: [] })
})

test('a role of the stack sets up a table with time to live, as whoever deploys would', async () => {
  const { cloud, deploy, reasons } = started()
  const iam = client(cloud, IAMClient)
  const allow = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'deployer',
      AssumeRolePolicyDocument: allow({
        Action: 'sts:AssumeRole',
        Principal: { Service: 'cloudformation.amazonaws.com' },
      }),
    }),
  )
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'deployer',
      PolicyName: 'all',
      PolicyDocument: allow({ Action: 'dynamodb:*', Resource: '*' }),
    }),
  )
  const properties = {
    ...byKeyName,
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: { AttributeName: 'until', Enabled: true },
  }
  const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: properties } }
  const { status } = await deploy(table, false, Role?.Arn)
  expect([status, await reasons()]).toEqual(['CREATE_COMPLETE', []])
})
