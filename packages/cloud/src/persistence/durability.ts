import type { SimulatorError } from '@cloud-orrery/kernel'

/** Keeps what enters a cloud. An answer leaves a door only when all that it rests on is kept. */
export interface Durability {
  /** Ends when everything that entered so far is on disk; undefined where it is. Rejects with what `refusal` says. */
  kept(): Promise<void> | undefined
  /** Why nothing can be kept at the moment: calls are refused with it. */
  readonly refusal: SimulatorError | undefined
  /** Tries again to keep what could not be kept, at most a few times a second. */
  retry(): Promise<void>
  /** Notes where the clock stands: it was moved, and no entry says how far it came. */
  moved(): void
}
