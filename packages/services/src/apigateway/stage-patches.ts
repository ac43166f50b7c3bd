import { orderedKey } from '@cloud-orrery/kernel'
import type { MethodSetting } from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { badRequest } from './errors.ts'
import { defined, flag, only, type Patch } from './patches.ts'
import { deployments, type StageRecord } from './state.ts'

/** Recorded: apigateway, UpdateStage, `error-update-doc-version`: AWS's own list, commas missing where they are. */
const paths =
  '/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled'

function invalidPath(path: string) {
  return badRequest(`Invalid method setting path: ${path}. Must be one of: [${paths}]`)
}

/** A stage after one patch. Source: REST API Reference, "Patch operations", Stage; recorded: canaries. */
export function patchedStage(ctx: Context, stage: StageRecord, patch: Patch): StageRecord {
  const [head = '', name, ...more] = patch.segments
  const { value } = patch
  if (patch.op === 'copy') return promoted(stage, patch)
  if (name === undefined) return patchedField(ctx, stage, patch, head)
  if (head === 'variables' && more.length === 0) {
    const variables: Record<string, string> = { ...stage.variables }
    if (patch.op === 'remove') delete variables[name]
    else variables[name] = value ?? ''
    return { ...stage, variables }
  }
  if (head === 'accessLogSettings' && more.length === 0) {
    if (name !== 'destinationArn' && name !== 'format') throw invalidPath(patch.path)
    const accessLogSettings = defined({ ...stage.accessLogSettings, [name]: value })
    return { ...stage, accessLogSettings }
  }
  if (head === 'canarySettings') return withCanary(ctx, stage, patch, name, more)
  return withSetting(stage, patch)
}

function patchedField(ctx: Context, stage: StageRecord, patch: Patch, head: string): StageRecord {
  const { value } = patch
  switch (head) {
    case 'deploymentId':
      only(patch, 'replace')
      checkDeployment(ctx, stage, value)
      return { ...stage, deploymentId: value ?? '' }
    case 'description':
    case 'clientCertificateId':
    case 'documentationVersion':
    case 'cacheClusterSize': {
      only(patch, 'replace')
      const { [head]: _, ...others } = stage
      return value === undefined ? others : { ...others, [head]: value }
    }
    case 'cacheClusterEnabled':
      only(patch, 'replace')
      return {
        ...stage,
        cacheClusterEnabled: flag(value),
        ...(flag(value) ? { cacheClusterSize: stage.cacheClusterSize ?? '0.5' } : {}),
      }
    case 'tracingEnabled':
      only(patch, 'replace')
      return { ...stage, tracingEnabled: flag(value) }
    case 'accessLogSettings': {
      only(patch, 'remove')
      const { accessLogSettings: _, ...others } = stage
      return others
    }
    case 'canarySettings': {
      only(patch, 'remove')
      const { canarySettings: _, ...others } = stage
      return others
    }
    default:
      throw invalidPath(patch.path)
  }
}

function checkDeployment(ctx: Context, stage: StageRecord, id: string | undefined): void {
  if (deployments.has(ctx, orderedKey(stage.apiId, id ?? ''))) return
  throw badRequest('Deployment id does not exist')
}

/** Recorded: apigateway, `test_update_stage_with_copy_ops`. */
function promoted(stage: StageRecord, { path, from = '' }: Patch): StageRecord {
  const known = ['/deploymentId', '/variables']
  const sources = ['/canarySettings/deploymentId', '/canarySettings/stageVariableOverrides']
  if (!known.includes(path) || !sources.includes(from)) {
    throw badRequest(
      `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are [${known.join(', ')}] and valid copy:from are [${sources.join(', ')}]`,
    )
  }
  const { canarySettings } = stage
  if (canarySettings === undefined) {
    throw badRequest('Promotion not available. Canary does not exist.')
  }
  if (path === '/deploymentId') {
    return { ...stage, deploymentId: canarySettings.deploymentId ?? stage.deploymentId }
  }
  return { ...stage, variables: { ...stage.variables, ...canarySettings.stageVariableOverrides } }
}

function withCanary(
  ctx: Context,
  stage: StageRecord,
  patch: Patch,
  name: string,
  [variable]: readonly string[],
): StageRecord {
  const { value } = patch
  const canary = {
    percentTraffic: 0,
    deploymentId: stage.deploymentId,
    useStageCache: false,
    ...stage.canarySettings,
  }
  switch (name) {
    case 'percentTraffic':
      only(patch, 'replace')
      return { ...stage, canarySettings: { ...canary, percentTraffic: Number(value) } }
    case 'useStageCache':
      only(patch, 'replace')
      return { ...stage, canarySettings: { ...canary, useStageCache: flag(value) } }
    case 'deploymentId':
      only(patch, 'replace')
      checkDeployment(ctx, stage, value)
      return { ...stage, canarySettings: { ...canary, deploymentId: value ?? '' } }
    case 'stageVariableOverrides': {
      const overrides: Record<string, string> = { ...canary.stageVariableOverrides }
      if (variable === undefined) {
        only(patch, 'remove')
        const { stageVariableOverrides: _, ...others } = canary
        return { ...stage, canarySettings: others }
      }
      if (patch.op === 'remove') delete overrides[variable]
      else overrides[variable] = value ?? ''
      return { ...stage, canarySettings: { ...canary, stageVariableOverrides: overrides } }
    }
    default:
      throw invalidPath(patch.path)
  }
}

/** What a method has where only another setting was given. Recorded: apigateway, UpdateStage, `update-stage`. */
const defaults: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
}

type Setting = readonly [keyof MethodSetting, (text: string) => unknown]

const settings: Readonly<Record<string, Setting>> = {
  'metrics/enabled': ['metricsEnabled', flag],
  'logging/dataTrace': ['dataTraceEnabled', flag],
  'logging/dataTraceEnabled': ['dataTraceEnabled', flag],
  'logging/loglevel': ['loggingLevel', String],
  'throttling/burstLimit': ['throttlingBurstLimit', Number],
  'throttling/rateLimit': ['throttlingRateLimit', Number],
  'caching/ttlInSeconds': ['cacheTtlInSeconds', Number],
  'caching/enabled': ['cachingEnabled', flag],
  'caching/dataEncrypted': ['cacheDataEncrypted', flag],
  'caching/requireAuthorizationForCacheControl': ['requireAuthorizationForCacheControl', flag],
  'caching/unauthorizedCacheControlHeaderStrategy': [
    'unauthorizedCacheControlHeaderStrategy',
    String,
  ],
}

/** `/~1pets~1{id}/GET/throttling/rateLimit`: settings of a method; `/*` twice for all methods. */
function withSetting(stage: StageRecord, patch: Patch): StageRecord {
  const { segments, value = '' } = patch
  const [resourcePath = '', method = '', ...rest] = segments
  const key = `${resourcePath.replace(/^\//, '') === '' ? '' : resourcePath.replace(/^\//, '')}/${method}`
  if (rest.length === 0 && patch.op === 'remove' && method !== '') {
    const { [key]: _, ...methodSettings } = stage.methodSettings
    return { ...stage, methodSettings }
  }
  const setting = settings[rest.join('/')]
  if (setting === undefined) throw invalidPath(patch.path)
  only(patch, 'replace')
  const [name, valueFrom] = setting
  const before = stage.methodSettings[key] ?? defaultsOf(stage)
  return {
    ...stage,
    methodSettings: { ...stage.methodSettings, [key]: { ...before, [name]: valueFrom(value) } },
  }
}

/** Recorded: apigateway, UpdateStage: a method's settings begin as those for all methods are then. */
function defaultsOf({ methodSettings }: StageRecord): MethodSetting {
  return methodSettings['*/*'] ?? defaults
}
