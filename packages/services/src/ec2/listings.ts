import type { Table } from '@cloud-orrery/kernel'
import type { AwsError } from '@cloud-orrery/models'
import type { Filter } from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { pageOf } from '../shared/pages.ts'
import { invalidValue } from './errors.ts'
import { pageItemsMax } from './limits.ts'
import { tagSets } from './state.ts'

/** Values of a record by which a filter may ask for it. */
export type FilterValues<R> = (record: R, ctx: Context) => string | readonly string[] | undefined

/** How one kind of resource is listed. */
export interface Listing<R extends { readonly id: string }> {
  readonly table: Pick<Table<R, never>, 'get' | 'scan'>
  readonly filters: Readonly<Record<string, FilterValues<R>>>
  readonly missing: (id: string) => AwsError
}

export interface ListRequest {
  readonly ids?: readonly string[] | undefined
  readonly filters?: readonly Filter[] | undefined
  readonly token?: string | undefined
  readonly itemsMax?: number | undefined
}

export interface Listed<R> {
  readonly items: readonly R[]
  readonly NextToken?: string
}

/** The records that ids and filters ask for, a page of them, in the order of their ids. */
export function listed<R extends { readonly id: string }>(
  ctx: Context,
  { table, filters, missing }: Listing<R>,
  { ids = [], filters: asked = [], token, itemsMax = pageItemsMax }: ListRequest,
): Listed<R> {
  const tests = asked.map((filter) => testOf(filter, filters))
  const wanted = (record: R) => tests.every((test) => test(record, ctx))
  if (ids.length > 0) {
    const found = ids.map((id) => {
      const record = table.get(ctx, id)
      if (record === undefined) throw missing(id)
      return record
    })
    return { items: found.filter(wanted) }
  }
  const { items, nextToken } = pageOf({
    list: (start) => table.scan(ctx, start),
    positionOf: ({ id }) => id,
    wanted,
    itemsMax,
    token,
    request: asked,
    refused: () => invalidValue(`Unable to parse pagination token.`),
  })
  return nextToken === undefined ? { items } : { items, NextToken: nextToken }
}

function testOf<R extends { readonly id: string }>(
  { Name = '', Values = [] }: Filter,
  known: Readonly<Record<string, FilterValues<R>>>,
): (record: R, ctx: Context) => boolean {
  const valuesOf = Object.hasOwn(known, Name) ? known[Name] : tagValues<R>(Name)
  if (valuesOf === undefined) throw invalidValue(`The filter '${Name}' is invalid`)
  const patterns = Values.map(matcher)
  return (record, ctx) => {
    const found = valuesOf(record, ctx) ?? []
    const values = typeof found === 'string' ? [found] : found
    return values.some((value) => patterns.some((matches) => matches(value)))
  }
}

function tagValues<R extends { readonly id: string }>(name: string): FilterValues<R> | undefined {
  if (name === 'tag-key') return ({ id }, ctx) => tagSets.get(ctx, id)?.tags.map(({ key }) => key)
  if (!name.startsWith('tag:')) return undefined
  const wanted = name.slice('tag:'.length)
  return ({ id }, ctx) => {
    const tags = tagSets.get(ctx, id)?.tags ?? []
    return tags.filter(({ key }) => key === wanted).map(({ value }) => value)
  }
}

/** `*` stands for any characters, `?` for one, `\` before either for itself. Source: EC2 user guide, "List and filter". */
export function matcher(pattern: string): (value: string) => boolean {
  if (!/[*?\\]/.test(pattern)) return (value) => value === pattern
  const parts = pattern.match(/\\.|[*?]|[^*?\\]+|\\/gs) ?? []
  return (value) => matchesParts(value, parts)
}

/** Goes back to the last star only, so that the time is at most the product of the lengths. */
function matchesParts(value: string, parts: readonly string[]): boolean {
  const tokens = parts.flatMap((part) =>
    part.startsWith('\\') && part.length > 1 ? [part] : [...part],
  )
  let at = 0
  let token = 0
  let star = -1
  let resume = 0
  while (at < value.length) {
    const current = tokens[token]
    if (current === '*') {
      star = token
      resume = at
      token += 1
    } else if (current !== undefined && fits(value[at], current)) {
      at += 1
      token += 1
    } else if (star >= 0) {
      token = star + 1
      resume += 1
      at = resume
    } else return false
  }
  return tokens.slice(token).every((rest) => rest === '*')
}

function fits(character: string | undefined, token: string): boolean {
  if (token === '?') return true
  return character === (token.length > 1 ? token.slice(1) : token)
}
