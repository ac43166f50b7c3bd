import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { CreateAuthorizerCommand } from '@aws-sdk/client-api-gateway'
import { expect, test } from 'vitest'
import { answerTo, deploy, proxyTo, startRestApi } from '../rest-api.test-support.ts'

const pool = 'us-east-1_AbCdEfGhI'
const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${pool}`
/** Model time at which every cloud of a test begins. */
const nowSeconds = Date.UTC(2026, 0, 1) / 1000

function token(key: KeyObject, claims: object, header: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'RS256', kid: 'one', ...header })}.${part({
    iss: issuer,
    iat: nowSeconds - 10,
    exp: nowSeconds + 3600,
    sub: 'me',
    ...claims,
  })}`
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`
}

test("a user pool's tokens open what they are for, and no others do", async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const api = await startRestApi({
    echo: (event: { requestContext: { authorizer: { claims: Record<string, string> } } }) => ({
      statusCode: 200,
      body: JSON.stringify(event.requestContext.authorizer.claims),
    }),
  } as never)
  api.cloud.internet.set('cognito-idp.us-east-1.amazonaws.com', () => ({
    status: 200,
    headers: {},
    body: JSON.stringify({
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' }],
    }),
  }))
  const { id: authorizerId } = await api.gateway.send(
    new CreateAuthorizerCommand({
      restApiId: api.restApiId,
      name: 'pool',
      type: 'COGNITO_USER_POOLS',
      providerARNs: [`arn:aws:cognito-idp:us-east-1:123456789012:userpool/${pool}`],
      identitySource: 'method.request.header.Authorization',
    }),
  )
  const method = { authorizationType: 'COGNITO_USER_POOLS', authorizerId }
  await proxyTo(api, '/me', 'echo', method)
  await proxyTo(api, '/scoped', 'echo', { ...method, authorizationScopes: ['pets/read'] })
  await deploy(api)
  const ask = (path: string, authorization: string) =>
    answerTo(api, `/dev/${path}`, { headers: { authorization } })
  const id = { token_use: 'id', aud: 'client', 'cognito:groups': ['a', 'b'] }
  const claims = {
    iss: issuer,
    iat: 'Wed Dec 31 23:59:50 UTC 2025',
    exp: 'Thu Jan 01 01:00:00 UTC 2026',
    sub: 'me',
    token_use: 'id',
    aud: 'client',
    'cognito:groups': 'a,b',
  }
  const [status, body] = await ask('me', token(privateKey, id))
  expect([status, JSON.parse(body)]).toEqual([200, claims])
  expect((await ask('me', `Bearer ${token(privateKey, id)}`))[0]).toBe(200)

  const unauthorized = [401, '{"message":"Unauthorized"}']
  const access = { token_use: 'access', client_id: 'client', scope: 'openid pets/read' }
  expect((await ask('scoped', token(privateKey, access)))[0]).toBe(200)
  expect(await ask('scoped', token(privateKey, { ...access, scope: 'openid' }))).toEqual(
    unauthorized,
  )
  expect(await ask('scoped', token(privateKey, id))).toEqual(unauthorized)
  expect(await ask('me', token(privateKey, access))).toEqual(unauthorized)
  const forged = token(privateKey, id).replace(/\.[^.]+$/, `.${'A'.repeat(342)}`)
  expect(await ask('me', forged)).toEqual(unauthorized)
  expect(await ask('me', token(privateKey, { ...id, iss: 'https://evil.example' }))).toEqual(
    unauthorized,
  )
  expect(await ask('me', token(privateKey, id, { alg: 'none' }))).toEqual(unauthorized)
  expect(await ask('me', 'nonsense')).toEqual(unauthorized)
  expect(await ask('me', token(privateKey, { ...id, exp: nowSeconds - 1 }))).toEqual([
    401,
    '{"message":"The incoming token has expired"}',
  ])
})
