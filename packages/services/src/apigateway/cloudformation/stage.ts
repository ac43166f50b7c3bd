import {
  AwsApiGatewayStage,
  type AwsApiGatewayStageMethodSettingDefinition,
  type AwsApiGatewayStageProperties,
  CreateStage,
  DeleteStage,
  GetStage,
  type PatchOperation,
  UpdateStage,
} from '@cloud-orrery/models/apigateway'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { changes, tagsOf } from './values.ts'

type Properties = AwsApiGatewayStageProperties

export const stageType = resource(AwsApiGatewayStage, {
  async create(ctx, properties) {
    const { RestApiId: restApiId, StageName: stageName = 'default' } = properties
    const canary = properties.CanarySetting
    await ctx.call(CreateStage, {
      restApiId,
      stageName,
      deploymentId: properties.DeploymentId ?? '',
      description: properties.Description,
      cacheClusterEnabled: properties.CacheClusterEnabled,
      cacheClusterSize: properties.CacheClusterSize,
      variables: properties.Variables,
      documentationVersion: properties.DocumentationVersion,
      tracingEnabled: properties.TracingEnabled,
      tags: tagsOf(ctx, properties.Tags),
      ...(canary === undefined
        ? {}
        : {
            canarySettings: {
              percentTraffic: canary.PercentTraffic,
              deploymentId: canary.DeploymentId,
              stageVariableOverrides: canary.StageVariableOverrides,
              useStageCache: canary.UseStageCache,
            },
          }),
    })
    const patchOperations = laterPatches({ RestApiId: restApiId }, properties)
    if (patchOperations.length > 0) {
      await ctx.call(UpdateStage, { restApiId, stageName, patchOperations })
    }
    return { physicalId: stageName }
  },
  async update(ctx, properties, previous, state) {
    const { RestApiId: restApiId, StageName: stageName = 'default' } = properties
    const patchOperations = [
      ...changes({
        '/deploymentId': [previous.DeploymentId, properties.DeploymentId],
        '/description': [previous.Description, properties.Description],
        '/cacheClusterEnabled': [
          previous.CacheClusterEnabled ?? false,
          properties.CacheClusterEnabled ?? false,
        ],
        '/tracingEnabled': [previous.TracingEnabled ?? false, properties.TracingEnabled ?? false],
        ...(properties.CacheClusterSize === undefined
          ? {}
          : { '/cacheClusterSize': [previous.CacheClusterSize, properties.CacheClusterSize] }),
      }),
      ...variablePatches(previous, properties),
      ...laterPatches(previous, properties),
    ]
    if (patchOperations.length > 0) {
      await ctx.call(UpdateStage, { restApiId, stageName, patchOperations })
    }
    return state
  },
  async delete(ctx, _state, { RestApiId: restApiId, StageName: stageName = 'default' }) {
    await unlessGone(ctx.call(DeleteStage, { restApiId, stageName }))
  },
  async read(ctx, _state, properties) {
    const { RestApiId: restApiId, StageName: stageName = 'default' } = properties
    const found = await unlessGone(ctx.call(GetStage, { restApiId, stageName }))
    if (found === undefined) return undefined
    return {
      RestApiId: restApiId,
      StageName: stageName,
      ...(found.deploymentId === undefined ? {} : { DeploymentId: found.deploymentId }),
      ...(found.description === undefined ? {} : { Description: found.description }),
      ...(found.variables === undefined ? {} : { Variables: found.variables }),
      ...(properties.TracingEnabled === undefined ? {} : { TracingEnabled: found.tracingEnabled }),
    }
  },
})

/** What CreateStage does not take. */
function laterPatches(before: Properties, after: Properties): PatchOperation[] {
  const { AccessLogSetting: log } = after
  const logs: PatchOperation[] =
    JSON.stringify(before.AccessLogSetting) === JSON.stringify(log)
      ? []
      : log === undefined
        ? [{ op: 'remove', path: '/accessLogSettings' }]
        : [
            { op: 'replace', path: '/accessLogSettings/destinationArn', value: log.DestinationArn },
            { op: 'replace', path: '/accessLogSettings/format', value: log.Format },
          ]
  const gone = (before.MethodSettings ?? []).filter(
    (it) => !(after.MethodSettings ?? []).some((other) => keyOf(other) === keyOf(it)),
  )
  return [
    ...logs,
    ...gone.map((it) => ({ op: 'remove', path: keyOf(it) })),
    ...(after.MethodSettings ?? []).flatMap(settingPatches),
  ]
}

/** `/~1pets/GET`, `/*` twice for all. */
function keyOf({
  ResourcePath = '/*',
  HttpMethod = '*',
}: AwsApiGatewayStageMethodSettingDefinition) {
  const path = ResourcePath === '/*' ? '*' : ResourcePath.replaceAll('/', '~1')
  return `/${path}/${HttpMethod}`
}

/** A template's method setting as patches. */
export function settingPatches(
  setting: AwsApiGatewayStageMethodSettingDefinition,
): PatchOperation[] {
  const values = {
    'metrics/enabled': setting.MetricsEnabled,
    'logging/loglevel': setting.LoggingLevel,
    'logging/dataTrace': setting.DataTraceEnabled,
    'throttling/burstLimit': setting.ThrottlingBurstLimit,
    'throttling/rateLimit': setting.ThrottlingRateLimit,
    'caching/enabled': setting.CachingEnabled,
    'caching/ttlInSeconds': setting.CacheTtlInSeconds,
    'caching/dataEncrypted': setting.CacheDataEncrypted,
  }
  const key = keyOf(setting)
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ op: 'replace', path: `${key}/${name}`, value: String(value) }))
}

function variablePatches(before: Properties, after: Properties): PatchOperation[] {
  const { Variables: old = {} } = before
  const { Variables: wanted = {} } = after
  return [
    ...Object.keys(old)
      .filter((name) => !Object.hasOwn(wanted, name))
      .map((name) => ({ op: 'remove', path: `/variables/${name}` })),
    ...Object.entries(wanted)
      .filter(([name, value]) => old[name] !== value)
      .map(([name, value]) => ({ op: 'replace', path: `/variables/${name}`, value })),
  ]
}
