import type { Target } from '@cloud-orrery/models/scheduler'

/** One invocation on its way: plain data, with the target as it was when its moment came. */
export interface Invocation {
  readonly group: string
  readonly name: string
  readonly arn: string
  readonly revision: number
  readonly target: Target
  readonly scheduledAtMs: number
  /** After it, the schedule has nothing left to do. */
  readonly isLast: boolean
  /** The first is 1. */
  readonly attempt: number
}

/** As AWS writes moments to seconds. */
export function seconds(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z')
}
