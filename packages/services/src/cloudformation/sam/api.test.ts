import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { start } from '../../lambda/functions.test-support.ts'

const fn = (handler: string, Events: object = {}, more: object = {}) => ({
  Type: 'AWS::Serverless::Function',
  Properties: { Handler: handler, Runtime: 'nodejs22.x', InlineCode: 'none', Events, ...more },
})

/** Deploys a serverless template whose functions are handlers of the test. */
async function deployed(template: object, handlers: object) {
  const { cloud } = start(handlers as never)
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'app'
  await cfn.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: JSON.stringify({ Transform: 'AWS::Serverless-2016-10-31', ...template }),
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
    }),
  )
  await cloud.advance({ minutes: 2 })
  const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))
  expect(failed.map(({ ResourceStatusReason }) => ResourceStatusReason)).toEqual([])
  const { StackResources = [] } = await cfn.send(new DescribeStackResourcesCommand({ StackName }))
  const idOf = (logicalId: string) =>
    StackResources.find((it) => it.LogicalResourceId === logicalId)?.PhysicalResourceId ?? ''
  return {
    names: StackResources.map((it) => it.LogicalResourceId ?? '').sort(),
    async ask(apiId: string, path: string, options = {}) {
      const url = `https://${idOf(apiId)}.execute-api.us-east-1.amazonaws.com${path}`
      const response = await fetchFromCloud(cloud, url, options)
      return [response.status, await response.text()]
    },
  }
}

test('functions with events of an API share one that no template names', async () => {
  const event = (Path: string, Method: string) => ({ Type: 'Api', Properties: { Path, Method } })
  const { names, ask } = await deployed(
    {
      Globals: { Api: { Cors: "'*'" } },
      Resources: {
        Hello: fn(
          'hello',
          { One: event('/pets/{id}', 'get'), All: event('/any', 'any') },
          { AutoPublishAlias: 'live' },
        ),
      },
    },
    { hello: (it: { path: string }) => ({ statusCode: 200, body: `at ${it.path}` }) },
  )
  expect(names.map((name) => name.replace(/[0-9a-f]{10}$/, ''))).toEqual([
    'Hello',
    'HelloAliaslive',
    'HelloAllPermissionProd',
    'HelloOnePermissionProd',
    'HelloRole',
    'HelloVersion',
    'ServerlessRestApi',
    'ServerlessRestApiDeployment',
    'ServerlessRestApiProdStage',
  ])
  expect(await ask('ServerlessRestApi', '/Prod/pets/1')).toEqual([200, 'at /pets/1'])
  expect(await ask('ServerlessRestApi', '/Prod/any', { method: 'PUT' })).toEqual([200, 'at /any'])
  expect(await ask('ServerlessRestApi', '/Prod/any', { method: 'OPTIONS' })).toEqual([200, '{}\n'])
  expect(await ask('ServerlessRestApi', '/Prod/pets/1', { method: 'PUT' })).toEqual([
    403,
    '{"message":"Missing Authentication Token"}',
  ])
})

test('an API with an authorizing function of its own', async () => {
  const { ask } = await deployed(
    {
      Resources: {
        Api: {
          Type: 'AWS::Serverless::Api',
          Properties: {
            StageName: 'v1',
            Auth: {
              DefaultAuthorizer: 'Guard',
              Authorizers: {
                Guard: {
                  FunctionArn: { 'Fn::GetAtt': ['Auth', 'Arn'] },
                  Identity: { Header: 'X-Token' },
                },
              },
            },
          },
        },
        Auth: fn('auth'),
        Permission: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: { Ref: 'Auth' },
            Principal: 'apigateway.amazonaws.com',
          },
        },
        Hello: fn('hello', {
          Get: {
            Type: 'Api',
            Properties: { Path: '/', Method: 'GET', RestApiId: { Ref: 'Api' } },
          },
          Open: {
            Type: 'Api',
            Properties: {
              Path: '/open',
              Method: 'GET',
              RestApiId: { Ref: 'Api' },
              Auth: { Authorizer: 'NONE' },
            },
          },
        }),
      },
    },
    {
      hello: () => ({ statusCode: 200, body: 'hi' }),
      auth: (it: { authorizationToken: string; methodArn: string }) => ({
        principalId: 'me',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: it.authorizationToken === 'yes' ? 'Allow' : 'Deny',
              Action: 'execute-api:Invoke',
              Resource: it.methodArn,
            },
          ],
        },
      }),
    },
  )
  expect(await ask('Api', '/v1')).toEqual([401, '{"message":"Unauthorized"}'])
  expect(await ask('Api', '/v1', { headers: { 'x-token': 'yes' } })).toEqual([200, 'hi'])
  expect(await ask('Api', '/v1/open')).toEqual([200, 'hi'])
})
