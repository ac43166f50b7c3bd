import { orderedKey, table } from '@cloud-orrery/kernel'

/** One sign-in and the tokens that came of it: a refresh token's life. */
export interface TokenSession {
  /** `origin_jti` of its tokens. */
  readonly id: string
  readonly poolId: string
  readonly clientId: string
  /** Of the user. */
  readonly key: string
  readonly sub: string
  /** SHA-256 of the refresh token in use, in hex. */
  readonly refreshHash: string
  /** Those that rotation has replaced, the oldest first, each with the end of its grace. The last hundred. */
  readonly rotated?: readonly { readonly hash: string; readonly untilMs: number }[]
  readonly expiresAtMs: number
  readonly authenticatedAtMs: number
  readonly scopes: readonly string[]
  readonly deviceKey?: string
  /** Made by the hosted login or by the API. */
  readonly origin: 'api' | 'hosted'
  /** `nonce` of the authorization request. */
  readonly nonce?: string
  readonly revoked?: true
}

export const tokenSessions = table<TokenSession, 'refresh' | 'user' | 'expiry'>(
  'cognitoidp.tokenSessions',
  {
    key: ({ id }) => id,
    partition: 'region',
    indexes: {
      refresh: ({ refreshHash, rotated = [] }) => [refreshHash, ...rotated.map(({ hash }) => hash)],
      // Those that can still be ended: a user may have signed in and out ten thousand times.
      user: ({ poolId, key, revoked }) => (revoked === true ? undefined : orderedKey(poolId, key)),
      expiry: ({ expiresAtMs }) => orderedKey(expiresAtMs),
    },
  },
)
