import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateGroupCommand,
  CreateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import { forgeries } from './forgery.ts'
import {
  addPerson,
  cognito,
  forbidden,
  get,
  jwtApis,
  type Outputs,
  refusal,
  routeInvocations,
  signIn,
  unauthorized,
} from './jwt-apis.ts'

jwtApis.promise(1, 'without a token: 401, and no function runs', async ({ aws, a, b, other }) => {
  for (const outputs of [a, b, other]) {
    for (const path of ['/RegularUser', '/AdminUser']) {
      expect(await get(aws, outputs, path)).toEqual(unauthorized)
    }
  }
  await aws.clock.settle()
  expect(routeInvocations(aws)).toBe(0)
})

jwtApis.promise(
  5,
  'forged tokens, and tokens of another pool or client: 401 and what is wrong',
  async ({ aws, a, b }) => {
    const { IdToken } = await signIn(aws, a, 'regularuser')
    const forged = await forgeries(aws, a, IdToken)
    const cases = {
      ...forged,
      otherPool: (await signIn(aws, b, 'adminuser')).IdToken,
      otherClient: (await signIn(aws, await secondClient(aws, a), 'adminuser')).IdToken,
    }
    const said: Record<string, unknown> = {}
    for (const [name, token] of Object.entries(cases)) {
      said[name] = await refusal(aws, a, '/AdminUser', `Bearer ${token}`)
      expect(await get(aws, a, '/AdminUser', token)).toEqual(unauthorized)
    }
    expect(said).toEqual({
      changedScope: [401, 'crypto/rsa: verification error'],
      unsigned: [401, 'signing method none is invalid'],
      byPublicKeyAsSecret: [401, 'signing method HS256 is invalid'],
      byElliptic: [401, 'signing method ES256 is invalid'],
      byOwnKey: [401, 'crypto/rsa: verification error'],
      cut: [401, 'token contains an invalid number of segments'],
      otherPool: [401, 'unable to find the signing key of the token'],
      otherClient: [401, 'the token does not have a valid audience'],
    })
    expect(routeInvocations(aws)).toBe(0)
  },
)

/** Another app of the same people. */
async function secondClient(aws: Aws, { UserPoolId }: Outputs): Promise<Outputs> {
  const { UserPoolClient } = await cognito(aws).send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'other app',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    }),
  )
  return { ClientId: UserPoolClient?.ClientId ?? '' }
}

jwtApis.promise(
  7,
  'a wrong password gives no token, no group no scope, and a group named admin-x nothing of admin',
  async ({ aws, a, b }) => {
    const wrong = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' }
    await expect(signIn(aws, a, 'adminuser', 'Wr0ng-but-long-enough')).rejects.toMatchObject(wrong)
    await expect(signIn(aws, a, 'nobody-of-that-name')).rejects.toMatchObject(wrong)

    for (const [outputs, token] of [
      [a, 'IdToken'],
      [b, 'AccessToken'],
    ] as const) {
      const { UserPoolId, ClientId } = outputs
      // Names that would be the scope of another group, were they put together without a separator.
      const lookalikes = ['admin-x', `admin-${ClientId}`, 'Admin']
      for (const GroupName of lookalikes) {
        await cognito(aws).send(new CreateGroupCommand({ UserPoolId, GroupName }))
      }
      await addPerson(aws, outputs, 'outsider', [])
      await addPerson(aws, outputs, 'pretender', lookalikes)
      for (const username of ['outsider', 'pretender']) {
        const tokens = await signIn(aws, outputs, username)
        for (const path of ['/RegularUser', '/AdminUser']) {
          expect(await get(aws, outputs, path, tokens[token])).toEqual(forbidden)
        }
      }
    }
    expect(routeInvocations(aws)).toBe(0)
  },
)

jwtApis.promise(
  15,
  'the access log says of each request why it was refused',
  async ({ aws, a }) => {
    const { IdToken } = await signIn(aws, a, 'regularuser')
    await get(aws, a, '/AdminUser')
    await get(aws, a, '/AdminUser', IdToken)
    await get(aws, a, '/AdminUser', `${IdToken}x.y`)
    await get(aws, a, '/RegularUser', IdToken)
    await aws.clock.advance({ minutes: 1 })
    const { events = [] } = await aws
      .client(CloudWatchLogsClient)
      .send(new FilterLogEventsCommand({ logGroupName: a['AccessLog'] }))
    const lines = events.map(({ message = '' }) => JSON.parse(message) as Record<string, string>)
    expect(lines.map(({ route, status, error }) => [route, status, error])).toEqual([
      ['GET /AdminUser', '401', 'missing: token not provided'],
      ['GET /AdminUser', '403', 'insufficient_scope'],
      ['GET /AdminUser', '401', 'invalid_token: token contains an invalid number of segments'],
      ['GET /RegularUser', '200', '-'],
    ])
  },
)
