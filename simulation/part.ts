import type { Draw } from './draw.ts'

/** Does something with the cloud, checks the answer, and says in a line what it did. */
export type Action = (draw: Draw) => Promise<string>

/** One part of the workload with the book it keeps: what the cloud must hold by what it acknowledged. */
export interface Part {
  readonly name: string
  readonly actions: Readonly<Record<string, Action>>
  /** Makes what the actions work on; no fault is armed meanwhile. */
  prepare?(): Promise<void>
  /** Called when all faults have ended, before what is pending has its time. */
  quiet?(): Promise<void>
  /** Compares cloud and book when all faults have ended and all that was pending had its time. */
  end?(): Promise<void>
}
