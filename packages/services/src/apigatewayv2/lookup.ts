import { orderedKey, type Table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { pageOf } from '../shared/pages.ts'
import { apiNotFound, bad, invalidToken, partNotFound } from './errors.ts'
import { pageItemsMax } from './limits.ts'
import {
  type ApiRecord,
  type AuthorizerRecord,
  apis,
  authorizers,
  type IntegrationRecord,
  integrations,
  type RouteRecord,
  routes,
  type StageRecord,
  stages,
} from './state.ts'

export function theApi(ctx: Context, apiId: string): ApiRecord {
  const api = apis.get(ctx, apiId)
  if (api === undefined) throw apiNotFound(ctx.accountId, apiId)
  return api
}

export function theRoute(ctx: Context, apiId: string, routeId: string): RouteRecord {
  return part(ctx, routes, 'Route', apiId, routeId)
}

export function theIntegration(ctx: Context, apiId: string, id: string): IntegrationRecord {
  return part(ctx, integrations, 'Integration', apiId, id)
}

export function theAuthorizer(ctx: Context, apiId: string, id: string): AuthorizerRecord {
  return part(ctx, authorizers, 'Authorizer', apiId, id)
}

export function theStage(ctx: Context, apiId: string, name: string): StageRecord {
  return part(ctx, stages, 'Stage', apiId, name)
}

/** A part of an API that exists; the API is looked for first. */
export function part<R extends object, I extends string>(
  ctx: Context,
  of: Table<R, I>,
  kind: string,
  apiId: string,
  ...ids: readonly string[]
): R {
  theApi(ctx, apiId)
  const found = of.get(ctx, orderedKey(apiId, ...ids))
  if (found === undefined) throw partNotFound(kind, ids.at(-1) ?? '')
  return found
}

/** All parts of one kind that an API has, in the order of their ids. */
export function partsOf<R extends object, I extends string>(
  ctx: Context,
  of: Table<R, I>,
  ...owner: readonly string[]
): Generator<R, void, undefined> {
  return of.scan(ctx, { prefix: orderedKey(...owner, '') })
}

export function countOf<R extends object, I extends string>(
  ctx: Context,
  of: Table<R, I>,
  ...owner: readonly string[]
): number {
  let count = 0
  for (const _ of partsOf(ctx, of, ...owner)) count += 1
  return count
}

/** `MaxResults` and `NextToken` as the API has them: both are text. */
export interface Paging {
  readonly MaxResults?: string | undefined
  readonly NextToken?: string | undefined
}

/** One page of what a table has under a prefix. */
export function page<R extends object, I extends string>(
  ctx: Context,
  of: Table<R, I>,
  owner: readonly string[],
  { MaxResults, NextToken }: Paging,
): { items: R[]; nextToken: string | undefined } {
  const prefix = owner.length === 0 ? '' : orderedKey(...owner, '')
  return pageOf({
    list: ({ after }) => of.scan(ctx, after === undefined ? { prefix } : { prefix, after }),
    positionOf: (item) => of.options.key(item),
    itemsMax: itemsMaxOf(MaxResults),
    token: NextToken,
    request: [of.name, ...owner],
    refused: invalidToken,
  })
}

function itemsMaxOf(text: string | undefined): number {
  if (text === undefined) return pageItemsMax
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw bad(`Invalid value for maxResults: ${text}`)
  return Math.min(count, pageItemsMax)
}

/** A record as the API shows it: without the id of the API that has it, and without what is not given. */
export function shown<R extends { readonly ApiId: string }>(record: R): Omit<R, 'ApiId'> {
  const { ApiId: _, ...rest } = record
  return rest
}

/** Fields that were given: those that were not say nothing, and leave an update's record as it is. */
export function given<F extends object>(fields: F): { [K in keyof F]: Exclude<F[K], undefined> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined)
  // The entries of an object have its keys; only absent ones are left out, which optional fields allow.
  return Object.fromEntries(present) as { [K in keyof F]: Exclude<F[K], undefined> }
}
