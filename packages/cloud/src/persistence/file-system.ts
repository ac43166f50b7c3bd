import { constants, readFileSync } from 'node:fs'
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
} from 'node:fs/promises'
import { dirname } from 'node:path'

/** A file that is written from its end on. */
export interface AppendFile {
  /** All of it, or an error: what was written of it then is unknown. */
  write(bytes: Uint8Array): Promise<void>
  /** Comes back when everything written is on the disk itself. */
  sync(): Promise<void>
  truncate(sizeBytes: number): Promise<void>
  close(): Promise<void>
}

/** The disk, as far as persistence needs it: replaced in tests by one that fills up or fails. */
export interface FileSystem {
  read(path: string): Promise<Uint8Array>
  /** Without waiting: a handler that reads an object's body is synchronous. */
  readNow(path: string): Uint8Array
  /** Size in bytes; undefined where there is no such file. */
  size(path: string): Promise<number | undefined>
  /** Names in a folder, sorted; none where there is no such folder. */
  list(folder: string): Promise<string[]>
  makeFolder(folder: string): Promise<void>
  /** Opens a file to write from `sizeBytes` on; makes it if it is not there. */
  append(path: string, sizeBytes: number): Promise<AppendFile>
  /**
   * Puts a file in its place at once: whoever looks sees the old one or the whole new one, also after a crash.
   * Returns its size in bytes.
   */
  replace(path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<number>
  /** A second name for a file. False when that name is taken. */
  link(from: string, to: string): Promise<boolean>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Makes the names in a folder last: a new file is not there after a crash until then. */
  syncFolder(folder: string): Promise<void>
}

export const diskFileSystem: FileSystem = {
  read: (path) => readFile(path),
  readNow: (path) => readFileSync(path),
  async size(path) {
    return (await unlessMissing(stat(path)))?.size
  },
  async list(folder) {
    return ((await unlessMissing(readdir(folder))) ?? []).sort()
  },
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  },
  async append(path, sizeBytes) {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    return new DiskAppendFile(handle, sizeBytes)
  },
  async replace(path, bytes) {
    const beside = `${path}.${process.pid}.new`
    let sizeBytes = 0
    try {
      const handle = await open(beside, 'w', 0o600)
      try {
        for await (const part of bytes instanceof Uint8Array ? [bytes] : bytes) {
          await writeAll(handle, part)
          sizeBytes += part.byteLength
        }
        await handle.datasync()
      } finally {
        await handle.close()
      }
      await rename(beside, path)
    } catch (error) {
      await rm(beside, { force: true })
      throw error
    }
    await diskFileSystem.syncFolder(dirname(path))
    return sizeBytes
  },
  async link(from, to) {
    try {
      await link(from, to)
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      throw error
    }
  },
  rename: (from, to) => rename(from, to),
  async remove(path) {
    await unlessMissing(unlink(path))
  },
  async syncFolder(folder) {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

class DiskAppendFile implements AppendFile {
  readonly #handle: FileHandle
  #sizeBytes: number

  constructor(handle: FileHandle, sizeBytes: number) {
    this.#handle = handle
    this.#sizeBytes = sizeBytes
  }

  async write(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#handle, bytes, this.#sizeBytes)
    this.#sizeBytes += bytes.byteLength
  }

  sync(): Promise<void> {
    return this.#handle.datasync()
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.#handle.truncate(sizeBytes)
    this.#sizeBytes = sizeBytes
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** A write may take less than it was given. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  let written = 0
  while (written < bytes.byteLength) {
    const at = position === undefined ? null : position + written
    const { bytesWritten } = await handle.write(bytes, written, bytes.byteLength - written, at)
    written += bytesWritten
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The operating system's name of an error: `ENOSPC`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
