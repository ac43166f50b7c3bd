import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HttpResponse } from '@cloud-orrery/protocols'
import type { CodeEnd, CodeEnvironment, CodeInvocation, CodeOutcome } from '@cloud-orrery/services'
import { type Unpacked, unpack } from '../archive.ts'
import type { CodeProcess } from '../process.ts'
import { removeFolder, temporaryFolder } from '../temporary-folder.ts'
import type { CodeWorld } from '../world.ts'
import { LogLines } from './log-lines.ts'
import { type ProcessRequest, portOf, serve, Traffic } from './loopback-server.ts'
import { ModelClock } from './model-clock.ts'
import {
  areAsleep,
  exitReason,
  familyOf,
  forgetAtExit,
  gone,
  killAtExit,
  markVariable,
  ownTreeOf,
  residentBytes,
  signalAll,
  signalOne,
} from './process-group.ts'
import { RuntimeApi } from './runtime-api.ts'
import {
  canSandbox,
  type Folders,
  type Interpreter,
  isHidden,
  sandboxClock,
  sandboxed,
} from './sandbox.ts'
import { WorkMeter } from './work-meter.ts'

/** How a family of runtimes starts its process. */
export interface Launch {
  /** For people. */
  readonly engine: string
  /** Whether hooks of the language bring the model's time to the code; else it has the machine's. */
  readonly hasModelTime: boolean
  /** The machine's interpreter of the language. Where a sandbox would hide it there is none. */
  readonly interpreter?: Interpreter
  /** The command, run in the folder of the code. */
  command(places: Places): readonly string[]
  variables(ports: Ports, places: Places): Readonly<Record<string, string>>
}

/** Where the code sees its folders. */
export interface Places {
  readonly task: string
  readonly opt: string
  readonly runtime: string
  readonly tmp: string
}

export interface Ports {
  /** Runtime API, and the endpoint of every AWS service. */
  readonly api: number
  /** Where the hooks of a language lead what goes to a true name by `http:`. */
  readonly plain: number
  /** Likewise by `https:`, without its TLS. */
  readonly tls: number
}

/** Real time for extensions and runtime to shut down, in ms. Source: Lambda Extensions API, "Shutdown phase". */
const shutdownMs = 2_000
/** Work that a phase may take at least, in ms, however near its deadline is in model time. */
const phaseMsMin = 1_000
/** Real time between looks at a process that works, in ms: at first, and when it works for long. */
const lookMs = 2
const lookMsMax = 16

const inSandbox: Places = { task: '/var/task', opt: '/opt', runtime: '/var/runtime', tmp: '/tmp' }

/** What our side of each runtime consists of. */
const runtimeFolder = fileURLToPath(new URL('../../python', import.meta.url))

/** An execution environment that is a group of processes speaking Lambda's Runtime API. */
export class ProcessEnvironment implements CodeProcess {
  readonly #environment: CodeEnvironment
  readonly #launch: Launch
  readonly #api: RuntimeApi
  readonly #logs: LogLines
  readonly #children: ChildProcess[] = []
  #servers: readonly Server[] = []
  readonly #traffic = new Traffic()
  #folders: Folders | undefined
  #unpacked: Unpacked[] = []
  #clock: ModelClock | undefined
  /** The runtime's own process. */
  #child: ChildProcess | undefined
  #exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined
  #outOfMemory = false
  #isSandboxed = false
  #hasEnded = false
  /** The file tree of its sandbox. */
  #tree: string | undefined
  #world: CodeWorld | undefined
  /** Work that the phase may still take, in ms. */
  #workLeftMs = 0
  #stuck = false
  /** Requests into the cloud, and sleeps, that are not answered. */
  #outstanding = 0
  #changed = Promise.withResolvers<void>()

  constructor(environment: CodeEnvironment, launch: Launch) {
    this.#environment = environment
    this.#launch = launch
    this.#api = new RuntimeApi(environment)
    this.#logs = new LogLines(() => this.#world?.nowMs() ?? 0)
  }

  get engine(): string {
    return this.#launch.engine
  }

  async invoke(invocation: CodeInvocation | undefined, world: CodeWorld): Promise<CodeOutcome> {
    this.#world = world
    this.#outstanding = 0
    const started = this.#child === undefined
    let initEndedAtMs: number | undefined
    let end: CodeEnd | undefined
    if (started) {
      const deadlineMs = world.nowMs() + this.#environment.initTimeoutMs
      end = await this.#phase('init', world, deadlineMs, () => this.#start(world))
      end ??= this.#api.initFailure()
      initEndedAtMs = world.nowMs()
    }
    if (end === undefined && invocation !== undefined) {
      const { deadlineMs } = invocation
      end = await this.#phase('invoke', world, deadlineMs, async () =>
        this.#api.hand(this.#launch.hasModelTime ? invocation : onMachineTime(invocation, world)),
      )
      end ??= this.#api.result(world.nowMs())
    }
    const goesOn = end === undefined || /^(returned|streamed|failed)$/.test(end.kind)
    const alive = goesOn && this.#exit === undefined
    if (alive) this.#signal('SIGSTOP') // On AWS the environment is frozen between invocations.
    this.#world = undefined
    return {
      end: this.#shown(end ?? { kind: 'returned', payload: 'null' }),
      logs: this.#shown(this.#logs.take()),
      started,
      ...(initEndedAtMs === undefined ? {} : { initEndedAtMs }),
      alive,
      extensions: this.#api.extensions.names,
      engine: this.engine,
    }
  }

  /** What the code told, with the places of AWS for those of this machine, which are others in each run. */
  #shown<T>(told: T): T {
    if (this.#folders === undefined || this.#isSandboxed) return told
    const { task, opt, tmp } = this.#folders
    const text = JSON.stringify(told)
      .replaceAll(task, inSandbox.task)
      .replaceAll(opt, inSandbox.opt)
      .replaceAll(tmp, inSandbox.tmp)
    return JSON.parse(text) as T // As it was, but for texts.
  }

  async end(): Promise<void> {
    this.#hasEnded = true
    const pid = this.#child?.pid
    if (pid !== undefined && this.#exit === undefined) {
      signalAll(pid, this.#mark, 'SIGCONT')
      const event = { shutdownReason: 'spindown', deadlineMs: Date.now() + shutdownMs }
      if (this.#api.extensions.send('SHUTDOWN', event) > 0) {
        signalOne(pid, 'SIGTERM')
        await Promise.race([this.#allGone(), delay(shutdownMs)])
      }
    }
    await this.#kill()
    forgetAtExit(this)
    for (const server of this.#servers) {
      server.closeAllConnections()
      server.close()
    }
    this.#servers = []
    this.#clock?.close()
    this.#clock = undefined
    if (this.#folders !== undefined) {
      await removeFolder(this.#folders.own)
      this.#folders = undefined
    }
    await Promise.all(this.#unpacked.splice(0).map((one) => one.release()))
  }

  /** For the end of the simulator itself. */
  killNow(): void {
    for (const { pid } of this.#children) {
      if (pid !== undefined) signalAll(pid, this.#mark, 'SIGKILL')
    }
    if (this.#folders !== undefined) rmSync(this.#folders.own, { recursive: true, force: true })
  }

  /** Hands something over and waits, in model time, for the end of the phase. Undefined: it went well so far. */
  async #phase(
    phase: 'init' | 'invoke',
    world: CodeWorld,
    deadlineMs: number,
    begin: () => Promise<void>,
  ): Promise<CodeEnd | undefined> {
    let isLate = false
    const takeBack = world.turns.at(deadlineMs, () => {
      isLate = true
      this.#note()
    })
    this.#stuck = false
    this.#workLeftMs = Math.max(phaseMsMin, deadlineMs - world.nowMs())
    let failure: unknown
    void this.#piece(world, begin).catch((error: unknown) => {
      failure = error
      this.#note()
    })
    // With a held clock the deadline comes only when nothing runs: what is stuck is given up, then time goes on.
    while (!isLate && this.#exit === undefined && failure === undefined) {
      if (this.#api.isDone && !this.#working) break
      await this.#changed.promise
    }
    takeBack()
    if (failure !== undefined) throw failure
    if (this.#api.isDone && !isLate) return undefined
    if (!isLate && this.#exit !== undefined && !this.#stuck) {
      // What was posted before the end counts: libraries tell of a panic, then exit.
      return this.#api.hasPosted ? undefined : this.#exited(phase, this.#exit)
    }
    await world.turns.piece(() => this.#kill())
    if (!isLate) await new Promise<void>((resolve) => void world.turns.at(deadlineMs, resolve))
    return { kind: 'timedOut', phase }
  }

  #working = 0

  /** One piece of the model's order: `act` hands something to the process, which then runs until it rests. */
  async #piece(world: CodeWorld, act: () => void | Promise<void>): Promise<void> {
    this.#working += 1
    try {
      await world.turns.piece(async () => {
        this.#clock?.set(world.nowMs(), world.pace)
        this.#signal('SIGCONT')
        await act()
        await this.#rests()
      })
    } finally {
      this.#working -= 1
      this.#note()
    }
  }

  /** Ends when all of it waits for someone, or is over; what never does is killed. */
  async #rests(): Promise<void> {
    const work = new WorkMeter(() => this.#family())
    for (let looks = 0; ; looks += 1) {
      await turnOfEvents()
      // What was written before the end may still be on its way.
      if (this.#exit !== undefined || this.#api.isDone) return await turnOfEvents()
      const waitsFor = this.#outstanding
      if (waitsFor > 0 && this.#isAsleep()) {
        // What it did before it fell asleep may still be on its way.
        await turnOfEvents()
        if (this.#outstanding === waitsFor && this.#isAsleep()) return
      }
      if (looks % 8 === 7) {
        this.#watchMemory()
        this.#workLeftMs -= work.sinceLast()
      }
      if (this.#workLeftMs < 0) {
        this.#stuck = true
        return await this.#kill()
      }
      const pauseMs = Math.min(lookMsMax, lookMs + looks / 8)
      if (looks > 0) await Promise.race([delay(pauseMs), this.#changed.promise])
    }
  }

  #family(): number[] {
    const pid = this.#child?.pid
    return pid === undefined ? [] : familyOf(pid)
  }

  #isAsleep(): boolean {
    if (this.#traffic.moves) return false
    const pid = this.#child?.pid
    return pid === undefined || areAsleep(familyOf(pid))
  }

  #watchMemory(): void {
    const pid = this.#child?.pid
    if (pid === undefined) return
    if (residentBytes(familyOf(pid)) <= this.#environment.memoryMb * 1024 ** 2) return
    this.#outOfMemory = true
    signalOne(pid, 'SIGKILL')
  }

  #exited(
    phase: 'init' | 'invoke',
    exit: { code: number | null; signal: NodeJS.Signals | null },
  ): CodeEnd {
    return { kind: 'exited', phase, reason: exitReason(exit), outOfMemory: this.#outOfMemory }
  }

  async #start(world: CodeWorld): Promise<void> {
    this.#servers = await Promise.all([
      serve((request) => this.#take(request), this.#traffic),
      serve((request) => void this.#pass(request, { tls: false, endpoint: false }), this.#traffic),
      serve((request) => void this.#pass(request, { tls: true, endpoint: false }), this.#traffic),
    ])
    const [api = 0, plain = 0, tls = 0] = this.#servers.map(portOf)
    const { code, layers, variables, id, handler, seed } = this.#environment
    const task = await unpack([world.body(code)])
    const opt = await unpack(layers.map((layer) => world.body(layer)))
    this.#unpacked = [task, opt]
    if (this.#hasEnded) {
      // It was ended while it was being made.
      this.#noteExit(null, 'SIGKILL')
      return await this.end()
    }
    const own = mkdtempSync(join(temporaryFolder(), 'environment-'))
    const tmp = join(own, 'tmp')
    mkdirSync(tmp)
    mkdirSync(join(own, 'root'))
    const folders = { task: task.folder, opt: opt.folder, runtime: runtimeFolder, tmp, own }
    this.#folders = folders
    this.#clock = new ModelClock(join(own, 'clock'))
    this.#clock.set(world.nowMs(), world.pace)
    const isSandboxed = canSandbox() && !isHidden(this.#launch.interpreter)
    this.#isSandboxed = isSandboxed
    const places: Places = isSandboxed ? inSandbox : folders
    const environment = {
      PATH: `/usr/local/bin:/usr/bin:/bin:${places.opt}/bin:${process.env['PATH'] ?? ''}`,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      HOME: places.tmp,
      TMPDIR: places.tmp,
      LAMBDA_TASK_ROOT: places.task,
      LAMBDA_RUNTIME_DIR: places.runtime,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${api}`,
      _HANDLER: handler,
      ...this.#launch.variables({ api, plain, tls }, places),
      ...variables,
      [markVariable]: id,
      ORRERY_CLOCK: isSandboxed ? sandboxClock : join(own, 'clock'),
      ORRERY_SEED: String(seed),
    }
    const run = (command: readonly string[]) =>
      this.#spawn(
        isSandboxed
          ? sandboxed(folders, this.#environment.storageMb, command, this.#launch.interpreter)
          : command,
        task.folder,
        environment,
      )
    killAtExit(this)
    const extensions = filesOf(join(opt.folder, 'extensions'))
    this.#api.extensions.expected = extensions.length
    for (const name of extensions) run([join(places.opt, 'extensions', name)])
    this.#child = run(this.#launch.command(places))
    this.#child.once('exit', (code, signal) => this.#noteExit(code, signal))
    this.#child.once('error', () => this.#noteExit(127, null))
  }

  #spawn(command: readonly string[], cwd: string, env: Record<string, string>): ChildProcess {
    const [file = '', ...args] = command
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
    const child = spawn(file, args, { cwd, env, detached: true, stdio })
    this.#logs.read(child.stdout)
    this.#logs.read(child.stderr)
    child.on('error', (error) => this.#logs.add(`orrery: cannot start ${file}: ${error.message}`))
    this.#children.push(child)
    return child
  }

  #noteExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#exit = { code, signal }
    this.#note()
  }

  /** By what all that it started is found. */
  get #mark(): { readonly id: string; readonly tree: string | undefined } {
    const pid = this.#child?.pid
    if (pid !== undefined && this.#exit === undefined) this.#tree ??= ownTreeOf(pid)
    return { id: this.#environment.id, tree: this.#tree }
  }

  #take(asked: ProcessRequest): void {
    void this.#mark // It is known from the first request on, for the time when the runtime is gone.
    if (asked.request.path === '/_orrery/sleep') void this.#sleep(asked)
    else if (!this.#api.take(asked)) void this.#pass(asked, { tls: false, endpoint: true })
    this.#note()
  }

  /** The hook of a language lets its code sleep here, in model time. The body: ms since 1970. */
  async #sleep(asked: ProcessRequest): Promise<void> {
    const world = this.#world
    if (world === undefined) return void asked.response.writeHead(200).end()
    const untilMs = Number(Buffer.from(asked.request.body).toString())
    // The hook asks for a moment; the code may ask for anything.
    if (!Number.isFinite(untilMs)) return void asked.response.writeHead(400).end()
    this.#outstanding += 1
    const { promise, resolve } = Promise.withResolvers<void>()
    const takeBack = world.turns.at(untilMs, resolve)
    asked.gone.addEventListener('abort', () => resolve(), { once: true })
    await promise
    takeBack()
    await this.#answer(world, asked, { status: 200, headers: {}, body: new Uint8Array(0) })
  }

  async #pass(
    asked: ProcessRequest,
    options: { readonly tls: boolean; readonly endpoint: boolean },
  ): Promise<void> {
    const world = this.#world
    if (world === undefined) return void asked.response.writeHead(503).end()
    this.#outstanding += 1
    this.#note()
    const answer = await world.request(asked.request, { ...options, signal: asked.gone })
    await this.#answer(world, asked, answer)
  }

  /** Hands an answer over, and lets the code go on with it. Undefined: the host is not to be found. */
  async #answer(
    world: CodeWorld,
    { response }: ProcessRequest,
    answer: HttpResponse | undefined,
  ): Promise<void> {
    const chunks: Uint8Array[] = []
    if (answer?.body instanceof Uint8Array) chunks.push(answer.body)
    else if (answer !== undefined) for await (const chunk of answer.body) chunks.push(chunk)
    if (this.#world !== world) return void response.destroy()
    await this.#piece(world, () => {
      this.#outstanding -= 1
      if (answer === undefined) return void response.destroy()
      const isWritten = this.#traffic.begin()
      response.once('close', isWritten)
      if (answer.cookies !== undefined) response.setHeader('set-cookie', answer.cookies)
      response.writeHead(answer.status, answer.headers)
      response.end(Buffer.concat(chunks), isWritten)
    })
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#exit !== undefined) return
    for (const { pid } of this.#children) if (pid !== undefined) signalOne(-pid, signal)
  }

  async #kill(): Promise<void> {
    for (const { pid } of this.#children) {
      if (pid !== undefined) signalAll(pid, this.#mark, 'SIGKILL')
    }
    await this.#allGone()
  }

  async #allGone(): Promise<void> {
    await Promise.all(this.#children.map(gone))
  }

  #note(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}

/** Libraries give up work at the deadline by the clock that they see. */
function onMachineTime(invocation: CodeInvocation, world: CodeWorld): CodeInvocation {
  return { ...invocation, deadlineMs: Date.now() + invocation.deadlineMs - world.nowMs() }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Lets everything be seen that has already happened in this process' event loop. */
function turnOfEvents(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}
