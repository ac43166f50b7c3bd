import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateStage,
  type CreateStageRequest,
  DeleteStage,
  FlushStageAuthorizersCache,
  FlushStageCache,
  GetStage,
  GetStages,
  type Stage,
  UpdateStage,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { partsOf, theApi } from './api-lookup.ts'
import { badRequest, conflict, documentationVersionNotFound, stageNotFound } from './errors.ts'
import { defined, patchesOf } from './patches.ts'
import { needs } from './permissions.ts'
import { patchedStage } from './stage-patches.ts'
import {
  accounts,
  authorizerCache,
  deployments,
  documentationVersions,
  responseCache,
  type StageRecord,
  stages,
  usagePlans,
} from './state.ts'

export const createStage = operation(CreateStage, {
  authorize: needs('POST', '/restapis/{restApiId}/stages'),
  provenance: 'recorded',
  run(ctx, input) {
    const { restApiId, stageName, documentationVersion, canarySettings } = input
    theApi(ctx, restApiId)
    if (stages.has(ctx, orderedKey(restApiId, stageName))) throw conflict('Stage already exists')
    if (
      documentationVersion !== undefined &&
      !documentationVersions.has(ctx, orderedKey(restApiId, documentationVersion))
    ) {
      throw documentationVersionNotFound()
    }
    const canary = canarySettings?.deploymentId
    if (canary !== undefined) checkDeployment(ctx, restApiId, canary)
    const stage = putStage(ctx, input)
    return shownStage(stage, Object.keys(stage.tags).length > 0)
  },
})

/** Recorded: apigateway, CreateStage, `bad-canary-deployment-id`. */
function checkDeployment(ctx: Context, restApiId: string, deploymentId: string): void {
  if (deployments.has(ctx, orderedKey(restApiId, deploymentId))) return
  throw badRequest('Deployment id does not exist')
}

/** Makes a stage, or points one that is there to another deployment: what CreateDeployment does with a name. */
export function putStage(
  ctx: Context,
  input: Omit<CreateStageRequest, 'canarySettings' | 'description'> & {
    readonly description?: string | undefined
    readonly stageDescription?: string | undefined
    readonly canarySettings?: CreateStageRequest['canarySettings']
  },
): StageRecord {
  const { restApiId, stageName, deploymentId, canarySettings, variables } = input
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(stageName)) {
    throw badRequest('Stage name only allows a-zA-Z0-9_')
  }
  checkDeployment(ctx, restApiId, deploymentId)
  const before = stages.get(ctx, orderedKey(restApiId, stageName))
  const byDeployment = !('deploymentId' in input) || 'stageDescription' in input
  const description = byDeployment ? input.stageDescription : input.description
  const nowMs = Math.floor(ctx.now() / 1000) * 1000
  checkVariables(variables)
  return stages.put(
    ctx,
    defined({
      apiId: restApiId,
      stageName,
      deploymentId,
      description: description ?? before?.description,
      clientCertificateId: before?.clientCertificateId,
      cacheClusterEnabled: input.cacheClusterEnabled ?? before?.cacheClusterEnabled ?? false,
      cacheClusterSize:
        input.cacheClusterSize ??
        before?.cacheClusterSize ??
        (input.cacheClusterEnabled === true ? '0.5' : undefined),
      methodSettings: before?.methodSettings ?? {},
      variables: variables ?? before?.variables,
      documentationVersion: input.documentationVersion ?? before?.documentationVersion,
      accessLogSettings: before?.accessLogSettings,
      canarySettings:
        canarySettings === undefined
          ? before?.canarySettings
          : defined({
              percentTraffic: canarySettings.percentTraffic ?? 0,
              deploymentId: canarySettings.deploymentId ?? deploymentId,
              stageVariableOverrides: canarySettings.stageVariableOverrides,
              useStageCache: canarySettings.useStageCache ?? false,
            }),
      tracingEnabled: input.tracingEnabled ?? before?.tracingEnabled ?? false,
      tags: input.tags ?? before?.tags ?? {},
      createdAtMs: before?.createdAtMs ?? nowMs,
      updatedAtMs: nowMs,
    }),
  )
}

/** Source: developer guide, "Set up stage variables": letters, digits, `_`; values of a few characters more. */
function checkVariables(variables: Readonly<Record<string, string>> | undefined): void {
  for (const [name, value] of Object.entries(variables ?? {})) {
    if (!/^\w+$/.test(name)) {
      throw badRequest(`Stage variable name "${name}" must only contain alphanumeric characters`)
    }
    if (!/^[A-Za-z0-9\-._~:/?#&=,]*$/.test(value)) {
      throw badRequest(
        `Stage variable value "${value}" should match the regular expression: [A-Za-z0-9-._~:/?#&=,]+`,
      )
    }
  }
}

export const getStage = operation(GetStage, {
  authorize: needs('GET', '/restapis/{restApiId}/stages/{stageName}'),
  provenance: 'recorded',
  run(ctx, { restApiId, stageName }) {
    const stage = theStage(ctx, restApiId, stageName)
    return shownStage(stage, Object.keys(stage.tags).length > 0)
  },
})

export function theStage(ctx: Context, restApiId: string, stageName: string): StageRecord {
  const stage = stages.get(ctx, orderedKey(restApiId, stageName))
  if (stage === undefined) throw stageNotFound()
  return stage
}

export const getStages = operation(GetStages, {
  authorize: needs('GET', '/restapis/{restApiId}/stages'),
  provenance: 'modelled',
  run(ctx, { restApiId, deploymentId }) {
    theApi(ctx, restApiId)
    const item: Stage[] = []
    for (const stage of stages.scan(ctx, partsOf(restApiId))) {
      if (deploymentId !== undefined && stage.deploymentId !== deploymentId) continue
      item.push(shownStage(stage, Object.keys(stage.tags).length > 0))
    }
    return { item }
  },
})

export const updateStage = operation(UpdateStage, {
  authorize: needs('PATCH', '/restapis/{restApiId}/stages/{stageName}'),
  provenance: 'recorded',
  run(ctx, { restApiId, stageName, patchOperations }) {
    const before = theStage(ctx, restApiId, stageName)
    let stage = before
    for (const patch of patchesOf(patchOperations)) stage = patchedStage(ctx, stage, patch)
    checkLogging(ctx, stage)
    const updatedAtMs = Math.floor(ctx.now() / 1000) * 1000
    stage = stages.put(ctx, { ...stage, updatedAtMs })
    return shownStage(stage, Object.keys(stage.tags).length > 0)
  },
})

/** Source: AWS re:Post, "CloudWatch Logs role ARN must be set in account settings to enable logging". */
function checkLogging(ctx: Context, { accessLogSettings, methodSettings }: StageRecord): void {
  const levels = Object.values(methodSettings).map(({ loggingLevel = 'OFF' }) => loggingLevel)
  if (accessLogSettings?.destinationArn === undefined && levels.every((it) => it === 'OFF')) return
  if (accounts.get(ctx, 'account')?.cloudwatchRoleArn !== undefined) return
  throw badRequest('CloudWatch Logs role ARN must be set in account settings to enable logging')
}

export const deleteStage = operation(DeleteStage, {
  authorize: needs('DELETE', '/restapis/{restApiId}/stages/{stageName}'),
  provenance: 'modelled',
  run(ctx, { restApiId, stageName }) {
    theStage(ctx, restApiId, stageName)
    const [plan] = usagePlans.where(ctx, 'stage', `${restApiId}/${stageName}`)
    if (plan !== undefined) {
      throw badRequest(
        `Stage ${stageName} is associated with usage plan(s), please remove the associations first`,
      )
    }
    stages.delete(ctx, orderedKey(restApiId, stageName))
    return {}
  },
})

export const flushStageCache = operation(FlushStageCache, {
  authorize: needs('DELETE', '/restapis/{restApiId}/stages/{stageName}/cache/data'),
  provenance: 'modelled',
  run(ctx, { restApiId, stageName }) {
    theStage(ctx, restApiId, stageName)
    const prefix = orderedKey(restApiId, stageName, '')
    for (const { key } of [...responseCache.scan(ctx, { prefix })]) responseCache.delete(ctx, key)
    return {}
  },
})

export const flushStageAuthorizersCache = operation(FlushStageAuthorizersCache, {
  authorize: needs('DELETE', '/restapis/{restApiId}/stages/{stageName}/cache/authorizers'),
  provenance: 'modelled',
  run(ctx, { restApiId, stageName }) {
    theStage(ctx, restApiId, stageName)
    const prefix = orderedKey(restApiId, stageName, '')
    for (const { key } of [...authorizerCache.scan(ctx, { prefix })]) {
      authorizerCache.delete(ctx, key)
    }
    return {}
  },
})

function shownStage(stage: StageRecord, withTags: boolean): Stage {
  const { apiId: _, tags, createdAtMs, updatedAtMs, ...shown } = stage
  return {
    ...shown,
    cacheClusterStatus: stage.cacheClusterEnabled ? 'AVAILABLE' : 'NOT_AVAILABLE',
    ...(withTags ? { tags } : {}),
    createdDate: createdAtMs,
    lastUpdatedDate: updatedAtMs,
  }
}
