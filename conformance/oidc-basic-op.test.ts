import { fetchFromCloud } from '@cloud-orrery/cloud'
import * as jose from 'jose'
import * as oauth from 'oauth4webapi'
import { beforeAll, describe, expect, test } from 'vitest'
import { decoded, password } from '../packages/services/src/cognitoidp/cognito.test-support.ts'
import {
  ana,
  callback,
  origin,
  type Provider,
  startProvider,
} from './oidc-relying-party.test-support.ts'

/**
 * The OpenID Foundation's plan `oidcc-basic-certification-test-plan` (Basic OP), module by module under its published
 * names, against a pool with managed login. What a module asks for was read in the suite's list and in OpenID Connect
 * Core; the tests are our own.
 */
interface Row {
  readonly module: string
  /** Where AWS does otherwise than the module asks: how, and by what source. The test then holds what AWS does. */
  readonly departs?: string
  readonly holds: (op: Provider) => Promise<void>
}

let op: Provider

beforeAll(async () => {
  op = await startProvider()
})

const s256 = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

const authorizeEndpoint = '"The redirect and authorization endpoint", request parameters'
const scopesPage = '"Scopes, M2M, and resource servers"'

/** The request is answered as one without the parameter is: the same claims but for what each sign-in has anew. */
async function changesNothing(provider: Provider, parameters: Record<string, string>) {
  const [plain, asked] = [await provider.complete(), await provider.complete(parameters)]
  expect(asked.tokens.status).toBe(200)
  expect(Object.keys(asked.claims)).toEqual(Object.keys(plain.claims))
}

const serverAndTokens: readonly Row[] = [
  {
    module: 'oidcc-server',
    async holds(provider) {
      const { url, tokens, claims } = await provider.complete()
      expect([url.href.split('?')[0], [...url.searchParams.keys()]]).toEqual([
        callback,
        ['code', 'state'],
      ])
      expect(url.searchParams.get('state')).toBe('the state')
      expect([tokens.status, tokens.body['token_type'], tokens.body['expires_in']]).toEqual([
        200,
        'Bearer',
        3600,
      ])
      expect(tokens.headers.get('content-type')).toMatch(/^application\/json/)
      expect([tokens.headers.get('cache-control'), tokens.headers.get('pragma')]).toEqual([
        expect.stringContaining('no-store'),
        'no-cache',
      ])
      // RFC 6749, appendix A: what access and refresh tokens are written in.
      for (const name of ['access_token', 'refresh_token']) {
        expect(tokens.body[name]).toMatch(/^[\x20-\x7e]+$/)
      }
      const { sub = '', nonce, iat = 0, exp = 0, auth_time: authTime } = claims
      expect([nonce, exp - iat, authTime]).toEqual(['the nonce', 3600, iat])
      expect(sub).toMatch(/^[\x20-\x7e]{1,255}$/)
      expect((await provider.userInfo(tokens.body['access_token'])).body['sub']).toBe(sub)
    },
  },
  {
    module: 'oidcc-response-type-missing',
    async holds(provider) {
      const url = await provider.authorize(provider.newBrowser(), { response_type: undefined })
      expect(url.href).toBe(`${callback}?state=the+state&error=invalid_request`)
    },
  },
  {
    module: 'oidcc-idtoken-signature',
    async holds(provider) {
      const { tokens } = await provider.complete()
      const head = jose.decodeProtectedHeader(String(tokens.body['id_token']))
      const { keys } = await provider.keySet()
      expect(head).toEqual({ kid: expect.any(String), alg: 'RS256' })
      expect(keys.filter(({ kid }) => kid === head.kid)).toEqual([
        { alg: 'RS256', e: 'AQAB', kid: head.kid, kty: 'RSA', n: expect.any(String), use: 'sig' },
      ])
    },
  },
  {
    module: 'oidcc-idtoken-unsigned',
    departs: 'no client can ask for unsigned ID tokens; source: discovery document, RS256 alone',
    async holds(provider) {
      expect(provider.discovered['id_token_signing_alg_values_supported']).toEqual(['RS256'])
      const { tokens } = await provider.complete({ id_token_signed_response_alg: 'none' })
      expect(jose.decodeProtectedHeader(String(tokens.body['id_token'])).alg).toBe('RS256')
    },
  },
  {
    module: 'oidcc-userinfo-get',
    async holds(provider) {
      const { tokens, claims } = await provider.complete({ scope: 'openid profile' })
      const { status, headers, body } = await provider.userInfo(tokens.body['access_token'])
      expect([status, headers.get('content-type'), body['sub']]).toEqual([
        200,
        'application/json;charset=UTF-8',
        claims.sub,
      ])
    },
  },
  {
    module: 'oidcc-userinfo-post-header',
    async holds(provider) {
      const { tokens, claims } = await provider.complete()
      const authorization = `Bearer ${String(tokens.body['access_token'])}`
      const { status, body } = await provider.post('userinfo', {}, { authorization })
      expect([status, body['sub']]).toEqual([200, claims.sub])
    },
  },
  {
    module: 'oidcc-userinfo-post-body',
    departs:
      'the token goes in the header alone; source: "The user attributes endpoint", request parameters in header',
    async holds(provider) {
      const { tokens } = await provider.complete()
      const { status, body } = await provider.post(
        'userinfo',
        { access_token: String(tokens.body['access_token']) },
        {},
      )
      expect([status, body['error']]).toEqual([400, 'invalid_request'])
    },
  },
  {
    module: 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow',
    async holds(provider) {
      const { claims } = await provider.complete({ nonce: undefined })
      expect(claims['nonce']).toBeUndefined()
    },
  },
  {
    module: 'oidcc-server-client-secret-post',
    async holds(provider) {
      const url = await provider.login(provider.newBrowser())
      const { ClientId: client_id, clientSecret: client_secret } = provider
      const answer = await provider.exchange(url, { client_id, client_secret }, {})
      expect(answer.status).toBe(200)
      expect((await provider.verified(answer.body['id_token']))['nonce']).toBe('the nonce')
    },
  },
]

/** What each scope shows at the user info endpoint. */
async function shows(provider: Provider, scope: string): Promise<Record<string, unknown>> {
  const { tokens } = await provider.complete({ scope })
  const { body } = await provider.userInfo(tokens.body['access_token'])
  const { sub: _, ...rest } = body
  return rest
}

const { address, email, email_verified, phone_number, phone_number_verified, ...profile } = ana
const emailClaims = { email, email_verified }
const phoneClaims = { phone_number, phone_number_verified }
/** AWS has no scope for the address: it is shown with the profile. */
const profileClaims = { ...profile, address, username: 'ana' }

const allText = 'all values of userInfo are text, verified flags among them'

const scopes: readonly Row[] = [
  {
    module: 'oidcc-scope-profile',
    departs: `the profile is all that is neither mail nor phone; source: ${scopesPage}, profile`,
    async holds(provider) {
      expect(await shows(provider, 'openid profile')).toEqual(profileClaims)
    },
  },
  {
    module: 'oidcc-scope-email',
    departs: `${allText}; source: "The user attributes endpoint", example`,
    async holds(provider) {
      expect(await shows(provider, 'openid email')).toEqual({ ...emailClaims, username: 'ana' })
    },
  },
  {
    module: 'oidcc-scope-address',
    departs: `there is no scope address; source: discovery document, scopes_supported; ${scopesPage}`,
    async holds(provider) {
      const url = await provider.authorize(provider.newBrowser(), { scope: 'openid address' })
      expect(url.searchParams.get('error_description')).toBe('invalid_scope')
      expect(provider.discovered['scopes_supported']).toEqual([
        'openid',
        'email',
        'phone',
        'profile',
      ])
    },
  },
  {
    module: 'oidcc-scope-phone',
    departs: `${allText}; source: "The user attributes endpoint", example`,
    async holds(provider) {
      expect(await shows(provider, 'openid phone')).toEqual({ ...phoneClaims, username: 'ana' })
    },
  },
  {
    module: 'oidcc-scope-all',
    departs: 'without the scope address, which AWS has not; source: discovery document',
    async holds(provider) {
      expect(await shows(provider, 'openid email phone profile')).toEqual({
        ...emailClaims,
        ...phoneClaims,
        ...profileClaims,
      })
    },
  },
  {
    module: 'oidcc-ensure-other-scope-order-succeeds',
    async holds(provider) {
      expect(await shows(provider, 'email openid')).toEqual({ ...emailClaims, username: 'ana' })
    },
  },
  {
    // The name of the one before in later editions of the plan, with the query's order reversed too.
    module: 'oidcc-alternate-happy-flow',
    async holds(provider) {
      const query = [...provider.request({ scope: 'email openid' })].reverse()
      const browser = provider.newBrowser()
      await browser.open(`${provider.endpoint('authorization')}?${new URLSearchParams(query)}`)
      const { url } = await browser.submit({ username: 'ana', password })
      const { body } = await provider.exchange(url)
      expect((await provider.verified(body['id_token']))['email']).toBe(email)
    },
  },
]

/** A browser that is signed in, and the claims that it brought. */
async function signedIn(provider: Provider) {
  const { browser, claims } = await provider.complete()
  await provider.cloud.advance({ seconds: 2 })
  return { browser, claims }
}

const prompts: readonly Row[] = [
  {
    module: 'oidcc-display-page',
    holds: (provider) => changesNothing(provider, { display: 'page' }),
  },
  {
    module: 'oidcc-display-popup',
    holds: (provider) => changesNothing(provider, { display: 'popup' }),
  },
  {
    module: 'oidcc-prompt-login',
    async holds(provider) {
      const { browser, claims } = await signedIn(provider)
      const page = await provider.authorize(browser, { prompt: 'login' })
      expect(page.pathname).toBe('/login')
      const { url } = await browser.submit({ username: 'ana', password })
      const again = await provider.verified((await provider.exchange(url)).body['id_token'])
      expect([again.sub, Number(again['auth_time']) - Number(claims['auth_time'])]).toEqual([
        claims.sub,
        2,
      ])
    },
  },
  {
    module: 'oidcc-prompt-none-not-logged-in',
    async holds(provider) {
      const url = await provider.authorize(provider.newBrowser(), { prompt: 'none' })
      expect(url.href).toBe(`${callback}?state=the+state&error=login_required`)
    },
  },
  {
    module: 'oidcc-prompt-none-logged-in',
    async holds(provider) {
      const { browser, claims } = await signedIn(provider)
      const url = await provider.authorize(browser, { prompt: 'none' })
      const again = await provider.verified((await provider.exchange(url)).body['id_token'])
      expect([again.sub, again['auth_time'], again.iat]).toEqual([
        claims.sub,
        claims['auth_time'],
        (claims.iat ?? 0) + 2,
      ])
    },
  },
  {
    module: 'oidcc-max-age-1',
    departs: `max_age is no parameter of AWS's and is passed over; source: ${authorizeEndpoint}`,
    async holds(provider) {
      const { browser, claims } = await signedIn(provider)
      const url = await provider.authorize(browser, { max_age: '1' })
      const again = await provider.verified((await provider.exchange(url)).body['id_token'])
      expect(again['auth_time']).toBe(claims['auth_time'])
    },
  },
  {
    module: 'oidcc-max-age-10000',
    async holds(provider) {
      const { browser, claims } = await signedIn(provider)
      const url = await provider.authorize(browser, { max_age: '10000' })
      const again = await provider.verified((await provider.exchange(url)).body['id_token'])
      expect(again['auth_time']).toBe(claims['auth_time'])
    },
  },
]

const parameters: readonly Row[] = [
  {
    module: 'oidcc-ensure-request-with-unknown-parameter-succeeds',
    holds: (provider) => changesNothing(provider, { extra: 'foobar' }),
  },
  {
    module: 'oidcc-id-token-hint',
    async holds(provider) {
      const { browser, tokens, claims } = await provider.complete()
      const hint = String(tokens.body['id_token'])
      const url = await provider.authorize(browser, { prompt: 'none', id_token_hint: hint })
      const again = await provider.verified((await provider.exchange(url)).body['id_token'])
      expect(again.sub).toBe(claims.sub)
    },
  },
  {
    module: 'oidcc-login-hint',
    async holds(provider) {
      const browser = provider.newBrowser()
      await provider.authorize(browser, { login_hint: 'ana' })
      expect(browser.field('username')).toContain('value="ana"')
    },
  },
  {
    module: 'oidcc-ui-locales',
    holds: (provider) => changesNothing(provider, { ui_locales: 'se' }),
  },
  {
    module: 'oidcc-claims-locales',
    holds: (provider) => changesNothing(provider, { claims_locales: 'se' }),
  },
  {
    module: 'oidcc-ensure-request-with-acr-values-succeeds',
    holds: (provider) => changesNothing(provider, { acr_values: '1 2' }),
  },
  {
    module: 'oidcc-claims-essential',
    departs: `the parameter claims is passed over: scopes alone choose; source: ${authorizeEndpoint}`,
    async holds(provider) {
      const claims = JSON.stringify({ userinfo: { name: { essential: true } } })
      const { tokens } = await provider.complete({ scope: 'openid email', claims })
      const { body } = await provider.userInfo(tokens.body['access_token'])
      expect(Object.keys(body)).toEqual(['sub', 'email', 'email_verified', 'username'])
    },
  },
]

/** A request object without signature: what it says differs from the query. */
const requestObject = (claims: jose.JWTPayload): string => new jose.UnsecuredJWT(claims).encode()

const passedOver = `request objects are passed over, the query counts; source: ${authorizeEndpoint}`

const refusals: readonly Row[] = [
  {
    module: 'oidcc-codereuse',
    async holds(provider) {
      const { url } = await provider.complete()
      const again = await provider.exchange(url)
      expect([again.status, again.body]).toEqual([400, { error: 'invalid_grant' }])
    },
  },
  {
    module: 'oidcc-codereuse-30seconds',
    departs:
      'the tokens of the first use live on; source: "The token issuer endpoint", invalid_grant, says nothing else',
    async holds(provider) {
      const { url, tokens } = await provider.complete()
      await provider.cloud.advance({ seconds: 30 })
      expect((await provider.exchange(url)).body).toEqual({ error: 'invalid_grant' })
      expect((await provider.userInfo(tokens.body['access_token'])).status).toBe(200)
    },
  },
  {
    module: 'oidcc-ensure-registered-redirect-uri',
    async holds(provider) {
      const url = await provider.authorize(provider.newBrowser(), {
        redirect_uri: `${callback}/not-registered`,
      })
      expect(url.href).toBe(
        `${origin}/error?error=redirect_mismatch&client_id=${provider.ClientId}`,
      )
    },
  },
  {
    module: 'oidcc-ensure-post-request-succeeds',
    departs:
      'the endpoint takes GET alone; source: "The redirect and authorization endpoint", GET /oauth2/authorize',
    async holds(provider) {
      const answer = await fetchFromCloud(provider.cloud, provider.endpoint('authorization'), {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: provider.request({}).toString(),
      })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
    },
  },
  {
    module: 'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
    departs: passedOver,
    async holds(provider) {
      await changesNothing(provider, { request_uri: 'https://app.example.com/request.jwt' })
    },
  },
  {
    module: 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
    departs: passedOver,
    async holds(provider) {
      const request = requestObject({ state: 'of the object', nonce: 'of the object' })
      const { url, claims } = await provider.complete({ request })
      expect([url.searchParams.get('state'), claims['nonce']]).toEqual(['the state', 'the nonce'])
    },
  },
  {
    module: 'oidcc-ensure-request-object-with-redirect-uri',
    departs: passedOver,
    async holds(provider) {
      const evil = requestObject({ redirect_uri: 'https://evil.example/callback' })
      const { url } = await provider.complete({ request: evil })
      expect(url.href.split('?')[0]).toBe(callback)
      const good = requestObject({ redirect_uri: callback })
      const refused = await provider.authorize(provider.newBrowser(), {
        redirect_uri: 'https://evil.example/callback',
        request: good,
      })
      expect([refused.pathname, refused.searchParams.get('error')]).toEqual([
        '/error',
        'redirect_mismatch',
      ])
    },
  },
]

const refreshAndPkce: readonly Row[] = [
  {
    module: 'oidcc-refresh-token',
    async holds(provider) {
      const { tokens, claims } = await provider.complete()
      const refresh_token = String(tokens.body['refresh_token'])
      const form = { grant_type: 'refresh_token', refresh_token }
      await provider.cloud.advance({ minutes: 10 })
      const { body, headers } = await provider.post('token', form)
      expect(headers.get('cache-control')).toContain('no-store')
      expect(body['access_token']).not.toBe(tokens.body['access_token'])
      const again = await provider.verified(body['id_token'])
      for (const name of ['iss', 'sub', 'aud', 'auth_time', 'nonce', 'origin_jti']) {
        expect(again[name]).toEqual(claims[name])
      }
      expect(again.iat).toBe((claims.iat ?? 0) + 600)
      // A refresh token is bound to its client.
      const stolen = await provider.post('token', form, await provider.secondApp())
      expect([stolen.status, stolen.body]).toEqual([400, { error: 'invalid_grant' }])
    },
  },
  {
    module: 'oidcc-ensure-request-with-valid-pkce-succeeds',
    async holds(provider) {
      const challenge = { code_challenge: s256, code_challenge_method: 'S256' }
      const url = await provider.login(provider.newBrowser(), challenge)
      const { status, body } = await provider.exchange(url, { code_verifier: verifier })
      expect([status, (await provider.verified(body['id_token']))['nonce']]).toEqual([
        200,
        'the nonce',
      ])
    },
  },
]

/** Of the foundation's other plans: what the basic one takes for granted. */
const beyond: readonly Row[] = [
  {
    module: 'oidcc-discovery-endpoint-verification',
    async holds(provider) {
      const found = await fetchFromCloud(
        provider.cloud,
        `${provider.issuer}/.well-known/openid-configuration`,
      )
      const as = await oauth.processDiscoveryResponse(new URL(provider.issuer), found)
      expect(as).toEqual({
        authorization_endpoint: `${origin}/oauth2/authorize`,
        end_session_endpoint: `${origin}/logout`,
        id_token_signing_alg_values_supported: ['RS256'],
        issuer: provider.issuer,
        jwks_uri: `${provider.issuer}/.well-known/jwks.json`,
        response_types_supported: ['code', 'token'],
        revocation_endpoint: `${origin}/oauth2/revoke`,
        scopes_supported: ['openid', 'email', 'phone', 'profile'],
        subject_types_supported: ['public'],
        token_endpoint: `${origin}/oauth2/token`,
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        userinfo_endpoint: `${origin}/oauth2/userInfo`,
      })
    },
  },
  {
    module: 'oidcc-ensure-redirect-uri-in-authorization-request',
    async holds(provider) {
      const url = await provider.authorize(provider.newBrowser(), { redirect_uri: undefined })
      expect([url.pathname, url.searchParams.get('error')]).toEqual([
        '/error',
        "Required String parameter 'redirect_uri' is not present",
      ])
    },
  },
  {
    module: 'oidcc-server-rotate-keys',
    departs:
      'nobody can ask for new keys: each pool has one for each kind of token; source: "Verifying JSON web tokens"',
    async holds(provider) {
      const { tokens } = await provider.complete()
      const kids = ['id_token', 'access_token'].map(
        (name) => jose.decodeProtectedHeader(String(tokens.body[name])).kid,
      )
      await provider.cloud.advance({ days: 400 })
      const { keys } = await provider.keySet()
      expect(keys.map(({ kid }) => kid)).toEqual(kids)
      expect(decoded(String(tokens.body['access_token']))['token_use']).toBe('access')
    },
  },
]

const title = ({ module, departs }: Row): string =>
  departs === undefined ? module : `${module} (AWS departs: ${departs})`

describe('oidcc-basic-certification-test-plan', () => {
  const plan = [
    ...serverAndTokens,
    ...scopes,
    ...prompts,
    ...parameters,
    ...refusals,
    ...refreshAndPkce,
  ]
  test.each(plan.map((row) => [title(row), row.holds] as const))('%s', async (_, holds) => {
    await holds(op)
  })
})

describe('of other plans', () => {
  test.each(beyond.map((row) => [title(row), row.holds] as const))('%s', async (_, holds) => {
    await holds(op)
  })
})
