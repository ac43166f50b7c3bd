import { expect, test } from 'vitest'
import type { HttpRequest } from '../http.ts'
import { isFromOwnPage, judge, type Verifier } from './logic.ts'

const own = 'https://app.example'

const good: Verifier = { verify: async (token) => ({ sub: `user of ${token}`, exp: 1000 }) }
const bad: Verifier = {
  async verify() {
    throw new RangeError('eyJhbGciOi...')
  },
}

const request = (method: string, headers = {}, cookies?: string[]): HttpRequest => ({
  routeKey: `${method} /`,
  headers,
  requestContext: { http: { method } },
  ...(cookies === undefined ? {} : { cookies }),
})

test('a good token opens, and says whose it is and until when', async () => {
  const asked = request('GET', {}, ['a=1', '__Host-accessToken=t'])
  expect(await judge(asked, good, own, () => {})).toEqual({
    isAuthorized: true,
    context: { sub: 'user of t', exp: '1000' },
  })
})

test('everything else is refused, and the log names the reason but no token', async () => {
  const lines: object[] = []
  const asked = request('GET', {}, ['__Host-accessToken=t'])
  const log = (line: object) => lines.push(line)
  expect(await judge(asked, bad, own, log)).toEqual({ isAuthorized: false })
  expect(await judge(request('GET'), good, own, log)).toEqual({ isAuthorized: false })
  const posted = request('POST', { origin: 'https://evil.example' }, ['__Host-accessToken=t'])
  expect(await judge(posted, good, own, log)).toEqual({ isAuthorized: false })
  expect(lines).toEqual([
    { refused: 'RangeError' },
    { refused: 'there is no access token, or there are several' },
    { refused: 'it changes something and comes from elsewhere' },
  ])
})

test.each([
  [{ origin: own }, true],
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ origin: own, 'sec-fetch-site': 'same-origin' }, true],
  [{}, false],
  [{ origin: 'null' }, false],
  [{ origin: `${own}.evil.example` }, false],
  [{ origin: own, 'sec-fetch-site': 'cross-site' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
])('%j is from a page of ours: %s', (headers, expected) => {
  expect(isFromOwnPage(headers as Record<string, string>, own)).toBe(expected)
})
