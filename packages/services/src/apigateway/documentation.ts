import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateDocumentationPart,
  CreateDocumentationVersion,
  DeleteDocumentationPart,
  DeleteDocumentationVersion,
  type DocumentationPart,
  type DocumentationVersion,
  GetDocumentationPart,
  GetDocumentationParts,
  GetDocumentationVersion,
  GetDocumentationVersions,
  ImportDocumentationParts,
  UpdateDocumentationPart,
  UpdateDocumentationVersion,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { newPartId, partsOf, theApi } from './api-lookup.ts'
import {
  badRequest,
  conflict,
  documentationPartNotFound,
  documentationVersionNotFound,
} from './errors.ts'
import { documentOf, invalidDocumentation } from './openapi/document.ts'
import { importDocumentation } from './openapi/documentation.ts'
import { page } from './pages.ts'
import { defined, patchesOf, replaceOf } from './patches.ts'
import { needs } from './permissions.ts'
import {
  type DocumentationPartRecord,
  type DocumentationVersionRecord,
  documentationParts,
  documentationVersions,
  stages,
} from './state.ts'

export const createDocumentationPart = operation(CreateDocumentationPart, {
  authorize: needs('POST', '/restapis/{restApiId}/documentation/parts'),
  provenance: 'recorded',
  run(ctx, { restApiId, location, properties }) {
    theApi(ctx, restApiId)
    checkProperties(properties)
    for (const part of documentationParts.scan(ctx, partsOf(restApiId))) {
      if (sameLocation(part.location, location)) {
        throw conflict(
          `Documentation part already exists for the specified location: type '${location.type}'.`,
        )
      }
    }
    const apiId = restApiId
    const record = { apiId, id: newPartId(ctx), location: defined(location), properties }
    return shownPart(documentationParts.put(ctx, record))
  },
})

function sameLocation(one: object, other: object): boolean {
  const sorted = (it: object) => JSON.stringify(Object.entries(defined(it)).sort())
  return sorted(one) === sorted(other)
}

function checkProperties(properties: string): void {
  try {
    const value: unknown = JSON.parse(properties)
    if (typeof value === 'object' && value !== null) return
  } catch {
    // Refused below, as every text that is no JSON object.
  }
  throw badRequest('Documentation part properties must be a valid JSON object')
}

export const getDocumentationPart = operation(GetDocumentationPart, {
  authorize: needs('GET', '/restapis/{restApiId}/documentation/parts/{documentationPartId}'),
  provenance: 'recorded',
  run: (ctx, { restApiId, documentationPartId }) =>
    shownPart(thePart(ctx, restApiId, documentationPartId)),
})

function thePart(ctx: Context, restApiId: string, id: string): DocumentationPartRecord {
  theApi(ctx, restApiId)
  const part = documentationParts.get(ctx, orderedKey(restApiId, id))
  if (part === undefined) throw documentationPartNotFound()
  return part
}

export const getDocumentationParts = operation(GetDocumentationParts, {
  authorize: needs('GET', '/restapis/{restApiId}/documentation/parts'),
  provenance: 'recorded',
  run(ctx, input) {
    const { restApiId, type, nameQuery, path } = input
    theApi(ctx, restApiId)
    return page(
      input,
      ['GetDocumentationParts', restApiId, type, nameQuery, path],
      ({ after }) => documentationParts.scan(ctx, partsOf(restApiId, after)),
      ({ id }) => orderedKey(restApiId, id),
      shownPart,
      ({ location }) =>
        (type === undefined || location.type === type) &&
        (path === undefined || location.path === path) &&
        (nameQuery === undefined || location.name?.includes(nameQuery) === true),
    )
  },
})

export const updateDocumentationPart = operation(UpdateDocumentationPart, {
  authorize: needs('PATCH', '/restapis/{restApiId}/documentation/parts/{documentationPartId}'),
  provenance: 'recorded',
  run(ctx, { restApiId, documentationPartId, patchOperations }) {
    let part = thePart(ctx, restApiId, documentationPartId)
    for (const patch of patchesOf(patchOperations)) {
      replaceOf(patch, ['/properties'])
      checkProperties(patch.value ?? '')
      part = { ...part, properties: patch.value ?? '' }
    }
    return shownPart(documentationParts.put(ctx, part))
  },
})

export const deleteDocumentationPart = operation(DeleteDocumentationPart, {
  authorize: needs('DELETE', '/restapis/{restApiId}/documentation/parts/{documentationPartId}'),
  provenance: 'recorded',
  run(ctx, { restApiId, documentationPartId }) {
    thePart(ctx, restApiId, documentationPartId)
    documentationParts.delete(ctx, orderedKey(restApiId, documentationPartId))
    return {}
  },
})

export const importDocumentationParts = operation(ImportDocumentationParts, {
  authorize: needs('PUT', '/restapis/{restApiId}/documentation/parts'),
  provenance: 'recorded',
  run(ctx, { restApiId, mode, body }) {
    const document = documentOf(body, invalidDocumentation)
    theApi(ctx, restApiId)
    if (mode === 'overwrite') {
      for (const { id } of [...documentationParts.scan(ctx, partsOf(restApiId))]) {
        documentationParts.delete(ctx, orderedKey(restApiId, id))
      }
    }
    const ids = importDocumentation(ctx, restApiId, document)
    return { ids }
  },
})

function shownPart({ apiId: _, ...part }: DocumentationPartRecord): DocumentationPart {
  return part
}

export const createDocumentationVersion = operation(CreateDocumentationVersion, {
  authorize: needs('POST', '/restapis/{restApiId}/documentation/versions'),
  provenance: 'modelled',
  run(ctx, { restApiId, documentationVersion: version, stageName, description }) {
    theApi(ctx, restApiId)
    if (documentationVersions.has(ctx, orderedKey(restApiId, version))) {
      throw conflict('Documentation version already exists')
    }
    const record = documentationVersions.put(ctx, {
      apiId: restApiId,
      version,
      createdAtMs: Math.floor(ctx.now() / 1000) * 1000,
      ...(description === undefined ? {} : { description }),
      parts: [...documentationParts.scan(ctx, partsOf(restApiId))].map(
        ({ apiId: _, ...part }) => part,
      ),
    })
    const stage =
      stageName === undefined ? undefined : stages.get(ctx, orderedKey(restApiId, stageName))
    if (stage !== undefined) stages.put(ctx, { ...stage, documentationVersion: version })
    return shownVersion(record)
  },
})

function theVersion(ctx: Context, restApiId: string, version: string): DocumentationVersionRecord {
  theApi(ctx, restApiId)
  const record = documentationVersions.get(ctx, orderedKey(restApiId, version))
  if (record === undefined) throw documentationVersionNotFound()
  return record
}

export const getDocumentationVersion = operation(GetDocumentationVersion, {
  authorize: needs('GET', '/restapis/{restApiId}/documentation/versions/{documentationVersion}'),
  provenance: 'modelled',
  run: (ctx, { restApiId, documentationVersion }) =>
    shownVersion(theVersion(ctx, restApiId, documentationVersion)),
})

export const getDocumentationVersions = operation(GetDocumentationVersions, {
  authorize: needs('GET', '/restapis/{restApiId}/documentation/versions'),
  provenance: 'modelled',
  run(ctx, input) {
    theApi(ctx, input.restApiId)
    return page(
      input,
      ['GetDocumentationVersions', input.restApiId],
      ({ after }) => documentationVersions.scan(ctx, partsOf(input.restApiId, after)),
      ({ version }) => orderedKey(input.restApiId, version),
      shownVersion,
    )
  },
})

export const updateDocumentationVersion = operation(UpdateDocumentationVersion, {
  authorize: needs('PATCH', '/restapis/{restApiId}/documentation/versions/{documentationVersion}'),
  provenance: 'modelled',
  run(ctx, { restApiId, documentationVersion, patchOperations }) {
    let record = theVersion(ctx, restApiId, documentationVersion)
    for (const patch of patchesOf(patchOperations)) {
      replaceOf(patch, ['/description'])
      record = { ...record, description: patch.value ?? '' }
    }
    return shownVersion(documentationVersions.put(ctx, record))
  },
})

export const deleteDocumentationVersion = operation(DeleteDocumentationVersion, {
  authorize: needs('DELETE', '/restapis/{restApiId}/documentation/versions/{documentationVersion}'),
  provenance: 'modelled',
  run(ctx, { restApiId, documentationVersion }) {
    theVersion(ctx, restApiId, documentationVersion)
    documentationVersions.delete(ctx, orderedKey(restApiId, documentationVersion))
    return {}
  },
})

function shownVersion(record: DocumentationVersionRecord): DocumentationVersion {
  const { version, createdAtMs, description } = record
  return {
    version,
    createdDate: createdAtMs,
    ...(description === undefined ? {} : { description }),
  }
}
