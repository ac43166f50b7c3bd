import { table } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'

/** Who follows the changes of a table: one record for a table that has any. */
export interface FollowerRecord {
  readonly tableName: string
  /** Of the enabled stream. */
  readonly streamArn?: string
  /** The attribute that says when an item expires, where Time to Live is on. */
  readonly expiryAttribute?: string
  /** Point-in-time recovery is on: every change is kept for so many days. */
  readonly loggedDays?: number
  /** Regions that get every change. */
  readonly replicas?: readonly string[]
}

export const followers = table<FollowerRecord>('dynamodb.followers', {
  key: ({ tableName }) => tableName,
  partition: 'region',
})

/** Changes who follows a table; a field that is undefined now follows no longer. */
export function follow(
  ctx: Context,
  tableName: string,
  fields: {
    readonly [K in Exclude<keyof FollowerRecord, 'tableName'>]?: FollowerRecord[K] | undefined
  },
): void {
  const before = followers.get(ctx, tableName)
  const entries = Object.entries({ ...before, ...fields, tableName })
  // The entries that are left are those of a record without its absent fields.
  followers.put(
    ctx,
    Object.fromEntries(
      entries.filter(([, value]) => value !== undefined),
    ) as unknown as FollowerRecord,
  )
}
