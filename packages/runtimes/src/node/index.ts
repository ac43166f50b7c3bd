import { SimulatorError } from '@cloud-orrery/kernel'
import type { CodeRuntime } from '../process.ts'
import { NodeProcess } from './node-process.ts'

/** Versions that Lambda has had and that this Node runs as they are. */
const versions = /^nodejs(18|20|22|24)\.x$/

/** Functions for Node, each environment a worker thread of this process. */
export const nodeRuntime: CodeRuntime = {
  serves: (runtime) => versions.test(runtime),
  start(environment) {
    if (environment.variables['AWS_LAMBDA_EXEC_WRAPPER'] !== undefined) {
      throw new SimulatorError(
        'RuntimeNotModelled',
        'Wrapper scripts (AWS_LAMBDA_EXEC_WRAPPER) of Node functions are not modelled.',
        'Set what the script sets as variables of the function; NODE_OPTIONS may hold --require and --import.',
      )
    }
    return new NodeProcess(environment)
  },
}
