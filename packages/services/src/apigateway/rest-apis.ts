import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateRestApi,
  type CreateRestApiRequest,
  DeleteRestApi,
  GetRestApi,
  GetRestApis,
  type RestApi,
  UpdateRestApi,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { apiHosts, newApiId } from '../shared/apis/api-hosts.ts'
import { apiMappings } from '../shared/apis/domain-names.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { partsOf, theApi } from './api-lookup.ts'
import { patchedApi } from './api-patches.ts'
import { checkCompression, endpointOf } from './endpoint.ts'
import { badRequest } from './errors.ts'
import { partIdAlphabet, resourceIdLength } from './limits.ts'
import { page } from './pages.ts'
import { needs, permission } from './permissions.ts'
import { savedPolicy, shownPolicy } from './policies.ts'
import {
  authorizers,
  deployments,
  documentationParts,
  documentationVersions,
  gatewayResponses,
  models,
  type RestApiRecord,
  resources,
  restApis,
  stages,
  usagePlans,
  validators,
} from './state.ts'

export const createRestApi = operation(CreateRestApi, {
  authorize: (_input, ctx) => permission(ctx, 'POST', '/restapis'),
  provenance: 'recorded',
  refuses: ['securityPolicy', 'endpointAccessMode'],
  run(ctx, input) {
    if (input.cloneFrom !== undefined) throw notModelled('cloneFrom of CreateRestApi')
    const record = createApi(ctx, input)
    return shownApi(record, Object.keys(record.tags).length > 0)
  },
})

/** Makes an API with its root resource and the two models that every API has. */
export function createApi(ctx: Context, input: CreateRestApiRequest): RestApiRecord {
  const { endpointConfiguration: endpoint, minimumCompressionSize } = input
  if (input.name.trim() === '') throw badRequest('API name cannot be empty')
  // Recorded: apigateway, CreateRestApi, `create-with-multiple-errors-2`: before the endpoint.
  if (input.description === '') throw badRequest('Description cannot be an empty string')
  const { endpointType, ipAddressType } = endpointOf(endpoint?.types, endpoint?.ipAddressType)
  if (minimumCompressionSize !== undefined) checkCompression(minimumCompressionSize)
  const id = newApiId(ctx, 'REST')
  const { accountId, region } = ctx
  const rootResourceId = ctx.ids.from(partIdAlphabet, resourceIdLength)
  const policy = input.policy === undefined ? undefined : savedPolicy(ctx, id, input.policy)
  const record = restApis.put(ctx, {
    id,
    name: input.name,
    ...(input.description === undefined ? {} : { description: input.description }),
    createdAtMs: Math.floor(ctx.now() / 1000) * 1000,
    ...(input.version === undefined ? {} : { version: input.version }),
    binaryMediaTypes: input.binaryMediaTypes ?? [],
    ...(minimumCompressionSize === undefined ? {} : { minimumCompressionSize }),
    apiKeySource: input.apiKeySource ?? 'HEADER',
    endpointType,
    ipAddressType,
    vpcEndpointIds: endpoint?.vpcEndpointIds ?? [],
    ...(policy === undefined ? {} : { policy }),
    disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
    rootResourceId,
    tags: input.tags ?? {},
  })
  apiHosts.put(ctx, { id, kind: 'REST', accountId, region })
  resources.put(ctx, { apiId: id, id: rootResourceId, path: '/', methods: {} })
  for (const model of defaultModels) {
    models.put(ctx, { ...model, apiId: id, id: ctx.ids.from(partIdAlphabet, 6) })
  }
  return record
}

/** Recorded: apigateway, GetModels, `get-models-with-ref`. */
const defaultModels = [
  {
    name: 'Empty',
    description: 'This is a default empty schema model',
    contentType: 'application/json',
    schema:
      '{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n  "title" : "Empty Schema",\n  "type" : "object"\n}',
  },
  {
    name: 'Error',
    description: 'This is a default error schema model',
    contentType: 'application/json',
    schema:
      '{\n  "$schema" : "http://json-schema.org/draft-04/schema#",\n  "title" : "Error Schema",\n  "type" : "object",\n  "properties" : {\n    "message" : { "type" : "string" }\n  }\n}',
  },
]

export const getRestApi = operation(GetRestApi, {
  authorize: needs('GET', '/restapis/{restApiId}'),
  provenance: 'recorded',
  run: (ctx, { restApiId }) => shownApi(theApi(ctx, restApiId)),
})

export const getRestApis = operation(GetRestApis, {
  authorize: (_input, ctx) => permission(ctx, 'GET', '/restapis'),
  provenance: 'recorded',
  run: (ctx, input) =>
    page(
      input,
      'GetRestApis',
      (start) => restApis.scan(ctx, start),
      ({ id }) => id,
      (record) => shownApi(record, Object.keys(record.tags).length > 0),
    ),
})

export const updateRestApi = operation(UpdateRestApi, {
  authorize: needs('PATCH', '/restapis/{restApiId}'),
  provenance: 'recorded',
  run(ctx, { restApiId, patchOperations }) {
    const api = theApi(ctx, restApiId)
    return shownApi(restApis.put(ctx, patchedApi(ctx, api, patchOperations)))
  },
})

export const deleteRestApi = operation(DeleteRestApi, {
  authorize: needs('DELETE', '/restapis/{restApiId}'),
  provenance: 'recorded',
  run(ctx, { restApiId }) {
    theApi(ctx, restApiId)
    const [mapping] = apiMappings.where(ctx, 'api', restApiId)
    if (mapping !== undefined) {
      throw badRequest(
        'Deleting resources is not allowed: base path mappings exist for this API. Please delete all base path mappings.',
      )
    }
    restApis.delete(ctx, restApiId)
    apiHosts.delete(ctx, restApiId)
    removeParts(ctx, restApiId)
    for (const plan of usagePlans.scan(ctx)) {
      const apiStages = plan.apiStages.filter(({ apiId }) => apiId !== restApiId)
      if (apiStages.length !== plan.apiStages.length) usagePlans.put(ctx, { ...plan, apiStages })
    }
    return {}
  },
})

function removeParts(ctx: Context, restApiId: string): void {
  const parts = [
    resources,
    models,
    validators,
    authorizers,
    gatewayResponses,
    documentationParts,
    documentationVersions,
    deployments,
    stages,
  ]
  for (const table of parts) {
    const keys: string[] = []
    for (const record of table.scan(ctx, partsOf(restApiId))) {
      // Each table's own key function, for its own records.
      keys.push((table.options.key as (record: object) => string)(record))
    }
    for (const key of keys) table.delete(ctx, key)
  }
}

/** Definition, without deployments and stages: what an import that overwrites replaces. */
export function removeDefinition(ctx: Context, api: RestApiRecord): void {
  for (const { id } of [...resources.scan(ctx, partsOf(api.id))]) {
    if (id !== api.rootResourceId) resources.delete(ctx, orderedKey(api.id, id))
  }
  const root = resources.get(ctx, orderedKey(api.id, api.rootResourceId))
  if (root !== undefined) resources.put(ctx, { ...root, methods: {} })
  for (const { name } of [...models.scan(ctx, partsOf(api.id))]) {
    models.delete(ctx, orderedKey(api.id, name))
  }
  for (const { id } of [...validators.scan(ctx, partsOf(api.id))]) {
    validators.delete(ctx, orderedKey(api.id, id))
  }
  for (const { id } of [...authorizers.scan(ctx, partsOf(api.id))]) {
    authorizers.delete(ctx, orderedKey(api.id, id))
  }
  for (const { responseType } of [...gatewayResponses.scan(ctx, partsOf(api.id))]) {
    gatewayResponses.delete(ctx, orderedKey(api.id, responseType))
  }
}

export function shownApi(record: RestApiRecord, withTags = true): RestApi {
  const { vpcEndpointIds } = record
  return {
    id: record.id,
    name: record.name,
    ...(record.description === undefined ? {} : { description: record.description }),
    createdDate: record.createdAtMs,
    ...(record.version === undefined ? {} : { version: record.version }),
    ...(record.warnings === undefined ? {} : { warnings: record.warnings }),
    ...(record.binaryMediaTypes.length === 0 ? {} : { binaryMediaTypes: record.binaryMediaTypes }),
    ...(record.minimumCompressionSize === undefined
      ? {}
      : { minimumCompressionSize: record.minimumCompressionSize }),
    apiKeySource: record.apiKeySource,
    endpointConfiguration: {
      types: [record.endpointType],
      ipAddressType: record.ipAddressType,
      ...(vpcEndpointIds.length === 0 ? {} : { vpcEndpointIds }),
    },
    ...(record.policy === undefined ? {} : { policy: shownPolicy(record.policy) }),
    ...(withTags ? { tags: record.tags } : {}),
    disableExecuteApiEndpoint: record.disableExecuteApiEndpoint,
    rootResourceId: record.rootResourceId,
  }
}
