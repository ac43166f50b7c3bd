import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { passRole } from '../../shared/apis/pass-role.ts'
import { newPartId } from '../api-lookup.ts'
import { authorizerRecord } from '../authorizers.ts'
import { defaultStatuses } from '../gateway-responses.ts'
import { authorizers, gatewayResponses, models, type RestApiRecord, validators } from '../state.ts'
import { isNode, type Node, nodeOf, textOf, textsOf } from './document.ts'

/** What `security` of a document names. */
export interface Security {
  readonly authorizationType: string
  readonly authorizerId?: string
  readonly apiKey: boolean
}

/** Models of a document: `definitions`, or `components/schemas`. Their references are made those of API Gateway. */
export function importModels(ctx: Context, api: RestApiRecord, document: Node): void {
  const schemas = nodeOf(document['definitions'] ?? nodeOf(document['components'])['schemas'])
  for (const [name, schema] of Object.entries(schemas)) putModel(ctx, api, name, schema)
}

export function putModel(ctx: Context, api: RestApiRecord, name: string, schema: unknown): string {
  const before = models.get(ctx, orderedKey(api.id, name))
  const text = JSON.stringify(withModelReferences(schema, api.id), null, 2)
  const description = textOf(nodeOf(schema)['description'])
  models.put(ctx, {
    apiId: api.id,
    id: before?.id ?? newPartId(ctx),
    name,
    contentType: 'application/json',
    schema: text,
    ...(description === undefined ? {} : { description }),
  })
  return name
}

/** The name of a model that a reference of a document means. */
export function modelName(reference: string): string | undefined {
  return /^#\/(?:definitions|components\/schemas)\/(.+)$/.exec(reference)?.[1]
}

function withModelReferences(value: unknown, apiId: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withModelReferences(item, apiId))
  if (!isNode(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = key === '$ref' && typeof member === 'string' ? modelName(member) : undefined
      return name === undefined
        ? [key, withModelReferences(member, apiId)]
        : [key, `https://apigateway.amazonaws.com/restapis/${apiId}/models/${name}`]
    }),
  )
}

/** Ids of request validators by their names. Source: developer guide, "x-amazon-apigateway-request-validators object". */
export function importValidators(
  ctx: Context,
  api: RestApiRecord,
  document: Node,
): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  const all = nodeOf(document['x-amazon-apigateway-request-validators'])
  for (const [name, node] of Object.entries(all)) {
    const id = newPartId(ctx)
    ids.set(name, id)
    validators.put(ctx, {
      apiId: api.id,
      id,
      name,
      validateRequestBody: nodeOf(node)['validateRequestBody'] === true,
      validateRequestParameters: nodeOf(node)['validateRequestParameters'] === true,
    })
  }
  return ids
}

/** Source: developer guide, "x-amazon-apigateway-gateway-responses object". */
export function importGatewayResponses(ctx: Context, api: RestApiRecord, document: Node): void {
  const all = nodeOf(document['x-amazon-apigateway-gateway-responses'])
  for (const [responseType, node] of Object.entries(all)) {
    const { statusCode, responseParameters, responseTemplates } = nodeOf(node)
    const status = textOf(statusCode) ?? defaultStatuses[responseType] ?? ''
    gatewayResponses.put(ctx, {
      apiId: api.id,
      responseType,
      ...(status === '' ? {} : { statusCode: status }),
      responseParameters: textsOf(responseParameters) ?? {},
      responseTemplates: textsOf(responseTemplates) ?? {
        'application/json': '{"message":$context.error.messageString}',
      },
      defaultResponse: false,
    })
  }
}

/** What each security scheme of a document asks for. Source: developer guide, "x-amazon-apigateway-authorizer object". */
export function importSecurity(
  ctx: Context,
  api: RestApiRecord,
  document: Node,
): ReadonlyMap<string, Security> {
  const found = new Map<string, Security>()
  const components = nodeOf(document['components'])
  const schemes = nodeOf(document['securityDefinitions'] ?? components['securitySchemes'])
  for (const [name, node] of Object.entries(schemes)) {
    const scheme = nodeOf(node)
    const authType = textOf(scheme['x-amazon-apigateway-authtype'])
    const authorizer = scheme['x-amazon-apigateway-authorizer']
    if (isNode(authorizer)) {
      found.set(name, putAuthorizer(ctx, api, name, scheme, authorizer))
    } else if (authType?.toLowerCase() === 'awssigv4') {
      found.set(name, { authorizationType: 'AWS_IAM', apiKey: false })
    } else if (scheme['type'] === 'apiKey') {
      found.set(name, { authorizationType: 'NONE', apiKey: true })
    }
  }
  return found
}

function putAuthorizer(
  ctx: Context,
  api: RestApiRecord,
  name: string,
  scheme: Node,
  authorizer: Node,
): Security {
  const given = textOf(authorizer['type'])?.toUpperCase() ?? 'TOKEN'
  const type = given === 'COGNITO_USER_POOLS' ? given : given === 'REQUEST' ? given : 'TOKEN'
  const id = newPartId(ctx)
  const role = textOf(authorizer['authorizerCredentials'])
  passRole(ctx, role)
  const header = textOf(scheme['name'])
  const arns = authorizer['providerARNs']
  const ttl = authorizer['authorizerResultTtlInSeconds']
  authorizers.put(
    ctx,
    authorizerRecord({
      apiId: api.id,
      id,
      name,
      type,
      authType: textOf(scheme['x-amazon-apigateway-authtype']),
      providerARNs: Array.isArray(arns) ? arns.map(String) : undefined,
      authorizerUri: textOf(authorizer['authorizerUri']),
      authorizerCredentials: role,
      identitySource:
        textOf(authorizer['identitySource']) ??
        (header === undefined || type === 'REQUEST'
          ? undefined
          : `method.request.header.${header}`),
      identityValidationExpression: textOf(authorizer['identityValidationExpression']),
      authorizerResultTtlInSeconds: ttl === undefined ? undefined : Number(ttl),
    }),
  )
  const authorizationType = type === 'COGNITO_USER_POOLS' ? type : 'CUSTOM'
  return { authorizationType, authorizerId: id, apiKey: false }
}
