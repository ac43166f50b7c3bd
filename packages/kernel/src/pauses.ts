/** How many tasks run, at most, before the process looks at its sockets and signals. */
const tasksBetweenPauses = 256

/** A year of tasks is minutes of work: meanwhile a server answers, and hears that it is to stop. */
export class Pauses {
  #tasks = 0

  /** Counts one more task. Whether a pause before it is due. */
  isDue(): boolean {
    this.#tasks += 1
    return this.#tasks >= tasksBetweenPauses
  }

  take(): Promise<void> {
    this.#tasks = 0
    return new Promise((resolve) => setImmediate(resolve))
  }
}
