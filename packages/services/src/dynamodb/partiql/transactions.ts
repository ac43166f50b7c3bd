import { AwsError } from '@cloud-orrery/models'
import {
  type CancellationReason,
  ExecuteTransaction,
  type ExecuteTransactionInput,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { readUnits, type Usage, usageOf } from '../capacity.ts'
import { unlocked } from '../encryption.ts'
import { transactionCanceled, transactionConflict } from '../errors.ts'
import { itemKey } from '../keys.ts'
import { clientTokenMs } from '../limits.ts'
import { clientTokens, items, type TableRecord } from '../state.ts'
import { tableOf } from '../table-lookup.ts'
import { take } from '../throughput.ts'
import { isOngoing } from '../transaction-conflicts.ts'
import { capacities, digestOf, transact, wasDone } from '../transactions.ts'
import { validationException } from '../values/errors.ts'
import { itemToModel } from '../values/wire-values.ts'
import { duplicateWords, selectKeyRequired } from './errors.ts'
import { readOne, type SelectPlan, selectPlan } from './reads.ts'
import { accessOf, type Prepared, parametersOf, prepared } from './requests.ts'
import { writeOf } from './writes.ts'

export const executeTransaction = operation(ExecuteTransaction, {
  authorize: (input, ctx) => statementsOf(input).map((request) => accessOf(ctx, request)),
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    const requests = statementsOf(input)
    const isRead = requests.every(({ statement }) => statement.kind === 'select')
    if (!isRead && requests.some(({ statement }) => statement.kind === 'select')) {
      throw validationException(
        'ExecuteTransaction API does not support both read and write operations in the same request.',
      )
    }
    const tables = requests.map(({ statement }) => tableOf(ctx, statement.tableName))
    return unlocked(ctx, tables, () =>
      isRead ? readAll(ctx, requests, tables, input) : writeAll(ctx, requests, tables, input),
    )
  },
})

/** Values are told bare, all else with the place of the statement. Observed on AWS, 2026-10. */
function statementsOf(input: ExecuteTransactionInput): readonly Prepared[] {
  for (const given of input.TransactStatements) parametersOf(given)
  return input.TransactStatements.map((given, i) => inMember(i, () => prepared(given)))
}

function inMember<T>(index: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error
    throw validationException(`Validation failed in TransactStatements[${index}]: ${error.message}`)
  }
}

function readAll(
  ctx: Context,
  requests: readonly Prepared[],
  tables: readonly TableRecord[],
  input: ExecuteTransactionInput,
) {
  const plans = requests.map((request, i) => inMember(i, () => planOf(request, tables[i])))
  refuseOngoing(ctx, plans)
  const usages = new Map<string, Usage>()
  const Responses = plans.map(({ plan, key }) => {
    const { table } = plan
    const { item } = readOne(ctx, plan, key, true)
    const usage = usages.get(table.name) ?? usageOf(table)
    usages.set(table.name, usage)
    const size = items.get(ctx, itemKey(table, key))?.size ?? 0
    usage.tableUnits += readUnits(size, 'transaction')
    return item === undefined ? {} : { Item: itemToModel(item) }
  })
  for (const usage of usages.values()) take(ctx, usage, 'read')
  return { Responses, ...capacities(usages, input, 'ReadCapacityUnits') }
}

type KeyedPlan = { readonly plan: SelectPlan; readonly key: NonNullable<SelectPlan['key']> }

function planOf({ statement, parameters }: Prepared, table: TableRecord | undefined): KeyedPlan {
  if (statement.kind !== 'select' || table === undefined) {
    throw validationException('Expected a SELECT statement')
  }
  if (statement.indexName !== undefined) {
    throw validationException('Reads on indices are not supported within transactions.')
  }
  const plan = selectPlan(statement, table, parameters)
  if (plan.key === undefined || !plan.isKeyAlone) throw selectKeyRequired('ExecuteTransaction')
  return { plan, key: plan.key }
}

function refuseOngoing(ctx: Context, plans: readonly KeyedPlan[]): void {
  const reasons = plans.map(({ plan, key }): CancellationReason => {
    if (!isOngoing(ctx, itemKey(plan.table, key))) return { Code: 'None' }
    return { Code: 'TransactionConflict', Message: transactionConflict().message }
  })
  if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCanceled(reasons)
}

function writeAll(
  ctx: Context,
  requests: readonly Prepared[],
  tables: readonly TableRecord[],
  input: ExecuteTransactionInput,
) {
  const asked = requests.map((request, i) => {
    const table = tables[i] ?? tableOf(ctx, request.statement.tableName)
    const given = input.TransactStatements[i]
    return {
      table,
      tableName: table.name,
      write: inMember(i, () => transactionWrite(request, table)),
      showsItem: given?.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    }
  })
  const { ClientRequestToken: token, TransactStatements: TransactItems } = input
  const digest = token === undefined ? '' : digestOf({ TransactItems })
  if (token !== undefined && wasDone(ctx, token, digest)) {
    return { Responses: [], ...repeated(ctx, tables, input) }
  }
  const usages = insertsNamed(requests, () => transact(ctx, asked))
  if (token !== undefined) {
    clientTokens.put(ctx, { token, digest, untilMs: ctx.now() + clientTokenMs })
  }
  return { Responses: [], ...capacities(usages, input, 'WriteCapacityUnits') }
}

function transactionWrite({ statement, parameters }: Prepared, table: TableRecord) {
  if (statement.kind === 'select') throw validationException('Expected a statement that writes')
  if ('returning' in statement && statement.returning !== undefined) {
    throw validationException('RETURNING clause is not supported in ExecuteTransaction.')
  }
  return writeOf(statement, table, parameters)
}

/** An INSERT whose place is taken has a reason of its own. */
function insertsNamed<T>(requests: readonly Prepared[], run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'TransactionCanceledException') throw error
    const given = error.fields['CancellationReasons'] as readonly CancellationReason[] // As it is built.
    throw transactionCanceled(
      given.map((reason, i) =>
        requests[i]?.statement.kind === 'insert' && reason.Code === 'ConditionalCheckFailed'
          ? { ...reason, Code: 'DuplicateItem', Message: duplicateWords }
          : reason,
      ),
    )
  }
}

/** A transaction that was made before takes reads. */
function repeated(ctx: Context, tables: readonly TableRecord[], input: ExecuteTransactionInput) {
  const usages = new Map<string, Usage>()
  for (const table of tables) {
    const usage = usages.get(table.name) ?? usageOf(table)
    usages.set(table.name, usage)
    usage.tableUnits += readUnits(0, 'transaction')
  }
  for (const usage of usages.values()) take(ctx, usage, 'read')
  return capacities(usages, input, 'ReadCapacityUnits')
}
