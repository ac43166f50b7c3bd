import { service } from '../define.ts'
import { describeContributorInsights, describeEndpoints, describeLimits } from './account.ts'
import { batchGetItem, batchWriteItem } from './batches.ts'
import { globalTableType } from './cloudformation/global-table.ts'
import { tableType } from './cloudformation/table.ts'
import { dataKeys } from './encryption.ts'
import { accessDenied, invalidInput } from './errors.ts'
import { getItem } from './get-item.ts'
import { answered } from './measured.ts'
import { partiqlOperations } from './partiql/parts.ts'
import { query } from './query.ts'
import { catchUp } from './read-lag.ts'
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
  resourceAccess,
} from './resource-policies.ts'
import { scan } from './scan.ts'
import { buckets, clientTokens, counts, earlierItems, items, tables } from './state.ts'
import { streamOperations, streamTables, streamTasks } from './streams/parts.ts'
import { backfill, remove, settle } from './table-changes.ts'
import { createTable, deleteTable, describeTable, listTables } from './tables.ts'
import { listTagsOfResource, tagResource, untagResource } from './tags.ts'
import { transactGetItems } from './transact-get.ts'
import { ongoingItems } from './transaction-conflicts.ts'
import { transactWriteItems } from './transactions.ts'
import { updateTable } from './update-table.ts'
import { deleteItem, putItem, updateItem } from './write-items.ts'

/** DynamoDB: tables, items, indexes. */
export const dynamodb = service('dynamodb', {
  operations: [
    createTable,
    describeTable,
    deleteTable,
    updateTable,
    listTables,
    getItem,
    putItem,
    updateItem,
    deleteItem,
    batchGetItem,
    batchWriteItem,
    query,
    scan,
    transactGetItems,
    transactWriteItems,
    tagResource,
    untagResource,
    listTagsOfResource,
    putResourcePolicy,
    getResourcePolicy,
    deleteResourcePolicy,
    describeLimits,
    describeEndpoints,
    describeContributorInsights,
    ...partiqlOperations,
    ...streamOperations,
  ],
  resources: [tableType, globalTableType],
  tasks: [settle, backfill, remove, catchUp, ...streamTasks],
  tables: [
    tables,
    items,
    counts,
    buckets,
    clientTokens,
    earlierItems,
    ongoingItems,
    dataKeys,
    ...streamTables,
  ],
  resourceAccess,
  answered,
  *taggedResources(ctx) {
    for (const { arn, tags } of tables.scan(ctx)) {
      yield { arn, tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) }
    }
  },
  errors: { accessDenied, invalidInput },
})
