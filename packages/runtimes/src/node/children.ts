import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { markerName } from './worker/child-processes.ts'

/** Processes that the code of an environment started; each leads a group of its own. */
export class Children {
  readonly #pids = new Set<number>()
  readonly #marker: string
  #used = false

  constructor(marker: string) {
    this.#marker = marker
  }

  /** Undefined: one that the code waited for, so that its id was never known. */
  add(pid: number | undefined): void {
    this.#used = true
    if (pid !== undefined && isOwn(pid)) this.#pids.add(pid)
  }

  remove(pid: number): void {
    if (!this.#pids.delete(pid)) return
    // What it started itself and left behind goes with it.
    kill(-pid)
  }

  /** Ends all of them, and what they started. */
  end(): void {
    for (const pid of this.#pids) kill(-pid)
    this.#pids.clear()
    if (!this.#used) return
    for (const pid of marked(`${markerName}=${this.#marker}`)) kill(pid)
    this.#used = false
  }
}

/** Whether a process may be ended: the code itself tells its id, so that it must not be believed. */
function isOwn(pid: number): boolean {
  // A negative id, or that of the first process, would stand for many.
  if (pid <= 1 || pid === process.pid || pid === process.ppid) return false
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // After the name, which is in brackets and may contain any character: its state, and its parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid
  } catch {
    return !existsSync('/proc/self') // Where it cannot be seen.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

/** Processes with this variable, on a machine where that can be seen: those that left their group are among them. */
function marked(variable: string): number[] {
  return processes().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable)
    } catch {
      return false // It has ended, or is another user's.
    }
  })
}

function processes(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return [] // A machine without `/proc`.
  }
}
