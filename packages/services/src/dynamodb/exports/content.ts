import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { earlierStates, itemsAt } from '../backups/change-log.ts'
import { changeLog } from '../backups/state.ts'
import { items, type TableRecord } from '../state.ts'
import { keysOf } from '../streams/records.ts'
import { type Item, sizeOf } from '../values/index.ts'
import type { ExportRecord } from './state.ts'

/** One line of a data file. */
export interface ExportLine {
  readonly text: string
  readonly bytes: number
}

/** Source: Developer Guide, "DynamoDB table export output format". */
export function* linesOf(
  ctx: Context,
  table: Pick<TableRecord, 'key' | 'space'>,
  { exportAtMs, from }: ExportRecord,
): Generator<ExportLine> {
  if (from !== undefined) return yield* changesOf(ctx, table, from)
  for (const [, item] of itemsAt(ctx, table.space, exportAtMs)) {
    yield { text: JSON.stringify({ Item: item }), bytes: sizeOf(item) }
  }
}

/** What items were at the beginning and at the end of a span, for those that changed in it. */
function* changesOf(
  ctx: Context,
  { key: names, space }: Pick<TableRecord, 'key' | 'space'>,
  { fromMs, toMs, view }: NonNullable<ExportRecord['from']>,
): Generator<ExportLine> {
  const later = earlierStates(ctx, space, toMs - 1)
  const changed = new Map<string, { before: Item | undefined; atMs: number }>()
  const span = {
    prefix: orderedKey(space, ''),
    from: orderedKey(space, fromMs),
    before: orderedKey(space, toMs),
  }
  for (const { key, before, atMs } of changeLog.scan(ctx, span)) {
    changed.set(key, { before: changed.has(key) ? changed.get(key)?.before : before, atMs })
  }
  for (const [key, { before, atMs }] of changed) {
    const after = later.has(key) ? later.get(key) : items.get(ctx, key)?.item
    const item = after ?? before
    if (item === undefined) continue // Made and removed within the span.
    const line = {
      Metadata: { WriteTimestampMicros: String(atMs * 1000) },
      Keys: keysOf(item, names),
      ...(after === undefined ? {} : { NewImage: after }),
      ...(before === undefined || view === 'NEW_IMAGE' ? {} : { OldImage: before }),
    }
    yield { text: JSON.stringify(line), bytes: sizeOf(item) }
  }
}
