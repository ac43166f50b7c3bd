import { CreateAuthorizerCommand } from '@aws-sdk/client-apigatewayv2'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { functionCaller, type TestHandler } from '../../lambda/functions.test-support.ts'
import {
  accountId,
  functionArn,
  type MadeApi,
  routeTo,
  startApi,
} from '../http-api.test-support.ts'
import { authorizerAnswers } from '../state.ts'

type Options = Partial<ConstructorParameters<typeof CreateAuthorizerCommand>[0]>

/** An API whose routes are guarded by a function; what the routes' function returns is what it knows of the caller. */
async function guarded(judge: TestHandler, options: Options = {}) {
  const made = await startApi({
    judge,
    echo: (event: { requestContext: { authorizer: unknown } }) => event.requestContext.authorizer,
  })
  const { AuthorizerId = '' } = await made.gateway.send(
    new CreateAuthorizerCommand({
      ApiId: made.apiId,
      Name: 'judge',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn('judge')}/invocations`,
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.X-Key'],
      ...options,
    }),
  )
  const guard = { AuthorizationType: 'CUSTOM', AuthorizerId } as const
  await routeTo(made, 'GET /pets/{id}', 'echo', guard)
  return made
}

async function asked(made: MadeApi, key?: string, path = '/pets/1') {
  const headers: Record<string, string> = key === undefined ? {} : { 'x-key': key }
  const response = await fetchFromCloud(made.cloud, `${made.url}${path}`, { headers })
  return [response.status, await response.json()]
}

test('a function says yes or no, and what it adds reaches the route’s function', async () => {
  const made = await guarded(({ identitySource: [key] }: { identitySource: [string] }) => ({
    isAuthorized: key === 'good',
    context: { key, level: 3 },
  }))
  expect(await asked(made, 'good')).toEqual([200, { lambda: { key: 'good', level: 3 } }])
  expect(await asked(made, 'bad')).toEqual([403, { message: 'Forbidden' }])
  expect(await asked(made)).toEqual([401, { message: 'Unauthorized' }])
})

test('answers are kept per identity for as long as the authorizer says', async () => {
  let calls = 0
  const judge = () => {
    calls += 1
    return { isAuthorized: true }
  }
  const made = await guarded(judge, { AuthorizerResultTtlInSeconds: 60 })
  for (const key of ['a', 'a', 'b']) await asked(made, key)
  expect(calls).toBe(2)
  await made.cloud.advance({ seconds: 60 })
  expect(await asked(made, 'a')).toEqual([200, { lambda: null }])
  expect(calls).toBe(3)
})

test('answers that are over do not pile up as further callers come', async () => {
  const judge = () => ({ isAuthorized: true })
  const made = await guarded(judge, { AuthorizerResultTtlInSeconds: 60 })
  const kept = () => authorizerAnswers.count(made.cloud.scope(accountId, 'us-east-1'))
  for (const key of ['a', 'b', 'c']) await asked(made, key)
  expect(kept()).toBe(3)
  await made.cloud.advance({ seconds: 60 })
  await asked(made, 'd')
  expect(kept()).toBe(1)
})

test('a policy allows the routes that it names, also when it is kept', async () => {
  const judge = ({ methodArn }: { methodArn: string }) => ({
    principalId: 'ana',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
    },
    context: { level: 3 },
  })
  const made = await guarded(judge, {
    AuthorizerPayloadFormatVersion: '1.0',
    EnableSimpleResponses: false,
    AuthorizerResultTtlInSeconds: 60,
  })
  expect(await asked(made, 'a')).toEqual([200, { lambda: { level: 3 } }])
  expect(await asked(made, 'a', '/pets/2')).toEqual([403, { message: 'Forbidden' }])
})

test('an authorizer that fails or says nothing of use is an internal error, one that throws Unauthorized is not', async () => {
  const failure = [500, { message: 'Internal Server Error' }]
  const made = await guarded(({ identitySource: [key] }: { identitySource: [string] }) => {
    if (key === 'nonsense') return { allowed: true }
    throw new Error(key === 'unknown' ? 'Unauthorized' : 'broken')
  })
  expect(await asked(made, 'nonsense')).toEqual(failure)
  expect(await asked(made, 'broken')).toEqual(failure)
  expect(await asked(made, 'unknown')).toEqual([401, { message: 'Unauthorized' }])
})

test('with IAM authorization a signature of someone who may invoke the route is needed', async () => {
  const made = await startApi({
    echo: (event: { requestContext: { authorizer: { iam: { userArn: string } } } }) =>
      event.requestContext.authorizer.iam.userArn,
  })
  await routeTo(made, 'GET /pets', 'echo', { AuthorizationType: 'AWS_IAM' })
  const ask = async (credentials?: ReturnType<typeof functionCaller>, service = 'execute-api') => {
    const options = credentials === undefined ? {} : { credentials, service }
    const response = await fetchFromCloud(made.cloud, `${made.url}/pets`, options)
    return [response.status, await response.text()]
  }
  const may = functionCaller(made.cloud, ['execute-api:Invoke'])
  expect(await ask(may)).toEqual([200, expect.stringContaining(':user/')])
  const forbidden = [403, '{"message":"Forbidden"}']
  expect(await ask()).toEqual(forbidden)
  expect(await ask(may, 's3')).toEqual(forbidden)
})

test('a signature of someone who may not is forbidden', async () => {
  const made = await startApi({ say: () => 'hi' })
  await routeTo(made, 'GET /pets', 'say', { AuthorizationType: 'AWS_IAM' })
  const credentials = functionCaller(made.cloud, ['s3:*'])
  const response = await fetchFromCloud(made.cloud, `${made.url}/pets`, {
    credentials,
    service: 'execute-api',
  })
  expect([response.status, await response.text()]).toEqual([403, '{"message":"Forbidden"}'])
})
