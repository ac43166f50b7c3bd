import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'

/** What a running server leaves for other commands of the same user: how to reach and to control it. */
export interface ServerFile {
  readonly port: number
  readonly url: string
  readonly token: string
  readonly region: string
  readonly accountId: string
  readonly pid: number
}

function folder(): string {
  return join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), `orrery-${userInfo().uid}`)
}

export function writeServerFile(file: ServerFile): void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 })
  writeFileSync(join(folder(), `${file.port}.json`), JSON.stringify(file), { mode: 0o600 })
}

export function removeServerFile(port: number): void {
  rmSync(join(folder(), `${port}.json`), { force: true })
}

export function readServerFile(port: number): ServerFile {
  let file: ServerFile
  try {
    // Written by `writeServerFile` alone, in a folder that only this user can write.
    file = JSON.parse(readFileSync(join(folder(), `${port}.json`), 'utf8')) as ServerFile
  } catch {
    throw notRunning(port)
  }
  // A server that was killed could not take its file away.
  if (!isAlive(file.pid)) throw notRunning(port)
  return file
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

export function notRunning(port: number): SimulatorError {
  return new SimulatorError(
    'NotRunning',
    `No orrery of yours runs on port ${port}.`,
    `Start one with 'orrery start --port ${port}', or name its port with --port.`,
  )
}
