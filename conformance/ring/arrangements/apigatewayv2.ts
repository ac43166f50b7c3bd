import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateApiMappingCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateDomainNameCommand,
  CreateIntegrationCommand,
  CreateIntegrationResponseCommand,
  CreateModelCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { putCertificate } from '../../../packages/services/src/shared/certificates/certificates.test-support.ts'
import type { KnownValues } from '../valid-values.ts'

const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:ring'
const authorizerUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`

/** A WebSocket API, which has every kind of part, with one of each, and a domain name that leads to it. */
export async function arrangeApiGatewayV2(cloud: Cloud): Promise<KnownValues> {
  const gateway = client(cloud, ApiGatewayV2Client)
  const { ApiId } = await gateway.send(
    new CreateApiCommand({
      Name: 'ring',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
      Tags: { ring: 'one' },
    }),
  )
  const { IntegrationId } = await gateway.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn,
    }),
  )
  const Target = `integrations/${IntegrationId}`
  const { RouteId } = await gateway.send(
    new CreateRouteCommand({ ApiId, RouteKey: '$connect', Target }),
  )
  const { RouteResponseId } = await gateway.send(
    new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default' }),
  )
  const { IntegrationResponseId } = await gateway.send(
    new CreateIntegrationResponseCommand({
      ApiId,
      IntegrationId,
      IntegrationResponseKey: '$default',
    }),
  )
  const { AuthorizerId } = await gateway.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'ring',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: authorizerUri,
      IdentitySource: ['route.request.header.Auth'],
    }),
  )
  const { ModelId } = await gateway.send(
    new CreateModelCommand({ ApiId, Name: 'ring', Schema: '{}' }),
  )
  const { DeploymentId } = await gateway.send(new CreateDeploymentCommand({ ApiId }))
  await gateway.send(new CreateStageCommand({ ApiId, StageName: 'ring', DeploymentId }))
  const DomainName = 'ring.example.com'
  const CertificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/ring'
  putCertificate(cloud, CertificateArn)
  await gateway.send(
    new CreateDomainNameCommand({ DomainName, DomainNameConfigurations: [{ CertificateArn }] }),
  )
  const { ApiMappingId } = await gateway.send(
    new CreateApiMappingCommand({ ApiId, DomainName, Stage: 'ring' }),
  )
  return {
    ...{ ApiId, IntegrationId, RouteId, RouteResponseId, IntegrationResponseId, AuthorizerId },
    ...{ ModelId, DeploymentId, DomainName, ApiMappingId, Target },
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.action',
    StageName: 'ring',
    Stage: 'ring',
    'CreateStage.StageName': 'new',
    'CreateRoute.RouteKey': 'new',
    'UpdateRoute.RouteKey': '$connect',
    'CreateDomainName.DomainName': 'new.example.com',
    'CreateApiMapping.ApiMappingKey': 'new',
    'UpdateApiMapping.ApiMappingKey': 'new',
    ResourceArn: `arn:aws:apigateway:us-east-1::/apis/${ApiId}`,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: functionArn,
    IntegrationResponseKey: '/4\\d\\d/',
    RouteResponseKey: '$default',
    AuthorizerType: 'REQUEST',
    AuthorizerUri: authorizerUri,
    'IdentitySource[]': 'route.request.header.Auth',
    Schema: '{}',
    MaxResults: '10',
    Body: '{"openapi":"3.0.1","info":{"title":"ring","version":"1"},"paths":{}}',
    Basepath: 'ignore',
    Specification: 'OAS30',
    OutputType: 'JSON',
    'DomainNameConfigurations[].CertificateArn': CertificateArn,
  }
}
