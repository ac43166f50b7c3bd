import { invariant } from './errors.ts'

/** What tasks threw: bugs of ours, reported by whoever looks next. */
export class Bugs {
  readonly #bugs: unknown[] = []
  /** Is told instead, where nobody waits for a task (a server). */
  listener: ((error: unknown) => void) | undefined

  add(error: unknown): void {
    this.#bugs.push(error)
  }

  /** Throws one bug; the next look throws the next. */
  report(): void {
    while (this.#bugs.length > 0) {
      const bug = this.#bugs.shift()
      invariant(bug !== undefined, 'a task threw undefined')
      if (this.listener === undefined) throw bug
      this.listener(bug)
    }
  }
}
