import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { Control, type HostMessage, outputWindowBytes, type WorkerMessage } from '../messages.ts'

// Taken before the code's clocks are replaced.
const wallOriginMs = performance.timeOrigin
const realPerformanceNow = performance.now.bind(performance)
// Of its own, so that the code cannot put itself between.
const takeMessage = receiveMessageOnPort
const wallNowMs = () => wallOriginMs + realPerformanceNow()

/** How often the code may look at the clock at one moment before time moves. */
const readsPerMomentMax = 10_000
/** After this many moments of looking at the clock only, the steps get longer, and come sooner. */
const shortStepsMax = 100
const readsPerLongStepMax = 100
const longStepMs = 10

/**
 * The worker's way to its host. Nothing comes in by itself: the worker takes the next message when it has come to
 * rest, and sleeps as a thread until there is one.
 */
export class Link {
  readonly #port: MessagePort
  readonly #control: Control
  readonly #post: MessagePort['postMessage']
  #sentBytes = 0
  #reads = 0
  #steps = 0

  constructor(port: MessagePort, control: SharedArrayBuffer) {
    this.#port = port
    this.#post = port.postMessage.bind(port)
    this.#control = new Control(control)
  }

  send(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
    this.#post(message, transfer)
  }

  /** The next message; the thread sleeps until it is there. */
  receive(): HostMessage {
    this.#reads = 0
    this.#steps = 0
    return this.#next()
  }

  #next(): HostMessage {
    for (;;) {
      const { rings } = this.#control
      const received = takeMessage(this.#port)
      if (received !== undefined) return received.message
      this.#control.wait(rings)
    }
  }

  /** Sends a line of output, and waits where the host does not keep up. */
  log(atMs: number, text: string): void {
    this.send({ type: 'log', atMs, text })
    this.#sentBytes = (this.#sentBytes + text.length) | 0
    for (;;) {
      const { readBytes } = this.#control
      if (((this.#sentBytes - readBytes) | 0) <= outputWindowBytes) return
      this.#control.waitForRead(readBytes)
    }
  }

  /** Model time in ms, with parts of them where the clock follows the wall. */
  nowMs(): number {
    return this.#control.nowMs(wallNowMs)
  }

  /** As `nowMs`, for the code: code that does nothing but look at a clock that stands makes it go on. */
  look(): number {
    if (this.#control.pace === 0) {
      this.#reads += 1
      const isLong = this.#steps >= shortStepsMax
      if (this.#reads > (isLong ? readsPerLongStepMax : readsPerMomentMax)) {
        this.#reads = 0
        this.#steps += 1
        this.sleepUntil(this.nowMs() + (isLong ? longStepMs : 1))
      }
    }
    return this.nowMs()
  }

  /** The thread sleeps until a moment of model time; nothing else happens in it meanwhile. */
  sleepUntil(atMs: number): void {
    while (this.nowMs() < atMs) {
      this.send({ type: 'spin', untilMs: atMs })
      this.#next()
    }
  }
}
