import {
  claimsRefusal,
  decodeJwt,
  type Jwt,
  keysAt,
  scopesOf,
  signatureRefusal,
} from '../../shared/apis/jwt.ts'
import type { AuthorizerRecord } from '../state.ts'
import { javaPattern } from '../vtl/patterns.ts'
import { type ApiCall, type Authorized, headerOf } from './api-call.ts'
import { GatewayError } from './gateway-errors.ts'

/** Longest token that is looked at, in characters: headers of a request hold no longer one. */
const tokenLengthMax = 16_384

/** Source: developer guide, "Control access to REST APIs using Amazon Cognito user pools as an authorizer". */
function unauthorized(message = 'Unauthorized'): GatewayError {
  return new GatewayError('UNAUTHORIZED', message)
}

/**
 * Believes a token of one of the authorizer's user pools: an ID token where the method asks for no scopes, else an
 * access token that has one of them.
 */
export async function cognitoAuthorized(
  call: ApiCall,
  { identitySource = 'method.request.header.Authorization', ...authorizer }: AuthorizerRecord,
): Promise<Authorized> {
  const given = headerOf(call.headers, identitySource.replace('method.request.header.', ''))
  const text = given?.replace(/^Bearer /i, '').trim() ?? ''
  const expression = authorizer.identityValidationExpression
  if (text === '' || text.length > tokenLengthMax) throw unauthorized()
  if (expression !== undefined && !javaPattern(expression, '', text.length).test(text)) {
    throw unauthorized()
  }
  const jwt = decodeJwt(text)
  if ('refused' in jwt) throw unauthorized()
  const issuer = issuerOf(jwt, authorizer.providerARNs ?? [])
  if (issuer === undefined) throw unauthorized()
  const keys = await keysAt(call.ctx, `${issuer}/.well-known/jwks.json`)
  if ('refused' in keys || signatureRefusal(jwt, keys) !== undefined) throw unauthorized()
  checkClaims(call, jwt, issuer)
  return { claims: claimsOf(jwt) }
}

/** The pool's issuer that a token names, if the pool is one of the authorizer's. */
function issuerOf({ claims }: Jwt, arns: readonly string[]): string | undefined {
  for (const arn of arns) {
    const [, , , region, , pool = ''] = arn.split(':')
    const issuer = `https://cognito-idp.${region}.amazonaws.com/${pool.replace('userpool/', '')}`
    if (claims['iss'] === issuer) return issuer
  }
  return undefined
}

function checkClaims({ ctx, method }: ApiCall, jwt: Jwt, issuer: string): void {
  const { token_use: use, aud, client_id: clientId } = jwt.claims
  const audience = [aud, clientId].filter((it): it is string => typeof it === 'string')
  const refusal = claimsRefusal(jwt, { issuer, audience }, ctx.now())
  if (refusal?.refused === 'the token has expired') {
    throw unauthorized('The incoming token has expired')
  }
  if (refusal !== undefined) throw unauthorized()
  const { authorizationScopes: wanted = [] } = method
  if (wanted.length === 0) {
    if (use !== 'id') throw unauthorized()
    return
  }
  const scopes = scopesOf(jwt)
  if (use !== 'access' || !wanted.some((scope) => scopes.includes(scope))) throw unauthorized()
}

/** Claims as texts, as events and templates have them. */
function claimsOf({ claims }: Jwt): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [name, claimText(name, value)]),
  )
}

const dates = new Set(['exp', 'iat', 'auth_time', 'nbf'])
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `exp` and `iat` come as Java writes dates: `Wed Jan 01 00:00:00 UTC 2026`; `auth_time` as its number. */
function claimText(name: string, value: unknown): string {
  if (typeof value === 'number' && dates.has(name) && name !== 'auth_time') {
    const date = new Date(value * 1000)
    const two = (count: number) => String(count).padStart(2, '0')
    return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${two(date.getUTCDate())} ${date.toISOString().slice(11, 19)} UTC ${date.getUTCFullYear()}`
  }
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
