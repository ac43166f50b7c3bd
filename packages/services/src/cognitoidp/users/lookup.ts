import { orderedKey } from '@cloud-orrery/kernel'
import type { AttributeType, UserType } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { userNotFound } from '../errors.ts'
import type { Pool } from '../pools/state.ts'
import { type User, users } from './state.ts'

export const tellsCasesApart = ({ settings }: Pool): boolean =>
  settings.UsernameConfiguration?.CaseSensitive ?? true

export function keyOf(pool: Pool, username: string): string {
  return tellsCasesApart(pool) ? username : username.toLowerCase()
}

/** A user by name, by an alias of the pool, or by `sub`. */
export function findUser(ctx: Context, pool: Pool, name: string): User | undefined {
  const named = users.get(ctx, orderedKey(pool.id, keyOf(pool, name)))
  return named ?? userByAlias(ctx, pool, name) ?? userWhere(ctx, pool, 'sub', name)
}

/** Throws UserNotFoundException. */
export function userOf(ctx: Context, pool: Pool, name: string): User {
  const user = findUser(ctx, pool, name)
  if (user === undefined) throw userNotFound()
  return user
}

/** As `userOf`, by the key of the user's record: what sessions and tokens keep. */
export function userWithKey(ctx: Context, poolId: string, key: string): User | undefined {
  return users.get(ctx, orderedKey(poolId, key))
}

/** Whom a record is about that outlives its user: a name may by now be another one's. */
export interface UserRef {
  readonly poolId: string
  readonly key: string
  readonly sub: string
}

/** The very user that was meant, as they are now; undefined once they are deleted. */
export function sameUser(ctx: Context, { poolId, key, sub }: UserRef): User | undefined {
  const user = userWithKey(ctx, poolId, key)
  return user?.sub === sub ? user : undefined
}

/** Names in the pool by which a user can sign in besides the username. */
function userByAlias(ctx: Context, pool: Pool, name: string): User | undefined {
  const { AliasAttributes = [], UsernameAttributes = [] } = pool.settings
  for (const attribute of UsernameAttributes) {
    const user = userWhere(ctx, pool, attribute, name)
    if (user !== undefined) return user
  }
  for (const attribute of AliasAttributes) {
    const user = ownerOfAlias(ctx, pool, attribute, name)
    if (user !== undefined) return user
  }
  return undefined
}

/** Who may sign in with a value: of mail addresses and numbers, the one user who has verified it. */
export function ownerOfAlias(
  ctx: Context,
  pool: Pool,
  attribute: string,
  value: string,
): User | undefined {
  for (const user of usersWhere(ctx, pool, attribute, value)) {
    if (attribute === 'preferred_username') return user
    if (user.attributes[`${attribute}_verified`] === 'true') return user
  }
  return undefined
}

export function userWhere(
  ctx: Context,
  pool: Pool,
  attribute: string,
  value: string,
): User | undefined {
  for (const user of usersWhere(ctx, pool, attribute, value)) return user
  return undefined
}

function* usersWhere(
  ctx: Context,
  pool: Pool,
  attribute: string,
  value: string,
): Generator<User, void, undefined> {
  const wanted = attribute === 'sub' ? value : value.toLowerCase()
  for (const user of users.where(ctx, 'value', orderedKey(pool.id, attribute, wanted))) {
    const isSame = attribute === 'sub' || user.attributes[attribute] === value
    if (isSame || !tellsCasesApart(pool)) yield user
  }
}

/** Attributes as answers list them: `sub` comes first. */
export function attributeList(
  user: User,
  wanted: (name: string) => boolean = () => true,
): AttributeType[] {
  const list: AttributeType[] = []
  for (const [Name, Value] of Object.entries(allAttributes(user))) {
    if (wanted(Name)) list.push({ Name, Value })
  }
  return list
}

/** With those that Cognito keeps: `sub` and `identities`. */
export function allAttributes({ sub, attributes, identities = [] }: User): Record<string, string> {
  return {
    sub,
    ...attributes,
    ...(identities.length === 0 ? {} : { identities: JSON.stringify(identities) }),
  }
}

/** As triggers get them: `cognito:user_status` too. */
export function triggerAttributes(user: User): Record<string, string> {
  const { sub, ...rest } = allAttributes(user)
  return { sub: sub ?? '', 'cognito:user_status': user.status, ...rest }
}

export function shownUser(user: User, wanted?: (name: string) => boolean): UserType {
  return {
    Username: user.username,
    Attributes: attributeList(user, wanted),
    UserCreateDate: user.createdAtMs,
    UserLastModifiedDate: user.modifiedAtMs,
    Enabled: user.enabled,
    UserStatus: user.status,
  }
}
