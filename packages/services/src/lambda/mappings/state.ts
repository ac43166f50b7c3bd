import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Message } from '@cloud-orrery/models/sqs'
import type { Caller } from '../../context.ts'

export type MappingState =
  | 'Creating'
  | 'Enabled'
  | 'Enabling'
  | 'Disabled'
  | 'Disabling'
  | 'Updating'
  | 'Deleting'

/** What a mapping of a stream has besides. */
export interface StreamSettings {
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST'
  /** Invocations at the same time for each shard. */
  readonly parallelization: number
  readonly bisects: boolean
  /** -1: until the records are too old. */
  readonly retryAttemptsMax: number
  /** -1: as old as the stream keeps them. */
  readonly recordAgeSecondsMax: number
  /** 0: no windows. */
  readonly tumblingSeconds: number
  /** ARN of what is told of batches that are given up. */
  readonly onFailure?: string
  /** `LastProcessingResult`. */
  readonly lastResult: string
  /** Shards were looked for: those that come later are read from their beginning. */
  readonly discovered?: true
}

/** An event source mapping: messages of a queue, or records of a stream, to a function. */
export interface MappingRecord {
  readonly uuid: string
  readonly arn: string
  readonly sourceArn: string
  /** With the qualifier that was named. */
  readonly functionArn: string
  readonly enabled: boolean
  readonly state: MappingState
  readonly modifiedAtMs: number
  readonly batchSize: number
  readonly windowSeconds: number
  /** Patterns, as text. */
  readonly filters: readonly string[]
  readonly reportsItemFailures: boolean
  readonly concurrencyMax?: number
  readonly stream?: StreamSettings
  readonly tags: Readonly<Record<string, string>>
}

export const mappings = table<MappingRecord, 'source' | 'pair'>('lambda.mappings', {
  key: (it) => it.uuid,
  partition: 'region',
  resource: (it) => it.arn,
  indexes: {
    source: (it) => it.sourceArn,
    pair: (it) => orderedKey(it.sourceArn, it.functionArn),
  },
})

/** One batch at work for a mapping. */
export interface PollerRecord {
  readonly id: string
  readonly uuid: string
  readonly startedAtMs: number
  /** Past it, the poller was lost with the simulator's process. */
  readonly untilMs: number
}

export const pollers = table<PollerRecord>('lambda.pollers', {
  key: (it) => orderedKey(it.uuid, it.id),
  partition: 'region',
})

/** Messages that were received and wait for their batch to be full, or its window to be over. */
export interface GatheredRecord {
  readonly uuid: string
  readonly sinceMs: number
  readonly count: number
  readonly bytes: number
}

export const gathered = table<GatheredRecord>('lambda.gathered', {
  key: (it) => it.uuid,
  partition: 'region',
})

/** A record for each message of it, so that one more costs the same however many there are. */
export interface GatheredMessage {
  readonly uuid: string
  readonly number: number
  readonly message: Message
}

export const gatheredMessages = table<GatheredMessage>('lambda.gathered-messages', {
  key: ({ uuid, number }) => orderedKey(uuid, number),
  partition: 'region',
})

/** As whom messages are taken: a session of the function's role, renewed before it ends. */
export interface PollerSession {
  readonly roleArn: string
  readonly caller: Caller
  readonly expiresAtMs: number
}

export const pollerSessions = table<PollerSession>('lambda.poller-sessions', {
  key: (it) => it.roleArn,
  partition: 'region',
})

/** A look at a queue that failed is made again at that moment; one at a time for each mapping. */
export interface PollRetry {
  readonly uuid: string
  readonly atMs: number
}

export const pollRetries = table<PollRetry>('lambda.poll-retries', {
  key: (it) => it.uuid,
  partition: 'region',
})
