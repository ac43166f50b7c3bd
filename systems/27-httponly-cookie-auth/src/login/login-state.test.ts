import { expect, test } from 'vitest'
import { challengeOf, newLoginState, seal, unseal } from './login-state.ts'

const login = { state: 's', verifier: 'v', expiresAtMs: 600_000 }

test('a login is taken back for ten minutes, by the key that sealed it', () => {
  const sealed = seal(login, 'key')
  expect(unseal(sealed, 'key', 599_999)).toEqual(login)
  expect(unseal(sealed, 'key', 600_000)).toBeUndefined()
  expect(unseal(sealed, 'other key', 0)).toBeUndefined()
})

test.each([undefined, '', '.', 'a.b', 'a'])('%s is no login of ours', (text) => {
  expect(unseal(text, 'key', 0)).toBeUndefined()
})

test('a changed login is no login of ours', () => {
  const [, signature] = seal(login, 'key').split('.')
  const later = Buffer.from(JSON.stringify({ ...login, expiresAtMs: 1e15 })).toString('base64url')
  expect(unseal(`${later}.${signature}`, 'key', 0)).toBeUndefined()
  expect(unseal(`${seal(login, 'key')}.x`, 'key', 0)).toBeUndefined()
})

test('each login has 256 bits of its own, twice', () => {
  const [one, other] = [newLoginState(0), newLoginState(0)]
  expect(new Set([one.state, one.verifier, other.state, other.verifier]).size).toBe(4)
  expect([one.state.length, one.verifier.length]).toEqual([43, 43])
})

test('the challenge is that of RFC 7636, appendix B', () => {
  expect(challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  )
})
