import type { Context } from '../../context.ts'
import type { Task, TaskOptions } from '../../define.ts'
import { run as runStep, type Step } from '../asl/surroundings.ts'
import type { Engine, Ports, TaskOutcome } from './contract.ts'
import { endExecution, endedKey } from './endings.ts'
import { history } from './history.ts'
import { fetchFor, mapRunStep } from './map-runs.ts'
import { redrive, redrivenBefore } from './redrive.ts'
import { redriveStatus } from './redrive-status.ts'
import { Run } from './run.ts'
import { expressMsMax, start } from './starting.ts'
import { executions, historyEvents, mapRuns, mapSizes } from './state.ts'
import { advance, guarded } from './steps.ts'
import * as names from './task-names.ts'
import { requestOf, settle } from './task-states.ts'
import { testState } from './test-state.ts'
import { mapItems, type Thread, taskTokens, threads } from './threads.ts'
import { activityStarted, answer, heartbeat } from './tokens.ts'

/** Ties the interpreter to its surroundings. */
export function createEngine(ports: Ports): Engine {
  const engine: Engine = {
    tasks: [],
    tables: [executions, historyEvents, mapRuns, mapSizes, threads, mapItems, taskTokens],
    startExecution: (ctx, options) => start(ctx, options, ports, engine),
    stopExecution: (ctx, executionArn, reason = {}) => {
      const run = openRun(ctx, executionArn)
      if (run === undefined) return undefined
      if (!run.isRunning) return run.execution
      const { error, cause } = reason
      const told = {
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
      }
      endExecution(run, { status: 'ABORTED', ...told }, 0)
      run.commit()
      return run.execution
    },
    redriveExecution: (ctx, executionArn, clientToken) => {
      const run = openRun(ctx, executionArn)
      if (run === undefined) throw new TypeError(`no execution ${executionArn}`)
      return redrive(run, clientToken)
    },
    redrivenBefore: (ctx, execution, clientToken) => redrivenBefore(ctx, execution, clientToken),
    redriveStatus: (ctx, execution) => redriveStatus(ctx, execution),
    runExpress: async (ctx, options) => {
      const { executionArn } = start(ctx, options, ports, engine)
      const untilMs = ctx.now() + expressMsMax + 1000
      for (;;) {
        const execution = executions.get(ctx, executionArn)
        if (execution === undefined) throw new TypeError(`no execution ${executionArn}`)
        if (execution.status !== 'RUNNING') return execution
        if (!(await ctx.wait(endedKey(executionArn), untilMs))) return execution
      }
    },
    testState: (ctx, input) => testState(ctx, input, ports, engine),
    taskSucceeded: (ctx, token, output) => answer(ctx, token, { kind: 'done', output }),
    taskFailed: (ctx, token, error, cause) =>
      answer(ctx, token, {
        kind: 'failed',
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
      }),
    taskHeartbeat: (ctx, token) => heartbeat(ctx, token),
    activityStarted: (ctx, token, workerName) => {
      return activityStarted(ctx, token, workerName, (arn) => openRun(ctx, arn))
    },
    history,
    mapRun: (ctx, mapRunArn) => mapRuns.get(ctx, mapRunArn),
    updateMapRun: (ctx, mapRunArn, changes) => void mapRuns.update(ctx, mapRunArn, changes),
  }

  function openRun(ctx: Context, executionArn: string): Run | undefined {
    const execution = executions.get(ctx, executionArn)
    return execution === undefined ? undefined : new Run(ctx, execution, ports, engine)
  }

  /** Work on one thread, if it still waits for just this, and the steps that follow from it. */
  function onThread(
    ctx: Context,
    { executionArn, threadId, of }: names.ThreadInput,
    work: (run: Run, thread: Thread) => Step<void> | undefined,
  ): void | Promise<void> {
    const run = openRun(ctx, executionArn)
    const thread = run?.thread(threadId)
    if (run === undefined || !run.isRunning || thread === undefined) return
    const awaited = [thread.enteredEventId, thread.task?.token, thread.mapRunArn]
    if (!awaited.includes(of)) return
    return runStep(worked(run, thread, work(run, thread)))
  }

  function settled(ctx: Context, input: names.ThreadInput, outcome: TaskOutcome) {
    return onThread(ctx, input, (run, thread) => settle(run, thread, outcome))
  }

  const perform = async (ctx: Context, input: names.ThreadInput): Promise<void> => {
    const run = openRun(ctx, input.executionArn)
    const thread = run?.thread(input.threadId)
    if (run === undefined || !run.isRunning || thread?.task?.token !== input.of) return
    const request = requestOf(run, thread, thread.task)
    const integration = ports.integration(request.resource)
    const outcome: TaskOutcome =
      integration === undefined
        ? {
            kind: 'failed',
            error: 'States.Runtime',
            cause: `${request.resource.arn} is not supported.`,
          }
        : await integration.start(ctx, request, engine)
    await settled(ctx, input, outcome)
  }

  const runMap = async (ctx: Context, input: names.MapRunInput): Promise<void> => {
    const run = openRun(ctx, input.executionArn)
    if (run === undefined || !run.isRunning) return
    const fetched = await fetchFor(ctx, run, input)
    await onThread(ctx, input, (now, thread) =>
      mapRunStep(now, thread, input, fetched, () => {
        ctx.after(0, names.mapRunTask, { ...input, step: 'end' })
      }),
    )
  }

  const tasks = [
    does(names.advanceTask, {
      run: (ctx, { executionArn, threads: ready }) => {
        const run = openRun(ctx, executionArn)
        if (run === undefined || !run.isRunning) return
        run.ready.push(...ready)
        return runStep(advance(run))
      },
    }),
    does(names.wakeTask, { run: (ctx, input) => onThread(ctx, input, woken) }),
    does(names.performTask, { run: perform }),
    does(names.settleTask, { run: (ctx, { outcome, ...input }) => settled(ctx, input, outcome) }),
    does(names.timeoutTask, {
      run: (ctx, input) =>
        onThread(ctx, input, (run, thread) =>
          settle(run, thread, {
            kind: 'failed',
            error: 'States.Timeout',
            timedOut: input.heartbeat ? 'heartbeat' : 'task',
          }),
        ),
    }),
    does(names.expireTask, {
      run: (ctx, { executionArn, redriveCount }) => {
        const run = openRun(ctx, executionArn)
        if (run === undefined || !run.isRunning) return
        if (run.execution.redriveCount !== redriveCount) return
        endExecution(run, { status: 'TIMED_OUT' }, 0)
        run.commit()
      },
    }),
    does(names.mapRunTask, { run: runMap }),
    does(names.abortTask, {
      run: async (ctx, input) => {
        await ports.integration(input.resource)?.abort?.(ctx, input, engine)
      },
    }),
  ]
  return Object.assign(engine, { tasks })
}

function does<I>(named: Task<I>, options: TaskOptions<I>): Task<I> {
  return { ...named, ...options }
}

function* worked(run: Run, thread: Thread, work: Step<void> | undefined): Step<void> {
  if (work !== undefined) yield* guarded(run, thread, work)
  yield* advance(run)
}

/** A Wait is over, or the delay before a retry. */
function woken(run: Run, thread: Thread): undefined {
  if (thread.timerId === undefined) return
  const { timerId: _over, ...rest } = thread
  const isWait = run.stateOf(thread).Type === 'Wait'
  run.put({ ...rest, phase: isWait ? 'leave' : 'attempt' })
  run.ready.push(thread.id)
}
