import { invalid, invalidValues } from './errors.ts'
import { hashKeyBytesMax, rangeKeyBytesMax } from './limits.ts'
import type { IndexRecord, KeyNames, ScalarType, TableRecord } from './state.ts'
import {
  type AttributeValue,
  type Item,
  setAttribute,
  sortKey,
  typeOf,
  valueSize,
} from './values/index.ts'

/*
 * Keys of the kernel's ordered tables, whose order is that of Scan and Query:
 *   item:   space, hash of the partition key (8 hex digits), partition key, U+0000, sort key, U+0000
 *   entry:  the same of the index, then the item's key (the kernel's own separator is the last U+0000)
 * `sortKey` gives texts without U+0000. The hash spreads partitions, so that segments of a parallel scan are ranges.
 */

const end = '\u0000'
/** Behind the end of one key, before all that are longer. */
const pastEnd = '\u0001'

/** Where the items of one partition of a table or index are. */
export function partitionKey(space: string, hash: AttributeValue): string {
  const text = sortKey(hash)
  return space + spread(text) + text + end
}

/** The key under which an item is kept. The names were checked to be there. */
export function itemKey({ space, key }: Pick<TableRecord, 'space' | 'key'>, item: Item): string {
  const partition = partitionKey(space, partOf(item, key.hash))
  return key.range === undefined ? partition : partition + sortKey(partOf(item, key.range)) + end
}

/** Where an index lists an item; undefined where the item lacks one of the index's keys. */
export function entryOf({ space, key }: IndexRecord, item: Item): string | undefined {
  const hash = item[key.hash]
  if (hash === undefined) return undefined
  const partition = partitionKey(space, hash)
  if (key.range === undefined) return partition.slice(0, -1)
  const range = item[key.range]
  return range === undefined ? undefined : partition + sortKey(range)
}

/** The index entry as the kernel's own index has it: the value, its separator, the record's key. */
export function entryKey(index: IndexRecord, table: TableRecord, item: Item): string {
  return entryOf(index, item) + end + itemKey(table, item)
}

function partOf(item: Item, name: string): AttributeValue {
  return item[name] ?? { NULL: true } // Callers checked that it is there.
}

export interface KeyRange {
  readonly from?: string
  readonly before?: string
  readonly prefix?: string
}

/** The part of a partition that a condition on the sort key leaves. */
export function rangeOf(
  partition: string,
  condition: { readonly op: string; readonly values: readonly AttributeValue[] } | undefined,
): KeyRange {
  if (condition === undefined) return { prefix: partition }
  const [low, high] = condition.values
  if (low === undefined) return { prefix: partition }
  const bound = partition + sortKey(low)
  switch (condition.op) {
    case '=':
      return { prefix: bound + end }
    case '<':
      return { prefix: partition, before: bound }
    case '<=':
      return { prefix: partition, before: bound + pastEnd }
    case '>':
      return { prefix: partition, from: bound + pastEnd }
    case '>=':
      return { prefix: partition, from: bound }
    case 'between':
      return {
        prefix: partition,
        from: bound,
        before: partition + sortKey(high ?? low) + pastEnd,
      }
    default:
      return { prefix: bound } // begins_with
  }
}

/** The items of one segment of a parallel scan. */
export function segmentOf(space: string, segment: number, total: number): KeyRange {
  const edge = (of: number): string =>
    space +
    Math.ceil((of * 2 ** 32) / total)
      .toString(16)
      .padStart(8, '0')
  return {
    prefix: space,
    from: edge(segment),
    ...(segment + 1 < total ? { before: edge(segment + 1) } : {}),
  }
}

/** FNV-1a, stirred, as eight hex digits: near texts are far apart. */
function spread(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0')
}

const mismatch = 'The provided key element does not match the schema'

/** Checks a `Key`: its attributes are those of the table's key, no others. */
export function checkKey(table: TableRecord, key: Item): void {
  const { hash, range } = table.key
  const names = range === undefined ? 1 : 2
  let given = 0
  for (const _ in key) given += 1
  if (given !== names) throw invalid(mismatch)
  checkKeyPart(table, key, hash, true)
  if (range !== undefined) checkKeyPart(table, key, range, false)
}

function checkKeyPart(table: TableRecord, key: Item, name: string, isHash: boolean): void {
  const value = key[name]
  if (value === undefined || typeOf(value) !== table.attributes[name]) throw invalid(mismatch)
  if (isEmpty(value)) throw emptyKey(value, `Key: ${name}`)
  checkKeySize(value, isHash)
}

/** Checks that an item has the table's keys, and what it has of the keys of indexes. */
export function checkItem(table: TableRecord, item: Item): void {
  const { hash, range } = table.key
  checkItemKey(table, item, hash, true)
  if (range !== undefined) checkItemKey(table, item, range, false)
  for (const index of table.indexes) checkIndexKeys(table, index, item)
}

function checkItemKey(table: TableRecord, item: Item, name: string, isHash: boolean): void {
  const value = item[name]
  const type = table.attributes[name]
  if (value === undefined) throw invalidValues(`Missing the key ${name} in the item`)
  if (typeOf(value) !== type) {
    throw invalidValues(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`)
  }
  if (isEmpty(value)) throw emptyKey(value, `Key: ${name}`)
  checkKeySize(value, isHash)
}

export function checkIndexKeys(table: TableRecord, index: IndexRecord, item: Item): void {
  const { hash, range } = index.key
  checkIndexKey(table.attributes[hash], index, item, hash, true)
  if (range !== undefined) checkIndexKey(table.attributes[range], index, item, range, false)
}

function checkIndexKey(
  type: ScalarType | undefined,
  index: IndexRecord,
  item: Item,
  name: string,
  isHash: boolean,
): void {
  const value = item[name]
  if (value === undefined) return
  if (typeOf(value) !== type) {
    throw invalidValues(
      `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
    )
  }
  if (isEmpty(value)) {
    throw invalid(
      `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kindOf(value)} value. IndexName: ${index.name}, IndexKey: ${name}`,
    )
  }
  checkKeySize(value, isHash)
}

function isEmpty(value: AttributeValue): boolean {
  return ('S' in value && value.S === '') || ('B' in value && value.B === '')
}

function kindOf(value: AttributeValue): string {
  return 'S' in value ? 'string' : 'binary'
}

function emptyKey(value: AttributeValue, where: string): Error {
  return invalid(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kindOf(value)} value. ${where}`,
  )
}

function checkKeySize(value: AttributeValue, isHash: boolean): void {
  if (isHash && valueSize(value) > hashKeyBytesMax) {
    throw invalidValues('Size of hashkey has exceeded the maximum size limit of2048 bytes')
  }
  if (!isHash && valueSize(value) > rangeKeyBytesMax) {
    throw invalidValues(
      'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    )
  }
}

/** The attributes of a key, out of an item. */
export function keyAttributes(names: KeyNames, item: Item): Record<string, AttributeValue> {
  const key: Record<string, AttributeValue> = { [names.hash]: partOf(item, names.hash) }
  if (names.range !== undefined) setAttribute(key, names.range, partOf(item, names.range))
  return key
}
