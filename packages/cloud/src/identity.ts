import { accessKeys, type Caller, sessions, users } from '@cloud-orrery/services'
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

/** Undefined for a key that is not there, inactive, or without its user. */
export function identityOf(cloud: Cloud, accessKeyId: string): Identity | undefined {
  const scope = cloud.homeScope
  const session = sessions.get(scope, accessKeyId)
  if (session !== undefined) return session
  const key = accessKeys.get(scope, accessKeyId)
  if (key === undefined || key.status !== 'Active') return undefined
  const { accountId, userName, secretAccessKey } = key
  if (userName === undefined) return { ...rootOf(accountId, accessKeyId), secretAccessKey }
  const user = users.get(cloud.scope(accountId, cloud.defaultRegion), userName.toLowerCase())
  if (user === undefined) return undefined
  const { arn, userId, tags } = user
  const principal = { kind: 'user', accountId, arn, userId, userName: user.userName, tags } as const
  return { accountId, caller: { principal, accessKeyId }, secretAccessKey }
}

/**
 * For people who come from other emulators: any key is the administrator's. A key of twelve digits names
 * its account, as those emulators have it.
 */
export function anyIdentity(cloud: Cloud, accessKeyId: string): Identity {
  const accountId = /^\d{12}$/.test(accessKeyId) ? accessKeyId : cloud.defaultAccountId
  cloud.openAccount(accountId)
  return { ...rootOf(accountId, accessKeyId), secretAccessKey: '' }
}

function rootOf(accountId: string, accessKeyId: string): { accountId: string; caller: Caller } {
  const arn = `arn:aws:iam::${accountId}:root`
  return { accountId, caller: { principal: { kind: 'root', accountId, arn }, accessKeyId } }
}
