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

/** A length of model time, all parts added. */
export interface Duration {
  days?: number
  hours?: number
  minutes?: number
  seconds?: number
  milliseconds?: number
}

export function durationMs(duration: Duration | number): number {
  if (typeof duration === 'number') return duration
  const { days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = duration
  return ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000 + milliseconds
}

/** Model time, in milliseconds since 1970. Never goes back. */
export class Clock {
  #nowMs: number
  #mode: ClockMode
  readonly #wall: Wall
  #anchorWallMs: number
  #anchorModelMs: number
  /** Each point at which model time left the wall's pace: `[wall, model - wall]`. */
  readonly #offsets: [wallMs: number, offsetMs: number][]

  constructor(options: { nowMs: number; mode: ClockMode; wall: Wall }) {
    this.#nowMs = options.nowMs
    this.#mode = options.mode
    this.#wall = options.wall
    this.#anchorWallMs = options.wall.nowMs()
    this.#anchorModelMs = options.nowMs
    this.#offsets = [[Number.NEGATIVE_INFINITY, options.nowMs - this.#anchorWallMs]]
  }

  get nowMs(): number {
    return this.#nowMs
  }

  get mode(): ClockMode {
    return this.#mode
  }

  set mode(mode: ClockMode) {
    this.#mode = mode
    this.anchor()
  }

  /** Where model time has to be now, by the wall; never behind `nowMs`. */
  get dueMs(): number {
    const factor =
      this.#mode.kind === 'real' ? 1 : this.#mode.kind === 'fast' ? this.#mode.factor : 0
    if (factor === 0) return this.#nowMs
    const elapsedMs = (this.#wall.nowMs() - this.#anchorWallMs) * factor
    return Math.max(this.#nowMs, Math.floor(this.#anchorModelMs + elapsedMs))
  }

  /** How long the wall takes to reach a moment of model time; undefined when it never will by itself. */
  wallDelayMs(atMs: number): number | undefined {
    if (this.#mode.kind === 'real') return Math.max(0, atMs - this.dueMs)
    if (this.#mode.kind === 'fast') return Math.max(0, (atMs - this.dueMs) / this.#mode.factor)
    return undefined
  }

  moveTo(atMs: number): void {
    if (atMs < this.#nowMs) {
      throw new SimulatorError(
        'ClockBackwards',
        `The clock stands at ${new Date(this.#nowMs).toISOString()} and cannot move back to ${new Date(atMs).toISOString()}.`,
        'Fork or restore an earlier snapshot to go back in time.',
      )
    }
    this.#nowMs = atMs
  }

  /** Starts counting from here: after an advance, a restore, a change of mode. */
  anchor(): void {
    this.#anchorWallMs = this.#wall.nowMs()
    this.#anchorModelMs = this.#nowMs
    this.#offsets.push([this.#anchorWallMs, this.#nowMs - this.#anchorWallMs])
    if (this.#offsets.length > 10_000) this.#offsets.splice(1, 5_000)
  }

  /**
   * Model time at which something was stamped with the wall's time, as outside programs do. Stamps carry
   * whole seconds, so the last offset that held within that second is taken.
   */
  fromWall(wallMs: number): number {
    const offset = this.#offsets.findLast(([sinceMs]) => sinceMs <= wallMs + 999)
    return wallMs + (offset?.[1] ?? 0)
  }
}
