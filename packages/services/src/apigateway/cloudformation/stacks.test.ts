import {
  GetResourcesCommand,
  GetRestApisCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway'
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { answerTo, functionUri, type MadeApi, startRestApi } from '../rest-api.test-support.ts'

type Template = Record<string, unknown>

/** A cloud with a function, and one stack. */
async function stacks(): Promise<{
  made: MadeApi
  run: (template: Template, kind?: 'create' | 'update') => Promise<unknown>
  outputs: () => Promise<Record<string, string>>
  drop: () => Promise<void>
}> {
  const made = await startRestApi({
    echo: (event: { path: string }) => ({ statusCode: 200, body: `at ${event.path}` }),
  } as never)
  const { DeleteRestApiCommand } = await import('@aws-sdk/client-api-gateway')
  await made.gateway.send(new DeleteRestApiCommand({ restApiId: made.restApiId }))
  const cfn = client(made.cloud, CloudFormationClient)
  const StackName = 'app'
  const stack = async () => (await cfn.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]
  return {
    made,
    async run(template, kind = 'create') {
      const input = {
        StackName,
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_IAM' as const, 'CAPABILITY_AUTO_EXPAND' as const],
      }
      await cfn.send(
        kind === 'create' ? new CreateStackCommand(input) : new UpdateStackCommand(input),
      )
      await made.cloud.advance({ minutes: 1 })
      const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
      const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))
      return [(await stack())?.StackStatus, ...failed.map((it) => it.ResourceStatusReason)]
    },
    async outputs() {
      const { Outputs = [] } = (await stack()) ?? {}
      return Object.fromEntries(Outputs.map((it) => [it.OutputKey ?? '', it.OutputValue ?? '']))
    },
    async drop() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await made.cloud.advance({ minutes: 1 })
    },
  }
}

const mock = {
  Type: 'MOCK',
  RequestTemplates: { 'application/json': '{"statusCode": 204}' },
  IntegrationResponses: [
    {
      StatusCode: '204',
      ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
    },
  ],
}

/** As the CDK writes a RestApi with a proxy, CORS, a model, a validator, a plan and a key. */
function template(settings: { burst: number; deployment: string }): Template {
  const api = { Ref: 'Api' }
  return {
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'shop' } },
      Item: {
        Type: 'AWS::ApiGateway::Resource',
        Properties: {
          ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          PathPart: '{proxy+}',
          RestApiId: api,
        },
      },
      Any: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: api,
          ResourceId: { Ref: 'Item' },
          HttpMethod: 'ANY',
          AuthorizationType: 'NONE',
          ApiKeyRequired: false,
          Integration: {
            Type: 'AWS_PROXY',
            IntegrationHttpMethod: 'POST',
            Uri: functionUri('echo'),
          },
        },
      },
      Options: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: api,
          ResourceId: { Ref: 'Item' },
          HttpMethod: 'OPTIONS',
          AuthorizationType: 'NONE',
          Integration: mock,
          MethodResponses: [
            {
              StatusCode: '204',
              ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': true },
            },
          ],
        },
      },
      Model: {
        Type: 'AWS::ApiGateway::Model',
        Properties: { RestApiId: api, Name: 'Thing', Schema: { type: 'object' } },
      },
      Validator: {
        Type: 'AWS::ApiGateway::RequestValidator',
        Properties: { RestApiId: api, ValidateRequestBody: true },
      },
      Denied: {
        Type: 'AWS::ApiGateway::GatewayResponse',
        Properties: { RestApiId: api, ResponseType: 'THROTTLED', StatusCode: '420' },
      },
      [settings.deployment]: {
        Type: 'AWS::ApiGateway::Deployment',
        DependsOn: ['Any', 'Options', 'Denied'],
        Properties: { RestApiId: api },
      },
      Stage: {
        Type: 'AWS::ApiGateway::Stage',
        Properties: {
          RestApiId: api,
          StageName: 'prod',
          DeploymentId: { Ref: settings.deployment },
          MethodSettings: [
            {
              ResourcePath: '/*',
              HttpMethod: '*',
              ThrottlingBurstLimit: settings.burst,
              ThrottlingRateLimit: 1,
            },
          ],
          Variables: { color: 'red' },
        },
      },
      Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true } },
      Plan: {
        Type: 'AWS::ApiGateway::UsagePlan',
        Properties: {
          ApiStages: [{ ApiId: api, Stage: { Ref: 'Stage' } }],
          Throttle: { BurstLimit: 5, RateLimit: 10 },
        },
      },
      PlanKey: {
        Type: 'AWS::ApiGateway::UsagePlanKey',
        Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
      },
    },
    Outputs: { Api: { Value: api } },
  }
}

test('a stack as the CDK writes it is made, changed and taken away', async () => {
  const { made, run, outputs, drop } = await stacks()
  expect(await run(template({ burst: 1, deployment: 'First' }))).toEqual(['CREATE_COMPLETE'])
  const api = { ...made, restApiId: (await outputs())['Api'] ?? '' }
  expect(await answerTo(api, '/prod/a/b')).toEqual([200, 'at /a/b'])
  expect(await answerTo(api, '/prod/a/b')).toEqual([420, '{"message":"Too Many Requests"}'])
  expect(await run(template({ burst: 3, deployment: 'Second' }), 'update')).toEqual([
    'UPDATE_COMPLETE',
  ])
  expect(await answerTo(api, '/prod/c')).toEqual([200, 'at /c'])
  expect(await answerTo(api, '/prod/c', { method: 'OPTIONS' })).toEqual([204, ''])
  await drop()
  const { items } = await made.gateway.send(new GetRestApisCommand({}))
  const plans = await made.gateway.send(new GetUsagePlansCommand({}))
  expect([items, plans.items]).toEqual([[], []])
})

test('an API by its definition gets resources, models and methods from it', async () => {
  const { made, run, outputs } = await stacks()
  const Body = {
    openapi: '3.0.1',
    info: { title: 'pets', version: '1' },
    paths: {
      '/pets/{id}': {
        get: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          responses: {
            200: {
              description: 'a pet',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
            },
          },
          'x-amazon-apigateway-integration': {
            type: 'mock',
            requestTemplates: { 'application/json': '{"statusCode": 200}' },
            responses: {
              default: {
                statusCode: '200',
                responseTemplates: { 'application/json': `{"pet":"$input.params('id')"}` },
              },
            },
          },
        },
      },
    },
    components: { schemas: { Pet: { type: 'object', properties: { id: { type: 'string' } } } } },
  }
  const status = await run({
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body } },
      Deployment: {
        Type: 'AWS::ApiGateway::Deployment',
        Properties: { RestApiId: { Ref: 'Api' }, StageName: 'v1' },
      },
    },
    Outputs: { Api: { Value: { Ref: 'Api' } } },
  })
  expect(status).toEqual(['CREATE_COMPLETE'])
  const restApiId = (await outputs())['Api'] ?? ''
  expect(await answerTo({ ...made, restApiId }, '/v1/pets/7')).toEqual([200, '{"pet":"7"}'])
  const { items = [] } = await made.gateway.send(new GetResourcesCommand({ restApiId }))
  expect(items.map(({ path }) => path).sort()).toEqual(['/', '/pets', '/pets/{id}'])
})
