import os from 'node:os'
import path from 'node:path'
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
    totalmem: () => Number(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? 128) * 2 ** 20,
    networkInterfaces: () => ({}),
    userInfo: () => ({
      uid: 993,
      gid: 990,
      username: 'sbx_user1051',
      homedir: '/home/sbx_user1051',
      shell: '/sbin/nologin',
    }),
  })
  hideThread()
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
