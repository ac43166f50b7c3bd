import {
  type AccessKeyRecord,
  accessKeys,
  administratorName,
  type Caller,
  sessions,
  type UserRecord,
  users,
} from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'

/** Whose an access key is, and what proves it. */
export interface Identity {
  readonly accountId: string
  readonly caller: Caller
  readonly secretAccessKey: string
  /** Of temporary credentials only. */
  readonly sessionToken?: string
  readonly expiresAtMs?: number
}

/** Read once for each state of the key's and the user's records, which are frozen. */
const known = new WeakMap<object, { readonly user: object | undefined; identity: Identity }>()

/** Undefined for a key that is not there, inactive, or without its user. */
export function identityOf(cloud: Cloud, accessKeyId: string): Identity | undefined {
  const scope = cloud.homeScope
  const session = sessions.get(scope, accessKeyId)
  if (session !== undefined) return session
  const key = accessKeys.get(scope, accessKeyId)
  if (key === undefined || key.status !== 'Active') return undefined
  const user = userOf(cloud, key)
  if (user === undefined && key.userName !== undefined) return undefined
  const before = known.get(key)
  if (before !== undefined && before.user === user) return before.identity
  const identity = { ...callerOf(key, user), secretAccessKey: key.secretAccessKey }
  known.set(key, { user, identity })
  return identity
}

function userOf(cloud: Cloud, { accountId, userName }: AccessKeyRecord): UserRecord | undefined {
  if (userName === undefined) return undefined
  return users.get(cloud.scope(accountId, cloud.defaultRegion), userName.toLowerCase())
}

function callerOf(
  { accountId, accessKeyId }: Pick<AccessKeyRecord, 'accountId' | 'accessKeyId'>,
  user: UserRecord | undefined,
): Omit<Identity, 'secretAccessKey'> {
  if (user === undefined) return rootOf(accountId, accessKeyId)
  const { arn, userId, userName, tags } = user
  const principal = { kind: 'user', accountId, arn, userId, userName, tags } as const
  return { accountId, caller: { principal, accessKeyId } }
}

/**
 * For people who come from other emulators: any key is the administrator's. A key of twelve digits names
 * its account, as those emulators have it. It is the user and not root, since AWS lets no one assume a role
 * as root. An account whose administrator was deleted has its root.
 */
export function anyIdentity(cloud: Cloud, accessKeyId: string): Identity {
  const accountId = /^\d{12}$/.test(accessKeyId) ? accessKeyId : cloud.defaultAccountId
  cloud.openAccount(accountId)
  const scope = cloud.scope(accountId, cloud.defaultRegion)
  const user = users.get(scope, administratorName)
  return { ...callerOf({ accountId, accessKeyId }, user), secretAccessKey: '' }
}

function rootOf(accountId: string, accessKeyId: string): Omit<Identity, 'secretAccessKey'> {
  const arn = `arn:aws:iam::${accountId}:root`
  return { accountId, caller: { principal: { kind: 'root', accountId, arn }, accessKeyId } }
}
