import type { StreamSpecification, TableDescription } from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import {
  disableStream,
  isThere,
  openStream,
  sweepStreams,
} from '../../shared/table-streams/shards.ts'
import { type TableStream, tableStreams, type ViewType } from '../../shared/table-streams/state.ts'
import { endRecovery } from '../backups/recovery.ts'
import { restores } from '../backups/state.ts'
import { invalid, invalidValues } from '../errors.ts'
import { leaveGroup } from '../global/replica-sets.ts'
import type { TableRecord } from '../state.ts'
import { forgetExpiries } from '../ttl/expiry.ts'
import { timesToLive } from '../ttl/state.ts'
import { follow, followers } from './followers.ts'
import type { ChangedTable } from './item-changed.ts'

/** Throws where CreateTable may not have this specification. */
export function checkNewStream(spec: StreamSpecification | undefined): void {
  if (spec === undefined) return
  if (spec.StreamEnabled && spec.StreamViewType === undefined) throw viewTypeMissing('created')
  if (!spec.StreamEnabled && spec.StreamViewType !== undefined) {
    throw invalidValues(
      'Table is being created with a stream disabled, UpdateViewType should not be specified',
    )
  }
}

/** Throws where UpdateTable may not have this specification. */
export function checkStreamUpdate(
  ctx: Context,
  { name }: ChangedTable,
  spec: StreamSpecification,
): void {
  if (!spec.StreamEnabled && spec.StreamViewType !== undefined) {
    throw invalidValues('If stream is being disabled, then UpdateViewType must not be specified')
  }
  if (spec.StreamEnabled && spec.StreamViewType === undefined) throw viewTypeMissing('updated')
  const isEnabled = followers.get(ctx, name)?.streamArn !== undefined
  if (spec.StreamEnabled && isEnabled) {
    throw invalid(`Table already has an enabled stream: TableName: ${name}`)
  }
  if (!spec.StreamEnabled && !isEnabled) {
    throw invalid(`Table has no stream to disable: TableName: ${name}`)
  }
}

/** The words are ours, after their counterpart for streams that are disabled. */
function viewTypeMissing(doing: string) {
  return invalidValues(
    `Table is being ${doing} with a stream enabled, UpdateViewType should be specified`,
  )
}

/** Does what a checked specification of CreateTable or UpdateTable asks for. */
export function setStream(
  ctx: Context,
  table: ChangedTable,
  spec: StreamSpecification | undefined,
): void {
  if (spec === undefined) return
  sweepStreams(ctx, table.name)
  if (spec.StreamEnabled) startStream(ctx, table, spec.StreamViewType)
  else stopStream(ctx, table.name)
}

function startStream(ctx: Context, table: ChangedTable, viewType: string | undefined): void {
  const label = labelOf(ctx, table)
  const stream: TableStream = {
    arn: `${table.arn}/stream/${label}`,
    label,
    tableName: table.name,
    key: table.key,
    // The model's list of view types was checked.
    viewType: viewType as ViewType,
    createdAtMs: ctx.now(),
  }
  tableStreams.put(ctx, stream)
  openStream(ctx, stream)
  follow(ctx, table.name, { streamArn: stream.arn })
}

/** The moment, to the millisecond; two streams that are made in one differ by that. */
function labelOf(ctx: Context, { arn }: ChangedTable): string {
  let ms = ctx.now()
  const text = () => new Date(ms).toISOString().slice(0, -1)
  while (tableStreams.has(ctx, `${arn}/stream/${text()}`)) ms += 1
  return text()
}

function stopStream(ctx: Context, tableName: string): void {
  const arn = followers.get(ctx, tableName)?.streamArn
  if (arn === undefined) return
  disableStream(ctx, arn)
  follow(ctx, tableName, { streamArn: undefined })
}

/** Ends all that follows a table that is deleted. Its streams can be read for another day. */
export function stopFollowing(ctx: Context, table: TableRecord): void {
  const { name, space } = table
  stopStream(ctx, name)
  endRecovery(ctx, table)
  leaveGroup(ctx, table)
  forgetExpiries(ctx, space)
  timesToLive.delete(ctx, name)
  restores.delete(ctx, name)
  followers.delete(ctx, name)
}

/** What DescribeTable says of streams. Recorded: dynamodb, `test_transact_write_items_streaming`. */
export function describedStream(
  ctx: Context,
  { name }: ChangedTable,
): Pick<TableDescription, 'StreamSpecification' | 'LatestStreamArn' | 'LatestStreamLabel'> {
  const enabled = followers.get(ctx, name)?.streamArn
  let latest: TableStream | undefined
  for (const stream of tableStreams.where(ctx, 'table', name)) latest = stream
  if (latest === undefined || !isThere(latest, ctx.now())) return {}
  return {
    ...(latest.arn === enabled
      ? { StreamSpecification: { StreamEnabled: true, StreamViewType: latest.viewType } }
      : {}),
    LatestStreamArn: latest.arn,
    LatestStreamLabel: latest.label,
  }
}
