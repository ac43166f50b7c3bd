import type { RestoreSummary } from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import type { TableRecord } from '../state.ts'
import { restores } from './state.ts'

/** What DescribeTable says of a table that was restored. */
export function describedRestore(
  ctx: Context,
  { name, status }: Pick<TableRecord, 'name' | 'status'>,
): { readonly RestoreSummary?: RestoreSummary } {
  const restored = restores.get(ctx, name)
  if (restored === undefined) return {}
  return {
    RestoreSummary: {
      ...(restored.backupArn === undefined ? {} : { SourceBackupArn: restored.backupArn }),
      SourceTableArn: restored.sourceTableArn,
      RestoreDateTime: restored.atMs,
      RestoreInProgress: status === 'CREATING',
    },
  }
}
