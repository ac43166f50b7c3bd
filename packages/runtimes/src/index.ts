import { nodeRuntime } from './node/index.ts'
import { providedRuntime, pythonRuntime } from './process/process-runtime.ts'
import { Runtimes } from './runtimes.ts'

export type { CodeProcess, CodeRuntime } from './process.ts'
export { Runtimes } from './runtimes.ts'
export type { CodeWorld } from './world.ts'

/** The runtimes that are built, for one cloud. */
export function createRuntimes(): Runtimes {
  return new Runtimes([nodeRuntime, pythonRuntime, providedRuntime])
}
