import type { Caller, Context } from '../../../context.ts'
import { dynamodbSource } from './dynamodb-source.ts'

/** A shard of a stream, of whatever service. */
export interface SourceShard {
  readonly id: string
  readonly parentIds: readonly string[]
  readonly isOpen: boolean
}

export type SourcePosition =
  | { readonly kind: 'TRIM_HORIZON' | 'LATEST' }
  | { readonly kind: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string }
  | { readonly kind: 'AT_TIMESTAMP'; readonly timestampMs: number }

export interface SourceRecord {
  readonly sequenceNumber: string
  readonly partitionKey: string
  readonly atMs: number
  /** As the function sees it. */
  readonly event: Readonly<Record<string, unknown>>
}

/** What readers must know of a service whose streams have shards. All calls are made as the function's role. */
export interface StreamSource {
  /** `DDBStreamBatchInfo`: under which name destinations are told of a batch. */
  readonly batchInfo: string
  /** Whether moments of records are told with their milliseconds. */
  readonly tellsMs: boolean
  /** How long a stream keeps its records. */
  readonly retentionMs: number
  shards(ctx: Context, as: Caller, streamArn: string): Promise<readonly SourceShard[]>
  iterator(
    ctx: Context,
    as: Caller,
    streamArn: string,
    shardId: string,
    position: SourcePosition,
  ): Promise<string>
  /** `next` is absent at the end of a shard that is closed. */
  records(
    ctx: Context,
    as: Caller,
    streamArn: string,
    iterator: string,
    countMax: number,
  ): Promise<{ readonly records: readonly SourceRecord[]; readonly next?: string }>
}

/** The source of a stream's ARN; undefined for what has no shards that are read. */
export function streamSource(arn: string): StreamSource | undefined {
  return arn.split(':')[2] === 'dynamodb' ? dynamodbSource : undefined
}
