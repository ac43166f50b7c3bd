import {
  DeleteIntegration,
  DeleteIntegrationResponse,
  GetIntegration,
  GetIntegrationResponse,
  type Integration,
  type IntegrationResponse,
  PutIntegration,
  type PutIntegrationRequest,
  PutIntegrationResponse,
  type PutIntegrationResponseRequest,
  UpdateIntegration,
  UpdateIntegrationResponse,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { passRole } from '../shared/apis/pass-role.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { type MethodName, methodOf, putMethodRecord, theMethod, theResource } from './api-lookup.ts'
import { integrationNotFound, invalidPatchPath, notFound, statusCodeNotFound } from './errors.ts'
import { checkIntegration } from './integration-rules.ts'
import { defined, only, type Patch, patchesOf, withEntry, withItem } from './patches.ts'
import { needs } from './permissions.ts'
import type { MethodRecord } from './state.ts'

const path = '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}/integration'

export const putIntegration = operation(PutIntegration, {
  authorize: needs('PUT', path),
  provenance: 'recorded',
  refuses: ['integrationTarget'],
  run: (ctx, input) => addIntegration(ctx, input),
})

export function addIntegration(ctx: Context, input: PutIntegrationRequest): Integration {
  const { resource, method } = theMethod(ctx, input)
  if (input.responseTransferMode === 'STREAM') {
    throw notModelled('responseTransferMode STREAM of PutIntegration')
  }
  const isHttp = input.type === 'HTTP' || input.type === 'HTTP_PROXY'
  const integration: Integration = defined({
    type: input.type,
    httpMethod: input.integrationHttpMethod,
    uri: input.uri,
    connectionType: input.connectionType ?? (isHttp ? 'INTERNET' : undefined),
    connectionId: input.connectionId,
    credentials: input.credentials,
    requestParameters: input.requestParameters,
    requestTemplates: input.requestTemplates,
    passthroughBehavior: input.passthroughBehavior ?? 'WHEN_NO_MATCH',
    contentHandling: input.contentHandling,
    timeoutInMillis: input.timeoutInMillis ?? 29_000,
    cacheNamespace: input.cacheNamespace ?? resource.id,
    cacheKeyParameters: input.cacheKeyParameters ?? [],
    tlsConfig: input.tlsConfig,
  })
  checkIntegration(integration, method, resource)
  passRole(ctx, integration.credentials)
  putMethodRecord(ctx, resource, { ...method, methodIntegration: integration })
  return integration
}

export const getIntegration = operation(GetIntegration, {
  authorize: needs('GET', path),
  provenance: 'recorded',
  run: (ctx, input) => integrationOf(theMethod(ctx, input).method),
})

function integrationOf(method: MethodRecord): Integration {
  if (method.methodIntegration === undefined) throw integrationNotFound()
  return method.methodIntegration
}

export const updateIntegration = operation(UpdateIntegration, {
  authorize: needs('PATCH', path),
  provenance: 'recorded',
  run(ctx, input) {
    const { resource, method } = theMethod(ctx, input)
    const before = integrationOf(method)
    let integration = before
    for (const patch of patchesOf(input.patchOperations)) integration = patched(integration, patch)
    checkIntegration(integration, method, resource)
    if (integration.credentials !== before.credentials) passRole(ctx, integration.credentials)
    putMethodRecord(ctx, resource, { ...method, methodIntegration: integration })
    return integration
  },
})

const textFields = {
  uri: 'uri',
  type: 'type',
  httpMethod: 'httpMethod',
  credentials: 'credentials',
  passthroughBehavior: 'passthroughBehavior',
  contentHandling: 'contentHandling',
  connectionType: 'connectionType',
  connectionId: 'connectionId',
  cacheNamespace: 'cacheNamespace',
} as const

function patched(integration: Integration, patch: Patch): Integration {
  const [head = '', name, ...more] = patch.segments
  if (more.length > 0) throw invalidPatchPath(patch.path)
  if (name === undefined && Object.hasOwn(textFields, head)) {
    only(patch, 'replace')
    const { [head as keyof typeof textFields]: _, ...others } = integration
    return patch.value === undefined || patch.value === ''
      ? others
      : { ...others, [head]: patch.value }
  }
  if (head === 'timeoutInMillis' && name === undefined) {
    only(patch, 'replace')
    return { ...integration, timeoutInMillis: Number(patch.value) }
  }
  if (head === 'tlsConfig' && name === 'insecureSkipVerification') {
    return { ...integration, tlsConfig: { insecureSkipVerification: patch.value === 'true' } }
  }
  if (name === undefined) throw invalidPatchPath(patch.path)
  if (head === 'cacheKeyParameters') {
    const cacheKeyParameters = withItem(integration.cacheKeyParameters ?? [], patch, name)
    return { ...integration, cacheKeyParameters }
  }
  if (head === 'requestParameters' || head === 'requestTemplates') {
    const absent = () =>
      notFound(
        head === 'requestParameters'
          ? 'Invalid parameter name specified'
          : 'Content-Type specified was not found',
      )
    const next = withEntry(integration[head], patch, name, (text) => text ?? '', absent)
    const { [head]: _, ...others } = integration
    return Object.keys(next).length === 0 ? others : { ...others, [head]: next }
  }
  throw invalidPatchPath(patch.path)
}

export const deleteIntegration = operation(DeleteIntegration, {
  authorize: needs('DELETE', path),
  provenance: 'modelled',
  run(ctx, input) {
    const { resource, method } = theMethod(ctx, input)
    integrationOf(method)
    const { methodIntegration: _, ...others } = method
    putMethodRecord(ctx, resource, others)
    return {}
  },
})

export const putIntegrationResponse = operation(PutIntegrationResponse, {
  authorize: needs('PUT', `${path}/responses/{statusCode}`),
  provenance: 'recorded',
  run: (ctx, input) => addIntegrationResponse(ctx, input),
})

export function addIntegrationResponse(
  ctx: Context,
  input: PutIntegrationResponseRequest,
): IntegrationResponse {
  const { resource, method } = theMethod(ctx, input)
  const integration = integrationOf(method)
  const { statusCode } = input
  const response: IntegrationResponse = defined({
    statusCode,
    selectionPattern: input.selectionPattern,
    responseParameters: input.responseParameters,
    responseTemplates: input.responseTemplates,
    contentHandling: input.contentHandling,
  })
  const integrationResponses = { ...integration.integrationResponses, [statusCode]: response }
  const methodIntegration = { ...integration, integrationResponses }
  putMethodRecord(ctx, resource, { ...method, methodIntegration })
  return response
}

export const getIntegrationResponse = operation(GetIntegrationResponse, {
  authorize: needs('GET', `${path}/responses/{statusCode}`),
  provenance: 'recorded',
  run(ctx, input) {
    const integration = integrationOf(theMethod(ctx, input).method)
    return theResponse(integration, input.statusCode)
  },
})

function theResponse(integration: Integration, statusCode: string): IntegrationResponse {
  const response = integration.integrationResponses?.[statusCode]
  if (response === undefined) throw statusCodeNotFound()
  return response
}

export const updateIntegrationResponse = operation(UpdateIntegrationResponse, {
  authorize: needs('PATCH', `${path}/responses/{statusCode}`),
  provenance: 'modelled',
  run(ctx, input) {
    const { resource, method } = theMethod(ctx, input)
    const integration = integrationOf(method)
    let response = theResponse(integration, input.statusCode)
    for (const patch of patchesOf(input.patchOperations))
      response = patchedResponse(response, patch)
    const integrationResponses = {
      ...integration.integrationResponses,
      [input.statusCode]: response,
    }
    const methodIntegration = { ...integration, integrationResponses }
    putMethodRecord(ctx, resource, { ...method, methodIntegration })
    return response
  },
})

function patchedResponse(response: IntegrationResponse, patch: Patch): IntegrationResponse {
  const [head = '', name, ...more] = patch.segments
  if (more.length > 0) throw invalidPatchPath(patch.path)
  if (name === undefined && (head === 'selectionPattern' || head === 'contentHandling')) {
    only(patch, 'replace')
    const { [head]: _, ...others } = response
    return patch.value === undefined ? others : { ...others, [head]: patch.value }
  }
  if (name !== undefined && (head === 'responseParameters' || head === 'responseTemplates')) {
    const absent = () =>
      notFound(
        head === 'responseParameters'
          ? 'Invalid parameter name specified'
          : 'Content-Type specified was not found',
      )
    return {
      ...response,
      [head]: withEntry(response[head], patch, name, (text) => text ?? '', absent),
    }
  }
  throw invalidPatchPath(patch.path)
}

export const deleteIntegrationResponse = operation(DeleteIntegrationResponse, {
  authorize: needs('DELETE', `${path}/responses/{statusCode}`),
  provenance: 'recorded',
  run(ctx, input) {
    const { resource, method } = methodWithIntegration(ctx, input)
    const integration = integrationOf(method)
    theResponse(integration, input.statusCode)
    const { [input.statusCode]: _, ...integrationResponses } =
      integration.integrationResponses ?? {}
    const methodIntegration = { ...integration, integrationResponses }
    putMethodRecord(ctx, resource, { ...method, methodIntegration })
    return {}
  },
})

/** A method that is not there has no integration. Recorded: apigateway, DeleteIntegrationResponse. */
function methodWithIntegration(ctx: Context, name: MethodName) {
  const resource = theResource(ctx, name)
  const method = methodOf(resource, name.httpMethod)
  if (method === undefined) throw integrationNotFound()
  return { resource, method }
}
