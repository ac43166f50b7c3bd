import type { Context } from '../context.ts'
import { measure } from '../shared/metrics.ts'
import { indexArn } from './arns.ts'
import type { Usage } from './capacity.ts'
import { throughputExceeded } from './errors.ts'
import { burstSeconds } from './limits.ts'
import { buckets, type IndexRecord, type TableRecord, type Throughput } from './state.ts'

type Kind = 'read' | 'write'

/**
 * Takes the units that an operation used from the provisioned throughput of its table and indexes, and measures
 * them. Throws where there is not enough: what the operation wrote is undone. Up to five minutes of unused
 * throughput are kept. Tables on demand are never throttled.
 * Deviation: AWS does not promise the burst, and throttles partitions (3,000 reads, 1,000 writes a second) too.
 */
export function take(ctx: Context, usage: Usage, kind: Kind): void {
  const { table, tableUnits, indexUnits } = usage
  if (table.billingMode === 'PROVISIONED') takeAll(ctx, usage, kind)
  const name = kind === 'read' ? 'ConsumedReadCapacityUnits' : 'ConsumedWriteCapacityUnits'
  const common = { namespace: 'AWS/DynamoDB', name, unit: 'Count' } as const
  if (tableUnits > 0) {
    measure(ctx, { ...common, dimensions: { TableName: table.name }, value: tableUnits })
  }
  for (const [index, value] of indexUnits) {
    if (index.kind === 'local') continue
    const dimensions = { TableName: table.name, GlobalSecondaryIndexName: index.name }
    measure(ctx, { ...common, dimensions, value })
  }
}

/** Whether a further operation on the table would find throughput, after what was used already. */
export function hasRoom(ctx: Context, { table, tableUnits }: Usage, kind: Kind): boolean {
  if (table.billingMode !== 'PROVISIONED') return true
  const bucket = filled(ctx, table.space, table.throughput)
  return (kind === 'read' ? bucket.readUnits : bucket.writeUnits) - tableUnits > 0
}

/** Local indexes live on their table's throughput, global ones have their own. */
function takeAll(ctx: Context, { table, tableUnits, indexUnits }: Usage, kind: Kind): void {
  let ofTable = tableUnits
  for (const [index, taken] of indexUnits) {
    if (index.kind === 'local') ofTable += taken
    else takeFrom(ctx, table, index, taken, kind)
  }
  takeFrom(ctx, table, undefined, ofTable, kind)
}

function takeFrom(
  ctx: Context,
  table: TableRecord,
  index: IndexRecord | undefined,
  taken: number,
  kind: Kind,
): void {
  if (taken === 0) return
  const { space, throughput } = index ?? table
  const bucket = filled(ctx, space, throughput)
  const left = kind === 'read' ? bucket.readUnits : bucket.writeUnits
  // One operation may take more than there is; then the next ones wait.
  if (left <= 0) {
    throw throughputExceeded({
      reason: `${index === undefined ? 'Table' : 'Index'}${kind === 'read' ? 'Read' : 'Write'}ProvisionedThroughputExceeded`,
      resource: index === undefined ? table.arn : indexArn(table.arn, index.name),
    })
  }
  buckets.put(
    ctx,
    kind === 'read'
      ? { ...bucket, readUnits: left - taken }
      : { ...bucket, writeUnits: left - taken },
  )
}

/** A new table has its burst in full. */
function filled(ctx: Context, space: string, { readUnits, writeUnits }: Throughput) {
  const now = ctx.now()
  const bucket = buckets.get(ctx, space)
  const seconds = bucket === undefined ? burstSeconds : (now - bucket.atMs) / 1000
  const more = (left: number, perSecond: number) =>
    Math.min(perSecond * burstSeconds, left + seconds * perSecond)
  return {
    space,
    readUnits: more(bucket?.readUnits ?? 0, readUnits),
    writeUnits: more(bucket?.writeUnits ?? 0, writeUnits),
    atMs: now,
  }
}
