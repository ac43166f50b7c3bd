import type { Wall } from './clock.ts'

/** A wall whose time only a test moves. */
export class FakeWall implements Wall {
  #nowMs: number
  readonly #timers = new Set<{ atMs: number; run: () => void }>()

  constructor(nowMs = Date.UTC(2030, 0, 1)) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  setTimer(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  get timers(): number {
    return this.#timers.size
  }

  /** Lets time pass; timers on the way run at their own moment, and what they start comes to rest. */
  async pass(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs
    for (;;) {
      await rest()
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs)
      const [next] = due.sort((a, b) => a.atMs - b.atMs)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.run()
    }
    this.#nowMs = untilMs
  }

  /** Time passes and no timer runs: the process was busy or asleep. */
  jump(byMs: number): void {
    this.#nowMs += byMs
  }
}

/** All promises that can go on by themselves have done so. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
