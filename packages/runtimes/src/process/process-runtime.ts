import { SimulatorError } from '@cloud-orrery/kernel'
import type { CodeEnvironment } from '@cloud-orrery/services'
import type { CodeProcess, CodeRuntime } from '../process.ts'
import { pythonFor } from './engines.ts'
import { type Launch, ProcessEnvironment } from './process-environment.ts'

/** Python, on the one that this machine has. */
export const pythonRuntime: CodeRuntime = {
  serves: (runtime) => runtime.startsWith('python'),
  start: (environment) => new ProcessEnvironment(environment, pythonLaunch(environment)),
}

/** Executables that speak the Runtime API themselves: `bootstrap` in the package or in a layer. */
export const providedRuntime: CodeRuntime = {
  serves: (runtime) => runtime === 'provided' || runtime.startsWith('provided.'),
  start: (environment): CodeProcess => {
    if (process.platform !== 'linux') {
      throw new SimulatorError(
        'RuntimeMissing',
        `The runtime ${environment.runtime} runs programs for Linux, and this machine has ${process.platform}.`,
        'Run it on Linux.',
      )
    }
    return new ProcessEnvironment(environment, providedLaunch)
  },
}

/** On which Python, and with what of ours. */
export function pythonLaunch({ runtime }: CodeEnvironment): Launch {
  const python = pythonFor(runtime)
  return {
    engine: `${python.path} ${python.version}`,
    hasModelTime: true,
    interpreter: { name: 'python', path: python.path },
    command: ({ runtime }) => [python.path, `${runtime}/bootstrap.py`],
    variables: ({ plain, tls }, places) => ({
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      PYTHONPATH: places.runtime,
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONHASHSEED: '0',
      ORRERY_PLAIN_PORT: String(plain),
      ORRERY_TLS_PORT: String(tls),
      ORRERY_TASK: places.task,
      ORRERY_OPT: places.opt,
      ORRERY_TMP: places.tmp,
    }),
  }
}

const providedLaunch: Launch = {
  engine: 'its own executable',
  // Deviation: an executable sees the machine's clock, and what it sleeps is not counted in the model's time.
  hasModelTime: false,
  command: ({ task, opt }) => [
    'sh',
    '-c',
    `for file in "${task}/bootstrap" "${opt}/bootstrap"; do [ -x "$file" ] && exec "$file"; done
echo "Couldn't find valid bootstrap(s): [${task}/bootstrap ${opt}/bootstrap]" >&2
exit 127`,
  ],
  variables: ({ api }) => ({ AWS_ENDPOINT_URL: `http://127.0.0.1:${api}` }),
}
