import type { Operation, Step } from '../apply/operation.ts'

/** A step that goes on because of what came from outside. */
export interface Ended {
  readonly operation: Operation
  readonly step: Step
  readonly how: 'done' | 'failed'
}
