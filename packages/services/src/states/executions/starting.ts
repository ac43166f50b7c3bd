import type { Context } from '../../context.ts'
import type { Engine, Ports, StartExecution } from './contract.ts'
import { dataDetails } from './moves.ts'
import { Run } from './run.ts'
import type { Execution } from './state.ts'
import { advanceTask, expireTask } from './task-names.ts'
import type { Thread } from './threads.ts'

/** Longest execution. Source: Developer Guide, "Step Functions service quotas". */
export const standardMsMax = 365 * 86_400_000
export const expressMsMax = 300_000

/** What a child of a distributed Map state has besides. */
export interface ChildOf {
  readonly mapRunArn: string
  readonly itemCount: number
  readonly itemIndex: number
  /** Of a child that replaces one of an earlier attempt. */
  readonly redriveCount?: number
}

/** Starts an execution; its first state is entered in a kernel task that is due now. */
export function start(
  ctx: Context,
  options: StartExecution,
  ports: Ports,
  engine: Engine,
  child?: ChildOf,
): Execution {
  const { definition, ...told } = options
  const nowMs = ctx.now()
  const execution: Execution = {
    ...told,
    definition: ctx.blobs.put(Buffer.from(definition)),
    status: 'RUNNING',
    startedAtMs: nowMs,
    redriveCount: 0,
    eventCount: 0,
    ...child,
  }
  const run = new Run(ctx, execution, ports, engine)
  const { stateMachineAliasArn, stateMachineVersionArn, roleArn, input } = execution
  run.event(undefined, 'ExecutionStarted', {
    executionStartedEventDetails: {
      input,
      inputDetails: dataDetails,
      roleArn,
      ...(stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn }),
      ...(stateMachineVersionArn === undefined ? {} : { stateMachineVersionArn }),
    },
  })
  run.put(rootThread(run))
  run.execution = { ...run.execution, expiryId: expiry(run) }
  ports.statusChanged?.(ctx, run.execution, engine)
  run.commit()
  ctx.after(0, advanceTask, { executionArn: execution.executionArn, threads: ['0'] })
  return run.execution
}

/** The end of the time that an execution has. */
export function expiry(run: Run): string {
  const { executionArn, type, redriveCount } = run.execution
  const longestMs = type === 'EXPRESS' ? expressMsMax : standardMsMax
  const { TimeoutSeconds } = run.definition
  const ownMs = TimeoutSeconds === undefined ? longestMs : TimeoutSeconds * 1000
  return run.ctx.after(Math.min(ownMs, longestMs), expireTask, { executionArn, redriveCount })
}

function rootThread(run: Run): Thread {
  const { executionArn, input } = run.execution
  return {
    executionArn,
    id: '0',
    index: 0,
    block: [],
    state: run.definition.StartAt,
    phase: 'enter',
    // The API checked that it is JSON.
    input: JSON.parse(input) as Thread['input'],
    enteredAtMs: run.ctx.now(),
    enteredEventId: 0,
    beforeEventId: 0,
    lastEventId: 0,
    variables: {},
    retries: [],
    retryCount: 0,
    generation: 0,
  }
}
