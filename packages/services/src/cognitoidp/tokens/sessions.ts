import { createHash } from 'node:crypto'
import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { Client } from '../clients/state.ts'
import { validityMs } from '../clients/validity.ts'
import type { User } from '../users/state.ts'
import { type TokenSession, tokenSessions } from './state.ts'

/** What a refresh token begins with: the header of an encrypted token, as on AWS. */
const refreshHead = Buffer.from('{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}').toString(
  'base64url',
)

/** Opaque to everyone: five parts, as an encrypted token has, none of which says anything. */
export function newRefreshToken(ctx: Context): string {
  const part = (length: number) => ctx.ids.alphanumeric(length)
  return [refreshHead, part(86), part(16), part(128), part(22)].join('.')
}

export function hashOf(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('hex')
}

/** What a sign-in leaves, besides its tokens. */
export type NewSession = Pick<TokenSession, 'scopes' | 'origin'> &
  Partial<Pick<TokenSession, 'deviceKey' | 'nonce' | 'authenticatedAtMs'>>

export function openSession(
  ctx: Context,
  client: Client,
  user: User,
  refreshToken: string,
  session: NewSession,
): TokenSession {
  sweep(ctx)
  return tokenSessions.put(ctx, {
    ...session,
    id: ctx.ids.uuid(),
    poolId: client.poolId,
    clientId: client.id,
    key: user.key,
    sub: user.sub,
    refreshHash: hashOf(refreshToken),
    expiresAtMs: ctx.now() + validityMs(client, 'refresh'),
    authenticatedAtMs: session.authenticatedAtMs ?? ctx.now(),
  })
}

/** Removes a few that are over, so that they don't pile up. */
function sweep(ctx: Context): void {
  let left = 4
  for (const { id, expiresAtMs } of tokenSessions.scanIndex(ctx, 'expiry')) {
    if (expiresAtMs > ctx.now() - keptMs || left === 0) return
    left -= 1
    tokenSessions.delete(ctx, id)
  }
}

/** For how long a session that is over is known as such. */
const keptMs = 86_400_000

/** Ends all sign-ins of a user; those that have ended are not looked at again. */
export function endSessions(ctx: Context, { poolId, key }: User): void {
  for (const { id } of [...tokenSessions.where(ctx, 'user', orderedKey(poolId, key))]) {
    tokenSessions.update(ctx, id, { revoked: true })
  }
}
