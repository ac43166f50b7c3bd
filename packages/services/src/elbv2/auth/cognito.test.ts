import { createPublicKey, verify } from 'node:crypto'
import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { Browser } from '../../cognitoidp/hosted/browser.test-support.ts'
import {
  addRule,
  type Balanced,
  balance,
  fixed,
  forwardTo,
  functionGroup,
  listen,
  start,
} from '../elbv2.test-support.ts'

const password = 'Correct-horse-1'

function echo({ headers }: { headers: Record<string, string> }) {
  return { statusCode: 200, headers: {}, body: JSON.stringify(headers) }
}

/** A pool with a login domain and one person. */
async function people({ cloud }: Balanced) {
  const idp = client(cloud, CognitoIdentityProviderClient)
  const { UserPool } = await idp.send(new CreateUserPoolCommand({ PoolName: 'people' }))
  const UserPoolId = UserPool?.Id ?? ''
  await idp.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain: 'people' }))
  const UserAttributes = [{ Name: 'email', Value: 'ana@example.com' }]
  const person = { UserPoolId, Username: 'ana' }
  const MessageAction = 'SUPPRESS'
  await idp.send(new AdminCreateUserCommand({ ...person, UserAttributes, MessageAction }))
  await idp.send(
    new AdminSetUserPasswordCommand({ ...person, Password: password, Permanent: true }),
  )
  return { idp, UserPoolId, UserPoolArn: UserPool?.Arn ?? '' }
}

interface Guard {
  readonly path: string
  readonly more?: object
  readonly hasSecret?: boolean
}

/** A balancer whose paths are for people of a pool: each an app client of its own. */
async function guarded(guards: readonly Guard[] = [{ path: '/private' }]) {
  const made = await balance(start({ web: echo }))
  const pool = await people(made)
  const group = await functionGroup(made, 'web')
  const listener = await listen(made, [fixed('200', 'open')], 443)
  const host = made.host.toLowerCase()
  const clientIds: string[] = []
  for (const [at, { path, more = {}, hasSecret = true }] of guards.entries()) {
    const { UserPoolClient } = await pool.idp.send(
      new CreateUserPoolClientCommand({
        UserPoolId: pool.UserPoolId,
        ClientName: `app ${at}`,
        GenerateSecret: hasSecret,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthScopes: ['openid'],
        CallbackURLs: [`https://${host}/oauth2/idpresponse`],
        SupportedIdentityProviders: ['COGNITO'],
      }),
    )
    const UserPoolClientId = UserPoolClient?.ClientId ?? ''
    clientIds.push(UserPoolClientId)
    const { UserPoolArn } = pool
    const AuthenticateCognitoConfig = {
      ...{ UserPoolArn, UserPoolClientId, UserPoolDomain: 'people' },
      ...more,
    }
    await addRule(
      made,
      listener,
      at + 1,
      [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }],
      [
        { Type: 'authenticate-cognito', Order: 1, AuthenticateCognitoConfig },
        { ...forwardTo(group), Order: 2 },
      ],
    )
  }
  return {
    ...made,
    ...pool,
    clientIds,
    browser: new Browser(made.cloud),
    origin: `https://${host}`,
  }
}

type Guarded = Awaited<ReturnType<typeof guarded>>

/** Opens a page, signs in where it must, and gives the headers that the function got. */
async function visit({ browser, origin }: Guarded, path = '/private') {
  await browser.open(`${origin}${path}`)
  const asked = browser.page?.url.pathname === '/login'
  if (asked) await browser.submit({ username: 'ana', password })
  const { url, status, html } = browser.page ?? { url: new URL(origin), status: 0, html: '{}' }
  const headers = JSON.parse(html) as Record<string, string>
  return { asked, status, url: url.href, headers }
}

function parts(token = '') {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())
  return { signed: `${header}.${claims}`, header: read(header), claims: read(claims), signature }
}

test('a person signs in at the hosted login, and the target learns who it is, signed', async () => {
  const made = await guarded()
  const { origin, clientIds, UserPoolId, arn, cloud } = made
  const { asked, status, url, headers } = await visit(made, '/private?a=%20b')
  expect([asked, status, url]).toEqual([true, 200, `${origin}/private?a=%20b`])
  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`
  const { signed, header, claims, signature } = parts(headers['x-amzn-oidc-data'])
  const { kid, exp, ...rest } = header
  expect(rest).toEqual({
    typ: 'JWT',
    alg: 'ES256',
    iss: issuer,
    client: clientIds[0],
    signer: arn,
  })
  const { sub } = claims
  expect(claims).toEqual({ sub, email: 'ana@example.com', username: 'ana', exp, iss: issuer })
  expect(headers['x-amzn-oidc-identity']).toBe(sub)
  // Padded, unlike other tokens: libraries for those refuse it, `aws-jwt-verify` knows.
  expect(headers['x-amzn-oidc-data']?.split('.').map((part) => part.length % 4)).toEqual([0, 0, 0])
  const access = parts(headers['x-amzn-oidc-accesstoken']).claims
  expect([access.sub, access.client_id, access.scope]).toEqual([sub, clientIds[0], 'openid'])
  const keyUrl = `https://public-keys.auth.elb.us-east-1.amazonaws.com/${kid}`
  const key = createPublicKey(await (await fetchFromCloud(cloud, keyUrl)).text())
  const isSigned = verify(
    'sha256',
    Buffer.from(signed),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  expect(isSigned).toBe(true)
})

test('a session that is larger than a cookie comes in pieces, and counts when all are there', async () => {
  const made = await guarded()
  const { browser, idp, UserPoolId, origin } = made
  const profile = `https://example.com/${'x'.repeat(2000)}`
  const UserAttributes = [{ Name: 'profile', Value: profile }]
  await idp.send(
    new AdminUpdateUserAttributesCommand({ UserPoolId, Username: 'ana', UserAttributes }),
  )
  expect(parts((await visit(made)).headers['x-amzn-oidc-data']).claims.profile).toBe(profile)
  const jar = browser.cookies.get(new URL(origin).host)
  const pieces = ['AWSELBAuthSessionCookie-0', 'AWSELBAuthSessionCookie-1']
  expect([...(jar?.keys() ?? [])]).toEqual(pieces)
  for (const [name, value] of jar ?? []) expect(name.length + value.length).toBeLessThan(4096)
  jar?.delete('AWSELBAuthSessionCookie-1')
  await browser.open(`${origin}/private`)
  // Cognito knows the browser still: it comes back as someone without being asked.
  expect([browser.page?.url.href, [...(jar?.keys() ?? [])]]).toEqual([`${origin}/private`, pieces])
})

test('a session lives seven days by its refresh token, and ends with them', async () => {
  const made = await guarded()
  const first = await visit(made)
  await made.cloud.advance({ days: 6, hours: 23 })
  const later = await visit(made)
  expect([later.asked, later.status]).toEqual([false, 200])
  expect(later.headers['x-amzn-oidc-accesstoken']).not.toBe(
    first.headers['x-amzn-oidc-accesstoken'],
  )
  await made.cloud.advance({ hours: 1 })
  expect((await visit(made)).asked).toBe(true)
})

test('who was disabled is let in until the access token ends, and not after', async () => {
  const made = await guarded()
  await visit(made)
  const { idp, UserPoolId, cloud, browser, origin } = made
  await idp.send(new AdminDisableUserCommand({ UserPoolId, Username: 'ana' }))
  expect((await visit(made)).status).toBe(200)
  await cloud.advance({ hours: 1 })
  await browser.open(`${origin}/private`)
  expect(browser.page?.url.pathname).toBe('/login')
})

test('a second app of the same people asks nobody within the hour', async () => {
  const made = await guarded([
    { path: '/one', more: { SessionCookieName: 'One' } },
    { path: '/two', more: { SessionCookieName: 'Two' } },
  ])
  const one = await visit(made, '/one')
  const two = await visit(made, '/two')
  expect([one.asked, two.asked, two.status]).toEqual([true, false, 200])
  const clientsSeen = [one, two].map(
    ({ headers }) => parts(headers['x-amzn-oidc-data']).header.client,
  )
  expect(clientsSeen).toEqual(made.clientIds)
})

test.each([
  ['deny', 401],
  ['allow', 200],
])(
  'with OnUnauthenticatedRequest %s strangers are answered %i, and claims of their own are gone',
  async (OnUnauthenticatedRequest, status) => {
    const { cloud, origin } = await guarded([
      { path: '/private', more: { OnUnauthenticatedRequest } },
    ])
    const answer = await fetchFromCloud(cloud, `${origin}/private`, {
      headers: { 'x-amzn-oidc-identity': 'root', 'x-amzn-oidc-data': 'a.b.c', 'x-own': '1' },
    })
    expect(answer.status).toBe(status)
    if (status !== 200) return
    const seen = Object.keys((await answer.json()) as object)
    expect([seen.includes('x-own'), seen.some((name) => name.startsWith('x-amzn-oidc-'))]).toEqual([
      true,
      false,
    ])
  },
)

test('a login that fails halfway is an error of the balancer, and the next one works', async () => {
  const made = await guarded()
  const { cloud, origin, browser } = made
  await browser.open(`${origin}/private`)
  const state = browser.page?.url.searchParams.get('state') ?? ''
  await browser.open(`${origin}/oauth2/idpresponse?code=of-someone&state=${state}`)
  expect(browser.page?.status).toBe(561)
  const outage = cloud.armFault('cognitoidp.HostedLogin', {
    kind: 'error',
    code: 'InternalError',
    status: 500,
  })
  await browser.open(`${origin}/oauth2/idpresponse?code=any&state=${state}`)
  expect(browser.page?.status).toBe(561)
  cloud.endFault(outage)
  expect((await visit(made)).status).toBe(200)
})

test('a client without a secret cannot be an app of a load balancer', async () => {
  await expect(guarded([{ path: '/private', hasSecret: false }])).rejects.toMatchObject({
    name: 'InvalidLoadBalancerActionException',
  })
})

test('the same seed signs the same claims', async () => {
  const seen = [await visit(await guarded()), await visit(await guarded())]
  const [one, two] = seen.map(({ headers }) => headers['x-amzn-oidc-data'])
  expect(one).toBe(two)
})
