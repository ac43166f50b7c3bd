import { fetchFromCloud } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import { password } from '../cognito.test-support.ts'
import { Browser, callback, origin, startHosted } from './browser.test-support.ts'

describe('a request that can not be trusted goes to the error page, not to the app', () => {
  test.each([
    ['a redirect URI with a slash more', { redirect_uri: `${callback}/` }, 'redirect_mismatch'],
    [
      'a redirect URI in other letters',
      { redirect_uri: callback.toUpperCase() },
      'redirect_mismatch',
    ],
    ['a redirect URI with a query', { redirect_uri: `${callback}?x=1` }, 'redirect_mismatch'],
    ['a place of someone else', { redirect_uri: 'https://evil.example' }, 'redirect_mismatch'],
  ])('%s', async (_, parameters, error) => {
    const { browser, authorizeUrl, ClientId } = await startHosted()
    const { url, status } = await browser.open(authorizeUrl(parameters))
    expect([url.href, status]).toEqual([
      `${origin}/error?error=${error}&client_id=${ClientId}`,
      400,
    ])
  })

  test('two redirect URIs', async () => {
    const { browser, authorizeUrl } = await startHosted()
    const { url } = await browser.open(`${authorizeUrl()}&redirect_uri=https://evil.example`)
    expect([url.pathname, url.searchParams.get('error')]).toEqual(['/error', 'redirect_mismatch'])
  })

  test('no client, another client, no redirect URI; what was said is shown as text', async () => {
    const { browser, authorizeUrl } = await startHosted()
    await browser.open(`${origin}/oauth2/authorize?response_type=code`)
    expect(browser.text()).toContain("Required String parameter 'client_id' is not present")
    await browser.open(authorizeUrl({ client_id: '<script>alert(1)</script>' }))
    expect(browser.page?.html).not.toContain('<script')
    expect(browser.text()).toContain('Client <script>alert(1)</script> does not exist.')
    await browser.open(authorizeUrl().replace('redirect_uri', 'x'))
    expect(browser.text()).toContain("Required String parameter 'redirect_uri' is not present")
  })
})

describe('what is wrong with the rest is told to the app', () => {
  test.each([
    ['no response type', { response_type: '' }, 'state=s&error=invalid_request'],
    [
      'PKCE without its method',
      { code_challenge: 'x'.repeat(43) },
      'state=s&error=invalid_request',
    ],
    [
      'the method plain',
      { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' },
      'state=s&error=invalid_request',
    ],
    [
      'a scope that the client has not',
      { scope: 'openid offline_access' },
      'error_description=invalid_scope&state=s&error=invalid_request',
    ],
  ])('%s', async (_, parameters, query) => {
    const { browser, authorizeUrl } = await startHosted()
    const { url } = await browser.open(authorizeUrl({ state: 's', ...parameters }))
    expect(url.href).toBe(`${callback}?${query}`)
  })

  test('a flow that the client has not; of the implicit flow in the fragment', async () => {
    const { browser, authorizeUrl } = await startHosted({}, { AllowedOAuthFlows: ['code'] })
    const { url } = await browser.open(authorizeUrl({ response_type: 'token' }))
    expect(url.href).toBe(`${callback}#error=unauthorized_client`)
  })
})

describe('a browser that is signed in', () => {
  async function signedIn(version: number) {
    const made = await startHosted({}, {}, undefined, version)
    await made.newUser('ana')
    await made.browser.open(made.authorizeUrl())
    await made.browser.submit({ username: 'ana', password })
    return made
  }

  test('is sent back at once, for an hour', async () => {
    const { browser, authorizeUrl, cloud } = await signedIn(1)
    await cloud.advance({ minutes: 59 })
    const { url } = await browser.open(authorizeUrl({ state: 'again' }))
    expect([url.pathname, url.searchParams.get('state')]).toEqual(['/callback', 'again'])
    await cloud.advance({ minutes: 1 })
    expect((await browser.open(authorizeUrl())).url.pathname).toBe('/login')
  })

  test('keeps its cookie from scripts and from other sites', async () => {
    const made = await startHosted()
    await made.newUser('ana')
    await made.browser.open(made.authorizeUrl())
    const { headers } = await made.browser.submit({ username: 'ana', password })
    expect(headers.getSetCookie()[0]).toMatch(
      /^cognito=[A-Za-z0-9]{64}; Path=\/; Secure; HttpOnly; SameSite=Lax; Expires=Thu, 01 Jan 2026 01:00:00 GMT$/,
    )
  })

  test('signs in again where the app says so; prompt=none asks for nothing', async () => {
    const { browser, authorizeUrl, cloud } = await signedIn(2)
    expect((await browser.open(authorizeUrl({ prompt: 'login' }))).url.pathname).toBe('/login')
    expect((await browser.open(authorizeUrl({ prompt: 'none' }))).url.pathname).toBe('/callback')
    const other = new Browser(cloud)
    const { url } = await other.open(authorizeUrl({ prompt: 'none', state: 's' }))
    expect(url.href).toBe(`${callback}?state=s&error=login_required`)
  })

  test('of a domain with classic pages is never asked for its prompt', async () => {
    const { browser, authorizeUrl } = await signedIn(1)
    expect((await browser.open(authorizeUrl({ prompt: 'login' }))).url.pathname).toBe('/callback')
  })

  test('is signed out by the logout endpoint, which goes to pages of the client alone', async () => {
    const { browser, authorizeUrl, ClientId } = await signedIn(1)
    const logout = (uri: string) =>
      browser.open(
        `${origin}/logout?${new URLSearchParams({ client_id: ClientId, logout_uri: uri })}`,
      )
    expect((await logout('https://evil.example')).url.pathname).toBe('/error')
    expect((await browser.open(authorizeUrl())).url.pathname).toBe('/login')
    await browser.submit({ username: 'ana', password })
    expect((await logout('https://app.example.com/bye')).url.href).toBe(
      'https://app.example.com/bye',
    )
    expect((await browser.open(authorizeUrl())).url.pathname).toBe('/login')
    const query = authorizeUrl().split('?')[1] ?? ''
    expect((await browser.open(`${origin}/logout?${query}`)).url.pathname).toBe('/login')
  })
})

describe('names of a domain', () => {
  test('on the loopback it speaks without TLS, with the port that was asked', async () => {
    const { cloud, authorizeUrl } = await startHosted()
    const url = authorizeUrl().replace(
      'https://people.auth.us-east-1.amazoncognito.com',
      'http://people.auth.us-east-1.amazoncognito.localhost:4566',
    )
    const answer = await fetchFromCloud(cloud, url)
    expect(answer.headers.get('location')).toMatch(
      /^http:\/\/people\.auth\.us-east-1\.amazoncognito\.localhost:4566\/login\?/,
    )
  })

  test('that no pool has answers with a page that says so', async () => {
    const { cloud } = await startHosted()
    const answer = await fetchFromCloud(
      cloud,
      'https://others.auth.us-east-1.amazoncognito.com/login',
    )
    expect(answer.status).toBe(404)
    const method = await fetchFromCloud(cloud, `${origin}/oauth2/authorize`, { method: 'POST' })
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET'])
  })
})
