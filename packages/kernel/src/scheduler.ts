import { Bugs } from './bugs.ts'
import type { Clock, Wall } from './clock.ts'
import type { CodeTurns, CodeWork, OutsideResults } from './code.ts'
import { CodeRuns, codeMomentTask } from './code.ts'
import { EndlessWork } from './endless-work.ts'
import { EntryDoor } from './entry-door.ts'
import type { Journal, JournalEntry } from './journal.ts'
import { Pauses } from './pauses.ts'
import type { TaskQueue, TaskRecord } from './tasks.ts'
import { Turn } from './turn.ts'
import { type Departure, Waiters, type WaitOptions, wakeTask } from './waiters.ts'

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
  #running: Turn | undefined
  readonly #door = new EntryDoor()
  /** The last one that runs or stands in line. */
  #last: Turn | undefined
  #cancelTimer: (() => void) | undefined
  /** The task that the timer is set for. */
  #armedFor: string | undefined
  #stopped = false
  readonly #outside = new Set<Promise<unknown>>()
  /** How many pieces of outside work have begun, over the whole run: each result is journaled under its own number. */
  outsideNumber = 0
  readonly #code: CodeRuns
  /** Advances that are under way: a held clock does not move by itself meanwhile. */
  #advancing = 0
  /** One at a time: the one that is at it goes on from whatever changed meanwhile, and arms the next. */
  #skipping = false
  readonly #endless = new EndlessWork()
  readonly #pauses = new Pauses()
  readonly #waiters: Waiters
  readonly bugs = new Bugs()
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
    this.#waiters = new Waiters(clock, tasks, journal)
    this.#code = new CodeRuns(tasks)
  }

  /**
   * Lets something in from outside, after what was due before it and after the calls that came before. What
   * it causes to be due at once runs right after it. `onLeave` is called when it first waits, and at its end.
   * `movesTime`: see `Turn`.
   */
  async enter<T>(
    run: (turn: Turn) => T | Promise<T>,
    onLeave?: () => void,
    options: { movesTime?: boolean } = {},
  ): Promise<T> {
    const comesFromOutside = options.movesTime === true && this.#clock.mode.kind !== 'real'
    const waits = comesFromOutside && (this.#code.size > 0 || this.#door.isWaitedAt)
    const leaveDoor = waits ? await this.#door.wait(() => this.#restOfCode()) : nothing
    const turn = this.#newTurn(true, onLeave, options)
    const entering = this.#inTurn(() => {
      this.bugs.report()
      return run(turn)
    }, turn)
    leaveDoor()
    return await entering
  }

  /** Runs all that is due at this moment, and what that makes due, and waits for outside work. */
  async settle(): Promise<void> {
    for (;;) {
      await this.#drain()
      await this.rest()
      if (this.#dueAt(this.#clock.nowMs)) continue
      if (!(await this.#codeRests())) continue
      if (this.#outside.size === 0) break
      await Promise.race(this.#outside)
    }
    this.bugs.report()
  }

  /** Ends when no piece of work runs or waits for its turn. */
  async rest(): Promise<void> {
    for (;;) {
      const before = this.#last ?? this.#running
      if (before !== undefined) await before.left
      else if (this.#draining !== undefined) await this.#draining
      else return
    }
  }

  /**
   * Moves model time as the wall would have: tasks run on the way, work outside is not waited for. A
   * replay follows a recording with it.
   */
  async driftTo(targetMs: number): Promise<void> {
    for (;;) {
      await this.#drain()
      await this.rest()
      const next = this.#tasks.first()
      if (next === undefined || next.atMs > targetMs) break
      this.#clock.moveTo(Math.max(next.atMs, this.#clock.nowMs))
    }
    this.#clock.moveTo(Math.max(targetMs, this.#clock.nowMs))
    this.#clock.anchor()
  }

  /** Moves model time, each task on its way at its own moment, while somebody waits. Throws for a moment that has passed. */
  async advanceTo(targetMs: number, departure?: Departure): Promise<void> {
    this.#clock.check(targetMs)
    this.#advancing += 1
    try {
      await this.#goTo(targetMs, departure)
    } finally {
      this.#advancing -= 1
    }
    this.#clock.anchor()
    this.#armedFor = undefined
    this.#arm()
  }

  async #goTo(targetMs: number, departure: Departure | undefined): Promise<void> {
    for (;;) {
      await this.settle()
      if (this.#stopped || departure?.aborted === true) return
      if (this.#busy()) continue
      const next = this.#tasks.first()
      // A clock that follows the wall may have gone further by itself meanwhile.
      const nowMs = this.#clock.dueMs
      if (next === undefined || next.atMs > targetMs) {
        this.#clock.moveTo(Math.max(targetMs, nowMs))
        return
      }
      this.#clock.moveTo(Math.max(next.atMs, this.#clock.nowMs))
    }
  }

  /**
   * Goes from task to task until `done` holds. False when it does not within `withinMs` of model time or
   * nothing is pending any more.
   */
  async advanceUntil(done: () => boolean, withinMs: number): Promise<boolean> {
    const limitMs = this.#clock.dueMs + withinMs
    await this.settle()
    while (!done()) {
      const next = this.#tasks.first()
      if (next === undefined || next.atMs > limitMs) return false
      await this.advanceTo(Math.max(next.atMs, this.#clock.dueMs))
    }
    return true
  }

  /**
   * Waits until `wake(key)` or until a moment of model time. True when woken. Its turn comes again in the order of all
   * tasks. A fork or a restored cloud has no one waiting, since the connection that waited is not part of it.
   */
  wait(key: string, untilMs: number, options: WaitOptions = {}): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false)
    const waiting = this.#waiters.wait(key, untilMs, options, (run) => void this.enter(run))
    this.#goOn()
    return waiting
  }

  /** Wakes the longest waiting one (or `count`, or all) of those that wait for `key`. Returns how many. */
  wake(key: string, count = Number.POSITIVE_INFINITY): number {
    return this.#waiters.wake(key, count)
  }

  /** Ends the waiting of the call with this journal entry, as its sender's going away did in a recording. */
  abort(sequence: number): void {
    this.#waiters.abort(sequence)
  }

  /** The keys that someone waits for: what a server that seems to hang waits for. */
  get waiting(): string[] {
    return this.#waiters.keys
  }

  /** Names of the user's code that runs or is at rest within a run, the longest running first. */
  get runningCode(): string[] {
    return this.#code.names
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
    this.outsideNumber += 1
    const own = turn ?? this.#newTurn(false)
    const working = this.#workOutside(this.outsideNumber, name, cause, own, work)
    const done = working.then(nothing, nothing)
    this.#outside.add(done)
    try {
      return await working
    } finally {
      this.#outside.delete(done)
      if (turn === undefined) {
        own.leave()
        this.#goOn()
      }
    }
  }

  /**
   * Runs the user's code, piece by piece. Its result enters, and is journaled, when it comes; a replay answers with
   * the recorded one. A held clock moves on by itself, from task to task, while a caller outside waits for nothing
   * but code that is at rest.
   */
  async code<T>(
    name: string,
    cause: JournalEntry | undefined,
    turn: Turn | undefined,
    { work, lost }: CodeWork<T>,
  ): Promise<T> {
    this.outsideNumber += 1
    const own = turn ?? this.#newTurn(false)
    const end = this.#code.start(own, name)
    const replayed = this.replayed !== undefined
    try {
      return await this.#workOutside(this.outsideNumber, name, cause, own, () =>
        replayed ? Promise.resolve(lost()) : work(this.#codeTurns),
      )
    } finally {
      end()
      if (turn === undefined) {
        own.leave()
        this.#goOn()
      }
    }
  }

  /** Starts the timers of a clock that runs by itself. */
  start(): void {
    this.#arm()
  }

  /** No task runs after this, and nobody waits any more. */
  stop(): void {
    this.#stopped = true
    this.#cancelTimer?.()
    this.#waiters.stop()
  }

  async #workOutside<T>(
    number: number,
    name: string,
    cause: JournalEntry | undefined,
    turn: Turn,
    work: () => Promise<T>,
  ): Promise<T> {
    turn.awaitedCount += 1
    turn.leave()
    this.#goOn()
    let result: T
    try {
      const known = await this.replayed?.get(number)
      // A recording holds what this very piece of work returned.
      result = known === undefined ? await work() : (known.result as T)
    } finally {
      turn.awaitedCount -= 1
      if (!turn.running && !this.#takeAtOnce(turn)) await this.#take(turn)
    }
    this.#journal.append({
      atMs: this.#clock.nowMs,
      kind: 'outside',
      name,
      cause: cause?.sequence,
      entered: true,
      data: { number, result },
    })
    if (turn.awaitedCount > 0) turn.leave()
    return result
  }

  readonly #codeTurns: CodeTurns = {
    piece: (step) => this.#pieceOfCode(step),
    at: (atMs, run) => {
      const takeBack = this.#code.at(Math.max(atMs, this.#clock.nowMs), run)
      this.#goOn()
      return takeBack
    },
  }

  async #pieceOfCode(step: () => Promise<void>): Promise<void> {
    const isReal = this.#clock.mode.kind === 'real'
    if (!isReal) return await this.#inTurn(() => this.#clock.standFor(step))
    const piece = step()
    const done = piece.then(nothing, nothing)
    this.#outside.add(done)
    await piece.finally(() => this.#outside.delete(done))
  }

  /**
   * Whether no piece of code is on its way. Between two pieces, and between a piece and the calls and results that
   * came from it, lie only steps of this process that no timer comes between.
   */
  async #codeRests(): Promise<boolean> {
    if (this.#code.size === 0) return true
    await new Promise((resolve) => setImmediate(resolve))
    return this.#last === undefined && !this.#busy() && !this.#dueAt(this.#clock.nowMs)
  }

  async #restOfCode(): Promise<void> {
    do await this.#drain().then(() => this.rest())
    while (!(await this.#codeRests()))
  }

  /** Whether a held clock has to move so that a caller outside gets an answer. */
  get #movesByItself(): boolean {
    if (this.#clock.mode.kind === 'skip') return true
    return this.#clock.mode.kind === 'held' && this.#advancing === 0 && this.#code.moveTime
  }

  async #inTurn<T>(run: (turn: Turn) => T | Promise<T>, turn = this.#newTurn(false)): Promise<T> {
    if (!this.#takeAtOnce(turn)) await this.#take(turn)
    try {
      return await run(turn)
    } finally {
      turn.leave()
      this.#goOn()
    }
  }

  /** Takes the turn if nothing runs, nothing waits for it, and nothing is due before. */
  #takeAtOnce(turn: Turn): boolean {
    if (this.#last !== undefined || this.#busy()) return false
    const dueMs = this.#clock.dueMs
    if (this.#dueAt(dueMs)) return false
    this.#clock.moveTo(dueMs)
    turn.begin()
    this.#last = turn
    this.#running = turn
    return true
  }

  /** Takes the turn after all who asked before, and after what was due before. */
  async #take(turn: Turn): Promise<void> {
    const before = this.#last
    turn.begin()
    this.#last = turn
    await before?.left
    for (;;) {
      const dueMs = this.#clock.dueMs
      if (this.#running !== undefined) await this.#running.left
      else if (this.#draining !== undefined) await this.#draining
      else if (this.#dueAt(dueMs)) await this.#drain()
      else {
        this.#clock.moveTo(dueMs)
        break
      }
    }
    this.#running = turn
  }

  #newTurn(mayWait: boolean, onLeave?: () => void, options?: { movesTime?: boolean }): Turn {
    const left = (turn: Turn): void => {
      if (this.#running === turn) this.#running = undefined
      if (this.#last === turn) this.#last = undefined
      onLeave?.()
    }
    return new Turn(mayWait, left, options)
  }

  #busy(): boolean {
    return this.#running !== undefined || this.#draining !== undefined
  }

  /** After a piece: what it made due runs at once. */
  #goOn(): void {
    if (this.#dueAt(this.#clock.dueMs)) queueMicrotask(() => void this.#drainInBackground())
    else this.#arm()
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
    if (this.bugs.listener !== undefined) this.bugs.report()
  }

  async #runDue(): Promise<void> {
    for (;;) {
      if (this.#pauses.isDue()) await this.#pauses.take()
      if (this.#running !== undefined) await this.#running.left
      const dueMs = this.#clock.dueMs
      const task = this.#stopped ? undefined : this.#tasks.takeDue(dueMs)
      if (task === undefined) {
        this.#clock.moveTo(dueMs)
        return
      }
      if (task.atMs > this.#clock.nowMs) this.#clock.moveTo(task.atMs)
      if (task.name === wakeTask) await this.#waiters.resume(task.id)
      else if (task.name === codeMomentTask) this.#code.come(task.id)
      else if (!this.#isEndless(task)) await this.#runOne(task)
    }
  }

  /** Puts a task off by a millisecond when too many ran at this moment, and says so. */
  #isEndless(task: TaskRecord): boolean {
    const { nowMs } = this.#clock
    const { tooMany, error } = this.#endless.count(nowMs, task.name)
    if (error !== undefined) this.bugs.add(error)
    if (tooMany) this.#tasks.add({ ...task, atMs: nowMs + 1 })
    return tooMany
  }

  /** Ends when the task has, or when it went to wait for something. */
  async #runOne(task: TaskRecord): Promise<void> {
    const turn = this.#newTurn(false)
    turn.begin()
    let running: void | Promise<void>
    try {
      running = this.#runTask(task, turn)
    } catch (error) {
      return this.bugs.add(error)
    }
    if (running === undefined) return
    void running
      .catch((error: unknown) => this.bugs.add(error))
      .then(() => {
        turn.leave()
        this.#goOn()
      })
    await turn.left
  }

  /** Sets the timer for the next task where the clock runs by itself. */
  #arm(): void {
    const movesByItself = this.#movesByItself
    if ((this.#clock.mode.kind === 'held' && !movesByItself) || this.#skipping) return
    const next = this.#stopped ? undefined : this.#tasks.first()
    if (next?.id === this.#armedFor) return
    this.#armedFor = next?.id
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (next === undefined) return
    const delayMs = movesByItself ? 0 : this.#clock.wallDelayMs(next.atMs)
    if (delayMs === undefined) this.#armedFor = undefined
    else
      this.#cancelTimer = this.#wall.setTimer(delayMs, () => {
        this.#armedFor = undefined
        void (movesByItself ? this.#skip() : this.#drainInBackground())
      })
  }

  async #skip(): Promise<void> {
    this.#skipping = true
    await this.#restOfCode()
    this.#skipping = false
    const next = this.#tasks.first()
    const movesOn = this.#outside.size === 0 && this.#movesByItself
    if (movesOn && next !== undefined && next.atMs > this.#clock.nowMs) {
      this.#clock.moveTo(next.atMs)
      this.#clock.anchor()
    }
    await this.#drainInBackground()
  }
}

function nothing(): void {}
