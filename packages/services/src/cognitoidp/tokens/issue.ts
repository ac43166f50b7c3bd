import type { AuthenticationResultType } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import type { Client } from '../clients/state.ts'
import { validityMs } from '../clients/validity.ts'
import { userNotFound } from '../errors.ts'
import { type GroupClaims, groupClaims, groupsOf } from '../groups/of-user.ts'
import { issuerOf, type Pool } from '../pools/state.ts'
import { type PreToken, preTokenGeneration, type TokenGeneration } from '../triggers/pre-token.ts'
import { isReadable } from '../users/attributes.ts'
import { sameUser } from '../users/lookup.ts'
import type { User } from '../users/state.ts'
import { type Claims, signedToken } from './jwt.ts'
import { hashOf, type NewSession, newRefreshToken, openSession } from './sessions.ts'
import { type TokenSession, tokenSessions } from './state.ts'

/** The scope of tokens that the API issues: the user's own operations. */
export const selfServiceScope = 'aws.cognito.signin.user.admin'

export interface IssueOptions {
  readonly generation: TokenGeneration
  readonly clientMetadata?: Readonly<Record<string, string>> | undefined
  /** A new sign-in, or one that is refreshed. */
  readonly session: NewSession | TokenSession
  /** Of the hosted login: claims that the authorization request brings about, such as `at_hash`. */
  readonly idClaims?: (accessToken: string) => Claims
}

export interface IssuedTokens {
  readonly accessToken: string
  readonly idToken: string
  /** Of a new sign-in only. */
  readonly refreshToken?: string
  readonly expiresInSeconds: number
  readonly session: TokenSession
}

/**
 * Issues the tokens of a sign-in or of a refresh; the pre token generation trigger is asked first, and where it fails
 * nothing is left.
 */
export async function issueTokens(
  ctx: Context,
  pool: Pool,
  client: Client,
  user: User,
  options: IssueOptions,
): Promise<IssuedTokens> {
  const { session: given, generation, clientMetadata } = options
  const groups = groupClaims(groupsOf(ctx, user))
  const { scopes } = given
  const changes = await preTokenGeneration(ctx, pool, {
    ...{ generation, client, user, groups, scopes },
    clientMetadata,
  })
  // Deleted while the pool's function ran: nobody is left to sign in.
  if (sameUser(ctx, user) === undefined) throw userNotFound()
  const isNew = !('id' in given)
  const refreshToken = isNew ? newRefreshToken(ctx) : undefined
  const session =
    refreshToken === undefined
      ? (given as TokenSession) // Only sessions have an id.
      : openSession(ctx, client, user, refreshToken, given)
  const told = { pool, client, user, session, changes, groups: changes.groups ?? groups }
  const eventId = ctx.ids.uuid()
  const accessToken = signedToken(pool, 'access', accessClaims(ctx, told, eventId))
  const idToken = signedToken(pool, 'id', {
    ...idClaims(ctx, told, eventId),
    ...options.idClaims?.(accessToken),
  })
  return {
    accessToken,
    idToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    expiresInSeconds: validityMs(client, 'access') / 1000,
    session,
  }
}

/** As the API answers. */
export function authenticationResult({
  accessToken,
  idToken,
  refreshToken,
  expiresInSeconds,
}: IssuedTokens): AuthenticationResultType {
  return {
    AccessToken: accessToken,
    ExpiresIn: expiresInSeconds,
    TokenType: 'Bearer',
    ...(refreshToken === undefined ? {} : { RefreshToken: refreshToken }),
    IdToken: idToken,
  }
}

interface Told {
  readonly pool: Pool
  readonly client: Client
  readonly user: User
  readonly session: TokenSession
  readonly changes: PreToken
  readonly groups: GroupClaims
}

/** Source: "Understanding the access token". */
function accessClaims(ctx: Context, told: Told, eventId: string): Claims {
  const { pool, client, user, session, changes, groups } = told
  const scopes = [...new Set([...session.scopes, ...changes.scopesToAdd])].filter(
    (scope) => !changes.scopesToSuppress.includes(scope),
  )
  const claims = {
    sub: user.sub,
    ...(session.deviceKey === undefined ? {} : { device_key: session.deviceKey }),
    ...(groups.groups.length === 0 ? {} : { 'cognito:groups': groups.groups }),
    iss: issuerOf(pool.id),
    ...(session.origin === 'hosted' ? { version: 2 } : {}),
    client_id: client.id,
    ...originOf(client, session),
    event_id: eventId,
    token_use: 'access',
    scope: scopes.join(' '),
    auth_time: seconds(session.authenticatedAtMs),
    exp: seconds(ctx.now() + validityMs(client, 'access')),
    iat: seconds(ctx.now()),
    jti: ctx.ids.uuid(),
    username: user.username,
  }
  return changed(claims, changes.access, (name) => keptInAccessToken.has(name))
}

/** Source: "Understanding the identity (ID) token". */
function idClaims(ctx: Context, told: Told, eventId: string): Claims {
  const { pool, client, user, session, changes, groups } = told
  const claims = {
    sub: user.sub,
    ...(groups.groups.length === 0 ? {} : { 'cognito:groups': groups.groups }),
    ...(groups.preferredRole === undefined
      ? {}
      : { 'cognito:preferred_role': groups.preferredRole }),
    ...attributeClaims(told),
    iss: issuerOf(pool.id),
    'cognito:username': user.username,
    ...(session.nonce === undefined ? {} : { nonce: session.nonce }),
    ...originOf(client, session),
    ...(groups.roles.length === 0 ? {} : { 'cognito:roles': groups.roles }),
    aud: client.id,
    ...identitiesOf(user),
    event_id: eventId,
    token_use: 'id',
    auth_time: seconds(session.authenticatedAtMs),
    exp: seconds(ctx.now() + validityMs(client, 'id')),
    iat: seconds(ctx.now()),
    jti: ctx.ids.uuid(),
  }
  return changed(claims, changes.id, (name) => keptInIdToken.has(name) || name.startsWith('dev:'))
}

function originOf(client: Client, session: TokenSession): { origin_jti?: string } {
  return client.settings.EnableTokenRevocation === false ? {} : { origin_jti: session.id }
}

/** Attributes that the client may read and the scopes cover; flags are booleans. */
function attributeClaims({ client, user, session }: Told): Claims {
  const covered = scopeAttributes(session.scopes)
  const claims: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(user.attributes)) {
    if (!isReadable(client, name) || covered?.(name) === false) continue
    claims[name] = name.endsWith('_verified') && !name.includes(':') ? value === 'true' : value
  }
  return claims
}

/**
 * Which attributes the OpenID scopes give; undefined: all that the client may read, as for the API and for `openid`
 * alone. Source: "Scopes, M2M, and resource servers", `openid`.
 */
export function scopeAttributes(
  scopes: readonly string[],
): ((name: string) => boolean) | undefined {
  const [email, phone, profile] = ['email', 'phone', 'profile'].map((it) => scopes.includes(it))
  if (email !== true && phone !== true && profile !== true) return undefined
  return (name) => {
    if (name === 'email' || name === 'email_verified') return email === true
    if (name === 'phone_number' || name === 'phone_number_verified') return phone === true
    return profile === true
  }
}

function identitiesOf({ identities = [] }: User): Claims {
  if (identities.length === 0) return {}
  return {
    identities: identities.map(({ primary, dateCreated, ...rest }) => ({
      ...rest,
      primary: String(primary),
      dateCreated: String(dateCreated),
    })),
  }
}

/** Source: "Pre token generation Lambda trigger", claims that can't be changed. */
const keptInBoth = [
  ...['acr', 'amr', 'at_hash', 'auth_time', 'azp', 'exp', 'iat', 'iss', 'jti', 'nbf', 'nonce'],
  ...['origin_jti', 'sub', 'token_use'],
]
const keptInIdToken = new Set([...keptInBoth, 'aud', 'cognito:username', 'identities'])
const keptInAccessToken = new Set([
  ...keptInBoth,
  ...['client_id', 'device_key', 'event_id', 'scope', 'username', 'version'],
])

function changed(
  claims: Claims,
  { add, suppress }: PreToken['id'],
  isKept: (name: string) => boolean,
): Claims {
  // A map, since a function may name a claim `__proto__`.
  const next = new Map(Object.entries(claims))
  for (const name of suppress) if (!isKept(name)) next.delete(name)
  for (const [name, value] of Object.entries(add)) if (!isKept(name)) next.set(name, value)
  return Object.fromEntries(next)
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

/**
 * The refresh token of a session gives way to a new one; the old one lasts while its own grace does, however often it
 * is used in that time: a client whose answers are lost goes on trying. Source: API reference, RetryGracePeriodSeconds.
 */
export function rotateRefreshToken(ctx: Context, client: Client, session: TokenSession): string {
  const refreshToken = newRefreshToken(ctx)
  const graceMs = (client.settings.RefreshTokenRotation?.RetryGracePeriodSeconds ?? 0) * 1000
  const { refreshHash: hash, rotated = [] } = session
  tokenSessions.put(ctx, {
    ...session,
    refreshHash: hashOf(refreshToken),
    rotated: [...rotated, { hash, untilMs: ctx.now() + graceMs }].slice(-100),
  })
  return refreshToken
}
