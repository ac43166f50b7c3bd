import { join } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'
import type { BlobFiles } from './blob-files.ts'
import { type CapturedState, type RestoredState, StateReader, stateLines } from './cloud-state.ts'
import { dataFormat, tooNew } from './data-format.ts'
import type { FileSystem } from './file-system.ts'
import { frameOf, scanFrames } from './frames.ts'
import { fromText, textOf } from './plain-data.ts'

/** Files are named by the number of the last journal entry before them, so that names sort as the run went. */
export function nameOfSequence(sequence: number): string {
  return String(sequence).padStart(15, '0')
}

export function sequencesIn(names: readonly string[], extension: string): number[] {
  const pattern = new RegExp(`^(\\d{15})\\.${extension}$`)
  return names.flatMap((name) => {
    const [, digits] = pattern.exec(name) ?? []
    return digits === undefined ? [] : [Number(digits)]
  })
}

export interface SnapshotContext {
  readonly fileSystem: FileSystem
  readonly blobs: BlobFiles
  /** Of the snapshots. */
  readonly folder: string
  readonly version: string
}

/** Bytes that are written in one piece. */
const partBytes = 1_048_576

/**
 * Writes a snapshot, piece by piece, so that calls go on meanwhile. It gets its name when it is whole. Returns its
 * size in bytes.
 */
export async function writeSnapshot(
  context: SnapshotContext,
  state: CapturedState,
): Promise<number> {
  const { fileSystem, blobs, folder } = context
  const sequence = state.kernel.journalSequence
  const path = join(folder, `${nameOfSequence(sequence)}.snapshot`)
  const beside = async (sha256: string, body: Uint8Array | undefined) => {
    const found = body ?? blobs.find(sha256)
    if (found === undefined) return undefined
    await blobs.keep(sha256, found)
    return found.byteLength
  }
  const { version } = context
  const lines = (async function* () {
    yield textOf({ orrery: 'snapshot', format: dataFormat, version, sequence })
    let count = 0
    for await (const line of stateLines(state, beside)) {
      count += 1
      yield line
    }
    yield textOf({ end: { lines: count } })
  })()
  return await fileSystem.replace(path, inParts(lines))
}

async function* inParts(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let frames: Uint8Array[] = []
  let sizeBytes = 0
  for await (const line of lines) {
    const frame = frameOf(Buffer.from(line))
    frames.push(frame)
    sizeBytes += frame.byteLength
    // Calls come in between: a large state takes long to write.
    await new Promise((resolve) => setImmediate(resolve))
    if (sizeBytes < partBytes) continue
    yield Buffer.concat(frames)
    frames = []
    sizeBytes = 0
  }
  yield Buffer.concat(frames)
}

/** Throws `SimulatorError` for what is damaged, incomplete or of a later version. */
export async function readSnapshot(
  { fileSystem, blobs, folder }: SnapshotContext,
  sequence: number,
): Promise<RestoredState> {
  const path = join(folder, `${nameOfSequence(sequence)}.snapshot`)
  const { payloads, end } = scanFrames(await fileSystem.read(path))
  if (end.kind !== 'whole') throw damaged(path, end.offset, end.why)
  const [head, ...lines] = payloads.map((payload) => objectOf(payload, path))
  if (head?.['orrery'] !== 'snapshot') throw damaged(path, 0, 'it does not begin as a snapshot')
  if (Number(head['format']) > dataFormat) throw tooNew(path, Number(head['format']))
  const reader = new StateReader()
  const last = lines.pop()
  for (const line of lines) {
    if (!reader.take(line)) throw damaged(path, 0, 'it has a line of an unknown kind')
  }
  const { lines: count } = (last?.['end'] ?? {}) as { lines?: number } // Written above.
  if (!reader.complete || count !== lines.length) throw damaged(path, 0, 'its end is missing')
  for (const body of reader.beside) await blobs.check(body.sha256, body.sizeBytes, path)
  return reader.restored()
}

export function objectOf(payload: Uint8Array, path: string): Record<string, unknown> {
  try {
    // Frames of ours hold objects; their checksum was right.
    return fromText(Buffer.from(payload).toString()) as Record<string, unknown>
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw damaged(path, 0, 'it holds what is no JSON')
  }
}

export function damaged(path: string, offset: number, why: string): SimulatorError {
  return new SimulatorError(
    'DataDamaged',
    `${path} is damaged at byte ${offset}: ${why}.`,
    'Restore this file from a backup of the data directory.',
  )
}
