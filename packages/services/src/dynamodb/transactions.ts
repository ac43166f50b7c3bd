import { createHash } from 'node:crypto'
import { AwsError } from '@cloud-orrery/models'
import {
  type CancellationReason,
  type ItemCollectionMetrics,
  type TransactWriteItem,
  TransactWriteItems,
  type TransactWriteItemsInput,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { access } from './access.ts'
import { placeOf } from './arns.ts'
import { addUsage, described, readUnits, type Usage, usageOf, writeUsage } from './capacity.ts'
import { unlocked } from './encryption.ts'
import { invalid, tokenMismatch, transactionCanceled, transactionConflict } from './errors.ts'
import { checkWrite, commit, type ItemWrite, type Outcome, outcomeOf } from './item-writes.ts'
import { itemKey } from './keys.ts'
import { clientTokenMs, transactionBytesMax } from './limits.ts'
import { remembered } from './remembered.ts'
import { clientTokens, type ItemRecord, type TableRecord } from './state.ts'
import { tableOf } from './table-lookup.ts'
import { take } from './throughput.ts'
import { isOngoing, noteOngoing } from './transaction-conflicts.ts'
import { itemToModel } from './values/index.ts'
import { collectionMetrics } from './write-items.ts'
import {
  checkRequest,
  deleteRequest,
  namedIn,
  putRequest,
  updateRequest,
} from './write-requests.ts'

/** One action of a transaction, read. */
export interface TransactionAction {
  readonly tableName: string
  readonly write: ItemWrite
  /** Whether a failed condition shows the item. */
  readonly showsItem: boolean
}

/** The permission that an action asks for, by its kind. */
const permissions: Readonly<Record<ItemWrite['kind'], string>> = {
  put: 'PutItem',
  update: 'UpdateItem',
  delete: 'DeleteItem',
  check: 'ConditionCheckItem',
}

const actionsOf = remembered((input: TransactWriteItemsInput): readonly TransactionAction[] =>
  input.TransactItems.map(actionOf),
)

function actionOf(given: TransactWriteItem): TransactionAction {
  const { ConditionCheck: check, Put: put, Update: update, Delete: remove } = given
  const [only, ...others] = [check, put, update, remove].filter((it) => it !== undefined)
  if (only === undefined || others.length > 0) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete')
  }
  return {
    tableName: only.TableName,
    write: writeOf(given),
    showsItem: only.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  }
}

function writeOf({ ConditionCheck, Put, Update, Delete }: TransactWriteItem): ItemWrite {
  if (Put !== undefined) return putRequest(Put)
  if (Update !== undefined) return updateRequest(Update)
  if (Delete !== undefined) return deleteRequest(Delete)
  return checkRequest(ConditionCheck ?? { Key: {} })
}

export const transactWriteItems = operation(TransactWriteItems, {
  authorize: (input, ctx) =>
    input.TransactItems.flatMap((given) => {
      const { ConditionCheck: check, Put: put, Update: update, Delete: remove } = given
      const named = check ?? put ?? update ?? remove
      if (named === undefined) return []
      const kind =
        put !== undefined
          ? 'put'
          : update !== undefined
            ? 'update'
            : remove !== undefined
              ? 'delete'
              : 'check'
      return access(ctx, {
        action: permissions[kind],
        tableName: named.TableName,
        keys: ['Item' in named ? named.Item : named.Key],
        attributes: () => namedIn(writeOf(given)),
        returnConsumedCapacity: input.ReturnConsumedCapacity,
        enclosing: 'TransactWriteItems',
      })
    }),
  scope: (input) => {
    const { ConditionCheck, Put, Update, Delete } = input.TransactItems?.[0] ?? {}
    return placeOf((ConditionCheck ?? Put ?? Update ?? Delete)?.TableName)
  },
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    const actions = actionsOf(input)
    const { ClientRequestToken: token } = input
    const asked = actions.map((action) => ({ ...action, table: tableOf(ctx, action.tableName) }))
    return unlocked(
      ctx,
      asked.map(({ table }) => table),
      () => {
        const digest = token === undefined ? '' : digestOf(input)
        if (token !== undefined && wasDone(ctx, token, digest)) {
          return repeated(ctx, asked, input)
        }
        const usages = transact(ctx, asked)
        if (token !== undefined) {
          clientTokens.put(ctx, { token, digest, untilMs: ctx.now() + clientTokenMs })
        }
        return {
          ...capacities(usages, input, 'WriteCapacityUnits'),
          ...metricsOf(asked, input.ReturnItemCollectionMetrics),
        }
      },
    )
  },
})

interface AskedAction extends TransactionAction {
  readonly table: TableRecord
}

/**
 * Makes all writes or none; throws `TransactionCanceledException` with a reason for each action. Gives what it
 * used, by table.
 */
export function transact(ctx: Context, asked: readonly AskedAction[]): ReadonlyMap<string, Usage> {
  checkDistinct(asked)
  const outcomes: Outcome[] = []
  const reasons = asked.map((action) => {
    const reason = tried(ctx, action, outcomes)
    return reason ?? { Code: 'None' }
  })
  if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCanceled(reasons)
  checkSize(outcomes)
  const usages = new Map<string, Usage>()
  for (const [at, { table, write }] of asked.entries()) {
    const outcome = outcomes[at]
    if (outcome === undefined) continue
    const isCheck = write.kind === 'check'
    const written = isCheck
      ? { sizeBefore: outcome.size, sizeAfter: outcome.size, indexes: [] }
      : commit(ctx, table, outcome)
    const usage = usages.get(table.name) ?? usageOf(table)
    usages.set(table.name, usage)
    addUsage(usage, writeUsage(table, written, 2))
  }
  for (const usage of usages.values()) take(ctx, usage, 'write')
  noteOngoing(
    ctx,
    outcomes.map(({ key }) => key),
  )
  return usages
}

function checkDistinct(asked: readonly AskedAction[]): void {
  const keys = new Set<string>()
  for (const { table, write } of asked) {
    const { hash, range } = table.key
    if (write.item[hash] === undefined) continue // That is this action's own problem.
    if (range !== undefined && write.item[range] === undefined) continue
    const key = itemKey(table, write.item)
    if (keys.has(key)) {
      throw invalid('Transaction request cannot include multiple operations on one item')
    }
    keys.add(key)
  }
}

/** Why an action cancels the transaction; undefined where it does not, and its outcome is noted. */
function tried(
  ctx: Context,
  { table, write, showsItem }: AskedAction,
  outcomes: Outcome[],
): CancellationReason | undefined {
  try {
    checkWrite(table, write)
    if (isOngoing(ctx, itemKey(table, write.item))) {
      return { Code: 'TransactionConflict', Message: transactionConflict().message }
    }
    const outcome = outcomeOf(ctx, table, write)
    if ('failed' in outcome) return conditionReason(outcome.failed, showsItem)
    outcomes.push(outcome)
    return undefined
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error
    return { Code: 'ValidationError', Message: error.message }
  }
}

function conditionReason(item: ItemRecord | undefined, showsItem: boolean): CancellationReason {
  return {
    Code: 'ConditionalCheckFailed',
    Message: 'The conditional request failed',
    ...(showsItem && item !== undefined ? { Item: itemToModel(item.item) } : {}),
  }
}

function checkSize(outcomes: readonly Outcome[]): void {
  let bytes = 0
  for (const { size, before } of outcomes) bytes += Math.max(size, before?.size ?? 0)
  if (bytes > transactionBytesMax) {
    throw invalid('Collective size of items in transaction exceeded 4 MB limit')
  }
}

/** Whether the transaction of a token was made already. Throws where that was another one. */
export function wasDone(ctx: Context, token: string, digest: string): boolean {
  const known = clientTokens.get(ctx, token)
  if (known === undefined) return false
  if (known.untilMs <= ctx.now()) {
    clientTokens.delete(ctx, token)
    return false
  }
  if (known.digest !== digest) throw tokenMismatch()
  return true
}

export function digestOf({ TransactItems }: { readonly TransactItems: unknown }): string {
  return createHash('sha256').update(JSON.stringify(TransactItems)).digest('hex')
}

/** The answer to a transaction that was made before: it took reads. */
function repeated(ctx: Context, asked: readonly AskedAction[], input: TransactWriteItemsInput) {
  const usages = new Map<string, Usage>()
  for (const { table } of asked) {
    const usage = usages.get(table.name) ?? usageOf(table)
    usages.set(table.name, usage)
    usage.tableUnits += readUnits(0, 'transaction')
  }
  for (const usage of usages.values()) take(ctx, usage, 'read')
  return capacities(usages, input, 'ReadCapacityUnits')
}

export function capacities(
  usages: ReadonlyMap<string, Usage>,
  { ReturnConsumedCapacity: asked }: Pick<TransactWriteItemsInput, 'ReturnConsumedCapacity'>,
  kind: 'ReadCapacityUnits' | 'WriteCapacityUnits',
) {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return {}
  return { ConsumedCapacity: [...usages.values()].map((usage) => described(usage, asked, kind)) }
}

function metricsOf(asked: readonly AskedAction[], wanted: string | undefined) {
  const metrics = new Map<string, ItemCollectionMetrics[]>()
  for (const { table, tableName, write } of asked) {
    const { ItemCollectionMetrics } = collectionMetrics(table, wanted, write.item)
    if (ItemCollectionMetrics === undefined) continue
    metrics.set(tableName, [...(metrics.get(tableName) ?? []), ItemCollectionMetrics])
  }
  return metrics.size === 0 ? {} : { ItemCollectionMetrics: Object.fromEntries(metrics) }
}
