import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  StartLiveTailCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import {
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { GetParametersByPathCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm'
import { AwsError, loadServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { sdkDoor } from './sdk-door.test-support.ts'

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/orders'
const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

test('SQS: a message with attributes arrives as it was sent, in awsJson1_0', async () => {
  const body = 'Ünïcode ☃ <&>"\u2028'
  // MD5 of the body and the attributes are checked by the client itself.
  const md5 = (await import('node:crypto')).hash('md5', body)
  const { seen, config } = sdkDoor(loadServiceModel('sqs'), () => ({
    MessageId: 'm-1',
    MD5OfMessageBody: md5,
  }))
  const sent = {
    QueueUrl: queueUrl,
    MessageBody: body,
    DelaySeconds: 3,
    MessageAttributes: {
      text: { DataType: 'String', StringValue: 'a' },
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255, 7) },
    },
  }
  const result = await new SQSClient(config).send(new SendMessageCommand(sent))
  expect(seen).toMatchObject([
    { operation: 'SendMessage', protocol: 'awsJson1_0', signatureIsValid: true },
  ])
  expect(seen[0]?.input).toEqual(sent)
  expect(result.MessageId).toBe('m-1')
  expect(result.$metadata.requestId).toBe('request-1')
})

test('SQS: received messages come back whole', async () => {
  const message = {
    MessageId: 'm-1',
    ReceiptHandle: 'r',
    Body: '',
    MD5OfBody: 'd41d8cd98f00b204e9800998ecf8427e',
    Attributes: { ApproximateReceiveCount: '1' },
    MessageAttributes: { bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2) } },
  }
  const { config } = sdkDoor(loadServiceModel('sqs'), () => ({ Messages: [message] }))
  const { Messages } = await new SQSClient(config).send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl }),
  )
  expect(Messages).toEqual([message])
})

test('SQS: an error has the class of the JSON protocol and the code of the query protocol', async () => {
  const { config } = sdkDoor(loadServiceModel('sqs'), () => {
    const descriptor = {
      kind: 'error',
      code: 'QueueDoesNotExist',
      status: 400,
      fault: 'client',
    } as const
    throw new AwsError(descriptor, 'The specified queue does not exist.')
  })
  const call = new SQSClient(config).send(new ReceiveMessageCommand({ QueueUrl: queueUrl }))
  const error = await call.catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(QueueDoesNotExist)
  expect(error).toMatchObject({
    message: 'The specified queue does not exist.',
    Error: { Code: 'AWS.SimpleQueueService.NonExistentQueue', Type: 'Sender' },
  })
})

test('EventBridge: times and entries arrive as sent, failures come back', async () => {
  const output = {
    FailedEntryCount: 1,
    Entries: [{ EventId: 'e' }, { ErrorCode: 'InternalFailure' }],
  }
  const { seen, config } = sdkDoor(loadServiceModel('events'), () => output)
  const entry = { Source: 's', DetailType: 't', Detail: '{"a":1}', Resources: ['r'] }
  const result = await new EventBridgeClient(config).send(
    new PutEventsCommand({ Entries: [{ ...entry, Time: new Date(at) }] }),
  )
  // Clients send whole seconds with a fraction.
  expect(seen).toMatchObject([
    { operation: 'PutEvents', protocol: 'awsJson1_1', signatureIsValid: true },
  ])
  expect(seen[0]?.input).toEqual({ Entries: [{ ...entry, Time: at }] })
  expect(result).toMatchObject(output)
})

test('CloudWatch Logs: events go out and come back with their longs', async () => {
  const { seen, config } = sdkDoor(loadServiceModel('logs'), (_input, { operation }) =>
    operation.name === 'PutLogEvents'
      ? { nextSequenceToken: 's' }
      : {
          events: [{ message: 'm', timestamp: at, ingestionTime: at + 1 }],
          searchedLogStreams: [],
        },
  )
  const client = new CloudWatchLogsClient(config)
  const sent = {
    logGroupName: 'g',
    logStreamName: 's',
    logEvents: [{ timestamp: at, message: 'm' }],
  }
  await client.send(new PutLogEventsCommand(sent))
  const found = await client.send(new FilterLogEventsCommand({ logGroupName: 'g' }))
  expect(seen[0]?.input).toEqual(sent)
  expect(found.events).toEqual([{ message: 'm', timestamp: at, ingestionTime: at + 1 }])
})

test('CloudWatch Logs: a live tail is a stream of events, and an error ends it', async () => {
  async function* session() {
    yield { sessionStart: { requestId: 'r', sessionId: 's' } }
    yield { sessionUpdate: { sessionResults: [{ message: 'hi', timestamp: at }] } }
    const descriptor = {
      kind: 'error',
      code: 'SessionTimeoutException',
      status: 400,
      fault: 'client',
    } as const
    throw new AwsError(descriptor, 'The session is over.')
  }
  const { config } = sdkDoor(loadServiceModel('logs'), () => ({ responseStream: session() }))
  const client = new CloudWatchLogsClient(config)
  const { responseStream } = await client.send(
    new StartLiveTailCommand({ logGroupIdentifiers: ['arn:aws:logs:us-east-1:1:log-group:g'] }),
  )
  const events: unknown[] = []
  const read = async () => {
    for await (const event of responseStream ?? []) events.push(event)
  }
  await expect(read()).rejects.toMatchObject({ name: 'SessionTimeoutException' })
  expect(events).toEqual([
    { sessionStart: { requestId: 'r', sessionId: 's' } },
    { sessionUpdate: { sessionResults: [{ message: 'hi', timestamp: at }] } },
  ])
})

test('SSM: filters arrive, dates come back, errors have their class', async () => {
  const parameter = { Name: '/a', Type: 'String', Value: 'v', Version: 2, LastModifiedDate: at }
  const { seen, config } = sdkDoor(loadServiceModel('ssm'), (input) => {
    if (input['Path'] === '/a') return { Parameters: [parameter] }
    const descriptor = {
      kind: 'error',
      code: 'ParameterNotFound',
      status: 400,
      fault: 'client',
    } as const
    throw new AwsError(descriptor, '')
  })
  const client = new SSMClient(config)
  const sent = {
    Path: '/a',
    Recursive: true,
    ParameterFilters: [{ Key: 'Type', Values: ['String'] }],
  }
  const { Parameters } = await client.send(new GetParametersByPathCommand(sent))
  expect(seen[0]?.input).toEqual(sent)
  expect(Parameters).toEqual([{ ...parameter, LastModifiedDate: new Date(at) }])
  const refused = client.send(new GetParametersByPathCommand({ Path: '/b' }))
  await expect(refused).rejects.toBeInstanceOf(ParameterNotFound)
})

test('CloudTrail: times go both ways', async () => {
  const event = { EventId: 'e', EventName: 'CreateQueue', EventTime: at }
  const { seen, config } = sdkDoor(loadServiceModel('cloudtrail'), () => ({ Events: [event] }))
  const { Events } = await new CloudTrailClient(config).send(
    new LookupEventsCommand({ StartTime: new Date(at), MaxResults: 2 }),
  )
  expect(seen[0]?.input).toEqual({ StartTime: at, MaxResults: 2 })
  expect(Events).toEqual([{ ...event, EventTime: new Date(at) }])
})
