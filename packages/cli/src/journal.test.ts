import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { orrery, served } from './command-line.test-support.ts'

const jobs = 'arn:aws:sqs:us-east-1:123456789012:jobs'

/** A topic that may not deliver to its queue. */
async function refusedDelivery(cloud: Cloud): Promise<void> {
  const sns = client(cloud, SNSClient)
  await client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'jobs' }))
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: jobs }))
  await sns.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  await cloud.settle()
}

test('errors stand below what led to them', async () => {
  await using server = await served()
  await refusedDelivery(server.cloud)
  const lines = (await server.told('journal --errors')).trimEnd().split('\n')
  expect(lines.map((line) => line.slice('2026-01-01 00:00:00.000 '.length))).toEqual([
    expect.stringMatching(/^#\d+ call sns\.Publish by arn:aws:iam::123456789012:user\/admin$/),
    expect.stringMatching(/^ {2}#\d+ task sns\.deliver ✗ AccessDeniedException: /),
    expect.stringMatching(
      /^ {4}#\d+ call sqs\.SendMessage by sns\.amazonaws\.com ✗ AccessDeniedException: /,
    ),
  ])
})

test('one service, since a number', async () => {
  await using server = await served()
  await refusedDelivery(server.cloud)
  const { entries } = await server.asked('journal --service sqs')
  const [first, second] = entries as { sequence: number; name: string }[]
  expect([first?.name, second?.name]).toEqual(['sqs.CreateQueue', 'sqs.SendMessage'])
  expect(await server.asked(`journal --service sqs --since ${first?.sequence}`)).toMatchObject({
    entries: [second],
  })
})

test('a followed journal writes what comes until the server ends', async () => {
  const server = await served()
  const following = orrery(`journal --follow --service sqs --port ${server.port}`)
  const sqs = client(server.cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }))
  const poll = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
  // Long enough for one reading while the call waits.
  await new Promise((resolve) => setTimeout(resolve, 400))
  await server.cloud.advance(20_000)
  await poll
  await new Promise((resolve) => setTimeout(resolve, 400))
  await server[Symbol.asyncDispose]()
  const { code, out, err } = await following
  expect([code, err]).toEqual([0, ''])
  expect(out.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/ #\d+ call sqs\.CreateQueue by /),
    expect.stringMatching(/ #\d+ call sqs\.ReceiveMessage by /),
  ])
})

test('what is followed has no limit', async () => {
  const { code, err } = await orrery('journal --follow --limit 3')
  expect([code, err]).toEqual([
    2,
    'orrery: What is followed has no end.\nLeave --limit or --follow out.\n',
  ])
})
