import type { Clock } from './clock.ts'
import type { Journal, JournalEntry } from './journal.ts'
import type { TaskQueue } from './tasks.ts'
import type { Turn } from './turn.ts'

/** Ends someone's waiting. A task like any other, so that all that happens has one order. */
export const wakeTask = 'kernel.wake'

/** How a call waits. */
export interface WaitOptions {
  /** Whose turn ends while it waits and comes again afterwards. */
  readonly turn?: Turn | undefined
  /** The call's entry: an abort is noted under it. */
  readonly cause?: JournalEntry | undefined
  /** Says when the sender has gone. */
  readonly signal?: Departure | undefined
}

/** The part of an `AbortSignal` that is looked at. */
export interface Departure {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options: { once: true }): void
}

/** A call that waits for model time or for someone to wake it. */
interface Waiter {
  readonly key: string
  readonly turn: Turn | undefined
  readonly cause: JournalEntry | undefined
  readonly resolve: (woken: boolean) => void
  /** The task that ends the waiting: at its time, or at once when it was woken. */
  taskId: string
  woken: boolean
}

/**
 * Everyone who waits, by the key they wait for, the longest waiting first. A fork or a restored cloud has no
 * one waiting, since the connection that waited is not part of it.
 */
export class Waiters {
  readonly #clock: Clock
  readonly #tasks: TaskQueue
  readonly #journal: Journal
  readonly #byKey = new Map<string, Set<Waiter>>()
  /** Woken ones too, until their task has run. */
  readonly #byTask = new Map<string, Waiter>()

  constructor(clock: Clock, tasks: TaskQueue, journal: Journal) {
    this.#clock = clock
    this.#tasks = tasks
    this.#journal = journal
  }

  get keys(): string[] {
    return [...this.#byKey.keys()]
  }

  /** `enter` lets the news of a sender's departure in, in its turn. */
  wait(
    key: string,
    untilMs: number,
    { turn, cause, signal }: WaitOptions,
    enter: (run: () => void) => void,
  ): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const taskId = this.#addTask(untilMs)
    const waiter: Waiter = { key, turn, cause, resolve, taskId, woken: false }
    const waiting = this.#byKey.get(key) ?? new Set()
    this.#byKey.set(key, waiting.add(waiter))
    this.#byTask.set(taskId, waiter)
    const abort = (): void => enter(() => this.#abort(waiter))
    if (signal?.aborted === true) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    if (turn !== undefined) turn.awaitedCount += 1
    turn?.leave()
    return promise
  }

  wake(key: string, count: number): number {
    let woken = 0
    for (const waiter of this.#byKey.get(key) ?? []) {
      if (woken >= count) break
      this.#wake(waiter, true)
      woken += 1
    }
    return woken
  }

  /** Ends the waiting of the call with this journal entry. */
  abort(sequence: number): void {
    for (const waiter of this.#byTask.values()) {
      if (waiter.cause?.sequence === sequence && this.#isWaiting(waiter)) this.#abort(waiter)
    }
  }

  /** Lets the one whose task has come go on. Ends when it has come to its end, or waits again. */
  async resume(taskId: string): Promise<void> {
    const waiter = this.#byTask.get(taskId)
    if (waiter === undefined) return
    this.#byTask.delete(taskId)
    this.#stopWaiting(waiter)
    const { turn } = waiter
    if (turn !== undefined) turn.awaitedCount -= 1
    const goesOn = turn !== undefined && !turn.running && turn.awaitedCount === 0
    if (goesOn) turn.begin()
    waiter.resolve(waiter.woken)
    if (goesOn) await turn.left
  }

  /** Nobody waits any more. */
  stop(): void {
    const all = [...this.#byTask.values()]
    this.#byTask.clear()
    this.#byKey.clear()
    for (const { taskId, resolve } of all) {
      this.#tasks.cancel(taskId)
      resolve(false)
    }
  }

  #abort(waiter: Waiter): void {
    if (!this.#isWaiting(waiter)) return
    this.#journal.append({
      atMs: this.#clock.nowMs,
      kind: 'outside',
      name: 'abort',
      cause: waiter.cause?.sequence,
      entered: true,
      data: {},
    })
    this.#wake(waiter, false)
  }

  /** From now on nobody else wakes it; its turn comes with a task that is due at once. */
  #wake(waiter: Waiter, woken: boolean): void {
    this.#stopWaiting(waiter)
    this.#tasks.cancel(waiter.taskId)
    this.#byTask.delete(waiter.taskId)
    waiter.taskId = this.#addTask(this.#clock.nowMs)
    waiter.woken = woken
    this.#byTask.set(waiter.taskId, waiter)
  }

  #isWaiting(waiter: Waiter): boolean {
    return this.#byKey.get(waiter.key)?.has(waiter) ?? false
  }

  #stopWaiting(waiter: Waiter): void {
    const waiting = this.#byKey.get(waiter.key)
    waiting?.delete(waiter)
    if (waiting?.size === 0) this.#byKey.delete(waiter.key)
  }

  #addTask(atMs: number): string {
    const nowhere = { accountId: '', region: '', cause: undefined }
    return this.#tasks.add({ name: wakeTask, input: null, atMs, ...nowhere }).id
  }
}
