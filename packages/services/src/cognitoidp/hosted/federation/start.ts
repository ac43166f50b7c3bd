import { orderedKey } from '@cloud-orrery/kernel'
import type { HttpOperationOutput } from '../../../http-operation.ts'
import { type Provider, providers } from '../../clients/state.ts'
import { redirect, withParameters } from '../answers.ts'
import { cookie, crossSiteCookie, federationCookie } from '../cookies.ts'
import { federationMs } from '../limits.ts'
import { type LoginRequest, refusalOf } from '../login-request.ts'
import { at, type Site } from '../site.ts'
import { federatedSignIns, sweep } from '../state.ts'
import { type OidcProvider, oidcProvider } from './oidc-provider.ts'
import { samlRequestUrl } from './saml.ts'
import { samlProvider } from './saml-metadata.ts'

/**
 * The provider that the app names, by `identity_provider` or by `idp_identifier`. Undefined: none, or the pool itself;
 * `unknown`: none of this client's.
 */
export function chosenProvider(
  { ctx, pool }: Site,
  { client }: LoginRequest,
  query: URLSearchParams,
): Provider | 'unknown' | undefined {
  const [name, identifier] = [query.get('identity_provider'), query.get('idp_identifier')]
  if (name === 'COGNITO' || (name === null && identifier === null)) return undefined
  const found = name === null ? identifiedProvider() : providers.get(ctx, orderedKey(pool.id, name))
  const isOwn =
    found !== undefined && client.settings.SupportedIdentityProviders?.includes(found.name) === true
  return isOwn ? found : 'unknown'

  function identifiedProvider(): Provider | undefined {
    for (const provider of providers.scan(ctx, { prefix: orderedKey(pool.id, '') })) {
      if (provider.identifiers.includes(identifier ?? '')) return provider
    }
    return undefined
  }
}

/** Sends the browser to the provider, to come back within five minutes. */
export async function startFederation(
  site: Site,
  request: LoginRequest,
  provider: Provider,
): Promise<HttpOperationOutput> {
  const { ctx, pool } = site
  const outside =
    provider.type === 'SAML' ? await samlProvider(ctx, provider) : await oidcProvider(ctx, provider)
  if ('problem' in outside) return refusalOf(request, 'invalid_request', outside.problem)
  sweep(ctx)
  const signIn = federatedSignIns.put(ctx, {
    state: ctx.ids.alphanumeric(64),
    poolId: pool.id,
    clientId: request.client.id,
    providerName: provider.name,
    query: request.query,
    nonce: ctx.ids.alphanumeric(43),
    expiresAtMs: ctx.now() + federationMs,
  })
  if ('entityId' in outside) {
    const location = samlRequestUrl(site, outside, signIn)
    return redirect(location, [crossSiteCookie(federationCookie, signIn.state)])
  }
  const location = authorizationUrl(site, outside, request, signIn)
  return redirect(location, [cookie(federationCookie, signIn.state)])
}

function authorizationUrl(
  site: Site,
  { authorizeUrl, clientId, scopes }: OidcProvider,
  { prompt, loginHint }: LoginRequest,
  { state, nonce }: { readonly state: string; readonly nonce: string },
): string {
  const isForwarded = prompt === 'select_account' || prompt === 'consent' || prompt === 'login'
  return withParameters(authorizeUrl, {
    client_id: clientId,
    redirect_uri: at(site, '/oauth2/idpresponse'),
    scope: scopes,
    response_type: 'code',
    state,
    nonce,
    login_hint: loginHint,
    prompt: isForwarded ? prompt : undefined,
  })
}
