import { AwsError } from '@cloud-orrery/models'
import {
  ExecuteStatement,
  type ExecuteStatementInput,
  type ExecuteStatementOutput,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { consumed, type Usage, writeUsage } from '../capacity.ts'
import { unlocked } from '../encryption.ts'
import { pickPaths } from '../expressions/projecting.ts'
import { checkWrite, makeWrite, type Outcome } from '../item-writes.ts'
import type { TableRecord } from '../state.ts'
import { tableOf } from '../table-lookup.ts'
import { take } from '../throughput.ts'
import { checkNotOngoing } from '../transaction-conflicts.ts'
import type { Item } from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { itemToModel } from '../values/wire-values.ts'
import { duplicateItem } from './errors.ts'
import { runSelect, selectPlan } from './reads.ts'
import { accessOf, type Prepared, prepared } from './requests.ts'
import type { Returning, Statement } from './syntax.ts'
import { writeOf } from './writes.ts'

export const executeStatement = operation(ExecuteStatement, {
  authorize: (input, ctx) => accessOf(ctx, prepared(input)),
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    const request = prepared(input)
    if (request.statement.kind === 'exists') {
      throw validationException('EXISTS is only supported in ExecuteTransaction')
    }
    const table = tableOf(ctx, request.statement.tableName)
    return unlocked(ctx, [table], () => answer(ctx, table, request, input))
  },
})

function answer(
  ctx: Context,
  table: TableRecord,
  { statement, parameters }: Prepared,
  input: ExecuteStatementInput,
): ExecuteStatementOutput {
  if (statement.kind !== 'select') {
    const { item, usage } = write(ctx, table, { statement, parameters }, input)
    return {
      Items: item === undefined ? [] : [itemToModel(item)],
      ...consumed(usage, input.ReturnConsumedCapacity),
    }
  }
  const { Statement, Parameters = [], ConsistentRead, Limit, NextToken } = input
  const plan = selectPlan(statement, table, parameters)
  const { items, nextToken, lastKey, usage } = runSelect(ctx, plan, {
    consistent: ConsistentRead === true,
    limit: Limit,
    nextToken: NextToken,
    request: [table.id, Statement, Parameters],
  })
  take(ctx, usage, 'read')
  return {
    Items: items.map(itemToModel),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    ...(lastKey === undefined ? {} : { LastEvaluatedKey: itemToModel(lastKey) }),
    ...consumed(usage, input.ReturnConsumedCapacity),
  }
}

/** Runs a statement that writes, by itself. Throws what it is refused with. */
export function write(
  ctx: Context,
  table: TableRecord,
  { statement, parameters }: Prepared,
  {
    ReturnValuesOnConditionCheckFailure: onFailure,
  }: {
    readonly ReturnValuesOnConditionCheckFailure?: string | undefined
  },
): { readonly item: Item | undefined; readonly usage: Usage } {
  if (statement.kind === 'select') throw validationException('Expected a statement that writes')
  if ('indexName' in statement && statement.indexName !== undefined) {
    throw validationException('Writes on indices are not supported')
  }
  const request = writeOf(statement, table, parameters)
  checkWrite(table, request)
  checkNotOngoing(ctx, table, request.item)
  try {
    const { outcome, written } = makeWrite(ctx, table, request, onFailure)
    const usage = writeUsage(table, written)
    take(ctx, usage, 'write')
    return { item: returned(statement, outcome), usage }
  } catch (error) {
    const isTaken = error instanceof AwsError && error.code === 'ConditionalCheckFailedException'
    throw statement.kind === 'insert' && isTaken ? duplicateItem() : error
  }
}

/** What RETURNING asks for; undefined where there is nothing of it. */
function returned(statement: Statement, { before, after, updated }: Outcome): Item | undefined {
  const asked: Returning | undefined = 'returning' in statement ? statement.returning : undefined
  if (asked === undefined) return undefined
  const item = asked.when === 'OLD' ? before?.item : after
  if (item === undefined || asked.which === 'ALL') return item
  const found = pickPaths(updated?.updatedPaths ?? [], item)
  return Object.keys(found).length === 0 ? undefined : found
}
