import { orderedKey } from '@cloud-orrery/kernel'
import {
  type BasePathMapping,
  CreateBasePathMapping,
  DeleteBasePathMapping,
  GetBasePathMapping,
  GetBasePathMappings,
  UpdateBasePathMapping,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { type ApiMappingRecord, apiMappings } from '../shared/apis/domain-names.ts'
import { newPartId } from './api-lookup.ts'
import { theDomain } from './domain-names.ts'
import { badRequest, conflict, invalidPatchPath, mappingNotFound } from './errors.ts'
import { page } from './pages.ts'
import { only, patchesOf } from './patches.ts'
import { needs } from './permissions.ts'
import { restApis, stages } from './state.ts'

/** How an empty base path is written in a path. Source: REST API Reference, GetBasePathMapping. */
const noPath = '(none)'

export const createBasePathMapping = operation(CreateBasePathMapping, {
  authorize: needs('POST', '/domainnames/{domainName}/basepathmappings'),
  provenance: 'modelled',
  refuses: ['domainNameId'],
  run(ctx, { domainName, basePath, restApiId, stage = '' }) {
    const { name } = theDomain(ctx, domainName)
    checkTarget(ctx, restApiId, stage)
    const path = basePath === noPath ? '' : (basePath ?? '')
    if (path.includes('/')) {
      throw badRequest(
        "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base path mapping, use API Gateway V2.",
      )
    }
    if (!/^[a-zA-Z0-9$\-_.+!*'()]*$/.test(path)) throw badRequest('Invalid base path specified')
    if (apiMappings.has(ctx, orderedKey(name, path))) {
      throw conflict('Base path already exists for this domain name')
    }
    return shownMapping(
      apiMappings.put(ctx, {
        id: newPartId(ctx),
        domainName: name,
        basePath: path,
        apiId: restApiId,
        kind: 'REST',
        stage,
      }),
    )
  },
})

function checkTarget(ctx: Context, restApiId: string, stage: string): void {
  if (!restApis.has(ctx, restApiId)) throw badRequest('Invalid REST API identifier specified')
  if (stage !== '' && !stages.has(ctx, orderedKey(restApiId, stage))) {
    throw badRequest('Invalid stage identifier specified')
  }
}

function theMapping(ctx: Context, domainName: string, basePath: string): ApiMappingRecord {
  const { name } = theDomain(ctx, domainName)
  const mapping = apiMappings.get(ctx, orderedKey(name, basePath === noPath ? '' : basePath))
  if (mapping === undefined) throw mappingNotFound()
  return mapping
}

export const getBasePathMapping = operation(GetBasePathMapping, {
  authorize: needs('GET', '/domainnames/{domainName}/basepathmappings/{basePath}'),
  provenance: 'modelled',
  refuses: ['domainNameId'],
  run: (ctx, { domainName, basePath }) => shownMapping(theMapping(ctx, domainName, basePath)),
})

export const getBasePathMappings = operation(GetBasePathMappings, {
  authorize: needs('GET', '/domainnames/{domainName}/basepathmappings'),
  provenance: 'modelled',
  refuses: ['domainNameId'],
  run(ctx, input) {
    const { name } = theDomain(ctx, input.domainName)
    const prefix = `${name}\u0000`
    return page(
      input,
      ['GetBasePathMappings', name],
      (start) => apiMappings.scan(ctx, { ...start, prefix }),
      ({ basePath }) => orderedKey(name, basePath),
      shownMapping,
    )
  },
})

export const updateBasePathMapping = operation(UpdateBasePathMapping, {
  authorize: needs('PATCH', '/domainnames/{domainName}/basepathmappings/{basePath}'),
  provenance: 'modelled',
  refuses: ['domainNameId'],
  run(ctx, { domainName, basePath, patchOperations }) {
    const before = theMapping(ctx, domainName, basePath)
    let mapping = before
    for (const patch of patchesOf(patchOperations)) {
      only(patch, 'replace')
      const { value = '' } = patch
      if (patch.path === '/basePath') {
        mapping = { ...mapping, basePath: value === noPath ? '' : value }
      } else if (patch.path === '/restapiId' || patch.path === '/restApiId') {
        mapping = { ...mapping, apiId: value }
      } else if (patch.path === '/stage') mapping = { ...mapping, stage: value }
      else throw invalidPatchPath(patch.path)
    }
    checkTarget(ctx, mapping.apiId, mapping.stage)
    if (mapping.basePath !== before.basePath) {
      if (apiMappings.has(ctx, orderedKey(mapping.domainName, mapping.basePath))) {
        throw conflict('Base path already exists for this domain name')
      }
      apiMappings.delete(ctx, orderedKey(before.domainName, before.basePath))
    }
    return shownMapping(apiMappings.put(ctx, mapping))
  },
})

export const deleteBasePathMapping = operation(DeleteBasePathMapping, {
  authorize: needs('DELETE', '/domainnames/{domainName}/basepathmappings/{basePath}'),
  provenance: 'modelled',
  refuses: ['domainNameId'],
  run(ctx, { domainName, basePath }) {
    const mapping = theMapping(ctx, domainName, basePath)
    apiMappings.delete(ctx, orderedKey(mapping.domainName, mapping.basePath))
    return {}
  },
})

function shownMapping({ basePath, apiId, stage }: ApiMappingRecord): BasePathMapping {
  return {
    basePath: basePath === '' ? noPath : basePath,
    restApiId: apiId,
    ...(stage === '' ? {} : { stage }),
  }
}
