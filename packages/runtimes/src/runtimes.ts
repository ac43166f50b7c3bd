import { SimulatorError } from '@cloud-orrery/kernel'
import type { CodeEnvironment, CodeInvocation, CodeOutcome } from '@cloud-orrery/services'
import type { CodeProcess, CodeRuntime } from './process.ts'
import type { CodeWorld } from './world.ts'

/** All execution environments of one cloud that really live. */
export class Runtimes {
  readonly #families: readonly CodeRuntime[]
  readonly #processes = new Map<string, CodeProcess>()
  #isClosed = false

  constructor(families: readonly CodeRuntime[]) {
    this.#families = families
  }

  /** Invokes the code in its environment, which is started where it is not there. */
  async invoke(
    environment: CodeEnvironment,
    invocation: CodeInvocation | undefined,
    world: CodeWorld,
  ): Promise<CodeOutcome> {
    if (this.#isClosed) return nothingRan({ kind: 'lost' })
    let process = this.#processes.get(environment.id)
    if (process === undefined) {
      try {
        process = this.#start(environment)
      } catch (error) {
        if (error instanceof SimulatorError) return unavailable(`${error.message} ${error.next}`)
        throw error
      }
      this.#processes.set(environment.id, process)
    }
    const outcome = await process.invoke(invocation, world)
    if (!outcome.alive && this.#processes.get(environment.id) === process) {
      this.#processes.delete(environment.id)
      await process.end()
    }
    return outcome
  }

  /** Ends one environment. */
  async end(environmentId: string): Promise<void> {
    const process = this.#processes.get(environmentId)
    this.#processes.delete(environmentId)
    await process?.end()
  }

  /** Ends all of them; none is started any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    const all = [...this.#processes.values()]
    this.#processes.clear()
    await Promise.all(all.map((process) => process.end()))
  }

  #start(environment: CodeEnvironment): CodeProcess {
    const family = this.#families.find((runtime) => runtime.serves(environment.runtime))
    if (family === undefined) {
      throw new SimulatorError(
        'RuntimeNotModelled',
        `The runtime ${environment.runtime} is not modelled.`,
        'Use nodejs18.x, nodejs20.x, nodejs22.x, nodejs24.x, python* or provided.*.',
      )
    }
    return family.start(environment)
  }
}

function unavailable(message: string): CodeOutcome {
  return nothingRan({ kind: 'unavailable', message })
}

function nothingRan(end: CodeOutcome['end']): CodeOutcome {
  return { end, logs: [], started: false, alive: false, extensions: [], engine: 'none' }
}
