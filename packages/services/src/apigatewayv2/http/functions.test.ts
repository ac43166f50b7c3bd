import { CreateApiCommand, CreateStageCommand } from '@aws-sdk/client-apigatewayv2'
import { AddPermissionCommand, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { answered, functionArn, routeTo, startApi } from '../http-api.test-support.ts'

test('a function behind a route gets payload format 2.0', async () => {
  const made = await startApi({ echo: (event: unknown) => event })
  await routeTo(made, 'POST /pets/{id}', 'echo')
  const response = await fetchFromCloud(made.cloud, `${made.url}/pets/a%20b?x=1&x=2&y=`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: 'a=1; b=2',
      'user-agent': 'tester',
      'x-own': 'yes',
    },
    body: '{"n":1}',
  })
  const host = new URL(made.url).host
  const requestId = response.headers.get('apigw-requestid')
  expect(requestId).toMatch(/^[A-Za-z0-9]{15}=$/)
  const { headers, ...event } = (await response.json()) as { headers: object }
  expect(headers).toEqual({
    host,
    'content-length': '7',
    'content-type': 'application/json',
    'user-agent': 'tester',
    'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-port': '443',
    'x-forwarded-proto': 'https',
    'x-own': 'yes',
  })
  expect(event).toEqual({
    version: '2.0',
    routeKey: 'POST /pets/{id}',
    rawPath: '/pets/a%20b',
    rawQueryString: 'x=1&x=2&y=',
    cookies: ['a=1', 'b=2'],
    queryStringParameters: { x: '1,2', y: '' },
    requestContext: {
      accountId: '123456789012',
      apiId: made.apiId,
      domainName: host,
      domainPrefix: made.apiId,
      http: {
        method: 'POST',
        path: '/pets/a%20b',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'tester',
      },
      requestId,
      routeKey: 'POST /pets/{id}',
      stage: '$default',
      time: '01/Jan/2026:00:00:01 +0000',
      timeEpoch: 1767225601000,
    },
    pathParameters: { id: 'a b' },
    body: '{"n":1}',
    isBase64Encoded: false,
  })
})

test('format 1.0 has single and multiple values side by side', async () => {
  const made = await startApi({
    echo: (event: unknown) => ({ statusCode: 200, body: JSON.stringify(event) }),
  })
  await routeTo(made, 'ANY /pets/{proxy+}', 'echo', {}, '1.0')
  const { body } = await answered(made, '/pets/a/b?x=1&x=2', { method: 'PUT', body: 'bytes' })
  const event = JSON.parse(body)
  expect(event).toEqual({
    version: '1.0',
    resource: '/pets/{proxy+}',
    path: '/pets/a/b',
    httpMethod: 'PUT',
    headers: expect.objectContaining({ 'x-forwarded-proto': 'https' }),
    multiValueHeaders: expect.objectContaining({ 'x-forwarded-proto': ['https'] }),
    queryStringParameters: { x: '2' },
    multiValueQueryStringParameters: { x: ['1', '2'] },
    requestContext: {
      accountId: '123456789012',
      apiId: made.apiId,
      domainName: new URL(made.url).host,
      domainPrefix: made.apiId,
      extendedRequestId: event.requestContext.requestId,
      httpMethod: 'PUT',
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAmr: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: '127.0.0.1',
        user: null,
        userAgent: '',
        userArn: null,
      },
      path: '/pets/a/b',
      protocol: 'HTTP/1.1',
      requestId: event.requestContext.requestId,
      requestTime: '01/Jan/2026:00:00:01 +0000',
      requestTimeEpoch: 1767225601000,
      resourceId: 'ANY /pets/{proxy+}',
      resourcePath: '/pets/{proxy+}',
      stage: '$default',
    },
    pathParameters: { proxy: 'a/b' },
    stageVariables: null,
    body: Buffer.from('bytes').toString('base64'),
    isBase64Encoded: true,
  })
})

test('what a function returns becomes the answer, or is inferred to be the body of one', async () => {
  const answers: Record<string, unknown> = {
    whole: {
      statusCode: 201,
      headers: { 'Content-Type': 'image/gif', 'X-Own': true },
      cookies: ['a=1; Secure', 'b=2'],
      body: Buffer.from('bytes').toString('base64'),
      isBase64Encoded: true,
    },
    text: 'Hello from Lambda!',
    object: { message: 'hi' },
    bare: { statusCode: 204 },
    wrong: { statusCode: 'many' },
    number: { statusCode: 200, body: { not: 'text' } },
  }
  const made = await startApi({
    say: ({ rawPath }: { rawPath: string }) => answers[rawPath.slice(1)],
  })
  await routeTo(made, '$default', 'say')
  const said = async (name: string) => {
    const { status, type, body } = await answered(made, `/${name}`)
    return [status, type, body]
  }
  expect(await said('whole')).toEqual([201, 'image/gif', 'bytes'])
  expect(await said('text')).toEqual([200, 'application/json', 'Hello from Lambda!'])
  expect(await said('object')).toEqual([200, 'application/json', '{"message":"hi"}'])
  expect(await said('bare')).toEqual([204, 'text/plain;charset=UTF-8', ''])
  const failure = [500, 'application/json', '{"message":"Internal Server Error"}']
  expect(await said('wrong')).toEqual(failure)
  expect(await said('number')).toEqual(failure)
  const response = await fetchFromCloud(made.cloud, `${made.url}/whole`)
  expect(response.headers.getSetCookie()).toEqual(['a=1; Secure', 'b=2'])
  expect(response.headers.get('x-own')).toBe('true')
})

test('a function that fails, or that does not let the API in, is an internal error', async () => {
  const made = await startApi({
    fails: () => {
      throw new Error('broken')
    },
    closed: () => 'never',
  })
  await routeTo(made, 'GET /fails', 'fails')
  await routeTo(made, 'GET /closed', 'closed')
  const failure = {
    status: 500,
    type: 'application/json',
    body: '{"message":"Internal Server Error"}',
  }
  expect(await answered(made, '/fails')).toEqual(failure)
  await made.lambda.send(
    new RemovePermissionCommand({ FunctionName: 'closed', StatementId: 'api' }),
  )
  expect(await answered(made, '/closed')).toEqual(failure)
})

test('a function’s policy is asked for the stage, the method and the path of the route', async () => {
  const made = await startApi({ say: () => 'hi' })
  await routeTo(made, 'GET /pets/{id}', 'say')
  await made.lambda.send(new RemovePermissionCommand({ FunctionName: 'say', StatementId: 'api' }))
  const allow = (StatementId: string, rest: string) =>
    made.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'say',
        StatementId,
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: `arn:aws:execute-api:us-east-1:123456789012:${made.apiId}/${rest}`,
      }),
    )
  await allow('other', '*/POST/pets/{id}')
  expect((await answered(made, '/pets/1')).status).toBe(500)
  await allow('own', '*/*/pets/{id}')
  expect((await answered(made, '/pets/1')).status).toBe(200)
})

test('quick creation makes a route, an integration and a stage at once', async () => {
  const made = await startApi({ say: () => 'hi' })
  const { ApiEndpoint = '', ApiId } = await made.gateway.send(
    new CreateApiCommand({ Name: 'quick', ProtocolType: 'HTTP', Target: functionArn('say') }),
  )
  expect(await answered({ ...made, url: ApiEndpoint }, '/any/where')).toEqual({
    status: 200,
    type: 'application/json',
    body: 'hi',
  })
  expect(ApiEndpoint).toBe(`https://${ApiId}.execute-api.us-east-1.amazonaws.com`)
})

test('a stage of another name has its name in the path, and variables of its own', async () => {
  const made = await startApi({ echo: (event: unknown) => event })
  await routeTo(made, 'GET /pets', 'echo')
  await made.gateway.send(
    new CreateStageCommand({
      ApiId: made.apiId,
      StageName: 'test',
      AutoDeploy: true,
      StageVariables: { colour: 'red' },
    }),
  )
  const event = JSON.parse((await answered(made, '/test/pets')).body)
  expect([event.rawPath, event.requestContext.stage, event.stageVariables]).toEqual([
    '/test/pets',
    'test',
    { colour: 'red' },
  ])
})

test('the same name under localhost answers too', async () => {
  const made = await startApi({ say: () => 'hi' })
  await routeTo(made, 'GET /', 'say')
  const url = `https://${made.apiId}.execute-api.us-east-1.localhost`
  expect((await answered({ ...made, url }, '/')).body).toBe('hi')
})
