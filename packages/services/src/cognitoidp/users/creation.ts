import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { invalidParameter, usernameExists } from '../errors.ts'
import type { Pool } from '../pools/state.ts'
import { isEmail, isPhoneNumber } from './attributes.ts'
import { countUsers } from './deletion.ts'
import { keyOf, userWhere } from './lookup.ts'
import { type User, users } from './state.ts'

/** Who is to be made. */
export interface Named {
  readonly username: string
  readonly sub: string
  /** With the address or number that stands for the username. */
  readonly attributes: Readonly<Record<string, string>>
}

/** Checks the name of a new user; where the pool names users by mail or number, the username is their `sub`. */
export function nameOf(
  ctx: Context,
  pool: Pool,
  given: string,
  attributes: Readonly<Record<string, string>>,
  taken: { readonly message: string },
): Named {
  const { UsernameAttributes = [], AliasAttributes = [] } = pool.settings
  const sub = ctx.ids.uuid()
  if (UsernameAttributes.length > 0) {
    const attribute = attributeOfName(UsernameAttributes, given)
    const all = { ...attributes, [attribute]: attributes[attribute] ?? given }
    for (const name of UsernameAttributes) {
      const value = all[name]
      if (value !== undefined && userWhere(ctx, pool, name, value) !== undefined) {
        throw usernameExists(`An account with the given ${name} already exists.`)
      }
    }
    return { username: sub, sub, attributes: all }
  }
  if (AliasAttributes.includes('email') && isEmail(given)) {
    throw invalidParameter(
      'Username cannot be of email format, since user pool is configured for email alias.',
    )
  }
  if (AliasAttributes.includes('phone_number') && isPhoneNumber(given)) {
    throw invalidParameter(
      'Username cannot be of phone number format, since user pool is configured for phone number alias.',
    )
  }
  const username = keyOf(pool, given)
  if (users.has(ctx, orderedKey(pool.id, username))) throw usernameExists(taken.message)
  return { username, sub, attributes }
}

function attributeOfName(names: readonly string[], given: string): 'email' | 'phone_number' {
  const byMail = names.includes('email')
  const byPhone = names.includes('phone_number')
  if (byMail && isEmail(given)) return 'email'
  if (byPhone && isPhoneNumber(given)) return 'phone_number'
  if (byMail && byPhone) {
    throw invalidParameter('Username should be either an email or a phone number.')
  }
  throw invalidParameter(
    byMail ? 'Username should be an email.' : 'Username should be a phone number.',
  )
}

/** Writes a new user. */
export function addUser(
  ctx: Context,
  pool: Pool,
  named: Named,
  fields: Pick<User, 'status'> & Partial<User>,
): User {
  const user = users.put(ctx, {
    poolId: pool.id,
    key: keyOf(pool, named.username),
    ...named,
    enabled: true,
    createdAtMs: ctx.now(),
    modifiedAtMs: ctx.now(),
    ...fields,
  })
  countUsers(ctx, pool.id, 1)
  return user
}

/** Changes a user that may have changed meanwhile: the record as it is now is what is changed. */
export function changeUser(ctx: Context, { poolId, key }: User, fields: Partial<User>): User {
  return users.update(ctx, orderedKey(poolId, key), { modifiedAtMs: ctx.now(), ...fields })
}
