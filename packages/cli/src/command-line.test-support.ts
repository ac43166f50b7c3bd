import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cloud, type CloudOptions, createCloud, listen } from '@cloud-orrery/cloud'
import { runCommandLine } from './run-command-line.ts'
import { removeServerFile, writeServerFile } from './server-file.ts'

// Server files of tests lie apart from those of the user.
process.env['XDG_RUNTIME_DIR'] = mkdtempSync(join(tmpdir(), 'orrery-cli-'))

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** One command line, in this process. */
export async function orrery(
  args: string | readonly string[],
  { terminal = false, cwd = process.cwd() } = {},
): Promise<Ended> {
  const [out, err]: [string[], string[]] = [[], []]
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    terminal,
    cwd,
  }
  const words = typeof args === 'string' ? args.split(' ') : [...args]
  const code = await runCommandLine(words, io)
  return { code, out: out.join(''), err: err.join('') }
}

export interface Served {
  readonly cloud: Cloud
  readonly port: number
  /** A command line with this server's port added; it must succeed. Gives what it wrote. */
  readonly told: (
    args: string | readonly string[],
    options?: { terminal?: boolean; cwd?: string },
  ) => Promise<string>
  /** The same with `--json`, read. */
  readonly asked: (args: string | readonly string[]) => Promise<Record<string, unknown>>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** A server in this process, known to commands by its file. */
export async function served(options: CloudOptions = {}): Promise<Served> {
  const cloud = createCloud({ deepFreeze: true, ...options })
  const token = 'test-token'
  const server = await listen(cloud, { port: 0, token })
  const { port, url } = server
  writeServerFile({
    port,
    url,
    token,
    region: cloud.defaultRegion,
    accountId: cloud.defaultAccountId,
    pid: process.pid,
  })
  const told = async (args: string | readonly string[], terminal = {}): Promise<string> => {
    const words = typeof args === 'string' ? args.split(' ') : args
    const { code, out, err } = await orrery([...words, '--port', String(port)], terminal)
    if (code !== 0) throw new Error(`orrery ${words.join(' ')} ended with ${code}: ${err}`)
    return out
  }
  return {
    cloud,
    port,
    told,
    async asked(args) {
      const words = typeof args === 'string' ? args.split(' ') : args
      const value: unknown = JSON.parse(await told([...words, '--json']))
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new Error(`orrery ${words.join(' ')} --json is no object`)
      }
      return value as Record<string, unknown>
    },
    async [Symbol.asyncDispose]() {
      removeServerFile(port)
      await server.close()
    },
  }
}
