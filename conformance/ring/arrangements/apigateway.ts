import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateAuthorizerCommand,
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateDocumentationPartCommand,
  CreateDocumentationVersionCommand,
  CreateDomainNameCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
} from '@aws-sdk/client-api-gateway'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { putCertificate } from '../../../packages/services/src/shared/certificates/certificates.test-support.ts'
import type { KnownValues } from '../valid-values.ts'

const authorizerUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:ring/invocations'

const openApi = Buffer.from(
  '{"openapi":"3.0.1","info":{"title":"ring","version":"1"},"paths":{"/new":{}}}',
)
const documentation = Buffer.from(
  '{"openapi":"3.0.1","info":{},"paths":{},"x-amazon-apigateway-documentation":{"documentationParts":[{"location":{"type":"MODEL","name":"Ring"},"properties":{"description":"ring"}}]}}',
)
const keys = Buffer.from('name,key,enabled\nnew,ringringringringringring,true\n')

/** A REST API with one part of each kind, deployed to a stage, with a plan, a key and a domain name that leads to it. */
export async function arrangeApiGateway(cloud: Cloud): Promise<KnownValues> {
  const gateway = client(cloud, APIGatewayClient)
  const { id: restApiId, rootResourceId: parentId } = await gateway.send(
    new CreateRestApiCommand({ name: 'ring', tags: { ring: 'one' } }),
  )
  const { id: resourceId } = await gateway.send(
    new CreateResourceCommand({ restApiId, parentId, pathPart: 'ring' }),
  )
  const place = { restApiId, resourceId, httpMethod: 'GET' }
  const statusCode = '200'
  await gateway.send(new PutMethodCommand({ ...place, authorizationType: 'NONE' }))
  await gateway.send(new PutMethodResponseCommand({ ...place, statusCode }))
  await gateway.send(new PutIntegrationCommand({ ...place, type: 'MOCK' }))
  await gateway.send(new PutIntegrationResponseCommand({ ...place, statusCode }))
  const { id: authorizerId } = await gateway.send(
    new CreateAuthorizerCommand({
      restApiId,
      name: 'ring',
      type: 'TOKEN',
      authorizerUri,
      identitySource: 'method.request.header.Auth',
    }),
  )
  const { id: requestValidatorId } = await gateway.send(
    new CreateRequestValidatorCommand({ restApiId, name: 'ring' }),
  )
  const contentType = 'application/json'
  const schema = '{"type":"object"}'
  await gateway.send(new CreateModelCommand({ restApiId, name: 'Ring', contentType, schema }))
  const location = { type: 'API' } as const
  const properties = '{"description":"ring"}'
  const { id: documentationPartId } = await gateway.send(
    new CreateDocumentationPartCommand({ restApiId, location, properties }),
  )
  const documentationVersion = 'one'
  await gateway.send(new CreateDocumentationVersionCommand({ restApiId, documentationVersion }))
  const stageName = 'ring'
  const { id: deploymentId } = await gateway.send(
    new CreateDeploymentCommand({ restApiId, stageName }),
  )
  const { id: undeployed } = await gateway.send(new CreateDeploymentCommand({ restApiId }))
  const responseType = 'DEFAULT_4XX'
  await gateway.send(new PutGatewayResponseCommand({ restApiId, responseType }))
  const domainName = 'ring.example.com'
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/ring'
  putCertificate(cloud, certificateArn)
  await gateway.send(new CreateDomainNameCommand({ domainName, certificateArn }))
  const basePath = 'ring'
  await gateway.send(new CreateBasePathMappingCommand({ domainName, restApiId, basePath }))
  const { id: apiKey } = await gateway.send(new CreateApiKeyCommand({ name: 'ring' }))
  const { id: usagePlanId } = await gateway.send(new CreateUsagePlanCommand({ name: 'ring' }))
  const planKey = { usagePlanId, keyId: apiKey, keyType: 'API_KEY' }
  await gateway.send(new CreateUsagePlanKeyCommand(planKey))
  const { id: unmapped } = await gateway.send(new CreateRestApiCommand({ name: 'unmapped' }))
  const { id: freeKey } = await gateway.send(new CreateApiKeyCommand({ name: 'free' }))
  const newPlace = { restApiId, resourceId, httpMethod: 'POST' }
  const newAuthorizer = {
    ...{ restApiId, name: 'new', type: 'TOKEN', authorizerUri },
    identitySource: 'method.request.header.Auth',
  }
  return {
    restApiId,
    resourceId,
    parentId,
    httpMethod: 'GET',
    statusCode,
    authorizerId,
    requestValidatorId,
    modelName: 'Ring',
    documentationPartId,
    documentationVersion,
    stageName,
    deploymentId,
    apiKey,
    usagePlanId,
    keyId: apiKey,
    resourceArn: `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`,
    'tagKeys[]': 'ring',
    properties,
    schema,
    authorizerUri,
    responseType,
    domainName,
    certificateArn,
    basePath,
    patchOperations: [],
    startDate: '2026-01-01',
    endDate: '2026-01-01',
    exportType: 'oas30',
    format: 'csv',
    'ImportRestApi.body': openApi,
    'PutRestApi.body': openApi,
    'CreateAuthorizer.': newAuthorizer,
    'CreateBasePathMapping.': { domainName, restApiId, basePath: 'new' },
    'CreateDocumentationPart.': {
      restApiId,
      location: { type: 'MODEL', name: 'Ring' },
      properties,
    },
    'CreateDocumentationVersion.documentationVersion': 'two',
    'CreateDomainName.': { domainName: 'new.example.com', certificateArn },
    'CreateModel.': { restApiId, name: 'New', contentType, schema },
    'CreateStage.stageName': 'new',
    'CreateUsagePlanKey.': { usagePlanId, keyId: freeKey, keyType: 'API_KEY' },
    'DeleteDeployment.deploymentId': undeployed,
    'DeleteRestApi.restApiId': unmapped,
    // This client asks for JSON by itself.
    'GetExport.': { restApiId, stageName, exportType: 'oas30', accepts: 'application/json' },
    'ImportApiKeys.body': keys,
    'ImportDocumentationParts.body': documentation,
    'PutIntegration.type': 'MOCK',
    'PutMethod.': { ...newPlace, authorizationType: 'NONE' },
    'PutMethodResponse.statusCode': '404',
  }
}
