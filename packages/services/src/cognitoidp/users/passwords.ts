import { createHash, timingSafeEqual } from 'node:crypto'
import type { PasswordPolicyType } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { invalidPassword, passwordInHistory } from '../errors.ts'
import { type Pool, shortName } from '../pools/state.ts'
import type { User } from './state.ts'

/**
 * What is kept of a password: a salt and the private value `x` of SRP, from which the verifier follows. It is as easy
 * to guess from as any fast hash, which is right for a model and for nothing else.
 */
export function passwordRecord(
  ctx: Context,
  { poolId, username }: Pick<User, 'poolId' | 'username'>,
  password: string,
): string {
  // The first digit keeps the salt positive as a big integer of SRP's clients.
  const salt = `1${ctx.ids.hex(31)}`
  return `${salt}:${privateValue(poolId, username, password, salt)}`
}

/** `x` of SRP. Source: RFC 5054; amazon-cognito-identity-js pads and hashes the same way. */
function privateValue(poolId: string, username: string, password: string, salt: string): string {
  const inner = createHash('sha256')
    .update(`${shortName(poolId)}${username}:${password}`)
    .digest()
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(inner).digest('hex')
}

export function provesPassword(user: User, password: string): boolean {
  return user.password !== undefined && isPassword(user, user.password, password)
}

function isPassword({ poolId, username }: User, record: string, password: string): boolean {
  const [salt = '', x = ''] = record.split(':')
  const given = privateValue(poolId, username, password, salt)
  return timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(x, 'hex'))
}

/** Salt and private value, hex. */
export function srpSecrets(user: User): { salt: string; x: string } | undefined {
  if (user.password === undefined) return undefined
  const [salt = '', x = ''] = user.password.split(':')
  return { salt, x }
}

/** Source: "Password policies", characters that count as symbols. */
const symbols = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/

/** `by`: who sets it, which decides the wording. Throws InvalidPasswordException. */
export function checkPasswordPolicy(pool: Pool, password: string, by: 'user' | 'admin'): void {
  const problem = policyProblem(pool.settings.Policies?.PasswordPolicy ?? {}, password)
  if (problem === undefined) return
  const policy = by === 'user' ? 'policy' : 'password policy'
  throw invalidPassword(`Password did not conform with ${policy}: ${problem}`)
}

function policyProblem(policy: PasswordPolicyType, password: string): string | undefined {
  const { MinimumLength = 6 } = policy
  if (password.length < MinimumLength) return 'Password not long enough'
  if (policy.RequireUppercase === true && !/\p{Lu}/u.test(password)) {
    return 'Password must have uppercase characters'
  }
  if (policy.RequireLowercase === true && !/\p{Ll}/u.test(password)) {
    return 'Password must have lowercase characters'
  }
  if (policy.RequireNumbers === true && !/\d/.test(password)) {
    return 'Password must have numeric characters'
  }
  if (policy.RequireSymbols === true && !symbols.test(password)) {
    return 'Password must have symbol characters'
  }
  return undefined
}

/** Fields of a user whose password is set for good. Throws PasswordHistoryPolicyViolationException. */
export function newPassword(ctx: Context, pool: Pool, user: User, password: string): Partial<User> {
  const size = pool.settings.Policies?.PasswordPolicy?.PasswordHistorySize ?? 0
  const before = user.password === undefined ? [] : [user.password]
  const earlier = [...before, ...(user.passwordHistory ?? [])].slice(0, size)
  if (earlier.some((record) => isPassword(user, record, password))) throw passwordInHistory()
  return {
    password: passwordRecord(ctx, user, password),
    ...(size === 0 ? {} : { passwordHistory: earlier }),
    modifiedAtMs: ctx.now(),
  }
}

const letters = [
  'ABCDEFGHJKLMNPQRSTUVWXYZ',
  'abcdefghijkmnpqrstuvwxyz',
  '23456789',
  '!@#$%^&*()_+-=',
]

/** A temporary password that every policy of the pool's length allows. */
export function temporaryPassword(ctx: Context, pool: Pool): string {
  const length = Math.max(8, pool.settings.Policies?.PasswordPolicy?.MinimumLength ?? 8)
  const one = letters.map((alphabet) => ctx.ids.from(alphabet, 1)).join('')
  return one + ctx.ids.from(letters.slice(0, 3).join(''), length - one.length)
}
