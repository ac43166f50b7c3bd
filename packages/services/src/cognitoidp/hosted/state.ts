import { orderedKey, table } from '@cloud-orrery/kernel'
import type { ChallengeNameType } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'

/** What a browser brings back to an app, and the app exchanges once for tokens. */
export interface AuthorizationCode {
  /** SHA-256 of the code, in hex: who reads the journal can not use it. */
  readonly codeHash: string
  readonly poolId: string
  readonly clientId: string
  readonly redirectUri: string
  /** Of the user. */
  readonly key: string
  readonly sub: string
  readonly scopes: readonly string[]
  readonly nonce?: string
  /** `code_challenge`, method S256. */
  readonly challenge?: string
  /** When the user signed in. */
  readonly authenticatedAtMs: number
  readonly expiresAtMs: number
}

export const authorizationCodes = table<AuthorizationCode, 'expiry'>(
  'cognitoidp.authorizationCodes',
  {
    key: ({ codeHash }) => codeHash,
    partition: 'region',
    indexes: { expiry: ({ expiresAtMs }) => orderedKey(expiresAtMs) },
  },
)

/** A browser that is signed in. */
export interface BrowserSession {
  /** SHA-256 of the cookie `cognito`, in hex. */
  readonly id: string
  readonly poolId: string
  /** Of the user. */
  readonly key: string
  readonly sub: string
  readonly authenticatedAtMs: number
  readonly expiresAtMs: number
}

export const browserSessions = table<BrowserSession, 'expiry'>('cognitoidp.browserSessions', {
  key: ({ id }) => id,
  partition: 'region',
  indexes: { expiry: ({ expiresAtMs }) => orderedKey(expiresAtMs) },
})

/** Where a browser stands between two pages. */
export interface LoginStep {
  /** SHA-256 of the cookie that names it, in hex. */
  readonly id: string
  readonly poolId: string
  readonly clientId: string
  readonly expiresAtMs: number
  readonly username: string
  readonly next: NextPage
}

export type NextPage =
  | {
      readonly kind: 'challenge'
      readonly challenge: ChallengeNameType
      /** `Session` of the answer. */
      readonly session: string
      readonly parameters: Readonly<Record<string, string>>
      /** Of a software token that is being set up, in base32. */
      readonly secretCode?: string
    }
  /** A new account waits for its code. `proved`: its password was given in this browser. */
  | { readonly kind: 'confirm'; readonly proved: boolean; readonly destination?: string }
  | { readonly kind: 'reset'; readonly destination?: string }

export const loginSteps = table<LoginStep, 'expiry'>('cognitoidp.loginSteps', {
  key: ({ id }) => id,
  partition: 'region',
  indexes: { expiry: ({ expiresAtMs }) => orderedKey(expiresAtMs) },
})

/** A browser that was sent to a provider outside. */
export interface FederatedSignIn {
  /** `state`, or `RelayState`, of the request. */
  readonly state: string
  readonly poolId: string
  readonly clientId: string
  readonly providerName: string
  /** The request of the app, as its query. */
  readonly query: string
  readonly nonce: string
  readonly expiresAtMs: number
}

export const federatedSignIns = table<FederatedSignIn, 'expiry'>('cognitoidp.federatedSignIns', {
  key: ({ state }) => state,
  partition: 'region',
  indexes: { expiry: ({ expiresAtMs }) => orderedKey(expiresAtMs) },
})

export const hostedTables = [authorizationCodes, browserSessions, federatedSignIns, loginSteps]

/** Removes a few records that are over, so that they don't pile up as new ones are made. */
export function sweep(ctx: Context): void {
  for (const each of hostedTables) {
    let left = 4
    for (const record of each.scanIndex(ctx, 'expiry')) {
      if (record.expiresAtMs > ctx.now() || left === 0) break
      left -= 1
      each.delete(ctx, keyOf(record))
    }
  }
}

type Kept = AuthorizationCode | BrowserSession | LoginStep | FederatedSignIn

function keyOf(record: Kept): string {
  if ('codeHash' in record) return record.codeHash
  return 'state' in record ? record.state : record.id
}
