import { table } from '@cloud-orrery/kernel'

/** Who follows the changes of a table: one record for a table that has any. */
export interface FollowerRecord {
  readonly tableName: string
  /** Of the enabled stream. */
  readonly streamArn?: string
}

export const followers = table<FollowerRecord>('dynamodb.followers', {
  key: ({ tableName }) => tableName,
  partition: 'region',
})
