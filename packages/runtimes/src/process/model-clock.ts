import { closeSync, openSync, writeSync } from 'node:fs'

/**
 * A file that a process maps into its memory to know the model's time: three doubles, namely model time in ms, the
 * wall's time in ms at which it held, and model milliseconds to each of the wall's.
 */
export class ModelClock {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'w+', 0o600)
    this.set(0, 0)
  }

  set(modelMs: number, pace: number): void {
    const values = new Float64Array([modelMs, Date.now(), pace])
    writeSync(this.#file, new Uint8Array(values.buffer), 0, values.byteLength, 0)
  }

  close(): void {
    closeSync(this.#file)
  }
}
