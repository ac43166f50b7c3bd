import { AwsError } from '@cloud-orrery/models'
import {
  type CancellationReason,
  TransactGetItems,
  type TransactGetItemsInput,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { access } from './access.ts'
import { placeOf } from './arns.ts'
import { readUnits, type Usage, usageOf } from './capacity.ts'
import { unlocked } from './encryption.ts'
import { invalid, transactionCanceled, transactionConflict } from './errors.ts'
import { project } from './expressions/index.ts'
import { checkKey, itemKey } from './keys.ts'
import { transactionBytesMax } from './limits.ts'
import { checkKeysNotNested } from './named-keys.ts'
import { type Projecting, readProjection } from './projections.ts'
import { remembered } from './remembered.ts'
import { items, type TableRecord } from './state.ts'
import { tableOf } from './table-lookup.ts'
import { take } from './throughput.ts'
import { isOngoing } from './transaction-conflicts.ts'
import { capacities } from './transactions.ts'
import { type Item, itemFromModel, itemToModel } from './values/index.ts'

interface TransactionGet extends Projecting {
  readonly tableName: string
  readonly key: Item
}

const getsOf = remembered((input: TransactGetItemsInput): readonly TransactionGet[] =>
  input.TransactItems.map(({ Get }) => ({
    tableName: Get.TableName,
    key: itemFromModel(Get.Key),
    ...readProjection(Get),
  })),
)

export const transactGetItems = operation(TransactGetItems, {
  authorize: (input, ctx) =>
    input.TransactItems.map(({ Get }, at) =>
      access(ctx, {
        action: 'GetItem',
        tableName: Get.TableName,
        keys: [Get.Key],
        attributes: () => getsOf(input)[at]?.projection?.attributes,
        returnConsumedCapacity: input.ReturnConsumedCapacity,
        enclosing: 'TransactGetItems',
      }),
    ),
  scope: (input) => placeOf(input.TransactItems?.[0]?.Get?.TableName),
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    const asked = getsOf(input).map((get) => ({ ...get, table: tableOf(ctx, get.tableName) }))
    return unlocked(
      ctx,
      asked.map(({ table }) => table),
      () => {
        checkGets(ctx, asked)
        return { ...readGets(ctx, asked, input) }
      },
    )
  },
})

type AskedGet = TransactionGet & { readonly table: TableRecord }

function checkGets(ctx: Context, asked: readonly AskedGet[]): void {
  const reasons = asked.map((get) => reasonAgainst(ctx, get) ?? { Code: 'None' })
  if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCanceled(reasons)
  const keys = asked.map(({ table, key }) => itemKey(table, key))
  if (new Set(keys).size < keys.length) {
    throw invalid('Transaction request cannot include multiple operations on one item')
  }
}

function reasonAgainst(
  ctx: Context,
  { table, key, projection }: AskedGet,
): CancellationReason | undefined {
  try {
    checkKey(table, key)
    checkKeysNotNested(table, projection)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { Code: 'ValidationError', Message: error.message }
  }
  if (!isOngoing(ctx, itemKey(table, key))) return undefined
  return { Code: 'TransactionConflict', Message: transactionConflict().message }
}

function readGets(ctx: Context, asked: readonly AskedGet[], input: TransactGetItemsInput) {
  const usages = new Map<string, Usage>()
  let bytes = 0
  const Responses = asked.map(({ table, key, projection }) => {
    const record = items.get(ctx, itemKey(table, key))
    const usage = usages.get(table.name) ?? usageOf(table)
    usages.set(table.name, usage)
    usage.tableUnits += readUnits(record?.size ?? 0, 'transaction')
    if (record === undefined) return {}
    bytes += record.size
    const item = projection === undefined ? record.item : project(projection, record.item)
    return { Item: itemToModel(item) }
  })
  if (bytes > transactionBytesMax) {
    throw invalid('Collective size of items in transaction exceeded 4 MB limit')
  }
  for (const usage of usages.values()) take(ctx, usage, 'read')
  return { Responses, ...capacities(usages, input, 'ReadCapacityUnits') }
}
