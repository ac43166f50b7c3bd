import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip, createGzip, type Gzip, constants as zlibConstants } from 'node:zlib'
import { SimulatorError } from '@cloud-orrery/kernel'
import type { CloudOptions } from '../cloud.ts'
import type { Recording } from '../recording.ts'
import type { EnteredEntry } from '../replayer.ts'
import { version } from '../version.ts'
import { type RestoredState, restoredLines, StateReader } from './cloud-state.ts'
import { diskFileSystem } from './file-system.ts'
import { fromText, textOf } from './plain-data.ts'

/** The format of recording files that this version writes. See docs/reference/recording.md. */
export const recordingFormat = 1

/** A recording in a file; several may follow each other. */
export interface FiledRecording extends Recording {
  /** What it is of, for people: a test's name, a promise of a system. */
  readonly title?: string
  /** Of the Orrery that made it. */
  readonly version: string
  /** The file ends before the recording does: whoever wrote it was stopped. */
  readonly unfinished: boolean
}

/** Longest line, in characters: more is nothing that we wrote. */
const lineCharactersMax = 256 * 1024 ** 2

/** Makes lines of entries; callers that come again are told once. */
export class RecordingLines {
  readonly #shared = new Map<object, number>()

  head(options: CloudOptions, title?: string): string {
    return textOf({
      orrery: 'recording',
      format: recordingFormat,
      version,
      node: process.versions.node,
      ...(title === undefined ? {} : { title }),
      options,
    })
  }

  *entry(entry: EnteredEntry, sum?: string): Generator<string, void, undefined> {
    const { caller } = entry.data
    if (typeof caller === 'object' && caller !== null && !this.#shared.has(caller)) {
      yield textOf({ shared: this.#shared.size, is: caller })
      this.#shared.set(caller, this.#shared.size)
    }
    const line = sum === undefined ? { entry } : { entry, sum }
    yield textOf(line, { shared: (value) => this.#shared.get(value) })
  }

  end({ journalSha256, stateSha256, lastSequence, endedAtMs, entered }: Recording): string {
    const entries = entered.length
    return textOf({ end: { entries, journalSha256, stateSha256, lastSequence, endedAtMs } })
  }
}

export function* recordingLines(
  recording: Recording,
  title?: string,
): Generator<string, void, undefined> {
  const lines = new RecordingLines()
  yield lines.head(recording.options, title)
  if (recording.beginning !== undefined) yield* restoredLines(recording.beginning)
  for (const [index, entry] of recording.entered.entries()) {
    yield* lines.entry(entry, recording.sums?.[index])
  }
  yield lines.end(recording)
}

/** The bytes of a recording file. */
export async function* recordingBytes(
  recordings: Iterable<{ recording: Recording; title?: string }>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gzip = createGzip()
  const writing = (async () => {
    for (const { recording, title } of recordings) {
      for (const line of recordingLines(recording, title)) await write(gzip, `${line}\n`)
    }
    gzip.end()
  })()
  writing.catch((error: Error) => gzip.destroy(error))
  // What a compressor gives are bytes.
  for await (const chunk of gzip) yield chunk as Uint8Array
  await writing
}

/** Writes a file of recordings; it gets its name when it is whole. */
export async function writeRecordings(
  path: string,
  recordings: Iterable<{ recording: Recording; title?: string }>,
): Promise<void> {
  await diskFileSystem.replace(path, recordingBytes(recordings))
}

export function writeRecording(path: string, recording: Recording, title?: string): Promise<void> {
  return writeRecordings(path, [{ recording, ...(title === undefined ? {} : { title }) }])
}

/** Comes back when the compressor has room again. */
export function write(gzip: Gzip, text: string): Promise<void> | undefined {
  if (gzip.write(text)) return undefined
  return new Promise((resolve) => gzip.once('drain', () => resolve()))
}

/** Lets a reader see all that was written so far. */
export function flush(gzip: Gzip): Promise<void> {
  return new Promise((resolve) => gzip.flush(zlibConstants.Z_SYNC_FLUSH, () => resolve()))
}

/**
 * Reads a file of recordings. Throws `SimulatorError` for what is none, is damaged, is of a later version, or (unless
 * `unfinished`) was cut short.
 */
export function readRecordings(
  path: string,
  options: { unfinished?: boolean } = {},
): Promise<FiledRecording[]> {
  return recordingsIn(createReadStream(path), path, options)
}

/** The same of bytes that come from elsewhere; `path` names them in errors. */
export async function recordingsIn(
  source: Readable,
  path: string,
  options: { unfinished?: boolean } = {},
): Promise<FiledRecording[]> {
  const found: FiledRecording[] = []
  let open: OpenRecording | undefined
  let number = 0
  try {
    for await (const text of linesOf(source, path)) {
      number += 1
      const line = open === undefined ? parsed(text, [], path, number) : open.parsed(text, number)
      if (line['orrery'] !== undefined) {
        if (open !== undefined)
          throw damaged(path, number, 'a recording begins before the last has ended')
        open = new OpenRecording(line, path)
      } else if (open === undefined) throw foreign(path)
      else if (open.take(line, number)) {
        found.push(open.recording(false))
        open = undefined
      }
    }
  } catch (error) {
    if (!isCutShort(error)) throw readable(error, path, number)
    if (number === 0) throw damaged(path, 1, 'it is cut short')
    if (open === undefined || options.unfinished !== true) throw cutShort(path, number)
  }
  if (open !== undefined) {
    if (options.unfinished !== true) throw cutShort(path, number)
    found.push(open.recording(true))
  }
  if (found.length === 0) throw foreign(path)
  return found
}

/** A recording whose end was not read yet. */
class OpenRecording {
  readonly #path: string
  readonly #head: Readonly<Record<string, unknown>>
  readonly #state = new StateReader()
  readonly #shared: unknown[] = []
  readonly #entered: EnteredEntry[] = []
  readonly #sums: string[] = []
  #end: Partial<Recording> & { entries?: number } = {}

  constructor(head: Readonly<Record<string, unknown>>, path: string) {
    if (head['orrery'] !== 'recording') throw foreign(path)
    if (head['format'] !== recordingFormat) {
      throw new SimulatorError(
        'RecordingVersion',
        `${path} has format ${String(head['format'])}; this version reads format ${recordingFormat}.`,
        `Replay it with the version of Orrery that made it: ${String(head['version'])}.`,
      )
    }
    if (typeof head['options'] !== 'object' || head['options'] === null) {
      throw damaged(path, 1, 'its head has no options')
    }
    this.#head = head
    this.#path = path
  }

  parsed(text: string, number: number): Readonly<Record<string, unknown>> {
    return parsed(text, this.#shared, this.#path, number)
  }

  /** True when the recording has ended. */
  take(line: Readonly<Record<string, unknown>>, number: number): boolean {
    if ('shared' in line) this.#shared.push(line['is'])
    else if ('entry' in line) this.#takeEntry(line, number)
    else if ('end' in line) {
      this.#end = line['end'] as Partial<Recording> & { entries?: number } // See `RecordingLines`.
      if (this.#end.entries !== this.#entered.length || !Number.isFinite(this.#end.endedAtMs)) {
        throw damaged(this.#path, number, 'its end does not fit what came before')
      }
      return true
    } else if (this.#entered.length > 0 || !this.#state.take(line)) {
      throw damaged(this.#path, number, 'a line of an unknown kind')
    }
    return false
  }

  #takeEntry(line: Readonly<Record<string, unknown>>, number: number): void {
    const entry = line['entry'] as EnteredEntry // Checked in the parts that order the replay.
    const last = this.#entered.at(-1)
    const isNext =
      Number.isSafeInteger(entry?.sequence) &&
      Number.isSafeInteger(entry.atMs) &&
      typeof entry.kind === 'string' &&
      typeof entry.name === 'string' &&
      typeof entry.data === 'object' &&
      entry.data !== null &&
      entry.sequence > (last?.sequence ?? 0) &&
      entry.atMs >= (last?.atMs ?? 0)
    if (!isNext) throw damaged(this.#path, number, 'an entry that cannot come there')
    this.#entered.push(entry)
    if (typeof line['sum'] === 'string') this.#sums.push(line['sum'])
  }

  recording(unfinished: boolean): FiledRecording {
    const { journalSha256, stateSha256, lastSequence } = this.#end
    const { title } = this.#head
    const beginning: RestoredState | undefined = this.#state.complete
      ? this.#state.restored()
      : undefined
    const startedAtMs = beginning?.state.nowMs ?? 0
    return {
      formatVersion: 1,
      version: String(this.#head['version']),
      options: this.#head['options'] as CloudOptions, // Written from one.
      entered: this.#entered,
      endedAtMs: this.#end.endedAtMs ?? this.#entered.at(-1)?.atMs ?? startedAtMs,
      unfinished,
      ...(typeof title === 'string' ? { title } : {}),
      ...(beginning === undefined ? {} : { beginning }),
      ...(this.#sums.length === this.#entered.length ? { sums: this.#sums } : {}),
      ...(journalSha256 === undefined ? {} : { journalSha256 }),
      ...(stateSha256 === undefined ? {} : { stateSha256 }),
      ...(lastSequence === undefined ? {} : { lastSequence }),
    }
  }
}

async function* linesOf(file: Readable, path: string): AsyncGenerator<string, void, undefined> {
  const gunzip = createGunzip()
  file.on('error', (error) => gunzip.destroy(error))
  file.pipe(gunzip)
  const decoder = new TextDecoder()
  let rest: string[] = []
  let restCharacters = 0
  let isFirst = true
  try {
    for await (const chunk of gunzip) {
      const lines = decoder.decode(chunk as Uint8Array, { stream: true }).split('\n')
      if (isFirst && !headBegins(lines[0] ?? '')) throw foreign(path)
      isFirst = false
      const last = lines.pop() ?? ''
      const [first] = lines
      if (first !== undefined) {
        // Joined once a line: one that comes in many chunks is not copied with each of them.
        lines[0] = rest.join('') + first
        rest = []
        restCharacters = 0
        yield* lines
      }
      rest.push(last)
      restCharacters += last.length
      if (restCharacters > lineCharactersMax) throw damaged(path, 0, 'a line without end')
    }
  } finally {
    file.destroy()
  }
  if (restCharacters > 0) throw damaged(path, 0, 'its last line has no end')
}

/** Whether a file that begins so may be one of ours: another one need not be read to its end. */
function headBegins(text: string): boolean {
  const begin = '{"orrery":'
  return text.startsWith(begin) || begin.startsWith(text)
}

function parsed(
  text: string,
  shared: readonly unknown[],
  path: string,
  number: number,
): Readonly<Record<string, unknown>> {
  try {
    const value = fromText(text, { shared: (one) => shared[one] })
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  if (number === 1) throw foreign(path)
  throw damaged(path, number, 'a line that is no JSON object')
}

function isCutShort(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR'
}

/** What the decompressor says, in our words. */
function readable(error: unknown, path: string, number: number): unknown {
  if (error instanceof SimulatorError) return error
  if (error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))) {
    return number === 0 ? foreign(path) : damaged(path, number, error.message)
  }
  return error
}

function foreign(path: string): SimulatorError {
  return new SimulatorError(
    'RecordingForeign',
    `${path} is no recording of Orrery.`,
    "Name a file that 'orrery record', a run or a failing test has written.",
  )
}

function damaged(path: string, line: number, why: string): SimulatorError {
  return new SimulatorError(
    'RecordingDamaged',
    `${path} is damaged${line === 0 ? '' : ` at line ${line}`}: ${why}.`,
    'Have it sent again, or record the run again.',
  )
}

function cutShort(path: string, lines: number): SimulatorError {
  return new SimulatorError(
    'RecordingUnfinished',
    `${path} is cut short after ${lines} lines: whoever wrote or sent it was stopped.`,
    'Give --unfinished to replay what is there, or have it sent again.',
  )
}
