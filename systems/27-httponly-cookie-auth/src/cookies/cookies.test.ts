import { expect, test } from 'vitest'
import { cookieOf } from './request-cookies.ts'
import {
  accessCookie,
  accessTokenCookie,
  forgotten,
  loginStateCookie,
  refreshTokenCookie,
} from './session-cookies.ts'
import { weaknessesOf } from './weaknesses.ts'

test('a cookie is found by its exact name', () => {
  const cookies = ['xa=1', 'a=2', 'A=3', 'b=a=4', 'a', 'c=5=6']
  expect(cookieOf(cookies, 'a')).toBe('2')
  expect(cookieOf(cookies, 'c')).toBe('5=6')
  expect(cookieOf(cookies, 'd')).toBeUndefined()
  expect(cookieOf(undefined, 'a')).toBeUndefined()
})

test('of two cookies of one name neither counts, equal or not', () => {
  expect(cookieOf(['a=1', 'a=1'], 'a')).toBeUndefined()
  expect(cookieOf(['a=1', 'b=1', 'a=2'], 'a')).toBeUndefined()
})

test('the session’s cookies are as the post has them, with a prefix and an end', () => {
  expect(accessTokenCookie('a.b-c_d', 3600)).toBe(
    '__Host-accessToken=a.b-c_d; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax',
  )
  expect(refreshTokenCookie('r', 43_200)).toBe(
    '__Secure-refreshToken=r; Max-Age=43200; Path=/oauth2/refresh; Secure; HttpOnly; SameSite=Strict',
  )
  expect(forgotten('login')).toEqual([
    '__Host-login=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax',
  ])
})

test('what a browser would cut or drop is not sent', () => {
  expect(() => accessTokenCookie('a; Domain=evil.example', 1)).toThrow('would not fit a cookie')
  const fits = 'x'.repeat(4096 - accessCookie.length)
  expect(accessTokenCookie(fits, 1)).toContain(fits)
  expect(() => accessTokenCookie(`${fits}x`, 1)).toThrow('browsers would drop the cookie')
})

test('none of them is weak by OWASP’s test, and the post’s own is', () => {
  const lines = [
    accessTokenCookie('a', 1),
    refreshTokenCookie('a', 1),
    loginStateCookie('a', 1),
    ...forgotten('access', 'refresh', 'login'),
  ]
  expect(lines.flatMap(weaknessesOf)).toEqual([])
  expect(weaknessesOf('accessToken=a; Secure; HttpOnly; SameSite=Lax; Path=/')).toEqual([
    'accessToken: it outlives what it stands for, as long as the browser runs',
    'accessToken: without a prefix a neighbouring host can plant it',
  ])
  expect(weaknessesOf('__Host-a=1; Domain=example.com; SameSite=None; Path=/x')).toEqual([
    '__Host-a: without Secure it travels in plain text',
    '__Host-a: without HttpOnly scripts can read it',
    '__Host-a: other sites send it along',
    '__Host-a: with Domain every host below it gets it, and can set it',
    '__Host-a: it outlives what it stands for, as long as the browser runs',
    '__Host-a: __Host- needs Path=/',
  ])
})
