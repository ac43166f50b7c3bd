import { performance } from 'node:perf_hooks'
import { replaceDate } from './dates.ts'
import type { Link } from './link.ts'
import { isZone } from './zone.ts'

const nsPerMs = 1_000_000n

/** The zone of the environment: `:UTC`, unless the function's variable `TZ` names another. */
export function zoneOf(tz: string | undefined): string {
  const name = (tz ?? '').replace(/^:/, '')
  return name !== '' && isZone(name) ? name : 'UTC'
}

/** Makes every clock that the code can look at show the model's time. */
export function replaceClocks(link: Link, tz: string | undefined): void {
  const originMs = link.nowMs()
  const nowMs = () => link.look()
  replaceDate(nowMs, zoneOf(tz))

  const sinceMs = () => nowMs() - originMs
  const proto = Object.getPrototypeOf(performance)
  for (const target of [performance, proto]) {
    Object.defineProperty(target, 'now', { value: sinceMs, configurable: true, writable: true })
    Object.defineProperty(target, 'timeOrigin', { value: originMs, configurable: true })
  }

  // What the machine's own monotonic clock counts from is anyone's guess, so it counts from the start.
  const bigint = () => BigInt(Math.round(sinceMs() * 1000)) * (nsPerMs / 1000n)
  const hrtime = (previous?: [number, number]): [number, number] => {
    const ns = bigint()
    const [seconds, rest] = [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)]
    if (previous === undefined) return [seconds, rest]
    const [beforeSeconds, beforeRest] = previous
    const borrows = rest < beforeRest
    return [
      seconds - beforeSeconds - (borrows ? 1 : 0),
      rest - beforeRest + (borrows ? 1_000_000_000 : 0),
    ]
  }
  process.hrtime = Object.assign(hrtime, { bigint })
  process.uptime = () => sinceMs() / 1000
  replaceAtomicsWait(link)
}

/** Sleeping by `Atomics.wait` takes model time; nobody else is there who could wake the thread. */
function replaceAtomicsWait(link: Link): void {
  const wait = (
    cells: Int32Array | BigInt64Array,
    index: number,
    value: never,
    timeout?: number,
  ) => {
    if (Atomics.load(cells as Int32Array, index) !== value) return 'not-equal'
    if (timeout === undefined || !Number.isFinite(timeout)) link.sleepUntil(Number.MAX_SAFE_INTEGER)
    else link.sleepUntil(link.nowMs() + Math.max(0, timeout))
    return 'timed-out'
  }
  Object.defineProperty(Atomics, 'wait', { value: wait, configurable: true, writable: true })
}
