import { GetApisCommand, GetDomainNamesCommand } from '@aws-sdk/client-apigatewayv2'
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
import { putCertificate } from '../../shared/certificates/certificates.test-support.ts'
import {
  answered,
  functionArn,
  issuer,
  openIssuer,
  startApi,
  tokenOf,
} from '../http-api.test-support.ts'

const CertificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/own'

const StackName = 'web'

const template = (greeting: string, more: object = {}) => ({
  Resources: {
    Api: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: {
        Name: 'stacked',
        ProtocolType: 'HTTP',
        CorsConfiguration: { AllowOrigins: ['https://web.test'], AllowMethods: ['GET'] },
        Tags: { greeting },
      },
    },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        ApiId: { Ref: 'Api' },
        StageName: '$default',
        AutoDeploy: true,
        StageVariables: { greeting },
        DefaultRouteSettings: { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 },
      },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: functionArn('say'),
        PayloadFormatVersion: '2.0',
        ResponseParameters: {
          200: {
            ResponseParameters: [{ Source: greeting, Destination: 'append:header.x-greeting' }],
          },
        },
      },
    },
    Authorizer: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: { Ref: 'Api' },
        Name: 'tokens',
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: issuer, Audience: ['web'] },
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: 'GET /hello',
        AuthorizationType: 'JWT',
        AuthorizerId: { Ref: 'Authorizer' },
        AuthorizationScopes: ['hello'],
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      },
    },
    Domain: {
      Type: 'AWS::ApiGatewayV2::DomainName',
      Properties: {
        DomainName: 'api.example.com',
        DomainNameConfigurations: [
          {
            EndpointType: 'REGIONAL',
            CertificateArn,
          },
        ],
      },
    },
    Mapping: {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: {
        ApiId: { Ref: 'Api' },
        DomainName: { Ref: 'Domain' },
        Stage: { Ref: 'Stage' },
        ApiMappingKey: 'v1',
      },
    },
    ...more,
  },
  Outputs: {
    Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } },
    Target: { Value: { 'Fn::GetAtt': ['Domain', 'RegionalDomainName'] } },
  },
})

async function stacked() {
  const made = await startApi({
    say: ({ stageVariables }: { stageVariables: object }) => stageVariables,
  })
  openIssuer(made)
  putCertificate(made.cloud, CertificateArn)
  const cfn = client(made.cloud, CloudFormationClient)
  const deploy = async (body: object, isNew = false) => {
    const input = { StackName, TemplateBody: JSON.stringify(body) }
    await cfn.send(isNew ? new CreateStackCommand(input) : new UpdateStackCommand(input))
    await made.cloud.advance({ minutes: 2 })
    const { Stacks: [stack] = [] } = await cfn.send(new DescribeStacksCommand({ StackName }))
    const failures = await cfn.send(new DescribeStackEventsCommand({ StackName }))
    const reasons = (failures.StackEvents ?? [])
      .filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
      .map((it) => it.ResourceStatusReason)
    const outputs = Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
        OutputKey,
        OutputValue,
      ]),
    )
    return { status: stack?.StackStatus, outputs, reasons }
  }
  return { made, cfn, deploy }
}

test('a stack with an API of each kind of part serves, changes and goes', async () => {
  const { made, cfn, deploy } = await stacked()
  const first = await deploy(template('hi'), true)
  expect([first.status, first.reasons]).toEqual(['CREATE_COMPLETE', []])
  const url = first.outputs['Url'] ?? ''
  const ask = async () => {
    const headers = { authorization: tokenOf(made, { scope: 'hello' }), origin: 'https://web.test' }
    return await answered({ ...made, url }, '/hello', { headers })
  }
  expect(await ask()).toEqual({ status: 200, type: 'application/json', body: '{"greeting":"hi"}' })
  expect(first.outputs['Target']).toMatch(
    /^d-[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/,
  )
  const second = await deploy(template('hello'))
  expect(second.status).toBe('UPDATE_COMPLETE')
  expect((await ask()).body).toBe('{"greeting":"hello"}')
  await cfn.send(new DeleteStackCommand({ StackName }))
  await made.cloud.advance({ minutes: 2 })
  const { Items: left = [] } = await made.gateway.send(new GetApisCommand({}))
  const { Items: domains } = await made.gateway.send(new GetDomainNamesCommand({}))
  expect([left.map(({ Name }) => Name), domains]).toEqual([['web'], []])
})
