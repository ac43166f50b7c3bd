import { SendMessage, type SendMessageRequest } from '@cloud-orrery/models/sqs'
import type { Context } from '../../context.ts'
import { queueAddress } from '../arns.ts'
import { envelope } from '../envelope.ts'
import { endpointFailed } from '../errors.ts'
import type { Message, StoredAttribute } from '../state.ts'

export type QueueMessage = Omit<SendMessageRequest, 'QueueUrl'>

/** What a queue is sent: the envelope, or with raw delivery the message itself with its attributes. */
export function queueMessage(
  { message, subscriptionArn }: { readonly message: Message; readonly subscriptionArn: string },
  queueArn: string,
  isRaw: boolean,
): QueueMessage {
  const { attributes } = message
  const hasAttributes = isRaw && attributes !== undefined && Object.keys(attributes).length > 0
  return {
    MessageBody: isRaw ? message.body : envelope(message, subscriptionArn),
    ...(hasAttributes ? { MessageAttributes: queueAttributes(attributes) } : {}),
    ...ordering(message, queueArn),
  }
}

/**
 * FIFO queues get the topic's group and deduplication id, with a confirmation its own; standard queues the group of a standard topic,
 * for fairness. Recorded: sns, `fifo_topic_to_regular_sqs`.
 */
function ordering(
  { groupId, deduplicationId, sequenceNumber, id }: Message,
  queueArn: string,
): Pick<QueueMessage, 'MessageGroupId' | 'MessageDeduplicationId'> {
  if (queueArn.endsWith('.fifo')) {
    return { MessageGroupId: groupId ?? id, MessageDeduplicationId: deduplicationId ?? id }
  }
  const isFromFifo = sequenceNumber !== undefined
  return isFromFifo || groupId === undefined ? {} : { MessageGroupId: groupId }
}

function queueAttributes(
  attributes: Readonly<Record<string, StoredAttribute>>,
): NonNullable<QueueMessage['MessageAttributes']> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, value }]) => [
      name,
      dataType.startsWith('Binary')
        ? { DataType: dataType, BinaryValue: new Uint8Array(Buffer.from(value, 'base64')) }
        : { DataType: dataType, StringValue: value },
    ]),
  )
}

/** Sends as SNS on the topic's behalf: the queue's policy has to allow it. */
export async function sendToQueue(
  ctx: Context,
  queueArn: string,
  message: QueueMessage,
  { topicArn }: Message,
): Promise<void> {
  const queue = queueAddress(queueArn)
  if (queue === undefined) throw endpointFailed(400, `${queueArn} is no queue.`)
  const { region, accountId, name } = queue
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
  await ctx.call(
    SendMessage,
    { QueueUrl, ...message },
    { as: 'sns.amazonaws.com', sourceArn: topicArn, region, accountId },
  )
}
