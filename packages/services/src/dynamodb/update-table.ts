import {
  type GlobalSecondaryIndexUpdate,
  UpdateTable,
  type UpdateTableInput,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { arnOf, placeOf } from './arns.ts'
import { dayOf, describe } from './description.ts'
import { type TableKey, withKey } from './encryption.ts'
import { indexInUse, invalid, invalidValues, limitExceeded, tableInUse } from './errors.ts'
import { checkReplicaUpdates, updateReplicas } from './global/replica-updates.ts'
import { freeDecreasesPerDay, globalIndexesMax } from './limits.ts'
import type { IndexRecord, TableRecord, Throughput } from './state.ts'
import { tables } from './state.ts'
import { checkStreamUpdate, setStream } from './streams/specification.ts'
import { begin } from './table-changes.ts'
import { doing, isBusy, namedTable } from './table-lookup.ts'
import {
  attributeTypesOf,
  checkIndexThroughput,
  checkKeySchema,
  checkProjection,
  checkUnits,
} from './table-schema.ts'
import { checkTableName, newGlobalIndex } from './tables.ts'

export const updateTable = operation(UpdateTable, {
  authorize: (input, ctx) => arnOf(ctx, input.TableName),
  scope: (input) => placeOf(input.TableName),
  provenance: 'modelled',
  refuses: [
    'MultiRegionConsistency',
    'GlobalTableWitnessUpdates',
    'GlobalTableSettingsReplicationMode',
    'DisassociationProtectionEnabled',
    'VectorIndexUpdates',
  ],
  run(ctx, input) {
    checkTableName(input.TableName)
    checkAsked(input)
    const table = namedTable(ctx, input.TableName)
    if (isBusy(ctx, table)) throw tableInUse(table.name, doing[table.status])
    if (input.StreamSpecification !== undefined) {
      checkStreamUpdate(ctx, table, input.StreamSpecification)
    }
    checkReplicaUpdates(ctx, table, input.ReplicaUpdates ?? [])
    const changed = changedTable(ctx, table, input)
    if (input.SSESpecification === undefined) return finish(ctx, changed, input, undefined)
    return withKey(ctx, table.arn, input.SSESpecification, (key) =>
      finish(ctx, changed, input, key),
    )
  },
})

/** What can be changed; at least one has to be. */
const changeable: readonly (keyof UpdateTableInput)[] = [
  'ProvisionedThroughput',
  'BillingMode',
  'GlobalSecondaryIndexUpdates',
  'StreamSpecification',
  'SSESpecification',
  'TableClass',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'WarmThroughput',
  'ReplicaUpdates',
]

function checkAsked(input: UpdateTableInput): void {
  const { GlobalSecondaryIndexUpdates: updates, BillingMode, ProvisionedThroughput } = input
  const isAsked = changeable.some(
    (name) =>
      input[name] !== undefined && (name !== 'GlobalSecondaryIndexUpdates' || updates?.length),
  )
  if (!isAsked) {
    throw invalid(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
    )
  }
  if (BillingMode === 'PROVISIONED' && ProvisionedThroughput === undefined) {
    throw invalidValues('ProvisionedThroughput must be specified when BillingMode is PROVISIONED')
  }
  if (ProvisionedThroughput !== undefined) checkUnits(ProvisionedThroughput)
  const names = new Set<string>()
  for (const { Update, Create, Delete } of updates ?? []) {
    const named = Update ?? Create ?? Delete
    if (named === undefined) {
      throw invalidValues(
        'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
      )
    }
    if (names.has(named.IndexName)) {
      throw invalidValues(
        `Only one global secondary index update per index is allowed simultaneously. Index: ${named.IndexName}`,
      )
    }
    names.add(named.IndexName)
  }
}

/** The table as it will be. Throws where it may not. */
function changedTable(ctx: Context, table: TableRecord, input: UpdateTableInput): TableRecord {
  const billingMode = (input.BillingMode ?? table.billingMode) as TableRecord['billingMode'] // The model's enum.
  if (billingMode === 'PAY_PER_REQUEST' && input.ProvisionedThroughput !== undefined) {
    throw invalidValues(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    )
  }
  const attributes = {
    ...table.attributes,
    ...attributeTypesOf(input.AttributeDefinitions ?? []),
  }
  const wasOnDemand = table.billingMode === 'PAY_PER_REQUEST'
  const turnsOnDemand = billingMode === 'PAY_PER_REQUEST' && !wasOnDemand
  const none: Throughput = { readUnits: 0, writeUnits: 0, decreases: 0 }
  const { onDemandSinceMs: _, ...rest } = table
  const { TableClass: tableClass, OnDemandThroughput, WarmThroughput } = input
  return {
    ...(turnsOnDemand ? rest : table),
    attributes: usedAttributes(attributes, table, input),
    billingMode,
    billingModeShown: table.billingModeShown || input.BillingMode !== undefined,
    throughput: turnsOnDemand ? none : throughputAfter(ctx, table.throughput, input, wasOnDemand),
    indexes: indexesAfter(ctx, table, input, { billingMode, turnsOnDemand, wasOnDemand }),
    deletionProtection: input.DeletionProtectionEnabled ?? table.deletionProtection,
    ...(tableClass === undefined ? {} : { tableClass, tableClassSetAtMs: ctx.now() }),
    ...(OnDemandThroughput === undefined ? {} : { onDemand: OnDemandThroughput }),
    ...(WarmThroughput === undefined ? {} : { warm: WarmThroughput }),
  }
}

/** Definitions of keys of indexes that are gone go with them. */
function usedAttributes(
  attributes: TableRecord['attributes'],
  table: TableRecord,
  { GlobalSecondaryIndexUpdates: updates = [] }: UpdateTableInput,
): TableRecord['attributes'] {
  const gone = updates.flatMap(({ Delete }) => (Delete === undefined ? [] : [Delete.IndexName]))
  const used = new Set<string | undefined>()
  const use = ({ hash, range }: TableRecord['key']): void => {
    used.add(hash).add(range)
  }
  use(table.key)
  for (const { name, key } of table.indexes) if (!gone.includes(name)) use(key)
  for (const { Create } of updates) {
    for (const { AttributeName } of Create?.KeySchema ?? []) used.add(AttributeName)
  }
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => used.has(name)))
}

function throughputAfter(
  ctx: Context,
  before: Throughput,
  { ProvisionedThroughput: asked }: Pick<UpdateTableInput, 'ProvisionedThroughput'>,
  wasOnDemand: boolean,
): Throughput {
  if (asked === undefined) return before
  const { ReadCapacityUnits: readUnits, WriteCapacityUnits: writeUnits } = asked
  if (!wasOnDemand && readUnits === before.readUnits && writeUnits === before.writeUnits) {
    throw invalid(
      `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${before.readUnits}. Requested ReadCapacityUnits: ${readUnits}. Current WriteCapacityUnits provisioned for the table: ${before.writeUnits}. Requested WriteCapacityUnits: ${writeUnits}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
    )
  }
  const now = ctx.now()
  const isIncrease = readUnits > before.readUnits || writeUnits > before.writeUnits
  const isDecrease = readUnits < before.readUnits || writeUnits < before.writeUnits
  if (!isDecrease) return { ...before, readUnits, writeUnits, increasedAtMs: now }
  return {
    readUnits,
    writeUnits,
    ...(isIncrease
      ? { increasedAtMs: now }
      : before.increasedAtMs === undefined
        ? {}
        : { increasedAtMs: before.increasedAtMs }),
    decreasedAtMs: now,
    decreases: nextDecrease(before, now),
  }
}

/**
 * Four decreases a day at once, then one more for each hour without any. Source: DynamoDB Developer Guide,
 * "Quotas", decreasing provisioned throughput.
 */
function nextDecrease({ decreases, decreasedAtMs }: Throughput, now: number): number {
  if (decreasedAtMs === undefined || dayOf(decreasedAtMs) !== dayOf(now)) return 1
  const hasHourPassed = now - decreasedAtMs >= 3_600_000
  if (decreases >= freeDecreasesPerDay && !hasHourPassed) {
    const [last, at] = [decreasedAtMs, now].map((ms) => new Date(ms).toUTCString())
    throw limitExceeded(
      `Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of decreases today: ${decreases}. Last decrease at ${last}. Next decrease can be made at ${new Date(decreasedAtMs + 3_600_000).toUTCString()}, it is now ${at}`,
    )
  }
  return decreases + 1
}

interface Billing {
  readonly billingMode: TableRecord['billingMode']
  readonly turnsOnDemand: boolean
  readonly wasOnDemand: boolean
}

function indexesAfter(
  ctx: Context,
  table: TableRecord,
  input: UpdateTableInput,
  billing: Billing,
): readonly IndexRecord[] {
  const updates = input.GlobalSecondaryIndexUpdates ?? []
  const online = updates.filter(({ Create, Delete }) => (Create ?? Delete) !== undefined)
  if (online.length > 1) {
    throw limitExceeded(
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    )
  }
  let indexes = table.indexes
  for (const update of updates) indexes = withUpdate(ctx, table, indexes, update, input, billing)
  if (billing.turnsOnDemand) {
    return indexes.map((it) => ({
      ...it,
      throughput: { readUnits: 0, writeUnits: 0, decreases: 0 },
    }))
  }
  const lacking = indexes.filter(
    ({ kind, throughput }) => kind === 'global' && throughput.readUnits === 0,
  )
  if (billing.wasOnDemand && billing.billingMode === 'PROVISIONED' && lacking.length > 0) {
    throw invalidValues(
      `ProvisionedThroughput must be specified for index: ${lacking.map(({ name }) => name).join(',')}`,
    )
  }
  return indexes
}

function withUpdate(
  ctx: Context,
  table: TableRecord,
  indexes: readonly IndexRecord[],
  { Create, Update, Delete }: GlobalSecondaryIndexUpdate,
  input: UpdateTableInput,
  { billingMode, wasOnDemand }: Billing,
): readonly IndexRecord[] {
  if (Create !== undefined) {
    const defined = Object.keys({
      ...table.attributes,
      ...attributeTypesOf(input.AttributeDefinitions ?? []),
    })
    checkKeySchema(Create.KeySchema, defined)
    checkProjection(Create.Projection)
    checkIndexThroughput(Create, billingMode)
    if (indexes.some(({ name }) => name === Create.IndexName)) {
      throw invalid('Attempting to create an index which already exists')
    }
    if (indexes.filter(({ kind }) => kind === 'global').length >= globalIndexesMax) {
      throw limitExceeded(
        `Subscriber limit exceeded: GlobalSecondaryIndex count exceeds the per-table limit of ${globalIndexesMax}`,
      )
    }
    return [...indexes, newGlobalIndex(ctx, Create)]
  }
  const named = Update ?? Delete
  const index = indexes.find(({ name, kind }) => name === named?.IndexName && kind === 'global')
  if (index === undefined) throw invalid('Requested resource not found: Index not found')
  if (index.status !== 'ACTIVE') throw indexInUse(table.name, index.name, 'updated')
  const changed: IndexRecord =
    Update === undefined
      ? { ...index, status: 'DELETING' }
      : {
          ...index,
          status: 'UPDATING',
          throughput: throughputAfter(ctx, index.throughput, Update, wasOnDemand),
          ...(Update.OnDemandThroughput === undefined
            ? {}
            : { onDemand: Update.OnDemandThroughput }),
          ...(Update.WarmThroughput === undefined ? {} : { warm: Update.WarmThroughput }),
        }
  return indexes.map((it) => (it === index ? changed : it))
}

/** Settings that take effect at once leave the table active. */
const immediate: readonly (keyof UpdateTableInput)[] = [
  'TableName',
  'DeletionProtectionEnabled',
  'AttributeDefinitions',
]

function finish(
  ctx: Context,
  changed: TableRecord,
  input: UpdateTableInput,
  key: TableKey | undefined,
) {
  const isImmediate = Object.entries(input).every(
    ([name, value]) => value === undefined || immediate.some((it) => it === name),
  )
  if (isImmediate) {
    return { TableDescription: describe(ctx, tables.put(ctx, changed), false) }
  }
  const { keyCiphertext: _, ...open } = changed
  const encryption =
    input.SSESpecification === undefined
      ? changed
      : key === undefined
        ? {
            ...open,
            ...(open.sse === undefined
              ? {}
              : { sse: { ...open.sse, Status: 'UPDATING' as const } }),
          }
        : {
            ...open,
            sse: { ...key.sse, Status: 'UPDATING' as const },
            keyCiphertext: key.ciphertext,
          }
  const table = begin(ctx, { ...encryption, status: 'UPDATING' })
  setStream(ctx, table, input.StreamSpecification)
  updateReplicas(ctx, table, input.ReplicaUpdates)
  return { TableDescription: describe(ctx, table, false) }
}
