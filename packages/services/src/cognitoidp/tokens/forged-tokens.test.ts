import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import * as rest from '@aws-sdk/client-api-gateway'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { GetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { beforeAll, expect, test } from 'vitest'
import { password, start } from '../cognito.test-support.ts'
import { callback, oauthSettings, startHosted } from '../hosted/browser.test-support.ts'

/** What a door says to a token: `in`, or the status and the words with which it stays closed. */
type Door = (token: string) => Promise<string>

let doors: Readonly<Record<'userInfo' | 'GetUser' | 'HTTP API' | 'REST API', Door>>
let tokens: { readonly access: string; readonly id: string; readonly others: string }
let publicKey: KeyObject
let hour: () => Promise<void>

beforeAll(async () => {
  const made = await startHosted({}, {}, undefined, 2)
  const { cloud, browser, ClientId, UserPoolId, post } = made
  await made.newUser('ana')
  await browser.open(made.authorizeUrl())
  const { url } = await browser.submit({ username: 'ana', password })
  const code = url.searchParams.get('code') ?? ''
  const form = { grant_type: 'authorization_code', client_id: ClientId, redirect_uri: callback }
  const { body } = await post('/oauth2/token', { ...form, code })
  const second = await start({}, oauthSettings, cloud)
  await second.newUser('ana')
  const other = await second.signIn('ana')
  tokens = {
    access: String(body?.['access_token']),
    id: String(body?.['id_token']),
    others: other.AuthenticationResult?.AccessToken ?? '',
  }
  const { keys } = (await made.document('jwks.json')) as { keys: { kid: string }[] }
  const { kid } = partsOf(tokens.access).header
  const jwk = keys.find((key) => key.kid === kid)
  publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  hour = () => cloud.advance({ hours: 1 })

  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`
  const site = await httpApi(cloud, issuer, ClientId)
  const stage = await restApi(cloud, UserPoolId)
  const asked = async (address: string, token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetchFromCloud(cloud, address, { headers })
    const challenge = /error="?([a-z_]+)/.exec(answer.headers.get('www-authenticate') ?? '')?.[1]
    return answer.ok ? 'in' : [answer.status, challenge].join(' ').trim()
  }
  doors = {
    userInfo: (token) =>
      asked('https://people.auth.us-east-1.amazoncognito.com/oauth2/userInfo', token),
    async GetUser(AccessToken) {
      try {
        await made.idp.send(new GetUserCommand({ AccessToken }))
        return 'in'
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : ''
      }
    },
    'HTTP API': (token) => asked(site, token),
    'REST API': (token) => asked(stage, token),
  }
}, 60_000)

type TestCloud = Awaited<ReturnType<typeof startHosted>>['cloud']

/** An API whose one route is for whoever has a token of the pool for the app: behind it stands a host of the internet. */
async function httpApi(cloud: TestCloud, Issuer: string, audience: string): Promise<string> {
  cloud.internet.set('behind.test', () => ({ status: 200, headers: {}, body: 'in' }))
  const gateway = client(cloud, ApiGatewayV2Client)
  const { ApiId = '' } = await gateway.send(
    new CreateApiCommand({ Name: 'web', ProtocolType: 'HTTP' }),
  )
  await gateway.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }))
  const { AuthorizerId } = await gateway.send(
    new CreateAuthorizerCommand({
      ...{ ApiId, Name: 'pool', AuthorizerType: 'JWT' },
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer, Audience: [audience] },
    }),
  )
  const { IntegrationId } = await gateway.send(
    new CreateIntegrationCommand({
      ...{ ApiId, IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET' },
      ...{ IntegrationUri: 'https://behind.test/', PayloadFormatVersion: '1.0' },
    }),
  )
  await gateway.send(
    new CreateRouteCommand({
      ...{ ApiId, RouteKey: 'GET /', Target: `integrations/${IntegrationId}` },
      ...{ AuthorizationType: 'JWT', AuthorizerId },
    }),
  )
  return `https://${ApiId}.execute-api.us-east-1.amazonaws.com/`
}

/** The same as a REST API, for access tokens with the scope `openid`. */
async function restApi(cloud: TestCloud, poolId: string): Promise<string> {
  const gateway = client(cloud, rest.APIGatewayClient)
  const { id: restApiId = '', rootResourceId: resourceId } = await gateway.send(
    new rest.CreateRestApiCommand({ name: 'web' }),
  )
  const { id: authorizerId } = await gateway.send(
    new rest.CreateAuthorizerCommand({
      ...{ restApiId, name: 'pool', type: 'COGNITO_USER_POOLS' },
      providerARNs: [`arn:aws:cognito-idp:us-east-1:123456789012:userpool/${poolId}`],
      identitySource: 'method.request.header.Authorization',
    }),
  )
  const method = { restApiId, resourceId, httpMethod: 'GET' }
  await gateway.send(
    new rest.PutMethodCommand({
      ...{ ...method, authorizationType: 'COGNITO_USER_POOLS', authorizerId },
      authorizationScopes: ['openid'],
    }),
  )
  const uri = 'https://behind.test/'
  await gateway.send(
    new rest.PutIntegrationCommand({
      ...{ ...method, type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri },
    }),
  )
  await gateway.send(new rest.CreateDeploymentCommand({ restApiId, stageName: 'dev' }))
  return `https://${restApiId}.execute-api.us-east-1.amazonaws.com/dev`
}

type Part = Record<string, unknown>

const encoded = (part: Part): string => Buffer.from(JSON.stringify(part)).toString('base64url')

function partsOf(token: string): { header: Part; claims: Part; signature: string } {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Part
  return { header: read(header), claims: read(claims), signature }
}

/** The access token with another header, other claims, or another signature. */
function forged(
  { header = {}, claims = {} }: { header?: Part; claims?: Part },
  signature: (signed: string) => string = () => partsOf(tokens.access).signature,
): string {
  const parts = partsOf(tokens.access)
  const signed = `${encoded({ ...parts.header, ...header })}.${encoded({ ...parts.claims, ...claims })}`
  return `${signed}.${signature(signed)}`
}

const { privateKey: strangersKey, publicKey: strangersPublicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
})
const byStranger = (signed: string) =>
  sign('RSA-SHA256', Buffer.from(signed), strangersKey).toString('base64url')
const bySecret = (secret: string | Buffer) => (signed: string) =>
  createHmac('sha256', secret).update(signed).digest('base64url')
const pem = () => publicKey.export({ type: 'spki', format: 'pem' })
const modulus = () => String(publicKey.export({ format: 'jwk' }).n)
const strangersJwk = { ...strangersPublicKey.export({ format: 'jwk' }), kid: 'strange' }

const closed = {
  userInfo: '401 invalid_token',
  GetUser: 'NotAuthorizedException: Invalid Access Token',
  'HTTP API': '401 invalid_token',
  'REST API': '401',
}

async function tried(token: string) {
  const answers = Object.entries(doors).map(async ([name, door]) => [name, await door(token)])
  return Object.fromEntries(await Promise.all(answers)) as Record<string, string>
}

test('the right access token opens all', async () => {
  expect(await tried(tokens.access)).toEqual({
    userInfo: 'in',
    GetUser: 'in',
    'HTTP API': 'in',
    'REST API': 'in',
  })
})

test.each<[string, () => string]>([
  ['without signature', () => forged({}, () => '')],
  ['of the algorithm none', () => forged({ header: { alg: 'none' } }, () => '')],
  ['of the algorithm None, signed', () => forged({ header: { alg: 'None' } })],
  ['of no algorithm', () => forged({ header: { alg: undefined } })],
  ['of an algorithm that every object has', () => forged({ header: { alg: '__proto__' } })],
  ['HS256 by the public key', () => forged({ header: { alg: 'HS256' } }, bySecret(pem()))],
  [
    'HS256 by the modulus',
    () => forged({ header: { alg: 'HS256' } }, bySecret(Buffer.from(modulus(), 'base64url'))),
  ],
  ['HS256 by nothing', () => forged({ header: { alg: 'HS256' } }, bySecret(''))],
  ['RS256 in name, HMAC in truth', () => forged({}, bySecret(pem()))],
  ['by the key of a stranger', () => forged({}, byStranger)],
  ['by a key of an unknown name', () => forged({ header: { kid: 'strange' } }, byStranger)],
  ['without the name of a key', () => forged({ header: { kid: undefined } }, byStranger)],
  [
    'that brings its key along',
    () => forged({ header: { kid: 'strange', jwk: strangersJwk } }, byStranger),
  ],
  [
    'that says where its key is',
    () => forged({ header: { kid: 'strange', jku: 'https://evil.example/keys' } }, byStranger),
  ],
  ['for another user', () => forged({ claims: { sub: '00000000-0000-0000-0000-000000000000' } })],
  ['with a scope more', () => forged({ claims: { scope: 'openid admin' } })],
  ['that lives on', () => forged({ claims: { exp: 4_000_000_000 } })],
  ['of another issuer', () => forged({ claims: { iss: 'https://evil.example' } }, byStranger)],
  ['of a path that goes up', () => forged({ claims: { iss: '../x/__proto__' } }, byStranger)],
  ['of no issuer', () => forged({ claims: { iss: null } }, byStranger)],
  ['a part short', () => tokens.access.split('.').slice(0, 2).join('.')],
  ['a part long', () => `${tokens.access}.x`],
  ['its signature a letter long', () => `${tokens.access}x`],
  ['twice', () => tokens.access + tokens.access],
  ['empty parts', () => '..'],
  ['no JSON', () => 'eA.eA.eA'],
  ['no objects', () => 'bnVsbA.bnVsbA.bnVsbA'],
  ['a list', () => 'W10.W10.W10'],
  ['10,000 letters', () => 'x'.repeat(10_000)],
])('a token %s opens nothing', async (_, token) => {
  const { GetUser, ...others } = await tried(token())
  expect(others).toEqual({
    userInfo: closed.userInfo,
    'HTTP API': closed['HTTP API'],
    'REST API': closed['REST API'],
  })
  expect(GetUser).toMatch(
    /^(NotAuthorizedException: Invalid Access Token|InvalidParameterException)/,
  )
})

test('an ID token is no access token', async () => {
  // An HTTP API asks for the audience alone; scopes tell them apart there.
  expect(await tried(tokens.id)).toEqual({ ...closed, 'HTTP API': 'in' })
})

test("another pool's token opens its own user's account alone", async () => {
  expect(await tried(tokens.others)).toEqual({ ...closed, GetUser: 'in' })
})

test('an hour later it is over', async () => {
  await hour()
  expect(await tried(tokens.access)).toEqual({
    userInfo: closed.userInfo,
    GetUser: 'NotAuthorizedException: Access Token has expired',
    'HTTP API': closed['HTTP API'],
    'REST API': closed['REST API'],
  })
})
