import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process that answers in lines. */
export interface Child {
  readonly process: ChildProcess
  /** Its next line; throws when it has ended. */
  line(): Promise<string>
  write(text: string): void
  end(): Promise<void>
}

/** The compiled command line, as a user's `npx orrery` runs it. */
export const orreryMain = fileURLToPath(
  new URL('../../packages/cli/bin/orrery.mjs', import.meta.url),
)

/** Another script of this folder, under the same Node and with the same options. */
export function script(name: string, ...args: string[]): Child {
  const path = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  return child(process.execPath, [...process.execArgv, path, ...args])
}

export function child(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Child {
  const started = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
  })
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
  const exited = new Promise<void>((resolve) => started.once('exit', () => resolve()))
  return {
    process: started,
    async line() {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${command} ${args.join(' ')} ended without an answer`)
      return value
    },
    write: (text) => void started.stdin.write(text),
    async end() {
      started.kill('SIGTERM')
      await exited
    },
  }
}

export function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64')
}
