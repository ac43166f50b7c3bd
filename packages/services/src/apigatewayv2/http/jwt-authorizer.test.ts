import { CreateAuthorizerCommand } from '@aws-sdk/client-apigatewayv2'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  issuer,
  jwtAuthorizer,
  type MadeApi,
  openIssuer,
  otherKey,
  routeTo,
  startApi,
  tokenBySecret,
  tokenOf,
} from '../http-api.test-support.ts'

async function guarded(AuthorizationScopes: string[] = []) {
  const calls = { count: 0 }
  const made = await startApi({
    echo: (event: { requestContext: { authorizer: unknown } }) => {
      calls.count += 1
      return event.requestContext.authorizer
    },
  })
  const fetched = openIssuer(made)
  const AuthorizerId = await jwtAuthorizer(made)
  await routeTo(made, 'GET /', 'echo', {
    AuthorizationType: 'JWT',
    AuthorizerId,
    ...(AuthorizationScopes.length === 0 ? {} : { AuthorizationScopes }),
  })
  return { ...made, calls, fetched }
}

async function asked(made: MadeApi, authorization?: string) {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
  const response = await fetchFromCloud(made.cloud, `${made.url}/`, { headers })
  return {
    status: response.status,
    body: await response.json(),
    challenge: response.headers.get('www-authenticate'),
  }
}

test('a token’s claims reach the function as text, with or without Bearer', async () => {
  const made = await guarded()
  const token = tokenOf(made, { 'cognito:groups': ['admin', 'regular'], email_verified: true })
  const now = 1767225601
  const answer = {
    status: 200,
    body: {
      jwt: {
        claims: {
          aud: 'web',
          'cognito:groups': '[admin regular]',
          email_verified: 'true',
          exp: String(now + 3600),
          iat: String(now),
          iss: issuer,
          sub: 'ana',
        },
        scopes: null,
      },
    },
    challenge: null,
  }
  expect(await asked(made, token)).toEqual(answer)
  expect(await asked(made, `Bearer ${token}`)).toEqual(answer)
})

test('without a token the answer is 401, and neither issuer nor function hear of it', async () => {
  const made = await guarded()
  expect(await asked(made)).toEqual({
    status: 401,
    body: { message: 'Unauthorized' },
    challenge: 'Bearer',
  })
  expect([made.calls.count, made.fetched.keys]).toEqual([0, 0])
})

test('each thing that is wrong with a token has its description', async () => {
  const made = await guarded()
  const describe = async (token: string) => {
    const { status, body, challenge } = await asked(made, token)
    expect([status, body]).toEqual([401, { message: 'Unauthorized' }])
    const found = /^Bearer scope="" error="invalid_token" error_description="(.*)"$/.exec(
      challenge ?? '',
    )
    return found?.[1]
  }
  const none = tokenOf(made, {}, { header: { alg: 'none' } })
  const changed = tokenOf(made).split('.')
  changed[1] = Buffer.from(JSON.stringify({ scope: 'admin' })).toString('base64url')
  const now = 1767225601
  expect({
    noToken: await describe('nonsense'),
    notJson: await describe('a.b.c'),
    unsigned: await describe(`${none.split('.').slice(0, 2).join('.')}.`),
    bySecret: await describe(tokenBySecret(made)),
    otherKey: await describe(tokenOf(made, {}, { key: otherKey.privateKey })),
    unknownKey: await describe(tokenOf(made, {}, { header: { kid: 'other' } })),
    changed: await describe(changed.join('.')),
    issuer: await describe(tokenOf(made, { iss: 'https://other.test' })),
    audience: await describe(tokenOf(made, { aud: 'other', client_id: 'web' })),
    expired: await describe(tokenOf(made, { exp: now })),
    early: await describe(tokenOf(made, { nbf: now + 60 })),
    future: await describe(tokenOf(made, { iat: now + 60 })),
  }).toEqual({
    noToken: 'token contains an invalid number of segments',
    notJson: 'the token could not be decoded',
    unsigned: 'signing method none is invalid',
    bySecret: 'signing method HS256 is invalid',
    otherKey: 'crypto/rsa: verification error',
    unknownKey: 'unable to find the signing key of the token',
    changed: 'crypto/rsa: verification error',
    issuer: 'issuer does not match',
    audience: 'the token does not have a valid audience',
    expired: 'the token has expired',
    early: 'the token is not valid yet',
    future: 'the token was issued in the future',
  })
  expect(made.calls.count).toBe(0)
})

test('a client id counts where a token has no audience', async () => {
  const made = await guarded()
  expect((await asked(made, tokenOf(made, { aud: undefined, client_id: 'phone' }))).status).toBe(
    200,
  )
})

test('RS384 and RS512 are good too', async () => {
  const made = await guarded()
  for (const size of ['384', '512']) {
    const token = tokenOf(made, {}, { header: { alg: `RS${size}` }, hash: `RSA-SHA${size}` })
    expect((await asked(made, token)).status).toBe(200)
  }
})

test('a route’s scopes: one of them is enough, none is forbidden', async () => {
  const made = await guarded(['read', 'write'])
  expect(await asked(made, tokenOf(made, { scope: 'write other' }))).toEqual({
    status: 200,
    body: {
      jwt: { claims: expect.objectContaining({ scope: 'write other' }), scopes: ['read', 'write'] },
    },
    challenge: null,
  })
  expect((await asked(made, tokenOf(made, { scp: ['read'] }))).status).toBe(200)
  for (const scope of ['other', '', undefined]) {
    const { status, body } = await asked(made, tokenOf(made, { scope }))
    expect([status, body]).toEqual([403, { message: 'Forbidden' }])
  }
})

test('keys are fetched once in two hours', async () => {
  const made = await guarded()
  const status = async () => (await asked(made, tokenOf(made))).status
  expect([await status(), await status(), made.fetched.keys]).toEqual([200, 200, 1])
  await made.cloud.advance({ hours: 2 })
  expect([await status(), made.fetched.keys]).toEqual([200, 2])
})

test('an issuer that does not answer lets no one in', async () => {
  const made = await guarded()
  made.cloud.internet.delete('issuer.test')
  expect((await asked(made, tokenOf(made))).challenge).toBe(
    'Bearer scope="" error="invalid_token" error_description="OIDC discovery endpoint communication error"',
  )
})

test('an authorizer whose issuer does not answer is not made', async () => {
  const made = await startApi()
  const creation = made.gateway.send(
    new CreateAuthorizerCommand({
      ApiId: made.apiId,
      Name: 'tokens',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://nowhere.test', Audience: ['web'] },
    }),
  )
  await expect(creation).rejects.toMatchObject({
    name: 'BadRequestException',
    message:
      "Caught exception when connecting to https://nowhere.test/.well-known/openid-configuration for issuer https://nowhere.test. Please try again later. Error: Invalid issuer: https://nowhere.test. Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'",
  })
})
