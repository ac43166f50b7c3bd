import { orderedKey, table } from '@cloud-orrery/kernel'

export type MappingState =
  | 'Creating'
  | 'Enabled'
  | 'Enabling'
  | 'Disabled'
  | 'Disabling'
  | 'Updating'
  | 'Deleting'

/** An event source mapping: messages of a queue to a function. */
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
  readonly tags: Readonly<Record<string, string>>
  /** Pollers at work. */
  readonly pollers: number
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
