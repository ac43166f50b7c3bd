import type { TaskQueue } from './tasks.ts'
import type { Turn } from './turn.ts'

/** How a run of the user's code takes part in the order of all things. */
export interface CodeTurns {
  /**
   * One piece of the code's work. `step` hands something to the code (an invocation, an answer, a moment that has
   * come) and ends when the code has come to rest: it waits for one of these again, or is done. While a piece runs
   * nothing else does and the clock stands still; with a real clock pieces run beside everything else.
   */
  piece(step: () => Promise<void>): Promise<void>
  /**
   * Calls back at a moment of model time, after all tasks that are due then. A moment that has passed is now. The
   * returned function takes it back.
   */
  at(atMs: number, run: () => void): () => void
}

/** How code runs: `work` is not done in a replay. */
export interface CodeWork<T> {
  readonly work: (turns: CodeTurns) => Promise<T>
  /** What is known of a run whose process ended with it: a crash, or a recording that ends before its result. */
  readonly lost: () => T
}

/** Recorded results of outside work, by its number in the run: what a replay answers with, in its time. */
export interface OutsideResults {
  /** Undefined: the recording ends without this result, so the work is done again. */
  get(number: number): Promise<{ readonly result: unknown } | undefined>
}

/** Names the pending moments of code in the task queue. They leave no trace in the state: a replay has none. */
export const codeMomentTask = 'kernel.code'

/** Runs of code that are not back yet, and the moments that they wait for. */
export class CodeRuns {
  readonly #tasks: TaskQueue
  readonly #runs = new Set<{ readonly turn: Turn; readonly name: string }>()
  readonly #moments = new Map<string, () => void>()

  constructor(tasks: TaskQueue) {
    this.#tasks = tasks
  }

  get size(): number {
    return this.#runs.size
  }

  /** Whether somebody outside waits for one of them, so that a held clock may move by itself. */
  get moveTime(): boolean {
    for (const { turn } of this.#runs) if (turn.movesTime) return true
    return false
  }

  /** What runs, the longest running first. */
  get names(): string[] {
    return [...this.#runs].map(({ name }) => name)
  }

  /** Counts a run in; the returned function counts it out. */
  start(turn: Turn, name: string): () => void {
    const run = { turn, name }
    this.#runs.add(run)
    return () => this.#runs.delete(run)
  }

  /** Calls back when the moment comes; the returned function takes it back. */
  at(atMs: number, run: () => void): () => void {
    const { id } = this.#tasks.addMoment(codeMomentTask, atMs)
    this.#moments.set(id, run)
    return () => {
      this.#tasks.cancel(id)
      this.#moments.delete(id)
    }
  }

  /** Calls back whoever waits for the moment that has come. */
  come(id: string): void {
    const run = this.#moments.get(id)
    this.#moments.delete(id)
    run?.()
  }
}
