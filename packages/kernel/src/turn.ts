/**
 * One piece of the model's work: a task, or a call that entered. Pieces run one at a time; one that waits
 * for something leaves, and the next may start. When what it waited for has come, it takes its turn again.
 */
export interface Turn {
  /** Whether a service may let it wait for model time: a task that did would hold up its own kind. */
  readonly mayWait: boolean
  /** Whether it is the one that runs. */
  readonly running: boolean
  /** How many things it waits for. While it waits for more than one, it goes on without a turn of its own. */
  awaitedCount: number
  /** Lets the next piece start. */
  leave(): void
  /** Starts a stretch of work; what it gives ends when the piece leaves. For the scheduler alone. */
  begin(): Promise<void>
}

/** `onLeave` is called at the end of each stretch: at the last one the piece is done. */
export function newTurn(mayWait: boolean, onLeave?: () => void): Turn {
  let end: (() => void) | undefined
  return {
    mayWait,
    awaitedCount: 0,
    get running() {
      return end !== undefined
    },
    leave() {
      if (end === undefined) return
      end()
      end = undefined
      onLeave?.()
    },
    begin() {
      const { promise, resolve } = Promise.withResolvers<void>()
      end = resolve
      return promise
    },
  }
}
