import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { configurationOf } from '../deployments.ts'
import {
  type ApiRecord,
  type AuthorizerRecord,
  apis,
  authorizers,
  type Configuration,
  deployments,
  type IntegrationRecord,
  integrationResponses,
  integrations,
  routeResponses,
  routes,
  type StageRecord,
} from '../state.ts'
import { compileRoutes, type Router } from './routing.ts'

/** What a stage serves, ready for requests. */
export interface ServedApi {
  readonly api: ApiRecord
  readonly router: Router
  readonly configuration: Configuration
  readonly integrations: ReadonlyMap<string, IntegrationRecord>
  readonly authorizers: ReadonlyMap<string, AuthorizerRecord>
}

/** By the frozen record of a deployment: what it deployed never changes. */
const deployed = new WeakMap<object, ServedApi>()

/** By the frozen record of an API, for stages that serve it as it is: with the tables' stamps of that moment. */
const live = new WeakMap<object, { readonly stamps: string; readonly served: ServedApi }>()

const parts = [routes, integrations, authorizers, integrationResponses, routeResponses] as const

/** What a stage serves; undefined where nothing was deployed to it. */
export function servedBy(ctx: Context, stage: StageRecord): ServedApi | undefined {
  const { ApiId, DeploymentId } = stage
  if (DeploymentId === undefined) return undefined
  const deployment = deployments.get(ctx, orderedKey(ApiId, DeploymentId))
  if (deployment === undefined) return undefined
  const { configuration } = deployment
  if (configuration === undefined) {
    const api = apis.get(ctx, ApiId)
    return api === undefined ? undefined : servedNow(ctx, api)
  }
  let served = deployed.get(configuration)
  if (served === undefined) {
    served = ready(configuration)
    deployed.set(configuration, served)
  }
  return served
}

function servedNow(ctx: Context, api: ApiRecord): ServedApi {
  const stamps = parts.map((table) => table.stamp(ctx)).join()
  const known = live.get(api)
  if (known?.stamps === stamps) return known.served
  const served = ready(configurationOf(ctx, api))
  live.set(api, { stamps, served })
  return served
}

function ready(configuration: Configuration): ServedApi {
  return {
    api: configuration.api,
    configuration,
    router: compileRoutes(configuration.routes),
    integrations: new Map(configuration.integrations.map((it) => [it.IntegrationId, it])),
    authorizers: new Map(configuration.authorizers.map((it) => [it.AuthorizerId, it])),
  }
}
