import { Query, type QueryInput, type QueryOutput } from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { access } from './access.ts'
import { placeOf } from './arns.ts'
import { consumed, pageUnits, readUnits, usageOf } from './capacity.ts'
import { unlocked } from './encryption.ts'
import { invalid } from './errors.ts'
import {
  attributesToGet,
  type CompiledCondition,
  type CompiledKeyCondition,
  type KeyCondition,
  keyCondition,
  legacyFilter,
  legacyKeyConditions,
  parseFilter,
  parseKeyCondition,
  parseProjection,
  refuseUnused,
  substitutions,
} from './expressions/index.ts'
import { partitionKey, rangeOf } from './keys.ts'
import { checkFilterWithoutKeys, checkKeysNotNested } from './named-keys.ts'
import {
  checkStart,
  lastEvaluatedKey,
  type Page,
  type PageRequest,
  readPage,
  sameKey,
} from './pages.ts'
import type { Projecting } from './projections.ts'
import { remembered } from './remembered.ts'
import { checkExpressionParameters } from './requests.ts'
import { attributesWanted, checkSelect } from './selection.ts'
import type { IndexRecord, TableRecord } from './state.ts'
import { indexOf, tableOf } from './table-lookup.ts'
import { take } from './throughput.ts'
import { compare, type Item, itemFromModel, itemToModel, sortKey } from './values/index.ts'

interface QueryRequest extends Projecting {
  readonly start: Item | undefined
  readonly filter: CompiledCondition | undefined
  readonly conditions: Pick<CompiledKeyCondition, 'conditions' | 'attributes'>
}

const queryRequest = remembered((input: QueryInput): QueryRequest => {
  checkExpressionParameters(
    input,
    ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'],
    [
      'AttributesToGet',
      'QueryFilter',
      'ConditionalOperator',
      ...(input.KeyConditionExpression === undefined ? [] : ['KeyConditions']),
    ],
  )
  const start = startOf(input.ExclusiveStartKey)
  const { KeyConditionExpression, KeyConditions, ConditionalOperator } = input
  if (KeyConditionExpression === undefined && KeyConditions === undefined) {
    throw invalid(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    )
  }
  const given = substitutions(input.ExpressionAttributeNames, input.ExpressionAttributeValues)
  const conditions =
    KeyConditionExpression === undefined
      ? legacyKeyConditions(KeyConditions ?? {})
      : parseKeyCondition(KeyConditionExpression, given)
  const { FilterExpression, ProjectionExpression, AttributesToGet, QueryFilter } = input
  const filter =
    QueryFilter !== undefined
      ? legacyFilter(QueryFilter, ConditionalOperator)
      : FilterExpression === undefined
        ? undefined
        : parseFilter(FilterExpression, given)
  const projection =
    ProjectionExpression === undefined ? undefined : parseProjection(ProjectionExpression, given)
  refuseUnused(given)
  const asked = AttributesToGet === undefined ? projection : attributesToGet(AttributesToGet)
  return { start, filter, conditions, projection: asked }
})

/** Some problems of values come without the words before them. Observed on AWS, by dynalite. */
export function startOf(key: QueryInput['ExclusiveStartKey']): Item | undefined {
  if (key === undefined) return undefined
  return itemFromModel(key, (problem) =>
    /contains duplicates|number set|numeric value|significant digits|number with magnitude/.test(
      problem,
    )
      ? problem
      : `The provided starting key is invalid: ${problem}`,
  )
}

export const query = operation(Query, {
  authorize: (input, ctx) =>
    access(ctx, {
      tableName: input.TableName,
      indexName: input.IndexName,
      hashes: () => hashesOf(ctx, input),
      attributes: () => {
        const { projection, filter, conditions } = queryRequest(input)
        return attributesWanted(projection, filter?.attributes, conditions.attributes)
      },
      select: input.Select,
      returnConsumedCapacity: input.ReturnConsumedCapacity,
    }),
  scope: (input) => placeOf(input.TableName),
  provenance: 'modelled',
  trail: { kind: 'data' },
  run(ctx, input) {
    const request = queryRequest(input)
    const table = tableOf(ctx, input.TableName)
    const index = input.IndexName === undefined ? undefined : indexOf(table, input.IndexName)
    if (index?.kind === 'global' && input.ConsistentRead === true) {
      throw invalid('Consistent reads are not supported on global secondary indexes')
    }
    const page = pageRequest(table, index, input, request)
    return unlocked(ctx, [table], () => answer(ctx, page, input))
  },
})

/** The partition keys that a query asks for: one. */
function hashesOf(ctx: Context, input: QueryInput): readonly string[] {
  const table = tableOf(ctx, input.TableName)
  const index = table.indexes.find(({ name }) => name === input.IndexName)
  const { hash } = keyCondition(queryRequest(input).conditions, index?.key ?? table.key)
  if ('S' in hash) return [hash.S]
  if ('N' in hash) return [hash.N]
  return 'B' in hash ? [hash.B] : []
}

function pageRequest(
  table: TableRecord,
  index: IndexRecord | undefined,
  input: QueryInput,
  { conditions, filter, projection, start }: QueryRequest,
): PageRequest {
  const key = index?.key ?? table.key
  const condition = keyCondition(conditions, key, table.attributes)
  checkNotEmpty(key, condition)
  if (start !== undefined) {
    checkStart(table, index, start, true)
    checkStartInside(key, condition, start)
  }
  checkKeysNotNested(table, projection)
  checkFilterWithoutKeys(
    key,
    filter,
    input.QueryFilter === undefined ? 'Filter Expression' : 'QueryFilter',
  )
  checkKeysNotNested(table, filter)
  const { fetched } = checkSelect(table, index, input, projection, filter)
  const partition = partitionKey(index?.space ?? table.space, condition.hash)
  return {
    table,
    index,
    range: rangeOf(partition, condition.range),
    start,
    reverse: input.ScanIndexForward === false,
    limit: input.Limit,
    consistent: input.ConsistentRead === true,
    filter,
    projection,
    fetched,
    countOnly: input.Select === 'COUNT',
  }
}

function checkNotEmpty(
  key: { readonly hash: string; readonly range?: string },
  { hash, range }: KeyCondition,
): void {
  const values = [
    [key.hash, [hash]],
    [key.range ?? '', range?.values ?? []],
  ] as const
  for (const [name, given] of values) {
    const empty = given.find(
      (value) => ('S' in value && value.S === '') || ('B' in value && value.B === ''),
    )
    if (empty === undefined) continue
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${'S' in empty ? 'string' : 'binary'} value. Key: ${name}`,
    )
  }
}

/** A page begins where the page before it, of the same query, ended. */
function checkStartInside(
  key: { readonly hash: string; readonly range?: string },
  { hash, range }: KeyCondition,
  start: Item,
): void {
  const isSameHash = sameKey(hash, start[key.hash])
  if (range === undefined || key.range === undefined) {
    if (isSameHash) return
    throw invalid(
      'The provided starting key is outside query boundaries based on provided conditions',
    )
  }
  if (!fulfils(start[key.range], range)) {
    throw invalid('The provided starting key does not match the range key predicate')
  }
  if (!isSameHash) {
    throw invalid('The query can return at most one row and cannot be restarted')
  }
}

function fulfils(
  value: Item[string] | undefined,
  { op, values: [low, high] }: NonNullable<KeyCondition['range']>,
): boolean {
  if (value === undefined || low === undefined) return false
  if (op === 'begins_with') return sortKey(value).startsWith(sortKey(low))
  const against = compare(value, low) ?? Number.NaN
  switch (op) {
    case '=':
      return against === 0
    case '<':
      return against < 0
    case '<=':
      return against <= 0
    case '>':
      return against > 0
    case '>=':
      return against >= 0
    case 'between':
      return against >= 0 && (compare(value, high ?? low) ?? Number.NaN) <= 0
  }
}

/** Reads a page, takes its units and words it as Query and Scan do. */
export function answer(
  ctx: Context,
  request: PageRequest,
  input: Pick<QueryInput, 'ReturnConsumedCapacity'>,
): QueryOutput {
  const page = readPage(ctx, request)
  const usage = usageOfPage(request, page)
  take(ctx, usage, 'read')
  const { table, index, countOnly } = request
  return {
    ...(countOnly ? {} : { Items: page.items.map(itemToModel) }),
    Count: page.count,
    ScannedCount: page.scanned,
    ...(page.lastKey === undefined
      ? {}
      : { LastEvaluatedKey: itemToModel(lastEvaluatedKey(table, index, page.lastKey)) }),
    ...consumed(usage, input.ReturnConsumedCapacity),
  }
}

function usageOfPage({ table, index, consistent }: PageRequest, page: Page) {
  const read = pageUnits(page.bytes, consistent)
  if (index === undefined) return usageOf(table, read)
  const usage = usageOf(table)
  usage.indexUnits.set(index, read)
  for (const bytes of page.fetchedBytes) {
    usage.tableUnits += readUnits(bytes, consistent ? 'consistent' : 'eventual')
  }
  return usage
}
