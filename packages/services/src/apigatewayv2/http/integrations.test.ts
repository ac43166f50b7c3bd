import {
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  type CreateIntegrationCommandInput,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteRouteCommand,
  UpdateApiCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { roles } from '../../shared/identity/state.ts'
import { answered, type MadeApi, routeTo, startApi } from '../http-api.test-support.ts'

async function integrated(
  made: MadeApi,
  RouteKey: string,
  input: Partial<CreateIntegrationCommandInput>,
): Promise<void> {
  const { IntegrationId } = await made.gateway.send(
    new CreateIntegrationCommand({
      ApiId: made.apiId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'ANY',
      PayloadFormatVersion: '1.0',
      ...input,
    }),
  )
  const Target = `integrations/${IntegrationId}`
  await made.gateway.send(new CreateRouteCommand({ ApiId: made.apiId, RouteKey, Target }))
}

test('a host gets the request as it came, and the client the host’s answer', async () => {
  const made = await startApi()
  made.cloud.internet.set('shop.test', ({ method, url, headers, body }) => ({
    status: 201,
    headers: { 'content-type': 'text/plain', 'x-own': 'yes' },
    body: [method, url, headers['x-mine'], headers['via'], body].join(' '),
  }))
  await integrated(made, 'ANY /shop/{proxy+}', { IntegrationUri: 'https://shop.test/base/{proxy}' })
  const response = await fetchFromCloud(made.cloud, `${made.url}/shop/a/b?x=1`, {
    method: 'POST',
    headers: { 'x-mine': 'mine' },
    body: 'text',
  })
  expect([response.status, response.headers.get('x-own'), await response.text()]).toEqual([
    201,
    'yes',
    'POST https://shop.test/base/a/b?x=1 mine HTTP/1.1 AmazonAPIGateway text',
  ])
})

test('parameters are mapped on the way there and back', async () => {
  const made = await startApi()
  made.cloud.internet.set('shop.test', ({ url, headers }) => ({
    status: 404,
    headers: { 'x-secret': 'gone' },
    body: JSON.stringify([url, headers['x-all'], headers['x-mine'] ?? null]),
  }))
  await integrated(made, 'GET /shop/{id}', {
    IntegrationUri: 'https://shop.test/base',
    RequestParameters: {
      'overwrite:path': '/items/$request.path.id'.replace(
        '$request.path.id',
        `\${request.path.id}`,
      ),
      'append:querystring.stage': '$context.stage',
      'overwrite:header.x-all': `\${request.header.x-mine} and \${request.querystring.q}`,
      'remove:header.x-mine': `''`,
    },
    ResponseParameters: {
      404: {
        'overwrite:statuscode': '200',
        'append:header.x-url': '$response.body[0]'.replace('[0]', ''),
        'remove:header.x-secret': `''`,
      },
    },
  })
  const response = await fetchFromCloud(made.cloud, `${made.url}/shop/7?q=z`, {
    headers: { 'x-mine': 'mine' },
  })
  const body = JSON.stringify([
    'https://shop.test/items/7?q=z&stage=%24default',
    'mine and z',
    null,
  ])
  expect([
    response.status,
    response.headers.get('x-secret'),
    response.headers.get('x-url'),
    await response.text(),
  ]).toEqual([200, null, body, body])
})

test('a host that does not answer is unavailable', async () => {
  const made = await startApi()
  await integrated(made, 'GET /', { IntegrationUri: 'https://nowhere.test' })
  expect(await answered(made, '/')).toEqual({
    status: 503,
    type: 'application/json',
    body: '{"message":"Service Unavailable"}',
  })
})

function giveRole({ cloud }: MadeApi): string {
  const arn = 'arn:aws:iam::123456789012:role/gateway'
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'apigateway.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    ],
  } as const
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }],
  } as const
  roles.put(cloud.scope(cloud.defaultAccountId, cloud.defaultRegion), {
    roleName: 'gateway',
    roleId: 'AROAGATEWAYAAAAAAAAAA',
    arn,
    path: '/',
    createdAtMs: 0,
    trustPolicy: { text: JSON.stringify(trust), document: trust },
    maxSessionDurationSeconds: 3600,
    inlinePolicies: { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  return arn
}

test('a request becomes a message in a queue by the role of the integration', async () => {
  const made = await startApi()
  const sqs = client(made.cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }))
  await integrated(made, 'POST /jobs', {
    IntegrationType: 'AWS_PROXY',
    IntegrationMethod: undefined,
    IntegrationSubtype: 'SQS-SendMessage',
    CredentialsArn: giveRole(made),
    RequestParameters: { QueueUrl: QueueUrl ?? '', MessageBody: '$request.body.job' },
  })
  const { status, type, body } = await answered(made, '/jobs', {
    method: 'POST',
    body: '{"job":"wash"}',
  })
  expect([status, type]).toEqual([200, 'text/xml'])
  expect(body).toContain('<SendMessageResponse')
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  expect(Messages.map(({ Body }) => Body)).toEqual(['wash'])
})

test('CORS settings answer preflights, and replace what the integration says', async () => {
  const say = () => ({
    statusCode: 200,
    headers: { 'access-control-allow-origin': 'no' },
    body: 'hi',
  })
  const made = await startApi({ say })
  await routeTo(made, 'GET /', 'say')
  await made.gateway.send(
    new UpdateApiCommand({
      ApiId: made.apiId,
      CorsConfiguration: {
        AllowOrigins: ['https://web.test'],
        AllowMethods: ['GET'],
        AllowHeaders: ['authorization'],
        MaxAge: 60,
      },
    }),
  )
  const ask = async (method: string, origin: string) => {
    const headers = { origin, 'access-control-request-method': 'GET' }
    const response = await fetchFromCloud(made.cloud, made.url, { method, headers })
    const names = [...response.headers.entries()].filter(([name]) => name.startsWith('access-'))
    return [response.status, Object.fromEntries(names)]
  }
  expect(await ask('OPTIONS', 'https://web.test')).toEqual([
    204,
    {
      'access-control-allow-headers': 'authorization',
      'access-control-allow-methods': 'GET',
      'access-control-allow-origin': 'https://web.test',
      'access-control-max-age': '60',
    },
  ])
  expect(await ask('OPTIONS', 'https://other.test')).toEqual([204, {}])
  expect(await ask('GET', 'https://web.test')).toEqual([
    200,
    { 'access-control-allow-origin': 'https://web.test' },
  ])
  expect(await ask('GET', 'https://other.test')).toEqual([200, {}])
})

test('a stage’s limits let a burst through and fill again with time', async () => {
  const made = await startApi({ say: () => 'hi' })
  await routeTo(made, 'GET /', 'say')
  await made.gateway.send(
    new UpdateStageCommand({
      ApiId: made.apiId,
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingBurstLimit: 2, ThrottlingRateLimit: 1 },
    }),
  )
  const status = async () => (await answered(made, '/')).status
  expect([await status(), await status(), await status()]).toEqual([200, 200, 429])
  expect((await answered(made, '/')).body).toBe('{"message":"Too Many Requests"}')
  await made.cloud.advance({ seconds: 1 })
  expect([await status(), await status()]).toEqual([200, 429])
})

test('a stage that does not deploy by itself serves what was deployed to it', async () => {
  const made = await startApi({ say: () => 'hi' })
  const RouteId = await routeTo(made, 'GET /', 'say')
  const ApiId = made.apiId
  await made.gateway.send(new CreateStageCommand({ ApiId, StageName: 'fixed' }))
  const status = async (path: string) => (await answered(made, path)).status
  expect(await status('/fixed/')).toBe(404)
  await made.gateway.send(new CreateDeploymentCommand({ ApiId, StageName: 'fixed' }))
  await made.gateway.send(new DeleteRouteCommand({ ApiId, RouteId }))
  expect([await status('/fixed/'), await status('/')]).toEqual([200, 404])
})

test('each request is a line of the stage’s access log and a count of its metrics', async () => {
  const made = await startApi({ say: () => 'hi' })
  await routeTo(made, 'GET /pets/{id}', 'say')
  const logs = client(made.cloud, CloudWatchLogsClient)
  const logGroupName = '/web/access'
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  const DestinationArn = `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`
  const names = ['httpMethod', 'routeKey', 'status', 'integration.status', 'authorizer.error']
  const variables = names.map((name) => `$context.${name}`).join(' ')
  await made.gateway.send(
    new UpdateStageCommand({
      ApiId: made.apiId,
      StageName: '$default',
      AccessLogSettings: { DestinationArn, Format: `${variables} [$context.requestId]` },
    }),
  )
  await answered(made, '/pets/1')
  await answered(made, '/nothing')
  await made.cloud.advance({ seconds: 1 })
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }))
  expect(events.map(({ message }) => message?.replace(/\[.*\]/, '[id]'))).toEqual([
    'GET GET /pets/{id} 200 200 - [id]',
    'GET - 404 - - [id]',
  ])
  const { Datapoints = [] } = await client(made.cloud, CloudWatchClient).send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/ApiGateway',
      MetricName: 'Count',
      Dimensions: [{ Name: 'ApiId', Value: made.apiId }],
      StartTime: new Date('2026-01-01T00:00:00Z'),
      EndTime: new Date('2026-01-01T00:10:00Z'),
      Period: 600,
      Statistics: ['Sum'],
    }),
  )
  expect(Datapoints.map(({ Sum }) => Sum)).toEqual([2])
})
