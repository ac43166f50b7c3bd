import { orderedKey } from '@cloud-orrery/kernel'
import type { AwsError } from '@cloud-orrery/models'
import {
  CreateResource,
  DeleteResource,
  GetResource,
  GetResources,
  type Resource,
  UpdateResource,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { partsOf, theApi, theResource } from './api-lookup.ts'
import { badRequest, conflict, resourceNotFound } from './errors.ts'
import { partIdAlphabet } from './limits.ts'
import { shownMethod } from './methods.ts'
import { page } from './pages.ts'
import { only, patchesOf } from './patches.ts'
import { needs } from './permissions.ts'
import { type ResourceRecord, resources } from './state.ts'

/** Characters of an id of a resource that is not the root. Recorded lengths: 6. */
const idLength = 6

export const createResource = operation(CreateResource, {
  authorize: needs('POST', '/restapis/{restApiId}/resources/{parentId}'),
  provenance: 'recorded',
  run: (ctx, { restApiId, parentId, pathPart }) =>
    shownResource(addResource(ctx, restApiId, parentId, pathPart)),
})

/** Adds a resource under another. Also what an import does, segment by segment. */
export function addResource(
  ctx: Context,
  restApiId: string,
  parentId: string,
  pathPart: string,
): ResourceRecord {
  const parent = theResource(ctx, { restApiId, resourceId: parentId })
  checkPathPart(pathPart)
  checkPlace(ctx, parent, pathPart)
  return resources.put(ctx, {
    apiId: restApiId,
    id: ctx.ids.from(partIdAlphabet, idLength),
    parentId,
    pathPart,
    path: childPath(parent.path, pathPart),
    methods: {},
  })
}

function childPath(parent: string, pathPart: string): string {
  return parent === '/' ? `/${pathPart}` : `${parent}/${pathPart}`
}

function checkPathPart(pathPart: string): void {
  if (/^(?:[a-zA-Z0-9._\-:~%!$&'()*+,;=@]+|\{[a-zA-Z0-9._\-:]+\+?\})$/.test(pathPart)) return
  throw badRequest(
    "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
  )
}

/** Recorded: apigateway, `test_create_proxy_resource_validation`. */
function checkPlace(ctx: Context, parent: ResourceRecord, pathPart: string, self?: string): void {
  if (parent.pathPart?.endsWith('+}') === true) {
    throw badRequest(
      `Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`,
    )
  }
  for (const sibling of resources.scan(ctx, partsOf(parent.apiId))) {
    if (sibling.parentId !== parent.id || sibling.id === self) continue
    if (sibling.pathPart === pathPart) {
      throw conflict(`Another resource with the same parent already has this name: ${pathPart}`)
    }
    if (pathPart.startsWith('{') && sibling.pathPart?.startsWith('{') === true) {
      throw badRequest(
        `A sibling (${sibling.pathPart}) of this resource already has a variable path part -- only one is allowed`,
      )
    }
  }
}

export const getResource = operation(GetResource, {
  authorize: needs('GET', '/restapis/{restApiId}/resources/{resourceId}'),
  provenance: 'recorded',
  run: (ctx, input) => shownResource(theResource(ctx, input), input.embed?.includes('methods')),
})

export const getResources = operation(GetResources, {
  authorize: needs('GET', '/restapis/{restApiId}/resources'),
  provenance: 'recorded',
  run(ctx, input) {
    const { restApiId, embed } = input
    theApi(ctx, restApiId)
    return page(
      input,
      ['GetResources', restApiId],
      ({ after }) => resources.scan(ctx, partsOf(restApiId, after)),
      ({ id }) => orderedKey(restApiId, id),
      (record) => shownResource(record, embed?.includes('methods')),
    )
  },
})

export const updateResource = operation(UpdateResource, {
  authorize: needs('PATCH', '/restapis/{restApiId}/resources/{resourceId}'),
  provenance: 'modelled',
  run(ctx, input) {
    let resource = theResource(ctx, input)
    for (const patch of patchesOf(input.patchOperations)) {
      const value = patch.value ?? ''
      if (patch.path !== '/pathPart' && patch.path !== '/parentId') {
        throw badRequest(
          `Invalid patch path  '${patch.path}' specified for op '${patch.op}'. Must be one of: [/parentId, /pathPart]`,
        )
      }
      if (patch.op !== 'replace') {
        throw badRequest(
          `Invalid patch path  '${patch.path}' specified for op '${patch.op}'. Please choose supported operations`,
        )
      }
      only(patch, 'replace')
      resource =
        patch.path === '/pathPart' ? renamed(ctx, resource, value) : moved(ctx, resource, value)
    }
    return shownResource(resource)
  },
})

function renamed(ctx: Context, resource: ResourceRecord, pathPart: string): ResourceRecord {
  if (resource.parentId === undefined) throw badRequest('Root resource cannot be updated')
  const parent = theResource(ctx, { restApiId: resource.apiId, resourceId: resource.parentId })
  checkPathPart(pathPart)
  checkPlace(ctx, parent, pathPart, resource.id)
  return replaced(ctx, { ...resource, pathPart }, parent)
}

function moved(ctx: Context, resource: ResourceRecord, parentId: string): ResourceRecord {
  const parent = resources.get(ctx, orderedKey(resource.apiId, parentId))
  if (parent === undefined) throw resourceNotFound()
  if (parent.path === resource.path || parent.path.startsWith(`${resource.path}/`)) {
    throw badRequest('Resources cannot be cyclical.')
  }
  checkPlace(ctx, parent, resource.pathPart ?? '', resource.id)
  return replaced(ctx, { ...resource, parentId }, parent)
}

/** Puts a resource in its place; what lies under it goes along. */
function replaced(ctx: Context, next: ResourceRecord, parent: ResourceRecord): ResourceRecord {
  const path = childPath(parent.path, next.pathPart ?? '')
  const all = [...resources.scan(ctx, partsOf(next.apiId))]
  for (const record of all) {
    if (record.path.startsWith(`${next.path}/`)) {
      resources.put(ctx, { ...record, path: path + record.path.slice(next.path.length) })
    }
  }
  return resources.put(ctx, { ...next, path })
}

export const deleteResource = operation(DeleteResource, {
  authorize: needs('DELETE', '/restapis/{restApiId}/resources/{resourceId}'),
  provenance: 'recorded',
  run(ctx, input) {
    const resource = theResource(ctx, input)
    if (resource.parentId === undefined) throw rootStays()
    for (const record of [...resources.scan(ctx, partsOf(input.restApiId))]) {
      if (record.path === resource.path || record.path.startsWith(`${resource.path}/`)) {
        resources.delete(ctx, orderedKey(record.apiId, record.id))
      }
    }
    return {}
  },
})

function rootStays(): AwsError {
  return badRequest('Cannot delete the root resource of a REST API')
}

export function shownResource(record: ResourceRecord, withMethods = false): Resource {
  const { id, parentId, pathPart, path, methods } = record
  const names = Object.keys(methods)
  return {
    id,
    ...(parentId === undefined ? {} : { parentId }),
    ...(pathPart === undefined ? {} : { pathPart }),
    path,
    ...(names.length === 0
      ? {}
      : {
          resourceMethods: Object.fromEntries(
            Object.entries(methods).map(([name, method]) => [
              name,
              withMethods ? shownMethod(method) : {},
            ]),
          ),
        }),
  }
}
