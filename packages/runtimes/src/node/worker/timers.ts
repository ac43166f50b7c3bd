import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import { promisify } from 'node:util'
import { isRecord } from './arguments.ts'
import type { Link } from './link.ts'

type Run = (...args: unknown[]) => unknown

const delayMsMax = 2 ** 31 - 1
/** Timers of no delay run at the moment at which they are set, this often; then time moves on. */
const immediateRunsMax = 1000

/** Closed timers that may wait in the heap. */
const closedMax = 64

const timersById = new Map<number, ModelTimer>()
let lastId = 0
let lastOrder = 0

/** A timer of the code, due at a moment of model time. */
class ModelTimer {
  readonly #queue: TimerQueue
  readonly #run: Run
  readonly #args: unknown[]
  readonly #repeats: boolean
  readonly id: number
  readonly delayMs: number
  atMs = 0
  order = 0
  pending = false
  #ref = true

  constructor(queue: TimerQueue, run: Run, delay: unknown, args: unknown[], repeats: boolean) {
    this.#queue = queue
    this.#run = run
    this.#args = args
    this.#repeats = repeats
    this.delayMs = delayOf(delay)
    lastId += 1
    this.id = lastId
    this.#start()
  }

  #start(): void {
    lastOrder += 1
    this.order = lastOrder
    this.atMs = this.#queue.nowMs() + this.#queue.delayNow(this.delayMs, this.#repeats)
    this.pending = true
    this.#queue.add(this)
  }

  fire(): void {
    if (!this.pending) return
    this.pending = false
    try {
      Reflect.apply(this.#run, this, this.#args)
    } finally {
      if (this.#repeats && !this.closed && !this.pending) this.#start()
      else if (!this.pending) timersById.delete(this.id)
    }
  }

  closed = false

  close(): this {
    if (this.pending) this.#queue.noteClosed()
    this.closed = true
    this.pending = false
    timersById.delete(this.id)
    return this
  }

  refresh(): this {
    if (!this.closed) {
      this.#queue.drop(this)
      this.#start()
    }
    return this
  }

  ref(): this {
    this.#ref = true
    return this
  }

  unref(): this {
    this.#ref = false
    return this
  }

  hasRef(): boolean {
    return this.#ref
  }

  [Symbol.toPrimitive](): number {
    timersById.set(this.id, this)
    return this.id
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function delayOf(delay: unknown): number {
  const ms = Math.trunc(Number(delay ?? 0))
  if (!(ms >= 0)) return 0
  if (ms <= delayMsMax) return ms
  process.emitWarning(
    `${String(delay)} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
    'TimeoutOverflowWarning',
  )
  return 1
}

/** All timers of the code, in the order in which they are due. */
export class TimerQueue {
  readonly #link: Link
  /** A heap by moment and order. */
  readonly #heap: ModelTimer[] = []
  #closedCount = 0
  #immediateAtMs = 0
  #immediateRuns = 0

  constructor(link: Link) {
    this.#link = link
  }

  nowMs(): number {
    return Math.floor(this.#link.nowMs())
  }

  /**
   * Deviation: `setTimeout` of 0 is due at the same moment of model time, not a millisecond later, so that code which
   * only yields does not wait for the clock. An interval, or code that yields without end, moves time.
   */
  delayNow(delayMs: number, repeats: boolean): number {
    if (delayMs > 0) return delayMs
    if (repeats) return 1
    const nowMs = this.nowMs()
    if (nowMs !== this.#immediateAtMs) {
      this.#immediateAtMs = nowMs
      this.#immediateRuns = 0
    }
    this.#immediateRuns += 1
    return this.#immediateRuns > immediateRunsMax ? 1 : 0
  }

  /** Moment of the next timer. */
  get nextAtMs(): number | undefined {
    this.#trim()
    return this.#heap[0]?.atMs
  }

  /** Whether a timer keeps the code going. */
  get holds(): boolean {
    return this.#heap.some((timer) => timer.pending && timer.hasRef())
  }

  add(timer: ModelTimer): void {
    const heap = this.#heap
    let at = heap.push(timer) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || before(above, timer)) break
      heap[at] = above
      at = parent
    }
    heap[at] = timer
  }

  /** A closed timer stays in the heap until it is its turn; many of them are taken out together. */
  noteClosed(): void {
    this.#closedCount += 1
    if (this.#closedCount < closedMax || this.#closedCount < this.#heap.length / 2) return
    this.#closedCount = 0
    for (const timer of this.#heap.splice(0)) if (timer.pending) this.add(timer)
  }

  /** Takes a timer out that is set anew. */
  drop(timer: ModelTimer): void {
    const at = this.#heap.indexOf(timer)
    if (at < 0) return
    const last = this.#heap.pop()
    if (last !== undefined && last !== timer) {
      const rest = this.#heap.splice(0)
      rest[at] = last
      for (const other of rest) this.add(other)
    }
  }

  /** Runs those that are due, one after the other as the event loop does, each with all that follows from it. */
  runDue(): void {
    const nowMs = this.nowMs()
    for (;;) {
      this.#trim()
      const timer = this.#heap[0]
      if (timer === undefined || timer.atMs > nowMs) return
      this.#removeFirst()
      setImmediate(() => timer.fire())
    }
  }

  #trim(): void {
    while (this.#heap[0]?.pending === false) this.#removeFirst()
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left === undefined) break
      if (right !== undefined && before(right, left)) child += 1
      const smaller = child === 2 * at + 1 ? left : right
      if (smaller === undefined || before(last, smaller)) break
      heap[at] = smaller
      at = child
    }
    heap[at] = last
  }
}

function before(a: ModelTimer, b: ModelTimer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

/** Puts timers of model time in the place of Node's. `setImmediate` and microtasks stay. */
export function replaceTimers(queue: TimerQueue): void {
  const start = (run: unknown, delay: unknown, args: unknown[], repeats: boolean) => {
    if (typeof run !== 'function') {
      const error = new TypeError('The "callback" argument must be of type function.')
      throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' })
    }
    return new ModelTimer(
      queue,
      (...values) => Reflect.apply(run, undefined, values),
      delay,
      args,
      repeats,
    )
  }
  const setTimeout = (run: unknown, delay?: unknown, ...args: unknown[]) =>
    start(run, delay, args, false)
  const setInterval = (run: unknown, delay?: unknown, ...args: unknown[]) =>
    start(run, delay, args, true)
  const clear = (timer: unknown) => {
    if (timer instanceof ModelTimer) timer.close()
    else if (typeof timer === 'number' || typeof timer === 'string') {
      timersById.get(Number(timer))?.close()
    }
  }
  const later = <T>(delay: unknown, value: T, options: unknown) =>
    sleep(queue, delay, value, options)
  const ticks = (delay: unknown, value: unknown, options: unknown) =>
    intervals(queue, delay, value, options)
  Object.defineProperty(setTimeout, promisify.custom, { value: later, enumerable: true })
  const functions = {
    setTimeout,
    setInterval,
    clearTimeout: clear,
    clearInterval: clear,
  }
  Object.assign(globalThis, functions)
  Object.assign(timers, functions)
  Object.assign(timersPromises, { setTimeout: later, setInterval: ticks })
  Object.defineProperty(timersPromises.scheduler, 'wait', {
    value: (delay: unknown, options: unknown) => later(delay, undefined, options),
    configurable: true,
  })
  replaceAbortTimeout(queue)
}

function signalOf(options: unknown): { signal?: AbortSignal; ref: boolean } {
  if (!isRecord(options)) return { ref: true }
  const ref = options['ref'] !== false
  return options['signal'] instanceof AbortSignal ? { signal: options['signal'], ref } : { ref }
}

function aborted(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason })
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' })
}

function sleep<T>(queue: TimerQueue, delay: unknown, value: T, options: unknown): Promise<T> {
  const { signal, ref } = signalOf(options)
  if (signal?.aborted) return Promise.reject(aborted(signal))
  return new Promise((resolve, reject) => {
    const end = () => {
      signal?.removeEventListener('abort', onAbort)
      resolve(value)
    }
    const timer = new ModelTimer(queue, end, delay, [], false)
    const onAbort = () => {
      timer.close()
      if (signal !== undefined) reject(aborted(signal))
    }
    if (!ref) timer.unref()
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

async function* intervals(
  queue: TimerQueue,
  delay: unknown,
  value: unknown,
  options: unknown,
): AsyncGenerator<unknown> {
  for (;;) yield await sleep(queue, Math.max(1, Number(delay ?? 1)), value, options)
}

function replaceAbortTimeout(queue: TimerQueue): void {
  const timeout = (delay: number): AbortSignal => {
    const controller = new AbortController()
    const abort = () =>
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    new ModelTimer(queue, abort, delay, [], false).unref()
    return controller.signal
  }
  Object.defineProperty(AbortSignal, 'timeout', {
    value: timeout,
    configurable: true,
    writable: true,
  })
}
