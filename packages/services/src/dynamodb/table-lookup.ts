import type { TableContext } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { nameOf, tableOfArn } from './arns.ts'
import { invalid, namedTableNotFound, tableNotFound } from './errors.ts'
import { type IndexRecord, type TableRecord, tables } from './state.ts'

/** The table that an operation on items means. It is there for them when it is no longer being made. */
export function tableOf(ctx: TableContext, nameOrArn: string): TableRecord {
  const table = tables.get(ctx, nameOf(nameOrArn))
  if (table === undefined || isElsewhere(ctx, nameOrArn)) throw tableNotFound()
  if (table.status === 'CREATING' || table.status === 'DELETING') throw tableNotFound()
  return table
}

/** The table that an operation on tables means, in whatever state. */
export function namedTable(ctx: TableContext, nameOrArn: string): TableRecord {
  const table = tables.get(ctx, nameOf(nameOrArn))
  if (table === undefined || isElsewhere(ctx, nameOrArn))
    throw namedTableNotFound(nameOf(nameOrArn))
  return table
}

/** An ARN of another region means no table of this one. */
export function isElsewhere({ region }: TableContext, nameOrArn: string): boolean {
  if (!nameOrArn.startsWith('arn:')) return false
  const found = tableOfArn(nameOrArn)
  return found !== undefined && found.region !== region
}

/** The index that a Query or Scan reads. */
export function indexOf(table: TableRecord, name: string): IndexRecord {
  const index = table.indexes.find((index) => index.name === name)
  if (index === undefined || index.status === 'DELETING') {
    throw invalid(`The table does not have the specified index: ${name}`)
  }
  if (index.backfilling === true) {
    throw invalid(`Cannot read from backfilling global secondary index: ${name}`)
  }
  if (index.status === 'CREATING') {
    throw invalid(`The table does not have the specified index: ${name}`)
  }
  return index
}

/**
 * Whether a table is on its way, and takes no further changes yet.
 * Deviation: CloudFormation waits until a table is active before it goes on setting it up; here it need not.
 */
export function isBusy({ caller }: Context, { status }: TableRecord): boolean {
  if (status === 'DELETING') return true
  return status !== 'ACTIVE' && !isOfCloudFormation(caller)
}

/** In the name of whoever deploys, or with the stack's own role. */
function isOfCloudFormation({ calledVia, invokedBy }: Context['caller']): boolean {
  const name = 'cloudformation.amazonaws.com'
  return invokedBy === name || calledVia?.includes(name) === true
}

/** What is done to a table that is busy, as refusals say it. */
export const doing: Readonly<Record<TableRecord['status'], 'created' | 'updated' | 'deleted'>> = {
  CREATING: 'created',
  UPDATING: 'updated',
  DELETING: 'deleted',
  ACTIVE: 'updated',
  INACCESSIBLE_ENCRYPTION_CREDENTIALS: 'updated',
}
