import type { JournalEntry } from './journal.ts'
import type { Turn } from './turn.ts'

/** A call that waits for model time or for someone to wake it. */
export interface Waiter {
  readonly key: string
  readonly turn: Turn | undefined
  readonly cause: JournalEntry | undefined
  readonly resolve: (woken: boolean) => void
  /** The task that ends the waiting: at its time, or at once when it was woken. */
  taskId: string
  woken: boolean
}

/** Everyone who waits, by the key they wait for, the longest waiting first. */
export class Waiters {
  readonly #byKey = new Map<string, Set<Waiter>>()
  /** Woken ones too, until their task has run. */
  readonly #byTask = new Map<string, Waiter>()

  get keys(): string[] {
    return [...this.#byKey.keys()]
  }

  add(waiter: Waiter): void {
    let waiting = this.#byKey.get(waiter.key)
    if (waiting === undefined) {
      waiting = new Set()
      this.#byKey.set(waiter.key, waiting)
    }
    waiting.add(waiter)
    this.#byTask.set(waiter.taskId, waiter)
  }

  waitingFor(key: string): Iterable<Waiter> {
    return this.#byKey.get(key) ?? []
  }

  isWaiting(waiter: Waiter): boolean {
    return this.#byKey.get(waiter.key)?.has(waiter) ?? false
  }

  /** The one that waits under a journal entry. */
  ofCall(sequence: number): Waiter | undefined {
    for (const waiter of this.#byTask.values()) {
      if (waiter.cause?.sequence === sequence && this.isWaiting(waiter)) return waiter
    }
    return undefined
  }

  /** From now on nobody else wakes it; its turn comes with another task. */
  wake(waiter: Waiter, woken: boolean, taskId: string): void {
    this.#stopWaiting(waiter)
    this.#byTask.delete(waiter.taskId)
    waiter.taskId = taskId
    waiter.woken = woken
    this.#byTask.set(taskId, waiter)
  }

  /** The one whose task has come. Undefined in a fork: the connection that waited is not part of it. */
  take(taskId: string): Waiter | undefined {
    const waiter = this.#byTask.get(taskId)
    if (waiter === undefined) return undefined
    this.#byTask.delete(taskId)
    this.#stopWaiting(waiter)
    return waiter
  }

  takeAll(): Waiter[] {
    const all = [...this.#byTask.values()]
    this.#byTask.clear()
    this.#byKey.clear()
    return all
  }

  #stopWaiting(waiter: Waiter): void {
    const waiting = this.#byKey.get(waiter.key)
    waiting?.delete(waiter)
    if (waiting?.size === 0) this.#byKey.delete(waiter.key)
  }
}
