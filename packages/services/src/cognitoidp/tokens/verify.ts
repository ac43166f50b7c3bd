import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { Client } from '../clients/state.ts'
import { clients } from '../clients/state.ts'
import { notAuthorized, userDisabled, userNotFound } from '../errors.ts'
import { poolIdOfToken } from '../pools/lookup.ts'
import { type Pool, pools } from '../pools/state.ts'
import { type User, users } from '../users/state.ts'
import { selfServiceScope } from './issue.ts'
import { type Claims, claimsOf } from './jwt.ts'
import { type TokenSession, tokenSessions } from './state.ts'

/** Who an access token speaks for. */
export interface Bearer {
  readonly pool: Pool
  readonly client: Client
  readonly user: User
  readonly claims: Claims
  readonly session: TokenSession
  readonly scopes: readonly string[]
}

const invalid = () => notAuthorized('Invalid Access Token')

/**
 * Verifies an access token: signature, times, revocation, the user. `scope` must be among its scopes.
 * Throws NotAuthorizedException in AWS's words.
 */
export function verifyAccessToken(
  ctx: Context,
  token: string,
  scope: string = selfServiceScope,
): Bearer {
  const pool = pools.get(ctx, poolIdOfToken(token) ?? '')
  const claims = pool === undefined ? undefined : claimsOf(pool, 'access', token)
  if (pool === undefined || claims === undefined) throw invalid()
  if (Number(claims['exp']) * 1000 <= ctx.now()) throw notAuthorized('Access Token has expired')
  const client = clients.get(ctx, String(claims['client_id']))
  if (client === undefined) throw invalid()
  const user = userOfClaims(ctx, pool, claims)
  if (user === undefined) throw userNotFound()
  const session = sessionOf(ctx, user, claims)
  if (session === undefined || session.revoked === true) {
    throw notAuthorized('Access Token has been revoked')
  }
  if (!user.enabled) throw userDisabled()
  const scopes = String(claims['scope']).split(' ')
  if (!scopes.includes(scope)) {
    throw notAuthorized('Access Token does not have required scopes')
  }
  return { pool, client, user, claims, session, scopes }
}

function userOfClaims(ctx: Context, pool: Pool, claims: Claims): User | undefined {
  const sub = orderedKey(pool.id, 'sub', String(claims['sub']))
  return users.first(ctx, 'value', sub)
}

/** Tokens of clients without revocation name no session: they hold until a global sign-out. */
function sessionOf(ctx: Context, user: User, claims: Claims): TokenSession | undefined {
  const origin = claims['origin_jti']
  if (typeof origin === 'string') {
    const session = tokenSessions.get(ctx, origin)
    return session?.key === user.key ? session : undefined
  }
  if (user.signedOutAtMs !== undefined && Number(claims['iat']) * 1000 <= user.signedOutAtMs) {
    return undefined
  }
  return {
    id: '',
    poolId: user.poolId,
    clientId: String(claims['client_id']),
    key: user.key,
    sub: user.sub,
    refreshHash: '',
    expiresAtMs: Number(claims['exp']) * 1000,
    authenticatedAtMs: Number(claims['auth_time']) * 1000,
    scopes: String(claims['scope']).split(' '),
    origin: claims['version'] === 2 ? 'hosted' : 'api',
  }
}
