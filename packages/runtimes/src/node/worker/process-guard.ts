import inspector from 'node:inspector'
import os from 'node:os'
import path from 'node:path'
import v8 from 'node:v8'
import worker from 'node:worker_threads'
import type { Link } from './link.ts'

/** The id that the runtime's process mostly has on AWS. */
const ownPid = 8

const signalWords: Readonly<Record<string, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
}

/** Ids of processes that the code started, which it may signal. */
export const childPids = new Set<number>()

/** Lets the code take itself for a whole process, without a hand on the one that it runs in. */
export function guardProcess(link: Link, folder: string): void {
  const startedAtMs = link.nowMs()
  let cwd = folder
  const endBySignal = (signal: string) => {
    link.send({ type: 'signal', reason: `signal: ${signalWords[signal] ?? signal}` })
    process.exit(1)
  }
  const realKill = process.kill.bind(process)
  const kill = (pid: number, signal: string | number = 'SIGTERM'): true => {
    if (childPids.has(Math.abs(pid))) return realKill(pid, signal)
    if (pid !== ownPid && pid !== 0) throw systemError('ESRCH', 'kill', -3)
    if (signal === 0) return true
    const name = typeof signal === 'string' ? signal : signalName(signal)
    if (name !== 'SIGKILL' && process.listenerCount(name) > 0) process.emit(name as 'SIGTERM')
    else endBySignal(name)
    return true
  }
  const refused = (name: string) => () => {
    throw systemError('EPERM', name, -1)
  }
  const values: Record<string, unknown> = {
    pid: ownPid,
    ppid: 1,
    kill,
    _kill: kill,
    abort: () => endBySignal('SIGABRT'),
    cwd: () => cwd,
    chdir: (to: string) => {
      cwd = path.resolve(cwd, to)
    },
    umask: () => 0o22,
    setuid: refused('setuid'),
    setgid: refused('setgid'),
    seteuid: refused('seteuid'),
    setegid: refused('setegid'),
    setgroups: refused('setgroups'),
    initgroups: refused('initgroups'),
    argv: ['/var/lang/bin/node', '/var/runtime/index.mjs'],
    execArgv: [],
    execPath: '/var/lang/bin/node',
    title: 'node',
  }
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(process, name, { value, configurable: true, writable: true })
  }
  Object.assign(os, {
    hostname: () => '169.254.0.1',
    homedir: () => '/home/sbx_user1051',
    tmpdir: () => process.env['TMPDIR'] ?? '/tmp',
    totalmem: memoryBytes,
    // Of this machine these would be others in each run.
    freemem: () => memoryBytes() / 2,
    loadavg: () => [0, 0, 0],
    uptime: () => (link.nowMs() - startedAtMs) / 1000,
    networkInterfaces: () => ({}),
    getPriority: () => 0,
    setPriority: () => undefined,
    userInfo: () => ({
      uid: 993,
      gid: 990,
      username: 'sbx_user1051',
      homedir: '/home/sbx_user1051',
      shell: '/sbin/nologin',
    }),
  })
  hideThread()
  hideSimulator()
}

/** Bindings of Node's that show or change nothing outside of the code's own thread. */
const harmlessBindings = new Set([
  'buffer',
  'config',
  'constants',
  'http_parser',
  'natives',
  'util',
  'uv',
])

/** What would show, change or stop the process of the simulator, which is not the function's. */
function hideSimulator(): void {
  const not = (name: string) => () => {
    const error = new Error(`Orrery does not model ${name} inside functions.`)
    throw Object.assign(error, { code: 'ERR_NOT_MODELLED' })
  }
  for (const name of ['binding', '_linkedBinding'] as const) {
    const real: unknown = Reflect.get(process, name)
    if (typeof real !== 'function') continue
    Reflect.set(process, name, (module: string) => {
      if (!harmlessBindings.has(module)) throw new Error(`No such module: ${module}`)
      return Reflect.apply(real, process, [module])
    })
  }
  Object.assign(process.report, {
    getReport: not('process.report'),
    writeReport: not('process.report'),
  })
  Object.assign(inspector, { open: not('inspector.open'), waitForDebugger: not('inspector') })
  inspector.Session.prototype.connectToMainThread = not('inspector.Session.connectToMainThread')
  const { setFlagsFromString } = v8
  Object.assign(v8, {
    setFlagsFromString: (flags: string) => {
      // All threads share their flags; this one many programs set to tidy up.
      if (/^--(no-)?expose[-_]gc$/.test(flags)) setFlagsFromString(flags)
      else not(`the V8 flag ${flags}`)()
    },
    writeHeapSnapshot: not('v8.writeHeapSnapshot'),
    setHeapSnapshotNearHeapLimit: not('v8.setHeapSnapshotNearHeapLimit'),
  })
}

/** What the function may take, as the machine's memory. */
function memoryBytes(): number {
  return Number(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? 128) * 2 ** 20
}

/** The code runs in a thread of the simulator, which is nothing that it could know on AWS. */
function hideThread(): void {
  const refuse = class Worker {
    constructor() {
      throw Object.assign(
        new Error(
          'Orrery does not model worker threads inside functions: run the work in the handler.',
        ),
        { code: 'ERR_WORKER_UNSUPPORTED_OPERATION' },
      )
    }
  }
  Object.assign(worker, {
    isMainThread: true,
    parentPort: null,
    workerData: null,
    threadId: 0,
    Worker: refuse,
  })
}

function signalName(number: number): string {
  const found = Object.entries(os.constants.signals).find(([, value]) => value === number)
  return found?.[0] ?? 'SIGTERM'
}

function systemError(code: string, syscall: string, errno: number): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { errno, code, syscall })
}
