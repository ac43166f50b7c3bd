import { createHash } from 'node:crypto'
import {
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  CreateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { beforeAll, describe, expect, test } from 'vitest'
import { password } from '../cognito.test-support.ts'
import { Browser, callback, oauthSettings, origin, startHosted } from './browser.test-support.ts'

const verifier = 'v'.repeat(64)
const challenge = createHash('sha256').update(verifier).digest('base64url')
const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
const other = 'https://app.example.com/other'

let made: Awaited<ReturnType<typeof startHosted>>
/** A second app of the pool, and its address. */
let second: string

beforeAll(async () => {
  const CallbackURLs = [callback, other]
  made = await startHosted({}, { CallbackURLs })
  await made.newUser('ana')
  const { UserPoolClient } = await made.idp.send(
    new CreateUserPoolClientCommand({
      ...{ ...oauthSettings, UserPoolId: made.UserPoolId, ClientName: 'second', CallbackURLs },
    }),
  )
  second = UserPoolClient?.ClientId ?? ''
})

async function codeFor(parameters: Record<string, string> = {}): Promise<string> {
  const browser = new Browser(made.cloud)
  await browser.open(made.authorizeUrl(parameters))
  const { url } = await browser.submit({ username: 'ana', password })
  return url.searchParams.get('code') ?? ''
}

type Form = Record<string, string>

async function exchange(code: string, more: Form = {}) {
  const form = { client_id: made.ClientId, code, redirect_uri: callback, ...more }
  const { status, body } = await made.post('/oauth2/token', {
    grant_type: 'authorization_code',
    ...form,
  })
  return status === 200 ? 'tokens' : body?.['error']
}

describe('a code', () => {
  test.each<[string, Form, Form, string]>([
    ['by another client', {}, { client_id: 'SECOND' }, 'invalid_grant'],
    ['for another redirect URI', {}, { redirect_uri: other }, 'unauthorized_client'],
    ['for one that was never asked', {}, { redirect_uri: `${callback}/` }, 'unauthorized_client'],
    ['without its verifier', pkce, {}, 'invalid_grant'],
    ['with an empty verifier', pkce, { code_verifier: '' }, 'invalid_grant'],
    ['with another verifier', pkce, { code_verifier: 'w'.repeat(64) }, 'invalid_grant'],
    ['with its challenge as verifier', pkce, { code_verifier: challenge }, 'invalid_grant'],
    ['with a verifier too short', pkce, { code_verifier: 'v'.repeat(42) }, 'invalid_grant'],
    ['with a verifier too long', pkce, { code_verifier: 'v'.repeat(129) }, 'invalid_grant'],
    ['with a verifier nobody asked for', {}, { code_verifier: verifier }, 'invalid_grant'],
  ])('is not exchanged %s', async (_, asked, given, error) => {
    const form = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value === 'SECOND' ? second : value]),
    )
    expect(await exchange(await codeFor(asked), form)).toBe(error)
  })

  test('that another client tried is still good for its own', async () => {
    const code = await codeFor()
    expect(await exchange(code, { client_id: second })).toBe('invalid_grant')
    expect(await exchange(code)).toBe('tokens')
  })

  test('whose verifier was guessed once is used up', async () => {
    const code = await codeFor(pkce)
    expect(await exchange(code, { code_verifier: 'w'.repeat(64) })).toBe('invalid_grant')
    expect(await exchange(code, { code_verifier: verifier })).toBe('invalid_grant')
  })

  test('of one browser does not take the verifier of another', async () => {
    const mine = await codeFor(pkce)
    const stolen = createHash('sha256').update('w'.repeat(64)).digest('base64url')
    const theirs = await codeFor({ ...pkce, code_challenge: stolen })
    expect(await exchange(theirs, { code_verifier: verifier })).toBe('invalid_grant')
    expect(await exchange(mine, { code_verifier: verifier })).toBe('tokens')
  })

  test('sent twenty times at once gives tokens once', async () => {
    const code = await codeFor()
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(code)))
    expect(answers.toSorted()).toEqual([...Array(19).fill('invalid_grant'), 'tokens'])
  })

  test('holds to the last millisecond of five minutes', async () => {
    const [first, last] = [await codeFor(), await codeFor()]
    await made.cloud.advance(5 * 60_000 - 1)
    expect(await exchange(first)).toBe('tokens')
    await made.cloud.advance(1)
    expect(await exchange(last)).toBe('invalid_grant')
  })

  test('of a user who was disabled meanwhile is none', async () => {
    const code = await codeFor()
    const user = { UserPoolId: made.UserPoolId, Username: 'ana' }
    await made.idp.send(new AdminDisableUserCommand(user))
    expect(await exchange(code)).toBe('invalid_grant')
    await made.idp.send(new AdminEnableUserCommand(user))
  })

  test.each([
    ['twice', (code: string) => `code=${code}&code=${code}`],
    ['with another beside it', (code: string) => `code=${code}&code=00000000`],
    ['in JSON', (code: string) => JSON.stringify({ code })],
  ])('given %s is no request', async (_, form) => {
    const code = await codeFor()
    const grant = `grant_type=authorization_code&client_id=${made.ClientId}&`
    const { ok, status } = await sent(`${grant}redirect_uri=${callback}&${form(code)}`)
    expect([ok, status]).toEqual([false, 400])
  })

  test.each(['', 'x', '__proto__', 'constructor', '\0', 'x'.repeat(100_000), '../x', '%00'])(
    'that was made up is none: %j',
    async (code) => {
      expect(['invalid_grant', 'invalid_request']).toContain(await exchange(code))
    },
  )
})

async function sent(body: string) {
  return await fetchFromCloud(made.cloud, `${origin}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })
}

describe('a challenge', () => {
  test.each<[string, Form]>([
    ['plain', { ...pkce, code_challenge_method: 'plain' }],
    ['in small letters', { ...pkce, code_challenge_method: 's256' }],
    ['without a method', { code_challenge: challenge }],
    ['with an empty method', { ...pkce, code_challenge_method: '' }],
    ['absent, its method given', { code_challenge_method: 'S256' }],
    ['empty', { ...pkce, code_challenge: '' }],
    ['too short', { ...pkce, code_challenge: challenge.slice(1) }],
    ['too long', { ...pkce, code_challenge: `${challenge}x` }],
    ['with letters of its own', { ...pkce, code_challenge: `+${challenge.slice(1)}` }],
    ['of an unknown method', { ...pkce, code_challenge_method: '__proto__' }],
  ])('%s is told to the app', async (_, parameters) => {
    const { url } = await new Browser(made.cloud).open(made.authorizeUrl(parameters))
    expect(url.href).toBe(`${callback}?error=invalid_request`)
  })

  test('given twice leads nowhere', async () => {
    const url = `${made.authorizeUrl(pkce)}&code_challenge=${challenge}`
    const { url: shown } = await new Browser(made.cloud).open(url)
    expect(shown.pathname).toBe('/error')
  })
})

describe('a refresh token', () => {
  async function signedIn(): Promise<string> {
    const form = { client_id: made.ClientId, redirect_uri: callback, code: await codeFor() }
    const { body } = await made.post('/oauth2/token', { grant_type: 'authorization_code', ...form })
    return String(body?.['refresh_token'])
  }
  const renew = async (refresh_token: string, client_id = made.ClientId) =>
    await made.post('/oauth2/token', { grant_type: 'refresh_token', client_id, refresh_token })

  test('of one client is nothing in the hands of another, which can not end it either', async () => {
    const token = await signedIn()
    expect((await renew(token, second)).body).toEqual({ error: 'invalid_grant' })
    const revoked = await made.post('/oauth2/revoke', { client_id: second, token })
    expect(revoked.status).toBe(200)
    expect((await renew(token)).status).toBe(200)
  })

  test.each([
    ['changed by a letter', (token: string) => `${token.slice(0, -1)}-`],
    ['cut', (token: string) => token.slice(0, -1)],
    ['longer', (token: string) => `${token}x`],
    ['in other letters', (token: string) => token.toUpperCase()],
    ['made up', () => 'x'.repeat(500)],
    ['an object', () => '__proto__'],
  ])('%s is none', async (_, change) => {
    expect((await renew(change(await signedIn()))).body).toEqual({ error: 'invalid_grant' })
  })
})
