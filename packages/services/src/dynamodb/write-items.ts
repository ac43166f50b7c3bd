import {
  DeleteItem,
  type ItemCollectionMetrics,
  PutItem,
  UpdateItem,
  type UpdateItemInput,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { access } from './access.ts'
import { placeOf } from './arns.ts'
import { consumed, writeUsage } from './capacity.ts'
import { unlocked } from './encryption.ts'
import { pickPaths } from './expressions/index.ts'
import { checkWrite, type ItemWrite, makeWrite, type Outcome } from './item-writes.ts'
import type { TableRecord } from './state.ts'
import { tableOf } from './table-lookup.ts'
import { take } from './throughput.ts'
import { checkNotOngoing } from './transaction-conflicts.ts'
import { type Item, itemToModel } from './values/index.ts'
import { deleteRequest, namedIn, putRequest, updateRequest } from './write-requests.ts'

export const putItem = operation(PutItem, {
  authorize: (input, ctx) =>
    access(ctx, {
      tableName: input.TableName,
      keys: [input.Item],
      attributes: () => namedIn(putRequest(input)),
      returnValues: input.ReturnValues,
      returnConsumedCapacity: input.ReturnConsumedCapacity,
    }),
  scope: (input) => placeOf(input.TableName),
  provenance: 'recorded',
  trail: { kind: 'data' },
  run: (ctx, input) => write(ctx, input, putRequest(input)),
})

export const deleteItem = operation(DeleteItem, {
  authorize: (input, ctx) =>
    access(ctx, {
      tableName: input.TableName,
      keys: [input.Key],
      attributes: () => namedIn(deleteRequest(input)),
      returnValues: input.ReturnValues,
      returnConsumedCapacity: input.ReturnConsumedCapacity,
    }),
  scope: (input) => placeOf(input.TableName),
  provenance: 'modelled',
  trail: { kind: 'data' },
  run: (ctx, input) => write(ctx, input, deleteRequest(input)),
})

export const updateItem = operation(UpdateItem, {
  authorize: (input, ctx) =>
    access(ctx, {
      tableName: input.TableName,
      keys: [input.Key],
      attributes: () => namedIn(updateRequest(input)),
      returnValues: input.ReturnValues,
      returnConsumedCapacity: input.ReturnConsumedCapacity,
    }),
  scope: (input) => placeOf(input.TableName),
  provenance: 'recorded',
  trail: { kind: 'data' },
  run: (ctx, input) => write(ctx, input, updateRequest(input)),
})

type Asked = Pick<
  UpdateItemInput,
  | 'TableName'
  | 'ReturnValues'
  | 'ReturnConsumedCapacity'
  | 'ReturnItemCollectionMetrics'
  | 'ReturnValuesOnConditionCheckFailure'
>

function write(ctx: Context, asked: Asked, request: ItemWrite) {
  const table = tableOf(ctx, asked.TableName)
  checkWrite(table, request)
  return unlocked(ctx, [table], () => {
    checkNotOngoing(ctx, table, request.item)
    const onFailure = asked.ReturnValuesOnConditionCheckFailure
    const { outcome, written } = makeWrite(ctx, table, request, onFailure)
    const usage = writeUsage(table, written)
    take(ctx, usage, 'write')
    const attributes = returned(asked.ReturnValues, outcome)
    return {
      ...(attributes === undefined ? {} : { Attributes: itemToModel(attributes) }),
      ...consumed(usage, asked.ReturnConsumedCapacity),
      ...collectionMetrics(table, asked.ReturnItemCollectionMetrics, request.item),
    }
  })
}

/** What `ReturnValues` asks for; undefined where there is nothing of it. */
function returned(asked: string | undefined, outcome: Outcome): Item | undefined {
  const { before, after, updated } = outcome
  switch (asked) {
    case 'ALL_OLD':
      return before?.item
    case 'ALL_NEW':
      return after
    case 'UPDATED_OLD':
      return before === undefined ? undefined : picked(updated?.updatedPaths, before.item)
    case 'UPDATED_NEW':
      return after === undefined ? undefined : picked(updated?.updatedPaths, after)
    default:
      return undefined
  }
}

function picked(
  paths: readonly (readonly (string | number)[])[] | undefined,
  item: Item,
): Item | undefined {
  if (paths === undefined) return undefined
  const found = pickPaths(paths, item)
  return Object.keys(found).length === 0 ? undefined : found
}

/**
 * Tables with local indexes have item collections.
 * Deviation: the estimate is always that of the smallest; collections may grow beyond 10 GB.
 */
export function collectionMetrics(
  table: TableRecord,
  asked: string | undefined,
  item: Item,
): { ItemCollectionMetrics?: ItemCollectionMetrics } {
  if (asked !== 'SIZE' || !table.indexes.some(({ kind }) => kind === 'local')) return {}
  const hash = item[table.key.hash]
  if (hash === undefined) return {}
  const ItemCollectionKey = itemToModel({ [table.key.hash]: hash })
  return { ItemCollectionMetrics: { ItemCollectionKey, SizeEstimateRangeGB: [0, 1] } }
}
