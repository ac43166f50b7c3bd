import { service } from '../define.ts'
import {
  createApiMapping,
  deleteApiMapping,
  getApiMapping,
  getApiMappings,
  updateApiMapping,
} from './api-mappings.ts'
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
import { apiType } from './cloudformation/api.ts'
import { authorizerType } from './cloudformation/authorizer.ts'
import { apiMappingType, domainNameType } from './cloudformation/domain.ts'
import { integrationResponseType, integrationType } from './cloudformation/integrations.ts'
import { managedOverridesType } from './cloudformation/managed-overrides.ts'
import { modelType } from './cloudformation/model.ts'
import { routeResponseType, routeType } from './cloudformation/routes.ts'
import { deploymentType, stageType } from './cloudformation/stages.ts'
import {
  createDeployment,
  deleteDeployment,
  getDeployment,
  getDeployments,
  updateDeployment,
} from './deployments.ts'
import {
  createDomainName,
  deleteDomainName,
  getDomainName,
  getDomainNames,
  updateDomainName,
} from './domain-names.ts'
import { invalidInput } from './errors.ts'
import { writeLine } from './http/access-logs.ts'
import { invokeApi, invokeMappedApi } from './http/invoke-api.ts'
import {
  createIntegration,
  deleteIntegration,
  getIntegration,
  getIntegrations,
  updateIntegration,
} from './integrations.ts'
import { createModel, deleteModel, getModel, getModels, updateModel } from './models.ts'
import { apiArn, stageArn } from './names.ts'
import { exportApi, importApi, reimportApi } from './openapi/import-export.ts'
import {
  createIntegrationResponse,
  createRouteResponse,
  deleteIntegrationResponse,
  deleteRouteResponse,
  getIntegrationResponse,
  getIntegrationResponses,
  getRouteResponse,
  getRouteResponses,
  updateIntegrationResponse,
  updateRouteResponse,
} from './part-responses.ts'
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
import { endOfLife, idleEnd, lostEnd } from './websocket/lifetime.ts'
import { endSocket, receiveSocketMessage } from './websocket/messages.ts'
import { connections } from './websocket/state.ts'

/** API Gateway's second version: HTTP and WebSocket APIs, and what they answer. */
export const apigatewayv2 = service('apigatewayv2', {
  iamPrefix: 'apigateway',
  operations: [
    createApi,
    createApiMapping,
    createAuthorizer,
    createDeployment,
    createDomainName,
    createIntegration,
    createIntegrationResponse,
    createModel,
    createRoute,
    createRouteResponse,
    createStage,
    deleteAccessLogSettings,
    deleteApi,
    deleteApiMapping,
    deleteAuthorizer,
    deleteCorsConfiguration,
    deleteDeployment,
    deleteDomainName,
    deleteIntegration,
    deleteIntegrationResponse,
    deleteModel,
    deleteRoute,
    deleteRouteRequestParameter,
    deleteRouteResponse,
    deleteRouteSettings,
    deleteStage,
    endSocket,
    exportApi,
    getApi,
    getApiMapping,
    getApiMappings,
    getApis,
    getAuthorizer,
    getAuthorizers,
    getDeployment,
    getDeployments,
    getDomainName,
    getDomainNames,
    getIntegration,
    getIntegrationResponse,
    getIntegrationResponses,
    getIntegrations,
    getModel,
    getModels,
    getRoute,
    getRouteResponse,
    getRouteResponses,
    getRoutes,
    getStage,
    getStages,
    getTags,
    importApi,
    invokeApi,
    invokeMappedApi,
    receiveSocketMessage,
    reimportApi,
    resetAuthorizersCache,
    tagResource,
    untagResource,
    updateApi,
    updateApiMapping,
    updateAuthorizer,
    updateDeployment,
    updateDomainName,
    updateIntegration,
    updateIntegrationResponse,
    updateModel,
    updateRoute,
    updateRouteResponse,
    updateStage,
  ],
  tasks: [endOfLife, idleEnd, lostEnd, writeLine],
  resources: [
    apiMappingType,
    apiType,
    authorizerType,
    deploymentType,
    domainNameType,
    integrationResponseType,
    integrationType,
    managedOverridesType,
    modelType,
    routeResponseType,
    routeType,
    stageType,
  ],
  tables: [
    apis,
    authorizerAnswers,
    authorizers,
    buckets,
    connections,
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
