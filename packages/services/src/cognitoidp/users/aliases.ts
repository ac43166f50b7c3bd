import type { Context } from '../../context.ts'
import { aliasExists } from '../errors.ts'
import type { Pool } from '../pools/state.ts'
import { changeUser } from './creation.ts'
import { ownerOfAlias } from './lookup.ts'
import type { User } from './state.ts'

/** The other user who has verified a value that people of the pool sign in with. */
function otherOwner(
  ctx: Context,
  pool: Pool,
  user: User | undefined,
  attribute: string,
  value: string | undefined,
): User | undefined {
  if (value === undefined) return undefined
  if (pool.settings.AliasAttributes?.includes(attribute) !== true) return undefined
  const owner = ownerOfAlias(ctx, pool, attribute, value)
  return owner === undefined || owner.key === user?.key ? undefined : owner
}

/** A verified address is an alias of one user alone. Throws AliasExistsException, unless it may be taken by force. */
export function checkAlias(
  ctx: Context,
  pool: Pool,
  user: User | undefined,
  attribute: string,
  value: string | undefined,
  force: boolean,
): void {
  if (!force && otherOwner(ctx, pool, user, attribute, value) !== undefined) {
    throw aliasExists(attribute)
  }
}

/** Whoever had verified the value before has not any more. */
export function takeAlias(
  ctx: Context,
  pool: Pool,
  user: User | undefined,
  attribute: string,
  value: string | undefined,
): void {
  const owner = otherOwner(ctx, pool, user, attribute, value)
  if (owner === undefined) return
  const attributes = { ...owner.attributes, [`${attribute}_verified`]: 'false' }
  changeUser(ctx, owner, { attributes })
}
