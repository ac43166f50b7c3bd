import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  DeleteMethodCommand,
  DeleteRestApiCommand,
  GetMethodCommand,
  GetRestApiCommand,
  ImportRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateIntegrationCommand,
} from '@aws-sdk/client-api-gateway'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand as CreateAuthorizerV2Command,
} from '@aws-sdk/client-apigatewayv2'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { functionCaller } from '../lambda/functions.test-support.ts'
import { startRestApi } from './rest-api.test-support.ts'

test('who may read one API by the verb of HTTP may not delete it, nor read another', async () => {
  const { cloud, restApiId } = await startRestApi()
  const arn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`
  const credentials = functionCaller(cloud, ['apigateway:GET'], arn)
  const gateway = client(cloud, APIGatewayClient, { credentials })
  expect((await gateway.send(new GetRestApiCommand({ restApiId }))).name).toBe('web')
  await expect(gateway.send(new DeleteRestApiCommand({ restApiId }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      `is not authorized to perform: apigateway:DELETE on resource: ${arn} because no identity-based policy allows the apigateway:DELETE action`,
    ),
  })
  await expect(gateway.send(new GetRestApiCommand({ restApiId: 'other' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
})

test('who may change an API has it act in no role that they may not pass', async () => {
  const { cloud, restApiId, rootId: resourceId } = await startRestApi()
  const credentials = functionCaller(cloud, ['apigateway:*'], '*')
  const gateway = client(cloud, APIGatewayClient, { credentials })
  const role = 'arn:aws:iam::123456789012:role/admin'
  const method = { restApiId, resourceId, httpMethod: 'GET' }
  await gateway.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  const integration = {
    ...method,
    ...({ type: 'AWS', integrationHttpMethod: 'POST' } as const),
    uri: 'arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders',
  } as const
  const callers = 'arn:aws:iam::*:user/*'
  await gateway.send(new PutIntegrationCommand({ ...integration, credentials: callers }))
  const authorizerUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:who/invocations`
  const authorizer = {
    ...({ restApiId, name: 'who', type: 'TOKEN', authorizerUri } as const),
    identitySource: 'method.request.header.Authorization',
  } as const
  const document = {
    ...{ openapi: '3.0.1', info: { title: 'web', version: '1' } },
    paths: {
      '/': {
        get: {
          'x-amazon-apigateway-integration': {
            ...{ type: 'aws', httpMethod: 'POST', uri: integration.uri, credentials: role },
          },
        },
      },
    },
  }
  const v2 = client(cloud, ApiGatewayV2Client, { credentials })
  const { ApiId } = await v2.send(new CreateApiCommand({ Name: 'web', ProtocolType: 'HTTP' }))
  const patchOperations = [{ op: 'replace', path: '/credentials', value: role }] as const
  const refused = {
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      `is not authorized to perform: iam:PassRole on resource: ${role}`,
    ),
  }
  const tries = [
    () => gateway.send(new PutIntegrationCommand({ ...integration, credentials: role })),
    () =>
      gateway.send(
        new UpdateIntegrationCommand({ ...method, patchOperations: [...patchOperations] }),
      ),
    () => gateway.send(new CreateAuthorizerCommand({ ...authorizer, authorizerCredentials: role })),
    () => gateway.send(new ImportRestApiCommand({ body: Buffer.from(JSON.stringify(document)) })),
    () =>
      v2.send(
        new CreateAuthorizerV2Command({
          ...{ ApiId, Name: 'who', AuthorizerType: 'REQUEST', AuthorizerUri: authorizerUri },
          ...{ AuthorizerPayloadFormatVersion: '2.0', AuthorizerCredentialsArn: role },
          IdentitySource: ['$request.header.Authorization'],
        }),
      ),
  ]
  for (const one of tries) await expect(one()).rejects.toMatchObject(refused)
})

test('what every object has is no method of a resource', async () => {
  const { cloud, gateway, restApiId, rootId: resourceId } = await startRestApi()
  await gateway.send(
    new PutMethodCommand({ restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE' }),
  )
  await gateway.send(
    new PutIntegrationCommand({ restApiId, resourceId, httpMethod: 'GET', type: 'MOCK' }),
  )
  for (const httpMethod of ['constructor', '__proto__', 'toString']) {
    const method = { restApiId, resourceId, httpMethod }
    const tries = [
      () => gateway.send(new GetMethodCommand(method)),
      () => gateway.send(new PutIntegrationCommand({ ...method, type: 'MOCK' })),
      () => gateway.send(new DeleteMethodCommand(method)),
    ]
    for (const one of tries)
      await expect(one()).rejects.toMatchObject({ name: 'NotFoundException' })
  }
  await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: 'dev' }))
  const address = `https://${restApiId}.execute-api.us-east-1.amazonaws.com/dev`
  const { status } = await fetchFromCloud(cloud, address, { method: 'constructor' })
  expect(status).toBe(403)
})
