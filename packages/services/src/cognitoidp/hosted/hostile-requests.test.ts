import {
  CreateUserPoolDomainCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { beforeAll, describe, expect, test } from 'vitest'
import { password, start } from '../cognito.test-support.ts'
import { Browser, callback, oauthSettings, origin, startHosted } from './browser.test-support.ts'

const registered = [
  callback,
  'https://app.example.com/query?tenant=1',
  'http://localhost:3000/callback',
  'https://app.example.com/zurück',
]

let made: Awaited<ReturnType<typeof startHosted>>

beforeAll(async () => {
  made = await startHosted({}, { CallbackURLs: registered }, undefined, 2)
  await made.newUser('ana')
})

/** Where an answer sends the browser, and what it says besides. */
async function answered(url: string, headers: Record<string, string> = {}) {
  const answer = await fetchFromCloud(made.cloud, url, { headers })
  return { status: answer.status, location: answer.headers.get('location'), answer }
}

describe('a browser is sent to registered places alone', () => {
  test.each([
    ['a longer path', `${callback}/evil`],
    ['a shorter path', 'https://app.example.com/'],
    ['a path that goes up', `${callback}/../callback`],
    ['an encoded slash', 'https://app.example.com%2Fcallback'],
    ['encoded letters', 'https://app.example.com/c%61llback'],
    ['encoded twice', encodeURIComponent(callback)],
    ['a host that begins alike', 'https://app.example.com.evil.example/callback'],
    ['a host behind user information', 'https://app.example.com@evil.example/callback'],
    ['user information before the host', 'https://evil@app.example.com/callback'],
    ['a backslash', 'https://evil.example\\@app.example.com/callback'],
    ['another port', 'https://app.example.com:444/callback'],
    ['the port that goes without saying', 'https://app.example.com:443/callback'],
    ['a dot at the end of the host', 'https://app.example.com./callback'],
    ['a fragment', `${callback}#`],
    ['a fragment that says something', `${callback}#@evil.example`],
    ['a query', `${callback}?x=1`],
    ['one query for another', 'https://app.example.com/query?tenant=2'],
    ['a query parameter more', 'https://app.example.com/query?tenant=1&next=https://evil.example'],
    ['other letters', callback.toUpperCase()],
    ['http where https is registered', callback.replace('https', 'http')],
    ['another port of localhost', 'http://localhost:3001/callback'],
    ['localhost by its address', 'http://127.0.0.1:3000/callback'],
    ['no scheme', '//app.example.com/callback'],
    ['a path alone', '/callback'],
    ['a script', "javascript:alert('x')"],
    ['data', 'data:text/html,x'],
    ['nothing', ''],
    ['spaces around', ` ${callback} `],
    ['a line break', `${callback}\r\nset-cookie: x=1`],
    ['a zero', `${callback}\0`],
    ['letters that look alike', callback.replace('a', 'а')],
    ['a wildcard', 'https://*.example.com/callback'],
    ['a name that every object has', '__proto__'],
  ])('%s', async (_, redirect_uri) => {
    for (const path of ['/oauth2/authorize', '/login', '/signup', '/forgotPassword']) {
      const url = made.authorizeUrl({ redirect_uri }).replace('/oauth2/authorize', path)
      const { status, location } = await answered(url)
      expect([status, location]).toEqual([
        302,
        `${origin}/error?error=redirect_mismatch&client_id=${made.ClientId}`,
      ])
    }
  })

  test.each([
    ['the first is right', (right: string) => `${right}&redirect_uri=https://evil.example`],
    [
      'the last is right',
      (right: string) => right.replace('?', '?redirect_uri=https://e.example&'),
    ],
    [
      'both are the same',
      (right: string) => `${right}&redirect_uri=${encodeURIComponent(callback)}`,
    ],
  ])('of two redirect URIs %s', async (_, doubled) => {
    const { location } = await answered(doubled(made.authorizeUrl()))
    expect(location).toBe(`${origin}/error?error=redirect_mismatch&client_id=${made.ClientId}`)
  })

  test.each(registered)('%s is reached, written as a header can have it', async (redirect_uri) => {
    const url = made.authorizeUrl({ redirect_uri, prompt: 'none', state: 's' })
    const { location } = await answered(url)
    const mark = redirect_uri.includes('?') ? '&' : '?'
    expect(location).toBe(
      `${redirect_uri.replace('ü', '%C3%BC')}${mark}state=s&error=login_required`,
    )
  })

  test.each([
    ['logout_uri', 'https://evil.example'],
    ['logout_uri', 'https://app.example.com/bye/'],
    ['logout_uri', 'https://app.example.com/bye#x'],
    ['logout_uri', 'https://app.example.com@evil.example/bye'],
    ['logout_uri', '//app.example.com/bye'],
    ['logout_uri', callback],
    ['redirect_uri', 'https://evil.example'],
  ])('a sign-out with the %s %s ends on the error page', async (name, uri) => {
    const query = new URLSearchParams({
      ...{ client_id: made.ClientId, response_type: 'code', [name]: uri },
    })
    const { location } = await answered(`${origin}/logout?${query}`)
    expect(location).toMatch(`${origin}/error?error=redirect_mismatch`)
  })

  test.each([
    'http://app.example.com/callback',
    'HTTP://app.example.com/callback',
    'http://localhost.evil.example/callback',
    'http://127.0.0.1.evil.example/',
    `${callback}#fragment`,
    'app.example.com',
  ])('%s can not be registered', async (url) => {
    const update = new UpdateUserPoolClientCommand({
      ...{ ...oauthSettings, UserPoolId: made.UserPoolId, ClientId: made.ClientId },
      CallbackURLs: [url],
    })
    await expect(made.idp.send(update)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

const nasty: [string, string][] = [
  ['line breaks', 'a\r\nset-cookie: cognito=x\r\n\r\n<script>'],
  ['encoded line breaks', '%0d%0aset-cookie:%20x=1'],
  ['markup', `"><script>alert(1)</script><a href='x`],
  ['parameters', 'x&code=stolen#access_token=stolen'],
  ['letters of all kinds', 'ü 漢 🔭 \u2028 \u202e'],
  ['a zero', 'a\0b'],
  ['a name that every object has', '__proto__'],
  ['ten thousand letters', 'x'.repeat(10_000)],
]

describe('what a request carries stays what it is', () => {
  test.each(nasty)('a state of %s comes back letter by letter, and nonces too', async (_, text) => {
    const browser = new Browser(made.cloud)
    await browser.open(made.authorizeUrl({ state: text, nonce: text, prompt: 'login' }))
    const { url } = await browser.submit({ username: 'ana', password })
    expect([...url.searchParams.keys()]).toEqual(['code', 'state'])
    expect([url.searchParams.get('state'), url.hash]).toEqual([text, ''])
    const { body } = await made.post('/oauth2/token', {
      ...{ grant_type: 'authorization_code', client_id: made.ClientId, redirect_uri: callback },
      code: url.searchParams.get('code') ?? '',
    })
    const [, claims = ''] = String(body?.['id_token']).split('.')
    const { nonce } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { nonce: string }
    expect(nonce).toBe(text)
  })

  const places = ['login_hint', 'lang', 'ui_locales', 'nonce', 'state', 'username']
  test.each(nasty)('%s in any field makes no header and no markup', async (_, text) => {
    const browser = new Browser(made.cloud)
    const parameters = Object.fromEntries(places.map((name) => [name, text]))
    await browser.open(made.authorizeUrl(parameters))
    expect([browser.page?.status, browser.page?.html.includes('<script')]).toEqual([200, false])
    const shown = await browser.submit({ username: text, password: text })
    expect([shown.status, shown.html.includes('<script')]).toEqual([400, false])
    expect([...shown.headers.keys()].toSorted()).toEqual([
      'cache-control',
      'content-security-policy',
      'content-type',
      'expires',
      'pragma',
      'referrer-policy',
      'set-cookie',
      'strict-transport-security',
      'x-amzn-requestid',
      'x-content-type-options',
      'x-frame-options',
      'x-xss-protection',
    ])
    expect(shown.headers.getSetCookie().map((it) => it.split('=')[0])).toEqual(['XSRF-TOKEN'])
  })

  const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  test.each(inherited)('%s is no client, scope, flow, page, grant or user', async (name) => {
    const told = async (parameters: Record<string, string>) =>
      (await answered(made.authorizeUrl(parameters))).location
    const unknown = new URLSearchParams({ error: `Client ${name} does not exist.` })
    expect(await told({ client_id: name })).toBe(`${origin}/error?${unknown}`)
    expect(await told({ scope: name })).toMatch(/error_description=invalid_scope/)
    expect(await told({ response_type: name })).toBe(`${callback}?error=invalid_request`)
    expect(await told({ identity_provider: name })).toMatch(/error=invalid_request$/)
    expect((await answered(`${origin}/${name}`)).status).toBe(404)
    const method = await fetchFromCloud(made.cloud, `${origin}/login`, { method: name })
    expect(method.status).toBe(405)
    const grant = { grant_type: name, client_id: made.ClientId }
    expect((await made.post('/oauth2/token', grant)).body).toEqual({
      error: 'unsupported_grant_type',
    })
    const browser = new Browser(made.cloud)
    await browser.open(made.authorizeUrl())
    await browser.submit({ username: name, password })
    expect(browser.alert()).toBe('User does not exist.')
  })

  test('a user may be called as objects call what they inherit', async () => {
    const names = ['__proto__', 'constructor']
    for (const name of names) {
      await made.newUser(name)
      const browser = new Browser(made.cloud)
      await browser.open(made.authorizeUrl())
      const { url } = await browser.submit({ username: name, password })
      expect(url.href).toMatch(/callback\?code=/)
    }
  })

  test('more than a form can have is too much', async () => {
    const answer = await made.post('/oauth2/token', { grant_type: 'x'.repeat(400_001) })
    expect(answer.status).toBe(413)
  })
})

describe('forms', () => {
  const pages = ['/login', '/signup', '/forgotPassword', '/confirm', '/confirmForgotPassword']
  const steps = ['/changePassword', '/mfa', '/mfa/setup', '/resendcode']

  test.each([...pages, ...steps])('%s takes a form of its own pages alone', async (path) => {
    const url = new URL(made.authorizeUrl().replace('/oauth2/authorize', path))
    const send = async (csrf: string | undefined, cookie: string, headers = {}) => {
      const answer = await fetchFromCloud(made.cloud, url.href, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          ...(cookie === '' ? {} : { cookie }),
          ...headers,
        },
        body: new URLSearchParams({
          ...{ username: 'ana', password },
          ...(csrf === undefined ? {} : { _csrf: csrf }),
        }).toString(),
      })
      return answer.status
    }
    const token = '01234567-89ab-cdef-0123-456789abcdef'
    const cookie = `XSRF-TOKEN=${token}`
    const other = token.replace('0', 'f')
    expect([
      await send(undefined, ''),
      await send(token, ''),
      await send(undefined, cookie),
      await send(other, cookie),
      await send('', 'XSRF-TOKEN='),
      await send('x', 'XSRF-TOKEN=x'),
      await send(token, cookie, { origin: 'https://evil.example' }),
      await send(token, cookie, { origin: 'https://people.auth.us-east-1.amazoncognito.com.evil' }),
      await send(token, cookie, { origin: 'nonsense' }),
      await send(token, cookie, { 'content-type': 'text/plain' }),
      await send(token, cookie, { 'content-type': 'application/json' }),
    ]).toEqual(Array.from({ length: 11 }, () => 403))
    expect(await send(token, cookie, { origin })).not.toBe(403)
  })
})

describe('cookies', () => {
  test.each([
    ['made up', 'x'.repeat(64)],
    ['empty', ''],
    ['a name that every object has', '__proto__'],
    ['of another browser, a letter changed', 'changed'],
    ['of another browser, twice', 'doubled'],
  ])('one that is %s signs nobody in', async (kind, given) => {
    const browser = new Browser(made.cloud)
    await browser.open(made.authorizeUrl())
    await browser.submit({ username: 'ana', password })
    const host = new URL(origin).host
    const right = browser.cookies.get(host)?.get('cognito') ?? ''
    const changed = `${right.slice(0, -1)}${right.endsWith('a') ? 'b' : 'a'}`
    const value = { changed, doubled: `${right}${right}` }[given] ?? given
    const { location } = await answered(made.authorizeUrl({ prompt: 'none' }), {
      cookie: `cognito=${value}`,
    })
    expect([kind, location]).toEqual([kind, `${callback}?error=login_required`])
  })

  test('a session of one pool is none of another', async () => {
    const other = await start({}, oauthSettings, made.cloud)
    const { UserPoolId, ClientId } = other
    await made.idp.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain: 'others' }))
    await other.newUser('ana')
    const url = made.authorizeUrl({ client_id: ClientId }).replace('people', 'others')
    const browser = new Browser(made.cloud)
    await browser.open(url)
    await browser.submit({ username: 'ana', password })
    const right = browser.cookies.get(new URL(url).host)?.get('cognito') ?? ''
    expect(right).toHaveLength(64)
    const { location } = await answered(made.authorizeUrl({ prompt: 'none' }), {
      cookie: `cognito=${right}`,
    })
    expect(location).toBe(`${callback}?error=login_required`)
    const unknown = new URLSearchParams({ error: `Client ${ClientId} does not exist.` })
    expect((await answered(made.authorizeUrl({ client_id: ClientId }))).location).toBe(
      `${origin}/error?${unknown}`,
    )
  })

  test('a sign-in makes a new session: one that was set before is none', async () => {
    const host = new URL(origin).host
    const browser = new Browser(made.cloud)
    browser.cookies.set(host, new Map([['cognito', 'f'.repeat(64)]]))
    await browser.open(made.authorizeUrl())
    await browser.submit({ username: 'ana', password })
    expect(browser.cookies.get(host)?.get('cognito')).not.toBe('f'.repeat(64))
    const { location } = await answered(made.authorizeUrl({ prompt: 'none' }), {
      cookie: `cognito=${'f'.repeat(64)}`,
    })
    expect(location).toBe(`${callback}?error=login_required`)
  })
})
