import { expect } from '@cloud-orrery/vitest/scenario'
import { decodeJwt } from 'jose'
import { notYours } from '../src/access/decision.ts'
import { apiScope } from '../src/claims/scope.ts'
import { add, claims, forbidden, get, lookups, ok, ours, setProjects, tokensFor } from './claims.ts'

const both = { userName: 'user1', projects: 'P100,P200' }

claims.promise(
  1,
  'user1’s ID token says P100,P200; the access token says so in version 2 of the trigger alone',
  async ({ aws, post, today }) => {
    const ofPost = await tokensFor(aws, post, { username: 'user1' })
    expect(ours(ofPost.idToken)).toEqual(both)
    expect(ours(ofPost.accessToken)).toEqual({})
    const ofToday = await tokensFor(aws, today, { username: 'user1' })
    expect(ours(ofToday.idToken)).toEqual(both)
    expect(ours(ofToday.accessToken)).toEqual(both)
    expect(String(decodeJwt(ofToday.accessToken)['scope']).split(' ')).toContain(apiScope)
  },
)

claims.promise(
  2,
  'fifty calls after one sign-in: projects are read once, against fifty times in the standard design',
  async ({ aws, today }) => {
    const before = lookups(aws, today)
    const { accessToken } = await tokensFor(aws, today, { username: 'user1' })
    expect(lookups(aws, today) - before).toBe(1)
    for (let call = 0; call < 50; call += 1) {
      expect(await get(aws, today, '/projects/P100/items', accessToken)).toEqual(ok('P100'))
    }
    expect(lookups(aws, today) - before).toBe(1)
    for (let call = 0; call < 50; call += 1) {
      const answer = await get(aws, today, '/standard/projects/P100/items', accessToken)
      expect(answer).toEqual(ok('P100'))
    }
    expect(lookups(aws, today) - before).toBe(51)
  },
  { calm: 'A function that breaks down after its lookup is called again, and looks up again.' },
)

claims.promise(
  3,
  'records of P100 and P200 are shown, those of P300 are refused, by every way to judge',
  async ({ aws, post, today }) => {
    for (const [outputs, token] of [
      [post, (await tokensFor(aws, post, { username: 'user1' })).idToken],
      [today, (await tokensFor(aws, today, { username: 'user1' })).accessToken],
    ] as const) {
      expect(await get(aws, outputs, '/items', token)).toEqual(ok('P100', 'P200'))
      for (const design of ['', '/standard']) {
        const of = (id: string) => get(aws, outputs, `${design}/projects/${id}/items`, token)
        expect(await of('P100')).toEqual(ok('P100'))
        expect(await of('P200')).toEqual(ok('P200'))
        expect(await of('P300')).toEqual(forbidden(notYours('P300')))
      }
    }
    const { accessToken } = await tokensFor(aws, today, { username: 'user1' })
    const judged = (id: string) => get(aws, today, `/judged/projects/${id}/items`, accessToken)
    expect(await judged('P100')).toEqual(ok('P100'))
    expect(await judged('P300')).toEqual(forbidden('Forbidden'))
    expect(await judged('P200')).toEqual(ok('P200'))
  },
)

claims.promise(
  8,
  'more projects than a token holds: the claim gives way to a lookup, and nobody loses a project',
  async ({ aws, post, today }) => {
    const many = Array.from({ length: 400 }, (_, index) => `P${1_000 + index}`)
    for (const [outputs, used] of [
      [post, 'idToken'],
      [today, 'accessToken'],
    ] as const) {
      await add(aws, outputs, { userName: 'owner', projects: ['P100', ...many].join(',') })
      const { [used]: token } = await tokensFor(aws, outputs, { username: 'owner' })
      expect(ours(token)).toEqual({ userName: 'owner', projectsState: 'lookup' })
      expect(token.length).toBeLessThan(1_500)
      const of = (id: string) => get(aws, outputs, `/projects/${id}/items`, token)
      expect(await of('P100')).toEqual(ok('P100'))
      expect(await of('P1399')).toEqual(ok())
      expect(await of('P200')).toEqual(forbidden(notYours('P200')))
    }
  },
)

claims.promise(
  9,
  'who gains a project has it with the next refresh, and is not signed out',
  async ({ aws, today }) => {
    const { refreshToken } = await tokensFor(aws, today, { username: 'user1' })
    await setProjects(aws, today, 'user1', 'P100,P200,P300')
    await aws.clock.advance({ minutes: 1 })
    const { accessToken } = await tokensFor(aws, today, { refreshToken })
    expect(await get(aws, today, '/items', accessToken)).toEqual(ok('P100', 'P200', 'P300'))
  },
)
