/** Processes that the code of an environment started; each leads a group of its own. */
export class Children {
  readonly #pids = new Set<number>()

  add(pid: number): void {
    this.#pids.add(pid)
  }

  remove(pid: number): void {
    this.#pids.delete(pid)
    // What it started itself and left behind goes with it.
    killGroup(pid)
  }

  /** Ends all of them; nothing of them runs any more when the promise is fulfilled. */
  async end(): Promise<void> {
    const pids = [...this.#pids]
    this.#pids.clear()
    for (const pid of pids) killGroup(pid)
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
