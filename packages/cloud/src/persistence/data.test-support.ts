import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { onTestFinished } from 'vitest'
import { type Cloud, client } from '../index.ts'
import { DurableCloud, type DurableOptions } from './durable-cloud.ts'
import { type AppendFile, diskFileSystem, type FileSystem } from './file-system.ts'

/** A folder that is gone after the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

export async function opened(
  folder: string,
  { cloud = {}, ...options }: Partial<DurableOptions> = {},
): Promise<DurableCloud> {
  return await DurableCloud.open(folder, {
    cloud: { clock: { kind: 'held' }, deepFreeze: true, ...cloud },
    ...options,
  })
}

/** As after `kill -9`: the directory is as it was at that moment, and nobody alive has its lock. */
export async function crash(durable: DurableCloud, folder: string): Promise<void> {
  await durable.kept()?.catch(() => {})
  const left = copyOf(folder)
  // What it still writes, to have its files closed, is undone.
  await durable.close().catch(() => {})
  rmSync(folder, { recursive: true })
  cpSync(left, folder, { recursive: true })
  for (const name of readdirSync(folder)) if (name.startsWith('lock.')) rmSync(join(folder, name))
}

/** A copy to do harm to. */
export function copyOf(folder: string): string {
  const copy = join(emptyFolder(), 'copy')
  cpSync(folder, copy, { recursive: true })
  return copy
}

/** Files of a directory, from its own path on. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

export async function sendMessages(cloud: Cloud, count: number, name = 'queue'): Promise<void> {
  const sqs = client(cloud, SQSClient, {})
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
  for (let i = 0; i < count; i += 1) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `${i}` }))
  }
}

/** A disk with room for so many bytes in logs and snapshots; `room` may be changed. */
export class SmallDisk {
  room: number
  /** Makes a flush fail, as a disk that is broken does. */
  broken = false

  constructor(room: number) {
    this.room = room
  }

  readonly fileSystem: FileSystem = {
    ...diskFileSystem,
    append: async (path, sizeBytes) => this.#limited(await diskFileSystem.append(path, sizeBytes)),
    replace: async (path, bytes) => {
      const parts: Uint8Array[] = []
      for await (const part of bytes instanceof Uint8Array ? [bytes] : bytes) parts.push(part)
      const whole = Buffer.concat(parts)
      this.#take(whole.byteLength)
      return await diskFileSystem.replace(path, whole)
    },
  }

  #limited(file: AppendFile): AppendFile {
    return {
      write: async (bytes) => {
        const fits = Math.min(bytes.byteLength, this.room)
        // A disk takes what it has room for, then refuses.
        await file.write(bytes.subarray(0, fits))
        this.#take(bytes.byteLength)
      },
      sync: async () => {
        if (this.broken)
          throw Object.assign(new Error('i/o error, fdatasync'), {
            code: 'EIO',
            syscall: 'fdatasync',
          })
        await file.sync()
      },
      truncate: (sizeBytes) => file.truncate(sizeBytes),
      close: () => file.close(),
    }
  }

  #take(sizeBytes: number): void {
    this.room -= sizeBytes
    if (this.room >= 0) return
    this.room = 0
    throw Object.assign(new Error('no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    })
  }
}
