import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam'
import {
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { PublishCommand } from '@aws-sdk/client-sns'
import { ListQueuesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { expectRecorded, recording, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { accountId, resourcesOf, stackWorld } from '../stacks.test-support.ts'

const Transform = 'AWS::Serverless-2016-10-31'
const Capabilities = ['CAPABILITY_AUTO_EXPAND' as const, 'CAPABILITY_IAM' as const]

const code =
  "exports.handler = async (event) => { console.log('SAW ' + JSON.stringify(event)); if (event.fail) throw new Error('no') }"

const serverless = (properties: object, others: object = {}) =>
  resourcesOf(
    {
      Fn: {
        Type: 'AWS::Serverless::Function',
        Properties: {
          FunctionName: 'fn',
          Handler: 'index.handler',
          Runtime: 'nodejs22.x',
          InlineCode: code,
          ...properties,
        },
      },
      ...others,
    },
    { Transform },
  )

async function deployed(template: object) {
  const world = stackWorld()
  await world.create(template, { Capabilities })
  const lambda = client(world.cloud, LambdaClient)
  expect((await world.events()).filter((line) => line.includes('FAILED'))).toEqual([])
  const logs = client(world.cloud, CloudWatchLogsClient)
  return {
    ...world,
    lambda,
    /** The events that the function was called with. */
    async seen() {
      await world.cloud.advance({ minutes: 1 })
      const input = { logGroupName: '/aws/lambda/fn', filterPattern: 'SAW' }
      const { events = [] } = await logs.send(new FilterLogEventsCommand(input))
      return events.map(({ message = '' }) => JSON.parse(message.slice(message.indexOf('{'))))
    },
  }
}

test('a serverless function has a role, runs and goes with its stack', async () => {
  const { lambda, resources, remove, iam } = await deployed(
    serverless({ Policies: ['AmazonSQSReadOnlyAccess'], Tags: { team: 'a' } }),
  )
  expect(await resources()).toEqual({ Fn: 'CREATE_COMPLETE', FnRole: 'CREATE_COMPLETE' })
  const { Tags, Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'fn' }))
  expect(Tags).toMatchObject({ 'lambda:createdBy': 'SAM', team: 'a' })
  const RoleName = Configuration?.Role?.split('/').at(-1)
  const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))
  expect(AttachedPolicies?.map(({ PolicyName }) => PolicyName).sort()).toEqual([
    'AWSLambdaBasicExecutionRole',
    'AmazonSQSReadOnlyAccess',
  ])
  await remove()
  await expect(lambda.send(new GetFunctionCommand({ FunctionName: 'fn' }))).rejects.toThrow(
    'Function not found',
  )
})

test.skipIf(!recordingsPresent)('test_sam_policies', async () => {
  const {
    resources: _,
    iam,
    lambda,
  } = await deployed(serverless({ Policies: ['AmazonSNSFullAccess'] }))
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'fn' }))
  const RoleName = Configuration?.Role?.split('/').at(-1)
  const { $metadata, ...answer } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))
  expectRecorded(
    {
      list_attached_role_policies: {
        ...answer,
        ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: $metadata.httpStatusCode },
      },
    },
    recording('cloudformation/resources/test_sam', 'test_sam_policies'),
  )
})

test('an alias is published anew when the code changes', async () => {
  const { lambda, update } = await deployed(serverless({ AutoPublishAlias: 'live' }))
  const versions = async () => {
    const { Versions = [] } = await lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName: 'fn' }),
    )
    return Versions.map(({ Version }) => Version)
  }
  expect(await versions()).toEqual(['$LATEST', '1'])
  await update(serverless({ AutoPublishAlias: 'live', InlineCode: `${code} // again` }), {
    Capabilities,
  })
  // Its older version is retained.
  expect(await versions()).toEqual(['$LATEST', '1', '2'])
  const { ExecutedVersion } = await lambda.send(
    new InvokeCommand({ FunctionName: 'fn:live', Payload: '{}' }),
  )
  expect(ExecutedVersion).toBe('2')
})

const on = (Type: string, Properties: object) => ({ Events: { Ev: { Type, Properties } } })

test('messages of a queue reach a function that polls it', async () => {
  const { sqs, seen } = await deployed(
    serverless(on('SQS', { Queue: { 'Fn::GetAtt': ['Jobs', 'Arn'] } }), {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
    }),
  )
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${accountId}/jobs`
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  const [event] = await seen()
  expect(event.Records[0].body).toBe('hi')
})

test('objects of a bucket of the same template reach a function', async () => {
  const { s3, seen } = await deployed(
    serverless(on('S3', { Bucket: { Ref: 'Files' }, Events: 's3:ObjectCreated:*' }), {
      Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'files-of-a-test' } },
    }),
  )
  await s3.send(new PutObjectCommand({ Bucket: 'files-of-a-test', Key: 'a.txt', Body: 'a' }))
  const [event] = await seen()
  expect(event.Records[0].s3.object.key).toBe('a.txt')
})

test('messages of a topic reach a function through a queue of its own', async () => {
  const { sns, seen } = await deployed(
    serverless(on('SNS', { Topic: { Ref: 'News' }, SqsSubscription: true }), {
      News: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
    }),
  )
  const TopicArn = `arn:aws:sns:us-east-1:${accountId}:news`
  await sns.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  const [event] = await seen()
  expect(JSON.parse(event.Records[0].body).Message).toBe('hi')
})

test('a schedule calls a function every hour', async () => {
  const { cloud, seen } = await deployed(
    serverless(on('Schedule', { Schedule: 'rate(1 hour)', Input: '{"hour":"yes"}' })),
  )
  await cloud.advance({ hours: 3 })
  expect(await seen()).toEqual([{ hour: 'yes' }, { hour: 'yes' }, { hour: 'yes' }])
})

test('events that match a pattern reach the alias of a function', async () => {
  const { cloud, seen } = await deployed(
    serverless({
      ...on('EventBridgeRule', { Pattern: { source: ['shop'] }, InputPath: '$.detail' }),
      AutoPublishAlias: 'live',
    }),
  )
  const events = client(cloud, EventBridgeClient)
  const entry = { Source: 'shop', DetailType: 'sold', Detail: '{"item":7}' }
  await events.send(new PutEventsCommand({ Entries: [entry] }))
  expect(await seen()).toEqual([{ item: 7 }])
})

test('what a function fails at goes to the queue that was made for it', async () => {
  const { cloud, lambda, sqs } = await deployed({
    ...serverless({
      EventInvokeConfig: {
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Type: 'SQS' } },
      },
    }),
    Outputs: { Failures: { Value: { Ref: 'Fn.DestinationQueue' } } },
  })
  await lambda.send(
    new InvokeCommand({ FunctionName: 'fn', InvocationType: 'Event', Payload: '{"fail":true}' }),
  )
  await cloud.advance({ minutes: 1 })
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: QueueUrls[0] }))
  const { requestPayload, responsePayload } = JSON.parse(Messages[0]?.Body ?? '{}')
  expect([requestPayload, responsePayload.errorMessage]).toEqual([{ fail: true }, 'no'])
})

test('a public URL calls a function', async () => {
  const { cloud, lambda } = await deployed(serverless({ FunctionUrlConfig: { AuthType: 'NONE' } }))
  const { FunctionUrl = '' } = await lambda.send(
    new GetFunctionUrlConfigCommand({ FunctionName: 'fn' }),
  )
  const response = await fetchFromCloud(cloud, FunctionUrl)
  expect(response.status).toBe(200)
})
