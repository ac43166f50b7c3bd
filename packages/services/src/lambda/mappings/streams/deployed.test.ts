import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda'
import { client, createCloud } from '@cloud-orrery/cloud'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { streamed } from '../../../dynamodbstreams/streams.test-support.ts'
import { giveRole, start, zipOf } from '../../functions.test-support.ts'
import { ids, type StreamEvent } from './streams.test-support.ts'

/** A SAM template: a table, and a function of its changes. */
function template(event: Record<string, unknown>) {
  return JSON.stringify({
    Transform: 'AWS::Serverless-2016-10-31',
    Resources: {
      Orders: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'orders',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
          TimeToLiveSpecification: { AttributeName: 'until', Enabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      },
      Failed: { Type: 'AWS::SQS::Queue' },
      Work: {
        Type: 'AWS::Serverless::Function',
        Properties: {
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          InlineCode: 'exports.handler = async () => 1',
          Events: {
            Change: {
              Type: 'DynamoDB',
              Properties: {
                Stream: { 'Fn::GetAtt': ['Orders', 'StreamArn'] },
                StartingPosition: 'TRIM_HORIZON',
                ...event,
              },
            },
          },
        },
      },
    },
  })
}

test('a SAM template connects a table to a function, changes it, and takes all away', async () => {
  const seen: string[] = []
  const made = start({ 'index.handler': (event: StreamEvent) => void seen.push(...ids(event)) })
  const cfn = client(made.cloud, CloudFormationClient)
  const input = (event: Record<string, unknown>) => ({
    StackName: 'app',
    TemplateBody: template(event),
    Capabilities: ['CAPABILITY_IAM' as const, 'CAPABILITY_AUTO_EXPAND' as const],
  })
  const failures = async () => {
    await made.cloud.advance({ minutes: 2 })
    const events = new DescribeStackEventsCommand({ StackName: 'app' })
    const { StackEvents = [] } = await cfn.send(events)
    return StackEvents.filter((it) => it.ResourceStatus?.endsWith('FAILED')).map(
      (it) => it.ResourceStatusReason,
    )
  }
  const mapping = async () => {
    const list = new ListEventSourceMappingsCommand({})
    const { EventSourceMappings = [] } = await made.lambda.send(list)
    const [it] = EventSourceMappings
    return [it?.BatchSize, it?.BisectBatchOnFunctionError, it?.MaximumRetryAttempts]
  }
  const OnFailure = { Type: 'SQS', Destination: { 'Fn::GetAtt': ['Failed', 'Arn'] } }
  await cfn.send(
    new CreateStackCommand(
      input({
        BatchSize: 7,
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 3,
        DestinationConfig: { OnFailure },
      }),
    ),
  )
  expect(await failures()).toEqual([])
  expect(await mapping()).toEqual([7, true, 3])
  const dynamodb = client(made.cloud, DynamoDBClient)
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' } } }))
  await made.cloud.settle()
  expect(seen).toEqual(['a'])
  await cfn.send(new UpdateStackCommand(input({})))
  expect(await failures()).toEqual([])
  expect(await mapping()).toEqual([100, false, -1])
  await cfn.send(new DeleteStackCommand({ StackName: 'app' }))
  await made.cloud.advance({ minutes: 2 })
  const left = made.cloud.inventory().filter((arn) => /:(lambda|sqs|dynamodb):/.test(arn))
  // The table had point-in-time recovery: AWS keeps a backup of its own, which is no resource of the account.
  expect(left).toEqual([])
})

const code = `
  import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
  const processor = new BatchProcessor(EventType.DynamoDBStreams)
  const tried = []
  export const handler = async (event, context) =>
    processPartialResponse(event, async (record) => {
      const id = record.dynamodb.Keys.id.S
      tried.push(id)
      console.log('tried ' + id)
      if (id === 'bad' && tried.filter((it) => it === 'bad').length < 3) throw new Error('not yet')
    }, processor, { context, throwOnFullBatchFailure: false })`

test("Powertools' batch processor has a stream's batch tried again from the record that failed", async () => {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@aws-sdk/*'],
  })
  const cloud = createCloud({ deepFreeze: true })
  const world = await streamed({}, cloud)
  const lambda = client(cloud, LambdaClient)
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'fn',
      Role: giveRole(cloud, ['logs:*', 'dynamodb:*']),
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 20,
      Code: { ZipFile: await zipOf({ 'index.js': outputFiles[0]?.text ?? '' }) },
    }),
  )
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'fn',
      EventSourceArn: world.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  )
  await cloud.advance({ seconds: 2 })
  for (const id of ['one', 'bad', 'two']) {
    await world.dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id } } }))
  }
  await cloud.advance({ minutes: 1 })
  const logs = client(cloud, CloudWatchLogsClient)
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: '/aws/lambda/fn', filterPattern: 'tried' }),
  )
  const tried = events.map(({ message }) => /tried (\w+)/.exec(message ?? '')?.[1])
  expect(tried).toEqual(['one', 'bad', 'two', 'bad', 'two', 'bad', 'two'])
  cloud.close()
})
