import { fetchFromCloud } from '@cloud-orrery/cloud'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { callback, oauthSettings, origin, startHosted } from './browser.test-support.ts'

let made: Awaited<ReturnType<typeof startHosted>>

beforeAll(async () => {
  made = await startHosted({}, { GenerateSecret: true }, undefined, 2)
  await made.newUser('ana')
})

const paths = [
  ...['/oauth2/authorize', '/oauth2/token', '/oauth2/userInfo', '/oauth2/revoke'],
  ...['/oauth2/idpresponse', '/saml2/idpresponse', '/login', '/logout', '/signup', '/error'],
  ...['/confirm', '/confirmUser', '/confirmForgotPassword', '/forgotPassword', '/resendcode'],
  ...['/changePassword', '/mfa', '/mfa/setup', '/', '/__proto__', '//evil.example/', '/login/..'],
]
const names = [
  ...['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'nonce', 'prompt', 'lang'],
  ...['code', 'code_verifier', 'code_challenge', 'code_challenge_method', 'grant_type', 'token'],
  ...['refresh_token', 'client_secret', 'username', 'password', '_csrf', 'logout_uri', 'error'],
  ...['identity_provider', 'idp_identifier', 'login_hint', 'aws_client_metadata', 'SAMLResponse'],
  ...['RelayState', 'user_name', 'confirmation_code', 'max_age', 'request', 'claims', '__proto__'],
]
/** Values that mean something, and all that do not. CLIENT and CSRF stand for the right ones. */
const values = fc.oneof(
  fc.constantFrom(
    ...['CLIENT', 'CSRF', callback, `${callback}/`, 'https://evil.example', '//evil.example'],
    ...['code', 'token', 'S256', 'plain', 'none', 'login', 'openid', 'openid email', 'ana'],
    ...['authorization_code', 'refresh_token', 'client_credentials', 'COGNITO', '__proto__'],
    ...['\r\nset-cookie: cognito=x', '<script>x</script>', '"><img src=x onerror=x>', '{}', '[]'],
    ...['null', '{"__proto__":{}}', 'PHg+', '%', '%00', '\0', '', 'x'.repeat(5_000)],
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
const pairs = fc.array(fc.tuple(fc.constantFrom(...names), values), { maxLength: 8 })
const headers = fc.record(
  {
    cookie: fc.constantFrom('cognito=x', 'XSRF-TOKEN=CSRF', 'cognito-step=x', '=;=', '__proto__=x'),
    authorization: fc.constantFrom('Bearer x', 'Bearer a.b.c', 'Basic', 'Basic Og==', 'Basic %%%'),
    'content-type': fc.constantFrom('application/x-www-form-urlencoded', 'text/plain', ''),
    origin: fc.constantFrom(origin, 'https://evil.example', 'null', ''),
  },
  { requiredKeys: [] },
)
const csrf = '01234567-89ab-cdef-0123-456789abcdef'

/** Requests that get further than any would by chance: the right app, the right form. */
const request = fc.record({
  path: fc.constantFrom(...paths),
  method: fc.constantFrom('GET', 'POST', 'GET', 'POST', 'OPTIONS', 'PUT'),
  isKnown: fc.boolean(),
  query: pairs,
  form: pairs,
  headers,
})

function addressed(query: readonly (readonly [string, string])[], isKnown: boolean): string {
  const right = { response_type: 'code', client_id: made.ClientId, redirect_uri: callback }
  const given = query.map(([name, value]) => [name, told(value)] as [string, string])
  return new URLSearchParams([...(isKnown ? Object.entries(right) : []), ...given]).toString()
}

const told = (value: string): string =>
  value === 'CLIENT' ? made.ClientId : value.replace('CSRF', csrf)

test('whatever is asked, nobody gets in, nobody is sent elsewhere, nothing breaks', async () => {
  const registered = [callback, ...(oauthSettings.LogoutURLs ?? [])]
  const isOurs = (location: string) => {
    const place = location.replace(/[?#].*$/s, '')
    return location.startsWith(`${origin}/`) || registered.includes(place)
  }
  await fc.assert(
    fc.asyncProperty(request, async ({ path, method, isKnown, query, form, headers: sent }) => {
      const given = Object.entries(sent).map(([name, value]) => [name, told(value ?? '')])
      const answer = await fetchFromCloud(
        made.cloud,
        `${origin}${path}?${addressed(query, isKnown)}`,
        { method, headers: Object.fromEntries(given), body: addressed(form, isKnown) },
      )
      const text = await answer.text()
      const location = answer.headers.get('location')
      expect(answer.status).toBeLessThan(500)
      expect(location === null || isOurs(location)).toBe(true)
      expect(text).not.toMatch(/<script|<img src=x/i)
      const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
      expect(cookies.filter((it) => /^cognito=./.test(it ?? ''))).toEqual([])
      expect(/"access_token"/.test(text)).toBe(false)
    }),
    { numRuns: 200, seed: 5 },
  )
})
