import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './pages.ts'

/** A shell in a folder of its own, in which `npx orrery` is this checkout and `aws` is the one that was found. */

const main = join(root, 'packages/cli/src/main.ts')

/** Version 1 of PyPI in the checkout's own environment, or what is on the path. Undefined where none works. */
export function findAws(): string | undefined {
  const found = [join(root, '.orrery/venv/bin/aws'), 'aws'].find((path) => {
    try {
      execFileSync(path, ['--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
  return found === 'aws' ? execFileSync('bash', ['-c', 'command -v aws']).toString().trim() : found
}

export interface Shell {
  readonly folder: string
  /** What the command printed, errors too, and how it ended. Background commands: once they printed a line. */
  run(command: string): Promise<{ code: number; output: string }>
  end(): Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      )
    })
  })

export async function openShell(aws: string | undefined): Promise<Shell> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-docs-'))
  const port = await freePort()
  const tools = join(folder, '.bin')
  mkdirSync(tools)
  writeTool(join(tools, 'npx'), npxScript(port))
  if (aws !== undefined) {
    // Version 1 does not read the endpoint's variable for every service.
    writeTool(join(tools, 'aws'), `exec ${aws} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n`)
  }
  const bash = spawn('bash', ['--norc', '--noprofile'], {
    cwd: folder,
    env: {
      PATH: `${tools}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      AWS_PAGER: '',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  return sessionOf(bash, folder, port)
}

function writeTool(path: string, script: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/usr/bin/env bash\n${script}`)
  chmodSync(path, 0o755)
}

/** `npx orrery COMMAND`, from the sources and on a port of its own where the command has one; others as installed. */
function npxScript(port: number): string {
  return `while [[ "$1" == -* ]]; do shift; done
[ "$1" = orrery ] || exec "${join(root, 'node_modules/.bin')}/$1" "\${@:2}"
shift
case "$1" in
  run|systems|help|--*) set -- "$@" ;;
  *) set -- "$@" --port ${port} ;;
esac
exec ${process.execPath} --conditions=orrery-source --no-warnings ${main} "$@"
`
}

/** Longest that one command of a page may take, in ms of real time. */
const commandMsMax = 60_000

function sessionOf(bash: ChildProcess, folder: string, port: number): Shell {
  let output = ''
  let changed = () => {}
  const hear = (chunk: Buffer) => {
    output += chunk.toString()
    changed()
  }
  bash.stdout?.on('data', hear)
  bash.stdin?.write('exec 2>&1\n')
  const until = async (done: () => boolean, command: string): Promise<void> => {
    const timeout = setTimeout(() => changed(), commandMsMax)
    const endMs = performance.now() + commandMsMax
    while (!done()) {
      if (performance.now() >= endMs) throw new Error(`${command} did not end:\n${output}`)
      await new Promise<void>((resolve) => {
        changed = resolve
      })
    }
    clearTimeout(timeout)
  }
  return {
    folder,
    async run(command) {
      output = ''
      bash.stdin?.write(`${command}\nprintf '\\n#done %s#\\n' "$?"\n`)
      const end = /\n#done (\d+)#\n/
      const background = command.trimEnd().endsWith('&')
      await until(
        () => end.test(output) && (!background || output.replace(end, '').trim() !== ''),
        command,
      )
      const code = Number(end.exec(output)?.[1])
      return { code, output: output.replace(end, '').replaceAll(String(port), '4566') }
    },
    async end() {
      const closed = new Promise((resolve) => bash.once('close', resolve))
      // The whole group: a server that the page left running too.
      if (bash.pid !== undefined && existsSync(folder)) process.kill(-bash.pid, 'SIGTERM')
      bash.kill('SIGKILL')
      await closed
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
