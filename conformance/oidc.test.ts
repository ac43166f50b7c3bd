import {
  CreateResourceServerCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import * as jose from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { password } from '../packages/services/src/cognitoidp/cognito.test-support.ts'
import {
  callback,
  oauthSettings,
  startHosted,
} from '../packages/services/src/cognitoidp/hosted/browser.test-support.ts'

/** What the libraries hand to a fetch, whichever library's types of it are in sight. */
interface Sent {
  readonly method?: string
  readonly headers?: Headers | Record<string, string>
  readonly body?: unknown
}

/** A pool, a confidential client, and the fetch by which both libraries reach the model: its clock is the wall's. */
async function serve(app: Parameters<typeof startHosted>[1] = {}) {
  const cloud = createCloud({ clock: { kind: 'real' } })
  const made = await startHosted({}, { GenerateSecret: true, ...app }, cloud, 2)
  await made.newUser('ana', { email: 'ana@example.com', email_verified: 'true', name: 'Ana' })
  const reach = async (input: string | URL | Request, init: Sent = {}): Promise<Response> => {
    const { method = 'GET', headers, body } = init
    const url = input instanceof Request ? input.url : String(input)
    return await fetchFromCloud(cloud, url, {
      method,
      headers: Object.fromEntries(new Headers(headers)),
      body: body === undefined || body === null ? '' : String(body),
    })
  }
  const issuer = new URL(`https://cognito-idp.us-east-1.amazonaws.com/${made.UserPoolId}`)
  return { ...made, reach, issuer }
}

test('openid-client: code with PKCE, state and nonce, user info, refresh, revocation, sign-out, from discovery alone', async () => {
  const { browser, reach, issuer, ClientId, clientSecret } = await serve()
  const config = await oidc.discovery(
    issuer,
    ClientId,
    clientSecret,
    oidc.ClientSecretBasic(clientSecret),
    {
      [oidc.customFetch]: reach,
    },
  )
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
  const there = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid email profile',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  await browser.open(there.href)
  const { url } = await browser.submit({ username: 'ana', password })
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  const tokens = await oidc.authorizationCodeGrant(config, url, checks)
  const claims = tokens.claims()
  expect([claims?.['cognito:username'], claims?.['email_verified'], tokens.expiresIn()]).toEqual([
    'ana',
    true,
    3600,
  ])
  const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? ''), {
    [jose.customFetch]: reach,
  })
  const { payload } = await jose.jwtVerify(tokens.id_token ?? '', keys, {
    issuer: issuer.href,
    audience: ClientId,
  })
  expect(payload.sub).toBe(claims?.sub)
  const info = await oidc.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')
  expect([info.email, info.name, info.email_verified]).toEqual(['ana@example.com', 'Ana', 'true'])

  await expect(oidc.authorizationCodeGrant(config, url, checks)).rejects.toMatchObject({
    error: 'invalid_grant',
    status: 400,
  })
  const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect(refreshed.claims()?.sub).toBe(claims?.sub)
  await oidc.tokenRevocation(config, tokens.refresh_token ?? '')
  await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  const bye = oidc.buildEndSessionUrl(config, {
    client_id: ClientId,
    // AWS's own name for `post_logout_redirect_uri`.
    logout_uri: 'https://app.example.com/bye',
  })
  expect((await browser.open(bye.href)).url.href).toBe('https://app.example.com/bye')
})

test('openid-client: prompt=none, refusals, a public client', async () => {
  const { browser, reach, issuer, ClientId } = await serve({ GenerateSecret: false })
  const config = await oidc.discovery(issuer, ClientId, undefined, oidc.None(), {
    [oidc.customFetch]: reach,
  })
  const ask = async (more: Record<string, string>) => {
    const parameters = { redirect_uri: callback, scope: 'openid', state: 's', ...more }
    return await browser.open(oidc.buildAuthorizationUrl(config, parameters).href)
  }
  const silent = await ask({ prompt: 'none' })
  await expect(
    oidc.authorizationCodeGrant(config, silent.url, { expectedState: 's' }),
  ).rejects.toMatchObject({ error: 'login_required' })
  const wrong = await ask({ scope: 'openid everything' })
  await expect(
    oidc.authorizationCodeGrant(config, wrong.url, { expectedState: 's' }),
  ).rejects.toMatchObject({ error: 'invalid_request', error_description: 'invalid_scope' })
  await ask({})
  await browser.submit({ username: 'ana', password })
  const again = await ask({ prompt: 'none' })
  const tokens = await oidc.authorizationCodeGrant(config, again.url, { expectedState: 's' })
  expect(tokens.claims()?.['cognito:username']).toBe('ana')
})

test('oauth4webapi: code with PKCE by client_secret_post, then client credentials for a resource server', async () => {
  const made = await serve()
  const { browser, reach, issuer, ClientId, clientSecret, idp, UserPoolId } = made
  const options = { [oauth.customFetch]: reach }
  const found = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...options })
  const as = await oauth.processDiscoveryResponse(issuer, found)
  const client: oauth.Client = { client_id: ClientId }
  const secret = oauth.ClientSecretPost(clientSecret)
  const verifier = oauth.generateRandomCodeVerifier()
  const there = new URL(as.authorization_endpoint ?? '')
  there.search = new URLSearchParams({
    ...{ client_id: ClientId, redirect_uri: callback, response_type: 'code', scope: 'openid' },
    ...{ state: 'st', nonce: 'no', code_challenge_method: 'S256' },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  }).toString()
  await browser.open(there.href)
  const { url } = await browser.submit({ username: 'ana', password })
  const parameters = oauth.validateAuthResponse(as, client, url, 'st')
  const answer = await oauth.authorizationCodeGrantRequest(
    ...([as, client, secret, parameters, callback, verifier, options] as const),
  )
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, {
    expectedNonce: 'no',
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, answer, options)
  const { sub = '' } = oauth.getValidatedIdTokenClaims(tokens) ?? {}
  const info = await oauth.userInfoRequest(as, client, tokens.access_token, options)
  expect((await oauth.processUserInfoResponse(as, client, sub, info))['username']).toBe('ana')

  await idp.send(
    new CreateResourceServerCommand({
      ...{ UserPoolId, Identifier: 'https://api.example.com', Name: 'api' },
      Scopes: [{ ScopeName: 'read', ScopeDescription: 'Read' }],
    }),
  )
  await idp.send(
    new UpdateUserPoolClientCommand({
      ...{ ...oauthSettings, UserPoolId, ClientId },
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['https://api.example.com/read'],
    }),
  )
  const machine = await oauth.clientCredentialsGrantRequest(
    ...([as, client, secret, { scope: 'https://api.example.com/read' }, options] as const),
  )
  const own = await oauth.processClientCredentialsResponse(as, client, machine)
  expect(jose.decodeJwt(own.access_token)).toMatchObject({
    sub: ClientId,
    client_id: ClientId,
    scope: 'https://api.example.com/read',
    token_use: 'access',
    version: 2,
  })
  const more = await oauth.clientCredentialsGrantRequest(
    ...([as, client, secret, { scope: 'openid' }, options] as const),
  )
  await expect(oauth.processClientCredentialsResponse(as, client, more)).rejects.toMatchObject({
    error: 'invalid_scope',
  })
})

test('openid-client: the implicit flow', async () => {
  const { browser, reach, issuer, ClientId } = await serve({ GenerateSecret: false })
  const config = await oidc.discovery(issuer, ClientId, undefined, oidc.None(), {
    [oidc.customFetch]: reach,
  })
  const there = oidc.buildAuthorizationUrl(config, {
    ...{ redirect_uri: callback, response_type: 'token', scope: 'openid', nonce: 'n' },
  })
  await browser.open(there.href)
  const { url } = await browser.submit({ username: 'ana', password })
  const fragment = new URLSearchParams(url.hash.slice(1))
  const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? ''), {
    [jose.customFetch]: reach,
  })
  const { payload } = await jose.jwtVerify(fragment.get('id_token') ?? '', keys, {
    issuer: issuer.href,
    audience: ClientId,
  })
  expect([payload['nonce'], payload['token_use']]).toEqual(['n', 'id'])
})
