import { type JournalEntry, processWall, SimulatorError, type Wall } from '@cloud-orrery/kernel'
import { Cloud, type CloudOptions } from '../cloud.ts'
import { checkEnd, type Past } from '../past.ts'
import { asEntered, type Recording, type ReplayEnd, stateSha256 } from '../recording.ts'
import { version } from '../version.ts'
import { type CapturedState, captureState } from './cloud-state.ts'
import { DataDirectory, type Log, logHead, type Moment } from './data-directory.ts'
import type { Durability } from './durability.ts'
import { diskFileSystem, type FileSystem } from './file-system.ts'
import { dropHistory } from './history.ts'
import { checkOptions, keptOptions } from './kept-options.ts'
import { LogWriter } from './log-writer.ts'
import { type Opened, readDirectory } from './opened-cloud.ts'
import { writeSnapshot } from './snapshot-files.ts'

export interface DurableOptions {
  /** The cloud's own. What the directory says already may be left out; another value is refused. */
  readonly cloud: CloudOptions
  /** Replaced in tests. */
  readonly fileSystem?: FileSystem
  readonly wall?: Wall
  /** A snapshot is made when the log has this many frames, or this many bytes. Default 10,000 and 64 MiB. */
  readonly framesMax?: number
  readonly bytesMax?: number
  /** Logs and snapshots older than the newest are kept up to this size in bytes. Default 1 GiB. */
  readonly historyBytesMax?: number
  /** Goes on with another timeline of the directory: what was there before a rewind. */
  readonly timeline?: string
}

const framesMaxDefault = 10_000
const bytesMaxDefault = 64 * 1024 ** 2
const historyBytesMaxDefault = 1024 ** 3

/** Beyond this many times the limits, calls that wait are answered early, so that there is a moment with none. */
const patience = 2

/** A snapshot is not begun before this many times as long as the last one took. */
const restFactor = 10

/**
 * A cloud whose state is in a directory: opened again, it is the same. What enters goes to a log; a snapshot now and
 * then keeps that short.
 */
export class DurableCloud implements Durability, Past {
  readonly cloud: Cloud
  /** What a user should know of the opening: a write that was cut off, a snapshot that was passed over. */
  readonly remarks: readonly string[]
  /** Entries that were replayed, and how long that took in ms of the machine's time. */
  readonly replayed: { readonly entries: number; readonly tookMs: number }
  keptAs: string | undefined
  readonly #directory: DataDirectory
  readonly #wall: Wall
  readonly #options: DurableOptions
  readonly #writer: LogWriter
  /** The number of the entry that the present log follows. */
  #base: number
  #snapshotting: Promise<void> | undefined
  #restsUntilMs = 0
  #closed = false

  private constructor(directory: DataDirectory, options: DurableOptions, opened: Opened) {
    this.#directory = directory
    this.#options = options
    this.#wall = options.wall ?? processWall
    this.cloud = opened.cloud
    this.remarks = opened.remarks
    this.replayed = opened.replayed
    const { log } = opened
    this.#base = log?.base ?? opened.base
    const path = directory.logPath(this.#base)
    const isBegun = log !== undefined && log.frames > 0
    this.#writer = new LogWriter(directory.fileSystem, directory.blobs, {
      path,
      soundBytes: isBegun ? log.soundBytes : 0,
      sharedCount: isBegun ? log.sharedCount : 0,
    })
    if (isBegun) this.#writer.frames = log.frames
    else this.#writer.beginFile(path, logHead(this.#base, version))
  }

  /** Opens a directory, or makes it. The clock goes on: with the wall where it follows that, else where it stood. */
  static async open(path: string, options: DurableOptions): Promise<DurableCloud> {
    const fileSystem = options.fileSystem ?? diskFileSystem
    const fresh = new Cloud({ ...options.cloud, clock: { kind: 'held' }, ...startOf(options) })
    const given = keptOptions(fresh.originalOptions)
    const directory = await DataDirectory.open(path, fileSystem, given)
    try {
      checkOptions(path, options.cloud, directory.format.options)
      if (options.timeline !== undefined) await directory.goOnWith(options.timeline)
      const opened = await readDirectory(directory, options.cloud)
      if (opened.log?.torn !== undefined) await cut(fileSystem, opened.log)
      const durable = new DurableCloud(directory, options, opened)
      await durable.#goOn(opened)
      return durable
    } catch (error) {
      await directory.close()
      throw error
    }
  }

  get refusal(): SimulatorError | undefined {
    return this.#writer.refusal
  }

  kept(): Promise<void> | undefined {
    return this.#writer.kept()
  }

  retry(): Promise<void> {
    return this.#writer.retry()
  }

  moved(): void {
    if (this.#closed) return
    const moment: Moment = { modelMs: this.cloud.kernel.clock.dueMs, wallMs: this.#wall.nowMs() }
    this.#writer.append({ moment })
  }

  /** The whole past that the directory has. */
  async recording(): Promise<Recording> {
    const { kernel } = this.cloud
    const end = await kernel.scheduler.enter(() => ({
      stateSha256: stateSha256(this.cloud),
      lastSequence: kernel.journal.lastSequence,
      endedAtMs: kernel.clock.nowMs,
      // A process that began with a snapshot does not know the journal before it.
      ...(this.cloud.beginning === undefined ? { journalSha256: kernel.journal.digest() } : {}),
    }))
    await this.kept()
    return { ...(await this.#directory.past(end.lastSequence)), ...end }
  }

  async rewind(to: ReplayEnd): Promise<DurableCloud> {
    checkEnd(this.cloud, to)
    await this.kept()
    const directory = this.#directory
    const sequence = 'sequence' in to ? to.sequence : await directory.lastEntryAt(to.atMs)
    const [oldest = 0] = await directory.beginnings()
    if (sequence === undefined || sequence < oldest) {
      throw new SimulatorError(
        'RewindRange',
        `What entered up to #${oldest} is no more in ${directory.path}.`,
        'Go back less far.',
      )
    }
    const keptAs = directory.format.timeline
    this.#detach()
    await this.#writer.close()
    await directory.branch(sequence, await directory.framesUntil(sequence))
    const opened = await readDirectory(directory, this.#options.cloud)
    if ('atMs' in to) await opened.replayer.driftTo(to.atMs)
    else await opened.replayer.driftToSequence(to.sequence, this.cloud.kernel.clock.nowMs)
    const durable = new DurableCloud(directory, this.#options, opened)
    durable.keptAs = keptAs
    for (const [name, host] of this.cloud.internet) durable.cloud.internet.set(name, host)
    await durable.#goOn({ ...opened, moment: undefined })
    return durable
  }

  #detach(): void {
    this.#closed = true
    this.cloud.kernel.journal.onEntered = undefined
    this.cloud.durability = ended
    this.cloud.close()
  }

  /** Writes all that is left, and a snapshot, so that the next opening is quick. The cloud ends. */
  async close(): Promise<void> {
    if (this.#closed) return
    try {
      if (this.refusal === undefined) {
        await this.#answerWaiting()
        await this.snapshot()
        this.moved()
      }
    } finally {
      this.#detach()
      try {
        await this.#writer.close()
      } finally {
        await this.#directory.close()
      }
    }
  }

  /** Makes a snapshot now, unless something is under way or nothing entered since the last. */
  async snapshot(): Promise<void> {
    await this.#snapshotting
    this.#snapshotting = this.#makeSnapshot().finally(() => {
      this.#snapshotting = undefined
    })
    await this.#snapshotting
  }

  /** After the replay: what enters from now on is kept. */
  async #goOn({ replayer, log, moment }: Opened): Promise<void> {
    const { cloud } = this
    cloud.durability = this
    cloud.kernel.journal.onEntered = (entry) => this.#keep(entry)
    cloud.kernel.scheduler.bugs.listener ??= (error) => void cloud.bug(error)
    const { clock = { kind: 'real' } } = this.#options.cloud
    // Work that was under way is done again, or ends as lost; those who waited for a call are gone.
    replayer.end()
    await this.#answerWaiting()
    await cloud.kernel.scheduler.rest()
    if (clock.kind === 'real' && moment !== undefined) {
      const dueMs = moment.modelMs + Math.max(0, this.#wall.nowMs() - moment.wallMs)
      const byMs = dueMs - cloud.kernel.clock.nowMs
      if (byMs > 0) await cloud.advance(byMs)
    }
    cloud.kernel.clock.mode = clock
    cloud.kernel.scheduler.start()
    this.moved()
    // What another version wrote is replayed once, by this one: later ones may answer otherwise. And where a server is
    // killed before each of its snapshots is whole, the way from the last one must not grow for ever.
    const isOthers = log !== undefined && log.frames > 0 && log.version !== version
    const { framesMax = framesMaxDefault } = this.#options
    if (isOthers || this.replayed.entries >= framesMax) await this.snapshot()
    await this.kept()
  }

  #keep(entry: JournalEntry): void {
    const entered = asEntered(entry)
    const { caller } = entered.data
    const shared = typeof caller === 'object' && caller !== null ? [caller] : []
    this.#writer.append({ entry: entered }, shared)
    this.#snapshotWhenDue()
  }

  #snapshotWhenDue(): void {
    const { framesMax = framesMaxDefault, bytesMax = bytesMaxDefault } = this.#options
    const fullness = Math.max(this.#writer.frames / framesMax, this.#writer.bytes / bytesMax)
    if (fullness < 1 || this.#snapshotting !== undefined || this.refusal !== undefined) return
    if (performance.now() < this.#restsUntilMs && fullness < 4 * patience) return
    // Not in the middle of this call.
    this.#snapshotting = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => (fullness >= patience ? this.#answerWaiting() : undefined))
      .then(() => this.#makeSnapshot())
      .catch((error: unknown) => void this.cloud.bug(error))
      .finally(() => {
        this.#snapshotting = undefined
      })
  }

  /**
   * Ends the waiting of calls as if their senders had gone: what waits is no data, so no snapshot can have it.
   * Deviation: on AWS a long poll ends with a message or at its time; here one in some ten thousand calls ends early, empty.
   */
  async #answerWaiting(): Promise<void> {
    const { journal, scheduler } = this.cloud.kernel
    if (scheduler.waiting.length === 0) return
    const open = journal.entries.filter(
      ({ kind, sequence }) => kind === 'call' && journal.isOpen(sequence),
    )
    // Each in a turn of its own, as a replay does it.
    for (const { sequence } of open) await scheduler.enter(() => scheduler.abort(sequence))
  }

  async #makeSnapshot(): Promise<void> {
    const startedAtMs = performance.now()
    const state = await this.cloud.kernel.scheduler.enter(() => this.#capture())
    if (state === undefined) {
      this.#restsUntilMs = performance.now() + 100
      return
    }
    try {
      await this.kept()
      await writeSnapshot(this.#directory.snapshotContext(version), state)
      await dropHistory(this.#directory, this.#options.historyBytesMax ?? historyBytesMaxDefault)
    } catch (error) {
      // The log goes on as before: nothing is lost, and the next try may have room. Bugs are told.
      if (!(error instanceof SimulatorError) && !isDiskError(error)) throw error
    }
    const now = performance.now()
    this.#restsUntilMs = now + restFactor * (now - startedAtMs)
  }

  /** In a turn of its own, so that nothing is half done. Undefined where something is under way. */
  #capture(): CapturedState | undefined {
    const { journal } = this.cloud.kernel
    const sequence = journal.lastSequence
    if (journal.openCount > 0 || sequence === this.#base) return undefined
    const state = captureState(this.cloud)
    this.#base = sequence
    this.#writer.beginFile(this.#directory.logPath(sequence), logHead(sequence, version))
    this.moved()
    return state
  }
}

const closed = new SimulatorError(
  'DataClosed',
  'The server is stopping, or was taken back to an earlier state: this call was not kept.',
  'Make it again.',
)

/** Of a cloud that has ended: whoever is still on the way is not told that it was kept. */
const ended: Durability = {
  refusal: closed,
  kept: () => Promise.reject(closed),
  retry: () => Promise.resolve(),
  moved: () => {},
}

function isDiskError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

/** A clock that follows the wall begins with it. */
function startOf({ cloud, wall = processWall }: DurableOptions): { startAtMs?: number } {
  if (cloud.startAtMs !== undefined) return { startAtMs: cloud.startAtMs }
  const kind = cloud.clock?.kind ?? 'real'
  return kind === 'real' || kind === 'fast' ? { startAtMs: wall.nowMs() } : {}
}

/** A frame that was cut short is taken off, so that the next one follows a sound one. */
async function cut(fileSystem: FileSystem, { path, soundBytes }: Log): Promise<void> {
  const file = await fileSystem.append(path, soundBytes)
  await file.truncate(soundBytes)
  await file.sync()
  await file.close()
}
