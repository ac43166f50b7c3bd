import { gunzipSync } from 'node:zlib'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { call, client } from '@cloud-orrery/cloud'
import { PutSubscriptionFilter } from '@cloud-orrery/models/logs'
import { expect, test } from 'vitest'
import { busy, refusalsDuring } from '../shared/outages.test-support.ts'
import { type Made, makeFunction, start } from './functions.test-support.ts'

const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:seen'

async function watching(): Promise<Made & { readonly seen: unknown[] }> {
  const seen: unknown[] = []
  const made = start({ seen: (event: unknown) => void seen.push(event) })
  await makeFunction(made, 'seen')
  return { ...made, seen }
}

function permit({ lambda }: Made, Principal: string, SourceArn: string) {
  return lambda.send(
    new AddPermissionCommand({
      FunctionName: 'seen',
      StatementId: 'trigger',
      Action: 'lambda:InvokeFunction',
      Principal,
      SourceArn,
    }),
  )
}

async function rule({ cloud }: Made): Promise<EventBridgeClient> {
  const events = client(cloud, EventBridgeClient)
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: '{"source":["shop"]}' }))
  await events.send(
    new PutTargetsCommand({ Rule: 'orders', Targets: [{ Id: 'fn', Arn: functionArn }] }),
  )
  return events
}

const ruleArn = 'arn:aws:events:us-east-1:123456789012:rule/orders'

test('a rule invokes a function whose policy lets it', async () => {
  const made = await watching()
  await permit(made, 'events.amazonaws.com', ruleArn)
  const events = await rule(made)
  const Entries = [{ Source: 'shop', DetailType: 'Order', Detail: '{"id":7}' }]
  await events.send(new PutEventsCommand({ Entries }))
  await made.cloud.settle()
  expect(made.seen).toEqual([
    {
      version: '0',
      id: expect.any(String),
      'detail-type': 'Order',
      source: 'shop',
      account: '123456789012',
      time: '2026-01-01T00:00:01Z',
      region: 'us-east-1',
      resources: [],
      detail: { id: 7 },
    },
  ])
})

test('a rule other than the one that the policy names invokes nothing', async () => {
  const made = await watching()
  await permit(made, 'events.amazonaws.com', `${ruleArn}-of-others`)
  const events = await rule(made)
  const Entries = [{ Source: 'shop', DetailType: 'Order', Detail: '{}' }]
  await events.send(new PutEventsCommand({ Entries }))
  await made.cloud.advance({ minutes: 5 })
  expect(made.seen).toEqual([])
})

test('a topic invokes its subscribed function', async () => {
  const made = await watching()
  const sns = client(made.cloud, SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }))
  await permit(made, 'sns.amazonaws.com', TopicArn)
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: functionArn }),
  )
  const { MessageId } = await sns.send(
    new PublishCommand({
      TopicArn,
      Message: 'hi',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' } },
    }),
  )
  await made.cloud.settle()
  expect(made.seen).toEqual([
    {
      Records: [
        {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: SubscriptionArn,
          Sns: {
            Type: 'Notification',
            MessageId,
            TopicArn,
            Subject: null,
            Message: 'hi',
            Timestamp: '2026-01-01T00:00:01.000Z',
            SignatureVersion: '1',
            Signature: expect.any(String),
            SigningCertUrl: expect.stringMatching(/^https:.*\.pem$/),
            UnsubscribeUrl: expect.stringContaining('Action=Unsubscribe'),
            MessageAttributes: { kind: { Type: 'String', Value: 'greeting' } },
          },
        },
      ],
    },
  ])
})

test('a subscription filter sends the events that pass, compressed', async () => {
  const made = await watching()
  const logs = client(made.cloud, CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'app' }))
  await logs.send(new CreateLogStreamCommand({ logGroupName: 'app', logStreamName: 's' }))
  await permit(made, 'logs.amazonaws.com', 'arn:aws:logs:us-east-1:123456789012:log-group:app:*')
  await logs.send(
    new PutSubscriptionFilterCommand({
      logGroupName: 'app',
      filterName: 'errors',
      filterPattern: 'ERROR',
      destinationArn: functionArn,
    }),
  )
  const timestamp = made.cloud.kernel.clock.nowMs
  const logEvents = ['fine', 'ERROR one'].map((message) => ({ timestamp, message }))
  await logs.send(new PutLogEventsCommand({ logGroupName: 'app', logStreamName: 's', logEvents }))
  await made.cloud.settle()
  // The event's form is CloudWatch Logs' own.
  const [event] = made.seen as { awslogs: { data: string } }[]
  const data = gunzipSync(Buffer.from(event?.awslogs.data ?? '', 'base64')).toString()
  expect(JSON.parse(data)).toEqual({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: 'app',
    logStream: 's',
    subscriptionFilters: ['errors'],
    logEvents: [{ id: expect.stringMatching(/^\d{56}$/), timestamp, message: 'ERROR one' }],
  })
})

test('a subscription filter to a function that does not let it is refused', async () => {
  const made = await watching()
  const logs = client(made.cloud, CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'app' }))
  const refused = logs.send(
    new PutSubscriptionFilterCommand({
      logGroupName: 'app',
      filterName: 'all',
      filterPattern: '',
      destinationArn: functionArn,
    }),
  )
  await expect(refused).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
  })
})

test('a Lambda that is busy or fails says nothing about the permission of a subscription filter', async () => {
  const { cloud } = await watching()
  await client(cloud, CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName: 'app' }))
  const put = () =>
    call(cloud, PutSubscriptionFilter, {
      logGroupName: 'app',
      filterName: 'all',
      filterPattern: '',
      destinationArn: functionArn,
    })
  expect(await refusalsDuring(cloud, 'lambda.Invoke', put)).toEqual([
    'ServiceUnavailableException: Lambda: Busy.',
    'ServiceUnavailableException: Lambda: Out.',
  ])
})

test('a subscription filter tries again while Lambda is busy', async () => {
  const made = await watching()
  const logs = client(made.cloud, CloudWatchLogsClient)
  const [logGroupName, logStreamName] = ['app', 's']
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
  await permit(made, 'logs.amazonaws.com', 'arn:aws:logs:us-east-1:123456789012:log-group:app:*')
  const filter = { logGroupName, filterName: 'all', filterPattern: '', destinationArn: functionArn }
  await logs.send(new PutSubscriptionFilterCommand(filter))
  made.cloud.armFault('lambda.Invoke', busy, { times: 3 })
  const logEvents = [{ timestamp: made.cloud.kernel.clock.nowMs, message: 'one' }]
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
  await made.cloud.advance({ minutes: 1 })
  expect(made.seen.length).toBe(1)
})
