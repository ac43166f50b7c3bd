import { syncBuiltinESMExports } from 'node:module'
import type { CodeEnd } from '@cloud-orrery/services'
import type { HostMessage, InvokeMessage, StartMessage } from '../messages.ts'
import { replaceChildProcesses } from './child-processes.ts'
import { replaceClocks } from './clock.ts'
import { RuntimeError, reported } from './errors.ts'
import { replaceFiles } from './files.ts'
import { type LoadedHandler, loadAhead, loadHandler } from './handler.ts'
import { Invocation } from './invocation.ts'
import type { Link } from './link.ts'
import { hookModules, keepCompiled } from './modules.ts'
import { Network } from './network.ts'
import { type NodeOptions, nodeOptionsOf } from './node-options.ts'
import { Output } from './output.ts'
import { Paths, taskRoot } from './paths.ts'
import { guardProcess } from './process-guard.ts'
import { seedChance } from './random.ts'
import { replaceTimers, TimerQueue } from './timers.ts'

/** From this version on the runtime loads ES modules by `require` and by their syntax. */
const modernVersion = 24

/**
 * The worker's side of an execution environment. The thread does something only when the host has handed it a
 * message: when the event loop has nothing left to do, the thread sleeps until the next one.
 */
export class Environment {
  readonly #link: Link
  readonly #timers: TimerQueue
  readonly #network: Network
  #output: Output | undefined
  #version = 0
  #shown: (text: string) => string = (text) => text
  #handler: LoadedHandler | undefined
  #invocation: Invocation | undefined
  #emitEmpty = () => false
  #frozen = false
  /** Writes what was compiled, once. */
  #keepCompiled: (() => void) | undefined
  #loading = false

  constructor(link: Link) {
    this.#link = link
    this.#timers = new TimerQueue(link)
    this.#network = new Network(link, (text) => this.#output?.note(text))
  }

  /** Takes over the end of the event loop. */
  run(): void {
    const emit = process.emit.bind(process)
    // The loop is empty whenever the code waits for the model, which is not what the code's listeners wait for.
    const emitHere = (event: string, ...args: unknown[]): boolean => {
      if (event !== 'beforeExit') return Reflect.apply(emit, process, [event, ...args])
      this.#atRest()
      return true
    }
    this.#emitEmpty = () => Reflect.apply(emit, process, ['beforeExit', 0])
    Object.assign(process, { emit: emitHere })
  }

  /** Nothing is left to do at this moment. */
  #atRest(): void {
    const waits = this.#timers.holds || this.#network.holds
    // Node's own code for a module that awaits what never comes.
    if (!waits && this.#loading) process.exit(13)
    if (!waits && this.#invocation?.over === false && this.#invocation.empty()) {
      this.#emitEmpty()
      return void setImmediate(() => undefined)
    }
    this.#rest()
  }

  #rest(): void {
    this.#output?.flush()
    const { nextAtMs } = this.#timers
    this.#link.send(nextAtMs === undefined ? { type: 'rest' } : { type: 'rest', nextAtMs })
    this.#take(this.#link.receive())
  }

  #take(message: HostMessage): void {
    switch (message.type) {
      case 'start':
        return void setImmediate(() => void this.#start(message))
      case 'invoke':
        // What fell due while the environment was frozen comes first.
        this.#timers.runDue()
        this.#frozen = false
        return void setImmediate(() => this.#invoke(message))
      case 'moment':
        this.#timers.runDue()
        return void setImmediate(() => undefined)
      default:
        return void setImmediate(() => this.#network.take(message))
    }
  }

  async #start(message: StartMessage): Promise<void> {
    const { variables, mounts, handler } = message
    this.#version = Number(/\d+/.exec(message.runtime)?.[0] ?? 0)
    Object.assign(process.env, variables)
    const modules = message.runtimeModules.map((real, at) => ({
      real: `${real}/node_modules`,
      shown: `/var/runtime/${at === 0 ? '' : `${at + 1}/`}node_modules`,
      writable: false,
    }))
    const own = new URL('.', import.meta.url).pathname.replace(/\/$/, '')
    const paths = new Paths([...mounts, ...modules], [{ real: own, shown: '/var/runtime' }])
    this.#shown = (text) => paths.text(text)
    const output = new Output(this.#link, this.#shown)
    this.#output = output
    guardProcess(this.#link, taskRoot)
    replaceClocks(this.#link, variables['TZ'])
    replaceTimers(this.#timers)
    seedChance(message.seed)
    replaceFiles(paths)
    replaceChildProcesses({ link: this.#link, paths, node: message.node, marker: message.marker })
    this.#network.replace()
    output.replace()
    const options = nodeOptionsOf(variables['NODE_OPTIONS'])
    for (const name of options.unknown) output.note(`NODE_OPTIONS: ${name} is not modelled.`)
    this.#keepCompiled = keepCompiled(message.compiled)
    hookModules({
      paths,
      runtimeModules: message.runtimeModules,
      modern: this.#version >= modernVersion || options.requireModule,
      sourceMaps: options.sourceMaps,
      onMissing: (name) => this.#noteMissing(name),
    })
    syncBuiltinESMExports()
    this.#catchAll(output)
    process.setSourceMapsEnabled(options.sourceMaps)
    await this.#load(handler, options.preload)
  }

  #noteMissing(name: string): void {
    this.#output?.note(
      `${name} is part of AWS's runtime but not installed here: run "npm install ${name}" in your project.`,
    )
  }

  async #load(handler: string, preload: NodeOptions['preload']): Promise<void> {
    this.#loading = true
    try {
      await loadAhead(preload)
      this.#handler = await loadHandler(handler, this.#version)
      this.#link.send({ type: 'initialized' })
    } catch (error) {
      this.#output?.printError('Uncaught Exception', error)
      this.#failInit(error)
    }
    this.#loading = false
    this.#freezeSoon()
  }

  #failInit(thrown: unknown): void {
    const error = reported(thrown, this.#shown)
    this.#done({ kind: 'initFailed', error, payload: JSON.stringify(error) }, true)
  }

  #invoke({ invocation }: InvokeMessage): void {
    const handler = this.#handler
    const output = this.#output
    if (handler === undefined || output === undefined) return
    output.begin()
    this.#invocation = new Invocation(
      {
        handler,
        output,
        version: this.#version,
        nowMs: () => this.#link.nowMs(),
        shown: this.#shown,
        done: (end, fatal) => this.#done(end, fatal),
      },
      invocation,
    )
    this.#invocation.start()
  }

  #done(end: CodeEnd, fatal: boolean): void {
    this.#output?.flush()
    this.#link.send({ type: 'done', end, fatal })
    this.#freezeSoon()
  }

  /** Between two invocations nothing runs: what is at hand is finished, then the thread sleeps. */
  #freezeSoon(): void {
    if (this.#frozen) return
    this.#frozen = true
    setImmediate(() =>
      setImmediate(() => {
        if (this.#invocation !== undefined) this.#writeCompiled()
        this.#rest()
      }),
    )
  }

  /** After the first invocation: by then most of what the code uses was compiled. */
  #writeCompiled(): void {
    this.#keepCompiled?.()
    this.#keepCompiled = undefined
  }

  #catchAll(output: Output): void {
    const crash = (error: unknown) => {
      if (this.#invocation?.over === false) this.#invocation.crash(error)
      else if (this.#handler === undefined) this.#failInit(error)
      else this.#done({ kind: 'failed', ...failureOf(error, this.#shown) }, true)
    }
    process.on('uncaughtException', (error) => {
      output.printError('Uncaught Exception', error)
      crash(error)
    })
    process.on('unhandledRejection', (reason, promise) => {
      const properties = { reason, promise }
      const error = new RuntimeError('UnhandledPromiseRejection', String(reason), properties)
      output.printError('Unhandled Promise Rejection', error)
      crash(error)
    })
  }
}

function failureOf(thrown: unknown, shown: (text: string) => string) {
  const error = reported(thrown, shown)
  return { error, payload: JSON.stringify(error) }
}
