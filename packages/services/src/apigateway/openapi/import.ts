import { orderedKey } from '@cloud-orrery/kernel'
import { ImportRestApi, PutRestApi } from '@cloud-orrery/models/apigateway'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { partsOf, theApi } from '../api-lookup.ts'
import { badRequest } from '../errors.ts'
import { needs, permission } from '../permissions.ts'
import { savedPolicy } from '../policies.ts'
import { addResource } from '../resources.ts'
import { createApi, removeDefinition, shownApi } from '../rest-apis.ts'
import { models, type ResourceRecord, type RestApiRecord, resources, restApis } from '../state.ts'
import { documentOf, isNode, type Node, nodeOf, textOf } from './document.ts'
import { importDocumentation } from './documentation.ts'
import { type Import, importOperation, listOf, resolved } from './operations.ts'
import { importGatewayResponses, importModels, importSecurity, importValidators } from './parts.ts'
import { prefixOf } from './paths.ts'

export const importRestApi = operation(ImportRestApi, {
  authorize: (_input, ctx) => permission(ctx, 'POST', '/restapis'),
  provenance: 'recorded',
  run(ctx, { body, parameters = {}, failOnWarnings }) {
    const document = documentOf(body)
    const types = parameters['endpointConfigurationTypes']
    const title = textOf(nodeOf(document['info'])['title'])
    const made = createApi(ctx, {
      name: title ?? 'Untitled',
      ...(types === undefined ? {} : { endpointConfiguration: { types: types.split(',') } }),
    })
    // The models that every API has are those of APIs that are made piece by piece.
    for (const { name } of [...models.scan(ctx, partsOf(made.id))]) {
      models.delete(ctx, orderedKey(made.id, name))
    }
    const record = importDocument(ctx, made, document, parameters['basepath'], failOnWarnings)
    return shownApi(record, false)
  },
})

export const putRestApi = operation(PutRestApi, {
  authorize: needs('PUT', '/restapis/{restApiId}'),
  provenance: 'recorded',
  run(ctx, { restApiId, body, mode, parameters = {}, failOnWarnings }) {
    const document = documentOf(body)
    const api = theApi(ctx, restApiId)
    if (mode === 'overwrite') removeDefinition(ctx, api)
    const record = importDocument(ctx, api, document, parameters['basepath'], failOnWarnings)
    return shownApi(record)
  },
})

/** Takes over what a document says of an API. Source: developer guide, "OpenAPI extensions for API Gateway". */
function importDocument(
  ctx: Context,
  before: RestApiRecord,
  document: Node,
  basePath: string | undefined,
  failOnWarnings: boolean | undefined,
): RestApiRecord {
  const api = restApis.put(ctx, withInfo(ctx, before, document))
  importModels(ctx, api, document)
  importGatewayResponses(ctx, api, document)
  const context: Import = {
    ctx,
    api,
    document,
    security: importSecurity(ctx, api, document),
    validators: importValidators(ctx, api, document),
    warnings: [],
  }
  const prefix = prefixOf(document, basePath)
  for (const [path, node] of Object.entries(nodeOf(document['paths']))) {
    importPath(context, prefix + path, nodeOf(node))
  }
  importDocumentation(ctx, api.id, document)
  const { warnings } = context
  if (warnings.length > 0 && failOnWarnings === true) {
    throw badRequest(`Warnings found during import: ${warnings.join('; ')}`)
  }
  const { warnings: _, ...rest } = api
  return restApis.put(ctx, warnings.length === 0 ? rest : { ...rest, warnings })
}

const verbs = ['get', 'put', 'post', 'delete', 'patch', 'options', 'head']

function importPath(context: Import, path: string, node: Node): void {
  let resource = resourceAt(context, path)
  const shared = listOf(node['parameters'])
  const any = node['x-amazon-apigateway-any-method']
  if (isNode(any)) resource = importOperation(context, resource, 'ANY', any, shared)
  for (const verb of verbs) {
    const described = node[verb]
    if (!isNode(described)) continue
    const operationNode = resolved(context.document, described)
    resource = importOperation(context, resource, verb.toUpperCase(), operationNode, shared)
  }
}

/** The resource of a path, made where it is missing, segment by segment. */
function resourceAt({ ctx, api }: Import, path: string): ResourceRecord {
  const root = resources.get(ctx, orderedKey(api.id, api.rootResourceId))
  if (root === undefined) throw badRequest('The API has no root resource')
  let resource = root
  for (const pathPart of path.split('/').filter((part) => part !== '')) {
    const parent = resource
    let child: ResourceRecord | undefined
    for (const it of resources.scan(ctx, partsOf(api.id))) {
      if (it.parentId === parent.id && it.pathPart === pathPart) child = it
    }
    resource = child ?? addResource(ctx, api.id, parent.id, pathPart)
  }
  return resource
}

function withInfo(ctx: Context, api: RestApiRecord, document: Node): RestApiRecord {
  const info = nodeOf(document['info'])
  const description = textOf(info['description'])
  const version = textOf(info['version'])
  const policy = document['x-amazon-apigateway-policy']
  const types = document['x-amazon-apigateway-binary-media-types']
  const compression = document['x-amazon-apigateway-minimum-compression-size']
  const endpoint = nodeOf(document['x-amazon-apigateway-endpoint-configuration'])
  return {
    ...api,
    name: textOf(info['title']) ?? api.name,
    ...(description === undefined || description === '' ? {} : { description }),
    ...(version === undefined ? {} : { version }),
    ...(Array.isArray(types) ? { binaryMediaTypes: types.map(String) } : {}),
    ...(compression === undefined ? {} : { minimumCompressionSize: Number(compression) }),
    ...(isNode(policy) ? { policy: savedPolicy(ctx, api.id, JSON.stringify(policy)) } : {}),
    apiKeySource: textOf(document['x-amazon-apigateway-api-key-source']) ?? api.apiKeySource,
    disableExecuteApiEndpoint:
      endpoint['disableExecuteApiEndpoint'] === undefined
        ? api.disableExecuteApiEndpoint
        : endpoint['disableExecuteApiEndpoint'] === true,
  }
}
