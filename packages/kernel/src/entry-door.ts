/** Where callers outside wait until code is at rest, and then enter one after the other: how fast code is must not matter. */
export class EntryDoor {
  #last: Promise<void> | undefined

  /** Whether somebody waits here. */
  get isWaitedAt(): boolean {
    return this.#last !== undefined
  }

  /** Ends when it is the caller's turn; the returned function lets the next one go on. */
  async wait(codeRests: () => Promise<void>): Promise<() => void> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    await before
    await codeRests()
    return () => {
      if (this.#last === promise) this.#last = undefined
      resolve()
    }
  }
}
