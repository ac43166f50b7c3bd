import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { CreateBucket } from '@cloud-orrery/models/s3'
import { CreateTopic, Subscribe } from '@cloud-orrery/models/sns'
import { CreateQueue, ListQueues, SendMessage } from '@cloud-orrery/models/sqs'
import { type Aws, createAws, expect, test } from './index.ts'

const startedAt = '2026-01-01T00:00:00.000Z'

async function queue(aws: Aws, QueueName = 'jobs'): Promise<string> {
  const { QueueUrl = '' } = await aws.call(CreateQueue, { QueueName })
  return QueueUrl
}

async function bodies(aws: Aws, QueueUrl: string): Promise<(string | undefined)[]> {
  const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })
  const { Messages = [] } = await aws.client(SQSClient).send(command)
  return Messages.map(({ Body }) => Body)
}

test('each test has a fresh cloud', async ({ aws }) => {
  await queue(aws)
  expect(aws.inventory()).toContain('arn:aws:sqs:us-east-1:123456789012:jobs')
})

test('and sees nothing of the one before', async ({ aws }) => {
  expect(aws.inventory()).not.toContain('arn:aws:sqs:us-east-1:123456789012:jobs')
  expect([aws.accountId, aws.region]).toEqual(['123456789012', 'us-east-1'])
})

test('clients call as the administrator, of other accounts and regions too', async ({ aws }) => {
  const who = async (client: STSClient) => (await client.send(new GetCallerIdentityCommand({}))).Arn
  expect(await who(aws.client(STSClient))).toBe('arn:aws:iam::123456789012:user/admin')
  const accountId = '111122223333'
  expect(await who(aws.client(STSClient, { accountId }))).toBe(
    `arn:aws:iam::${accountId}:user/admin`,
  )
  const credentials = aws.credentials(accountId)
  expect(await who(aws.client(STSClient, { credentials }))).toBe(
    `arn:aws:iam::${accountId}:user/admin`,
  )
  const { QueueUrl } = await aws
    .client(SQSClient, { region: 'eu-west-1' })
    .send(new CreateQueueCommand({ QueueName: 'q' }))
  expect(QueueUrl).toBe('https://sqs.eu-west-1.amazonaws.com/123456789012/q')
})

test('the clock stands still until it is moved; what lies on the way happens', async ({ aws }) => {
  expect(aws.clock.date().toISOString()).toBe(startedAt)
  const QueueUrl = await queue(aws)
  const command = new SendMessageCommand({ QueueUrl, MessageBody: 'late', DelaySeconds: 60 })
  await aws.client(SQSClient).send(command)
  await aws.clock.advance({ seconds: 59 })
  expect(await bodies(aws, QueueUrl)).toEqual([])
  await aws.clock.advance(1000)
  expect(await bodies(aws, QueueUrl)).toEqual(['late'])
  expect(aws.clock.now()).toBe(Date.parse(startedAt) + 60_000)
})

test('advanceUntil goes from task to task, and tells when it did not happen', async ({ aws }) => {
  const { arn } = await topicWithMail(aws)
  await aws.client(SNSClient).send(new PublishCommand({ TopicArn: arn, Message: 'hi' }))
  await aws.clock.advanceUntil(() => aws.mailbox.to('ana@example.com').length === 1)
  await expect(aws.clock.advanceUntil(() => false, { minutes: 1 })).rejects.toThrow(
    'It did not happen within 60000 ms of model time (seed 1).',
  )
})

async function topicWithMail(aws: Aws): Promise<{ arn: string }> {
  const { TopicArn: arn = '' } = await aws.call(CreateTopic, { Name: 'alerts' })
  await aws.call(Subscribe, { TopicArn: arn, Protocol: 'email', Endpoint: 'ana@example.com' })
  return { arn }
}

test('a link in a mail can be followed, as its reader would', async ({ aws }) => {
  const { arn } = await topicWithMail(aws)
  await aws.clock.settle()
  const [invitation] = aws.mailbox.to('ana@example.com')
  const link = invitation?.links.find((url) => url.includes('ConfirmSubscription')) ?? ''
  expect((await aws.mailbox.follow(link)).status).toBe(200)
  await aws.client(SNSClient).send(new PublishCommand({ TopicArn: arn, Message: 'hi' }))
  await aws.clock.settle()
  expect(aws.mailbox.all().map(({ to, text }) => [to, text.split('\n')[0]])).toEqual([
    [['ana@example.com'], invitation?.text.split('\n')[0]],
    [['ana@example.com'], 'hi'],
  ])
})

test('a host of the internet answers what the cloud sends there', async ({ aws }) => {
  const seen: string[] = []
  aws.internet.host('hooks.example.com', ({ url, body }) => {
    seen.push(`${url} ${JSON.parse(body).Type}`)
    return { status: 200, headers: {}, body: '' }
  })
  const { TopicArn = '' } = await aws.call(CreateTopic, { Name: 'alerts' })
  const Endpoint = 'https://hooks.example.com/in'
  await aws.call(Subscribe, { TopicArn, Protocol: 'https', Endpoint })
  await aws.clock.settle()
  expect(seen).toEqual(['https://hooks.example.com/in SubscriptionConfirmation'])
})

test('an armed fault strikes every call until it is ended', async ({ aws }) => {
  const list = () => aws.client(SQSClient).send(new ListQueuesCommand({}))
  const outage = aws.faults.fail(ListQueues, { error: 'RequestThrottled', status: 400 })
  const startedAtMs = performance.now()
  await expect(list()).toFailWith('RequestThrottled')
  await expect(list()).toFailWith('RequestThrottled')
  expect(aws.journal.calls(ListQueues)).toHaveLength(6) // The SDK tries each three times.
  expect(performance.now() - startedAtMs).toBeLessThan(500) // Its own waits would take a second.
  outage.end()
  expect((await list()).$metadata.attempts).toBe(1)
})

test('a fault strikes as often, with the words and the delay that it was given', async ({
  aws,
}) => {
  aws.faults.fail('sqs.*', { error: 'InternalError', message: 'gone', status: 500, times: 1 })
  await expect(aws.call(ListQueues, {})).rejects.toMatchObject({
    code: 'InternalError',
    message: 'gone',
    status: 500,
  })
  expect(await aws.call(ListQueues, {})).toEqual({})

  const slow = aws.faults.delay(ListQueues, 5000)
  const answered = aws.call(ListQueues, {})
  await aws.clock.advance({ seconds: 5 })
  await answered
  expect(aws.clock.date().toISOString()).toBe('2026-01-01T00:00:05.000Z')
  slow.end()
})

test('the journal has every call, with who made it and how it ended', async ({ aws }) => {
  const QueueUrl = await queue(aws)
  await aws.call(SendMessage, { QueueUrl, MessageBody: 'hi' })
  await expect(aws.call(SendMessage, { QueueUrl: `${QueueUrl}x`, MessageBody: 'lost' })).toFailWith(
    'QueueDoesNotExist',
  )
  expect(aws.journal.calls(SendMessage)).toEqual([
    {
      sequence: 2,
      atMs: Date.parse(startedAt),
      input: { QueueUrl, MessageBody: 'hi' },
      caller: 'arn:aws:iam::123456789012:user/admin',
    },
    expect.objectContaining({
      sequence: 3,
      error: {
        code: 'QueueDoesNotExist',
        message: 'The specified queue does not exist.',
        status: 400,
      },
    }),
  ])
  expect(aws.journal.entries).toHaveLength(3)
})

test('a fork is a second timeline: neither sees the other from there on', async ({ aws }) => {
  const QueueUrl = await queue(aws)
  const fork = aws.fork()
  await fork.call(SendMessage, { QueueUrl, MessageBody: 'only there' })
  await fork.clock.advance({ days: 1 })
  expect(await bodies(aws, QueueUrl)).toEqual([])
  expect(await bodies(fork, QueueUrl)).toEqual(['only there'])
  expect(aws.clock.date().toISOString()).toBe(startedAt)
  fork.cloud.close()
})

test('a recording, kept as JSON, gives the same run again and goes on from its end', async ({
  aws,
}) => {
  const QueueUrl = await queue(aws)
  await aws.call(SendMessage, { QueueUrl, MessageBody: 'kept' })
  await aws.clock.advance({ hours: 1 })
  const kept = JSON.parse(JSON.stringify(aws.record()))
  const { Aws: AwsClass } = await import('./index.ts')
  const again = await AwsClass.replay(kept)
  expect(again.journal.digest()).toBe(aws.journal.digest())
  expect(again.clock.now()).toBe(aws.clock.now())
  expect(await bodies(again, QueueUrl)).toEqual(['kept'])
  again.cloud.close()
})

test('equal seeds give equal runs, other seeds other ones', async () => {
  const run = async (seed: number) => {
    const aws = createAws({ seed })
    await queue(aws)
    aws.cloud.close()
    return aws.journal.digest()
  }
  const [first, second, other] = [await run(7), await run(7), await run(8)]
  expect(first).toBe(second)
  expect(first).not.toBe(other)
})

test('plain HTTP by true name needs no client', async ({ aws }) => {
  await aws.call(CreateBucket, { Bucket: 'pages' })
  const s3 = aws.client(S3Client)
  await s3.send(new PutObjectCommand({ Bucket: 'pages', Key: 'a', Body: 'x' }))
  const anonymous = await aws.fetch('https://pages.s3.us-east-1.amazonaws.com/a')
  expect(anonymous.status).toBe(403)
  const credentials = aws.credentials()
  const own = await aws.fetch('https://pages.s3.us-east-1.amazonaws.com/a', { credentials })
  expect(await own.text()).toBe('x')
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: 'pages' }))
  expect(KeyCount).toBe(1)
})
