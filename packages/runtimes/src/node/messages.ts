import type { MessagePort } from 'node:worker_threads'
import type { CodeEnd, CodeInvocation } from '@cloud-orrery/services'

/** Where a folder that the code sees really lies. */
export interface Mount {
  /** As the code sees it: `/var/task`. */
  readonly shown: string
  readonly real: string
  readonly writable: boolean
}

/** What a worker is started with. Its first message is `start`. */
export interface WorkerSetup {
  readonly port: MessagePort
  readonly control: SharedArrayBuffer
}

/** All that a blank worker has to know to become an execution environment. */
export interface StartMessage {
  readonly type: 'start'
  /** `nodejs22.x` */
  readonly runtime: string
  readonly handler: string
  readonly variables: Readonly<Record<string, string>>
  readonly mounts: readonly Mount[]
  /** Folders whose `node_modules` stand in for those that AWS's runtime carries. */
  readonly runtimeModules: readonly string[]
  readonly seed: number
  /** Folder of this machine for what V8 made of the code's sources: the next environment of this code starts faster. */
  readonly compiled: string
  /** Node's program on this machine. */
  readonly node: string
  /** Marks the processes that the code starts. */
  readonly marker: string
}

export interface InvokeMessage {
  readonly type: 'invoke'
  readonly invocation: CodeInvocation
}

/** The head of an answer; `body` is absent where it comes in chunks. */
export interface AnswerMessage {
  readonly type: 'answer'
  readonly id: number
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: Uint8Array
}

export type HostMessage =
  | StartMessage
  | InvokeMessage
  | AnswerMessage
  /** There is no such host. */
  | { readonly type: 'unknownHost'; readonly id: number }
  | { readonly type: 'chunk'; readonly id: number; readonly body: Uint8Array }
  /** The answer is complete, or broke off. */
  | { readonly type: 'answered'; readonly id: number; readonly broken: boolean }
  /** A moment has come that a timer, or the code's looking at the clock, waits for. */
  | { readonly type: 'moment' }

export interface RequestMessage {
  readonly type: 'request'
  readonly id: number
  readonly tls: boolean
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export type WorkerMessage =
  /** The code waits for a message; `nextAtMs` is the moment of its first timer. */
  | { readonly type: 'rest'; readonly nextAtMs?: number }
  /** The code does nothing but look at the clock, or sleeps: it waits for this moment and for nothing else. */
  | { readonly type: 'spin'; readonly untilMs: number }
  | { readonly type: 'initialized' }
  | { readonly type: 'done'; readonly end: CodeEnd; readonly fatal: boolean }
  | { readonly type: 'log'; readonly atMs: number; readonly text: string }
  | RequestMessage
  | { readonly type: 'abort'; readonly id: number }
  /** A process that the code started, where its id is known; its group is ended with the environment. */
  | { readonly type: 'child'; readonly pid: number | undefined }
  | { readonly type: 'childEnded'; readonly pid: number }
  /** The code ends its own process as a signal would: `signal: killed`. */
  | { readonly type: 'signal'; readonly reason: string }

// Taken before the code's own is replaced.
const waitReally = Atomics.wait

/** Fields of the memory that both threads see. */
const wakeAt = 0
const readBytesAt = 1
const timeOffsetBytes = 16

/** Bytes of output that may be on their way to the host at a time. */
export const outputWindowBytes = 1_048_576

/**
 * The memory that a worker and its host share: the model's time, a bell that wakes the worker, and how much of its
 * output the host has read.
 */
export class Control {
  readonly buffer: SharedArrayBuffer
  readonly #cells: Int32Array
  readonly #time: Float64Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(64)) {
    this.buffer = buffer
    this.#cells = new Int32Array(buffer, 0, 4)
    this.#time = new Float64Array(buffer, timeOffsetBytes, 3)
  }

  /** Host: model time is `nowMs` at `wallMs`, and goes on at `pace`. */
  setTime(nowMs: number, wallMs: number, pace: number): void {
    this.#time[0] = nowMs
    this.#time[1] = wallMs
    this.#time[2] = pace
  }

  /** Model time; `wallMs` is the wall's, of the same source as the host's. */
  nowMs(wallMs: () => number): number {
    const [atMs = 0, anchorMs = 0, pace = 0] = this.#time
    return pace === 0 ? atMs : atMs + Math.max(0, wallMs() - anchorMs) * pace
  }

  get pace(): number {
    return this.#time[2] ?? 0
  }

  /** How often the bell has rung. To be read before looking for a message, so that none is missed. */
  get rings(): number {
    return Atomics.load(this.#cells, wakeAt)
  }

  /** Host: there is a message. */
  ring(): void {
    Atomics.add(this.#cells, wakeAt, 1)
    Atomics.notify(this.#cells, wakeAt)
  }

  /** Worker: blocks until the bell rings, unless it has rung since. */
  wait(rings: number): void {
    waitReally(this.#cells, wakeAt, rings)
  }

  /** Host: this much more has been read. Counts round in 32 bits. */
  addRead(bytes: number): void {
    Atomics.add(this.#cells, readBytesAt, bytes)
    Atomics.notify(this.#cells, readBytesAt)
  }

  get readBytes(): number {
    return Atomics.load(this.#cells, readBytesAt)
  }

  /** Worker: blocks until the host has read more than this. */
  waitForRead(readBytes: number): void {
    waitReally(this.#cells, readBytesAt, readBytes)
  }
}
