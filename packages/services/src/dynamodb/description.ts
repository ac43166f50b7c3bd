import type {
  GlobalSecondaryIndexDescription,
  LocalSecondaryIndexDescription,
  ProvisionedThroughputDescription,
  TableDescription,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { indexArn } from './arns.ts'
import { counts, type IndexRecord, type TableRecord, type Throughput } from './state.ts'
import { describedParts } from './table-parts.ts'
import { schemaOf } from './table-schema.ts'

/**
 * A table as operations describe it. Some members come with DescribeTable only.
 * Deviation: counts and sizes are those of the moment; AWS refreshes them about every six hours.
 */
export function describe(ctx: Context, table: TableRecord, all: boolean): TableDescription {
  const { items = 0, bytes = 0 } = counts.get(ctx, table.space) ?? {}
  const locals = table.indexes.filter(({ kind }) => kind === 'local')
  const globals = table.indexes.filter(({ kind }) => kind === 'global')
  return {
    ...(table.status === 'DELETING'
      ? {}
      : {
          AttributeDefinitions: Object.entries(table.attributes).map(([name, type]) => ({
            AttributeName: name,
            AttributeType: type,
          })),
          KeySchema: table.keySchema,
          CreationDateTime: table.createdAtMs,
        }),
    TableName: table.name,
    TableStatus: table.status,
    ProvisionedThroughput: describeThroughput(ctx, table.throughput),
    TableSizeBytes: bytes,
    ItemCount: items,
    TableArn: table.arn,
    TableId: table.id,
    DeletionProtectionEnabled: table.deletionProtection,
    ...billing(table),
    ...(locals.length === 0
      ? {}
      : { LocalSecondaryIndexes: locals.map((it) => describeLocal(ctx, table, it)) }),
    ...(globals.length === 0
      ? {}
      : { GlobalSecondaryIndexes: globals.map((it) => describeGlobal(ctx, table, it, all)) }),
    ...describedParts(ctx, table),
    ...(table.sse === undefined ? {} : { SSEDescription: table.sse }),
    ...tableClass(table),
    ...(table.onDemand === undefined ? {} : { OnDemandThroughput: table.onDemand }),
    ...(all && table.status === 'ACTIVE' ? { WarmThroughput: warmOf(table) } : {}),
  }
}

function billing({ billingMode, billingModeShown, onDemandSinceMs }: TableRecord) {
  if (!billingModeShown) return {}
  return {
    BillingModeSummary: {
      BillingMode: billingMode,
      ...(onDemandSinceMs === undefined
        ? {}
        : { LastUpdateToPayPerRequestDateTime: onDemandSinceMs }),
    },
  }
}

function tableClass({ tableClass: TableClass, tableClassSetAtMs }: TableRecord) {
  if (TableClass === undefined) return {}
  return {
    TableClassSummary: {
      TableClass,
      ...(tableClassSetAtMs === undefined ? {} : { LastUpdateDateTime: tableClassSetAtMs }),
    },
  }
}

/** What a new table takes at once. Source: Developer Guide, "Understanding DynamoDB warm throughput". */
const onDemandReadUnits = 12_000
const onDemandWriteUnits = 4000

function warmOf(of: Pick<TableRecord, 'warm' | 'throughput'>) {
  const { readUnits, writeUnits } = of.throughput
  return {
    ReadUnitsPerSecond: of.warm?.ReadUnitsPerSecond ?? (readUnits || onDemandReadUnits),
    WriteUnitsPerSecond: of.warm?.WriteUnitsPerSecond ?? (writeUnits || onDemandWriteUnits),
    Status: 'ACTIVE' as const,
  }
}

export function dayOf(ms: number): number {
  return Math.floor(ms / 86_400_000)
}

export function describeThroughput(
  ctx: Pick<Context, 'now'>,
  throughput: Throughput,
): ProvisionedThroughputDescription {
  const { readUnits, writeUnits, increasedAtMs, decreasedAtMs, decreases } = throughput
  const isToday = decreasedAtMs !== undefined && dayOf(decreasedAtMs) === dayOf(ctx.now())
  return {
    ...(increasedAtMs === undefined ? {} : { LastIncreaseDateTime: increasedAtMs }),
    ...(decreasedAtMs === undefined ? {} : { LastDecreaseDateTime: decreasedAtMs }),
    NumberOfDecreasesToday: isToday ? decreases : 0,
    ReadCapacityUnits: readUnits,
    WriteCapacityUnits: writeUnits,
  }
}

function describeLocal(
  ctx: Context,
  table: TableRecord,
  index: IndexRecord,
): LocalSecondaryIndexDescription {
  const { items = 0, bytes = 0 } = counts.get(ctx, index.space) ?? {}
  return {
    IndexName: index.name,
    KeySchema: schemaOf(index.key),
    Projection: describeProjection(index),
    IndexSizeBytes: bytes,
    ItemCount: items,
    IndexArn: indexArn(table.arn, index.name),
  }
}

function describeProjection({ projection: { type, attributes } }: IndexRecord) {
  return {
    ProjectionType: type,
    ...(attributes === undefined ? {} : { NonKeyAttributes: attributes }),
  }
}

function describeGlobal(
  ctx: Context,
  table: TableRecord,
  index: IndexRecord,
  all: boolean,
): GlobalSecondaryIndexDescription {
  return {
    ...describeLocal(ctx, table, index),
    IndexStatus: index.status,
    ...(index.backfilling === undefined ? {} : { Backfilling: index.backfilling }),
    ProvisionedThroughput: describeThroughput(ctx, index.throughput),
    ...(index.onDemand === undefined ? {} : { OnDemandThroughput: index.onDemand }),
    ...(all && index.status === 'ACTIVE' ? { WarmThroughput: warmOf(index) } : {}),
  }
}
