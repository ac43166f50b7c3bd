import type { Context } from '../../context.ts'
import { tableStreams } from '../../shared/table-streams/state.ts'
import { items, type TableRecord } from '../state.ts'
import { followers } from '../streams/followers.ts'
import { timesToLive } from '../ttl/state.ts'
import { type BackupRecord, backupItems, backups } from './state.ts'

/** Source: Developer Guide, "Point-in-time recovery": a deleted table's own backup is kept for 35 days. */
const systemBackupMs = 35 * 86_400_000

/** Keeps a table with its items. They are shared, not copied. */
export function keepBackup(
  ctx: Context,
  table: TableRecord,
  name: string,
  kind: BackupRecord['kind'],
): BackupRecord {
  const now = ctx.now()
  const arn = `${table.arn}/backup/${String(now).padStart(14, '0')}-${ctx.ids.hex(8)}`
  let [count, bytes] = [0, 0]
  for (const { key, item, size } of items.scan(ctx, { prefix: table.space })) {
    backupItems.put(ctx, { backupArn: arn, key, item })
    count += 1
    bytes += size
  }
  const { policy: _policy, tags: _tags, change: _change, keyCiphertext: _key, ...kept } = table
  const streamArn = followers.get(ctx, table.name)?.streamArn
  const stream = streamArn === undefined ? undefined : tableStreams.get(ctx, streamArn)
  const expiry = timesToLive.get(ctx, table.name)
  return backups.put(ctx, {
    arn,
    name,
    kind,
    table: kept,
    createdAtMs: now,
    ...(kind === 'SYSTEM' ? { expiresAtMs: now + systemBackupMs } : {}),
    bytes,
    items: count,
    ...(stream === undefined
      ? {}
      : { stream: { StreamEnabled: true, StreamViewType: stream.viewType } }),
    ...(expiry?.enabled
      ? {
          timeToLive: { TimeToLiveStatus: 'ENABLED' as const, AttributeName: expiry.attribute },
        }
      : {}),
  })
}
