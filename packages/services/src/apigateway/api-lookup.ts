import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { apiNotFound, methodNotFound, resourceNotFound } from './errors.ts'
import { partIdAlphabet, partIdLength } from './limits.ts'
import {
  type MethodRecord,
  type ResourceRecord,
  type RestApiRecord,
  resources,
  restApis,
} from './state.ts'

export function theApi(ctx: Context, id: string): RestApiRecord {
  const api = restApis.get(ctx, id)
  if (api === undefined) throw apiNotFound(ctx.accountId, id)
  return api
}

interface ResourceName {
  readonly restApiId: string
  readonly resourceId: string
}

/** An API that is not there has no resource either. Recorded: apigateway, PutMethod, `wrong-api`. */
export function theResource(ctx: Context, { restApiId, resourceId }: ResourceName): ResourceRecord {
  const resource = resources.get(ctx, orderedKey(restApiId, resourceId))
  if (resource === undefined) throw resourceNotFound()
  return resource
}

export interface MethodName extends ResourceName {
  readonly httpMethod: string
}

/** The method of a verb, which comes from whoever calls: what every object has is none. */
export function methodOf(
  { methods }: ResourceRecord,
  httpMethod: string,
): MethodRecord | undefined {
  return Object.hasOwn(methods, httpMethod) ? methods[httpMethod] : undefined
}

export function theMethod(
  ctx: Context,
  name: MethodName,
): { resource: ResourceRecord; method: MethodRecord } {
  const resource = theResource(ctx, name)
  const method = methodOf(resource, name.httpMethod)
  if (method === undefined) throw methodNotFound()
  return { resource, method }
}

export function putMethodRecord(
  ctx: Context,
  resource: ResourceRecord,
  method: MethodRecord,
): void {
  resources.put(ctx, {
    ...resource,
    methods: { ...resource.methods, [method.httpMethod]: method },
  })
}

/** Parts of one API, in the order of their keys. */
export function partsOf(restApiId: string, after?: string): { prefix: string; after?: string } {
  const prefix = `${restApiId}\u0000`
  return after === undefined ? { prefix } : { prefix, after }
}

export function newPartId(ctx: Context): string {
  return ctx.ids.from(partIdAlphabet, partIdLength)
}
