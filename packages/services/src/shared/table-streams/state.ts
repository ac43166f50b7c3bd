import { orderedKey, table } from '@cloud-orrery/kernel'

/** An item as tables keep it: attribute values in the wire's JSON, binaries in base64. */
export type ItemImage = Readonly<Record<string, object>>

export type ViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

/** A stream of changes of a table. A table that gets another stream leaves the old one behind, disabled, for a day. */
export interface TableStream {
  readonly arn: string
  /** When it was made, as text: the end of its ARN. */
  readonly label: string
  readonly tableName: string
  readonly key: { readonly hash: string; readonly range?: string }
  readonly viewType: ViewType
  readonly createdAtMs: number
  readonly disabledAtMs?: number
}

export const tableStreams = table<TableStream, 'table'>('dynamodb.streams', {
  key: ({ arn }) => arn,
  partition: 'region',
  indexes: { table: ({ tableName }) => tableName },
})

/** What changes with each record of a stream. */
export interface StreamHead {
  readonly arn: string
  /** Of the last record; the first has 1. */
  readonly sequence: number
  readonly trimmedAtMs: number
  /** Shards that take records, one a lane. A key's records are all in one lane. */
  readonly open: readonly { readonly id: string; readonly openedAtMs: number }[]
}

export const streamHeads = table<StreamHead>('dynamodb.stream-heads', {
  key: ({ arn }) => arn,
  partition: 'region',
})

export interface StreamShard {
  readonly streamArn: string
  /** Sorts by when the shard was opened. */
  readonly id: string
  readonly parentId?: string
  readonly openedAtMs: number
  readonly firstSequence: number
  readonly closedAtMs?: number
  readonly lastSequence?: number
}

export const streamShards = table<StreamShard>('dynamodb.stream-shards', {
  key: ({ streamArn, id }) => orderedKey(streamArn, id),
  partition: 'region',
})

export type ChangeKind = 'INSERT' | 'MODIFY' | 'REMOVE'

/** One change of one item, as its stream shows it. */
export interface ChangeRecord {
  readonly streamArn: string
  readonly shardId: string
  readonly sequence: number
  readonly eventId: string
  readonly atMs: number
  readonly kind: ChangeKind
  readonly keys: ItemImage
  readonly newImage?: ItemImage
  readonly oldImage?: ItemImage
  readonly sizeBytes: number
  /** Removed by Time to Live. */
  readonly expired?: true
}

export const changeRecords = table<ChangeRecord>('dynamodb.stream-records', {
  key: ({ streamArn, shardId, sequence }) => orderedKey(streamArn, shardId, sequence),
  partition: 'region',
})

/** How long a stream keeps a record, and a disabled stream and a closed shard are there. Source: Developer Guide, "DynamoDB Streams". */
export const retentionMs = 24 * 3_600_000

/** What stands before the count in a sequence number's last twenty digits. */
const sequenceBase = 3_498_069_978

/** A sequence number as streams write it: digits that grow from record to record. */
export function sequenceText(sequence: number): string {
  return `${sequence}${String(sequenceBase + sequence).padStart(20, '0')}`
}

/** Undefined for a text that no record of a stream can have. */
export function sequenceOf(text: string): number | undefined {
  if (!/^\d{21,36}$/.test(text)) return undefined
  const sequence = Number(text.slice(0, -20))
  return sequenceText(sequence) === text ? sequence : undefined
}
