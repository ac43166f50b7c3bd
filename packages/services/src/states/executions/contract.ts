import type { HistoryEvent, TestStateInput, TestStateOutput } from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import type { Service, Task } from '../../define.ts'
import type { Json, JsonObject } from '../asl/json.ts'
import type { Execution, MapRun } from './state.ts'

/**
 * What the interpreter and the rest of Step Functions promise each other. The interpreter knows no other
 * service: whatever a Task state asks for goes through `Ports.integration`.
 */

/** How a Task state waits for what it started. */
export type TaskPattern = 'requestResponse' | 'sync' | 'sync:2' | 'waitForTaskToken'

/** What the `Resource` of a Task state names. */
export type TaskResource =
  /** The plain ARN of a function: `arn:aws:lambda:...:function:name[:qualifier]`. */
  | { readonly kind: 'lambda'; readonly arn: string }
  | { readonly kind: 'activity'; readonly arn: string }
  | {
      /** `arn:aws:states:::sqs:sendMessage.waitForTaskToken`, `arn:aws:states:::aws-sdk:dynamodb:getItem`. */
      readonly kind: 'service'
      readonly arn: string
      /** `sqs`, `aws-sdk:dynamodb`: `resourceType` in histories. */
      readonly service: string
      /** `sendMessage`, `getItem`, without the pattern. */
      readonly action: string
      readonly pattern: TaskPattern
    }

/** What a Task state hands over. Plain JSON. */
export interface TaskRequest {
  readonly executionArn: string
  readonly executionName: string
  readonly stateMachineArn: string
  readonly stateName: string
  readonly resource: TaskResource
  /** `Parameters` or `Arguments` evaluated, or the state's input where it has none. */
  readonly parameters: Json
  /** The execution's role. */
  readonly roleArn: string
  /** `Credentials.RoleArn` evaluated: the target role, assumed from the execution's role. */
  readonly credentialsRoleArn?: string
  /** Names this attempt. The context object's `Task.Token` where the pattern is `waitForTaskToken`. */
  readonly token: string
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly timeoutSeconds?: number
  readonly heartbeatSeconds?: number
  readonly traceHeader?: string
}

/** How a task ends, or goes on. */
export type TaskOutcome =
  | { readonly kind: 'done'; readonly output: Json }
  /** `timedOut`: shown as TaskTimedOut. A worker may give neither error nor cause. */
  | {
      readonly kind: 'failed'
      readonly error?: string
      readonly cause?: string
      readonly timedOut?: 'task' | 'heartbeat'
    }
  /**
   * Started (`.sync`, `.waitForTaskToken`): `output` is what TaskSubmitted shows, and `taskSucceeded` or
   * `taskFailed` with the request's token ends it. An activity gives `pending` without output.
   */
  | { readonly kind: 'pending'; readonly output?: Json }

/** Does what Task states ask for. */
export interface Integration {
  /**
   * Called in a kernel task of its own, after TaskScheduled and TaskStarted (LambdaFunctionScheduled, ...) are in the
   * history. Everything that AWS shows as the state's failure is an outcome of kind `failed`; an exception is a bug.
   */
  readonly start: (
    ctx: Context,
    request: TaskRequest,
    engine: Engine,
  ) => TaskOutcome | Promise<TaskOutcome>
  /** The state timed out, or its execution was stopped, while the task was pending: `.sync` stops what it started. */
  readonly abort?: (
    ctx: Context,
    request: Pick<
      TaskRequest,
      'executionArn' | 'stateMachineArn' | 'resource' | 'token' | 'roleArn'
    >,
    engine: Engine,
  ) => void | Promise<void>
}

/** What the interpreter needs of its surroundings. */
export interface Ports {
  /** Undefined: AWS has no such integration (refused at definition time, or by name when it runs). */
  readonly integration: (resource: TaskResource) => Integration | undefined
  /** After every change of status of an execution (RUNNING, SUCCEEDED, ...): events, metrics, waiting parents. */
  readonly statusChanged?: (ctx: Context, execution: Execution, engine: Engine) => void
  /** Every stretch of events as it is written, in order: log groups. */
  readonly historyWritten?: (
    ctx: Context,
    execution: Execution,
    events: readonly HistoryEvent[],
  ) => void
}

export interface StartExecution {
  /** Of the state machine, without version or alias. */
  readonly stateMachineArn: string
  readonly stateMachineVersionArn?: string
  readonly stateMachineAliasArn?: string
  readonly type: 'STANDARD' | 'EXPRESS'
  /** Checked before: the text of a valid definition. */
  readonly definition: string
  readonly roleArn: string
  readonly revisionId?: string
  /** Checked before, or drawn by the caller. */
  readonly name: string
  readonly executionArn: string
  /** JSON text, checked before. */
  readonly input: string
  readonly traceHeader?: string
  /** `logging`, `encryption`, ...: whatever `historyWritten` and `statusChanged` need, kept with the execution. */
  readonly settings?: JsonObject
  /** Kept with the execution, for `statusChanged`: the parent's task token of `states:startExecution.sync`. */
  readonly notify?: JsonObject
}

/** What became of a token that somebody sent. */
export type TokenAnswer = 'accepted' | 'unknown' | 'expired'

export interface Engine {
  /** To be listed in service.ts. */
  readonly tasks: readonly Task<never>[]
  readonly tables: NonNullable<Service['tables']>
  /** Starts it; its first state is entered in a kernel task that is due now. */
  startExecution(ctx: Context, start: StartExecution): Execution
  /** Undefined where no such execution is; one that has ended stays as it is. */
  stopExecution(
    ctx: Context,
    executionArn: string,
    reason?: { readonly error?: string; readonly cause?: string },
  ): Execution | undefined
  /** A failed, timed-out or aborted Standard execution goes on where it failed. Checked before by `redriveStatus`. */
  redriveExecution(ctx: Context, executionArn: string, clientToken?: string): Execution
  /** When it was redriven with just this client token, while the token is remembered. */
  redrivenBefore(ctx: Context, execution: Execution, clientToken: string): number | undefined
  redriveStatus(
    ctx: Context,
    execution: Execution,
  ): {
    readonly status: 'REDRIVABLE' | 'NOT_REDRIVABLE' | 'REDRIVABLE_BY_MAP_RUN'
    readonly reason?: string
  }
  /**
   * Starts an Express execution and waits for its end, in the caller's call (StartSyncExecution). In a kernel task
   * nothing can wait: there, start it with `notify`.
   */
  runExpress(ctx: Context, start: StartExecution): Promise<Execution>
  testState(ctx: Context, input: TestStateInput): Promise<TestStateOutput>

  taskSucceeded(ctx: Context, token: string, output: Json): TokenAnswer
  taskFailed(ctx: Context, token: string, error?: string, cause?: string): TokenAnswer
  taskHeartbeat(ctx: Context, token: string): TokenAnswer
  /** An activity's worker took the task: ActivityStarted. The timeouts run on. */
  activityStarted(ctx: Context, token: string, workerName?: string): TokenAnswer

  /** In the order of ids; `reverse`: the last first. `afterId`: beyond this one in that order. */
  history(
    ctx: Context,
    executionArn: string,
    options?: { readonly reverse?: boolean; readonly afterId?: number },
  ): Iterable<HistoryEvent>
  mapRun(ctx: Context, mapRunArn: string): MapRun | undefined
  /** `UpdateMapRun`: undefined fields stay. */
  updateMapRun(
    ctx: Context,
    mapRunArn: string,
    changes: Partial<
      Pick<MapRun, 'maxConcurrency' | 'toleratedFailureCount' | 'toleratedFailurePercentage'>
    >,
  ): void
}

/**
 * A remark on a definition, as ValidateStateMachineDefinition gives it. `asl/validation.ts` exports
 * `definitionDiagnostics(text, type): Diagnostic[]` and `variableReferences(text): Record<string, string[]>`.
 */
export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING'
  /** `SCHEMA_VALIDATION_FAILED`, `MISSING_TRANSITION_TARGET`, ... */
  readonly code: string
  readonly message: string
  /** `/States/First/Next`, or `[Line: 1, Column: 2]` for text that is no JSON. */
  readonly location?: string
}
