import {
  AwsApiGatewayV2Route,
  type AwsApiGatewayV2RouteProperties,
  AwsApiGatewayV2RouteResponse,
  type AwsApiGatewayV2RouteResponseProperties,
  CreateRoute,
  type CreateRouteRequest,
  CreateRouteResponse,
  type CreateRouteResponseRequest,
  DeleteRoute,
  DeleteRouteResponse,
  GetRoute,
  UpdateRoute,
  UpdateRouteResponse,
} from '@cloud-orrery/models/apigatewayv2'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const routeType = resource(AwsApiGatewayV2Route, {
  async create(ctx, properties) {
    const { RouteId = '' } = await ctx.call(CreateRoute, inputOf(properties))
    return { RouteId, physicalId: RouteId }
  },
  async update(ctx, properties, _previous, { RouteId }) {
    const { AuthorizationType = 'NONE', AuthorizationScopes = [] } = properties
    const input = { ...inputOf(properties), AuthorizationType, AuthorizationScopes }
    await ctx.call(UpdateRoute, { ...input, RouteId })
    return { RouteId, physicalId: RouteId }
  },
  async delete(ctx, { RouteId }, { ApiId }) {
    await unlessGone(ctx.call(DeleteRoute, { ApiId, RouteId }))
  },
  async read(ctx, { RouteId }, properties) {
    const { ApiId } = properties
    const found = await unlessGone(ctx.call(GetRoute, { ApiId, RouteId }))
    if (found === undefined) return undefined
    const all = { ...found, ApiId }
    const names = Object.keys(properties).filter((name) => name in all)
    // Properties by their own names; only what the template sets is compared.
    return Object.fromEntries(
      names.map((name) => [name, all[name as keyof typeof all]]),
    ) as Partial<AwsApiGatewayV2RouteProperties>
  },
})

/** The schema calls these two JSON; AWS takes what the API takes. */
function inputOf(properties: AwsApiGatewayV2RouteProperties): CreateRouteRequest {
  return properties as CreateRouteRequest
}

export const routeResponseType = resource(AwsApiGatewayV2RouteResponse, {
  async create(ctx, properties) {
    const input = responseOf(properties)
    const { RouteResponseId = '' } = await ctx.call(CreateRouteResponse, input)
    return { RouteResponseId, physicalId: RouteResponseId }
  },
  async update(ctx, properties, _previous, { RouteResponseId }) {
    await ctx.call(UpdateRouteResponse, { ...responseOf(properties), RouteResponseId })
    return { RouteResponseId, physicalId: RouteResponseId }
  },
  async delete(ctx, { RouteResponseId }, { ApiId, RouteId }) {
    await unlessGone(ctx.call(DeleteRouteResponse, { ApiId, RouteId, RouteResponseId }))
  },
})

/** As above. */
function responseOf(
  properties: AwsApiGatewayV2RouteResponseProperties,
): CreateRouteResponseRequest {
  return properties as CreateRouteResponseRequest
}
