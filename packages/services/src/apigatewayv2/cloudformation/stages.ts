import {
  AwsApiGatewayV2Deployment,
  AwsApiGatewayV2Stage,
  type AwsApiGatewayV2StageProperties,
  CreateDeployment,
  CreateStage,
  DeleteAccessLogSettings,
  DeleteDeployment,
  DeleteRouteSettings,
  DeleteStage,
  type RouteSettings,
  UpdateDeployment,
  UpdateStage,
} from '@cloud-orrery/models/apigatewayv2'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { stageArn } from '../names.ts'
import { changeTags } from './api.ts'
import { unlessGone } from './gone.ts'

export const stageType = resource(AwsApiGatewayV2Stage, {
  async create(ctx, properties) {
    const { ApiId, StageName } = properties
    await ctx.call(CreateStage, {
      ...inputOf(properties),
      ApiId,
      StageName,
      Tags: tagsOf(ctx, properties),
    })
    return { physicalId: StageName }
  },
  async update(ctx, properties, previous) {
    const { ApiId, StageName } = properties
    if (properties.AccessLogSettings === undefined && previous.AccessLogSettings !== undefined) {
      await ctx.call(DeleteAccessLogSettings, { ApiId, StageName })
    }
    const [before, after] = [inputOf(previous), inputOf(properties)]
    for (const RouteKey of Object.keys(before.RouteSettings ?? {})) {
      if (Object.hasOwn(after.RouteSettings ?? {}, RouteKey)) continue
      await unlessGone(ctx.call(DeleteRouteSettings, { ApiId, StageName, RouteKey }))
    }
    const gone = Object.keys(before.StageVariables ?? {}).map((name) => [name, ''])
    const StageVariables = { ...Object.fromEntries(gone), ...after.StageVariables }
    await ctx.call(UpdateStage, { ...after, ApiId, StageName, StageVariables })
    const arn = stageArn(ctx, ApiId, StageName)
    await changeTags(ctx, arn, tagsOf(ctx, previous), tagsOf(ctx, properties))
    return { physicalId: StageName }
  },
  async delete(ctx, _state, { ApiId, StageName }) {
    await unlessGone(ctx.call(DeleteStage, { ApiId, StageName }))
  },
})

/** The schema calls its maps JSON; AWS takes what the API takes. */
function inputOf({ Tags: _, AccessPolicyId, ...properties }: AwsApiGatewayV2StageProperties) {
  if (AccessPolicyId !== undefined) {
    throw notModelled('the property AccessPolicyId of AWS::ApiGatewayV2::Stage')
  }
  return {
    ...properties,
    RouteSettings: properties.RouteSettings as Readonly<Record<string, RouteSettings>> | undefined,
    StageVariables: properties.StageVariables as Readonly<Record<string, string>> | undefined,
  }
}

function tagsOf(
  ctx: ResourceContext,
  { Tags }: AwsApiGatewayV2StageProperties,
): Readonly<Record<string, string>> {
  // As above.
  return { ...(Tags as Readonly<Record<string, string>> | undefined), ...ctx.stackTags }
}

export const deploymentType = resource(AwsApiGatewayV2Deployment, {
  async create(ctx, properties) {
    const { DeploymentId = '' } = await ctx.call(CreateDeployment, properties)
    return { DeploymentId, physicalId: DeploymentId }
  },
  async update(ctx, { ApiId, Description }, _previous, { DeploymentId }) {
    await ctx.call(UpdateDeployment, { ApiId, DeploymentId, Description })
    return { DeploymentId, physicalId: DeploymentId }
  },
  async delete(ctx, { DeploymentId }, { ApiId }) {
    await unlessGone(ctx.call(DeleteDeployment, { ApiId, DeploymentId }))
  },
})
