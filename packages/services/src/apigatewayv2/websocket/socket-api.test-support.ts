import {
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  type CreateRouteCommandInput,
  CreateRouteResponseCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import type { TestHandler } from '../../lambda/functions.test-support.ts'
import { functionArn, type MadeApi, startApi } from '../http-api.test-support.ts'

/** A WebSocket API with a stage `live`, and a route to a function of the test for each key. */
export async function socketApi(
  handlers: Readonly<Record<string, TestHandler>>,
  answering: string[] = [],
) {
  const made = await startApi(handlers)
  const { ApiId: apiId = '' } = await made.gateway.send(
    new CreateApiCommand({
      Name: 'chat',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    }),
  )
  const api = { ...made, apiId }
  for (const key of Object.keys(handlers).filter((it) => it !== 'judge')) {
    await socketRoute(api, key.replace(/^_/, '$'), key, answering.includes(key))
  }
  await made.gateway.send(
    new CreateStageCommand({ ApiId: apiId, StageName: 'live', AutoDeploy: true }),
  )
  return api
}

export async function socketRoute(
  { gateway, apiId: ApiId }: MadeApi,
  RouteKey: string,
  name: string,
  answers: boolean,
  input: Partial<CreateRouteCommandInput> = {},
) {
  const { IntegrationId } = await gateway.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn(name),
    }),
  )
  const Target = `integrations/${IntegrationId}`
  const two = answers ? { RouteResponseSelectionExpression: '$default' } : {}
  const { RouteId } = await gateway.send(
    new CreateRouteCommand({ ApiId, RouteKey, Target, ...two, ...input }),
  )
  if (!answers) return
  await gateway.send(
    new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default' }),
  )
}
