import { SimulatorError } from './errors.ts'

/**
 * Most tasks that run at one moment of model time. More means that something sets itself off again and again
 * (a rule that matches its own target's events), which on AWS takes time and here would take none.
 */
const tasksAtOneMomentMax = 100_000

/** Counts the tasks of each moment. */
export class EndlessWork {
  #atMs = 0
  #tasks = 0

  /** Whether one more is too many, with the error to tell, which is told once a moment. */
  count(nowMs: number, taskName: string): { tooMany: boolean; error?: SimulatorError } {
    if (this.#atMs !== nowMs) {
      this.#atMs = nowMs
      this.#tasks = 0
    }
    this.#tasks += 1
    if (this.#tasks <= tasksAtOneMomentMax) return { tooMany: false }
    if (this.#tasks > tasksAtOneMomentMax + 1) return { tooMany: true }
    const error = new SimulatorError(
      'EndlessWork',
      `${tasksAtOneMomentMax} tasks ran at one moment, and ${taskName} is due again: something sets itself off.`,
      'See what causes it with `orrery journal`; break the loop.',
    )
    return { tooMany: true, error }
  }
}
