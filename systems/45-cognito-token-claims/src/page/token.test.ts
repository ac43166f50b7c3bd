import { expect, test } from 'vitest'
import { claimsIn, sizeOf, withOrigins } from './token.ts'

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('a token is read whatever letters its claims have', () => {
  const claims = { userName: 'Zoë ✓', projects: 'P100' }
  expect(claimsIn(`${part({ alg: 'RS256' })}.${part(claims)}.x`)).toEqual(claims)
})

test('its size is that of the header', () => {
  expect(sizeOf('a.b.c')).toBe('Authorization: Bearer a.b.c'.length)
})

test('claims of the table come first, each with its origin', () => {
  const claims = { sub: '1', email_verified: true, aud: 'c', projects: 'P100' }
  expect(withOrigins(claims)).toEqual([
    {
      name: 'projects',
      value: 'P100',
      origin: 'the table, by the trigger at sign-in',
      isOurs: true,
    },
    { name: 'sub', value: '1', origin: 'Cognito', isOurs: false },
    { name: 'email_verified', value: 'true', origin: 'the user in the pool', isOurs: false },
    { name: 'aud', value: 'c', origin: 'this page’s request', isOurs: false },
  ])
})
