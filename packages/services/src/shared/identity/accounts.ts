import { createHash } from 'node:crypto'
import { orderedKey, type TableContext, table } from '@cloud-orrery/kernel'
import { accessKeys, users } from './state.ts'

/** The account of whoever names none. */
export const defaultAccountId = '123456789012'

export const defaultRegion = 'us-east-1'

/** Where AWS's global services live: IAM, STS's global endpoint, Route 53. */
export const globalRegion = 'us-east-1'

const administratorAccessArn = 'arn:aws:iam::aws:policy/AdministratorAccess'

/** Name of the administrator that every account starts with. */
export const administratorName = 'admin'

export interface AccountRecord {
  readonly accountId: string
  readonly createdAtMs: number
}

export const accounts = table<AccountRecord>('orrery.accounts', {
  key: (account) => orderedKey(account.accountId),
  partition: 'cloud',
})

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/**
 * The administrator's key of an account. It is the same in every cloud, so that a shell keeps working
 * when a server is started anew; it opens nothing but a simulator that listens on the loopback.
 */
export function administratorCredentials(accountId: string): Credentials {
  const digest = createHash('sha256').update(`orrery administrator ${accountId}`).digest()
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const suffix = [...digest.subarray(0, 16)].map((byte) => alphabet[byte % 32]).join('')
  return {
    accessKeyId: accountId === defaultAccountId ? 'AKIAORRERYADMINLOCAL' : `AKIA${suffix}`,
    secretAccessKey: `orrery/${digest.toString('base64url').slice(0, 33)}`,
  }
}

/** Makes an account with its administrator, unless it is there. */
export function ensureAccount(ctx: TableContext, accountId: string, nowMs: number): void {
  if (accounts.has(ctx, accountId)) return
  const scope = { store: ctx.store, accountId, region: ctx.region }
  accounts.put(scope, { accountId, createdAtMs: nowMs })
  const digest = createHash('sha256').update(`user id ${accountId}`).digest('hex').toUpperCase()
  users.put(scope, {
    userName: administratorName,
    userId: `AIDA${digest.replace(/[^A-F2-7]/g, '').slice(0, 17)}`,
    path: '/',
    arn: `arn:aws:iam::${accountId}:user/${administratorName}`,
    createdAtMs: nowMs,
    inlinePolicies: {},
    attachedPolicies: [administratorAccessArn],
    tags: {},
  })
  accessKeys.put(scope, {
    ...administratorCredentials(accountId),
    accountId,
    userName: administratorName,
    status: 'Active',
    createdAtMs: nowMs,
  })
}
