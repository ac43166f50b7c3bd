import type { CodeEnvironment, CodeInvocation, CodeOutcome } from '@cloud-orrery/services'
import type { CodeWorld } from './world.ts'

/** One execution environment that lives: a worker thread or a process group. */
export interface CodeProcess {
  /** For people: `node 24.21.0 (worker)`. */
  readonly engine: string
  /**
   * Runs the init phase where it has not run, then the handler (none for `undefined`: init alone). Every stretch in
   * which the code may do something is a `piece` of `world.turns`. Never rejects for what the code does.
   */
  invoke(invocation: CodeInvocation | undefined, world: CodeWorld): Promise<CodeOutcome>
  /** Ends it, with all that it started; nothing is left when the promise is fulfilled. */
  end(): Promise<void>
}

/** Makes environments of one family of runtimes. */
export interface CodeRuntime {
  /** Whether it runs this one: `nodejs22.x`. */
  serves(runtime: string): boolean
  /** Throws `SimulatorError` where this machine cannot run it. Nothing runs before the first `invoke`. */
  start(environment: CodeEnvironment): CodeProcess
}
