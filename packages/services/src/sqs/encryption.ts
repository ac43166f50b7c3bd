import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../context.ts'
import {
  dataKeyInUse,
  type Encryption,
  isOpen,
  knownDataKeys,
  newDataKey,
  openDataKey,
} from '../shared/data-keys.ts'
import { kmsWords } from '../shared/kms-refusals.ts'
import { kmsRefusal } from './errors.ts'
import { queueOfUrl } from './queue-urls.ts'
import type { MessageDataKey, Queue } from './state.ts'

/** Data keys that are in use, by queue and principal. Source: SQS Developer Guide, "Key management". */
export const dataKeys = knownDataKeys('sqs.dataKeys')

function encryptionOf(queue: Queue, holder = queue.arn): Omit<Encryption, 'keyId'> {
  return {
    known: dataKeys,
    holder,
    context: { 'aws:sqs:arn': holder },
    reuseMs: 1000 * Number(queue.settings['KmsDataKeyReusePeriodSeconds'] ?? 300),
  }
}

/**
 * Does what sends messages with the data key that they are encrypted with: at once where the queue has no key of
 * KMS or the caller's data key is in use; after KMS's answer otherwise, when the queue may be another.
 * Deviation: what is encrypted with a data key is the right to receive it; bodies are kept as they came.
 */
export function encrypted<T>(
  ctx: Context,
  queueUrl: string,
  work: (queue: Queue, dataKey: MessageDataKey | undefined) => T,
): T | Promise<T> {
  const queue = queueOfUrl(ctx, queueUrl)
  const keyId = queue.settings['KmsMasterKeyId']
  if (keyId === undefined) return work(queue, undefined)
  const queueArn = queue.arn
  const encryption = { ...encryptionOf(queue), keyId }
  const inUse = dataKeyInUse(ctx, encryption)
  if (inUse !== undefined) return work(queue, { ciphertext: inUse, queueArn })
  return byKms(ctx, newDataKey(ctx, encryption)).then((ciphertext) =>
    work(queueOfUrl(ctx, queueUrl), { ciphertext, queueArn }),
  )
}

/** Whether the caller may be given a message: it has none, or its data key was opened for the caller. */
export function isReadable(
  ctx: Context,
  queue: Queue,
  dataKey: MessageDataKey | undefined,
): boolean {
  if (dataKey === undefined) return true
  return isOpen(ctx, encryptionOf(queue, dataKey.queueArn), dataKey.ciphertext)
}

/** Opens a message's data key in the caller's name. A message that was given up keeps that of its first queue. */
export async function unlock(ctx: Context, queue: Queue, dataKey: MessageDataKey): Promise<void> {
  const encryption = encryptionOf(queue, dataKey.queueArn)
  await byKms(ctx, openDataKey(ctx, encryption, dataKey.ciphertext))
}

/** What KMS refuses, in the words of SQS. */
async function byKms<T>(ctx: Context, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw kmsRefusal(error, kmsWords(ctx, error))
  }
}
