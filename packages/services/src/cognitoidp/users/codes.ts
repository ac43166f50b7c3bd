import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { attemptLimit, codeExpired, codeMismatch } from '../errors.ts'
import { wrongCodesMax } from '../limits.ts'
import { type Code, type CodePurpose, codes, type User } from './state.ts'

/** As `checkCode`, and it is used up. */
export function takeCode(
  ctx: Context,
  user: Pick<User, 'poolId' | 'key'>,
  purpose: CodePurpose,
  given: string,
): Code {
  const code = checkCode(ctx, user, purpose, given)
  codes.delete(ctx, orderedKey(user.poolId, user.key, purpose))
  return code
}

/**
 * Looks at a code that came back. The calling operation must not be undone when this throws: wrong codes
 * count. Throws ExpiredCodeException, CodeMismatchException, LimitExceededException.
 */
export function checkCode(
  ctx: Context,
  { poolId, key }: Pick<User, 'poolId' | 'key'>,
  purpose: CodePurpose,
  given: string,
): Code {
  const name = orderedKey(poolId, key, purpose)
  const code = codes.get(ctx, name)
  if (code === undefined || code.expiresAtMs <= ctx.now()) throw codeExpired()
  if (code.wrong >= wrongCodesMax) throw attemptLimit()
  if (code.code !== given) {
    codes.update(ctx, name, { wrong: code.wrong + 1 })
    throw codeMismatch()
  }
  return code
}
