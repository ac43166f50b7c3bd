import { SimulatorError } from './errors.ts'

/** The machine's own time: the only door through which it comes in. */
export interface Wall {
  nowMs(): number
  /** Calls back once after `delayMs`; the returned function takes it back. */
  setTimer(delayMs: number, run: () => void): () => void
}

/** The wall of this process. Its timers do not keep the process alive. */
export const processWall: Wall = {
  nowMs: () => Date.now(),
  setTimer(delayMs, run) {
    if (delayMs === 0) {
      // A timer of no delay takes a millisecond.
      const immediate = setImmediate(run)
      immediate.unref()
      return () => clearImmediate(immediate)
    }
    const timer = setTimeout(run, Math.min(delayMs, 0x7fff_ffff))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/**
 * How model time runs. `held`: only when asked. `real`: with the wall. `fast`: `factor` times the wall.
 * `skip`: straight to the next pending task whenever nothing else is going on.
 */
export type ClockMode =
  | { readonly kind: 'held' }
  | { readonly kind: 'real' }
  | { readonly kind: 'fast'; readonly factor: number }
  | { readonly kind: 'skip' }

/** A length of model time, all parts added. Whole milliseconds count; a rest is rounded. */
export interface Duration {
  days?: number
  hours?: number
  minutes?: number
  seconds?: number
  milliseconds?: number
}

export function durationMs(duration: Duration | number): number {
  if (typeof duration === 'number') return Math.round(duration)
  const { days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = duration
  return Math.round(((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000 + milliseconds)
}

/** Last moment that the clock reaches: AWS writes years with four digits. */
const nowMsMax = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** Stretches of even pace that are remembered, for stamps of the wall's time. */
const stretchesMax = 10_000

/** From a moment of the wall's time on, model time went on from `modelMs` at `factor` times the wall's pace. */
interface Stretch {
  readonly wallMs: number
  readonly modelMs: number
  readonly factor: number
}

/** Model time, in whole milliseconds since 1970. Never goes back. */
export class Clock {
  #nowMs: number
  #mode: ClockMode
  #isHeld = false
  readonly #wall: Wall
  #current: Stretch
  readonly #stretches: Stretch[]

  constructor(options: { nowMs: number; mode: ClockMode; wall: Wall }) {
    this.#nowMs = options.nowMs
    this.#mode = options.mode
    this.#wall = options.wall
    this.#current = this.#stretchFromHere()
    this.#stretches = [this.#current]
  }

  get nowMs(): number {
    return this.#nowMs
  }

  get mode(): ClockMode {
    return this.#mode
  }

  /** Model milliseconds to each millisecond of the wall's: 0 where it does not move by itself. */
  get pace(): number {
    return this.#current.factor
  }

  /** Stands still for as long as work takes that is done outside of the model, also where it runs by itself. */
  async standFor(work: () => Promise<void>): Promise<void> {
    this.#isHeld = true
    this.anchor()
    try {
      await work()
    } finally {
      this.#isHeld = false
      this.anchor()
    }
  }

  set mode(mode: ClockMode) {
    this.#nowMs = this.dueMs
    this.#mode = mode
    this.anchor()
  }

  /** Where model time has to be now, by the wall; never behind `nowMs`. */
  get dueMs(): number {
    const { wallMs, modelMs, factor } = this.#current
    if (factor === 0) return this.#nowMs
    return Math.max(this.#nowMs, Math.floor(modelMs + (this.#wall.nowMs() - wallMs) * factor))
  }

  /** How long the wall takes to reach a moment of model time; undefined when it never will by itself. */
  wallDelayMs(atMs: number): number | undefined {
    const { factor } = this.#current
    return factor === 0 ? undefined : Math.max(0, (atMs - this.dueMs) / factor)
  }

  /** Throws `SimulatorError` for a moment that has passed, or that no clock reaches. */
  moveTo(atMs: number): void {
    this.check(atMs)
    this.#nowMs = atMs
  }

  /** As `moveTo`, without moving. */
  check(atMs: number): void {
    if (!(atMs <= nowMsMax)) {
      throw new SimulatorError(
        'ClockRange',
        `The clock cannot be moved to ${atMs} ms since 1970: it ends with the year 9999.`,
        'Move it by a shorter time.',
      )
    }
    if (atMs < this.#nowMs) {
      throw new SimulatorError(
        'ClockBackwards',
        `The clock stands at ${new Date(this.#nowMs).toISOString()} and cannot move back by ${this.#nowMs - atMs} ms.`,
        'Fork or restore an earlier snapshot to go back in time.',
      )
    }
  }

  /** Starts counting from here: after an advance, a restore, a change of mode. */
  anchor(): void {
    this.#current = this.#stretchFromHere()
    this.#stretches.push(this.#current)
    if (this.#stretches.length > stretchesMax) this.#stretches.splice(0, stretchesMax / 2)
  }

  /**
   * Model time of a stamp by someone who may go by this clock (code inside the cloud, clients that were told)
   * or by the wall's (all others): by the one that the stamp is nearer to.
   */
  timeOfStamp(stampMs: number): number {
    const fromHereMs = Math.abs(stampMs - this.dueMs)
    return fromHereMs <= Math.abs(stampMs - this.#wall.nowMs()) ? stampMs : this.fromWall(stampMs)
  }

  /**
   * Model time at which something was stamped with the wall's time, as outside programs do. Stamps carry
   * whole seconds, so the last stretch that began within that second is taken.
   */
  fromWall(wallMs: number): number {
    const [first] = this.#stretches
    const found = this.#stretches.findLast((stretch) => stretch.wallMs <= wallMs + 999)
    if (found !== undefined) {
      return found.modelMs + Math.max(0, wallMs - found.wallMs) * found.factor
    }
    // Before the cloud was there, its time went as the wall's.
    return first === undefined ? wallMs : first.modelMs + (wallMs - first.wallMs)
  }

  #stretchFromHere(): Stretch {
    return {
      wallMs: this.#wall.nowMs(),
      modelMs: this.#nowMs,
      factor: this.#isHeld ? 0 : paceOf(this.#mode),
    }
  }
}

/** Model milliseconds to each millisecond of the wall's. */
function paceOf(mode: ClockMode): number {
  if (mode.kind === 'real') return 1
  return mode.kind === 'fast' ? mode.factor : 0
}
