import { table } from '@cloud-orrery/kernel'
import type { ExportTableToPointInTimeInput } from '@cloud-orrery/models/dynamodb'
import type { Caller } from '../../context.ts'

export interface ExportRecord {
  readonly arn: string
  /** The end of the ARN: its folder in the bucket. */
  readonly id: string
  readonly tableName: string
  readonly tableId: string
  /** Of the table. */
  readonly space: string
  /** As it was asked for. */
  readonly input: ExportTableToPointInTimeInput
  readonly token: string
  /** Who asked: the objects are written as them. */
  readonly caller: Caller
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  readonly exportAtMs: number
  /** Of an incremental export. */
  readonly from?: { readonly fromMs: number; readonly toMs: number; readonly view: string }
  readonly startedAtMs: number
  readonly endedAtMs?: number
  readonly manifest?: string
  readonly items?: number
  readonly bytes?: number
  readonly failure?: { readonly code: string; readonly message: string }
}

export const exports = table<ExportRecord, 'token'>('dynamodb.exports', {
  key: ({ arn }) => arn,
  partition: 'region',
  indexes: { token: ({ token }) => token },
})
