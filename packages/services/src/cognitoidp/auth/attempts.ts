import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { attemptsExceeded } from '../errors.ts'
import { failedSignInsFree, firstLockoutMs, lockoutMsMax } from '../limits.ts'
import { type User, users } from '../users/state.ts'

/** Refuses a user who is locked out. */
export function checkLockout(ctx: Context, { lockedUntilMs = 0 }: User): void {
  if (lockedUntilMs > ctx.now()) throw attemptsExceeded()
}

/**
 * Counts a failed sign-in: the fifth locks the user out for a second, each further one for twice as long, up to 15
 * minutes. After 15 quiet minutes the count begins anew. Source: "Authentication with user pools", lockout behavior.
 */
export function countFailure(ctx: Context, { poolId, key }: User): void {
  const user = users.get(ctx, orderedKey(poolId, key))
  if (user === undefined) return
  const isQuiet = (user.lockedUntilMs ?? 0) + lockoutMsMax < ctx.now()
  const before = isQuiet && user.lockedUntilMs !== undefined ? 0 : (user.failures ?? 0)
  const failures = before + 1
  const lockMs = Math.min(firstLockoutMs * 2 ** (failures - failedSignInsFree), lockoutMsMax)
  users.put(ctx, {
    ...user,
    failures,
    lockedUntilMs: failures < failedSignInsFree ? ctx.now() : ctx.now() + lockMs,
  })
}

export function forgetFailures(ctx: Context, { poolId, key }: User): void {
  const user = users.get(ctx, orderedKey(poolId, key))
  if (user?.failures === undefined) return
  const { failures: _, lockedUntilMs: __, ...rest } = user
  users.put(ctx, rest)
}
