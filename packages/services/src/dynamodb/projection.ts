import type { IndexRecord, TableRecord } from './state.ts'
import {
  type AttributeValue,
  attributeOf,
  type Item,
  sameItems,
  setAttribute,
  sizeOf,
} from './values/index.ts'

/** Names of the attributes that an index has; undefined where it has all. */
export function projectedNames(
  table: TableRecord,
  index: IndexRecord,
): ReadonlySet<string> | undefined {
  if (index.projection.type === 'ALL') return undefined
  const names = new Set<string>(index.projection.attributes)
  for (const key of [table.key, index.key]) {
    names.add(key.hash)
    if (key.range !== undefined) names.add(key.range)
  }
  return names
}

/** An item as an index has it. */
export function projected(table: TableRecord, index: IndexRecord, item: Item): Item {
  const names = projectedNames(table, index)
  return names === undefined ? item : only(item, names)
}

/** Bytes of an item in an index. */
export function projectedSize(table: TableRecord, index: IndexRecord, item: Item): number {
  return sizeOf(projected(table, index, item))
}

export function only(item: Item, names: Iterable<string>): Item {
  const found: Record<string, AttributeValue> = {}
  for (const name of names) {
    const value = attributeOf(item, name)
    if (value !== undefined) setAttribute(found, name, value)
  }
  return found
}

/** Whether an index has the same of two states of an item. */
export function sameProjection(
  table: TableRecord,
  index: IndexRecord,
  before: Item,
  after: Item,
): boolean {
  return sameItems(projected(table, index, before), projected(table, index, after))
}
