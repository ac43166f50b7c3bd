import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { Control, type HostMessage, type WorkerMessage } from './messages.ts'

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

/** The worker's first file stands beside this one, built or not. */
const entry = new URL(
  import.meta.url.endsWith('.ts') ? './worker/main.ts' : './worker/main.js',
  import.meta.url,
)

const wallNowMs = () => performance.timeOrigin + performance.now()

/** Share of a function's memory that V8's older generation may take; the rest is for buffers and Node itself. */
const heapShare = 0.9
const heapMbMin = 64

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
    this.#worker = new Worker(entry, {
      workerData: { port: port2, control: this.#control.buffer },
      transferList: [port2],
      env: {},
      argv: [],
      execArgv: execArgvOf(process.execArgv),
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: Math.max(heapMbMin, Math.floor(memoryMb * heapShare)),
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
    this.#port.on('message', (message: WorkerMessage) => this.#receive(message))
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

  #receive(message: WorkerMessage): void {
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
