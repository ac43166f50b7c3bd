import type { AuthenticationResultType } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import type { Client } from '../clients/state.ts'
import { notAuthorized, refreshTokenReused, userDisabled } from '../errors.ts'
import { poolOf } from '../pools/lookup.ts'
import { authenticationResult, issueTokens, rotateRefreshToken } from '../tokens/issue.ts'
import { hashOf } from '../tokens/sessions.ts'
import { type TokenSession, tokenSessions } from '../tokens/state.ts'
import { sameUser } from '../users/lookup.ts'
import type { User } from '../users/state.ts'

/** The sign-in that a refresh token belongs to. Throws NotAuthorizedException, RefreshTokenReuseException. */
export function sessionOfRefreshToken(
  ctx: Context,
  client: Client,
  refreshToken: string,
): { session: TokenSession; user: User } {
  const hash = hashOf(refreshToken)
  const session = tokenSessions.first(ctx, 'refresh', hash)
  if (session === undefined || session.clientId !== client.id) {
    throw notAuthorized('Invalid Refresh Token')
  }
  if (session.revoked === true) throw notAuthorized('Refresh Token has been revoked')
  if (session.expiresAtMs <= ctx.now()) throw notAuthorized('Refresh Token has expired')
  const replaced = session.rotated?.find((one) => one.hash === hash)
  if (replaced !== undefined && replaced.untilMs <= ctx.now()) throw refreshTokenReused()
  const user = sameUser(ctx, session)
  if (user === undefined) throw notAuthorized('Invalid Refresh Token')
  if (!user.enabled) throw userDisabled()
  return { session, user }
}

export const rotates = ({ settings }: Client): boolean =>
  settings.RefreshTokenRotation?.Feature === 'ENABLED'

/**
 * New tokens for an old sign-in; where the client rotates, with a new refresh token.
 * Deviation: a user who is remembered on a device can refresh without its key.
 */
export async function refresh(
  ctx: Context,
  client: Client,
  refreshToken: string,
  clientMetadata: Readonly<Record<string, string>> | undefined,
): Promise<AuthenticationResultType> {
  const { session, user } = sessionOfRefreshToken(ctx, client, refreshToken)
  const pool = poolOf(ctx, client.poolId)
  const issued = await issueTokens(ctx, pool, client, user, {
    generation: 'RefreshTokens',
    session,
    clientMetadata,
  })
  // The token may have been used, or the user signed out, while the pool's function ran.
  const { session: now } = sessionOfRefreshToken(ctx, client, refreshToken)
  if (!rotates(client)) return authenticationResult(issued)
  return authenticationResult({ ...issued, refreshToken: rotateRefreshToken(ctx, client, now) })
}
