import type { Context } from '../../../context.ts'
import type { Provider } from '../../clients/state.ts'
import { providerTimeoutMs } from '../limits.ts'

/** All that is needed to speak with a provider. */
export interface OidcProvider {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly scopes: string
  readonly authorizeUrl: string
  readonly tokenUrl: string
  /** Absent: the ID token says all there is. */
  readonly userInfoUrl: string | undefined
  readonly userInfoMethod: 'GET' | 'POST'
  readonly keySetUrl: string
}

export interface Problem {
  readonly problem: string
}

type Json = Readonly<Record<string, unknown>>

const googleIssuer = 'https://accounts.google.com'

/** A provider's addresses: those that its settings name, else those that it publishes itself. */
export async function oidcProvider(
  ctx: Context,
  { name, type, details }: Provider,
): Promise<OidcProvider | Problem> {
  if (type !== 'OIDC' && type !== 'Google') {
    return { problem: `Orrery does not model sign-in by ${type} yet` }
  }
  const issuer = (type === 'Google' ? googleIssuer : details['oidc_issuer']) ?? ''
  const { authorize_url, token_url, jwks_uri, attributes_url } = details
  const isTold = authorize_url !== undefined && token_url !== undefined && jwks_uri !== undefined
  const published: Json | Problem = isTold ? {} : await discovered(ctx, issuer)
  if (typeof published['problem'] === 'string') return { problem: published['problem'] }
  const address = (given: string | undefined, member: string): string | undefined => {
    const found = given ?? (published as Json)[member] // Not a problem.
    return typeof found === 'string' && URL.canParse(found) ? found : undefined
  }
  const authorizeUrl = address(authorize_url, 'authorization_endpoint')
  const tokenUrl = address(token_url, 'token_endpoint')
  const keySetUrl = address(jwks_uri, 'jwks_uri')
  if (authorizeUrl === undefined || tokenUrl === undefined || keySetUrl === undefined) {
    return { problem: `Unable to contact well-known endpoint of ${name}` }
  }
  return {
    name,
    issuer,
    clientId: details['client_id'] ?? '',
    clientSecret: details['client_secret'],
    scopes: details['authorize_scopes'] ?? 'openid',
    authorizeUrl,
    tokenUrl,
    userInfoUrl: address(attributes_url, 'userinfo_endpoint'),
    userInfoMethod: details['attributes_request_method'] === 'POST' ? 'POST' : 'GET',
    keySetUrl,
  }
}

async function discovered(ctx: Context, issuer: string): Promise<Json | Problem> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const problem = `Unable to contact well-known endpoint: ${url}`
  if (!URL.canParse(url)) return { problem }
  const answer = await fetched(ctx, url)
  return answer ?? { problem }
}

/** A document in JSON; undefined where none came. */
export async function fetched(
  ctx: Context,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method: 'GET' | 'POST' = 'GET',
): Promise<Json | undefined> {
  const { status, body } = await ctx.http({
    method,
    url,
    headers: { accept: 'application/json', ...headers },
    body: '',
    timeoutMs: providerTimeoutMs,
  })
  return status === 200 ? jsonObject(body) : undefined
}

export function jsonObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Json) : undefined // An object of JSON.
  } catch {
    return undefined // No JSON.
  }
}
