import type { Context } from '../../context.ts'
import { nameOf } from '../arns.ts'
import { type TableRecord, tables } from '../state.ts'
import { isElsewhere } from '../table-lookup.ts'
import { backedUpTableNotFound } from './errors.ts'

/** Tables of backups, in words of their own. */
export function backedUpTable(ctx: Context, nameOrArn: string): TableRecord {
  const table = tables.get(ctx, nameOf(nameOrArn))
  if (table === undefined || isElsewhere(ctx, nameOrArn))
    throw backedUpTableNotFound(nameOf(nameOrArn))
  return table
}
