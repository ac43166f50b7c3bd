import { createHash } from 'node:crypto'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import { decoded, password } from '../cognito.test-support.ts'
import { callback, origin, startHosted } from './browser.test-support.ts'

const verifier = 'v'.repeat(64)
const pkce = {
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
}

/** A signed-in user's code. */
async function codeFor(parameters: Record<string, string> = {}, app = {}) {
  const made = await startHosted({}, app)
  await made.newUser('ana', { email: 'ana@example.com', email_verified: 'true' })
  await made.browser.open(made.authorizeUrl(parameters))
  const { url } = await made.browser.submit({ username: 'ana', password })
  const exchange = (more: Record<string, string> = {}) =>
    made.post('/oauth2/token', {
      grant_type: 'authorization_code',
      client_id: made.ClientId,
      code: url.searchParams.get('code') ?? '',
      redirect_uri: callback,
      ...more,
    })
  return { ...made, url, code: url.searchParams.get('code') ?? '', exchange }
}

describe('a code', () => {
  test('comes back to the app with its state, and gives the tokens of the user once', async () => {
    const made = await codeFor({ state: 'a b&c', nonce: 'n-1', scope: 'openid email', ...pkce })
    const { url, ClientId, exchange } = made
    expect([url.origin + url.pathname, [...url.searchParams.keys()]]).toEqual([
      callback,
      ['code', 'state'],
    ])
    expect(url.searchParams.get('state')).toBe('a b&c')
    expect(made.code).toMatch(/^[0-9a-f-]{36}$/)
    const { status, body, headers } = await exchange({ code_verifier: verifier })
    expect([status, Object.keys(body ?? {})]).toEqual([
      200,
      ['id_token', 'access_token', 'refresh_token', 'expires_in', 'token_type'],
    ])
    expect(headers.get('cache-control')).toContain('no-store')
    const access = decoded(String(body?.['access_token']))
    const now = Date.UTC(2026, 0, 1) / 1000
    expect(access).toEqual({
      sub: access['sub'],
      iss: `https://cognito-idp.us-east-1.amazonaws.com/${made.UserPoolId}`,
      version: 2,
      client_id: ClientId,
      origin_jti: access['origin_jti'],
      event_id: access['event_id'],
      token_use: 'access',
      scope: 'openid email',
      auth_time: now,
      exp: now + 3600,
      iat: now,
      jti: access['jti'],
      username: 'ana',
    })
    const accessToken = String(body?.['access_token'])
    const digest = createHash('sha256').update(accessToken).digest().subarray(0, 16)
    expect(decoded(String(body?.['id_token']))).toMatchObject({
      sub: access['sub'],
      aud: ClientId,
      nonce: 'n-1',
      at_hash: digest.toString('base64url'),
      'cognito:username': 'ana',
      email: 'ana@example.com',
      email_verified: true,
    })
    expect(await exchange({ code_verifier: verifier })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })

  test('holds for five minutes', async () => {
    const { cloud, exchange } = await codeFor()
    await cloud.advance({ minutes: 5 })
    expect((await exchange()).body).toEqual({ error: 'invalid_grant' })
  })

  test('is for one client, one redirect URI and one verifier', async () => {
    const { exchange } = await codeFor(pkce)
    expect((await exchange({ client_id: 'nobody' })).body).toEqual({ error: 'invalid_client' })
    expect((await exchange({ code: 'x', code_verifier: verifier })).body).toEqual({
      error: 'invalid_grant',
    })
    expect((await exchange()).body).toEqual({ error: 'invalid_grant' })
    const second = await codeFor(pkce)
    expect((await second.exchange({ code_verifier: 'w'.repeat(64) })).body).toEqual({
      error: 'invalid_grant',
    })
    const third = await codeFor()
    expect((await third.exchange({ redirect_uri: `${callback}/` })).body).toEqual({
      error: 'unauthorized_client',
    })
    const fourth = await codeFor()
    expect((await fourth.exchange({ code_verifier: verifier })).body).toEqual({
      error: 'invalid_grant',
    })
  })

  test('of a client with a secret needs the secret, in the header or in the form', async () => {
    const made = await codeFor({}, { GenerateSecret: true })
    const wrong = {
      status: 400,
      body: { error: 'invalid_client', error_description: 'invalid_client_secret' },
    }
    expect(await made.exchange()).toMatchObject(wrong)
    expect(await made.exchange({ client_secret: 'guess' })).toMatchObject(wrong)
    expect(await made.exchange({ client_secret: made.clientSecret })).toMatchObject({ status: 200 })
    await made.browser.open(made.authorizeUrl())
    const code = made.browser.page?.url.searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback }
    const basic = { authorization: made.basic }
    expect(await made.post('/oauth2/token', form, basic)).toMatchObject({ status: 200 })
  })

  test('is not given where openid was not asked for: no ID token', async () => {
    const { exchange } = await codeFor({ scope: 'aws.cognito.signin.user.admin' })
    expect(Object.keys((await exchange()).body ?? {})).toEqual([
      'access_token',
      'refresh_token',
      'expires_in',
      'token_type',
    ])
  })
})

describe('a refresh token', () => {
  test('gives new tokens of the same sign-in, and no refresh token', async () => {
    const { cloud, ClientId, exchange, post } = await codeFor({ scope: 'openid email' })
    const first = (await exchange()).body ?? {}
    await cloud.advance({ minutes: 30 })
    const renewed = await post('/oauth2/token', {
      grant_type: 'refresh_token',
      client_id: ClientId,
      refresh_token: String(first['refresh_token']),
    })
    expect([renewed.status, Object.keys(renewed.body ?? {})]).toEqual([
      200,
      ['id_token', 'access_token', 'expires_in', 'token_type'],
    ])
    const [before, after] = [first, renewed.body ?? {}].map((it) =>
      decoded(String(it['access_token'])),
    )
    expect([after?.['scope'], after?.['origin_jti'], after?.['auth_time']]).toEqual([
      'openid email',
      before?.['origin_jti'],
      before?.['auth_time'],
    ])
    expect(after?.['jti']).not.toBe(before?.['jti'])
  })

  test('of a client that rotates gives another, and is void after the grace', async () => {
    const app = {
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
    }
    const { cloud, ClientId, exchange, post } = await codeFor({}, app)
    const token = String((await exchange()).body?.['refresh_token'])
    const renew = (refresh_token: string) =>
      post('/oauth2/token', { grant_type: 'refresh_token', client_id: ClientId, refresh_token })
    const next = String((await renew(token)).body?.['refresh_token'])
    expect(next).not.toBe(token)
    await cloud.advance({ seconds: 11 })
    expect(await renew(token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await renew(next)).status).toBe(200)
  })

  test('that is revoked ends the sign-in', async () => {
    const made = await codeFor()
    const { body = {} } = await made.exchange()
    const revoke = (token: string) =>
      made.post('/oauth2/revoke', { client_id: made.ClientId, token })
    expect((await revoke(String(body['access_token']))).body).toEqual({
      error: 'unsupported_token_type',
    })
    expect(await revoke('nothing')).toMatchObject({ status: 200, body: undefined })
    expect((await made.userInfo(body['access_token'])).status).toBe(200)
    expect(await revoke(String(body['refresh_token']))).toMatchObject({ status: 200 })
    const refresh = { grant_type: 'refresh_token', client_id: made.ClientId }
    const again = { ...refresh, refresh_token: String(body['refresh_token']) }
    expect((await made.post('/oauth2/token', again)).body).toEqual({ error: 'invalid_grant' })
    expect(await made.userInfo(body['access_token'])).toMatchObject({
      status: 401,
      body: { error: 'invalid_token' },
    })
  })
})

test('userInfo tells what the scopes cover, all as text', async () => {
  const made = await codeFor({ scope: 'openid email' })
  const { body = {} } = await made.exchange()
  const { sub } = decoded(String(body['access_token']))
  expect((await made.userInfo(body['access_token'])).body).toEqual({
    sub,
    email: 'ana@example.com',
    email_verified: 'true',
    username: 'ana',
  })
  const none = await fetchFromCloud(made.cloud, `${origin}/oauth2/userInfo`)
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([
    400,
    'Bearer error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint"',
  ])
})

test('the implicit flow brings tokens in the fragment, without a refresh token', async () => {
  const made = await startHosted()
  await made.newUser('ana')
  await made.browser.open(
    made.authorizeUrl({ response_type: 'token', state: 's', scope: 'openid' }),
  )
  const { url } = await made.browser.submit({ username: 'ana', password })
  const fragment = new URLSearchParams(url.hash.slice(1))
  expect([url.search, [...fragment.keys()]]).toEqual([
    '',
    ['id_token', 'access_token', 'expires_in', 'token_type', 'state'],
  ])
  expect([fragment.get('expires_in'), fragment.get('token_type')]).toEqual(['3600', 'Bearer'])
})

test.each([
  ['no grant type', { client_id: 'CLIENT' }, 'invalid_request'],
  [
    'a grant that AWS has not',
    { grant_type: 'password', client_id: 'CLIENT' },
    'unsupported_grant_type',
  ],
  ['no client', { grant_type: 'refresh_token' }, 'invalid_request'],
  ['no refresh token', { grant_type: 'refresh_token', client_id: 'CLIENT' }, 'invalid_request'],
  ['no code', { grant_type: 'authorization_code', client_id: 'CLIENT' }, 'invalid_request'],
  [
    'credentials of a public client',
    { grant_type: 'client_credentials', client_id: 'CLIENT' },
    'unauthorized_client',
  ],
])('the token endpoint refuses %s', async (_, form, error) => {
  const { post, ClientId } = await startHosted()
  const given = Object.fromEntries(
    Object.entries(form).map(([name, value]) => [name, value === 'CLIENT' ? ClientId : value]),
  )
  expect(await post('/oauth2/token', given)).toMatchObject({ status: 400, body: { error } })
})
