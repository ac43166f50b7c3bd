import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageRequest,
  SendMessageCommand,
  type SendMessageRequest,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'

export const accountId = '123456789012'

export const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${accountId}:${name}`

/** A fresh cloud with a queue and short ways to use it. */
export async function withQueue(
  attributes: Record<string, string> = {},
  cloud: Cloud = createCloud({ deepFreeze: true }),
) {
  const sqs = client(cloud, SQSClient)
  const name = attributes['FifoQueue'] === 'true' ? 'orders.fifo' : 'orders'
  return { cloud, sqs, ...(await queueOf(sqs, name, attributes)) }
}

export async function queueOf(
  sqs: SQSClient,
  QueueName: string,
  Attributes: Record<string, string> = {},
) {
  const input = { QueueName, Attributes }
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand(input))
  return { QueueUrl, ...callsOn(sqs, QueueUrl) }
}

function callsOn(sqs: SQSClient, QueueUrl: string) {
  const receive = async (rest: Partial<ReceiveMessageRequest> = {}) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...rest }))).Messages ?? []
  const attributes = async (): Promise<Record<string, string>> =>
    (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })))
      .Attributes ?? {}
  return {
    send: (MessageBody: string, rest: Partial<SendMessageRequest> = {}) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...rest })),
    receive,
    /** Bodies of up to ten messages. */
    bodies: async (rest: Partial<ReceiveMessageRequest> = {}) =>
      (await receive({ MaxNumberOfMessages: 10, ...rest })).map(({ Body }) => Body),
    remove: (ReceiptHandle: string | undefined) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    keep: (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout })),
    set: (Attributes: Record<string, string>) =>
      sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes })),
    attributes,
    /** Messages that are ready, delayed, in flight. */
    async counts() {
      const all = await attributes()
      return ['', 'Delayed', 'NotVisible'].map((of) =>
        Number(all[`ApproximateNumberOfMessages${of}`]),
      )
    },
  }
}

/** Code and message of a refusal, as query clients and the SDK see them. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await call
  } catch (error) {
    const { Code, name, message } = error as Error & { Code?: string } // What the SDK throws.
    return { code: Code ?? name, message }
  }
  throw new Error('nothing was refused')
}

/** Until as many calls wait in the cloud: a client takes a moment to sign. */
export async function callsWait(cloud: Cloud, count = 1): Promise<void> {
  while (cloud.kernel.scheduler.waiting.length < count) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
