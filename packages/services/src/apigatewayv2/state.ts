import { orderedKey, table } from '@cloud-orrery/kernel'
import type {
  Api,
  Authorizer,
  Deployment,
  Integration,
  IntegrationResponse,
  Model,
  Route,
  RouteResponse,
  Stage,
} from '@cloud-orrery/models/apigatewayv2'
import { apiArn, stageArn } from './names.ts'

/** An API in AWS's own words; its id is always there. */
export interface ApiRecord extends Api {
  readonly ApiId: string
  readonly ApiEndpoint: string
  /** The function that a quick-created API may be called by no one but, judged as the API's own. */
  readonly ProtocolType: 'HTTP' | 'WEBSOCKET'
}

export const apis = table<ApiRecord>('apigatewayv2.apis', {
  key: (it) => it.ApiId,
  resource: (it, scope) => apiArn(scope, it.ApiId),
  partition: 'region',
})

export interface RouteRecord extends Route {
  readonly ApiId: string
  readonly RouteId: string
}

export const routes = table<RouteRecord, 'key'>('apigatewayv2.routes', {
  key: (it) => orderedKey(it.ApiId, it.RouteId),
  partition: 'region',
  indexes: { key: (it) => orderedKey(it.ApiId, it.RouteKey) },
})

export interface IntegrationRecord extends Integration {
  readonly ApiId: string
  readonly IntegrationId: string
}

export const integrations = table<IntegrationRecord>('apigatewayv2.integrations', {
  key: (it) => orderedKey(it.ApiId, it.IntegrationId),
  partition: 'region',
})

export interface AuthorizerRecord extends Authorizer {
  readonly ApiId: string
  readonly AuthorizerId: string
}

export const authorizers = table<AuthorizerRecord>('apigatewayv2.authorizers', {
  key: (it) => orderedKey(it.ApiId, it.AuthorizerId),
  partition: 'region',
})

export interface ModelRecord extends Model {
  readonly ApiId: string
  readonly ModelId: string
}

export const models = table<ModelRecord>('apigatewayv2.models', {
  key: (it) => orderedKey(it.ApiId, it.ModelId),
  partition: 'region',
})

export interface IntegrationResponseRecord extends IntegrationResponse {
  readonly ApiId: string
  readonly IntegrationId: string
  readonly IntegrationResponseId: string
}

export const integrationResponses = table<IntegrationResponseRecord>(
  'apigatewayv2.integration-responses',
  {
    key: (it) => orderedKey(it.ApiId, it.IntegrationId, it.IntegrationResponseId),
    partition: 'region',
  },
)

export interface RouteResponseRecord extends RouteResponse {
  readonly ApiId: string
  readonly RouteId: string
  readonly RouteResponseId: string
}

export const routeResponses = table<RouteResponseRecord>('apigatewayv2.route-responses', {
  key: (it) => orderedKey(it.ApiId, it.RouteId, it.RouteResponseId),
  partition: 'region',
})

export interface StageRecord extends Stage {
  readonly ApiId: string
}

export const stages = table<StageRecord>('apigatewayv2.stages', {
  key: (it) => orderedKey(it.ApiId, it.StageName),
  resource: (it, scope) => stageArn(scope, it.ApiId, it.StageName),
  partition: 'region',
})

/** What an API was when it was deployed. */
export interface Configuration {
  readonly api: ApiRecord
  readonly routes: readonly RouteRecord[]
  readonly integrations: readonly IntegrationRecord[]
  readonly authorizers: readonly AuthorizerRecord[]
  readonly integrationResponses: readonly IntegrationResponseRecord[]
  readonly routeResponses: readonly RouteResponseRecord[]
}

export interface DeploymentRecord extends Deployment {
  readonly ApiId: string
  readonly DeploymentId: string
  /** Absent in deployments that a stage made by itself: it serves the API as it is. */
  readonly configuration?: Configuration
}

export const deployments = table<DeploymentRecord>('apigatewayv2.deployments', {
  key: (it) => orderedKey(it.ApiId, it.DeploymentId),
  partition: 'region',
})

/** What a function authorizer said, as long as it counts. */
export interface AuthorizerAnswerRecord {
  readonly key: string
  readonly apiId: string
  readonly authorizerId: string
  readonly expiresAtMs: number
  readonly answer: unknown
}

export const authorizerAnswers = table<AuthorizerAnswerRecord, 'expiry'>(
  'apigatewayv2.authorizer-answers',
  {
    key: (it) => it.key,
    partition: 'region',
    indexes: { expiry: ({ expiresAtMs }) => orderedKey(expiresAtMs) },
  },
)

/** What is left of the requests that a stage or one of its routes may take. */
export interface BucketRecord {
  readonly key: string
  readonly tokens: number
  readonly atMs: number
}

export const buckets = table<BucketRecord>('apigatewayv2.buckets', {
  key: (it) => it.key,
  partition: 'region',
  derived: true,
})
