import type { HttpOperationOutput } from '../../http-operation.ts'
import {
  claimsRefusal,
  decodeJwt,
  freshKeys,
  type Jwt,
  type KeySetRecord,
  keysOfIssuer,
  scopesOf,
  signatureRefusal,
} from '../../shared/apis/jwt.ts'
import type { AuthorizerRecord } from '../state.ts'
import { forbidden, unauthorized } from './answers.ts'
import type { ApiCall, Authorized } from './api-call.ts'
import { variable } from './parameter-mapping.ts'

type Verdict = { readonly authorized: Authorized } | { readonly refused: HttpOperationOutput }

/**
 * Judges a token: that it is there, its form, algorithm, signature, claims, and at last the route's scopes.
 * Source: developer guide, "Control access to HTTP APIs with JWT authorizers in API Gateway", "Authorizing API requests".
 */
export function judgeToken(
  call: ApiCall,
  authorizer: AuthorizerRecord,
): Verdict | Promise<Verdict> {
  const [source = ''] = authorizer.IdentitySource ?? []
  const value = variable(call, source.replace(/^\$/, '')) ?? ''
  const token = value.replace(/^bearer\s+/i, '').trim()
  if (token === '') {
    call.notes.authorizerError = 'missing: token not provided'
    return { refused: unauthorized({ 'www-authenticate': 'Bearer' }) }
  }
  const jwt = decodeJwt(token)
  if ('refused' in jwt) return invalid(call, jwt.refused)
  const issuer = authorizer.JwtConfiguration?.Issuer ?? ''
  const keys = freshKeys(call.ctx, issuer)
  if (keys !== undefined) return judged(call, authorizer, jwt, keys)
  return keysOfIssuer(call.ctx, issuer).then((fetched) =>
    'refused' in fetched ? invalid(call, fetched.refused) : judged(call, authorizer, jwt, fetched),
  )
}

function judged(
  call: ApiCall,
  { JwtConfiguration }: AuthorizerRecord,
  jwt: Jwt,
  keys: KeySetRecord,
): Verdict {
  const { Issuer: issuer = '', Audience: audience = [] } = JwtConfiguration ?? {}
  const refusal =
    signatureRefusal(jwt, keys) ?? claimsRefusal(jwt, { issuer, audience }, call.ctx.now())
  if (refusal !== undefined) return invalid(call, refusal.refused)
  const { AuthorizationScopes: wanted = [] } = call.matched?.route ?? {}
  const scopes = scopesOf(jwt)
  if (wanted.length > 0 && !wanted.some((scope) => scopes.includes(scope))) {
    call.notes.authorizerError = 'insufficient_scope'
    const challenge = `Bearer scope="${wanted.join(' ')}" error="insufficient_scope" error_description="the token does not have a required scope"`
    return { refused: withHeader(forbidden(), challenge) }
  }
  const claims = Object.fromEntries(
    Object.entries(jwt.claims).map(([name, value]) => [name, claimText(value)]),
  )
  return { authorized: { kind: 'jwt', claims, scopes: wanted.length === 0 ? null : wanted } }
}

function withHeader(answer: HttpOperationOutput, challenge: string): HttpOperationOutput {
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge } }
}

function invalid(call: ApiCall, description: string): Verdict {
  call.notes.authorizerError = `invalid_token: ${description}`
  const challenge = `Bearer scope="" error="invalid_token" error_description="${description}"`
  return { refused: unauthorized({ 'www-authenticate': challenge }) }
}

/** Functions get every claim as text: lists as `[a b]`. Source: users' reports of `cognito:groups` behind HTTP APIs. */
function claimText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`
  if (typeof value !== 'object' || value === null) return value === null ? '<nil>' : String(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[${entries.map(([name, it]) => `${name}:${claimText(it)}`).join(' ')}]`
}
