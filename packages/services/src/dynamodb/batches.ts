import {
  BatchGetItem,
  type BatchGetItemInput,
  BatchWriteItem,
  type BatchWriteItemInput,
  type ConsumedCapacity,
  type ItemCollectionMetrics,
  type KeysAndAttributes,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { access } from './access.ts'
import { placeOf } from './arns.ts'
import { addUsage, described, readUnits, type Usage, usageOf, writeUsage } from './capacity.ts'
import { unlocked } from './encryption.ts'
import { invalid } from './errors.ts'
import { project } from './expressions/index.ts'
import { checkWrite, commit, type ItemWrite, outcomeOf } from './item-writes.ts'
import { checkKey, itemKey } from './keys.ts'
import { batchGetBytesMax, batchGetKeysMax, batchWriteRequestsMax, itemBytesMax } from './limits.ts'
import { checkKeysNotNested } from './named-keys.ts'
import { type Projecting, readProjection } from './projections.ts'
import { seen } from './read-lag.ts'
import { remembered } from './remembered.ts'
import type { TableRecord } from './state.ts'
import { tableOf } from './table-lookup.ts'
import { hasRoom, take } from './throughput.ts'
import { isOngoing } from './transaction-conflicts.ts'
import { type Item, itemFromModel, itemToModel, sizeOf } from './values/index.ts'
import { collectionMetrics } from './write-items.ts'

const duplicates = 'Provided list of item keys contains duplicates'

interface TableKeys extends Projecting {
  readonly keys: readonly Item[]
}

const getRequests = remembered((input: BatchGetItemInput): ReadonlyMap<string, TableKeys> => {
  const requests = new Map<string, TableKeys>()
  let count = 0
  for (const [name, asked] of Object.entries(input.RequestItems)) {
    const projecting = readProjection(asked)
    const keys = asked.Keys.map((key) => itemFromModel(key))
    count += keys.length
    if (count > batchGetKeysMax) throw invalid('Too many items requested for the BatchGetItem call')
    requests.set(name, { keys, ...projecting })
  }
  return requests
})

export const batchGetItem = operation(BatchGetItem, {
  authorize: (input, ctx) =>
    Object.entries(input.RequestItems).map(([tableName, { Keys: keys }]) =>
      access(ctx, {
        tableName,
        keys,
        attributes: () => getRequests(input).get(tableName)?.projection?.attributes,
        returnConsumedCapacity: input.ReturnConsumedCapacity,
      }),
    ),
  scope: (input) => placeOf(Object.keys(input.RequestItems ?? {})[0]),
  provenance: 'modelled',
  trail: { kind: 'data' },
  run(ctx, input) {
    const requests = getRequests(input)
    const asked = [...requests].map(([name, request]) => {
      const table = tableOf(ctx, name)
      const seenKeys = new Set<string>()
      for (const key of request.keys) {
        checkKey(table, key)
        seenKeys.add(itemKey(table, key))
      }
      if (seenKeys.size < request.keys.length) throw invalid(duplicates)
      checkKeysNotNested(table, request.projection)
      return { name, table, request, given: input.RequestItems[name] }
    })
    return unlocked(
      ctx,
      asked.map(({ table }) => table),
      () => readAll(ctx, asked, input),
    )
  },
})

interface AskedTable {
  readonly name: string
  readonly table: TableRecord
  readonly request: TableKeys
  readonly given: KeysAndAttributes | undefined
}

/** Answers what fits into 16 MB and the tables' throughput; the rest is for the caller to ask again. */
function readAll(ctx: Context, asked: readonly AskedTable[], input: BatchGetItemInput) {
  const Responses = new Map<string, ReturnType<typeof itemToModel>[]>()
  const UnprocessedKeys = new Map<string, KeysAndAttributes>()
  const capacities: ConsumedCapacity[] = []
  let bytes = 0
  let processed = 0
  for (const { name, table, request, given } of asked) {
    const found: ReturnType<typeof itemToModel>[] = []
    const rest: Item[] = []
    const consistent = given?.ConsistentRead === true
    const usage = usageOf(table)
    for (const key of request.keys) {
      const record = seen(ctx, itemKey(table, key), consistent)
      const isOver = bytes + (record?.size ?? 0) > batchGetBytesMax
      if (isOver || !hasRoom(ctx, usage, 'read')) {
        rest.push(key)
        continue
      }
      bytes += record?.size ?? 0
      processed += 1
      usage.tableUnits += readUnits(record?.size ?? 0, consistent ? 'consistent' : 'eventual')
      if (record === undefined) continue
      const { projection } = request
      const item = projection === undefined ? record.item : project(projection, record.item)
      found.push(itemToModel(item))
    }
    if (processed > 0 || rest.length === 0) take(ctx, usage, 'read')
    Responses.set(name, found)
    if (rest.length > 0) UnprocessedKeys.set(name, { ...given, Keys: rest.map(itemToModel) })
    if (isAsked(input.ReturnConsumedCapacity)) {
      capacities.push(described(usage, input.ReturnConsumedCapacity ?? 'TOTAL'))
    }
  }
  // Nothing at all could be read: then the batch is throttled as a single read is.
  const [first] = asked
  if (processed === 0 && first !== undefined) {
    take(ctx, usageOf(first.table, readUnits(0, 'eventual')), 'read')
  }
  return {
    Responses: Object.fromEntries(Responses),
    UnprocessedKeys: Object.fromEntries(UnprocessedKeys),
    ...(capacities.length === 0 ? {} : { ConsumedCapacity: capacities }),
  }
}

function isAsked(asked: string | undefined): boolean {
  return asked === 'TOTAL' || asked === 'INDEXES'
}

const writeRequests = remembered(
  (input: BatchWriteItemInput): ReadonlyMap<string, readonly ItemWrite[]> => {
    const requests = new Map<string, readonly ItemWrite[]>()
    let count = 0
    for (const [name, given] of Object.entries(input.RequestItems)) {
      requests.set(name, given.map(readWrite))
      count += given.length
    }
    if (count > batchWriteRequestsMax) {
      throw invalid('Too many items requested for the BatchWriteItem call')
    }
    return requests
  },
)

function readWrite({
  PutRequest: put,
  DeleteRequest: remove,
}: BatchWriteItemInput['RequestItems'][string][number]): ItemWrite {
  if (put !== undefined && remove !== undefined) {
    throw invalid(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    )
  }
  if (put !== undefined) {
    const item = itemFromModel(put.Item)
    if (sizeOf(item) > itemBytesMax) {
      throw invalid('Item size has exceeded the maximum allowed size')
    }
    return { kind: 'put', item }
  }
  if (remove !== undefined) return { kind: 'delete', item: itemFromModel(remove.Key) }
  throw invalid(
    'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
  )
}

export const batchWriteItem = operation(BatchWriteItem, {
  authorize: (input, ctx) =>
    Object.entries(input.RequestItems).map(([tableName, requests]) =>
      access(ctx, {
        tableName,
        keys: requests.flatMap(({ PutRequest, DeleteRequest }) => [
          PutRequest?.Item ?? DeleteRequest?.Key ?? {},
        ]),
        returnConsumedCapacity: input.ReturnConsumedCapacity,
      }),
    ),
  scope: (input) => placeOf(Object.keys(input.RequestItems ?? {})[0]),
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    const asked = [...writeRequests(input)].map(([name, writes]) => {
      const table = tableOf(ctx, name)
      const seenKeys = new Set<string>()
      for (const write of writes) {
        checkBatchWrite(table, write)
        seenKeys.add(itemKey(table, write.item))
      }
      if (seenKeys.size < writes.length) throw invalid(duplicates)
      return { name, table, writes, given: input.RequestItems[name] ?? [] }
    })
    return unlocked(
      ctx,
      asked.map(({ table }) => table),
      () => writeAll(ctx, asked, input),
    )
  },
})

/** Recorded: dynamodb, BatchWriteItem: what lacks its key, or has one of another type, does not match. */
function checkBatchWrite(table: TableRecord, write: ItemWrite): void {
  const { hash, range } = table.key
  for (const name of range === undefined ? [hash] : [hash, range]) {
    const type = table.attributes[name]
    const value = write.item[name]
    if (value === undefined || type === undefined || !(type in value)) {
      throw invalid('The provided key element does not match the schema')
    }
  }
  checkWrite(table, write)
}

interface WrittenTable {
  readonly name: string
  readonly table: TableRecord
  readonly writes: readonly ItemWrite[]
  readonly given: BatchWriteItemInput['RequestItems'][string]
}

/** Each write stands by itself; those for which there is no throughput are for the caller to send again. */
function writeAll(ctx: Context, asked: readonly WrittenTable[], input: BatchWriteItemInput) {
  const UnprocessedItems = new Map<string, WrittenTable['given'][number][]>()
  const capacities: ConsumedCapacity[] = []
  const metrics = new Map<string, ItemCollectionMetrics[]>()
  let processed = 0
  for (const { name, table, writes, given } of asked) {
    const usage: Usage = usageOf(table)
    for (const [at, write] of writes.entries()) {
      const original = given[at]
      const outcome = outcomeOf(ctx, table, write)
      const isBusy = isOngoing(ctx, itemKey(table, write.item))
      if (isBusy || 'failed' in outcome || !hasRoom(ctx, usage, 'write')) {
        if (original !== undefined) {
          UnprocessedItems.set(name, [...(UnprocessedItems.get(name) ?? []), original])
        }
        continue
      }
      processed += 1
      addUsage(usage, writeUsage(table, commit(ctx, table, outcome)))
      const { ItemCollectionMetrics } = collectionMetrics(
        table,
        input.ReturnItemCollectionMetrics,
        write.item,
      )
      if (ItemCollectionMetrics !== undefined) {
        metrics.set(name, [...(metrics.get(name) ?? []), ItemCollectionMetrics])
      }
    }
    if (processed > 0) take(ctx, usage, 'write')
    if (isAsked(input.ReturnConsumedCapacity)) {
      capacities.push(described(usage, input.ReturnConsumedCapacity ?? 'TOTAL'))
    }
  }
  const [first] = asked
  if (processed === 0 && first !== undefined) take(ctx, usageOf(first.table, 1), 'write')
  return {
    UnprocessedItems: Object.fromEntries(UnprocessedItems),
    ...(metrics.size === 0 ? {} : { ItemCollectionMetrics: Object.fromEntries(metrics) }),
    ...(capacities.length === 0 ? {} : { ConsumedCapacity: capacities }),
  }
}
