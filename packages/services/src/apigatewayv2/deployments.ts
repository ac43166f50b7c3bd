import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateDeployment,
  DeleteDeployment,
  GetDeployment,
  GetDeployments,
  UpdateDeployment,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { bad } from './errors.ts'
import { given, page, part, partsOf, theApi, theStage } from './lookup.ts'
import { judged, newPartId } from './names.ts'
import {
  type ApiRecord,
  authorizers,
  type Configuration,
  type DeploymentRecord,
  deployments,
  integrationResponses,
  integrations,
  routeResponses,
  routes,
  type StageRecord,
  stages,
} from './state.ts'

/** What an API is now. */
export function configurationOf(ctx: Context, api: ApiRecord): Configuration {
  const { ApiId } = api
  return {
    api,
    routes: [...partsOf(ctx, routes, ApiId)],
    integrations: [...partsOf(ctx, integrations, ApiId)],
    authorizers: [...partsOf(ctx, authorizers, ApiId)],
    integrationResponses: [...partsOf(ctx, integrationResponses, ApiId)],
    routeResponses: [...partsOf(ctx, routeResponses, ApiId)],
  }
}

/** Stages that deploy by themselves take each change of their API at once. On AWS that takes some seconds. */
export function deployChange(ctx: Context, apiId: string): void {
  for (const stage of [...partsOf(ctx, stages, apiId)]) {
    if (stage.AutoDeploy === true) deployStage(ctx, stage)
  }
}

/** A stage's new deployment of its own making. */
export function deployStage(ctx: Context, stage: StageRecord): StageRecord {
  const { DeploymentId } = deployments.put(ctx, {
    ApiId: stage.ApiId,
    DeploymentId: newPartId(ctx, 6),
    AutoDeployed: true,
    CreatedDate: ctx.now(),
    DeploymentStatus: 'DEPLOYED',
    Description: 'Automatic deployment triggered by changes to the Api configuration',
  })
  return stages.put(ctx, {
    ...stage,
    DeploymentId,
    LastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${DeploymentId}'`,
    LastUpdatedDate: ctx.now(),
  })
}

/** A deployment that a stage may be pointed at: one that knows what it deployed. */
export function deployable(ctx: Context, apiId: string, id: string): DeploymentRecord {
  const deployment = deployments.get(ctx, orderedKey(apiId, id))
  if (deployment === undefined) throw bad(`Deployment ID ${id} is not valid`)
  return deployment
}

/** A stage stops deploying by itself: its last deployment becomes what the API is now. */
export function fixDeployment(ctx: Context, stage: StageRecord): void {
  const deployment = deployments.get(ctx, orderedKey(stage.ApiId, stage.DeploymentId ?? ''))
  if (deployment === undefined || deployment.configuration !== undefined) return
  const configuration = configurationOf(ctx, theApi(ctx, stage.ApiId))
  deployments.put(ctx, { ...deployment, configuration })
}

export const createDeployment = operation(CreateDeployment, {
  authorize: ({ ApiId }, ctx) => judged('POST', `/apis/${ApiId}/deployments`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, Description, StageName }) {
    const api = theApi(ctx, ApiId)
    const configuration = configurationOf(ctx, api)
    if (configuration.routes.length === 0) {
      throw bad('At least one route is required before deploying the Api.')
    }
    const stage = StageName === undefined ? undefined : theStage(ctx, ApiId, StageName)
    if (stage?.AutoDeploy === true) {
      throw bad('Deployments cannot be created for a stage that has autodeploy enabled')
    }
    const deployment = deployments.put(ctx, {
      ApiId,
      DeploymentId: newPartId(ctx, 6),
      AutoDeployed: false,
      CreatedDate: ctx.now(),
      DeploymentStatus: 'DEPLOYED',
      ...given({ Description }),
      configuration,
    })
    if (stage !== undefined) {
      const { DeploymentId } = deployment
      stages.put(ctx, { ...stage, DeploymentId, LastUpdatedDate: ctx.now() })
    }
    return shownDeployment(deployment)
  },
})

export const getDeployment = operation(GetDeployment, {
  authorize: (input, ctx) => judged('GET', pathOf(input), ctx),
  provenance: 'modelled',
  run: (ctx, input) => shownDeployment(theDeployment(ctx, input)),
})

export const getDeployments = operation(GetDeployments, {
  authorize: ({ ApiId }, ctx) => judged('GET', `/apis/${ApiId}/deployments`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ...paging }) {
    theApi(ctx, ApiId)
    const { items, nextToken } = page(ctx, deployments, [ApiId], paging)
    return { Items: items.map(shownDeployment), ...given({ NextToken: nextToken }) }
  },
})

export const updateDeployment = operation(UpdateDeployment, {
  authorize: (input, ctx) => judged('PATCH', pathOf(input), ctx),
  provenance: 'modelled',
  run(ctx, { Description, ...input }) {
    const deployment = theDeployment(ctx, input)
    return shownDeployment(deployments.put(ctx, { ...deployment, ...given({ Description }) }))
  },
})

export const deleteDeployment = operation(DeleteDeployment, {
  authorize: (input, ctx) => judged('DELETE', pathOf(input), ctx),
  provenance: 'modelled',
  run(ctx, input) {
    const { ApiId, DeploymentId } = theDeployment(ctx, input)
    for (const stage of partsOf(ctx, stages, ApiId)) {
      if (stage.DeploymentId !== DeploymentId) continue
      throw bad('Active stages pointing to this deployment must be moved or deleted')
    }
    deployments.delete(ctx, orderedKey(ApiId, DeploymentId))
    return {}
  },
})

interface DeploymentName {
  readonly ApiId: string
  readonly DeploymentId: string
}

function pathOf({ ApiId, DeploymentId }: DeploymentName): string {
  return `/apis/${ApiId}/deployments/${DeploymentId}`
}

function theDeployment(ctx: Context, { ApiId, DeploymentId }: DeploymentName): DeploymentRecord {
  return part(ctx, deployments, 'Deployment', ApiId, DeploymentId)
}

function shownDeployment({ ApiId: _, configuration: __, ...deployment }: DeploymentRecord) {
  return deployment
}
