import { type ChildProcess, spawn } from 'node:child_process'
import { failureText } from './scenario.ts'

export interface ProbeCommand {
  /** A program with its arguments, or one line for the shell. */
  readonly command: readonly string[] | string
  readonly cwd: string
  readonly variables: Readonly<Record<string, string>>
  readonly onOutput: (text: string) => void
  /** Real time that it may take; absent: as long as it likes. */
  readonly limitMs?: number
  /** Ends it early, with the reason of the abort as what failed. */
  readonly signal?: AbortSignal
}

/** Characters of a command's output in which the reason of a failure is looked for. */
const tailMax = 20_000

/** How long a process may take to end by itself when it is told to, in ms. */
const graceMs = 2000

/** Runs a command and everything that it starts. What failed, if anything. */
export function runProbe(probe: ProbeCommand): Promise<string | undefined> {
  const { command, cwd, variables, onOutput, limitMs, signal } = probe
  const [program = '', args] =
    typeof command === 'string' ? [command, []] : [command[0], command.slice(1)]
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it started ends with it.
    const child = spawn(program, args, {
      cwd,
      shell: typeof command === 'string',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...variables },
      detached: true,
    })
    let tail = ''
    const read = (chunk: Buffer): void => {
      const text = chunk.toString()
      onOutput(text)
      tail = (tail + text).slice(-tailMax)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    let why: string | undefined
    const end = (reason: string): void => {
      why ??= reason
      endGroup(child)
    }
    const abort = (): void => end(String(signal?.reason))
    const timer =
      limitMs === undefined
        ? undefined
        : setTimeout(() => end(`the command took longer than ${limitMs / 1000} s`), limitMs)
    const interrupted = (): void => signalGroup(child, 'SIGKILL')
    process.once('exit', interrupted)
    signal?.addEventListener('abort', abort, { once: true })
    const done = (): void => {
      clearTimeout(timer)
      process.off('exit', interrupted)
      signal?.removeEventListener('abort', abort)
    }
    child.on('error', (error) => {
      done()
      reject(error)
    })
    child.on('close', (code, endedBy) => {
      done()
      // What it left running in the background has lost its cloud.
      signalGroup(child, 'SIGKILL')
      const how = endedBy === null ? `exit code ${code}` : `signal ${endedBy}`
      const said = tail.split('\n').findLast((line) => /error|fail|denied|exception/i.test(line))
      const words = said === undefined ? '' : `: ${failureText(said)}`
      resolve(why ?? (code === 0 ? undefined : `the command ended with ${how}${words}`))
    })
    if (signal?.aborted === true) abort()
  })
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM')
  setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs).unref()
}

/** The process and all that it started; those that have ended already are no error. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
