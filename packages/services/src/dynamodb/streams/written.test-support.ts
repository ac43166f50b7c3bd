import type { Cloud } from '@cloud-orrery/cloud'
import { writeItem } from '../item-store.ts'
import { itemKey } from '../keys.ts'
import { dynamodb } from '../service.ts'
import { tables } from '../state.ts'
import type { Item } from '../values/index.ts'

/** Writes many items at once, past the API: for tests of what follows from them. */
export function writeMany(cloud: Cloud, tableName: string, items: Iterable<Item>): void {
  const ctx = cloud.contextOf(dynamodb, {
    accountId: cloud.defaultAccountId,
    region: cloud.defaultRegion,
  })
  const table = tables.get(ctx, tableName)
  if (table === undefined) throw new Error(`no table ${tableName}`)
  for (const item of items) writeItem(ctx, table, itemKey(table, item), item, 'request')
}
