import { threadId } from 'node:worker_threads'
import type {
  CodeEnd,
  CodeEnvironment,
  CodeInvocation,
  CodeLogLine,
  CodeOutcome,
} from '@cloud-orrery/services'
import type { CodeProcess } from '../process.ts'
import type { CodeWorld } from '../world.ts'
import { Children } from './children.ts'
import { type Folders, mountFolders } from './folders.ts'
import type { HostMessage, WorkerMessage } from './messages.ts'
import { Requests } from './requests.ts'
import { Thread, type ThreadEnd } from './thread.ts'
import { startMessage } from './variables.ts'

export const engine = `node ${process.versions.node} (worker)`

/** Least real time that a piece of work may take before it counts as endless, in ms. */
const watchdogMsMin = 1000
/** How often a worker is told how far the model's clock has gone while it runs beside it, in ms of real time. */
const timeRefreshMs = 5
/** How often its memory is looked at while it runs, in ms of real time. */
const memoryCheckMs = 25

let environmentNumber = 0

interface Run {
  readonly world: CodeWorld
  readonly phase: 'init' | 'invoke'
  deadlineMs: number
  end: CodeEnd | undefined
  /** Fulfilled when it has ended. */
  readonly ended: PromiseWithResolvers<void>
}

/** An execution environment for Node: a worker thread and its folders. */
export class NodeProcess implements CodeProcess {
  readonly engine = engine
  readonly #environment: CodeEnvironment
  #folders: Folders | undefined
  #thread: Thread | undefined
  #logs: CodeLogLine[] = []
  readonly #marker: string
  readonly #children: Children
  readonly #requests: Requests
  #run: Run | undefined
  #initialized = false
  #gone = false
  /** Its memory is being looked at, which takes long where it waits for a process. */
  #checking = false
  /** Ends the piece that is under way: the worker has come to rest. */
  #onRest: (() => void) | undefined
  /** The worker looks at the clock only: nothing else can be handed to it. */
  #spinning = false
  #lastPiece: Promise<void> = Promise.resolve()
  /** What came while nothing could be handed over. */
  #waiting: HostMessage[] = []
  #takeBackTimer: (() => void) | undefined
  #takeBackSpin: (() => void) | undefined
  #timerAtMs: number | undefined
  #signal: string | undefined

  constructor(environment: CodeEnvironment) {
    this.#environment = environment
    environmentNumber += 1
    this.#marker = `${process.pid}.${threadId}.${environmentNumber}`
    this.#children = new Children(this.#marker)
    this.#requests = new Requests((message) => this.#deliver(message))
  }

  async invoke(invocation: CodeInvocation | undefined, world: CodeWorld): Promise<CodeOutcome> {
    const started = !this.#initialized
    let initEndedAtMs: number | undefined
    let delayMs = 0
    this.#requests.world = world
    if (started) {
      const startMs = world.nowMs()
      const end = await this.#init(world)
      initEndedAtMs = world.nowMs()
      delayMs = initEndedAtMs - startMs
      if (end !== undefined) return await this.#outcome(world, end, started, initEndedAtMs)
    }
    let end: CodeEnd = { kind: 'returned', payload: 'null' }
    if (invocation !== undefined) {
      // Time for the handler counts from the end of the init phase.
      const deadlineMs = invocation.deadlineMs + delayMs
      const own = delayMs === 0 ? invocation : { ...invocation, deadlineMs }
      const message: HostMessage = { type: 'invoke', invocation: own }
      end = await this.#phase(world, 'invoke', deadlineMs, () => this.#hand(message))
    }
    return await this.#outcome(world, end, started, initEndedAtMs)
  }

  async end(): Promise<void> {
    this.#gone = true
    // What is under way has no end of its own any more.
    this.#finish({ kind: 'lost' })
    this.#run?.ended.resolve()
    this.#onRest?.()
    this.#requests.end()
    await this.#thread?.end()
    this.#children.end()
    await this.#folders?.release()
    this.#folders = undefined
  }

  async #init(world: CodeWorld): Promise<CodeEnd | undefined> {
    const { initTimeoutMs } = this.#environment
    const end = await this.#phase(world, 'init', world.nowMs() + initTimeoutMs, async () => {
      const folders = await mountFolders(this.#environment, world)
      if (this.#gone) return await folders.release()
      this.#folders = folders
      this.#thread = new Thread(this.#environment.memoryMb, this)
      this.#setTime(world)
      this.#thread.ref()
      await this.#rest(() => undefined)
      await this.#hand(startMessage(this.#environment, this.#folders, this.#marker))
    })
    if (!this.#initialized) return end
    return undefined
  }

  async #outcome(
    world: CodeWorld,
    end: CodeEnd,
    started: boolean,
    initEndedAtMs: number | undefined,
  ): Promise<CodeOutcome> {
    const alive = !this.#gone
    // Time stands still until nothing of it is left.
    if (!alive) await world.turns.piece(() => this.end())
    this.#thread?.unref()
    const logs = this.#logs
    this.#logs = []
    return {
      end,
      logs,
      started,
      ...(initEndedAtMs === undefined ? {} : { initEndedAtMs }),
      alive,
      extensions: [],
      engine,
    }
  }

  /** Runs the init phase or an invocation from its first piece to its end. */
  async #phase(
    world: CodeWorld,
    phase: Run['phase'],
    deadlineMs: number,
    first: () => Promise<void>,
  ): Promise<CodeEnd> {
    const run: Run = { world, phase, deadlineMs, end: undefined, ended: Promise.withResolvers() }
    this.#run = run
    const takeBack = world.turns.at(deadlineMs, () => this.#timeOut(run))
    this.#thread?.ref()
    this.#piece(run, first)
    const late = this.#waiting
    this.#waiting = []
    for (const message of late) this.#deliver(message)
    await run.ended.promise
    takeBack()
    this.#takeBackTimer?.()
    this.#takeBackTimer = undefined
    this.#takeBackSpin?.()
    this.#takeBackSpin = undefined
    this.#timerAtMs = undefined
    this.#run = undefined
    return run.end ?? { kind: 'lost' }
  }

  #timeOut(run: Run): void {
    if (run.end !== undefined) return
    this.#stop()
    this.#piece(run, async () => {
      await this.#thread?.end()
      this.#finish({ kind: 'timedOut', phase: run.phase })
    })
  }

  #finish(end: CodeEnd): void {
    const run = this.#run
    if (run === undefined || run.end !== undefined) return
    if (end.kind !== 'returned' && end.kind !== 'failed' && end.kind !== 'streamed')
      this.#gone = true
    run.end = end
  }

  /** A stretch in which the worker may do something. */
  #piece(run: Run, step: () => Promise<void>): void {
    const before = this.#lastPiece
    const piece = run.world.turns.piece(async () => {
      // With a real clock pieces are not put in order by the scheduler.
      await before
      try {
        if (run.end === undefined) await this.#watched(run, step)
      } catch (error) {
        // The code's own errors never come here: this machine could not do what it takes.
        this.#finish({ kind: 'unavailable', message: messageOf(error) })
      }
      if (run.end !== undefined) run.ended.resolve()
    })
    this.#lastPiece = piece
    void piece
  }

  /** Hands a message over in a piece of its own; what comes between two invocations waits for the next one. */
  #deliver(message: HostMessage): void {
    const run = this.#run
    if (this.#gone) return
    if (run === undefined || run.end !== undefined) {
      this.#waiting.push(message)
      return
    }
    this.#piece(run, async () => {
      if (this.#spinning) this.#waiting.push(message)
      else await this.#hand(message)
    })
  }

  async #hand(message: HostMessage): Promise<void> {
    const run = this.#run
    if (this.#thread === undefined || run === undefined) return
    this.#setTime(run.world)
    await this.#rest(() => this.#thread?.send(message))
  }

  #setTime(world: CodeWorld): void {
    this.#thread?.setTime(world.nowMs(), world.pace)
  }

  /** Ends when the worker is at rest again. */
  async #rest(begin: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onRest = resolve
    begin()
    await promise
    this.#onRest = undefined
  }

  /** Code that runs on and on is stopped; to the model it ran until its deadline. */
  async #watched(run: Run, step: () => Promise<void>): Promise<void> {
    const { world } = run
    const leftMs = run.deadlineMs - world.nowMs()
    const watchdog = setTimeout(() => this.#stop(), Math.max(watchdogMsMin, leftMs))
    const refresh =
      world.pace === 0 ? undefined : setInterval(() => this.#setTime(world), timeRefreshMs)
    const memory = setInterval(() => void this.#checkMemory(run), memoryCheckMs)
    try {
      await step()
    } finally {
      clearTimeout(watchdog)
      clearInterval(memory)
      clearInterval(refresh)
    }
  }

  /** Lambda ends a process that takes more memory than the function has. */
  async #checkMemory(run: Run): Promise<void> {
    if (this.#checking) return
    this.#checking = true
    const bytes = (await this.#thread?.memoryBytes()) ?? 0
    this.#checking = false
    if (bytes <= memoryBytesMax(this.#environment.memoryMb) || run.end !== undefined) return
    if (this.#gone) return
    this.#finish({ kind: 'exited', phase: run.phase, reason: 'signal: killed', outOfMemory: true })
    await this.#thread?.end()
  }

  /** The worker goes now; the deadline, when it comes, says so. */
  #stop(): void {
    this.#gone = true
    void this.#thread?.end()
    // The thread cannot end while it waits for a process.
    this.#children.end()
  }

  message(message: WorkerMessage): void {
    if (message.type === 'log') this.#logs.push({ atMs: message.atMs, text: message.text })
    else if (message.type === 'request') this.#requests.start(message)
    else if (message.type === 'abort') this.#requests.abort(message.id)
    else if (message.type === 'child') this.#children.add(message.pid)
    else if (message.type === 'childEnded') this.#children.remove(message.pid)
    else if (message.type === 'signal') this.#signal = message.reason
    else this.#progress(message)
  }

  #progress(message: Extract<WorkerMessage, { type: 'rest' | 'spin' | 'initialized' | 'done' }>) {
    switch (message.type) {
      case 'rest':
        this.#setTimer(message.nextAtMs)
        this.#onRest?.()
        break
      case 'spin':
        this.#spin(message.untilMs)
        break
      case 'initialized':
        this.#initialized = true
        this.#finish({ kind: 'returned', payload: 'null' })
        break
      case 'done':
        this.#finish(message.end)
        if (message.fatal) this.#gone = true
    }
  }

  /** The code's first timer is due at this moment. */
  #setTimer(atMs: number | undefined): void {
    const run = this.#run
    if (run === undefined || run.end !== undefined || atMs === this.#timerAtMs) return
    this.#takeBackTimer?.()
    this.#takeBackTimer = undefined
    this.#timerAtMs = atMs
    if (atMs === undefined) return
    this.#takeBackTimer = run.world.turns.at(atMs, () => {
      this.#timerAtMs = undefined
      this.#deliver({ type: 'moment' })
    })
  }

  #spin(untilMs: number): void {
    const run = this.#run
    if (run === undefined) return
    this.#spinning = true
    this.#takeBackSpin = run.world.turns.at(Math.min(untilMs, run.deadlineMs), () => {
      if (run.end !== undefined || this.#run !== run) return
      this.#piece(run, async () => {
        this.#spinning = false
        const late = this.#waiting
        this.#waiting = []
        await this.#hand({ type: 'moment' })
        for (const message of late) this.#deliver(message)
      })
    })
    this.#onRest?.()
  }

  ended({ code, outOfMemory, error }: ThreadEnd): void {
    const run = this.#run
    const stopped = this.#gone
    this.#gone = true
    // A worker that was stopped for running too long has its deadline still before it.
    if (run !== undefined && run.end === undefined && !stopped) {
      if (error !== undefined && !outOfMemory)
        this.#logs.push({ atMs: run.world.nowMs(), text: String(error.stack) })
      const reason = outOfMemory ? 'signal: killed' : (this.#signal ?? `exit status ${code}`)
      this.#finish({ kind: 'exited', phase: run.phase, reason, outOfMemory })
    }
    this.#onRest?.()
    if (run?.end !== undefined) run.ended.resolve()
  }
}

/**
 * Deviation: a quarter and 32 MB more than the function has, since what is counted includes garbage that has not been
 * collected yet, and not what Node itself takes on AWS.
 */
function memoryBytesMax(memoryMb: number): number {
  return (memoryMb * 1.25 + 32) * 2 ** 20
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
