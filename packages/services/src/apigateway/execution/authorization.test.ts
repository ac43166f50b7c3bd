import {
  CreateApiKeyCommand,
  CreateAuthorizerCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetUsageCommand,
  PutGatewayResponseCommand,
  UpdateApiKeyCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway'
import { expect, test } from 'vitest'
import { functionCaller } from '../../lambda/functions.test-support.ts'
import {
  addMethod,
  answerTo,
  deploy,
  functionUri,
  type MadeApi,
  proxyTo,
  startRestApi,
} from '../rest-api.test-support.ts'
import { authorizerCache } from '../state.ts'

const forbidden = [403, '{"message":"Forbidden"}']
const unauthorized = [401, '{"message":"Unauthorized"}']

function verdict(effect: string, resource: string, more: object = {}): object {
  return {
    principalId: 'me',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
    },
    ...more,
  }
}

async function authorizer(api: MadeApi, input: object = {}): Promise<string> {
  const { id = '' } = await api.gateway.send(
    new CreateAuthorizerCommand({
      restApiId: api.restApiId,
      name: 'auth',
      type: 'TOKEN',
      authorizerUri: functionUri('auth'),
      identitySource: 'method.request.header.Auth',
      ...input,
    }),
  )
  return id
}

test('a function decides by the token, and its word is kept for a while', async () => {
  const asked: string[] = []
  const api = await startRestApi({
    echo: (event: { requestContext: { authorizer: object } }) => ({
      statusCode: 200,
      body: JSON.stringify(event.requestContext.authorizer),
    }),
    auth: ({
      authorizationToken: token,
      methodArn,
    }: {
      authorizationToken: string
      methodArn: string
    }) => {
      asked.push(token)
      if (token === 'nobody') throw new Error('Unauthorized')
      if (token === 'odd') return { principalId: 'me' }
      return verdict(token === 'allow' ? 'Allow' : 'Deny', methodArn, {
        context: { plan: 'gold', level: 3 },
      })
    },
  } as never)
  const authorizerId = await authorizer(api)
  await proxyTo(api, '/pets', 'echo', { authorizationType: 'CUSTOM', authorizerId })
  await deploy(api)
  const ask = (token: string) => answerTo(api, '/dev/pets', { headers: { auth: token } })
  expect(await answerTo(api, '/dev/pets')).toEqual(unauthorized)
  const allowed = [200, '{"plan":"gold","level":3,"principalId":"me"}']
  expect(await ask('allow')).toEqual(allowed)
  expect(await ask('allow')).toEqual(allowed)
  expect(await ask('deny')).toEqual([
    403,
    '{"message":"User is not authorized to access this resource with an explicit deny"}',
  ])
  expect(await ask('nobody')).toEqual(unauthorized)
  expect(await ask('odd')).toEqual([500, '{"message":null}'])
  expect(asked).toEqual(['allow', 'deny', 'nobody', 'odd'])
  await api.cloud.advance({ seconds: 301 })
  expect(await ask('allow')).toEqual(allowed)
  expect(asked).toEqual(['allow', 'deny', 'nobody', 'odd', 'allow'])
  // What it said of the one who was denied is over and forgotten.
  expect(authorizerCache.count(api.cloud.scope('123456789012', 'us-east-1'))).toBe(1)
})

test('a function that gets the whole request is asked for each identity', async () => {
  const asked: string[] = []
  const api = await startRestApi({
    echo: () => ({ statusCode: 200, body: 'ok' }),
    auth: (event: { queryStringParameters: { q: string }; methodArn: string }) => {
      asked.push(event.queryStringParameters.q)
      return verdict('Allow', event.methodArn.replace(/\/GET\/.*/, '/GET/open'))
    },
  } as never)
  const authorizerId = await authorizer(api, {
    type: 'REQUEST',
    identitySource: 'method.request.querystring.q',
  })
  const method = { authorizationType: 'CUSTOM', authorizerId }
  await proxyTo(api, '/open', 'echo', method, 'GET')
  await proxyTo(api, '/closed', 'echo', method, 'GET')
  await deploy(api)
  expect(await answerTo(api, '/dev/open?q=1')).toEqual([200, 'ok'])
  expect(await answerTo(api, '/dev/closed?q=1')).toEqual([
    403,
    '{"message":"User is not authorized to access this resource"}',
  ])
  expect(await answerTo(api, '/dev/open')).toEqual(unauthorized)
  expect(asked).toEqual(['1'])
})

test('IAM decides who signs, and a denial says who and what', async () => {
  const api = await startRestApi({
    echo: (event: { requestContext: { identity: { userArn: string } } }) => ({
      statusCode: 200,
      body: event.requestContext.identity.userArn,
    }),
  } as never)
  await proxyTo(api, '/pets', 'echo', { authorizationType: 'AWS_IAM' }, 'GET')
  await deploy(api)
  expect(await answerTo(api, '/dev/pets')).toEqual([
    403,
    '{"message":"Missing Authentication Token"}',
  ])
  const arn = `arn:aws:execute-api:us-east-1:123456789012:${api.restApiId}/dev/GET/pets`
  const service = { service: 'execute-api', region: 'us-east-1' }
  const credentials = functionCaller(api.cloud, ['execute-api:Invoke'], arn)
  const [status, who] = await answerTo(api, '/dev/pets', { credentials, ...service })
  expect([status, who]).toEqual([200, expect.stringMatching(/^arn:aws:iam::123456789012:user\//)])
  const other = functionCaller(api.cloud, ['s3:*'])
  const [refused, message] = await answerTo(api, '/dev/pets', { credentials: other, ...service })
  expect([refused, message]).toEqual([
    403,
    `{"message":"User: ${who} is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:${api.restApiId}/dev/GET/pets"}`,
  ])
})

test('a resource policy lets in by address, and holds once it is deployed', async () => {
  const api = await startRestApi({ echo: () => ({ statusCode: 200, body: 'ok' }) })
  await proxyTo(api, '/pets', 'echo')
  await deploy(api)
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'execute-api:Invoke',
        Resource: 'execute-api:/*/*/pets',
        Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      },
    ],
  }
  const { restApiId } = api
  const patchOperations = [
    { op: 'replace' as const, path: '/policy', value: JSON.stringify(policy) },
  ]
  await api.gateway.send(new UpdateRestApiCommand({ restApiId, patchOperations }))
  expect(await answerTo(api, '/dev/pets')).toEqual([200, 'ok'])
  await deploy(api)
  const headers = { 'x-orrery-source-ip': '10.1.2.3' }
  expect(await answerTo(api, '/dev/pets', { headers })).toEqual([200, 'ok'])
  expect(await answerTo(api, '/dev/pets')).toEqual([
    403,
    `{"message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:${restApiId}/dev/GET/pets"}`,
  ])
})

test('a key counts by its plan: rate, quota, another day', async () => {
  const api = await startRestApi({ echo: () => ({ statusCode: 200, body: 'ok' }) })
  const { gateway, restApiId } = api
  await proxyTo(api, '/pets', 'echo', { apiKeyRequired: true })
  await deploy(api)
  const { id: keyId = '', value = '' } = await gateway.send(
    new CreateApiKeyCommand({ enabled: true }),
  )
  const ask = () => answerTo(api, '/dev/pets', { headers: { 'x-api-key': value } })
  expect(await ask()).toEqual(forbidden)
  const { id: usagePlanId } = await gateway.send(
    new CreateUsagePlanCommand({
      name: 'plan',
      apiStages: [{ apiId: restApiId, stage: 'dev' }],
      throttle: { burstLimit: 2, rateLimit: 1 },
      quota: { limit: 3, period: 'DAY' },
    }),
  )
  await gateway.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }))
  const throttled = [429, '{"message":"Too Many Requests"}']
  expect([await ask(), await ask(), await ask()]).toEqual([[200, 'ok'], [200, 'ok'], throttled])
  await api.cloud.advance({ seconds: 1 })
  expect(await ask()).toEqual([200, 'ok'])
  await api.cloud.advance({ seconds: 1 })
  expect(await ask()).toEqual([429, '{"message":"Limit Exceeded"}'])
  const dates = { startDate: '2026-01-01', endDate: '2026-01-01' }
  const { items } = await gateway.send(new GetUsageCommand({ usagePlanId, ...dates }))
  expect(items).toEqual({ [keyId]: [[3, 0]] })
  await api.cloud.advance({ days: 1 })
  expect(await ask()).toEqual([200, 'ok'])
  const patchOperations = [{ op: 'replace' as const, path: '/enabled', value: 'false' }]
  await gateway.send(new UpdateApiKeyCommand({ apiKey: keyId, patchOperations }))
  expect(await ask()).toEqual(forbidden)
})

test('gateway responses have the words, the status and the headers of the API', async () => {
  const api = await startRestApi()
  await addMethod(api, api.rootId, 'GET', { integration: {} })
  await api.gateway.send(
    new PutGatewayResponseCommand({
      restApiId: api.restApiId,
      responseType: 'MISSING_AUTHENTICATION_TOKEN',
      statusCode: '404',
      responseParameters: {
        'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
        'gatewayresponse.header.x-asked': 'method.request.header.Accept',
      },
      responseTemplates: {
        'application/json': '{"m":$context.error.messageString,"t":"$context.error.responseType"}',
      },
    }),
  )
  await deploy(api)
  const { call } = await import('../rest-api.test-support.ts')
  const response = await call(api, '/dev/nowhere', { headers: { accept: 'x/y' } })
  expect([response.status, await response.text()]).toEqual([
    404,
    '{"m":"Missing Authentication Token","t":"MISSING_AUTHENTICATION_TOKEN"}',
  ])
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('x-asked')).toBe('x/y')
})

test('a policy of a function that is none lets nobody in, and is not kept', async () => {
  const { Resource, ...rest } = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
  const statements: Readonly<Record<string, unknown>> = {
    nothing: null,
    bare: [{ Effect: 'Allow' }],
    numbers: [{ Effect: 'Allow', Action: 5, Resource: 5 }],
    placeless: [rest],
    condition: [{ ...rest, Resource, Condition: 5 }],
  }
  const api = await startRestApi({
    echo: () => ({ statusCode: 200, body: 'in' }),
    auth: ({ authorizationToken }: { authorizationToken: string }) => ({
      principalId: 'me',
      policyDocument: { Version: '2012-10-17', Statement: statements[authorizationToken] },
    }),
  } as never)
  const authorizerId = await authorizer(api)
  await proxyTo(api, '/pets', 'echo', { authorizationType: 'CUSTOM', authorizerId })
  await deploy(api)
  for (const auth of Object.keys(statements)) {
    expect(await answerTo(api, '/dev/pets', { headers: { auth } })).toEqual([
      500,
      '{"message":null}',
    ])
  }
  expect(authorizerCache.count(api.cloud.scope('123456789012', 'us-east-1'))).toBe(0)
})
