import { GetResourcesCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  addMethod,
  answerTo,
  call,
  deploy,
  functionUri,
  integrationRole,
  resourceAt,
  startRestApi,
} from '../rest-api.test-support.ts'
import { responseCache } from '../state.ts'

test('a request becomes a message of a queue by a template', async () => {
  const api = await startRestApi()
  const sqs = client(api.cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }))
  await addMethod(api, await resourceAt(api, '/jobs'), 'POST', {
    integration: {
      type: 'AWS',
      uri: 'arn:aws:apigateway:us-east-1:sqs:path/123456789012/jobs',
      credentials: integrationRole(api, ['sqs:SendMessage']),
      requestParameters: {
        'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'",
      },
      requestTemplates: {
        'application/json': 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)',
      },
    },
    responses: {
      200: {
        responseTemplates: {
          'application/json': `{"id":"$input.path('$.SendMessageResponse.SendMessageResult.MessageId')"}`,
        },
      },
    },
  })
  await deploy(api)
  const [status, body] = await answerTo(api, '/dev/jobs', {
    method: 'POST',
    body: '{"a": "b c&d"}',
  })
  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  expect(message?.Body).toBe('{"a": "b c&d"}')
  expect([status, JSON.parse(body)]).toEqual([200, { id: message?.MessageId }])
})

test('a table is written to by an action; what the role may not do fails', async () => {
  const api = await startRestApi()
  const dynamodb = client(api.cloud, DynamoDBClient)
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'things',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await api.cloud.advance({ seconds: 30 })
  const credentials = integrationRole(api, ['dynamodb:PutItem'])
  const integration = (action: string) => ({
    type: 'AWS' as const,
    uri: `arn:aws:apigateway:us-east-1:dynamodb:action/${action}`,
    credentials,
    requestTemplates: {
      'application/json': `{"TableName":"things","Item":{"id":{"S":"$input.path('$.id')"}}}`,
    },
  })
  const responses = {
    200: {},
    400: {
      selectionPattern: '4\\d\\d',
      responseTemplates: { 'application/json': '{"failed":true}' },
    },
  }
  await addMethod(api, await resourceAt(api, '/put'), 'POST', {
    integration: integration('PutItem'),
    responses,
  })
  await addMethod(api, await resourceAt(api, '/scan'), 'POST', {
    integration: integration('Scan'),
    responses,
  })
  await deploy(api)
  const options = { method: 'POST', body: '{"id":"one"}' }
  expect(await answerTo(api, '/dev/put', options)).toEqual([200, '{}'])
  expect(await answerTo(api, '/dev/scan', options)).toEqual([400, '{"failed":true}'])
})

test("a function's error selects a response by its words", async () => {
  const api = await startRestApi({
    work: (event: { ok: boolean }) => {
      if (!event.ok) throw new Error('Bad thing: 42')
      return { done: [1, 2] }
    },
  } as never)
  await addMethod(api, await resourceAt(api, '/work'), 'POST', {
    integration: { type: 'AWS', uri: functionUri('work') },
    responses: {
      200: {
        responseTemplates: { 'application/json': '#foreach($x in $input.path("$.done"))<$x>#end' },
      },
      422: {
        selectionPattern: 'Bad thing.*',
        responseTemplates: {
          'application/json': `#set($context.responseOverride.header.x-why = $input.path('$.errorMessage'))no`,
        },
      },
    },
  })
  await deploy(api)
  expect(await answerTo(api, '/dev/work', { method: 'POST', body: '{"ok":true}' })).toEqual([
    200,
    '<1><2>',
  ])
  const response = await call(api, '/dev/work', { method: 'POST', body: '{}' })
  expect([response.status, response.headers.get('x-why')]).toEqual([422, 'Bad thing: 42'])
})

test('a site on the internet is called with what is mapped; a proxy passes all on', async () => {
  const seen: object[] = []
  const api = await startRestApi()
  api.cloud.internet.set('shop.example', ({ method, url, headers, body }) => {
    seen.push({ method, url, body, mine: headers['x-mine'], type: headers['content-type'] })
    return { status: 201, headers: { 'content-type': 'text/plain', server: 'nginx' }, body: 'made' }
  })
  const proxied = await resourceAt(api, '/{proxy+}')
  await addMethod(api, proxied, 'ANY', {
    method: { requestParameters: { 'method.request.path.proxy': true } },
    integration: {
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'ANY',
      uri: 'https://shop.example/v1/{proxy}',
      requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
    },
  })
  await addMethod(api, api.rootId, 'GET', {
    integration: { type: 'HTTP', integrationHttpMethod: 'GET', uri: 'https://gone.example/' },
    responses: { 200: {} },
  })
  await deploy(api)
  const response = await call(api, '/dev/a/b?x=1', {
    method: 'PUT',
    headers: { 'x-mine': 'z', 'content-type': 'text/x' },
    body: 'hi',
  })
  expect([response.status, await response.text()]).toEqual([201, 'made'])
  expect(response.headers.get('x-amzn-remapped-server')).toBe('nginx')
  expect(seen).toEqual([
    {
      method: 'PUT',
      url: 'https://shop.example/v1/a/b?x=1',
      body: 'hi',
      mine: 'z',
      type: 'text/x',
    },
  ])
  expect(await answerTo(api, '/dev/')).toEqual([
    504,
    '{"message":"Network error communicating with endpoint"}',
  ])
})

test('what is kept for GET is given until its time is over', async () => {
  let count = 0
  const api = await startRestApi({ tick: () => ({ statusCode: 200, body: String(++count) }) })
  const { gateway, restApiId } = api
  await addMethod(api, await resourceAt(api, '/tick'), 'GET', {
    method: { requestParameters: { 'method.request.querystring.q': false } },
    integration: {
      type: 'AWS_PROXY',
      uri: functionUri('tick'),
      cacheKeyParameters: ['method.request.querystring.q'],
    },
  })
  await deploy(api)
  await gateway.send(
    new UpdateStageCommand({
      restApiId,
      stageName: 'dev',
      patchOperations: [
        { op: 'replace', path: '/cacheClusterEnabled', value: 'true' },
        { op: 'replace', path: '/*/*/caching/enabled', value: 'true' },
        { op: 'replace', path: '/*/*/caching/ttlInSeconds', value: '60' },
      ],
    }),
  )
  const ask = async (q: string) => (await answerTo(api, `/dev/tick?q=${q}`))[1]
  expect([await ask('a'), await ask('a'), await ask('b'), await ask('a')]).toEqual([
    '1',
    '1',
    '2',
    '1',
  ])
  await api.cloud.advance({ seconds: 61 })
  expect(await ask('a')).toBe('3')
  // What is over is forgotten.
  expect(responseCache.count(api.cloud.scope('123456789012', 'us-east-1'))).toBe(1)
})

test('the same seed gives the same journal', async () => {
  const run = async () => {
    const api = await startRestApi({ echo: () => ({ statusCode: 200 }) }, {}, { seed: 7 })
    await addMethod(api, api.rootId, 'GET', {
      integration: { type: 'AWS_PROXY', uri: functionUri('echo') },
    })
    await deploy(api)
    await answerTo(api, '/dev')
    await api.gateway.send(new GetResourcesCommand({ restApiId: api.restApiId }))
    return api.cloud.kernel.journal.digest()
  }
  expect(await run()).toBe(await run())
})
