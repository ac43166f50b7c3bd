import type { Clock, Wall } from './clock.ts'
import { invariant, SimulatorError } from './errors.ts'
import type { Journal, JournalEntry } from './journal.ts'
import type { TaskQueue, TaskRecord } from './tasks.ts'

/**
 * One piece of the model's work: a task, or a call that entered. Pieces run one at a time; one that has to
 * wait for something outside the model leaves, and the next may start.
 */
export interface Turn {
  leave(): void
  /** Whether it may wait for model time: a task that did would hold the very clock it waits for. */
  readonly mayWait: boolean
}

interface Waiter {
  wake: (woken: boolean) => void
  taskId: string
}

interface WakeInput {
  key: string
  number: number
}

const wakeTask = 'kernel.wake'

/** Recorded results of outside work, by its number in the run: what a replay answers with, in its time. */
export interface OutsideResults {
  get(number: number): Promise<unknown>
}

/**
 * Runs tasks in the order of their time, one at a time, and lets calls enter between them. The same
 * entering calls at the same moments give the same run.
 */
export class Scheduler {
  readonly #clock: Clock
  readonly #tasks: TaskQueue
  readonly #journal: Journal
  readonly #wall: Wall
  readonly #runTask: (task: TaskRecord, turn: Turn) => void | Promise<void>
  #draining: Promise<void> | undefined
  /** The call that is being worked on, until it ends or leaves. */
  #entered: Promise<void> | undefined
  #cancelTimer: (() => void) | undefined
  #stopped = false
  readonly #outstanding = new Set<Promise<void>>()
  readonly #waiters = new Map<string, Map<number, Waiter>>()
  #waiterNumber = 0
  #outsideNumber = 0
  /** What a task threw: a bug of ours, reported by whoever looks next. */
  readonly #bugs: unknown[] = []
  /** Called with what a task threw where nobody waits for it (a server). */
  onBug: ((error: unknown) => void) | undefined
  /** Set while a recording is replayed. */
  replayed: OutsideResults | undefined

  constructor(
    clock: Clock,
    tasks: TaskQueue,
    journal: Journal,
    wall: Wall,
    runTask: (task: TaskRecord, turn: Turn) => void | Promise<void>,
  ) {
    this.#clock = clock
    this.#tasks = tasks
    this.#journal = journal
    this.#wall = wall
    this.#runTask = runTask
  }

  /**
   * Lets something in from outside, after what was due before it and after the call that is being worked
   * on. What it causes to be due at once runs right after it.
   */
  async enter<T>(run: (turn: Turn) => T | Promise<T>): Promise<T> {
    for (;;) {
      const before = this.#entered ?? this.#draining
      if (before !== undefined) {
        await before
        continue
      }
      const dueMs = this.#clock.dueMs
      if (!this.#dueAt(dueMs)) {
        this.#clock.moveTo(dueMs)
        break
      }
      await this.#drain()
    }
    this.#report()
    const { turn, left } = newTurn(true)
    this.#entered = left.then(() => {
      this.#entered = undefined
    })
    try {
      return await run(turn)
    } finally {
      turn.leave()
      if (this.#dueAt(this.#clock.dueMs)) queueMicrotask(() => void this.#drainInBackground())
      else this.#arm()
    }
  }

  /** Runs all that is due at this moment, and what that makes due, and waits for outside work. */
  async settle(): Promise<void> {
    for (;;) {
      await this.#drain()
      if (this.#outstanding.size === 0) break
      await Promise.race(this.#outstanding)
    }
    this.#report()
  }

  /**
   * Moves model time as the wall would have: tasks run on the way, work outside is not waited for. A
   * replay follows a recording with it.
   */
  async driftTo(targetMs: number): Promise<void> {
    for (;;) {
      await this.#drain()
      const next = this.#tasks.first()
      if (next === undefined || next.atMs > targetMs) break
      this.#clock.moveTo(Math.max(next.atMs, this.#clock.nowMs))
    }
    this.#clock.moveTo(Math.max(targetMs, this.#clock.nowMs))
  }

  /** Moves model time, running every task on the way at its own moment. */
  async advanceTo(targetMs: number): Promise<void> {
    await this.settle()
    if (targetMs < this.#clock.nowMs) this.#clock.moveTo(targetMs) // Throws: time never goes back.
    for (;;) {
      const next = this.#tasks.first()
      if (next === undefined || next.atMs > targetMs) break
      this.#clock.moveTo(Math.max(next.atMs, this.#clock.nowMs))
      await this.settle()
    }
    this.#clock.moveTo(targetMs)
    this.#clock.anchor()
    this.#arm()
  }

  /**
   * Goes from task to task until `done` holds. False when it does not within `withinMs` of model time or
   * nothing is pending any more.
   */
  async advanceUntil(done: () => boolean, withinMs: number): Promise<boolean> {
    const limitMs = this.#clock.nowMs + withinMs
    await this.settle()
    while (!done()) {
      const next = this.#tasks.first()
      if (next === undefined || next.atMs > limitMs) return false
      await this.advanceTo(Math.max(next.atMs, this.#clock.nowMs))
    }
    return true
  }

  /**
   * Waits until `wake(key)` or until a moment of model time. True when woken. For calls that entered:
   * a task that waited would hold the clock it waits for. A fork or a restored cloud has no one waiting,
   * since the connection that waited is not part of it.
   */
  wait(key: string, untilMs: number, signal?: AbortSignal): Promise<boolean> {
    this.#waiterNumber += 1
    const number = this.#waiterNumber
    const input: WakeInput = { key, number }
    const { id: taskId } = this.#tasks.add({
      name: wakeTask,
      input,
      atMs: untilMs,
      accountId: '',
      region: '',
      cause: undefined,
    })
    this.#arm()
    return new Promise((resolve) => {
      let waiters = this.#waiters.get(key)
      if (waiters === undefined) {
        waiters = new Map()
        this.#waiters.set(key, waiters)
      }
      waiters.set(number, { wake: resolve, taskId })
      signal?.addEventListener('abort', () => this.#wakeOne(key, number, false), { once: true })
    })
  }

  /** Wakes the longest waiting one (or all) of those that wait for `key`. Returns how many. */
  wake(key: string, count = Number.POSITIVE_INFINITY): number {
    let woken = 0
    for (const number of this.#waiters.get(key)?.keys() ?? []) {
      if (woken >= count) break
      this.#wakeOne(key, number, true)
      woken += 1
    }
    return woken
  }

  /** Those that wait, by key: what a server that seems to hang waits for. */
  get waiting(): string[] {
    return [...this.#waiters.keys()]
  }

  /**
   * Does work outside the model: its result enters, and is journaled, when it comes. In a replay the
   * recorded result comes instead and `work` is not done. The result must be plain data.
   */
  async outside<T>(
    name: string,
    cause: JournalEntry | undefined,
    turn: Turn | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    this.#outsideNumber += 1
    const number = this.#outsideNumber
    turn?.leave()
    const known = this.replayed?.get(number)
    // A recording holds what this very piece of work returned.
    const result = known === undefined ? await work() : ((await known) as T)
    await this.enter(() =>
      this.#journal.append({
        atMs: this.#clock.nowMs,
        kind: 'outside',
        name,
        cause: cause?.sequence,
        entered: true,
        data: { number, result },
      }),
    )
    return result
  }

  /** Starts the timers of a clock that runs by itself. */
  start(): void {
    this.#arm()
  }

  /** No task runs after this. */
  stop(): void {
    this.#stopped = true
    this.#cancelTimer?.()
    for (const [key, waiters] of this.#waiters) {
      for (const number of waiters.keys()) this.#wakeOne(key, number, false)
    }
  }

  #dueAt(atMs: number): boolean {
    if (this.#stopped) return false
    const next = this.#tasks.first()
    return next !== undefined && next.atMs <= atMs
  }

  /** One loop at a time; whoever comes meanwhile waits for it. */
  async #drain(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining
    const draining = this.#runDue()
    this.#draining = draining
    try {
      await draining
    } finally {
      this.#draining = undefined
    }
    this.#arm()
  }

  async #drainInBackground(): Promise<void> {
    await this.#drain()
    if (this.onBug !== undefined) for (const bug of this.#bugs.splice(0)) this.onBug(bug)
  }

  async #runDue(): Promise<void> {
    for (;;) {
      if (this.#entered !== undefined) await this.#entered
      const dueMs = this.#clock.dueMs
      const task = this.#stopped ? undefined : this.#tasks.takeDue(dueMs)
      if (task === undefined) {
        this.#clock.moveTo(dueMs)
        return
      }
      if (task.atMs > this.#clock.nowMs) this.#clock.moveTo(task.atMs)
      await this.#run(task)
    }
  }

  /** Ends when the task has, or when it went to wait for something outside. */
  async #run(task: TaskRecord): Promise<void> {
    if (task.name === wakeTask) {
      const { key, number } = task.input as WakeInput // Only `wait` adds tasks of this name.
      this.#wakeOne(key, number, false)
      return
    }
    const { turn, left } = newTurn(false)
    let running: void | Promise<void>
    try {
      running = this.#runTask(task, turn)
    } catch (error) {
      this.#bugs.push(error)
      return
    }
    if (running === undefined) return
    const done = running.catch((error: unknown) => {
      this.#bugs.push(error)
    })
    this.#outstanding.add(done)
    void done.then(() => this.#outstanding.delete(done))
    await Promise.race([done, left])
  }

  #wakeOne(key: string, number: number, woken: boolean): void {
    const waiters = this.#waiters.get(key)
    const waiter = waiters?.get(number)
    if (waiters === undefined || waiter === undefined) return
    waiters.delete(number)
    if (waiters.size === 0) this.#waiters.delete(key)
    this.#tasks.cancel(waiter.taskId)
    waiter.wake(woken)
  }

  /** Sets the timer for the next task where the clock runs by itself. */
  #arm(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const next = this.#tasks.first()
    if (next === undefined || this.#stopped) return
    if (this.#clock.mode.kind === 'skip') {
      this.#cancelTimer = this.#wall.setTimer(0, () => void this.#skip())
      return
    }
    const delayMs = this.#clock.wallDelayMs(next.atMs)
    if (delayMs === undefined) return
    this.#cancelTimer = this.#wall.setTimer(delayMs, () => void this.#drainInBackground())
  }

  async #skip(): Promise<void> {
    if (this.#outstanding.size === 0 && this.#draining === undefined) {
      const next = this.#tasks.first()
      if (next !== undefined) this.#clock.moveTo(Math.max(next.atMs, this.#clock.nowMs))
    }
    await this.#drainInBackground()
  }

  #report(): void {
    if (this.#bugs.length === 0) return
    const [bug] = this.#bugs.splice(0)
    invariant(bug !== undefined, 'a task threw undefined')
    if (bug instanceof SimulatorError) throw bug
    throw bug
  }
}

function newTurn(mayWait: boolean): { turn: Turn; left: Promise<void> } {
  const { promise: left, resolve } = Promise.withResolvers<void>()
  return { turn: { leave: resolve, mayWait }, left }
}
