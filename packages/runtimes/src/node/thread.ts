import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { workerEntry } from './entry.ts'
import { Control, type HostMessage, type WorkerMessage } from './messages.ts'
import { workerMessage } from './worker-message.ts'

/** How a thread ended by itself. */
export interface ThreadEnd {
  /** Exit code. */
  readonly code: number
  readonly outOfMemory: boolean
  /** What ended it where that is no exit: an error that was not caught. */
  readonly error?: Error
}

export interface ThreadListener {
  message(message: WorkerMessage): void
  ended(end: ThreadEnd): void
}

const wallNowMs = () => performance.timeOrigin + performance.now()

/**
 * What V8 may take beyond a function's memory. Its own way to end a worker at the limit sometimes ends the process,
 * so the host looks at the heap and ends the worker before.
 */
const heapLeewayMb = 512
/** Small, so that one collection cannot lead past the limit by much. */
const youngGenerationMb = 16

/** A worker thread that runs code only when it is handed something. */
export class Thread {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #control = new Control()
  #listener: ThreadListener
  #ended: ThreadEnd | undefined
  readonly #exited: Promise<void>

  constructor(memoryMb: number, listener: ThreadListener) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#listener = listener
    this.#worker = new Worker(workerEntry(), {
      workerData: { port: port2, control: this.#control.buffer },
      transferList: [port2],
      env: {},
      argv: [],
      execArgv: execArgvOf(process.execArgv),
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: memoryMb + heapLeewayMb,
        maxYoungGenerationSizeMb: youngGenerationMb,
      },
    })
    let error: Error | undefined
    this.#worker.on('error', (thrown: Error) => {
      error = thrown
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#exited = promise
    this.#worker.on('exit', (code) => {
      this.#drain()
      this.#port.close()
      const outOfMemory =
        error !== undefined && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      this.#ended = { code, outOfMemory, ...(error === undefined ? {} : { error }) }
      this.#listener.ended(this.#ended)
      resolve()
    })
    this.#port.on('message', (message: unknown) => this.#receive(message))
    this.unref()
  }

  /** Hears the thread from now on. */
  listen(listener: ThreadListener): void {
    this.#listener = listener
    if (this.#ended !== undefined) listener.ended(this.#ended)
  }

  /** The process stays as long as the thread is at work. */
  ref(): void {
    this.#worker.ref()
    this.#port.ref()
  }

  unref(): void {
    this.#worker.unref()
    this.#port.unref()
  }

  setTime(nowMs: number, pace: number): void {
    this.#control.setTime(nowMs, wallNowMs(), pace)
  }

  send(message: HostMessage, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer)
    this.#control.ring()
  }

  /** What its objects and buffers take; also while it runs. 0 where it has ended. */
  async memoryBytes(): Promise<number> {
    if (this.#ended !== undefined) return 0
    try {
      const { used_heap_size, external_memory } = await this.#worker.getHeapStatistics()
      return used_heap_size + external_memory
    } catch (error) {
      // It has ended meanwhile.
      if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_NOT_RUNNING')
        return 0
      throw error
    }
  }

  /** Ends it, whatever it does. */
  async end(): Promise<void> {
    if (this.#ended !== undefined) return
    this.ref()
    await this.#worker.terminate()
    await this.#exited
  }

  /** What it sent before it ended. */
  #drain(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) return
      this.#receive(received.message)
    }
  }

  /** A thread that says what no runtime says is ended, as AWS ends a process that breaks its protocol. */
  #receive(value: unknown): void {
    const message = workerMessage(value)
    if (message === undefined) {
      if (this.#ended === undefined) void this.#worker.terminate()
      return
    }
    if (message.type === 'log') this.#control.addRead(message.text.length)
    this.#listener.message(message)
  }
}

/** Options of this process that the thread needs too: how sources are found. */
function execArgvOf(own: readonly string[]): string[] {
  return own.filter((option) =>
    /^(--conditions=|-C$|--experimental-strip-types|--no-warnings)/.test(option),
  )
}
