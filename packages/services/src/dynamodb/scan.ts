import { Scan, type ScanInput } from '@cloud-orrery/models/dynamodb'
import { operation } from '../define.ts'
import { access } from './access.ts'
import { placeOf } from './arns.ts'
import { unlocked } from './encryption.ts'
import { invalid } from './errors.ts'
import {
  attributesToGet,
  type CompiledCondition,
  legacyFilter,
  parseFilter,
  parseProjection,
  refuseUnused,
  substitutions,
} from './expressions/index.ts'
import { entryKey, itemKey, segmentOf } from './keys.ts'
import { checkKeysNotNested } from './named-keys.ts'
import { checkStart } from './pages.ts'
import type { Projecting } from './projections.ts'
import { answer, startOf } from './query.ts'
import { remembered } from './remembered.ts'
import { checkExpressionParameters } from './requests.ts'
import { attributesWanted, checkSelect } from './selection.ts'
import type { IndexRecord, TableRecord } from './state.ts'
import { indexOf, tableOf } from './table-lookup.ts'
import type { Item } from './values/index.ts'

interface ScanRequest extends Projecting {
  readonly start: Item | undefined
  readonly filter: CompiledCondition | undefined
}

const scanRequest = remembered((input: ScanInput): ScanRequest => {
  checkExpressionParameters(
    input,
    ['ProjectionExpression', 'FilterExpression'],
    ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
  )
  const start = startOf(input.ExclusiveStartKey)
  checkSegment(input)
  const given = substitutions(input.ExpressionAttributeNames, input.ExpressionAttributeValues)
  const { FilterExpression, ProjectionExpression, AttributesToGet, ScanFilter } = input
  const projection =
    ProjectionExpression === undefined ? undefined : parseProjection(ProjectionExpression, given)
  const filter =
    ScanFilter !== undefined
      ? legacyFilter(ScanFilter, input.ConditionalOperator)
      : FilterExpression === undefined
        ? undefined
        : parseFilter(FilterExpression, given)
  refuseUnused(given)
  const asked = AttributesToGet === undefined ? projection : attributesToGet(AttributesToGet)
  return { start, filter, projection: asked }
})

function checkSegment({ Segment, TotalSegments }: ScanInput): void {
  if (Segment !== undefined && TotalSegments === undefined) {
    throw invalid(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    )
  }
  if (TotalSegments === undefined) return
  if (Segment === undefined) {
    throw invalid(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    )
  }
  if (Segment >= TotalSegments) {
    throw invalid(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`,
    )
  }
}

export const scan = operation(Scan, {
  authorize: (input, ctx) =>
    access(ctx, {
      tableName: input.TableName,
      indexName: input.IndexName,
      attributes: () => {
        const { projection, filter } = scanRequest(input)
        return attributesWanted(projection, filter?.attributes)
      },
      select: input.Select,
      returnConsumedCapacity: input.ReturnConsumedCapacity,
      fullTableScan: true,
    }),
  scope: (input) => placeOf(input.TableName),
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    const { start, filter, projection } = scanRequest(input)
    const table = tableOf(ctx, input.TableName)
    const index = input.IndexName === undefined ? undefined : indexOf(table, input.IndexName)
    if (index?.kind === 'global' && input.ConsistentRead === true) {
      throw invalid('Consistent reads are not supported on global secondary indexes')
    }
    const { fetched } = checkSelect(table, index, input, projection, filter)
    const { Segment = 0, TotalSegments = 1 } = input
    const range = segmentOf(index?.space ?? table.space, Segment, TotalSegments)
    if (start !== undefined) {
      checkStart(table, index, start, false)
      checkStartInSegment(table, index, start, range, input)
    }
    checkKeysNotNested(table, projection)
    checkKeysNotNested(table, filter)
    const request = {
      table,
      index,
      range,
      start,
      reverse: false,
      limit: input.Limit,
      consistent: input.ConsistentRead === true,
      filter,
      projection,
      fetched,
      countOnly: input.Select === 'COUNT',
    }
    return unlocked(ctx, [table], () => answer(ctx, request, input))
  },
})

function checkStartInSegment(
  table: TableRecord,
  index: IndexRecord | undefined,
  start: Item,
  { from = '', before }: { readonly from?: string; readonly before?: string },
  { Segment, TotalSegments }: ScanInput,
): void {
  if (TotalSegments === undefined) return
  const at = index === undefined ? itemKey(table, start) : entryKey(index, table, start)
  if (at >= from && (before === undefined || at < before)) return
  throw invalid(
    `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${TotalSegments} Segment: ${Segment}`,
  )
}
