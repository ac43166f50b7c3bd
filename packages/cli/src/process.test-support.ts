import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

/** What a server prints with `--json`. */
export interface ReadyLine {
  readonly port: number
  readonly seed: number
}

export interface Running {
  /** All that it printed, once it matches. */
  text(pattern: RegExp): Promise<string>
  /** Its first line, read. */
  line(): Promise<ReadyLine>
  kill(signal: NodeJS.Signals): void
  ended(): Promise<{ code: number | null; out: string; err: string }>
}

/** A command line in a process of its own, from the sources; killed when the test is over. */
export function command(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Running {
  const child = spawn(process.execPath, ['--conditions=orrery-source', main, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const texts = { out: '', err: '' }
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }))
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text
  })
  const text = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(texts.out)) resolve(texts.out)
      }
      child.stdout.on('data', look)
      child.on('close', (code) => reject(new Error(`it ended with ${code}: ${texts.err}`)))
      look()
    })
  return {
    text,
    line: async () => JSON.parse(await text(/\n/)) as ReadyLine, // See `serve`.
    kill: (signal) => void child.kill(signal),
    ended: () => ended,
  }
}
