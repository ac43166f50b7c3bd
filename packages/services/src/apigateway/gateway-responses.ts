import { orderedKey } from '@cloud-orrery/kernel'
import {
  DeleteGatewayResponse,
  type GatewayResponse,
  GetGatewayResponse,
  GetGatewayResponses,
  PutGatewayResponse,
  UpdateGatewayResponse,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { theApi } from './api-lookup.ts'
import { badRequest, invalidPatchPath, notFound } from './errors.ts'
import { only, type Patch, patchesOf, withEntry } from './patches.ts'
import { needs } from './permissions.ts'
import { type GatewayResponseRecord, gatewayResponses } from './state.ts'

/** Statuses of answers that no integration gives. Recorded: apigateway, GetGatewayResponses. */
export const defaultStatuses: Readonly<Record<string, string>> = {
  ACCESS_DENIED: '403',
  API_CONFIGURATION_ERROR: '500',
  AUTHORIZER_CONFIGURATION_ERROR: '500',
  AUTHORIZER_FAILURE: '500',
  BAD_REQUEST_BODY: '400',
  BAD_REQUEST_PARAMETERS: '400',
  DEFAULT_4XX: '',
  DEFAULT_5XX: '',
  EXPIRED_TOKEN: '403',
  INTEGRATION_FAILURE: '504',
  INTEGRATION_TIMEOUT: '504',
  INVALID_API_KEY: '403',
  INVALID_SIGNATURE: '403',
  MISSING_AUTHENTICATION_TOKEN: '403',
  QUOTA_EXCEEDED: '429',
  REQUEST_TOO_LARGE: '413',
  RESOURCE_NOT_FOUND: '404',
  THROTTLED: '429',
  UNAUTHORIZED: '401',
  UNSUPPORTED_MEDIA_TYPE: '415',
  WAF_FILTERED: '403',
}

const defaultTemplates = { 'application/json': '{"message":$context.error.messageString}' }

/**
 * What an API answers of one kind: its own, else that of all of its class, else AWS's.
 * Recorded: apigateway, `test_gateway_response_put`.
 */
export function gatewayResponseOf(
  own: (type: string) => GatewayResponse | undefined,
  responseType: string,
): GatewayResponse {
  const found = own(responseType)
  if (found !== undefined) return found
  const status = defaultStatuses[responseType] ?? ''
  const base = status === '' ? undefined : own(status < '500' ? 'DEFAULT_4XX' : 'DEFAULT_5XX')
  const statusCode = base?.statusCode ?? status
  return {
    responseType,
    ...(statusCode === '' ? {} : { statusCode }),
    responseParameters: base?.responseParameters ?? {},
    responseTemplates: base?.responseTemplates ?? defaultTemplates,
    defaultResponse: true,
  }
}

function ownOf(ctx: Context, restApiId: string) {
  return (type: string): GatewayResponse | undefined => {
    const record = gatewayResponses.get(ctx, orderedKey(restApiId, type))
    return record === undefined ? undefined : shown(record)
  }
}

function shown({ apiId: _, ...response }: GatewayResponseRecord): GatewayResponse {
  return response
}

export const getGatewayResponse = operation(GetGatewayResponse, {
  authorize: needs('GET', '/restapis/{restApiId}/gatewayresponses/{responseType}'),
  provenance: 'recorded',
  run(ctx, { restApiId, responseType }) {
    theApi(ctx, restApiId)
    return gatewayResponseOf(ownOf(ctx, restApiId), responseType)
  },
})

export const getGatewayResponses = operation(GetGatewayResponses, {
  authorize: needs('GET', '/restapis/{restApiId}/gatewayresponses'),
  provenance: 'recorded',
  run(ctx, { restApiId }) {
    theApi(ctx, restApiId)
    const own = ownOf(ctx, restApiId)
    return { items: Object.keys(defaultStatuses).map((type) => gatewayResponseOf(own, type)) }
  },
})

export const putGatewayResponse = operation(PutGatewayResponse, {
  authorize: needs('PUT', '/restapis/{restApiId}/gatewayresponses/{responseType}'),
  provenance: 'recorded',
  run(ctx, { restApiId, responseType, statusCode, responseParameters, responseTemplates }) {
    theApi(ctx, restApiId)
    const status = statusCode ?? defaultStatuses[responseType] ?? ''
    return shown(
      gatewayResponses.put(ctx, {
        apiId: restApiId,
        responseType,
        ...(status === '' ? {} : { statusCode: status }),
        responseParameters: responseParameters ?? {},
        responseTemplates: responseTemplates ?? defaultTemplates,
        defaultResponse: false,
      }),
    )
  },
})

export const updateGatewayResponse = operation(UpdateGatewayResponse, {
  authorize: needs('PATCH', '/restapis/{restApiId}/gatewayresponses/{responseType}'),
  provenance: 'recorded',
  run(ctx, { restApiId, responseType, patchOperations }) {
    theApi(ctx, restApiId)
    let response = gatewayResponseOf(ownOf(ctx, restApiId), responseType)
    for (const patch of patchesOf(patchOperations)) response = patched(response, patch)
    return shown(
      gatewayResponses.put(ctx, {
        ...response,
        apiId: restApiId,
        responseType,
        defaultResponse: false,
      }),
    )
  },
})

function patched(response: GatewayResponse, patch: Patch): GatewayResponse {
  const [head = '', name, ...more] = patch.segments
  if (head === 'statusCode' && name === undefined) {
    // Recorded: apigateway, `update-gateway-add-status-code`: not as an unsupported operation.
    if (patch.op !== 'replace') throw invalidPatchPath(patch.path)
    const { statusCode: _, ...others } = response
    return patch.value === undefined ? others : { ...others, statusCode: patch.value }
  }
  if (name === undefined || more.length > 0) throw invalidPatchPath(patch.path)
  if (head !== 'responseParameters' && head !== 'responseTemplates') {
    throw invalidPatchPath(patch.path)
  }
  if (patch.op !== 'remove' && (patch.value === undefined || patch.value === '')) {
    throw badRequest(`Invalid null or empty value in ${head}`)
  }
  const next = withEntry(
    response[head],
    patch,
    name,
    (text) => text ?? '',
    () => notFound('Invalid parameter name specified'),
  )
  only(patch, 'add', 'remove', 'replace')
  return { ...response, [head]: next }
}

export const deleteGatewayResponse = operation(DeleteGatewayResponse, {
  authorize: needs('DELETE', '/restapis/{restApiId}/gatewayresponses/{responseType}'),
  provenance: 'recorded',
  run(ctx, { restApiId, responseType }) {
    theApi(ctx, restApiId)
    if (gatewayResponses.delete(ctx, orderedKey(restApiId, responseType)) === undefined) {
      throw notFound('Gateway response type not defined on api')
    }
    return {}
  },
})
