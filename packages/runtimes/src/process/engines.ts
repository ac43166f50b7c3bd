import { spawnSync } from 'node:child_process'
import { SimulatorError } from '@cloud-orrery/kernel'

/** A Python that was found on this machine. */
export interface Python {
  readonly path: string
  readonly version: string
}

const found = new Map<string, Python | undefined>()

/**
 * The Python for a runtime: the one of its own version where there is one, else `python3`. Throws `SimulatorError`
 * where there is none.
 */
export function pythonFor(runtime: string): Python {
  const version = runtime.slice('python'.length)
  for (const command of [`python${version}`, 'python3']) {
    const python = pythonAt(command)
    if (python !== undefined) return python
  }
  throw new SimulatorError(
    'PythonMissing',
    `The runtime ${runtime} needs Python, and this machine has no python3 in its PATH.`,
    'Install Python 3.9 or later.',
  )
}

function pythonAt(command: string): Python | undefined {
  if (!found.has(command)) found.set(command, ask(command))
  return found.get(command)
}

/** A shim on the path starts the real one, which then says where it is. */
function ask(command: string): Python | undefined {
  const script = 'import sys; print(sys.executable); print(sys.version.split()[0])'
  const { status, stdout } = spawnSync(command, ['-c', script], { encoding: 'utf8' })
  const [path, version] = status === 0 ? stdout.trim().split('\n') : []
  return path === undefined || version === undefined ? undefined : { path, version }
}
