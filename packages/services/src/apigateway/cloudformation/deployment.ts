import {
  AwsApiGatewayDeployment,
  type AwsApiGatewayDeploymentStageDescriptionDefinition,
  CreateDeployment,
  DeleteDeployment,
  DeleteStage,
  GetDeployment,
  UpdateDeployment,
  UpdateStage,
} from '@cloud-orrery/models/apigateway'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { settingPatches } from './stage.ts'

export const deploymentType = resource(AwsApiGatewayDeployment, {
  async create(ctx, properties) {
    const { RestApiId: restApiId, StageName: stageName, StageDescription: stage } = properties
    const canary = properties.DeploymentCanarySettings
    const { id = '' } = await ctx.call(CreateDeployment, {
      restApiId,
      stageName,
      stageDescription: stage?.Description,
      description: properties.Description,
      cacheClusterEnabled: stage?.CacheClusterEnabled,
      cacheClusterSize: stage?.CacheClusterSize,
      variables: stage?.Variables,
      tracingEnabled: stage?.TracingEnabled,
      ...(canary === undefined
        ? {}
        : {
            canarySettings: {
              percentTraffic: canary.PercentTraffic,
              stageVariableOverrides: canary.StageVariableOverrides,
              useStageCache: canary.UseStageCache,
            },
          }),
    })
    const patchOperations = stagePatches(stage)
    if (stageName !== undefined && patchOperations.length > 0) {
      await ctx.call(UpdateStage, { restApiId, stageName, patchOperations })
    }
    return { DeploymentId: id, physicalId: id }
  },
  async update(ctx, { RestApiId: restApiId, Description }, _previous, state) {
    const { DeploymentId: deploymentId } = state
    const patchOperations = [{ op: 'replace', path: '/description', value: Description ?? '' }]
    await ctx.call(UpdateDeployment, { restApiId, deploymentId, patchOperations })
    return state
  },
  async delete(ctx, { DeploymentId: deploymentId }, { RestApiId: restApiId, StageName }) {
    if (StageName !== undefined) {
      await unlessGone(ctx.call(DeleteStage, { restApiId, stageName: StageName }))
    }
    await unlessGone(ctx.call(DeleteDeployment, { restApiId, deploymentId }))
  },
  async read(ctx, { DeploymentId: deploymentId }, { RestApiId: restApiId }) {
    const found = await unlessGone(ctx.call(GetDeployment, { restApiId, deploymentId }))
    if (found === undefined) return undefined
    const { description } = found
    return {
      RestApiId: restApiId,
      ...(description === undefined ? {} : { Description: description }),
    }
  },
})

function stagePatches(stage: AwsApiGatewayDeploymentStageDescriptionDefinition | undefined) {
  if (stage === undefined) return []
  const { CachingEnabled, DataTraceEnabled, LoggingLevel, MetricsEnabled } = stage
  const all = {
    ResourcePath: '/*',
    HttpMethod: '*',
    CachingEnabled,
    DataTraceEnabled,
    LoggingLevel,
    MetricsEnabled,
    CacheTtlInSeconds: stage.CacheTtlInSeconds,
    CacheDataEncrypted: stage.CacheDataEncrypted,
    ThrottlingBurstLimit: stage.ThrottlingBurstLimit,
    ThrottlingRateLimit: stage.ThrottlingRateLimit,
  }
  return [all, ...(stage.MethodSettings ?? [])].flatMap(settingPatches)
}
