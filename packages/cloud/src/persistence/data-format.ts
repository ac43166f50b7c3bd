import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { canonicalJson, SimulatorError } from '@cloud-orrery/kernel'
import type { CloudOptions } from '../cloud.ts'
import type { FileSystem } from './file-system.ts'

/** The format that this version writes. */
export const dataFormat = 1

/** `format.json`: what a data directory is, and where its present lies. */
export interface DataFormat {
  readonly orrery: 'data'
  readonly format: number
  /** The folder under `timelines/` that goes on: rewinding begins another one. */
  readonly timeline: string
  /** With what the cloud began. */
  readonly options: CloudOptions
  /** Of all the others. */
  readonly sum?: string
}

/** Brings a directory from the format of its place in the list to the next. Returns its new `format.json`. */
export type Migration = (
  fileSystem: FileSystem,
  directory: string,
  format: Readonly<Record<string, unknown>>,
) => Promise<Record<string, unknown>>

/** From format 0 on; no version of Orrery wrote that, so the list begins empty. */
export const migrations: readonly (Migration | undefined)[] = []

/** Undefined for a directory that is empty or not there. Throws `SimulatorError` for what is no data of ours. */
export async function readFormat(
  fileSystem: FileSystem,
  directory: string,
  steps: readonly (Migration | undefined)[] = migrations,
): Promise<DataFormat | undefined> {
  const path = join(directory, 'format.json')
  if ((await fileSystem.size(path)) === undefined) {
    const names = await fileSystem.list(directory)
    const others = names.filter(
      (name) => !/^(lock\..*|.*\.new|lost\+found|timelines|blobs)$/.test(name),
    )
    if (others.length === 0) return undefined
    throw foreign(directory, `it holds ${others[0]}, and no format.json`)
  }
  let format = parsed(await fileSystem.read(path), path)
  if (format['orrery'] !== 'data' || !Number.isInteger(format['format'])) {
    throw foreign(directory, 'its format.json is not one of Orrery')
  }
  if (Number(format['format']) > dataFormat) throw tooNew(directory, Number(format['format']))
  for (let from = Number(format['format']); from < dataFormat; from += 1) {
    const step = steps[from]
    if (step === undefined) {
      throw new SimulatorError(
        'DataVersion',
        `The data directory ${directory} has format ${from}, which this version cannot read.`,
        'Open it with the version of Orrery that wrote it.',
      )
    }
    await writeFormat(fileSystem, directory, await step(fileSystem, directory, format))
    format = parsed(await fileSystem.read(path), path)
  }
  if (format['sum'] !== sumOf(format)) throw damaged(path, 'its content does not fit its checksum')
  // Written by `writeFormat`, in this version's format by now.
  return format as unknown as DataFormat
}

export async function writeFormat(
  fileSystem: FileSystem,
  directory: string,
  format: DataFormat | Readonly<Record<string, unknown>>,
): Promise<void> {
  const text = `${JSON.stringify({ ...format, sum: sumOf({ ...format }) }, undefined, 2)}\n`
  await fileSystem.replace(join(directory, 'format.json'), Buffer.from(text))
}

function sumOf({ sum: _, ...rest }: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(canonicalJson(rest)).digest('hex').slice(0, 16)
}

/** A directory or file of a later version. */
export function tooNew(path: string, format: number): SimulatorError {
  return new SimulatorError(
    'DataVersion',
    `${path} has format ${format}; this version reads formats up to ${dataFormat}.`,
    'Open it with the version of Orrery that wrote it, or a later one.',
  )
}

function foreign(directory: string, why: string): SimulatorError {
  return new SimulatorError(
    'DataForeign',
    `${directory} is no data directory of Orrery: ${why}.`,
    'Name an empty directory, or one that is not there yet.',
  )
}

function parsed(bytes: Uint8Array, path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Falls through: no JSON, as a foreign or a damaged file.
  }
  throw damaged(path, 'it is no JSON object')
}

function damaged(path: string, why: string): SimulatorError {
  return new SimulatorError(
    'DataDamaged',
    `${path} is damaged: ${why}.`,
    'Restore this file from a backup of the data directory.',
  )
}
