import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { HttpOperationOutput } from '../../../http-operation.ts'
import { measure } from '../../../shared/metrics.ts'
import { type Provider, providers } from '../../clients/state.ts'
import { isSameText } from '../client-authentication.ts'
import { complete } from '../completion.ts'
import { cookieOf, federationCookie, noCookie } from '../cookies.ts'
import { providerTimeoutMs } from '../limits.ts'
import { errorPage, type LoginRequest, readLoginRequest, refusalOf } from '../login-request.ts'
import { at, formOf, queryOf, type Site } from '../site.ts'
import { type FederatedSignIn, federatedSignIns } from '../state.ts'
import { federatedUser } from './federated-users.ts'
import { type Claims, verifiedIdToken } from './id-token.ts'
import {
  fetched,
  jsonObject,
  type OidcProvider,
  oidcProvider,
  type Problem,
} from './oidc-provider.ts'

/** A browser that comes back from a provider. */
export interface Returned {
  readonly signIn: FederatedSignIn
  readonly provider: Provider
  readonly request: LoginRequest
}

/** The sign-in that a `state` names, once, in the browser that began it. */
export function returned(site: Site, state: string | null): Returned | HttpOperationOutput {
  const { ctx, input, pool } = site
  const bound = cookieOf(input, federationCookie)
  const signIn = federatedSignIns.get(ctx, state ?? '')
  const isOurs =
    signIn?.poolId === pool.id && bound !== undefined && isSameText(bound, signIn.state)
  if (!isOurs || signIn.expiresAtMs <= ctx.now()) {
    return errorPage(site, { error: 'invalid_request', error_description: 'Invalid state' })
  }
  federatedSignIns.delete(ctx, signIn.state)
  const request = readLoginRequest(site, new URLSearchParams(signIn.query))
  if ('status' in request) return request
  const provider = providers.get(ctx, orderedKey(pool.id, signIn.providerName))
  if (provider === undefined) return refusalOf(request, 'invalid_request')
  return { signIn, provider, request }
}

/** Signs in whom the provider vouches for; the refusals of the pool and its functions go back to the app. */
export async function welcome(
  site: Site,
  { provider, request }: Returned,
  claims: Claims,
  issuer: string | null,
): Promise<HttpOperationOutput> {
  try {
    const user = await federatedUser(site, request.client, { provider, claims, issuer })
    countFederation(site, provider, request, 'problem' in user ? 0 : 1)
    if ('problem' in user) return refusalOf(request, 'invalid_request', user.problem)
    const answer = await complete(site, request, user)
    return { ...answer, cookies: [...(answer.cookies ?? []), noCookie(federationCookie)] }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    countFederation(site, provider, request, 0)
    return refusalOf(request, 'invalid_request', error.message)
  }
}

/** Source: "Metrics for user pools", `FederationSuccesses`: 1 for success, 0 for failure. */
function countFederation(
  { ctx, pool }: Site,
  provider: Provider,
  { client }: LoginRequest,
  value: number,
): void {
  const dimensions = {
    UserPool: pool.id,
    UserPoolClient: client.id,
    IdentityProvider: provider.name,
  }
  const name = 'FederationSuccesses'
  measure(ctx, { namespace: 'AWS/Cognito', name, dimensions, value, unit: 'Count' })
}

/** `/oauth2/idpresponse`: the browser brings a provider's code. Source: "The OIDC user pool IdP authentication flow". */
export async function providerResponse(site: Site): Promise<HttpOperationOutput> {
  const given = site.input.method === 'POST' ? formOf(site) : queryOf(site)
  const back = returned(site, given?.get('state') ?? null)
  if ('status' in back) return back
  const { request, provider, signIn } = back
  const refuse = (problem: string) => refusalOf(request, 'invalid_request', problem)
  const error = given?.get('error')
  if (typeof error === 'string') return refuse(given?.get('error_description') ?? error)
  const code = given?.get('code')
  if (typeof code !== 'string') return refuse('Missing code')
  const outside = await oidcProvider(site.ctx, provider)
  if ('problem' in outside) return refuse(outside.problem)
  const claims = await claimsFor(site, outside, code, signIn.nonce)
  if (typeof claims['problem'] === 'string') return refuse(claims['problem'])
  return await welcome(site, back, claims as Claims, outside.issuer) // Not a problem.
}

/** Exchanges the code, verifies the ID token, asks for the rest. */
async function claimsFor(
  site: Site,
  provider: OidcProvider,
  code: string,
  nonce: string,
): Promise<Claims | Problem> {
  const { ctx } = site
  const { status, body } = await ctx.http({
    method: 'POST',
    url: provider.tokenUrl,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    // The secret goes in the body. Source: "Using OIDC identity providers", client_secret_post.
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: at(site, '/oauth2/idpresponse'),
      client_id: provider.clientId,
      ...(provider.clientSecret === undefined ? {} : { client_secret: provider.clientSecret }),
    }).toString(),
    timeoutMs: providerTimeoutMs,
  })
  if (status === 0) return { problem: 'Timeout occurred in calling IdP token endpoint' }
  const tokens = jsonObject(body)
  if (status !== 200 || tokens === undefined) {
    return { problem: `${provider.name} Error - ${status} error getting token` }
  }
  const idToken = tokens['id_token']
  if (typeof idToken !== 'string') return { problem: 'Bad id_token' }
  const claims = await verifiedIdToken(ctx, provider, idToken, nonce)
  if ('problem' in claims || provider.userInfoUrl === undefined) return claims
  const authorization = `Bearer ${String(tokens['access_token'])}`
  const { userInfoUrl, userInfoMethod } = provider
  const more = await fetched(ctx, userInfoUrl, { authorization }, userInfoMethod)
  if (more === undefined) return { problem: `${provider.name} Error - error getting user info` }
  // Whose they are must be the same in both. Source: OpenID Connect Core, 5.3.2.
  if (more['sub'] !== claims['sub']) return { problem: 'Bad id_token subject' }
  return { ...claims, ...more }
}
