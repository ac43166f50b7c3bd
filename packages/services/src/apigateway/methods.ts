import { orderedKey } from '@cloud-orrery/kernel'
import {
  DeleteMethod,
  DeleteMethodResponse,
  GetMethod,
  GetMethodResponse,
  type Method,
  type MethodResponse,
  PutMethod,
  type PutMethodRequest,
  PutMethodResponse,
  UpdateMethod,
  UpdateMethodResponse,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { putMethodRecord, theMethod, theResource } from './api-lookup.ts'
import { badRequest, conflict, invalidPatchPath, notFound, statusCodeNotFound } from './errors.ts'
import { defined, flag, only, type Patch, patchesOf, withEntry, withItem } from './patches.ts'
import { needs } from './permissions.ts'
import { authorizers, type MethodRecord, models, resources, validators } from './state.ts'

const path = '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}'
const httpMethods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY']

export const putMethod = operation(PutMethod, {
  authorize: needs('PUT', path),
  provenance: 'recorded',
  run: (ctx, input) => shownMethod(addMethod(ctx, input)),
})

/** Puts a new method on a resource. Recorded: apigateway, `test_put_method_validation`: the order of checks. */
export function addMethod(ctx: Context, input: PutMethodRequest): MethodRecord {
  const resource = theResource(ctx, input)
  const { httpMethod, restApiId, requestParameters, requestModels, authorizationScopes } = input
  if (!httpMethods.includes(httpMethod)) {
    throw badRequest(`Invalid HttpMethod specified. Valid options are ${httpMethods.join(',')}`)
  }
  if (Object.hasOwn(resource.methods, httpMethod)) {
    throw conflict('Method already exists for this resource')
  }
  checkParameters(requestParameters)
  const usesAuthorizer = needsAuthorizer(input.authorizationType)
  const method: MethodRecord = defined({
    httpMethod,
    authorizationType: input.authorizationType,
    authorizerId: usesAuthorizer ? input.authorizerId : undefined,
    apiKeyRequired: input.apiKeyRequired ?? false,
    requestValidatorId: input.requestValidatorId,
    operationName: input.operationName,
    requestParameters: nonEmpty(requestParameters),
    requestModels: nonEmpty(requestModels),
    authorizationScopes:
      authorizationScopes === undefined || authorizationScopes.length === 0
        ? undefined
        : authorizationScopes,
  })
  checkReferences(ctx, restApiId, method)
  putMethodRecord(ctx, resource, method)
  return method
}

function nonEmpty<T extends object>(map: T | undefined): T | undefined {
  return map === undefined || Object.keys(map).length === 0 ? undefined : map
}

function needsAuthorizer(type: string | undefined): boolean {
  return type === 'CUSTOM' || type === 'COGNITO_USER_POOLS'
}

/** Recorded: apigateway, PutMethod, `req-params-same-name`. */
function checkParameters(parameters: Readonly<Record<string, boolean>> | undefined): void {
  const names = new Set<string>()
  for (const key of Object.keys(parameters ?? {})) {
    const match = /^method\.request\.(?:querystring|path|header)\.(.+)$/.exec(key)
    if (match === null) {
      throw badRequest(
        `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${key}]`,
      )
    }
    const name = match[1] ?? ''
    if (names.has(name)) {
      throw badRequest('Parameter names must be unique across querystring, header and path')
    }
    names.add(name)
  }
}

function checkReferences(ctx: Context, apiId: string, method: MethodRecord): void {
  const { authorizationType, authorizerId, requestValidatorId, requestModels = {} } = method
  if (!['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS'].includes(authorizationType ?? '')) {
    throw badRequest(
      'Invalid Authorization type specified. Valid options are NONE,AWS_IAM,CUSTOM,COGNITO_USER_POOLS',
    )
  }
  if (needsAuthorizer(authorizationType)) {
    const known = authorizers.get(ctx, orderedKey(apiId, authorizerId ?? ''))
    if (known === undefined) {
      throw badRequest(
        'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
      )
    }
  }
  if (
    requestValidatorId !== undefined &&
    !validators.has(ctx, orderedKey(apiId, requestValidatorId))
  ) {
    throw badRequest('Invalid Request Validator identifier specified')
  }
  for (const model of Object.values(requestModels)) checkModel(ctx, apiId, model)
}

function checkModel(ctx: Context, apiId: string, name: string): void {
  if (models.has(ctx, orderedKey(apiId, name))) return
  throw badRequest(`Invalid model identifier specified: ${name}`)
}

export const getMethod = operation(GetMethod, {
  authorize: needs('GET', path),
  provenance: 'recorded',
  run: (ctx, input) => shownMethod(theMethod(ctx, input).method),
})

export const updateMethod = operation(UpdateMethod, {
  authorize: needs('PATCH', path),
  provenance: 'recorded',
  run(ctx, input) {
    const { resource, method } = theMethod(ctx, input)
    let next = method
    for (const patch of patchesOf(input.patchOperations)) next = patched(next, patch)
    if (!needsAuthorizer(next.authorizationType)) {
      // Recorded: apigateway, UpdateMethod, `skip-auth-id-with-wrong-type`.
      const { authorizerId: _, ...others } = next
      next = others
    }
    checkReferences(ctx, input.restApiId, next)
    putMethodRecord(ctx, resource, next)
    return shownMethod(next)
  },
})

function patched(method: MethodRecord, patch: Patch): MethodRecord {
  const [head = '', name, ...more] = patch.segments
  if (name === undefined) return patchedField(method, patch, head)
  if (more.length > 0) throw invalidPatchPath(patch.path)
  if (head === 'authorizationScopes') {
    return {
      ...method,
      authorizationScopes: withItem(method.authorizationScopes ?? [], patch, name),
    }
  }
  if (head === 'requestParameters') {
    const next = withEntry(method.requestParameters, patch, name, flag, () =>
      notFound('Invalid parameter name specified'),
    )
    const { requestParameters: _, ...others } = method
    return Object.keys(next).length === 0 ? others : { ...others, requestParameters: next }
  }
  if (head === 'requestModels') {
    const next = withEntry(
      method.requestModels,
      patch,
      name,
      (text) => text ?? '',
      () => notFound('Content-Type specified was not found'),
    )
    const { requestModels: _, ...others } = method
    return Object.keys(next).length === 0 ? others : { ...others, requestModels: next }
  }
  throw invalidPatchPath(patch.path)
}

function patchedField(method: MethodRecord, patch: Patch, head: string): MethodRecord {
  switch (head) {
    case 'apiKeyRequired':
      only(patch, 'replace')
      return { ...method, apiKeyRequired: flag(patch.value) }
    case 'authorizationType':
    case 'authorizerId':
    case 'operationName':
    case 'requestValidatorId': {
      only(patch, 'replace')
      const { [head]: _, ...others } = method
      return patch.value === undefined || patch.value === ''
        ? { ...others, httpMethod: method.httpMethod }
        : { ...method, [head]: patch.value }
    }
    case 'authorizationScopes':
      return {
        ...method,
        authorizationScopes: withItem(method.authorizationScopes ?? [], patch, patch.value ?? ''),
      }
    default:
      throw invalidPatchPath(patch.path)
  }
}

export const deleteMethod = operation(DeleteMethod, {
  authorize: needs('DELETE', path),
  provenance: 'recorded',
  run(ctx, input) {
    const { resource } = theMethod(ctx, input)
    const { [input.httpMethod]: _, ...methods } = resource.methods
    resources.put(ctx, { ...resource, methods })
    return {}
  },
})

export const putMethodResponse = operation(PutMethodResponse, {
  authorize: needs('PUT', `${path}/responses/{statusCode}`),
  provenance: 'recorded',
  run(ctx, input) {
    const { resource, method } = theMethod(ctx, input)
    const { statusCode, responseModels } = input
    if (method.methodResponses?.[statusCode] !== undefined) {
      throw conflict('Response already exists for this resource')
    }
    for (const model of Object.values(responseModels ?? {})) checkModel(ctx, input.restApiId, model)
    const response: MethodResponse = defined({
      statusCode,
      responseParameters: input.responseParameters,
      responseModels,
    })
    checkResponseParameters(response.responseParameters)
    const methodResponses = { ...method.methodResponses, [statusCode]: response }
    putMethodRecord(ctx, resource, { ...method, methodResponses })
    return response
  },
})

function checkResponseParameters(parameters: Readonly<Record<string, boolean>> | undefined): void {
  for (const key of Object.keys(parameters ?? {})) {
    if (/^method\.response\.header\..+$/.test(key)) continue
    throw badRequest(
      `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${key}]`,
    )
  }
}

export const getMethodResponse = operation(GetMethodResponse, {
  authorize: needs('GET', `${path}/responses/{statusCode}`),
  provenance: 'modelled',
  run(ctx, input) {
    const response = theMethod(ctx, input).method.methodResponses?.[input.statusCode]
    if (response === undefined) throw statusCodeNotFound()
    return response
  },
})

export const updateMethodResponse = operation(UpdateMethodResponse, {
  authorize: needs('PATCH', `${path}/responses/{statusCode}`),
  provenance: 'recorded',
  run(ctx, input) {
    const { resource, method } = theMethod(ctx, input)
    let response = method.methodResponses?.[input.statusCode]
    if (response === undefined) throw statusCodeNotFound()
    for (const patch of patchesOf(input.patchOperations)) {
      response = patchedResponse(response, patch)
    }
    for (const model of Object.values(response.responseModels ?? {})) {
      checkModel(ctx, input.restApiId, model)
    }
    const methodResponses = { ...method.methodResponses, [input.statusCode]: response }
    putMethodRecord(ctx, resource, { ...method, methodResponses })
    return response
  },
})

function patchedResponse(response: MethodResponse, patch: Patch): MethodResponse {
  const [head = '', name, ...more] = patch.segments
  if (name === undefined || more.length > 0) throw invalidPatchPath(patch.path)
  if (head === 'responseParameters') {
    const next = withEntry(response.responseParameters, patch, name, flag, () =>
      notFound('Invalid parameter name specified'),
    )
    const { responseParameters: _, ...others } = response
    return Object.keys(next).length === 0 ? others : { ...others, responseParameters: next }
  }
  if (head === 'responseModels') {
    const next = withEntry(
      response.responseModels,
      patch,
      name,
      (text) => text ?? '',
      () => notFound('Content-Type specified was not found'),
    )
    const { responseModels: _, ...others } = response
    return Object.keys(next).length === 0 ? others : { ...others, responseModels: next }
  }
  throw invalidPatchPath(patch.path)
}

export const deleteMethodResponse = operation(DeleteMethodResponse, {
  authorize: needs('DELETE', `${path}/responses/{statusCode}`),
  provenance: 'modelled',
  run(ctx, input) {
    const { resource, method } = theMethod(ctx, input)
    const { [input.statusCode]: removed, ...methodResponses } = method.methodResponses ?? {}
    if (removed === undefined) throw statusCodeNotFound()
    putMethodRecord(ctx, resource, { ...method, methodResponses })
    return {}
  },
})

export function shownMethod(method: MethodRecord): Method {
  return method
}
