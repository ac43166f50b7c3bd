import type { ReplicationGroupUpdate } from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { tableStreams } from '../../shared/table-streams/state.ts'
import { tableArn } from '../arns.ts'
import { writeItem } from '../item-store.ts'
import { itemKey } from '../keys.ts'
import { items, type TableRecord, tables } from '../state.ts'
import { followers } from '../streams/followers.ts'
import { setStream } from '../streams/specification.ts'
import { begin, beginDeletion } from '../table-changes.ts'
import { timesToLive } from '../ttl/state.ts'
import { setTimeToLive } from '../ttl/time-to-live.ts'
import {
  needsBothImages,
  notAutoScaled,
  oneAtATime,
  ownRegion,
  replicaExists,
  replicaMissing,
  tableThere,
} from './errors.ts'
import { keepGroup } from './replica-sets.ts'

/** Throws where UpdateTable may not have these updates, or the caller may not make them. */
export function checkReplicaUpdates(
  ctx: Context,
  table: TableRecord,
  updates: readonly ReplicationGroupUpdate[],
): void {
  const [update, ...more] = updates
  if (update === undefined) return
  if (more.length > 0) throw oneAtATime()
  const { name } = table
  const action = update.Create ?? update.Update ?? update.Delete
  if (update.Disassociate !== undefined) throw notModelled('Disassociate of ReplicaUpdates')
  const region = action?.RegionName ?? ''
  if (region === ctx.region) throw ownRegion()
  const has = followers.get(ctx, name)?.replicas?.includes(region) ?? false
  const arn = tableArn(ctx.at({ region }), name)
  if (update.Create !== undefined) {
    if (has) throw replicaExists(region, name)
    if (tables.has(ctx.at({ region }), name)) throw tableThere(region, name)
    if (table.billingMode === 'PROVISIONED') throw notAutoScaled()
    checkImages(ctx, name)
    for (const name of createsReplica) ctx.authorize(`dynamodb:${name}`, arn)
    return
  }
  if (!has) throw replicaMissing(region, name)
  if (update.Delete === undefined) throw notModelled('Update of ReplicaUpdates')
  ctx.authorize('dynamodb:DeleteTableReplica', arn)
}

/** Source: Developer Guide, "Using IAM with global tables". */
const createsReplica = [
  'CreateTableReplica',
  'Scan',
  'Query',
  'UpdateItem',
  'PutItem',
  'GetItem',
  'DeleteItem',
  'BatchWriteItem',
] as const

function checkImages(ctx: Context, name: string): void {
  const arn = followers.get(ctx, name)?.streamArn
  const stream = arn === undefined ? undefined : tableStreams.get(ctx, arn)
  if (stream !== undefined && stream.viewType !== 'NEW_AND_OLD_IMAGES') throw needsBothImages()
}

/** Does what checked updates ask for: makes a table in another region, or ends one. */
export function updateReplicas(
  ctx: Context,
  table: TableRecord,
  updates: readonly ReplicationGroupUpdate[] | undefined,
): void {
  for (const { Create, Delete } of updates ?? []) {
    if (Create !== undefined) createReplica(ctx, table, Create.RegionName)
    if (Delete !== undefined) deleteReplica(ctx, table, Delete.RegionName)
  }
}

const bothImages = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const

function createReplica(ctx: Context, table: TableRecord, region: string): void {
  const there = ctx.at({ region })
  const { name } = table
  // A replica's tags and policy are its own. A key of KMS is of one region: the replica has DynamoDB's.
  const { policy: _policy, keyCiphertext: _key, sse: _sse, change: _change, ...settings } = table
  if (followers.get(ctx, name)?.streamArn === undefined) setStream(ctx, table, bothImages)
  const replica = begin(there, {
    ...settings,
    arn: tableArn(there, name),
    region,
    id: ctx.ids.uuid(),
    space: ctx.ids.hex(8),
    status: 'CREATING',
    createdAtMs: ctx.now(),
    indexes: table.indexes.map((index) => ({
      ...index,
      space: ctx.ids.hex(8),
      status: 'CREATING' as const,
    })),
    deletionProtection: false,
    tags: [],
  })
  for (const { item } of items.scan(ctx, { prefix: table.space })) {
    writeItem(there, replica, itemKey(replica, item), item, 'replication')
  }
  setStream(there, replica, bothImages)
  const expiry = timesToLive.get(ctx, name)
  if (expiry?.enabled) setTimeToLive(there, replica, expiry.attribute, true)
  keepGroup(ctx, name, [ctx.region, ...(followers.get(ctx, name)?.replicas ?? []), region])
}

function deleteReplica(ctx: Context, { name }: TableRecord, region: string): void {
  const there = ctx.at({ region })
  const replica = tables.get(there, name)
  const rest = (followers.get(ctx, name)?.replicas ?? []).filter((it) => it !== region)
  keepGroup(ctx, name, [ctx.region, ...rest])
  keepGroup(ctx, name, [region])
  if (replica !== undefined) beginDeletion(there, replica)
}
