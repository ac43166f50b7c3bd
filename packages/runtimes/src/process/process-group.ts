import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Marks everything that an environment started, whatever group or session it moved to. */
export const markVariable = 'ORRERY_ENVIRONMENT'

/** The file tree that a process sees, by a name of its own. Undefined where it is the one that all others see. */
export function ownTreeOf(pid: number): string | undefined {
  const tree = link(`/proc/${pid}/ns/mnt`)
  return tree === link('/proc/self/ns/mnt') ? undefined : tree
}

/**
 * Processes that carry an environment's mark, or see its file tree: a mark can be dropped, a tree cannot be left.
 * Empty where the machine has no `/proc`.
 */
export function marked(id: string, tree: string | undefined): number[] {
  const mark = `${markVariable}=${id}\0`
  const isInTree = (pid: number) => tree !== undefined && link(`/proc/${pid}/ns/mnt`) === tree
  const own: number[] = []
  for (const name of list('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    if (read(`/proc/${pid}/environ`).includes(mark) || isInTree(pid)) own.push(pid)
  }
  return own
}

/** A process and all that it started and that is still its descendant. */
export function familyOf(pid: number): number[] {
  const family = [pid]
  for (const member of family) {
    for (const thread of list(`/proc/${member}/task`)) {
      const children = read(`/proc/${member}/task/${thread}/children`).trim()
      if (children !== '') family.push(...children.split(' ').map(Number))
    }
  }
  return family
}

/** Whether every thread of these processes waits for something. True where that cannot be told. */
export function areAsleep(pids: readonly number[]): boolean {
  for (const pid of pids) {
    for (const thread of list(`/proc/${pid}/task`)) {
      const stat = read(`/proc/${pid}/task/${thread}/stat`)
      // The state stands after the name, which is in brackets and may contain any character.
      const state = stat.slice(stat.lastIndexOf(')') + 2).charAt(0)
      if (state === 'R' || state === 'D') return false
    }
  }
  return true
}

/** Memory that they hold together, in bytes; 0 where that cannot be told. */
export function residentBytes(pids: readonly number[]): number {
  let pages = 0
  for (const pid of pids) pages += Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0)
  return pages * pageBytes
}

/** Time of the processor that they have had together, in ms. Undefined where that cannot be told. */
export function processorMs(pids: readonly number[]): number | undefined {
  let ticks = 0
  for (const pid of pids) {
    const stat = read(`/proc/${pid}/stat`)
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
    if (user === undefined || system === undefined) return undefined
    ticks += Number(user) + Number(system)
  }
  return ticks * tickMs
}

/** Linux tells processor time in hundredths of a second. */
const tickMs = 10

/** Of every machine that Linux counts with `statm` here. */
const pageBytes = 4096

/** Environments that must not outlive the simulator. */
const living = new Set<{ killNow(): void }>()

function killAll(): void {
  for (const environment of living) environment.killNow()
}

export function killAtExit(environment: { killNow(): void }): void {
  if (living.size === 0) process.once('exit', killAll)
  living.add(environment)
}

export function forgetAtExit(environment: { killNow(): void }): void {
  living.delete(environment)
  if (living.size === 0) process.off('exit', killAll)
}

/** Sends a signal to a process group, and to all that left it. */
export function signalAll(
  pid: number,
  { id, tree }: { readonly id: string; readonly tree: string | undefined },
  signal: NodeJS.Signals,
): void {
  signalOne(-pid, signal)
  for (const own of marked(id, tree)) signalOne(own, signal)
}

export function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It is gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** How a process ended. */
export function exitReason({
  code,
  signal,
}: {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}): string {
  return signal === null ? `exit status ${code ?? 0}` : `signal: ${signalWords[signal] ?? signal}`
}

/** As Go words them, in which Lambda's supervisor is written. */
const signalWords: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGABRT: 'aborted',
  SIGTERM: 'terminated',
  SIGBUS: 'bus error',
}

/** Fulfilled when a child has ended. */
export function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return Promise.resolve()
  }
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

/** A process may end while it is looked at. */
function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
