/**
 * One piece of the model's work: a task, or a call that entered. Pieces run one at a time; one that waits
 * for something leaves, and the next may start. When what it waited for has come, it takes its turn again.
 */
export class Turn {
  /** Whether a service may let it wait for model time: a task that did would hold up its own kind. */
  readonly mayWait: boolean
  /**
   * Whether a held clock may move by itself while this piece waits for code: whoever made the call is outside the
   * cloud and waits for the answer, so nobody else would move it.
   */
  readonly movesTime: boolean
  /** How many things it waits for. While it waits for more than one, it goes on without a turn of its own. */
  awaitedCount = 0
  readonly #onLeave: ((turn: Turn) => void) | undefined
  #running = false
  #left: PromiseWithResolvers<void> | undefined

  /** `onLeave` is called at the end of each stretch of work: at the last one the piece is done. */
  constructor(
    mayWait: boolean,
    onLeave?: (turn: Turn) => void,
    options: { movesTime?: boolean } = {},
  ) {
    this.mayWait = mayWait
    this.movesTime = options.movesTime ?? false
    this.#onLeave = onLeave
  }

  /** Whether it runs, or stands in line to. */
  get running(): boolean {
    return this.#running
  }

  /** The end of the stretch that runs; over already when none does. Made only when somebody asks. */
  get left(): Promise<void> {
    if (!this.#running) return Promise.resolve()
    this.#left ??= Promise.withResolvers<void>()
    return this.#left.promise
  }

  /** Starts a stretch of work. For the scheduler alone. */
  begin(): void {
    this.#running = true
  }

  /** Lets the next piece start. */
  leave(): void {
    if (!this.#running) return
    this.#running = false
    const left = this.#left
    this.#left = undefined
    this.#onLeave?.(this)
    left?.resolve()
  }
}
