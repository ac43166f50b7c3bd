import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  type CreateApiCommandInput,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  type CreateRouteCommandInput,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import { type CloudOptions, client, type FetchOptions, fetchFromCloud } from '@cloud-orrery/cloud'
import {
  type Made,
  makeFunction,
  start,
  type TestHandler,
} from '../lambda/functions.test-support.ts'

export const accountId = '123456789012'

export interface MadeApi extends Made {
  readonly gateway: ApiGatewayV2Client
  readonly apiId: string
  readonly url: string
}

/** A cloud with an HTTP API whose `$default` stage deploys by itself, and functions that it may call. */
export async function startApi(
  handlers: Readonly<Record<string, TestHandler>> = {},
  input: Partial<CreateApiCommandInput> = {},
  options: CloudOptions = {},
): Promise<MadeApi> {
  const made = start(handlers, options)
  const gateway = client(made.cloud, ApiGatewayV2Client)
  for (const name of Object.keys(handlers)) await openFunction(made, name)
  const { ApiId: apiId = '' } = await gateway.send(
    new CreateApiCommand({ Name: 'web', ProtocolType: 'HTTP', ...input }),
  )
  await gateway.send(
    new CreateStageCommand({ ApiId: apiId, StageName: '$default', AutoDeploy: true }),
  )
  return { ...made, gateway, apiId, url: `https://${apiId}.execute-api.us-east-1.amazonaws.com` }
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:${accountId}:function:${name}`
}

async function openFunction(made: Made, name: string): Promise<void> {
  await makeFunction(made, name)
  await made.lambda.send(
    new AddPermissionCommand({
      FunctionName: name,
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:aws:execute-api:us-east-1:${accountId}:*`,
    }),
  )
}

/** A route to a function. */
export async function routeTo(
  { gateway, apiId }: MadeApi,
  RouteKey: string,
  name: string,
  input: Partial<CreateRouteCommandInput> = {},
  PayloadFormatVersion = '2.0',
): Promise<string> {
  const { IntegrationId } = await gateway.send(
    new CreateIntegrationCommand({
      ApiId: apiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn(name),
      PayloadFormatVersion,
    }),
  )
  const { RouteId = '' } = await gateway.send(
    new CreateRouteCommand({
      ApiId: apiId,
      RouteKey,
      Target: `integrations/${IntegrationId}`,
      ...input,
    }),
  )
  return RouteId
}

/** What a request is answered with: status, content type and body. */
export async function answered(made: MadeApi, path: string, options: FetchOptions = {}) {
  const response = await fetchFromCloud(made.cloud, `${made.url}${path}`, options)
  const { status, headers } = response
  return { status, type: headers.get('content-type'), body: await response.text() }
}

export const issuer = 'https://issuer.test/pool'

/** Key pairs of the tests: making one takes long. */
export const ownKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** An issuer of tokens on the model's internet, with the number of times that its keys were fetched. */
export function openIssuer({ cloud }: Made) {
  const fetched = { documents: 0, keys: 0 }
  const json = (value: object) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  })
  cloud.internet.set('issuer.test', ({ url }) => {
    if (url === `${issuer}/.well-known/openid-configuration`) {
      fetched.documents += 1
      return json({ issuer, jwks_uri: 'https://issuer.test/keys' })
    }
    if (url !== 'https://issuer.test/keys') return { status: 404, headers: {}, body: '' }
    fetched.keys += 1
    const jwk = ownKey.publicKey.export({ format: 'jwk' })
    return json({ keys: [{ ...jwk, kid: 'own', use: 'sig', alg: 'RS256' }] })
  })
  return fetched
}

interface TokenOptions {
  readonly header?: object
  readonly key?: KeyObject
  readonly hash?: string
}

/** A token of the issuer for `web`, an hour long. */
export function tokenOf({ cloud }: Made, claims: object = {}, options: TokenOptions = {}): string {
  const now = Math.floor(cloud.kernel.clock.nowMs / 1000)
  const all = { iss: issuer, aud: 'web', sub: 'ana', iat: now, exp: now + 3600, ...claims }
  const header = { alg: 'RS256', kid: 'own', ...options.header }
  const signed = `${encoded(header)}.${encoded(all)}`
  const { key = ownKey.privateKey, hash = 'RSA-SHA256' } = options
  return `${signed}.${sign(hash, Buffer.from(signed), key).toString('base64url')}`
}

/** The same with a secret, which any holder of the public key knows. */
export function tokenBySecret(made: Made): string {
  const signed = tokenOf(made, {}, { header: { alg: 'HS256' } })
    .split('.')
    .slice(0, 2)
    .join('.')
  const secret = ownKey.publicKey.export({ type: 'spki', format: 'pem' })
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A JWT authorizer of the API for tokens of the issuer. */
export async function jwtAuthorizer({ gateway, apiId }: MadeApi): Promise<string> {
  const { AuthorizerId = '' } = await gateway.send(
    new CreateAuthorizerCommand({
      ApiId: apiId,
      Name: 'tokens',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: issuer, Audience: ['web', 'phone'] },
    }),
  )
  return AuthorizerId
}
