import { service } from '../define.ts'
import {
  createApi,
  deleteApi,
  deleteCorsConfiguration,
  getApi,
  getApis,
  updateApi,
} from './apis.ts'
import {
  createAuthorizer,
  deleteAuthorizer,
  getAuthorizer,
  getAuthorizers,
  resetAuthorizersCache,
  updateAuthorizer,
} from './authorizers.ts'
import {
  createDeployment,
  deleteDeployment,
  getDeployment,
  getDeployments,
  updateDeployment,
} from './deployments.ts'
import { invalidInput } from './errors.ts'
import { writeLine } from './http/access-logs.ts'
import { invokeApi } from './http/invoke-api.ts'
import {
  createIntegration,
  deleteIntegration,
  getIntegration,
  getIntegrations,
  updateIntegration,
} from './integrations.ts'
import { createModel, deleteModel, getModel, getModels, updateModel } from './models.ts'
import { apiArn, stageArn } from './names.ts'
import {
  createRoute,
  deleteRoute,
  deleteRouteRequestParameter,
  getRoute,
  getRoutes,
  updateRoute,
} from './routes.ts'
import {
  createStage,
  deleteAccessLogSettings,
  deleteRouteSettings,
  deleteStage,
  getStage,
  getStages,
  updateStage,
} from './stages.ts'
import {
  apis,
  authorizerAnswers,
  authorizers,
  buckets,
  deployments,
  integrationResponses,
  integrations,
  models,
  routeResponses,
  routes,
  stages,
} from './state.ts'
import { getTags, tagResource, untagResource } from './tags.ts'

/** API Gateway's second version: HTTP and WebSocket APIs, and what they answer. */
export const apigatewayv2 = service('apigatewayv2', {
  iamPrefix: 'apigateway',
  operations: [
    createApi,
    createAuthorizer,
    createDeployment,
    createIntegration,
    createModel,
    createRoute,
    createStage,
    deleteAccessLogSettings,
    deleteApi,
    deleteAuthorizer,
    deleteCorsConfiguration,
    deleteDeployment,
    deleteIntegration,
    deleteModel,
    deleteRoute,
    deleteRouteRequestParameter,
    deleteRouteSettings,
    deleteStage,
    getApi,
    getApis,
    getAuthorizer,
    getAuthorizers,
    getDeployment,
    getDeployments,
    getIntegration,
    getIntegrations,
    getModel,
    getModels,
    getRoute,
    getRoutes,
    getStage,
    getStages,
    getTags,
    invokeApi,
    resetAuthorizersCache,
    tagResource,
    untagResource,
    updateApi,
    updateAuthorizer,
    updateDeployment,
    updateIntegration,
    updateModel,
    updateRoute,
    updateStage,
  ],
  tasks: [writeLine],
  tables: [
    apis,
    authorizerAnswers,
    authorizers,
    buckets,
    deployments,
    integrationResponses,
    integrations,
    models,
    routeResponses,
    routes,
    stages,
  ],
  *taggedResources(ctx) {
    for (const { ApiId, Tags = {} } of apis.scan(ctx)) {
      yield { arn: apiArn(ctx, ApiId), tags: Tags }
    }
    for (const { ApiId, StageName, Tags = {} } of stages.scan(ctx)) {
      yield { arn: stageArn(ctx, ApiId, StageName), tags: Tags }
    }
  },
  errors: { invalidInput },
})
