import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'
import { type BlobFiles, blobBytesMin } from './blob-files.ts'
import type { Durability } from './durability.ts'
import { type AppendFile, codeOf, type FileSystem } from './file-system.ts'
import { frameOf } from './frames.ts'
import { textOf } from './plain-data.ts'

/** What waits to be written: a frame, a body that a later frame names, or the change to the next file. */
type Pending =
  | { readonly kind: 'frame'; readonly text: string }
  | { readonly kind: 'body'; readonly sha256: string; readonly body: Uint8Array }
  | { readonly kind: 'file'; readonly path: string }

/** All that is written together is waited for together. */
interface Batch {
  readonly pending: Pending[]
  readonly done: PromiseWithResolvers<void>
}

/** How long a disk that refused is left alone, in ms of the machine's time. */
const retryAfterMs = 250

/**
 * Appends frames to a file, in groups: while one group is on its way to the disk the next gathers, and one flush
 * serves all who wait.
 */
export class LogWriter implements Omit<Durability, 'moved'> {
  readonly #fileSystem: FileSystem
  readonly #blobs: BlobFiles
  #path: string
  #file: AppendFile | undefined
  /** Where the last frame that is on disk ends. */
  #soundBytes: number
  #batch: Batch | undefined
  #flushing: Batch | undefined
  #running: Promise<void> | undefined
  #refusal: SimulatorError | undefined
  #triedAtMs = 0
  /** Values that many entries share, by their number in this file. */
  #shared = new Map<object, number>()
  #sharedCount: number
  /** Since the file was begun: frames and bytes, also those that are not on disk yet. */
  frames = 0
  bytes = 0

  /** Goes on in a file after `soundBytes`, in which `sharedCount` values were told. */
  constructor(
    fileSystem: FileSystem,
    blobs: BlobFiles,
    at: { path: string; soundBytes: number; sharedCount: number },
  ) {
    this.#fileSystem = fileSystem
    this.#blobs = blobs
    this.#path = at.path
    this.#soundBytes = at.soundBytes
    this.#sharedCount = at.sharedCount
    this.bytes = at.soundBytes
  }

  get refusal(): SimulatorError | undefined {
    return this.#refusal
  }

  /** `shared`: members of the value that are told once a file, then by their number. */
  append(value: object, shared: readonly object[] = []): void {
    for (const one of shared) this.#tell(one)
    this.#add({ kind: 'frame', text: this.#textOf(value) })
  }

  /** What is appended from now on goes to another file, which begins with `head`. */
  beginFile(path: string, head: object): void {
    this.#shared = new Map()
    this.#sharedCount = 0
    this.frames = 0
    this.bytes = 0
    this.#add({ kind: 'file', path })
    this.append(head)
  }

  kept(): Promise<void> | undefined {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    return (this.#batch ?? this.#flushing)?.done.promise
  }

  async retry(): Promise<void> {
    if (this.#refusal === undefined || performance.now() - this.#triedAtMs < retryAfterMs) return
    this.#run()
    await this.#running
  }

  /** Writes what is left and closes the file. Throws where that fails. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running
    if (this.#batch !== undefined) {
      this.#run()
      await this.#running
    }
    await this.#file?.close()
    this.#file = undefined
    if (this.#refusal !== undefined) throw this.#refusal
  }

  #tell(value: object): void {
    if (this.#shared.has(value)) return
    const text = this.#textOf({ shared: this.#sharedCount, is: value })
    this.#add({ kind: 'frame', text })
    this.#shared.set(value, this.#sharedCount)
    this.#sharedCount += 1
  }

  #textOf(value: object): string {
    return textOf(value, {
      blob: (bytes) => this.#beside(bytes),
      shared: (one) => this.#shared.get(one),
    })
  }

  #beside(bytes: Uint8Array): string | undefined {
    if (bytes.byteLength < blobBytesMin) return undefined
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    this.#add({ kind: 'body', sha256, body: bytes })
    return sha256
  }

  #add(pending: Pending): void {
    if (pending.kind === 'frame') {
      this.frames += 1
      this.bytes += pending.text.length
    }
    if (this.#batch === undefined) {
      this.#batch = { pending: [], done: Promise.withResolvers() }
      this.#batch.done.promise.catch(() => {}) // Only those who wait for it want to know.
      // All that this turn of the event loop brings goes together.
      if (this.#running === undefined && this.#refusal === undefined)
        setImmediate(() => this.#run())
    }
    this.#batch.pending.push(pending)
  }

  #run(): void {
    if (this.#running !== undefined) return
    this.#running = this.#flushAll().finally(() => {
      this.#running = undefined
    })
  }

  async #flushAll(): Promise<void> {
    while (this.#batch !== undefined) {
      const batch = this.#batch
      this.#batch = undefined
      this.#flushing = batch
      this.#triedAtMs = performance.now()
      try {
        await this.#write(batch.pending)
        this.#refusal = undefined
        batch.done.resolve()
      } catch (error) {
        const refusal = refusalOf(error, this.#path)
        this.#refusal = refusal
        batch.done.reject(refusal)
        this.#putBack(batch.pending, refusal)
        // Nobody may call meanwhile.
        setTimeout(() => void this.retry(), 4 * retryAfterMs).unref()
        return
      } finally {
        this.#flushing = undefined
      }
    }
  }

  /** What is not on disk stays first in line: the model has it already. Who came meanwhile is refused too. */
  #putBack(pending: Pending[], refusal: SimulatorError): void {
    // The type of the field was narrowed by the loop above; a call may have come meanwhile.
    const next = this.#batch as Batch | undefined
    next?.done.reject(refusal)
    const done = Promise.withResolvers<void>()
    done.promise.catch(() => {})
    this.#batch = { pending: [...pending, ...(next?.pending ?? [])], done }
  }

  /** Takes off the list what is on disk. */
  async #write(pending: Pending[]): Promise<void> {
    const bodies = new Map<string, Uint8Array>()
    for (const one of pending) if (one.kind === 'body') bodies.set(one.sha256, one.body)
    for (const [sha256, body] of bodies) await this.#blobs.keep(sha256, body)
    while (pending.length > 0) {
      const next = pending.findIndex(({ kind }) => kind === 'file')
      const count = next === -1 ? pending.length : next
      await this.#writeFrames(pending.slice(0, count))
      pending.splice(0, count)
      const [change] = pending
      if (change?.kind !== 'file') continue
      await this.#file?.close()
      this.#file = undefined
      this.#path = change.path
      this.#soundBytes = 0
      pending.shift()
    }
  }

  async #writeFrames(pending: readonly Pending[]): Promise<void> {
    const frames: Uint8Array[] = []
    for (const one of pending) {
      if (one.kind === 'frame') frames.push(frameOf(Buffer.from(one.text)))
    }
    if (frames.length === 0) return
    const bytes = Buffer.concat(frames)
    const isNew = this.#soundBytes === 0
    this.#file ??= await this.#fileSystem.append(this.#path, this.#soundBytes)
    try {
      await this.#file.write(bytes)
      await this.#file.sync()
    } catch (error) {
      // What of it is on disk is unknown: cut it off, so that the next frames follow the last sound one.
      const file = this.#file
      this.#file = undefined
      await file.truncate(this.#soundBytes).catch(() => {})
      await file.close().catch(() => {})
      throw error
    }
    if (isNew) await this.#fileSystem.syncFolder(dirname(this.#path))
    this.#soundBytes += bytes.byteLength
  }
}

/** What the disk said, in words that help. */
function refusalOf(error: unknown, path: string): SimulatorError {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SimulatorError(
      'DataDiskFull',
      `The disk of ${path} is full: calls are refused until there is room. Nothing that was answered is lost.`,
      'Make room; the server then goes on by itself.',
    )
  }
  const text = error instanceof Error ? error.message : String(error)
  return new SimulatorError(
    'DataNotWritten',
    `${path} cannot be written (${text}): calls are refused. Nothing that was answered is lost.`,
    'Mend the disk; the server then goes on by itself, or when it is restarted.',
  )
}
