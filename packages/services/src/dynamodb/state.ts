import { table } from '@cloud-orrery/kernel'
import type {
  KeySchemaElement,
  OnDemandThroughput,
  SSEDescription,
  Tag,
  WarmThroughput,
} from '@cloud-orrery/models/dynamodb'
import type { PolicyDocument } from '@cloud-orrery/policy'
import type { Item } from './values/attribute-value.ts'

export type ScalarType = 'S' | 'N' | 'B'

/** Names of the key attributes of a table or an index. */
export interface KeyNames {
  readonly hash: string
  readonly range?: string
}

/** Provisioned throughput, and what is remembered of its changes. */
export interface Throughput {
  readonly readUnits: number
  readonly writeUnits: number
  readonly increasedAtMs?: number
  readonly decreasedAtMs?: number
  /** Decreases on the day of `decreasedAtMs`, by UTC. */
  readonly decreases: number
}

export type TableStatus =
  | 'CREATING'
  | 'UPDATING'
  | 'DELETING'
  | 'ACTIVE'
  | 'INACCESSIBLE_ENCRYPTION_CREDENTIALS'

export interface IndexRecord {
  readonly name: string
  readonly kind: 'local' | 'global'
  /** Begins the keys of its entries; never given twice. */
  readonly space: string
  readonly key: KeyNames
  readonly projection: {
    readonly type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'
    readonly attributes?: readonly string[]
  }
  readonly status: 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE'
  readonly backfilling?: boolean
  readonly throughput: Throughput
  readonly onDemand?: OnDemandThroughput
  readonly warm?: WarmThroughput
}

export interface TableRecord {
  readonly name: string
  readonly arn: string
  readonly accountId: string
  readonly region: string
  /** UUID. A table that is made again under its name has another. */
  readonly id: string
  /** Begins the keys of its items; never given twice. */
  readonly space: string
  readonly status: TableStatus
  readonly createdAtMs: number
  readonly key: KeyNames
  /** The same, spelled as answers have it. */
  readonly keySchema: readonly KeySchemaElement[]
  /** Types of all attributes that are keys of the table or of indexes, in the order given. */
  readonly attributes: Readonly<Record<string, ScalarType>>
  readonly indexes: readonly IndexRecord[]
  readonly billingMode: 'PROVISIONED' | 'PAY_PER_REQUEST'
  /** Whether DescribeTable says so: for tables that were once made on demand or changed. */
  readonly billingModeShown: boolean
  readonly onDemandSinceMs?: number
  readonly throughput: Throughput
  readonly onDemand?: OnDemandThroughput
  readonly warm?: WarmThroughput
  readonly tableClass?: string
  readonly tableClassSetAtMs?: number
  readonly deletionProtection: boolean
  readonly sse?: SSEDescription
  /** The table's key as KMS encrypted it, base64; absent where the key is DynamoDB's own. */
  readonly keyCiphertext?: string
  readonly tags: readonly Tag[]
  readonly policy?: {
    readonly text: string
    readonly document: PolicyDocument
    readonly revisionId: string
  }
  /** Set while a change is on its way; the task that ends it names the same. */
  readonly change?: string
}

export const tables = table<TableRecord, 'id' | 'space'>('dynamodb.tables', {
  key: ({ name }) => name,
  partition: 'region',
  indexes: { id: ({ id }) => id, space: ({ space }) => space },
  resource: ({ arn }) => arn,
})

/** An item as it is kept. */
export interface ItemRecord {
  /** See keys.ts. */
  readonly key: string
  readonly item: Item
  /** Bytes, as DynamoDB counts them. */
  readonly size: number
  /** Where the item stands in indexes, an entry each; absent in tables without any. See keys.ts. */
  readonly entries?: readonly string[]
}

export const items = table<ItemRecord, 'entries'>('dynamodb.items', {
  key: ({ key }) => key,
  partition: 'region',
  indexes: { entries: ({ entries }) => entries },
})

/** How many items a table or an index has, and their bytes. */
export interface Counts {
  /** Of the table or index. */
  readonly space: string
  readonly items: number
  readonly bytes: number
}

export const counts = table<Counts>('dynamodb.counts', {
  key: ({ space }) => space,
  partition: 'region',
})

/** Unused provisioned throughput of a table or an index. */
export interface Bucket {
  readonly space: string
  readonly readUnits: number
  readonly writeUnits: number
  readonly atMs: number
}

export const buckets = table<Bucket>('dynamodb.buckets', {
  key: ({ space }) => space,
  partition: 'region',
})

/** A transaction that was made under a client token. */
export interface ClientToken {
  readonly token: string
  /** SHA-256 of the request. */
  readonly digest: string
  readonly untilMs: number
}

export const clientTokens = table<ClientToken>('dynamodb.clientTokens', {
  key: ({ token }) => token,
  partition: 'region',
})

/** What an item was before its last change, while not all replicas have that: only where a choice said so. */
export interface EarlierItem {
  readonly key: string
  readonly before?: ItemRecord
  readonly untilMs: number
}

export const earlierItems = table<EarlierItem>('dynamodb.earlierItems', {
  key: ({ key }) => key,
  partition: 'region',
})
