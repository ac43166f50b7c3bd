import type { Context } from '../context.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { kmsAccessDenied } from './errors.ts'
import type { Queue } from './state.ts'

/** The key that AWS keeps for SQS in each account. */
const managedKey = 'alias/aws/sqs'

/**
 * Checks that the caller may use the queue's key. AWS's own key serves all principals of its account who
 * may use SQS, and nobody else: not other accounts, not other services. Keys of the customer's own need
 * KMS. Source: SQS Developer Guide, "Key management".
 */
export function checkKey(ctx: Context, queue: Queue): void {
  const keyId = queue.settings['KmsMasterKeyId']
  if (keyId === undefined) return
  if (keyId !== managedKey) {
    throw notModelled(`the key ${keyId} of the queue ${queue.name}, since KMS is not there yet`)
  }
  const { principal } = ctx.caller
  const isOwn = 'accountId' in principal && principal.accountId === ctx.accountId
  if (isOwn) return
  throw kmsAccessDenied(
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  )
}
