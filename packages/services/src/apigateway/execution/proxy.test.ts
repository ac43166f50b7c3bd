import { expect, test } from 'vitest'
import {
  addMethod,
  answerTo,
  call,
  deploy,
  proxyTo,
  resourceAt,
  startRestApi,
} from '../rest-api.test-support.ts'

test('a function behind a proxy gets the request, and its answer goes out', async () => {
  const events: object[] = []
  const api = await startRestApi({
    echo: (event: never) => {
      events.push(event)
      return {
        statusCode: 201,
        headers: { 'X-One': 'a', 'Content-Length': '999' },
        multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
        body: 'made',
      }
    },
  })
  await proxyTo(api, '/pets/{id}', 'echo')
  await deploy(api)
  const response = await call(api, '/dev/pets/a%20b?x=1&x=2&y=', {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain', 'User-Agent': 'me', 'X-Mine': 'z' },
    body: 'hello',
  })
  expect([response.status, await response.text()]).toEqual([201, 'made'])
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(response.headers.get('x-one')).toBe('a')
  expect(response.headers.get('x-amzn-remapped-content-length')).toBe('999')
  const [event] = events as [Record<string, unknown>]
  const { headers, multiValueHeaders: _, requestContext, ...rest } = event
  const trace = (headers as Record<string, string>)['X-Amzn-Trace-Id'] ?? ''
  expect(trace).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/)
  const host = `${api.restApiId}.execute-api.us-east-1.amazonaws.com`
  expect(headers).toEqual({
    'Content-Type': 'text/plain',
    Host: host,
    'User-Agent': 'me',
    'x-mine': 'z',
    'X-Amzn-Trace-Id': trace,
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
  })
  expect(rest).toEqual({
    resource: '/pets/{id}',
    path: '/pets/a%20b',
    httpMethod: 'POST',
    queryStringParameters: { x: '2', y: '' },
    multiValueQueryStringParameters: { x: ['1', '2'], y: [''] },
    pathParameters: { id: 'a b' },
    stageVariables: null,
    body: 'hello',
    isBase64Encoded: false,
  })
  expect(requestContext).toMatchObject({
    accountId: '123456789012',
    apiId: api.restApiId,
    domainName: host,
    domainPrefix: api.restApiId,
    httpMethod: 'POST',
    path: '/dev/pets/a%20b',
    protocol: 'HTTP/1.1',
    resourcePath: '/pets/{id}',
    stage: 'dev',
    identity: { sourceIp: '127.0.0.1', userAgent: 'me', userArn: null },
  })
})

test('a path or method that no resource has needs a token, as AWS says; a stage that is not there is forbidden', async () => {
  const api = await startRestApi()
  await addMethod(api, await resourceAt(api, '/ping'), 'GET', {
    integration: { requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: { 200: { responseTemplates: { 'application/json': '{"pong":true}' } } },
  })
  await deploy(api)
  expect(await answerTo(api, '/dev/ping')).toEqual([200, '{"pong":true}'])
  const missing = [403, '{"message":"Missing Authentication Token"}']
  expect(await answerTo(api, '/dev/pong')).toEqual(missing)
  expect(await answerTo(api, '/dev/ping', { method: 'POST' })).toEqual(missing)
  expect(await answerTo(api, '/prod/ping')).toEqual([403, '{"message":"Forbidden"}'])
})

test('a function that fails or answers something else is a bad gateway', async () => {
  const api = await startRestApi({
    fails: () => {
      throw new Error('no')
    },
    odd: () => ({ answer: 1 }),
    text: () => 'text',
  })
  for (const name of ['fails', 'odd', 'text']) await proxyTo(api, `/${name}`, name)
  await deploy(api)
  const bad = [502, '{"message":"Internal server error"}']
  for (const name of ['fails', 'odd', 'text'])
    expect(await answerTo(api, `/dev/${name}`)).toEqual(bad)
})

test('a function that API Gateway may not call is an internal error, not a bad gateway', async () => {
  const { RemovePermissionCommand } = await import('@aws-sdk/client-lambda')
  const api = await startRestApi({ echo: () => ({ statusCode: 200 }) })
  await proxyTo(api, '/echo', 'echo')
  await deploy(api)
  await api.lambda.send(new RemovePermissionCommand({ FunctionName: 'echo', StatementId: 'api' }))
  expect(await answerTo(api, '/dev/echo')).toEqual([500, '{"message":"Internal server error"}'])
})

test('binary media types go in and out as Base64', async () => {
  const api = await startRestApi(
    {
      echo: (event: { body: string; isBase64Encoded: boolean }) => ({
        statusCode: 200,
        headers: { 'content-type': 'image/png' },
        body: event.body,
        isBase64Encoded: event.isBase64Encoded,
      }),
    } as never,
    { binaryMediaTypes: ['image/*'] },
  )
  await proxyTo(api, '/echo', 'echo')
  await deploy(api)
  const bytes = new Uint8Array([0, 255, 128, 7])
  const headers = { 'content-type': 'image/png', accept: 'image/png' }
  const response = await call(api, '/dev/echo', { method: 'POST', headers, body: bytes })
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
})
