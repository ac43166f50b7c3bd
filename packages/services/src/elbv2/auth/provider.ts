import type { Action } from '@cloud-orrery/models/elbv2'
import type { Context } from '../../context.ts'
import { providerTimeoutMs } from '../limits.ts'
import type { Rule } from '../state.ts'

/** Where people log in, and as which client. */
export interface Provider {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly userInfoEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
  readonly cookieName: string
  readonly scope: string
  readonly sessionSeconds: number
  readonly unauthenticated: string
  readonly extra: Readonly<Record<string, string>>
}

/** The provider of a rule's first action; undefined where it authenticates nobody. */
export function providerOf(action: Action | undefined, rule: Rule): Provider | undefined {
  const { AuthenticateOidcConfig: oidc, AuthenticateCognitoConfig: cognito } = action ?? {}
  const config = oidc ?? cognito
  if (config === undefined) return undefined
  const common = {
    clientSecret: rule.clientSecret ?? '',
    cookieName: config.SessionCookieName ?? '',
    scope: config.Scope ?? 'openid',
    sessionSeconds: config.SessionTimeout ?? 0,
    unauthenticated: config.OnUnauthenticatedRequest ?? 'authenticate',
    extra: config.AuthenticationRequestExtraParams ?? {},
  }
  if (oidc !== undefined) {
    return {
      ...common,
      issuer: oidc.Issuer,
      authorizationEndpoint: oidc.AuthorizationEndpoint,
      tokenEndpoint: oidc.TokenEndpoint,
      userInfoEndpoint: oidc.UserInfoEndpoint,
      clientId: oidc.ClientId,
    }
  }
  if (cognito === undefined) return undefined
  const [, , , region = ''] = cognito.UserPoolArn.split(':')
  const pool = cognito.UserPoolArn.slice(cognito.UserPoolArn.indexOf('/') + 1)
  const { UserPoolDomain: domain } = cognito
  const host = domain.includes('.') ? domain : `${domain}.auth.${region}.amazoncognito.com`
  return {
    ...common,
    issuer: `https://cognito-idp.${region}.amazonaws.com/${pool}`,
    authorizationEndpoint: `https://${host}/oauth2/authorize`,
    tokenEndpoint: `https://${host}/oauth2/token`,
    userInfoEndpoint: `https://${host}/oauth2/userInfo`,
    clientId: cognito.UserPoolClientId,
  }
}

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken?: string
  /** When the access token ends, ms since 1970. */
  readonly expiresAtMs: number
  readonly idClaims: Readonly<Record<string, unknown>>
}

/** Why a provider gave nothing. Source: User Guide, "Troubleshoot", HTTP 500 and HTTP 561. */
export type Silence = 'refused' | 'unreachable'

/** Nothing came over the network, or not in time; else the provider has said something. */
function silenceOf({ status }: { readonly status: number }): Silence {
  return status === 0 ? 'unreachable' : 'refused'
}

/** Asks the provider for tokens; why, where it gives none. */
export async function tokens(
  ctx: Context,
  provider: Provider,
  grant: Readonly<Record<string, string>>,
): Promise<Tokens | Silence> {
  const { clientId, clientSecret } = provider
  const form = new URLSearchParams({ ...grant, client_id: clientId, client_secret: clientSecret })
  const answer = await ctx.http({
    method: 'POST',
    url: provider.tokenEndpoint,
    headers: {
      host: new URL(provider.tokenEndpoint).host,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: form.toString(),
    timeoutMs: providerTimeoutMs,
  })
  const value = answer.status === 200 ? objectOf(answer.body) : undefined
  const accessToken = value?.['access_token']
  if (value === undefined || typeof accessToken !== 'string') return silenceOf(answer)
  const { refresh_token: refreshToken, expires_in: seconds, id_token: idToken } = value
  return {
    accessToken,
    ...(typeof refreshToken === 'string' ? { refreshToken } : {}),
    expiresAtMs: ctx.now() + (typeof seconds === 'number' ? seconds : 3600) * 1000,
    idClaims: typeof idToken === 'string' ? claimsOf(idToken) : {},
  }
}

/** Claims of a token that came from the provider itself, over its own connection. */
function claimsOf(token: string): Record<string, unknown> {
  const [, claims = ''] = token.split('.')
  return objectOf(Buffer.from(claims, 'base64url').toString()) ?? {}
}

/** What the provider says of whoever has an access token; why, where it says nothing. */
export async function userInfo(
  ctx: Context,
  provider: Provider,
  accessToken: string,
): Promise<Record<string, unknown> | Silence> {
  const answer = await ctx.http({
    method: 'GET',
    url: provider.userInfoEndpoint,
    headers: {
      host: new URL(provider.userInfoEndpoint).host,
      authorization: `Bearer ${accessToken}`,
    },
    body: '',
    timeoutMs: providerTimeoutMs,
  })
  return (answer.status === 200 ? objectOf(answer.body) : undefined) ?? silenceOf(answer)
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown> // An object of JSON.
  } catch {
    return undefined // A page of another kind answered.
  }
}
