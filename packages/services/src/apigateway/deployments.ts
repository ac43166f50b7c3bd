import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateDeployment,
  DeleteDeployment,
  type Deployment,
  GetDeployment,
  GetDeployments,
  type MethodSnapshot,
  UpdateDeployment,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { newPartId, partsOf, theApi } from './api-lookup.ts'
import { badRequest, deploymentNotFound, invalidPatchPath } from './errors.ts'
import { page } from './pages.ts'
import { defined, patchesOf } from './patches.ts'
import { needs } from './permissions.ts'
import { putStage } from './stages.ts'
import {
  type ApiSnapshot,
  authorizers,
  type DeploymentRecord,
  deployments,
  gatewayResponses,
  models,
  type RestApiRecord,
  resources,
  stages,
  validators,
} from './state.ts'

export const createDeployment = operation(CreateDeployment, {
  authorize: needs('POST', '/restapis/{restApiId}/deployments'),
  provenance: 'recorded',
  run(ctx, input) {
    const { restApiId, stageName, description, canarySettings } = input
    const api = theApi(ctx, restApiId)
    const stage =
      stageName === undefined ? undefined : stages.get(ctx, orderedKey(restApiId, stageName))
    if (canarySettings !== undefined) checkCanaryStage(stageName, stage !== undefined)
    const snapshot = snapshotOf(ctx, api)
    checkDeployable(snapshot)
    const deployment = deployments.put(ctx, {
      apiId: restApiId,
      id: newPartId(ctx),
      ...(description === undefined ? {} : { description }),
      createdAtMs: Math.floor(ctx.now() / 1000) * 1000,
      snapshot,
    })
    if (canarySettings !== undefined && stage !== undefined) {
      stages.put(ctx, {
        ...stage,
        canarySettings: defined({
          percentTraffic: canarySettings.percentTraffic ?? 0,
          deploymentId: deployment.id,
          stageVariableOverrides: canarySettings.stageVariableOverrides,
          useStageCache: canarySettings.useStageCache ?? false,
        }),
        updatedAtMs: ctx.now(),
      })
    } else if (stageName !== undefined && stageName !== '') {
      putStage(ctx, { ...input, stageName, deploymentId: deployment.id })
    }
    return shownDeployment(deployment)
  },
})

/** Recorded: apigateway, `test_create_canary_deployment_validation`. */
function checkCanaryStage(stageName: string | undefined, exists: boolean): void {
  if (stageName === undefined || stageName === '') {
    throw badRequest(
      `Invalid deployment content specified.Non null and non empty stageName must be provided for canary deployment. Provided value is ${stageName ?? 'null'}`,
    )
  }
  if (exists) return
  throw badRequest(
    `Invalid deployment content specified.Stage ${stageName} must already be created before making a canary release deployment`,
  )
}

/** All that callers will meet, as it is now. */
export function snapshotOf(ctx: Context, api: RestApiRecord): ApiSnapshot {
  const { id } = api
  return defined({
    name: api.name,
    description: api.description,
    version: api.version,
    binaryMediaTypes: api.binaryMediaTypes,
    minimumCompressionSize: api.minimumCompressionSize,
    apiKeySource: api.apiKeySource,
    policy: api.policy,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    resources: [...resources.scan(ctx, partsOf(id))],
    models: [...models.scan(ctx, partsOf(id))],
    validators: [...validators.scan(ctx, partsOf(id))],
    authorizers: [...authorizers.scan(ctx, partsOf(id))],
    gatewayResponses: [...gatewayResponses.scan(ctx, partsOf(id))],
  })
}

/** Source: AWS re:Post, "The REST API doesn't contain any methods", "No integration defined for method". */
function checkDeployable(snapshot: ApiSnapshot): void {
  const methods = snapshot.resources.flatMap((resource) => Object.values(resource.methods))
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods")
  if (methods.some(({ methodIntegration }) => methodIntegration === undefined)) {
    throw badRequest('No integration defined for method')
  }
}

export const getDeployment = operation(GetDeployment, {
  authorize: needs('GET', '/restapis/{restApiId}/deployments/{deploymentId}'),
  provenance: 'recorded',
  run(ctx, { restApiId, deploymentId, embed }) {
    const deployment = theDeployment(ctx, restApiId, deploymentId)
    const withSummary = embed?.includes('apisummary') === true
    return {
      ...shownDeployment(deployment),
      ...(withSummary ? { apiSummary: summaryOf(deployment.snapshot) } : {}),
    }
  },
})

function summaryOf({
  resources: all,
}: ApiSnapshot): Record<string, Record<string, MethodSnapshot>> {
  return Object.fromEntries(
    all
      .filter(({ methods }) => Object.keys(methods).length > 0)
      .map(({ path, methods }) => [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([name, { authorizationType, apiKeyRequired }]) => [
            name,
            defined({ authorizationType, apiKeyRequired }),
          ]),
        ),
      ]),
  )
}

function theDeployment(ctx: Context, restApiId: string, id: string): DeploymentRecord {
  const deployment = deployments.get(ctx, orderedKey(restApiId, id))
  if (deployment === undefined) throw deploymentNotFound()
  return deployment
}

export const getDeployments = operation(GetDeployments, {
  authorize: needs('GET', '/restapis/{restApiId}/deployments'),
  provenance: 'modelled',
  run(ctx, input) {
    theApi(ctx, input.restApiId)
    return page(
      input,
      ['GetDeployments', input.restApiId],
      ({ after }) => deployments.scan(ctx, partsOf(input.restApiId, after)),
      ({ id }) => orderedKey(input.restApiId, id),
      shownDeployment,
    )
  },
})

export const updateDeployment = operation(UpdateDeployment, {
  authorize: needs('PATCH', '/restapis/{restApiId}/deployments/{deploymentId}'),
  provenance: 'recorded',
  run(ctx, { restApiId, deploymentId, patchOperations }) {
    let deployment = theDeployment(ctx, restApiId, deploymentId)
    for (const patch of patchesOf(patchOperations)) {
      if (patch.path !== '/description' || patch.op !== 'replace') {
        throw invalidPatchPath(patch.path)
      }
      deployment = { ...deployment, description: patch.value ?? '' }
    }
    return shownDeployment(deployments.put(ctx, deployment))
  },
})

export const deleteDeployment = operation(DeleteDeployment, {
  authorize: needs('DELETE', '/restapis/{restApiId}/deployments/{deploymentId}'),
  provenance: 'modelled',
  run(ctx, { restApiId, deploymentId }) {
    theDeployment(ctx, restApiId, deploymentId)
    for (const stage of stages.scan(ctx, partsOf(restApiId))) {
      if (
        stage.deploymentId !== deploymentId &&
        stage.canarySettings?.deploymentId !== deploymentId
      ) {
        continue
      }
      throw badRequest('Active stages pointing to this deployment must be moved or deleted')
    }
    deployments.delete(ctx, orderedKey(restApiId, deploymentId))
    return {}
  },
})

function shownDeployment({ id, description, createdAtMs }: DeploymentRecord): Deployment {
  return {
    id,
    ...(description === undefined ? {} : { description }),
    createdDate: createdAtMs,
  }
}
