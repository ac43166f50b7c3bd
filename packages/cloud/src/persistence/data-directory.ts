import { join } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'
import type { CloudOptions } from '../cloud.ts'
import type { Recording } from '../recording.ts'
import type { EnteredEntry } from '../replayer.ts'
import { BlobFiles } from './blob-files.ts'
import type { RestoredState } from './cloud-state.ts'
import {
  type DataFormat,
  dataFormat,
  type Migration,
  migrations,
  readFormat,
  tooNew,
  writeFormat,
} from './data-format.ts'
import { isRunning, lockDirectory } from './directory-lock.ts'
import type { FileSystem } from './file-system.ts'
import { frameOf, scanFrames } from './frames.ts'
import { fromText } from './plain-data.ts'
import {
  damaged,
  nameOfSequence,
  readSnapshot,
  type SnapshotContext,
  sequencesIn,
} from './snapshot-files.ts'

/** Where the clock stood, and what the wall's time was then. */
export interface Moment {
  readonly modelMs: number
  readonly wallMs: number
}

/** What a log holds, in its order. */
export type LogItem =
  | { readonly kind: 'entry'; readonly entry: EnteredEntry }
  | { readonly kind: 'moment'; readonly moment: Moment }

/** One log file: what entered after the entry of its number. */
export interface Log {
  readonly path: string
  readonly base: number
  /** Of Orrery, when the file was begun. */
  readonly version: string
  readonly items: readonly LogItem[]
  readonly frames: number
  /** Without a frame that was cut short. */
  readonly soundBytes: number
  readonly sharedCount: number
  /** What was cut off, for people. */
  readonly torn: string | undefined
}

/** A directory that this process holds. */
export class DataDirectory {
  readonly path: string
  readonly fileSystem: FileSystem
  readonly blobs: BlobFiles
  format: DataFormat
  readonly #unlock: () => Promise<void>

  private constructor(
    path: string,
    fileSystem: FileSystem,
    format: DataFormat,
    unlock: () => Promise<void>,
  ) {
    this.path = path
    this.fileSystem = fileSystem
    this.format = format
    this.#unlock = unlock
    this.blobs = new BlobFiles(fileSystem, join(path, 'blobs'))
  }

  /**
   * Takes the directory for this process; makes it if it is not there, with `options` as the cloud's. Throws
   * `SimulatorError` for one that is in use, is none of ours or is of a later version.
   */
  static async open(
    path: string,
    fileSystem: FileSystem,
    options: CloudOptions,
    steps: readonly (Migration | undefined)[] = migrations,
  ): Promise<DataDirectory> {
    await fileSystem.makeFolder(path)
    const unlock = await lockDirectory(fileSystem, path)
    try {
      let format = await readFormat(fileSystem, path, steps)
      if (format === undefined) {
        format = { orrery: 'data', format: dataFormat, timeline: 'main', options }
        await makeTimeline(fileSystem, path, format.timeline)
        await fileSystem.makeFolder(join(path, 'blobs'))
        await writeFormat(fileSystem, path, format)
      }
      const directory = new DataDirectory(path, fileSystem, format, unlock)
      await directory.#removeUnfinished()
      return directory
    } catch (error) {
      await unlock()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#unlock()
  }

  /** Lets another timeline be the one that goes on. Throws `SimulatorError` where there is none of that name. */
  async goOnWith(timeline: string): Promise<void> {
    const names = await this.fileSystem.list(join(this.path, 'timelines'))
    if (!names.includes(timeline)) {
      throw new SimulatorError(
        'DataTimeline',
        `${this.path} has no timeline ${timeline}.`,
        `There are: ${names.join(', ')}.`,
      )
    }
    this.format = { ...this.format, timeline }
    await writeFormat(this.fileSystem, this.path, this.format)
  }

  /**
   * Begins a timeline that has the past of the present one up to an entry, and goes on with it. The present one keeps
   * its name and all that it has.
   */
  async branch(sequence: number, last: readonly Uint8Array[]): Promise<void> {
    const { fileSystem, path } = this
    const names = await fileSystem.list(join(path, 'timelines'))
    let number = names.length + 1
    while (names.includes(`main-${number}`)) number += 1
    const name = `main-${number}`
    await makeTimeline(fileSystem, path, name)
    const from = join(path, 'timelines', this.format.timeline)
    const to = join(path, 'timelines', name)
    const logs = (await this.logs()).filter((base) => base <= sequence)
    for (const base of await this.snapshots()) {
      const file = join('snapshots', `${nameOfSequence(base)}.snapshot`)
      if (base <= sequence) await fileSystem.link(join(from, file), join(to, file))
    }
    for (const base of logs) {
      const file = join('log', `${nameOfSequence(base)}.log`)
      if (base !== logs.at(-1)) await fileSystem.link(join(from, file), join(to, file))
      else await fileSystem.replace(join(to, file), Buffer.concat(last))
    }
    for (const folder of ['snapshots', 'log']) await fileSystem.syncFolder(join(to, folder))
    this.format = { ...this.format, timeline: name }
    await writeFormat(fileSystem, path, this.format)
  }

  /** Frames of the log that has an entry, up to it. */
  async framesUntil(sequence: number): Promise<Uint8Array[]> {
    const base = (await this.logs()).filter((one) => one <= sequence).at(-1) ?? 0
    const path = this.logPath(base)
    const frames: Uint8Array[] = []
    let count = 1 // The head.
    for (const payload of scanFrames(await this.fileSystem.read(path)).payloads) {
      const { entry } = JSON.parse(Buffer.from(payload).toString()) as { entry?: EnteredEntry }
      if (entry !== undefined && entry.sequence > sequence) break
      frames.push(frameOf(payload))
      if (entry !== undefined) count = frames.length
    }
    return frames.slice(0, count)
  }

  /** The last entry that entered until a moment of model time; undefined where nothing that early is kept. */
  async lastEntryAt(atMs: number): Promise<number | undefined> {
    for (const base of (await this.logs()).reverse()) {
      const { items } = await this.readLog(base, true)
      const found = items.findLast((item) => item.kind === 'entry' && item.entry.atMs <= atMs)
      if (found?.kind === 'entry') return found.entry.sequence
      if (base === 0) return 0
    }
    return undefined
  }

  get logFolder(): string {
    return join(this.path, 'timelines', this.format.timeline, 'log')
  }

  logPath(base: number): string {
    return join(this.logFolder, `${nameOfSequence(base)}.log`)
  }

  snapshotContext(version: string): SnapshotContext {
    const folder = join(this.path, 'timelines', this.format.timeline, 'snapshots')
    return { fileSystem: this.fileSystem, blobs: this.blobs, folder, version }
  }

  /** Numbers of the snapshots, oldest first. */
  async snapshots(): Promise<number[]> {
    const { folder } = this.snapshotContext('')
    return sequencesIn(await this.fileSystem.list(folder), 'snapshot')
  }

  async logs(): Promise<number[]> {
    return sequencesIn(await this.fileSystem.list(this.logFolder), 'log')
  }

  /** What a replay can begin with, oldest first: snapshots whose log is there, and 0, the cloud's own beginning. */
  async beginnings(): Promise<number[]> {
    const snapshots = await this.snapshots()
    return (await this.logs()).filter((base) => base === 0 || snapshots.includes(base))
  }

  /**
   * The newest snapshot that is sound, and remarks on those that are not. Without one the cloud begins with its options.
   */
  async newestSnapshot(): Promise<{ state: RestoredState | undefined; remarks: string[] }> {
    const remarks: string[] = []
    for (const sequence of (await this.snapshots()).reverse()) {
      try {
        return { state: await readSnapshot(this.snapshotContext(''), sequence), remarks }
      } catch (error) {
        // An older one and the logs from it on say the same. One of a later version is not skipped.
        if (!(error instanceof SimulatorError) || error.code !== 'DataDamaged') throw error
        remarks.push(`${error.message} An older snapshot and the logs after it were taken instead.`)
      }
    }
    return { state: undefined, remarks }
  }

  /** All logs that follow a snapshot. Throws `SimulatorError` where one is missing or damaged. */
  async logsAfter(base: number): Promise<Log[]> {
    const bases = (await this.logs()).filter((one) => one >= base)
    if (bases[0] !== base) {
      if (bases.length === 0 && base === 0) return []
      throw new SimulatorError(
        'DataDamaged',
        `${this.logPath(base)} is missing: what entered after #${base} is not there.`,
        'Restore this file from a backup of the data directory.',
      )
    }
    const logs: Log[] = []
    for (const one of bases) logs.push(await this.readLog(one, one === bases.at(-1)))
    return logs
  }

  /** Reads one log. `isLast`: its last frame may have been cut short by a crash. */
  async readLog(base: number, isLast: boolean): Promise<Log> {
    const path = this.logPath(base)
    const { payloads, soundBytes, end } = scanFrames(await this.fileSystem.read(path))
    if (end.kind === 'damaged' || (end.kind === 'torn' && !isLast)) {
      throw damagedLog(path, end.offset, end.why)
    }
    const torn =
      end.kind === 'torn'
        ? `${path} ended in the middle of a write that nobody was answered for: cut at byte ${end.offset} (${end.why}).`
        : undefined
    const shared: unknown[] = []
    const items: LogItem[] = []
    let version = ''
    for (const [index, payload] of payloads.entries()) {
      const line = this.#lineOf(payload, path, shared)
      if (index === 0) version = checkHead(line, base, path)
      else if ('shared' in line) shared.push(line['is'])
      // Written by `LogWriter` in these shapes; the checksum was right.
      else if ('entry' in line) items.push({ kind: 'entry', entry: line['entry'] as EnteredEntry })
      else if ('moment' in line) items.push({ kind: 'moment', moment: line['moment'] as Moment })
      else throw damagedLog(path, 0, `frame ${index} is of an unknown kind`)
    }
    const sharedCount = shared.length
    return { path, base, version, items, frames: payloads.length, soundBytes, sharedCount, torn }
  }

  /** All that entered up to an entry, as far back as it is kept. */
  async past(lastSequence: number): Promise<Omit<Recording, 'endedAtMs'>> {
    const [oldest = 0] = await this.beginnings()
    const bases = (await this.logs()).filter((base) => base >= oldest)
    const entered: EnteredEntry[] = []
    for (const base of bases) {
      for (const item of (await this.readLog(base, true)).items) {
        if (item.kind === 'entry' && item.entry.sequence <= lastSequence) entered.push(item.entry)
      }
    }
    const { options } = this.format
    if (oldest === 0) return { formatVersion: 1, options, entered }
    const state = await readSnapshot(this.snapshotContext(''), oldest)
    return { formatVersion: 1, options, beginning: this.#withBodies(state), entered }
  }

  /** Bodies that lie beside come into the recording. */
  #withBodies({ beside, ...state }: RestoredState): RestoredState {
    const { folder } = this.snapshotContext('')
    const bodies = beside.map(({ sha256 }) => this.blobs.get(sha256, folder))
    return { ...state, bodies: [...state.bodies, ...bodies], beside: [] }
  }

  #lineOf(
    payload: Uint8Array,
    path: string,
    shared: readonly unknown[],
  ): Readonly<Record<string, unknown>> {
    try {
      // Frames of ours hold objects; their checksum was right.
      return fromText(Buffer.from(payload).toString(), {
        blob: (sha256) => this.blobs.get(sha256, path),
        shared: (number) => shared[number],
      }) as Record<string, unknown>
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw damagedLog(path, 0, 'a frame holds what is no JSON')
    }
  }

  /** What a crash left half written: it has a name of its own until it is whole. */
  async #removeUnfinished(): Promise<void> {
    const timeline = join(this.path, 'timelines', this.format.timeline)
    const blobs = join(this.path, 'blobs')
    const folders = [this.path, join(timeline, 'log'), join(timeline, 'snapshots')]
    for (const name of await this.fileSystem.list(blobs)) folders.push(join(blobs, name))
    for (const folder of folders) {
      for (const name of await this.fileSystem.list(folder)) {
        // Another process may be at its lock at this moment: it will be refused, and take its own away.
        const lockOf = /^lock\.(\d+)\..*\.new$/.exec(name)?.[1]
        if (!/\.\d+\.new$/.test(name) && lockOf === undefined) continue
        if (lockOf !== undefined && isRunning(Number(lockOf))) continue
        await this.fileSystem.remove(join(folder, name))
      }
    }
  }
}

export async function makeTimeline(
  fileSystem: FileSystem,
  directory: string,
  name: string,
): Promise<void> {
  const folder = join(directory, 'timelines', name)
  await fileSystem.makeFolder(join(folder, 'log'))
  await fileSystem.makeFolder(join(folder, 'snapshots'))
  await fileSystem.syncFolder(folder)
  await fileSystem.syncFolder(join(directory, 'timelines'))
  await fileSystem.syncFolder(directory)
}

/** How a log begins. */
export function logHead(base: number, version: string): object {
  return { orrery: 'log', format: dataFormat, version, base }
}

function checkHead(line: Readonly<Record<string, unknown>>, base: number, path: string): string {
  if (line['orrery'] !== 'log') throw damagedLog(path, 0, 'it does not begin as a log')
  if (Number(line['format']) > dataFormat) throw tooNew(path, Number(line['format']))
  if (line['base'] !== base) throw damagedLog(path, 0, `it says that it follows #${line['base']}`)
  return String(line['version'])
}

function damagedLog(path: string, offset: number, why: string): SimulatorError {
  const { message } = damaged(path, offset, why)
  return new SimulatorError(
    'DataDamaged',
    message,
    `Restore this file from a backup. To give up what entered after the damage instead, cut it there (truncate -s ${offset}) and delete later logs.`,
  )
}
