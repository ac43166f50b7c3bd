import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { SimulatorError } from '@cloud-orrery/kernel'
import type { FileSystem } from './file-system.ts'

/** Who holds a directory. */
interface Holder {
  readonly pid: number
  /** When that process began, as the system counts: a later one may have the same number. */
  readonly startedAt: string
}

/** How long a killed process may take to end, in ms: its memory is given back first. */
const endingMsMax = 5000

const lockName = /^lock\.(\d{12})$/

/**
 * Takes a directory for this process. The lock with the highest number counts; its holder alone deletes lower ones, and
 * a name is taken by `link`, which one of several gets, so that two who find a dead holder cannot both follow it.
 * Returns what gives it back. Throws `SimulatorError` where a living process has it.
 */
export async function lockDirectory(
  fileSystem: FileSystem,
  directory: string,
): Promise<() => Promise<void>> {
  const own = join(directory, `lock.${process.pid}.${Math.trunc(performance.now() * 1000)}.new`)
  const holder: Holder = { pid: process.pid, startedAt: startOf(process.pid) ?? '' }
  await fileSystem.replace(own, Buffer.from(JSON.stringify(holder)))
  try {
    for (;;) {
      const last = await highest(fileSystem, directory)
      if (last !== undefined) await refuseIfHeld(fileSystem, directory, last)
      const name = nameOf((last === undefined ? 0 : numberOf(last)) + 1)
      if (!(await fileSystem.link(own, join(directory, name)))) continue
      const after = await highest(fileSystem, directory)
      if (after !== name) {
        await fileSystem.remove(join(directory, name))
        continue
      }
      await removeLower(fileSystem, directory, name)
      return () => fileSystem.remove(join(directory, name))
    }
  } finally {
    await fileSystem.remove(own)
  }
}

async function highest(fileSystem: FileSystem, directory: string): Promise<string | undefined> {
  return (await fileSystem.list(directory)).filter((name) => lockName.test(name)).at(-1)
}

async function removeLower(fileSystem: FileSystem, directory: string, own: string): Promise<void> {
  for (const name of await fileSystem.list(directory)) {
    if (lockName.test(name) && name < own) await fileSystem.remove(join(directory, name))
  }
}

async function refuseIfHeld(
  fileSystem: FileSystem,
  directory: string,
  name: string,
): Promise<void> {
  let holder: Holder
  try {
    // Written above; it got its name when it was whole.
    holder = JSON.parse(Buffer.from(await fileSystem.read(join(directory, name))).toString())
  } catch {
    // Given back meanwhile, or no lock of ours: the loop looks again at what is there.
    return
  }
  // A server that was killed a moment ago: who starts the next one at once need not try again.
  for (let waitedMs = 0; threadsOfDefunct(holder.pid) && waitedMs < endingMsMax; waitedMs += 20) {
    await setTimeout(20)
  }
  if (!isAlive(holder)) return
  throw new SimulatorError(
    'DataInUse',
    `The data directory ${directory} is in use by process ${holder.pid}.`,
    'Stop that server, or give this one a directory of its own.',
  )
}

/** Whether a process of this number runs. One that ended, and that its parent has not asked about, runs no more. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0) && threadsOfDefunct(pid) !== 0
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  if (!isRunning(pid)) return false
  const started = startOf(pid)
  return started === undefined || startedAt === '' || started === startedAt
}

/**
 * A killed process keeps its number until its parent takes note, which in a container without an init is never. Its
 * first thread is a zombie already while others still end, which may be writing: only without them is it over.
 * Returns how many these are; undefined for a process that was not killed.
 */
function threadsOfDefunct(pid: number): number | undefined {
  if (statOf(pid)?.[0] !== 'Z') return undefined
  try {
    return readdirSync(`/proc/${pid}/task`).length - 1
  } catch {
    return 0 // Gone between the two looks.
  }
}

/** Undefined where the system does not tell. Source: proc(5), `/proc/[pid]/stat`, field 22. */
function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19]
}

/** Fields 3 (the state) and following. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined // No such file system here, or the process is gone: `kill` tells which.
  }
}

function numberOf(name: string): number {
  return Number(lockName.exec(name)?.[1])
}

function nameOf(number: number): string {
  return `lock.${String(number).padStart(12, '0')}`
}
