import { orderedKey, table } from '@cloud-orrery/kernel'

/** Time to Live of a table that has or had it. */
export interface TimeToLiveRecord {
  readonly tableName: string
  readonly enabled: boolean
  readonly attribute: string
  readonly changedAtMs: number
}

export const timesToLive = table<TimeToLiveRecord>('dynamodb.times-to-live', {
  key: ({ tableName }) => tableName,
  partition: 'region',
})

/** When an item expires. In order of time, so that a sweep reads only what is due. */
export interface ExpiryRecord {
  /** Of the table. */
  readonly space: string
  /** Seconds since 1970. */
  readonly atSeconds: number
  /** Of the item. */
  readonly key: string
}

export const expiries = table<ExpiryRecord>('dynamodb.expiries', {
  key: ({ space, atSeconds, key }) => orderedKey(space, atSeconds, key),
  partition: 'region',
})

/** The next sweep of a table: one at a time. */
export interface SweepRecord {
  readonly space: string
  readonly atMs: number
  readonly taskId: string
}

export const sweeps = table<SweepRecord>('dynamodb.sweeps', {
  key: ({ space }) => space,
  partition: 'region',
})
