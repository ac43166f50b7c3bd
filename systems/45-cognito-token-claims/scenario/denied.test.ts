import { UpdateUserAttributesCommand } from '@aws-sdk/client-cognito-identity-provider'
import { expect } from '@cloud-orrery/vitest/scenario'
import { noProjects } from '../src/access/decision.ts'
import {
  add,
  claims,
  cognito,
  forbidden,
  get,
  ok,
  ours,
  tokensFor,
  unauthorized,
} from './claims.ts'

claims.promise(
  4,
  'a user without an item signs in; there is no claim, and the API says why it refuses',
  async ({ aws, post, today }) => {
    for (const [outputs, used] of [
      [post, 'idToken'],
      [today, 'accessToken'],
    ] as const) {
      await add(aws, outputs, { userName: 'visitor', projects: '' })
      const { [used]: token } = await tokensFor(aws, outputs, { username: 'visitor' })
      expect(ours(token)).toEqual({ userName: 'visitor', projectsState: 'none' })
      expect(await get(aws, outputs, '/items', token)).toEqual(forbidden(noProjects))
      const standard = await get(aws, outputs, '/standard/projects/P100/items', token)
      expect(standard).toEqual(forbidden(noProjects))
    }
  },
)

claims.promise(
  10,
  'without a token, with an edited claim, or with the other kind of token: nothing',
  async ({ aws, post, today }) => {
    const ofPost = await tokensFor(aws, post, { username: 'user1' })
    const ofToday = await tokensFor(aws, today, { username: 'user1' })
    for (const path of ['/items', '/projects/P100/items', '/judged/projects/P100/items']) {
      expect(await get(aws, today, path)).toEqual(unauthorized)
    }
    expect(await get(aws, post, '/items', edited(ofPost.idToken))).toEqual(unauthorized)
    expect(await get(aws, today, '/items', edited(ofToday.accessToken))).toEqual(unauthorized)
    const judged = (token: string) => get(aws, today, '/judged/projects/P100/items', token)
    expect(await judged(edited(ofToday.accessToken))).toEqual(forbidden('Forbidden'))
    expect(await judged(ofToday.idToken)).toEqual(forbidden('Forbidden'))
    expect(await judged(ofToday.accessToken)).toEqual(ok('P100'))
    // The ID token is for the page: it has the claim, and no scope.
    expect(await get(aws, today, '/items', ofToday.idToken)).toEqual(forbidden('Forbidden'))
    // The other pool's token, though its user has the same name.
    expect(await get(aws, today, '/items', ofPost.idToken)).toEqual(unauthorized)
  },
)

/** The token with other projects in it, under its old signature. */
function edited(token: string): string {
  const [header, payload = '', signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const wanted = Buffer.from(JSON.stringify({ ...claims, projects: 'P300' }))
  return [header, wanted.toString('base64url'), signature].join('.')
}

claims.promise(
  11,
  'users cannot give themselves a project: not by attributes, not by what they send along',
  async ({ aws, today }) => {
    const sent = await tokensFor(aws, today, { username: 'user1', metadata: 'P300' })
    expect(ours(sent.accessToken)['projects']).toBe('P100,P200')
    for (const Name of ['custom:projects', 'projects', 'email']) {
      const change = new UpdateUserAttributesCommand({
        AccessToken: sent.accessToken,
        UserAttributes: [{ Name, Value: 'P300' }],
      })
      await expect(cognito(aws).send(change)).rejects.toThrow()
    }
  },
)
