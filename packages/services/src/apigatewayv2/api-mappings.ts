import { orderedKey } from '@cloud-orrery/kernel'
import {
  type ApiMapping,
  CreateApiMapping,
  DeleteApiMapping,
  GetApiMapping,
  GetApiMappings,
  UpdateApiMapping,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { apiHosts } from '../shared/apis/api-hosts.ts'
import { type ApiMappingRecord, apiMappings } from '../shared/apis/domain-names.ts'
import { theDomain } from './domain-names.ts'
import { bad, conflict, partNotFound } from './errors.ts'
import { given, page } from './lookup.ts'
import { judged, newPartId } from './names.ts'
import { apis, stages } from './state.ts'

export const createApiMapping = operation(CreateApiMapping, {
  authorize: ({ DomainName }, ctx) => judged('POST', `/domainnames/${DomainName}/apimappings`, ctx),
  provenance: 'modelled',
  run(ctx, { DomainName, ApiId, ApiMappingKey = '', Stage }) {
    const { name } = theDomain(ctx, DomainName)
    const basePath = checkedKey(ctx, name, ApiMappingKey)
    const kind = checkedTarget(ctx, ApiId, Stage)
    const id = newPartId(ctx, 6)
    const mapping = { id, domainName: name, basePath, apiId: ApiId, kind, stage: Stage }
    return shownMapping(apiMappings.put(ctx, mapping))
  },
})

function checkedKey(ctx: Context, domainName: string, key: string): string {
  const basePath = key === '(none)' ? '' : key
  if (!/^(?:[A-Za-z0-9$_.+!*'()-]+(?:\/[A-Za-z0-9$_.+!*'()-]+)*)?$/.test(basePath)) {
    throw bad(
      "API mapping key should not start with a '/', end with a '/' or have consecutive '/'s.",
    )
  }
  if (apiMappings.has(ctx, orderedKey(domainName, basePath))) {
    throw conflict('ApiMapping key already exists for this domain name')
  }
  return basePath
}

/** REST APIs can be mapped here too; what their stages are, only their own service knows. */
function checkedTarget(ctx: Context, apiId: string, stage: string): ApiMappingRecord['kind'] {
  const api = apis.get(ctx, apiId)
  if (api !== undefined) {
    if (!stages.has(ctx, orderedKey(apiId, stage))) throw bad('Invalid stage identifier specified')
    return api.ProtocolType
  }
  const host = apiHosts.get(ctx, apiId)
  const isOurs = host?.accountId === ctx.accountId && host.region === ctx.region
  if (host?.kind !== 'REST' || !isOurs) throw bad('Invalid API identifier specified')
  return 'REST'
}

export const getApiMapping = operation(GetApiMapping, {
  authorize: (input, ctx) => judged('GET', pathOf(input), ctx),
  provenance: 'modelled',
  run: (ctx, input) => shownMapping(theMapping(ctx, input)),
})

export const getApiMappings = operation(GetApiMappings, {
  authorize: ({ DomainName }, ctx) => judged('GET', `/domainnames/${DomainName}/apimappings`, ctx),
  provenance: 'modelled',
  run(ctx, { DomainName, ...paging }) {
    const { name } = theDomain(ctx, DomainName)
    const { items, nextToken } = page(ctx, apiMappings, [name], paging)
    return { Items: items.map(shownMapping), ...given({ NextToken: nextToken }) }
  },
})

export const updateApiMapping = operation(UpdateApiMapping, {
  authorize: (input, ctx) => judged('PATCH', pathOf(input), ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ApiMappingKey, Stage, ...input }) {
    const mapping = theMapping(ctx, input)
    const stage = Stage ?? mapping.stage
    const kind = checkedTarget(ctx, ApiId, stage)
    const isMoved = ApiMappingKey !== undefined && ApiMappingKey !== mapping.basePath
    const basePath = isMoved ? checkedKey(ctx, mapping.domainName, ApiMappingKey) : mapping.basePath
    apiMappings.delete(ctx, apiMappings.options.key(mapping))
    return shownMapping(apiMappings.put(ctx, { ...mapping, apiId: ApiId, basePath, kind, stage }))
  },
})

export const deleteApiMapping = operation(DeleteApiMapping, {
  authorize: (input, ctx) => judged('DELETE', pathOf(input), ctx),
  provenance: 'modelled',
  run(ctx, input) {
    apiMappings.delete(ctx, apiMappings.options.key(theMapping(ctx, input)))
    return {}
  },
})

interface MappingName {
  readonly DomainName: string
  readonly ApiMappingId: string
}

function pathOf({ DomainName, ApiMappingId }: MappingName): string {
  return `/domainnames/${DomainName}/apimappings/${ApiMappingId}`
}

function theMapping(ctx: Context, { DomainName, ApiMappingId }: MappingName): ApiMappingRecord {
  const { name } = theDomain(ctx, DomainName)
  for (const mapping of apiMappings.scan(ctx, { prefix: orderedKey(name, '') })) {
    if (mapping.id === ApiMappingId) return mapping
  }
  throw partNotFound('ApiMapping', ApiMappingId)
}

function shownMapping({ id, basePath, apiId, stage }: ApiMappingRecord): ApiMapping {
  return { ApiId: apiId, ApiMappingId: id, ApiMappingKey: basePath, Stage: stage }
}
