import type { CodeRuntime } from '../process.ts'
import { NodeProcess } from './node-process.ts'

/** Versions that Lambda has had and that this Node runs as they are. */
const versions = /^nodejs(18|20|22|24)\.x$/

/** Functions for Node, each environment a worker thread of this process. */
export const nodeRuntime: CodeRuntime = {
  serves: (runtime) => versions.test(runtime),
  start: (environment) => new NodeProcess(environment),
}
