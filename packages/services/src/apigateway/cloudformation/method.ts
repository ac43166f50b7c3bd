import {
  AwsApiGatewayMethod,
  type AwsApiGatewayMethodProperties,
  DeleteMethod,
  GetMethod,
  PutIntegration,
  PutIntegrationResponse,
  PutMethod,
  PutMethodResponse,
} from '@cloud-orrery/models/apigateway'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { flags } from './values.ts'

type Properties = AwsApiGatewayMethodProperties

export const methodType = resource(AwsApiGatewayMethod, {
  async create(ctx, properties) {
    await put(ctx, properties)
    const { RestApiId, ResourceId, HttpMethod } = properties
    return { physicalId: `${RestApiId}|${ResourceId}|${HttpMethod}` }
  },
  /** A method has no way to be replaced: it is taken away and put anew. */
  async update(ctx, properties, _previous, state) {
    await unlessGone(ctx.call(DeleteMethod, placeOf(properties)))
    await put(ctx, properties)
    return state
  },
  async delete(ctx, _state, properties) {
    await unlessGone(ctx.call(DeleteMethod, placeOf(properties)))
  },
  async read(ctx, _state, properties) {
    const found = await unlessGone(ctx.call(GetMethod, placeOf(properties)))
    if (found === undefined) return undefined
    const { RestApiId, ResourceId, HttpMethod } = properties
    return {
      RestApiId,
      ResourceId,
      HttpMethod,
      ...(properties.AuthorizationType === undefined
        ? {}
        : { AuthorizationType: found.authorizationType }),
      ...(properties.ApiKeyRequired === undefined ? {} : { ApiKeyRequired: found.apiKeyRequired }),
    }
  },
})

function placeOf({ RestApiId, ResourceId, HttpMethod }: Properties) {
  return { restApiId: RestApiId, resourceId: ResourceId, httpMethod: HttpMethod }
}

async function put(ctx: ResourceContext, properties: Properties): Promise<void> {
  const place = placeOf(properties)
  await ctx.call(PutMethod, {
    ...place,
    authorizationType: properties.AuthorizationType ?? 'NONE',
    authorizerId: properties.AuthorizerId,
    apiKeyRequired: properties.ApiKeyRequired,
    operationName: properties.OperationName,
    requestParameters: flags(properties.RequestParameters),
    requestModels: properties.RequestModels,
    requestValidatorId: properties.RequestValidatorId,
    authorizationScopes: properties.AuthorizationScopes,
  })
  for (const response of properties.MethodResponses ?? []) {
    await ctx.call(PutMethodResponse, {
      ...place,
      statusCode: response.StatusCode,
      responseParameters: flags(response.ResponseParameters),
      responseModels: response.ResponseModels,
    })
  }
  if (properties.Integration !== undefined) await putIntegration(ctx, place, properties.Integration)
}

async function putIntegration(
  ctx: ResourceContext,
  place: ReturnType<typeof placeOf>,
  given: NonNullable<Properties['Integration']>,
): Promise<void> {
  await ctx.call(PutIntegration, {
    ...place,
    type: given.Type,
    integrationHttpMethod: given.IntegrationHttpMethod,
    uri: given.Uri,
    connectionType: given.ConnectionType,
    connectionId: given.ConnectionId,
    credentials: given.Credentials,
    requestParameters: given.RequestParameters,
    requestTemplates: given.RequestTemplates,
    passthroughBehavior: given.PassthroughBehavior,
    cacheNamespace: given.CacheNamespace,
    cacheKeyParameters: given.CacheKeyParameters,
    contentHandling: given.ContentHandling,
    timeoutInMillis: given.TimeoutInMillis,
    responseTransferMode: given.ResponseTransferMode,
    integrationTarget: given.IntegrationTarget,
  })
  for (const response of given.IntegrationResponses ?? []) {
    await ctx.call(PutIntegrationResponse, {
      ...place,
      statusCode: response.StatusCode,
      selectionPattern: response.SelectionPattern,
      responseParameters: response.ResponseParameters,
      responseTemplates: response.ResponseTemplates,
      contentHandling: response.ContentHandling,
    })
  }
}
