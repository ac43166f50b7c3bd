import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../context.ts'
import { dataKeyInUse, newDataKey } from '../shared/data-keys.ts'
import { kmsWords } from '../shared/kms-refusals.ts'
import { kmsRefusal } from './errors.ts'
import { dataKeyReuseMs } from './limits.ts'
import { dataKeys, type Topic } from './state.ts'
import { requireTopic } from './topics.ts'

/**
 * Publishes with the data key that the message is encrypted with: at once where the topic has no key of KMS or the
 * publisher's data key is in use; after KMS's answer otherwise, when the topic may be another.
 * Deviation: messages are kept as they came; what KMS decides is who may publish.
 */
export function encrypted<T>(
  ctx: Context,
  topic: Topic,
  work: (topic: Topic) => T,
): T | Promise<T> {
  const keyId = topic.attributes['KmsMasterKeyId']
  if (keyId === undefined) return work(topic)
  const encryption = {
    known: dataKeys,
    holder: topic.arn,
    keyId,
    context: { 'aws:sns:topicArn': topic.arn },
    reuseMs: dataKeyReuseMs,
  }
  if (dataKeyInUse(ctx, encryption) !== undefined) return work(topic)
  return byKms(ctx, newDataKey(ctx, encryption)).then(() => work(requireTopic(ctx, topic.arn)))
}

/** What KMS refuses, in the words of SNS. */
async function byKms<T>(ctx: Context, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw kmsRefusal(error, kmsWords(ctx, error))
  }
}
