import {
  AwsApiGatewayV2ApiGatewayManagedOverrides,
  type AwsApiGatewayV2ApiGatewayManagedOverridesProperties,
  GetIntegrations,
  GetRoutes,
  UpdateIntegration,
  UpdateRoute,
  UpdateStage,
} from '@cloud-orrery/models/apigatewayv2'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { partNotFound } from '../errors.ts'

/** Settings of the route, the integration and the stage that quick creation made. They stay when the type goes. */
export const managedOverridesType = resource(AwsApiGatewayV2ApiGatewayManagedOverrides, {
  async create(ctx, properties) {
    await override(ctx, properties)
    return { Id: properties.ApiId, physicalId: properties.ApiId }
  },
  async update(ctx, properties) {
    await override(ctx, properties)
    return { Id: properties.ApiId, physicalId: properties.ApiId }
  },
  delete() {},
})

async function override(
  ctx: ResourceContext,
  { ApiId, Integration, Route, Stage }: AwsApiGatewayV2ApiGatewayManagedOverridesProperties,
): Promise<void> {
  if (Integration !== undefined) {
    const { Items = [] } = await ctx.call(GetIntegrations, { ApiId })
    const found = Items.find(({ ApiGatewayManaged }) => ApiGatewayManaged === true)
    if (found?.IntegrationId === undefined) throw partNotFound('Integration', 'managed')
    const { IntegrationId } = found
    await ctx.call(UpdateIntegration, { ApiId, IntegrationId, ...Integration })
  }
  if (Route !== undefined) {
    const { Items = [] } = await ctx.call(GetRoutes, { ApiId })
    const found = Items.find(({ ApiGatewayManaged }) => ApiGatewayManaged === true)
    if (found?.RouteId === undefined) throw partNotFound('Route', 'managed')
    await ctx.call(UpdateRoute, { ApiId, RouteId: found.RouteId, ...Route })
  }
  if (Stage !== undefined) await ctx.call(UpdateStage, { ApiId, StageName: '$default', ...Stage })
}
