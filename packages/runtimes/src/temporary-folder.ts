import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { chmod, lstat, readdir, rm } from 'node:fs/promises'
import { hostname, tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'

let own: string | undefined

/**
 * The folder of this thread for what lives no longer than it. It is made on first use and goes with the process;
 * folders that a crashed process left are swept.
 */
export function temporaryFolder(): string {
  if (own !== undefined) return own
  const parent = join(tmpdir(), `orrery-${userInfo().uid}`)
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  sweep(parent)
  const name = `${machine()}.${process.pid}.${threadId}.${randomBytes(4).toString('hex')}`
  const folder = join(parent, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  own = folder
  if (!atExit) process.once('exit', removeOwn)
  atExit = true
  return folder
}

let atExit = false

function removeOwn(): void {
  if (own === undefined) return
  removeNow(own)
  removeEmpty(dirname(own))
}

/** Removes a folder with all that is in it, whatever its modes are, and those above it that are empty then. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true })
  } catch {
    // A folder that may not be written to keeps its files.
    await openFolders(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  if (own !== undefined && dirname(folder) === own && removeEmpty(own)) {
    const parent = dirname(own)
    own = undefined
    removeEmpty(parent)
  }
}

function machine(): string {
  return hostname().replace(/[^\w-]/g, '_') || 'localhost'
}

/** Removes the folders of processes of this machine that are gone. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [host, pid] = name.split('.')
    if (host === machine() && pid !== undefined && !lives(Number(pid)))
      removeNow(join(parent, name))
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function removeNow(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    openFoldersNow(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether it could go; another one may be using it at this moment. */
function removeEmpty(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}

async function openFolders(folder: string): Promise<void> {
  const { mode } = await lstat(folder)
  await chmod(folder, mode | 0o700)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name))
  }
}

function openFoldersNow(folder: string): void {
  chmodSync(folder, 0o700)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openFoldersNow(join(folder, entry.name))
  }
}
