import {
  AwsApiGatewayV2Integration,
  type AwsApiGatewayV2IntegrationProperties,
  AwsApiGatewayV2IntegrationResponse,
  type AwsApiGatewayV2IntegrationResponseProperties,
  CreateIntegration,
  type CreateIntegrationRequest,
  CreateIntegrationResponse,
  type CreateIntegrationResponseRequest,
  DeleteIntegration,
  DeleteIntegrationResponse,
  UpdateIntegration,
  UpdateIntegrationResponse,
} from '@cloud-orrery/models/apigatewayv2'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const integrationType = resource(AwsApiGatewayV2Integration, {
  async create(ctx, properties) {
    const { IntegrationId = '' } = await ctx.call(CreateIntegration, inputOf(properties))
    return { IntegrationId, physicalId: IntegrationId }
  },
  async update(ctx, properties, previous, { IntegrationId }) {
    const { RequestParameters, ResponseParameters, ...input } = inputOf(properties)
    await ctx.call(UpdateIntegration, {
      ...input,
      IntegrationId,
      RequestParameters: replaced(previous.RequestParameters, RequestParameters),
      ResponseParameters: replacedResponses(
        inputOf(previous).ResponseParameters,
        ResponseParameters,
      ),
    })
    return { IntegrationId, physicalId: IntegrationId }
  },
  async delete(ctx, { IntegrationId }, { ApiId }) {
    await unlessGone(ctx.call(DeleteIntegration, { ApiId, IntegrationId }))
  },
})

type Mapping = Readonly<Record<string, string>>

/** What the template has no longer is removed by an empty value. */
function replaced(before: Mapping = {}, after: Mapping = {}): Mapping | undefined {
  const gone = Object.keys(before).map((key) => [key, ''])
  const all: Mapping = { ...Object.fromEntries(gone), ...after }
  return Object.keys(all).length === 0 ? undefined : all
}

function replacedResponses(
  before: Readonly<Record<string, Mapping>> = {},
  after: Readonly<Record<string, Mapping>> = {},
): Readonly<Record<string, Mapping>> | undefined {
  const statuses = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  if (statuses.length === 0) return undefined
  const entries = statuses.map((status) => [status, replaced(before[status], after[status]) ?? {}])
  return Object.fromEntries(entries)
}

/** The template lists source and destination of each parameter of an answer; the API maps one to the other. */
function inputOf({
  ResponseParameters,
  ...properties
}: AwsApiGatewayV2IntegrationProperties): CreateIntegrationRequest {
  if (ResponseParameters === undefined) return properties
  const entries = Object.entries(ResponseParameters).map(([status, map]): [string, Mapping] => [
    status,
    Object.fromEntries(
      (map.ResponseParameters ?? []).map(({ Destination = '', Source = '' }) => [
        Destination,
        Source,
      ]),
    ),
  ])
  return { ...properties, ResponseParameters: Object.fromEntries(entries) }
}

export const integrationResponseType = resource(AwsApiGatewayV2IntegrationResponse, {
  async create(ctx, properties) {
    const input = responseOf(properties)
    const { IntegrationResponseId = '' } = await ctx.call(CreateIntegrationResponse, input)
    return { IntegrationResponseId, physicalId: IntegrationResponseId }
  },
  async update(ctx, properties, _previous, { IntegrationResponseId }) {
    const input = responseOf(properties)
    await ctx.call(UpdateIntegrationResponse, { ...input, IntegrationResponseId })
    return { IntegrationResponseId, physicalId: IntegrationResponseId }
  },
  async delete(ctx, { IntegrationResponseId }, { ApiId, IntegrationId }) {
    const input = { ApiId, IntegrationId, IntegrationResponseId }
    await unlessGone(ctx.call(DeleteIntegrationResponse, input))
  },
})

/** The schema calls its maps JSON; AWS takes what the API takes. */
function responseOf(
  properties: AwsApiGatewayV2IntegrationResponseProperties,
): CreateIntegrationResponseRequest {
  return properties as CreateIntegrationResponseRequest
}
