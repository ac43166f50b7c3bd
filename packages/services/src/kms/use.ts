import type { Context } from '../context.ts'
import { disabled, dryRun, invalidGrantToken, pendingDeletion, wrongUsage } from './errors.ts'
import { theKey } from './references.ts'
import { grants, type KeyRecord } from './state.ts'

/** A key that may be used for an operation, as to its state and kind. */
export function usableKey(
  ctx: Context,
  reference: string,
  operation: string,
  usage: KeyRecord['usage'] = 'ENCRYPT_DECRYPT',
): KeyRecord {
  const key = theKey(ctx, reference, true)
  checkState(key)
  if (key.usage !== usage) throw wrongUsage(key.arn, key.usage, operation)
  return key
}

/** Source: KMS Developer Guide, "Key states of AWS KMS keys". */
export function checkState({ state, arn }: KeyRecord): void {
  if (state === 'Disabled') throw disabled(arn)
  if (state === 'PendingDeletion') throw pendingDeletion(arn)
}

/** What comes last before the work: tokens of grants that are none, and a call that only asks. */
export function checkRequest(
  ctx: Context,
  {
    GrantTokens = [],
    DryRun = false,
  }: { GrantTokens?: readonly string[] | undefined; DryRun?: boolean | undefined },
): void {
  for (const token of GrantTokens) {
    if (grants.first(ctx, 'token', token) === undefined) throw invalidGrantToken()
  }
  if (DryRun) throw dryRun()
}
