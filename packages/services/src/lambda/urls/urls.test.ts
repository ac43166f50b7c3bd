import {
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  InvokeWithResponseStreamCommand,
} from '@aws-sdk/client-lambda'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  EndsAs,
  type Made,
  makeFunction,
  start,
  type TestHandler,
} from '../functions.test-support.ts'

async function behindUrl(
  handler: TestHandler,
  options: Partial<ConstructorParameters<typeof CreateFunctionUrlConfigCommand>[0]> = {},
) {
  const made = start({ web: handler })
  await makeFunction(made, 'web')
  const { FunctionUrl = '' } = await made.lambda.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: 'web', AuthType: 'NONE', ...options }),
  )
  return { ...made, url: FunctionUrl }
}

async function open({ lambda }: Made): Promise<void> {
  const common = { FunctionName: 'web', Principal: '*' }
  await lambda.send(
    new AddPermissionCommand({
      ...common,
      StatementId: 'url',
      Action: 'lambda:InvokeFunctionUrl',
      FunctionUrlAuthType: 'NONE',
    }),
  )
  await lambda.send(
    new AddPermissionCommand({
      ...common,
      StatementId: 'invoke',
      Action: 'lambda:InvokeFunction',
      InvokedViaFunctionUrl: true,
    }),
  )
}

test('a function at its own address gets payload format 2.0', async () => {
  const made = await behindUrl((event: unknown) => event)
  await open(made)
  const response = await fetchFromCloud(made.cloud, `${made.url}a%2Fb?x=1&x=2&y=`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: 'a=1; b=2', 'user-agent': 'tester' },
    body: '{"n":1}',
  })
  const host = new URL(made.url).host
  const id = host.split('.')[0]
  expect(await response.json()).toEqual({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/a%2Fb',
    rawQueryString: 'x=1&x=2&y=',
    cookies: ['a=1', 'b=2'],
    headers: expect.objectContaining({
      host,
      'content-type': 'application/json',
      'user-agent': 'tester',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '443',
    }),
    queryStringParameters: { x: '1,2', y: '' },
    requestContext: {
      accountId: 'anonymous',
      apiId: id,
      domainName: host,
      domainPrefix: id,
      http: {
        method: 'POST',
        path: '/a%2Fb',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'tester',
      },
      requestId: response.headers.get('x-amzn-requestid'),
      routeKey: '$default',
      stage: '$default',
      time: '01/Jan/2026:00:00:01 +0000',
      timeEpoch: 1767225601000,
    },
    body: '{"n":1}',
    isBase64Encoded: false,
  })
})

test('status, headers and body of the answer are the function’s', async () => {
  const made = await behindUrl(() => ({
    statusCode: 201,
    headers: { 'Content-Type': 'image/gif', 'X-Own': 'yes' },
    cookies: ['c=3'],
    body: Buffer.from('bytes').toString('base64'),
    isBase64Encoded: true,
  }))
  await open(made)
  const response = await fetchFromCloud(made.cloud, made.url)
  expect([
    response.status,
    response.headers.get('content-type'),
    response.headers.get('x-own'),
    response.headers.get('set-cookie'),
    await response.text(),
  ]).toEqual([201, 'image/gif', 'yes', 'c=3', 'bytes'])
})

test('InvokeFunctionUrl alone lets nobody in', async () => {
  const made = await behindUrl(() => 'secret')
  await made.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'web',
      StatementId: 'url',
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    }),
  )
  const response = await fetchFromCloud(made.cloud, made.url)
  expect([
    response.status,
    response.headers.get('x-amzn-errortype'),
    await response.json(),
  ]).toEqual([
    403,
    'AccessDeniedException',
    {
      Message:
        'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
    },
  ])
})

test('AWS_IAM wants a signature, and tells the function who signed', async () => {
  const made = await behindUrl(
    ({ requestContext }: { requestContext: { authorizer: { iam: { userArn: string } } } }) =>
      requestContext.authorizer.iam.userArn,
    { AuthType: 'AWS_IAM' },
  )
  expect((await fetchFromCloud(made.cloud, made.url)).status).toBe(403)
  const response = await fetchFromCloud(made.cloud, made.url, {
    credentials: made.cloud.credentials(),
    service: 'lambda',
  })
  expect([response.status, await response.text()]).toEqual([
    200,
    'arn:aws:iam::123456789012:user/admin',
  ])
})

test('a function that fails answers 502', async () => {
  const made = await behindUrl(() => {
    throw new Error('no')
  })
  await open(made)
  const response = await fetchFromCloud(made.cloud, made.url)
  expect([response.status, await response.text()]).toEqual([502, 'Internal Server Error'])
})

test('a browser’s question is answered without the function', async () => {
  let runs = 0
  const made = await behindUrl(
    () => {
      runs += 1
    },
    { Cors: { AllowOrigins: ['https://app.example'], AllowMethods: ['GET'], MaxAge: 60 } },
  )
  await open(made)
  const response = await fetchFromCloud(made.cloud, made.url, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' },
  })
  expect([
    response.status,
    response.headers.get('access-control-allow-origin'),
    response.headers.get('access-control-allow-methods'),
    response.headers.get('access-control-max-age'),
    runs,
  ]).toEqual([200, 'https://app.example', 'GET', '60', 0])
})

test('a streamed answer has the status and headers of its prelude', async () => {
  const prelude = `${JSON.stringify({ statusCode: 202, headers: { 'x-a': 'b' } })}\0\0\0\0\0\0\0\0`
  const made = await behindUrl(
    () => {
      throw new EndsAs({
        kind: 'streamed',
        contentType: 'application/vnd.awslambda.http-integration-response',
        chunks: [prelude, 'one ', 'two'].map((text) => ({
          atMs: 0,
          base64: Buffer.from(text).toString('base64'),
        })),
      })
    },
    { InvokeMode: 'RESPONSE_STREAM' },
  )
  await open(made)
  const response = await fetchFromCloud(made.cloud, made.url)
  expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([
    202,
    'b',
    'one two',
  ])
})

test('InvokeWithResponseStream gives the parts and then the end', async () => {
  const made = await behindUrl(() => {
    throw new EndsAs({
      kind: 'streamed',
      contentType: 'text/plain',
      chunks: ['one', 'two'].map((text) => ({
        atMs: 0,
        base64: Buffer.from(text).toString('base64'),
      })),
    })
  })
  const answer = await made.lambda.send(
    new InvokeWithResponseStreamCommand({ FunctionName: 'web' }),
  )
  const parts: unknown[] = []
  for await (const event of answer.EventStream ?? []) {
    const { PayloadChunk, InvokeComplete } = event
    parts.push(
      PayloadChunk === undefined
        ? { ...InvokeComplete }
        : Buffer.from(PayloadChunk.Payload ?? []).toString(),
    )
  }
  expect([answer.StatusCode, answer.ResponseStreamContentType, parts]).toEqual([
    200,
    'text/plain',
    ['one', 'two', {}],
  ])
})
