import {
  APIGatewayClient,
  DeleteRestApiCommand,
  GetRestApiCommand,
} from '@aws-sdk/client-api-gateway'
import { client } from '@cloud-orrery/cloud'
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
