import childProcess from 'node:child_process'
import { isRecord } from './arguments.ts'
import type { Link } from './link.ts'
import type { Paths } from './paths.ts'
import { childPids } from './process-guard.ts'

/** Variable by which the host finds all processes that came from an environment. */
export const markerName = '_ORRERY_ENVIRONMENT'

/** Real time that a process may take which the code waits for without doing anything else. */
const syncMsMax = 60_000

export interface ChildOptions {
  readonly link: Link
  readonly paths: Paths
  /** Node's program on this machine; the code knows it as `/var/lang/bin/node`. */
  readonly node: string
  /** Value of the variable `markerName`. */
  readonly marker: string
}

/** As `ChildProcess.spawn` gets them, made from all that `spawn`, `exec` and `execFile` take. */
interface SpawnOptions {
  file: string
  args?: string[]
  envPairs?: string[]
  cwd?: string
  detached?: boolean
}

type AnyFunction = (...args: unknown[]) => unknown

/**
 * Lets the code start processes: they get real paths for those that the code sees, a process group of their own, and
 * end with the environment. Deviation: what they do is outside the model: they have real time, and this machine's
 * network.
 */
export function replaceChildProcesses({ link, paths, node, marker }: ChildOptions): void {
  const nodeFolder = node.slice(0, node.lastIndexOf('/'))
  const real = (text: string) => withRealPaths(text, paths, nodeFolder)
  const { prototype } = childProcess.ChildProcess
  // The type of Node's own leaves `spawn` out.
  const spawn: unknown = Reflect.get(prototype, 'spawn')
  Reflect.set(prototype, 'spawn', function (this: childProcess.ChildProcess, given: SpawnOptions) {
    const options: SpawnOptions = {
      ...given,
      file: real(given.file),
      args: given.args?.map(real) ?? [],
      envPairs: [...(given.envPairs ?? []).map(real), `${markerName}=${marker}`],
      cwd: paths.real(given.cwd ?? process.cwd()),
      detached: true,
    }
    const failed = Reflect.apply(spawn as AnyFunction, this, [options])
    track(this, link)
    return failed
  })
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) {
    const run = childProcess[name] as AnyFunction // All of them take options last.
    const wrapped = (...args: unknown[]) => {
      link.send({ type: 'child', pid: undefined })
      return run(...translated(args, real, paths, marker))
    }
    Reflect.set(childProcess, name, wrapped)
  }
  const fork = () => {
    const message =
      'Orrery does not model child_process.fork inside functions: spawn a program instead.'
    throw Object.assign(new Error(message), { code: 'ERR_FORK_NOT_MODELLED' })
  }
  Object.assign(childProcess, { fork })
}

function translated(
  args: readonly unknown[],
  real: (text: string) => string,
  paths: Paths,
  marker: string,
): unknown[] {
  const given = args.find((arg) => isRecord(arg) && !Array.isArray(arg))
  const options = isRecord(given) ? given : {}
  const { cwd = process.cwd(), env = process.env, timeout = 0 } = options
  const variables: Record<string, string> = { [markerName]: marker }
  for (const [name, value] of Object.entries(env ?? {})) variables[name] = real(String(value))
  const rest = args
    .filter((arg) => arg !== given && arg !== undefined)
    .map((arg) => {
      if (typeof arg === 'string') return real(arg)
      return Array.isArray(arg) ? arg.map((value) => real(String(value))) : arg
    })
  const timeoutMs = Number(timeout) > 0 ? Number(timeout) : syncMsMax
  const folder = paths.real(cwd instanceof URL ? cwd.pathname : String(cwd))
  return [
    ...rest,
    { killSignal: 'SIGKILL', ...options, cwd: folder, env: variables, timeout: timeoutMs },
  ]
}

function track(child: childProcess.ChildProcess, link: Link): void {
  const { pid } = child
  if (pid === undefined) return
  childPids.add(pid)
  link.send({ type: 'child', pid })
  child.once('exit', () => {
    childPids.delete(pid)
    link.send({ type: 'childEnded', pid })
  })
}

function withRealPaths(text: string, paths: Paths, nodeFolder: string): string {
  const shown = /(?<![\w./-])\/(?:var\/task|opt|tmp|var\/lang\/bin)(?=$|[/\s:;'"])/g
  return text.replaceAll(shown, (found) =>
    found === '/var/lang/bin' ? nodeFolder : paths.real(found),
  )
}
