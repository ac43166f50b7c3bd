import { orderedKey, table } from '@cloud-orrery/kernel'
import type { ResultRow } from './run.ts'

/** A query that was started, and what it found. */
export interface QueryRecord {
  readonly id: string
  readonly groupNames: readonly string[]
  readonly query: string
  /** As DescribeQueries shows it. */
  readonly shownQuery: string
  readonly startMs: number
  readonly endMs: number
  readonly limit: number
  readonly createdAtMs: number
  readonly status: 'Scheduled' | 'Running' | 'Complete' | 'Failed' | 'Cancelled'
  readonly taskId?: string
  readonly userIdentity?: string
  readonly rows: readonly ResultRow[]
  readonly matched: number
  readonly scanned: number
  readonly bytes: number
}

export const queries = table<QueryRecord, 'time'>('logs.queries', {
  key: ({ id }) => id,
  partition: 'region',
  indexes: { time: ({ createdAtMs, id }) => orderedKey(createdAtMs, id) },
})

export interface QueryDefinitionRecord {
  readonly id: string
  readonly name: string
  readonly query: string
  readonly groupNames?: readonly string[]
  readonly modifiedAtMs: number
}

export const queryDefinitions = table<QueryDefinitionRecord>('logs.queryDefinitions', {
  key: ({ id }) => id,
  partition: 'region',
})

/** Source: Logs Insights quotas: queries at a time, and how long results are kept. */
export const runningQueriesMax = 100
export const resultsKeptMs = 7 * 86_400_000

/** Source: StartQuery, `logGroupNames`. */
export const queryGroupsMax = 50

/** Source: Logs Insights quotas: saved queries of a Region. */
export const queryDefinitionsMax = 1000

/** Model time that a query takes. AWS names no figure; queries over little data take about a second. */
export const queryStartMs = 200
export const queryMs = 800
