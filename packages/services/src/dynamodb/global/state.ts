import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Item } from '../values/index.ts'

/** A table's replicas in other regions; each of the group's regions has such a record. */
export interface ReplicaSet {
  readonly tableName: string
  /** Without the record's own region. */
  readonly others: readonly { readonly region: string; readonly createdAtMs: number }[]
}

export const replicaSets = table<ReplicaSet>('dynamodb.replica-sets', {
  key: ({ tableName }) => tableName,
  partition: 'region',
})

/** When and where an item was last written: the last writer wins. */
export interface ItemStamp {
  /** Of the table. */
  readonly space: string
  /** Of the item. */
  readonly key: string
  readonly atMs: number
  readonly region: string
}

export const itemStamps = table<ItemStamp>('dynamodb.item-stamps', {
  key: ({ space, key }) => orderedKey(space, key),
  partition: 'region',
})

/** A write on its way to another region. */
export interface Replication {
  readonly tableName: string
  readonly region: string
  readonly sequence: number
  readonly atMs: number
  /** The key's attributes. */
  readonly keys: Item
  /** Absent where the item was removed. */
  readonly after?: Item
}

export const replications = table<Replication>('dynamodb.replications', {
  key: ({ tableName, region, sequence }) => orderedKey(tableName, region, sequence),
  partition: 'region',
})

/** The road to one region: what was given last, and whether a task is on it. */
export interface ReplicationRoad {
  readonly tableName: string
  readonly region: string
  readonly sequence: number
  readonly busy?: true
}

export const replicationRoads = table<ReplicationRoad>('dynamodb.replication-roads', {
  key: ({ tableName, region }) => orderedKey(tableName, region),
  partition: 'region',
})
