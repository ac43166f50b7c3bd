import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import { invariant } from '@cloud-orrery/kernel'
import type { Cloud } from '../cloud.ts'
import { checkEnd, type Past, rewound } from '../past.ts'
import { asEntered, type Recording, type ReplayEnd, stateSha256 } from '../recording.ts'
import type { EnteredEntry } from '../replayer.ts'
import { flush, RecordingLines, readRecordings, write } from './recording-file.ts'

/**
 * Writes a recording to its file while the run goes on, so that it is whole however long that is. The file is a
 * recording when the spool is closed; until then, or after a crash, it is one that is cut short.
 */
export class RecordingSpool implements Past {
  readonly cloud: Cloud
  readonly #path: string
  readonly #lines = new RecordingLines()
  readonly #gzip: Gzip = createGzip()
  readonly #file: WriteStream
  #count = 0
  #closed = false

  private constructor(cloud: Cloud, path: string) {
    this.cloud = cloud
    this.#path = path
    this.#file = createWriteStream(path, { mode: 0o600 })
    this.#gzip.on('error', (error) => this.#file.destroy(error))
    this.#gzip.pipe(this.#file)
  }

  /** Begins with a cloud that nothing entered yet, or whose past is given. Throws where the file cannot be written. */
  static async begin(cloud: Cloud, path: string, entered: readonly EnteredEntry[] = []) {
    const spool = new RecordingSpool(cloud, path)
    await new Promise<void>((resolve, reject) => {
      spool.#file.once('open', () => resolve())
      spool.#file.once('error', reject)
    })
    spool.#file.on('error', (error) => {
      process.stderr.write(`orrery: the recording ${path} cannot be written: ${error.message}\n`)
    })
    await write(spool.#gzip, `${spool.#lines.head(cloud.originalOptions)}\n`)
    for (const entry of entered) spool.#take(entry)
    cloud.kernel.journal.onEntered = (entry) => spool.#take(asEntered(entry))
    return spool
  }

  async recording(): Promise<Recording> {
    const end = await this.cloud.kernel.scheduler.enter(() => this.#end())
    await flush(this.#gzip)
    const [filed] = await readRecordings(this.#path, { unfinished: true })
    invariant(filed !== undefined, 'a recording was begun')
    const { count, ...rest } = end
    const { options, entered } = filed
    return { formatVersion: 1, options, ...rest, entered: entered.slice(0, count) }
  }

  async rewind(to: ReplayEnd): Promise<Past> {
    checkEnd(this.cloud, to)
    const recording = await this.recording()
    const cloud = await rewound(this.cloud, recording, to)
    await this.#stop()
    const last = cloud.kernel.journal.lastSequence
    const entered = recording.entered.filter(({ sequence }) => sequence <= last)
    return await RecordingSpool.begin(cloud, this.#path, entered)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const { count, ...end } = await this.cloud.kernel.scheduler.enter(() => {
      this.cloud.kernel.journal.onEntered = undefined
      return this.#end()
    })
    this.cloud.close()
    const line = this.#lines.end({
      ...end,
      formatVersion: 1,
      options: {},
      entered: { length: count } as EnteredEntry[], // Only their number is written.
    })
    this.#gzip.write(`${line}\n`)
    await this.#stop()
  }

  async #stop(): Promise<void> {
    this.#closed = true
    this.cloud.kernel.journal.onEntered = undefined
    this.#gzip.end()
    await finished(this.#file)
  }

  #take(entry: EnteredEntry): void {
    this.#count += 1
    for (const line of this.#lines.entry(entry)) this.#gzip.write(`${line}\n`)
  }

  /** In a turn of its own, so that nothing is half done. */
  #end() {
    const { journal, clock } = this.cloud.kernel
    return {
      count: this.#count,
      journalSha256: journal.digest(),
      stateSha256: stateSha256(this.cloud),
      lastSequence: journal.lastSequence,
      endedAtMs: clock.nowMs,
    }
  }
}
