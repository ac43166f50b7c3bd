import type { BlobRef } from '@cloud-orrery/kernel'

/** One execution environment of the user's code, as plain data. */
export interface CodeEnvironment {
  /** Names it: invocations with the same id go to the same process while it lives. From `ctx.ids`. */
  readonly id: string
  /** Model's name of the runtime: `nodejs22.x`, `python3.13`, `provided.al2023`. */
  readonly runtime: string
  /** `index.handler`; what it means is the runtime's own. */
  readonly handler: string
  /** The deployment package, a zip; the code sees it at `/var/task`. */
  readonly code: BlobRef
  /** Zips, in the order of the layers, unpacked over each other; the code sees them at `/opt`. */
  readonly layers: readonly BlobRef[]
  /**
   * What the code finds in its environment: the user's variables, credentials, and the service's own
   * (`AWS_LAMBDA_FUNCTION_NAME`). The runtime adds what leads back into the cloud (`AWS_ENDPOINT_URL`, the paths).
   */
  readonly variables: Readonly<Record<string, string>>
  readonly memoryMb: number
  /** Size of `/tmp`. */
  readonly storageMb: number
  /** Model time that the init phase may take. Source: Lambda developer guide, "Init phase": 10 s. */
  readonly initTimeoutMs: number
  /** From which random numbers in the code follow, where the runtime can see to it. */
  readonly seed: number
}

export interface CodeInvocation {
  readonly requestId: string
  /** The event: JSON text. */
  readonly payload: string
  /** Moment of model time at which the code is stopped. */
  readonly deadlineMs: number
  readonly invokedFunctionArn: string
  /** `X-Amzn-Trace-Id` */
  readonly traceId?: string
  /** JSON text. */
  readonly clientContext?: string
  /** JSON text. */
  readonly cognitoIdentity?: string
}

/** One line that the code wrote, or one record where it writes JSON; without the line's end. */
export interface CodeLogLine {
  /** Model time. */
  readonly atMs: number
  readonly text: string
}

export interface CodeError {
  readonly errorType: string
  readonly errorMessage: string
  /** Lines of the stack; absent where the runtime's language gives none. Paths as on AWS (`/var/task/index.js`). */
  readonly trace?: readonly string[]
}

/** How an invocation ended. */
export type CodeEnd =
  /** The handler's answer: JSON text (`null` where it returned nothing). */
  | { readonly kind: 'returned'; readonly payload: string }
  /** An answer that was streamed. A failure on the way is `error`. */
  | {
      readonly kind: 'streamed'
      readonly contentType: string
      readonly chunks: readonly { readonly atMs: number; readonly base64: string }[]
      readonly error?: CodeError
    }
  /** The handler threw or rejected. `payload`: the error as the runtime words it, JSON text. */
  | { readonly kind: 'failed'; readonly error: CodeError; readonly payload: string }
  /** The init phase failed: the module cannot be found or read, or threw. */
  | { readonly kind: 'initFailed'; readonly error: CodeError; readonly payload: string }
  /** The deadline came; the environment is gone. `phase`: what was going on. */
  | { readonly kind: 'timedOut'; readonly phase: 'init' | 'invoke' }
  /** The process ended by itself: `exit status 1`, `signal: killed` (out of memory). */
  | {
      readonly kind: 'exited'
      readonly phase: 'init' | 'invoke'
      readonly reason: string
      readonly outOfMemory: boolean
    }
  /** This machine cannot run it (no `python3`), or the runtime is not built: `message` says what to do. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** The run was lost with the process of the simulator. */
  | { readonly kind: 'lost' }

export interface CodeOutcome {
  readonly end: CodeEnd
  /** What the code wrote, the init phase's lines first. */
  readonly logs: readonly CodeLogLine[]
  /** Whether this invocation had to start the environment: the init phase ran. */
  readonly started: boolean
  /** Model time at which the init phase ended; only where it ran. */
  readonly initEndedAtMs?: number
  /** False: the environment is gone, and `endCode` has nothing to do. */
  readonly alive: boolean
  /** Names of the extensions that registered, internal ones too. */
  readonly extensions: readonly string[]
  /** Which program did the work, for people: `node 24.21.0 (worker)`, `/usr/bin/python3 3.11.7`. */
  readonly engine: string
}

/** Runs the user's code, which is no part of the model: what it does is journaled, a replay does not run it. */
export interface CodeRunner {
  /**
   * Runs the code for one event, in an execution environment that is started where it is not there. Ends when the
   * code does, at its deadline at the latest; never rejects for what the code does. Only one invocation at a time
   * may run in an environment.
   */
  run(environment: CodeEnvironment, invocation: CodeInvocation): Promise<CodeOutcome>
  /** The init phase alone, ahead of the first invocation; `returned` with `null` where the environment is ready. */
  start(environment: CodeEnvironment): Promise<CodeOutcome>
  /** Ends an environment that is idle. Nothing waits for it. */
  end(environmentId: string): void
}
