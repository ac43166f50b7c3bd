import childProcess from 'node:child_process'
import { promisify } from 'node:util'
import { isRecord } from './arguments.ts'
import type { Link } from './link.ts'
import type { Paths } from './paths.ts'
import { childPids } from './process-guard.ts'

/** Where the runtime's own Node lies on AWS. */
const nodeFolder = '/var/lang/bin'

type AnyFunction = (...args: unknown[]) => unknown

/**
 * Lets the code start processes: they get real paths for those that the code sees, a process group of their own, and
 * end with the environment. Deviation: what they do is outside the model: they have real time, and this machine's
 * network.
 */
export function replaceChildProcesses(link: Link, paths: Paths, realNode: string): void {
  const realFolder = realNode.slice(0, realNode.lastIndexOf('/'))
  const text = (value: string) => withRealPaths(value, paths, realFolder)
  const optionsOf = (options: Record<PropertyKey, unknown>, async: boolean) => {
    const { cwd = process.cwd(), env = process.env } = options
    const variables: Record<string, string> = {}
    for (const [name, value] of Object.entries(isRecord(env) ? env : {})) {
      variables[name] = text(String(value))
    }
    const folder = cwd instanceof URL ? cwd.pathname : String(cwd)
    return {
      ...options,
      cwd: paths.real(folder),
      env: variables,
      ...(async ? { detached: true } : { timeout: Number(options['timeout'] ?? 0) || syncMsMax }),
    }
  }
  const translated = (args: readonly unknown[], async: boolean): unknown[] => {
    const at = args.findIndex(
      (arg) => isRecord(arg) && !Array.isArray(arg) && typeof arg !== 'function',
    )
    const options = optionsOf(at < 0 ? {} : (args[at] as Record<PropertyKey, unknown>), async)
    const rest = args
      .filter((_, index) => index !== at)
      .map((arg) => {
        if (typeof arg === 'string') return text(arg)
        return Array.isArray(arg) ? arg.map((value) => text(String(value))) : arg
      })
    const callback = rest.findIndex((arg) => typeof arg === 'function')
    rest.splice(callback < 0 ? rest.length : callback, 0, options)
    return rest
  }
  const wrap = (name: string, async: boolean) => {
    const real: unknown = Reflect.get(childProcess, name)
    if (typeof real !== 'function') return
    const wrapped = (...args: unknown[]) => {
      const child = Reflect.apply(real as AnyFunction, childProcess, translated(args, async))
      if (async && child instanceof childProcess.ChildProcess) track(child, link)
      return child
    }
    Reflect.set(childProcess, name, wrapped)
    if (name.startsWith('exec') && async) {
      Object.defineProperty(wrapped, promisify.custom, { value: promised(wrapped) })
    }
  }
  for (const name of ['spawn', 'exec', 'execFile']) wrap(name, true)
  for (const name of ['spawnSync', 'execSync', 'execFileSync']) wrap(name, false)
  const fork = () => {
    throw Object.assign(
      new Error(
        'Orrery does not model child_process.fork inside functions: spawn a program instead.',
      ),
      { code: 'ERR_FORK_NOT_MODELLED' },
    )
  }
  Object.assign(childProcess, { fork })
}

/** `util.promisify(exec)` gives both outputs, and the error has them too. */
function promised(run: AnyFunction): AnyFunction {
  return (...args) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const child = run(...args, (error: unknown, stdout: unknown, stderr: unknown) => {
      if (error instanceof Error) reject(Object.assign(error, { stdout, stderr }))
      else resolve({ stdout, stderr })
    })
    return Object.assign(promise, { child })
  }
}

/** Real time that a process may take which the code waits for without doing anything else. */
const syncMsMax = 60_000

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

function withRealPaths(value: string, paths: Paths, nodeBin: string): string {
  return value.replaceAll(
    /(?<![\w./-])\/(?:var\/task|opt|tmp|var\/lang\/bin)(?=$|[/\s:;'"])/g,
    (found) => (found === nodeFolder ? nodeBin : paths.real(found)),
  )
}
