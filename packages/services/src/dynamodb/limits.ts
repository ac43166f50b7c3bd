/** Numbers of DynamoDB. Source, unless said otherwise: DynamoDB Developer Guide, "Quotas in Amazon DynamoDB". */

/** Largest item, names and values together, in bytes. */
export const itemBytesMax = 400 * 1024

/** Largest partition key value, in bytes. */
export const hashKeyBytesMax = 2048

/** Largest sort key value, in bytes. */
export const rangeKeyBytesMax = 1024

/** What one Query or Scan reads before it ends its page, in bytes. */
export const pageBytesMax = 1024 * 1024

/** What BatchGetItem answers at most, in bytes. Source: API reference, BatchGetItem. */
export const batchGetBytesMax = 16 * 1024 * 1024

/** Keys of one BatchGetItem. Source: API reference, BatchGetItem. */
export const batchGetKeysMax = 100

/** Requests of one BatchWriteItem. Source: API reference, BatchWriteItem. */
export const batchWriteRequestsMax = 25

/** What all items of a transaction come to at most, in bytes. */
export const transactionBytesMax = 4 * 1024 * 1024

/** How long a client token of TransactWriteItems is remembered. Source: API reference, TransactWriteItems. */
export const clientTokenMs = 10 * 60_000

export const localIndexesMax = 5
export const globalIndexesMax = 20

/** Attributes that the INCLUDE projections of a table may name together. */
export const projectedAttributesMax = 100

/** Tables of an account in a region. */
export const tablesMax = 2500

/** Tags of a table. */
export const tagsMax = 50

/** Tables, indexes and settings that change at the same time. */
export const changingTablesMax = 500

/** Largest provisioned throughput of a table and of an account, in units. */
export const tableUnitsMax = 40_000
export const accountUnitsMax = 80_000

/** Unused throughput that is kept for bursts. Source: Developer Guide, "Burst capacity". */
export const burstSeconds = 300

/** Decreases of provisioned throughput at the beginning of a day; one more for each hour without one. */
export const freeDecreasesPerDay = 4

/** Largest resource policy, in bytes. */
export const policyBytesMax = 20 * 1024

/** Tables that ListTables names at once. Source: API reference, ListTables. */
export const listTablesMax = 100

/**
 * How long tables and indexes stay on the way. Ours: AWS names no figures, some seconds are usual.
 * Backfilling adds what AWS would need for the items.
 */
export const creatingMs = 4000
export const updatingMs = 3000
export const deletingMs = 3000
export const indexCreatingMs = 5000
export const backfillItemsPerSecond = 10_000

/** How long an earlier state of an item may be seen by reads that are eventually consistent. */
export const readLagMsMax = 1000
