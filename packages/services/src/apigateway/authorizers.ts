import { orderedKey } from '@cloud-orrery/kernel'
import {
  type Authorizer,
  CreateAuthorizer,
  type CreateAuthorizerRequest,
  DeleteAuthorizer,
  GetAuthorizer,
  GetAuthorizers,
  UpdateAuthorizer,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { passRole } from '../shared/apis/pass-role.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { newPartId, partsOf, theApi } from './api-lookup.ts'
import { authorizerNotFound, badRequest, conflict, invalidPatchPath } from './errors.ts'
import { authorizerTtlSecondsMax } from './limits.ts'
import { page } from './pages.ts'
import { defined, only, type Patch, patchesOf, withItem } from './patches.ts'
import { needs } from './permissions.ts'
import { type AuthorizerRecord, authorizers, resources, restApis } from './state.ts'

export const createAuthorizer = operation(CreateAuthorizer, {
  authorize: needs('POST', '/restapis/{restApiId}/authorizers'),
  provenance: 'recorded',
  refuses: ['jwtConfiguration'],
  run(ctx, input) {
    if (input.type === 'JWT') throw notModelled('type JWT of CreateAuthorizer')
    const draft = { ...input, apiId: input.restApiId, id: newPartId(ctx) }
    const record = authorizerRecord(draft)
    check(record)
    // Recorded: apigateway, CreateAuthorizer of an API that is not there.
    if (!restApis.has(ctx, input.restApiId)) {
      throw conflict(
        'Unable to complete operation due to concurrent modification. Please try again later.',
      )
    }
    for (const other of authorizers.scan(ctx, partsOf(input.restApiId))) {
      if (other.name === input.name) throw badRequest('Authorizer name must be unique')
    }
    passRole(ctx, record.authorizerCredentials)
    return shownAuthorizer(authorizers.put(ctx, record))
  },
})

/** An authorizer as it is kept: only what was given. */
export function authorizerRecord(
  input: Omit<CreateAuthorizerRequest, 'restApiId'> & {
    readonly apiId: string
    readonly id: string
  },
): AuthorizerRecord {
  const { type } = input
  return defined({
    apiId: input.apiId,
    id: input.id,
    name: input.name,
    type,
    providerARNs: input.providerARNs,
    authType: input.authType ?? (type === 'COGNITO_USER_POOLS' ? 'cognito_user_pools' : 'custom'),
    authorizerUri: input.authorizerUri,
    authorizerCredentials: input.authorizerCredentials,
    identitySource: input.identitySource,
    identityValidationExpression: input.identityValidationExpression,
    authorizerResultTtlInSeconds: input.authorizerResultTtlInSeconds,
  })
}

function check({ type, authorizerUri, providerARNs, ...record }: AuthorizerRecord): void {
  const { identitySource, authorizerResultTtlInSeconds: ttl } = record
  if (type === 'COGNITO_USER_POOLS') {
    if (providerARNs === undefined || providerARNs.length === 0) {
      throw badRequest('Provider ARNs list cannot be empty for a Cognito Authorizer')
    }
    const wrong = providerARNs.find(
      (arn) => !/^arn:[^:]+:cognito-idp:[^:]+:\d{12}:userpool\/.+/.test(arn),
    )
    if (wrong !== undefined) throw badRequest(`Invalid Cognito User Pool ARN: ${wrong}`)
  } else if (
    authorizerUri === undefined ||
    !/^arn:[^:]+:apigateway:[^:]+:lambda:path\/.+\/invocations$/.test(authorizerUri)
  ) {
    throw badRequest(
      `Invalid Authorizer URI: ${authorizerUri ?? 'null'}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.`,
    )
  }
  if (type === 'TOKEN' && !/^method\.request\.header\.[^,]+$/.test(identitySource ?? '')) {
    throw badRequest('Identity source must be a header for a TOKEN authorizer')
  }
  if (type === 'REQUEST' && ttl !== 0 && (identitySource ?? '') === '') {
    throw badRequest('Identity source must be specified for a REQUEST authorizer with caching')
  }
  if (ttl !== undefined && (ttl < 0 || ttl > authorizerTtlSecondsMax)) {
    throw badRequest(
      `Authorizer result TTL value is not in valid range: 0-${authorizerTtlSecondsMax}`,
    )
  }
}

export function theAuthorizer(ctx: Context, restApiId: string, id: string): AuthorizerRecord {
  const authorizer = authorizers.get(ctx, orderedKey(restApiId, id))
  if (authorizer === undefined) throw authorizerNotFound()
  return authorizer
}

export const getAuthorizer = operation(GetAuthorizer, {
  authorize: needs('GET', '/restapis/{restApiId}/authorizers/{authorizerId}'),
  provenance: 'modelled',
  run: (ctx, { restApiId, authorizerId }) =>
    shownAuthorizer(theAuthorizer(ctx, restApiId, authorizerId)),
})

export const getAuthorizers = operation(GetAuthorizers, {
  authorize: needs('GET', '/restapis/{restApiId}/authorizers'),
  provenance: 'recorded',
  run(ctx, input) {
    theApi(ctx, input.restApiId)
    return page(
      input,
      ['GetAuthorizers', input.restApiId],
      ({ after }) => authorizers.scan(ctx, partsOf(input.restApiId, after)),
      ({ id }) => orderedKey(input.restApiId, id),
      shownAuthorizer,
    )
  },
})

export const updateAuthorizer = operation(UpdateAuthorizer, {
  authorize: needs('PATCH', '/restapis/{restApiId}/authorizers/{authorizerId}'),
  provenance: 'modelled',
  run(ctx, { restApiId, authorizerId, patchOperations }) {
    const before = theAuthorizer(ctx, restApiId, authorizerId)
    let authorizer = before
    for (const patch of patchesOf(patchOperations)) authorizer = patched(authorizer, patch)
    check(authorizer)
    const { authorizerCredentials: role } = authorizer
    if (role !== before.authorizerCredentials) passRole(ctx, role)
    return shownAuthorizer(authorizers.put(ctx, authorizer))
  },
})

const textFields: readonly string[] = [
  'name',
  'authType',
  'authorizerUri',
  'authorizerCredentials',
  'identitySource',
  'identityValidationExpression',
]

function patched(authorizer: AuthorizerRecord, patch: Patch): AuthorizerRecord {
  const [head = '', name] = patch.segments
  if (head === 'providerARNs') {
    const arn = name === undefined ? (patch.value ?? '') : patch.segments.slice(1).join('/')
    return { ...authorizer, providerARNs: withItem(authorizer.providerARNs ?? [], patch, arn) }
  }
  if (name !== undefined) throw invalidPatchPath(patch.path)
  if (head === 'authorizerResultTtlInSeconds') {
    only(patch, 'replace')
    return { ...authorizer, authorizerResultTtlInSeconds: Number(patch.value) }
  }
  if (!textFields.includes(head)) throw invalidPatchPath(patch.path)
  only(patch, 'replace')
  return defined({ ...authorizer, [head]: patch.value })
}

export const deleteAuthorizer = operation(DeleteAuthorizer, {
  authorize: needs('DELETE', '/restapis/{restApiId}/authorizers/{authorizerId}'),
  provenance: 'modelled',
  run(ctx, { restApiId, authorizerId }) {
    theAuthorizer(ctx, restApiId, authorizerId)
    for (const { methods } of resources.scan(ctx, partsOf(restApiId))) {
      if (Object.values(methods).some((method) => method.authorizerId === authorizerId)) {
        throw conflict(`Cannot delete authorizer '${authorizerId}', is referenced in a method`)
      }
    }
    authorizers.delete(ctx, orderedKey(restApiId, authorizerId))
    return {}
  },
})

export function shownAuthorizer({ apiId: _, ...authorizer }: AuthorizerRecord): Authorizer {
  return authorizer
}
