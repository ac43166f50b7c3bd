import { expect } from '@cloud-orrery/vitest/scenario'
import {
  accessTokenStack,
  addPerson,
  forbidden,
  get,
  helloAdmin,
  helloRegular,
  idTokenStack,
  jwtApis,
  signIn,
} from './jwt-apis.ts'
import { guardsOf, subsetsOf } from './template.ts'

jwtApis.promise(
  2,
  'regularuser’s ID token: 200 on /RegularUser, 403 on /AdminUser',
  async ({ aws, a }) => {
    const { IdToken } = await signIn(aws, a, 'regularuser')
    expect(await get(aws, a, '/RegularUser', IdToken)).toEqual(helloRegular)
    expect(await get(aws, a, '/AdminUser', IdToken)).toEqual(forbidden)
  },
)

jwtApis.promise(
  3,
  'adminuser’s ID token: 200 on both, with and without Bearer, at both stages',
  async ({ aws, a }) => {
    const { IdToken } = await signIn(aws, a, 'adminuser')
    for (const authorization of [IdToken, `Bearer ${IdToken}`]) {
      for (const stage of ['', '/Test']) {
        expect(await get(aws, a, `${stage}/RegularUser`, authorization)).toEqual(helloRegular)
        expect(await get(aws, a, `${stage}/AdminUser`, authorization)).toEqual(helloAdmin)
      }
    }
  },
)

jwtApis.promise(
  4,
  'each variant takes the token that carries its scopes: A the ID token, B the access token',
  async ({ aws, a, b }) => {
    const ofA = await signIn(aws, a, 'adminuser')
    const ofB = await signIn(aws, b, 'adminuser')
    expect(await get(aws, a, '/AdminUser', ofA.AccessToken)).toEqual(forbidden)
    expect(await get(aws, b, '/AdminUser', ofB.IdToken)).toEqual(forbidden)
    expect(await get(aws, a, '/AdminUser', ofA.IdToken)).toEqual(helloAdmin)
    expect(await get(aws, b, '/AdminUser', ofB.AccessToken)).toEqual(helloAdmin)
    const regular = await signIn(aws, b, 'regularuser')
    expect(await get(aws, b, '/RegularUser', regular.AccessToken)).toEqual(helloRegular)
    expect(await get(aws, b, '/AdminUser', regular.AccessToken)).toEqual(forbidden)
  },
)

jwtApis.promise(
  9,
  'every group, alone and with others, on every route, as the template has them',
  async ({ aws, a, b }) => {
    for (const [outputs, stack, token] of [
      [a, idTokenStack, 'IdToken'],
      [b, accessTokenStack, 'AccessToken'],
    ] as const) {
      const { routes, groups } = await guardsOf(aws, stack, outputs)
      expect([routes.length, groups.length]).toEqual([2, 2])
      const [expected, found]: [string[], string[]] = [[], []]
      for (const [index, members] of subsetsOf(groups).entries()) {
        await addPerson(aws, outputs, `person${index}`, members)
        const tokens = await signIn(aws, outputs, `person${index}`)
        for (const { path, scopes } of routes) {
          const cell = `${members.join('+') || 'no group'} on ${path}`
          const may = members.some((group) => scopes.includes(`${group}-${outputs['ClientId']}`))
          expected.push(`${cell}: ${may ? 200 : 403}`)
          const { status } = await get(aws, outputs, path, tokens[token])
          found.push(`${cell}: ${status}`)
        }
      }
      expect(found).toEqual(expected)
      expect(found.filter((cell) => cell.endsWith('200'))).toHaveLength(4)
    }
  },
)

jwtApis.promise(
  14,
  'the same seed gives the same journal, keys and tokens included',
  async ({ aws, a, b }) => {
    const twin = aws.fork()
    const tokens: string[] = []
    for (const timeline of [aws, twin]) {
      for (const outputs of [a, b]) {
        const { IdToken, AccessToken } = await signIn(timeline, outputs, 'adminuser')
        tokens.push(`${IdToken} ${AccessToken}`)
        for (const token of [IdToken, AccessToken]) {
          await get(timeline, outputs, '/AdminUser', token)
        }
      }
      await timeline.clock.advance({ minutes: 5 })
    }
    expect(tokens.slice(2)).toEqual(tokens.slice(0, 2))
    expect(twin.journal.digest()).toBe(aws.journal.digest())
    twin.cloud.close()
  },
)
