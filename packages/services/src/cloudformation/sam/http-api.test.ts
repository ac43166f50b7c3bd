import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type Cloud, client, type FetchOptions, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { issuer, openIssuer, tokenOf } from '../../apigatewayv2/http-api.test-support.ts'
import { type Made, start, type TestHandler } from '../../lambda/functions.test-support.ts'
import { putCertificate } from '../../shared/certificates/certificates.test-support.ts'

const StackName = 'app'

const fn = (handler: string, Events: object = {}, more: object = {}) => ({
  Type: 'AWS::Serverless::Function',
  Properties: { Handler: handler, Runtime: 'nodejs22.x', InlineCode: 'none', Events, ...more },
})

const event = (Properties?: object) => ({
  Type: 'HttpApi',
  ...(Properties === undefined ? {} : { Properties }),
})

const on = (Properties: object) => event({ ApiId: { Ref: 'Api' }, ...Properties })

const api = (Properties: object) => ({ Type: 'AWS::Serverless::HttpApi', Properties })

/** Deploys a serverless template whose functions are handlers of the test. */
async function deployed(made: Made, template: object) {
  const cfn = client(made.cloud, CloudFormationClient)
  const TemplateBody = JSON.stringify({ Transform: 'AWS::Serverless-2016-10-31', ...template })
  await cfn.send(
    new CreateStackCommand({
      StackName,
      TemplateBody,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
    }),
  )
  await made.cloud.advance({ minutes: 2 })
  const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))
  expect(failed.map(({ ResourceStatusReason }) => ResourceStatusReason)).toEqual([])
  const { StackResources = [] } = await cfn.send(new DescribeStackResourcesCommand({ StackName }))
  const ids = new Map(StackResources.map((it) => [it.LogicalResourceId, it.PhysicalResourceId]))
  return {
    ids,
    ask: (logicalId: string, path: string, options: FetchOptions = {}) =>
      asked(made.cloud, `${ids.get(logicalId)}.execute-api.us-east-1.amazonaws.com`, path, options),
    async gone() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await made.cloud.advance({ minutes: 2 })
      return made.cloud.inventory().filter((arn) => /apis\/|domainnames|apigateway/.test(arn))
    },
  }
}

async function asked(cloud: Cloud, host: string, path: string, options: FetchOptions = {}) {
  const response = await fetchFromCloud(cloud, `https://${host}${path}`, options)
  return [response.status, await response.text()]
}

const says: Record<string, TestHandler> = {
  hello: (it: { routeKey?: string; resource?: string; version: string }) => ({
    statusCode: 200,
    body: `${it.version} ${it.routeKey ?? it.resource}`,
  }),
  guard: (it: { identitySource: readonly string[] }) => ({
    isAuthorized: it.identitySource[0] === 'yes',
  }),
}

test('events that name no API share one, whose default route takes what has none', async () => {
  const made = start(says)
  const { ids, ask, gone } = await deployed(made, {
    Resources: {
      Hello: fn(
        'hello',
        { All: event(), Pet: event({ Path: '/pets/{id}', Method: 'get' }) },
        { AutoPublishAlias: 'live' },
      ),
      Old: fn('hello', {
        Old: event({ Path: '/old', Method: 'ANY', PayloadFormatVersion: '1.0' }),
      }),
    },
  })
  const logicalIds = [...ids.keys()].map((id) => id?.replace(/Version.{10}$/, 'Version'))
  expect(logicalIds.sort()).toEqual([
    'Hello',
    'HelloAliaslive',
    'HelloAllPermission',
    'HelloPetPermission',
    'HelloRole',
    'HelloVersion',
    'Old',
    'OldOldPermission',
    'OldRole',
    'ServerlessHttpApi',
    'ServerlessHttpApiApiGatewayDefaultStage',
  ])
  const answers = []
  for (const path of ['/pets/7', '/old', '/elsewhere']) {
    answers.push(await ask('ServerlessHttpApi', path))
  }
  expect(answers).toEqual([
    [200, '2.0 GET /pets/{id}'],
    [200, '1.0 /old'],
    [200, '2.0 $default'],
  ])
  expect(await gone()).toEqual([])
})

test('tokens, functions and signatures guard what events ask for', async () => {
  const made = start(says)
  openIssuer(made as never)
  const { ask } = await deployed(made, {
    Globals: { HttpApi: { CorsConfiguration: { AllowOrigins: ['https://web.test'] } } },
    Resources: {
      Api: api({
        StageName: 'v1',
        FailOnWarnings: true,
        Auth: {
          DefaultAuthorizer: 'Tokens',
          EnableIamAuthorizer: true,
          Authorizers: {
            Tokens: {
              JwtConfiguration: { issuer, audience: ['web'] },
              IdentitySource: '$request.header.Authorization',
            },
            Guard: {
              FunctionArn: { 'Fn::GetAtt': ['Guard', 'Arn'] },
              AuthorizerPayloadFormatVersion: '2.0',
              EnableSimpleResponses: true,
              EnableFunctionDefaultPermissions: true,
              Identity: { Headers: ['X-Pass'] },
            },
          },
        },
      }),
      Guard: fn('guard'),
      Hello: fn('hello', {
        Read: on({ Path: '/read', Method: 'get' }),
        Scoped: on({ Path: '/scoped', Method: 'get', Auth: { AuthorizationScopes: ['pets'] } }),
        Guarded: on({ Path: '/guarded', Method: 'get', Auth: { Authorizer: 'Guard' } }),
        Signed: on({ Path: '/signed', Method: 'get', Auth: { Authorizer: 'AWS_IAM' } }),
        Open: on({ Path: '/open', Method: 'get', Auth: { Authorizer: 'NONE' } }),
      }),
    },
  })
  const get = (path: string, headers = {}) => ask('Api', `/v1${path}`, { headers })
  const authorization = `Bearer ${tokenOf(made as never)}`
  const answers = [
    await get('/read'),
    await get('/read', { authorization }),
    await get('/scoped', { authorization }),
    await get('/guarded', { 'x-pass': 'yes' }),
    await get('/guarded', { 'x-pass': 'no' }),
    await get('/signed'),
    await get('/open'),
  ]
  expect(answers).toEqual([
    [401, '{"message":"Unauthorized"}'],
    [200, '2.0 GET /read'],
    [403, '{"message":"Forbidden"}'],
    [200, '2.0 GET /guarded'],
    [403, '{"message":"Forbidden"}'],
    [403, '{"message":"Forbidden"}'],
    [200, '2.0 GET /open'],
  ])
  const preflight = { origin: 'https://web.test', 'access-control-request-method': 'GET' }
  const [status] = await ask('Api', '/v1/read', { method: 'OPTIONS', headers: preflight })
  expect(status).toBe(204)
})

test('a definition in a bucket serves under a name of its own', async () => {
  const made = start(says)
  made.cloud.internet.set('backend.test', () => ({ status: 200, headers: {}, body: 'from afar' }))
  const s3 = client(made.cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'definitions' }))
  const integration = {
    type: 'http_proxy',
    httpMethod: 'GET',
    uri: 'https://backend.test/',
    payloadFormatVersion: '1.0',
  }
  const definition = {
    openapi: '3.0.1',
    info: { title: 'far', version: '1' },
    servers: [
      {
        url: '/',
        'x-amazon-apigateway-endpoint-configuration': { disableExecuteApiEndpoint: true },
      },
    ],
    paths: { '/far': { get: { 'x-amazon-apigateway-integration': integration } } },
  }
  const Body = JSON.stringify(definition)
  await s3.send(new PutObjectCommand({ Bucket: 'definitions', Key: 'far.json', Body }))
  const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/c'
  const CertificateArn = putCertificate(made.cloud, arn, { names: ['api.example.test'] })
  const { ask, gone } = await deployed(made, {
    Resources: {
      Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'example.test' } },
      Api: api({
        DefinitionUri: 's3://definitions/far.json',
        Domain: {
          DomainName: 'api.example.test',
          CertificateArn,
          BasePath: 'v2',
          Route53: { HostedZoneId: { Ref: 'Zone' } },
        },
      }),
    },
  })
  expect(await asked(made.cloud, 'api.example.test', '/v2/far')).toEqual([200, 'from afar'])
  expect(await ask('Api', '/far')).toEqual([404, '{"message":"Not Found"}'])
  expect(await gone()).toEqual([])
})
