import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'
import type { FileSystem } from './file-system.ts'

/** Bodies from this size on, in bytes, get a file of their own. */
export const blobBytesMin = 16_384

/** Large bodies, one file each, named by their SHA-256. A file that is there is whole: it got its name last. */
export class BlobFiles {
  readonly #fileSystem: FileSystem
  readonly #folder: string
  /** On disk already. */
  readonly #kept = new Set<string>()
  readonly #folders = new Set<string>()
  /** Written since the last sweep began, and since the one before: a log may not name them yet. */
  #recent = new Set<string>()
  #lessRecent = new Set<string>()

  constructor(fileSystem: FileSystem, folder: string) {
    this.#fileSystem = fileSystem
    this.#folder = folder
  }

  async keep(sha256: string, body: Uint8Array): Promise<void> {
    this.#recent.add(sha256)
    if (this.#kept.has(sha256)) return
    const path = this.#path(sha256)
    if ((await this.#fileSystem.size(path)) !== body.byteLength) {
      await this.#makeFolder(dirname(path))
      await this.#fileSystem.replace(path, body)
    }
    this.#kept.add(sha256)
  }

  /** The body, checked against its name. Undefined where there is no such file. */
  find(sha256: string): Uint8Array | undefined {
    const path = this.#path(sha256)
    let body: Uint8Array
    try {
      body = this.#fileSystem.readNow(path)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
    if (createHash('sha256').update(body).digest('hex') === sha256) {
      this.#kept.add(sha256)
      return body
    }
    throw new SimulatorError(
      'DataDamaged',
      `${path} is damaged: its content is not what its name says.`,
      'Restore this file from a backup of the data directory.',
    )
  }

  /** Throws `SimulatorError` where the body is not there. */
  get(sha256: string, neededBy: string): Uint8Array {
    const body = this.find(sha256)
    if (body !== undefined) return body
    throw missing(this.#path(sha256), neededBy)
  }

  /** Throws `SimulatorError` where no file of this size is there. Does not read it. */
  async check(sha256: string, sizeBytes: number, neededBy: string): Promise<void> {
    const found = await this.#fileSystem.size(this.#path(sha256))
    if (found === undefined) throw missing(this.#path(sha256), neededBy)
    if (found !== sizeBytes) {
      throw new SimulatorError(
        'DataDamaged',
        `${this.#path(sha256)} is damaged: it has ${found} bytes, not ${sizeBytes}.`,
        'Restore this file from a backup of the data directory.',
      )
    }
    this.#kept.add(sha256)
  }

  /** Deletes bodies that nothing names: `named` looks, after the sweep has begun. */
  async sweep(named: () => Promise<ReadonlySet<string>>): Promise<void> {
    this.#lessRecent = this.#recent
    this.#recent = new Set()
    const live = await named()
    const spared = (sha256: string): boolean =>
      live.has(sha256) || this.#recent.has(sha256) || this.#lessRecent.has(sha256)
    for (const name of await this.#fileSystem.list(this.#folder)) {
      const folder = join(this.#folder, name)
      for (const sha256 of await this.#fileSystem.list(folder)) {
        if (spared(sha256)) continue
        this.#kept.delete(sha256)
        await this.#fileSystem.remove(join(folder, sha256))
      }
    }
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256)
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return
    await this.#fileSystem.makeFolder(folder)
    await this.#fileSystem.syncFolder(this.#folder)
    this.#folders.add(folder)
  }
}

function missing(path: string, neededBy: string): SimulatorError {
  return new SimulatorError(
    'DataDamaged',
    `${path} is missing; ${neededBy} names it.`,
    'Restore this file from a backup of the data directory.',
  )
}
