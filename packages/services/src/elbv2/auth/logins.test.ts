import { createPublicKey, verify } from 'node:crypto'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import type { OutboundRequest, OutboundResponse } from '@cloud-orrery/services'
import { expect, test } from 'vitest'
import {
  addRule,
  ask,
  type Balanced,
  balance,
  fixed,
  forwardTo,
  functionGroup,
  listen,
  start,
} from '../elbv2.test-support.ts'

const issuer = 'https://login.example.com'

function json(body: object, status = 200): OutboundResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** A provider that takes the code `good`, and what it was asked. */
function provide({ cloud }: Balanced, nonceOf: () => string) {
  const asked: string[] = []
  const idToken = () => {
    const claims = { iss: issuer, aud: 'client', sub: 'ana', nonce: nonceOf() }
    return ['{}', JSON.stringify(claims), '']
      .map((it) => Buffer.from(it).toString('base64url'))
      .join('.')
  }
  cloud.internet.set('login.example.com', ({ url, body, headers }: OutboundRequest) => {
    const { pathname } = new URL(url)
    asked.push(`${pathname} ${body}`)
    if (pathname === '/token') {
      const form = new URLSearchParams(body)
      const isGood = form.get('code') === 'good' || form.get('refresh_token') === 'again'
      if (!isGood || form.get('client_secret') !== 'secret') return json({ error: 'no' }, 400)
      const grant = { access_token: 'token', refresh_token: 'again', expires_in: 3600 }
      return json({ ...grant, id_token: idToken() })
    }
    if (headers['authorization'] !== 'Bearer token') return json({}, 401)
    return json({ sub: 'ana', email: 'ana@example.com' })
  })
  return asked
}

async function withLogin(more: object = {}) {
  const made = await balance(start({ web: echo }))
  const group = await functionGroup(made, 'web')
  const listener = await listen(made, [fixed('200', 'open')], 443)
  const AuthenticateOidcConfig = {
    Issuer: issuer,
    AuthorizationEndpoint: `${issuer}/authorize`,
    TokenEndpoint: `${issuer}/token`,
    UserInfoEndpoint: `${issuer}/userinfo`,
    ClientId: 'client',
    ClientSecret: 'secret',
    ...more,
  }
  await addRule(
    made,
    listener,
    1,
    [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/private*'] } }],
    [
      { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig },
      { ...forwardTo(group), Order: 2 },
    ],
  )
  let nonce = ''
  const asked = provide(made, () => nonce)
  const get = (path: string, cookie = '') =>
    ask(made, path, { scheme: 'https', ...(cookie === '' ? {} : { headers: { cookie } }) })
  /** Goes to a page and is sent to the provider. */
  const begin = async (path = '/private/a?x=1') => {
    const sent = await get(path)
    const location = new URL(sent.headers.get('location') ?? '')
    nonce = location.searchParams.get('nonce') ?? ''
    const state = location.searchParams.get('state') ?? ''
    return { sent, location, state, cookie: pairs(sent.cookies) }
  }
  return { ...made, asked, get, begin }
}

function echo({ headers }: { headers: Record<string, string> }) {
  return { statusCode: 200, headers: {}, body: JSON.stringify(headers) }
}

function pairs(cookies: readonly string[]): string {
  return cookies.map((it) => it.split(';')[0]).join('; ')
}

test('who has not logged in is sent to the provider, and comes back as someone', async () => {
  const { cloud, host, arn, get, begin } = await withLogin()
  const { sent, location, state, cookie } = await begin()
  expect(sent.status).toBe(302)
  expect(`${location.origin}${location.pathname}`).toBe(`${issuer}/authorize`)
  const { client_id, redirect_uri, response_type, scope } = Object.fromEntries(
    location.searchParams,
  )
  expect({ client_id, redirect_uri, response_type, scope }).toEqual({
    client_id: 'client',
    redirect_uri: `https://${host.toLowerCase()}/oauth2/idpresponse`,
    response_type: 'code',
    scope: 'openid',
  })
  const back = await get(`/oauth2/idpresponse?code=good&state=${state}`, cookie)
  expect([back.status, back.headers.get('location')]).toEqual([
    302,
    `https://${host.toLowerCase()}/private/a?x=1`,
  ])
  expect(back.cookies.map((it) => it.split('=')[0])).toEqual([
    'AWSELBAuthSessionCookie-0',
    'AWSALBAuthNonce',
  ])
  const page = await get('/private/a?x=1', pairs(back.cookies))
  const headers = JSON.parse(page.body) as Record<string, string>
  expect([headers['x-amzn-oidc-identity'], headers['x-amzn-oidc-accesstoken']]).toEqual([
    'ana',
    'token',
  ])
  const [header = '', claims = '', signature = ''] = headers['x-amzn-oidc-data']?.split('.') ?? []
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, string>
  const { kid = '', ...rest } = read(header)
  const exp = expect.any(Number)
  expect(rest).toEqual({
    typ: 'JWT',
    alg: 'ES256',
    iss: issuer,
    client: 'client',
    signer: arn,
    exp,
  })
  expect(read(claims)).toEqual({ sub: 'ana', email: 'ana@example.com', exp, iss: issuer })
  const key = await fetchFromCloud(
    cloud,
    `https://public-keys.auth.elb.us-east-1.amazonaws.com/${kid}`,
  )
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey(await key.text()), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  expect(isSigned).toBe(true)
})

test('a login that someone else began, or that was changed, is refused', async () => {
  const { get, begin } = await withLogin()
  const mine = await begin()
  const theirs = await begin()
  const path = (state: string, code = 'good') => `/oauth2/idpresponse?code=${code}&state=${state}`
  const changed = `${mine.state.slice(0, -2)}AA`
  const statuses = [
    await get(path(mine.state), theirs.cookie),
    await get(path(mine.state)),
    await get(path(changed), mine.cookie),
    await get(path(''), mine.cookie),
    await get(path(theirs.state, 'bad'), theirs.cookie),
    await get(`/oauth2/idpresponse?error=access_denied&state=${mine.state}`, mine.cookie),
  ].map(({ status }) => status)
  expect(statuses).toEqual([401, 401, 401, 401, 561, 561])
})

test('a session ends on the clock, and lives on by its refresh token until then', async () => {
  const { cloud, get, begin, asked } = await withLogin({ SessionTimeout: 7200 })
  const { state, cookie } = await begin()
  const back = await get(`/oauth2/idpresponse?code=good&state=${state}`, cookie)
  const session = pairs(back.cookies)
  asked.length = 0
  expect((await get('/private', session)).status).toBe(200)
  expect(asked).toEqual([])
  await cloud.advance({ hours: 1 })
  const refreshed = await get('/private', session)
  expect([refreshed.status, refreshed.cookies.length, asked.map((it) => it.split(' ')[0])]).toEqual(
    [200, 1, ['/token', '/userinfo']],
  )
  await cloud.advance({ hours: 1 })
  expect((await get('/private', pairs(refreshed.cookies))).status).toBe(302)
})

test('a provider that cannot be reached is an error of the balancer, one that refuses of the login', async () => {
  const { cloud, get, begin } = await withLogin()
  const { state, cookie } = await begin()
  const back = async () => (await get(`/oauth2/idpresponse?code=bad&state=${state}`, cookie)).status
  expect(await back()).toBe(561)
  cloud.internet.delete('login.example.com')
  expect(await back()).toBe(500)
})

test.each([
  ['deny', 401],
  ['allow', 200],
])('whoever is not logged in meets %s with %i', async (OnUnauthenticatedRequest, status) => {
  const { get } = await withLogin({ OnUnauthenticatedRequest })
  const page = await get('/private', 'AWSELBAuthSessionCookie-0=forged')
  expect(page.status).toBe(status)
  if (status === 200) expect(page.body).not.toContain('x-amzn-oidc')
})

test('logins need a listener of HTTPS', async () => {
  const made = await balance(start())
  const AuthenticateOidcConfig = {
    Issuer: issuer,
    AuthorizationEndpoint: `${issuer}/authorize`,
    TokenEndpoint: `${issuer}/token`,
    UserInfoEndpoint: `${issuer}/userinfo`,
    ClientId: 'client',
    ClientSecret: 'secret',
  }
  const plain = listen(made, [
    { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig },
    { ...fixed('200'), Order: 2 },
  ])
  await expect(plain).rejects.toMatchObject({
    name: 'InvalidLoadBalancerActionException',
    message: "Actions of type 'authenticate-oidc' are supported only on HTTPS listeners",
  })
})
