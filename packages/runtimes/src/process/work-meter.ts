import { areAsleep, processorMs } from './process-group.ts'

/**
 * How long processes have worked, whatever else the machine does: while one of them could run, the processor time that
 * they had; while all wait, the time that passes.
 */
export class WorkMeter {
  readonly #family: () => number[]
  #atMs: number
  #processorMs: number | undefined

  constructor(family: () => number[]) {
    this.#family = family
    this.#atMs = Date.now()
  }

  /** In ms, since the last time that this was asked, or since the beginning. */
  sinceLast(): number {
    const family = this.#family()
    const nowMs = Date.now()
    const passedMs = nowMs - this.#atMs
    const spentMs = processorMs(family)
    const workedMs = spentMs === undefined ? passedMs : spentMs - (this.#processorMs ?? 0)
    this.#atMs = nowMs
    // A member that ended takes its own time with it.
    const isFirst = this.#processorMs === undefined
    this.#processorMs = spentMs
    if (areAsleep(family)) return passedMs
    return isFirst ? Math.min(passedMs, workedMs) : Math.max(0, workedMs)
  }
}
