import { createHash } from 'node:crypto'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { administratorCredentials } from '@cloud-orrery/services'

export const accountId = '123456789012'

/** What clients were told in one life of the server, and what they asked for: both bound what must be there. */
export interface Told {
  readonly round: number
  readonly queue: string
  /** Bodies of messages that were sent and answered. */
  readonly sent: Set<string>
  /** Bodies that were sent, answered or not. */
  readonly tried: Set<string>
  /** Published to a topic that the queue listens to, and answered. */
  readonly published: Set<string>
  /** Taken out by the consumer and answered; and those of which nobody knows. */
  readonly deleted: Set<string>
  readonly deletionTried: Set<string>
  /** Objects by key, with the SHA-256 of their content. */
  readonly objects: Map<string, string>
  parameter: number
  parameterTried: number
  answers: number
}

export function clientsFor(port: number) {
  const config = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: administratorCredentials(accountId),
    maxAttempts: 1,
  }
  return {
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    ssm: new SSMClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  }
}

export type Clients = ReturnType<typeof clientsFor>

export function urlOf(queue: string): string {
  return `https://sqs.us-east-1.amazonaws.com/${accountId}/${queue}`
}

/** Makes what the clients of a round use. */
export async function prepare({ sqs, sns, s3 }: Clients, round: number): Promise<Told> {
  const queue = `round-${round}`
  const Policy = JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: '*',
    },
  })
  await sqs.send(new CreateQueueCommand({ QueueName: queue, Attributes: { Policy } }))
  await sqs.send(new CreateQueueCommand({ QueueName: `${queue}-consumed` }))
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: queue }))
  const Endpoint = `arn:aws:sqs:us-east-1:${accountId}:${queue}`
  const Attributes = { RawMessageDelivery: 'true' }
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }))
  if (round === 0) await s3.send(new CreateBucketCommand({ Bucket: 'kills' }))
  return {
    round,
    queue,
    sent: new Set(),
    tried: new Set(),
    published: new Set(),
    deleted: new Set(),
    deletionTried: new Set(),
    objects: new Map(),
    parameter: 0,
    parameterTried: 0,
    answers: 0,
  }
}

/** Calls until the server is gone; `random` gives numbers in [0, 1). */
export async function callUntilGone(
  clients: Clients,
  told: Told,
  client: number,
  random: () => number,
): Promise<void> {
  for (let call = 0; ; call += 1) {
    try {
      await callOnce(clients, told, `${told.round}.${client}.${call}`, random)
      told.answers += 1
    } catch {
      return // The server was killed, or is going: what it did not answer is not known.
    }
  }
}

async function callOnce(
  { sqs, sns, s3, ssm }: Clients,
  told: Told,
  id: string,
  random: () => number,
): Promise<void> {
  const kind = random()
  if (kind < 0.4) {
    told.tried.add(id)
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(told.queue), MessageBody: id }))
    told.sent.add(id)
  } else if (kind < 0.6) {
    told.tried.add(id)
    const TopicArn = `arn:aws:sns:us-east-1:${accountId}:${told.queue}`
    await sns.send(new PublishCommand({ TopicArn, Message: id }))
    told.published.add(id)
  } else if (kind < 0.75) {
    const body = Buffer.alloc(Math.floor(random() * 40_000), id)
    await s3.send(new PutObjectCommand({ Bucket: 'kills', Key: id, Body: body }))
    told.objects.set(id, sha256(body))
  } else if (kind < 0.85) {
    told.parameterTried += 1
    const Value = String(told.parameterTried)
    await ssm.send(
      new PutParameterCommand({ Name: `/p/${id}`, Value, Type: 'String', Overwrite: true }),
    )
    told.parameter += 1
  } else {
    await consume(sqs, told, id)
  }
}

/** Sends, waits for a message (a long poll that another client's message may end), and takes it out. */
async function consume(sqs: SQSClient, told: Told, id: string): Promise<void> {
  const QueueUrl = urlOf(`${told.queue}-consumed`)
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: id }))
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, VisibilityTimeout: 1 }),
  )
  for (const { Body = '', ReceiptHandle } of Messages) {
    told.deletionTried.add(Body)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    told.deleted.add(Body)
  }
}

/** What of a round is not as clients were told. */
export async function broken({ sqs, s3 }: Clients, told: Told): Promise<string[]> {
  const wrong: string[] = []
  const there = await drained(sqs, told.queue)
  for (const id of told.sent) if (!there.has(id)) wrong.push(`message ${id} is lost`)
  for (const id of told.published) if (!there.has(id)) wrong.push(`notification ${id} is lost`)
  for (const id of there) if (!told.tried.has(id)) wrong.push(`message ${id} was never sent`)
  for (const [key, sum] of told.objects) {
    const found = await objectSum(s3, key)
    if (found !== sum) wrong.push(`object ${key} is ${found ?? 'lost'}`)
  }
  return wrong
}

/** Deleted messages must not come again: looked at when their visibility timeouts are over. */
export async function returned({ sqs }: Clients, told: Told): Promise<string[]> {
  const there = await drained(sqs, `${told.queue}-consumed`)
  return [...told.deleted]
    .filter((id) => there.has(id))
    .map((id) => `message ${id} was deleted, and is there again`)
}

async function drained(sqs: SQSClient, queue: string): Promise<Set<string>> {
  const bodies = new Set<string>()
  const QueueUrl = urlOf(queue)
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 3_600 }),
    )
    if (Messages.length === 0) return bodies
    for (const { Body = '' } of Messages) bodies.add(Body)
  }
}

export async function objectSum(s3: S3Client, Key: string): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'kills', Key }))
    return sha256((await Body?.transformToByteArray()) ?? new Uint8Array())
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined
    throw error
  }
}

export async function parameterValue(ssm: SSMClient, Name: string): Promise<string | undefined> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }))
  return Parameter?.Value
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
