import type { ConsumedCapacity, ReturnConsumedCapacity } from '@cloud-orrery/models/dynamodb'
import type { IndexChange, Written } from './item-store.ts'
import type { IndexRecord, TableRecord } from './state.ts'

/*
 * Units of throughput. Source: DynamoDB Developer Guide, "DynamoDB provisioned capacity mode" and "Item sizes and
 * capacity consumption".
 */

const readUnitBytes = 4096
const writeUnitBytes = 1024

/** How strongly a read or write is promised: a transaction costs twice, eventual consistency half. */
export type Strength = 'eventual' | 'consistent' | 'transaction'

const readFactor: Readonly<Record<Strength, number>> = {
  eventual: 0.5,
  consistent: 1,
  transaction: 2,
}

/** Of one item; nothing found costs as much as the smallest. */
export function readUnits(bytes: number, strength: Strength): number {
  return Math.max(1, Math.ceil(bytes / readUnitBytes)) * readFactor[strength]
}

/** Of a page of Query or Scan, whose items are counted together; to find none costs a unit too. */
export function pageUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / readUnitBytes)) * (consistent ? 1 : 0.5)
}

function units(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / writeUnitBytes))
}

/** What one operation took of a table and its indexes. */
export interface Usage {
  readonly table: TableRecord
  tableUnits: number
  readonly indexUnits: Map<IndexRecord, number>
}

export function usageOf(table: TableRecord, tableUnits = 0): Usage {
  return { table, tableUnits, indexUnits: new Map() }
}

/** Of a write: the larger of the item's two states, and what it did to indexes. */
export function writeUsage(
  table: TableRecord,
  { sizeBefore, sizeAfter, indexes }: Pick<Written, 'sizeBefore' | 'sizeAfter' | 'indexes'>,
  factor: 1 | 2 = 1,
): Usage {
  const usage = usageOf(table, units(Math.max(sizeBefore, sizeAfter)) * factor)
  for (const change of indexes) {
    const taken = indexUnits(change)
    if (taken > 0) usage.indexUnits.set(change.index, taken * factor)
  }
  return usage
}

/** An entry that moves is deleted and written: two writes. */
function indexUnits({ before, after, moved, same }: IndexChange): number {
  if (before === undefined && after === undefined) return 0
  if (before === undefined || after === undefined) return units(before ?? after ?? 0)
  if (moved) return units(before) + units(after)
  return same ? 0 : units(Math.max(before, after))
}

export function addUsage(to: Usage, from: Usage): void {
  to.tableUnits += from.tableUnits
  for (const [index, taken] of from.indexUnits) {
    to.indexUnits.set(index, (to.indexUnits.get(index) ?? 0) + taken)
  }
}

export function totalUnits({ tableUnits, indexUnits: ofIndexes }: Usage): number {
  let total = tableUnits
  for (const taken of ofIndexes.values()) total += taken
  return total
}

/** `ConsumedCapacity` as it is asked for; `kind` where the answer tells reads from writes: in transactions. */
export function consumed(
  usage: Usage,
  asked: ReturnConsumedCapacity | undefined,
  kind?: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): { ConsumedCapacity?: ConsumedCapacity } {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return {}
  return { ConsumedCapacity: described(usage, asked, kind) }
}

export function described(
  usage: Usage,
  asked: ReturnConsumedCapacity,
  kind?: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): ConsumedCapacity {
  const capacity = (taken: number) => ({
    CapacityUnits: taken,
    ...(kind === undefined ? {} : { [kind]: taken }),
  })
  const answer = { TableName: usage.table.name, ...capacity(totalUnits(usage)) }
  if (asked === 'TOTAL') return answer
  const of = (wanted: IndexRecord['kind']) =>
    Object.fromEntries(
      [...usage.indexUnits]
        .filter(([index]) => index.kind === wanted)
        .map(([index, taken]) => [index.name, capacity(taken)]),
    )
  const [locals, globals] = [of('local'), of('global')]
  return {
    ...answer,
    Table: capacity(usage.tableUnits),
    ...(Object.keys(locals).length === 0 ? {} : { LocalSecondaryIndexes: locals }),
    ...(Object.keys(globals).length === 0 ? {} : { GlobalSecondaryIndexes: globals }),
  }
}
