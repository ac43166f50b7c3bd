import { expect, test } from 'vitest'
import { handler as accessToken } from './access-token.ts'
import { handler as idToken } from './id-token.ts'
import { scopesOfGroups } from './logic.ts'

const eventOf = (groupsToOverride: string[] | null) => ({
  callerContext: { clientId: 'c1' },
  request: { groupConfiguration: { groupsToOverride } },
  response: {},
})

test('each group is a scope of the client', () => {
  expect(scopesOfGroups(['admin', 'regular'], 'c1')).toEqual(['admin-c1', 'regular-c1'])
})

test('a name with a space in it gives no scope, since it would read as two', () => {
  expect(scopesOfGroups(['x admin', 'regular'], 'c1')).toEqual(['regular-c1'])
})

test('V1_0 writes one claim into the ID token, and none where there is no group', async () => {
  const written = async (groups: string[] | null) => (await idToken(eventOf(groups))).response
  expect(await written(['admin', 'regular'])).toEqual({
    claimsOverrideDetails: { claimsToAddOrOverride: { scope: 'admin-c1 regular-c1' } },
  })
  expect(await written([])).toEqual({ claimsOverrideDetails: { claimsToAddOrOverride: {} } })
  expect(await written(null)).toEqual({ claimsOverrideDetails: { claimsToAddOrOverride: {} } })
})

test('V2_0 adds scopes to the access token', async () => {
  expect((await accessToken(eventOf(['admin']))).response).toEqual({
    claimsAndScopeOverrideDetails: { accessTokenGeneration: { scopesToAdd: ['admin-c1'] } },
  })
})
