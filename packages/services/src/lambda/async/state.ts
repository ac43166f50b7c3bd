import { table } from '@cloud-orrery/kernel'

/** An asynchronous event that waits, runs, or waits to run again. */
export interface AsyncEvent {
  readonly requestId: string
  readonly functionName: string
  readonly qualifier?: string
  /** JSON text. */
  readonly payload: string
  readonly clientContext?: string
  readonly enqueuedAtMs: number
  /** Runs that ended in an error of the function. */
  readonly failures: number
  /** Attempts that Lambda itself could not make: throttles, errors of its own. */
  readonly putOff: number
  /** Runs in all. */
  readonly runs: number
}

export const asyncEvents = table<AsyncEvent>('lambda.async-events', {
  key: (it) => it.requestId,
  partition: 'region',
})
