import type { CodeInvocation, CodeOutcome } from '../../code.ts'
import type { Context } from '../../context.ts'
import { busy } from '../concurrency.ts'
import { runtimeUnavailable, serviceFailure } from '../errors.ts'
import { initTimeoutMs } from '../limits.ts'
import { versionKey } from '../lookup.ts'
import { measureFunction } from '../metrics.ts'
import {
  type Deployment,
  type EnvironmentRecord,
  environments,
  type FunctionRecord,
  type VersionRecord,
  versions,
} from '../state.ts'
import { type Answer, answerOf } from './answers.ts'
import { codeEnvironment, withCredentials } from './code-environment.ts'
import { releaseEnvironment, servingDeployment, takeEnvironment } from './environments.ts'
import { type LogEvent, logEventsOf } from './log-lines.ts'
import { writeLog } from './log-writer.ts'

/** One run of a function. */
export interface Run {
  readonly fn: FunctionRecord
  readonly version: VersionRecord
  /** As it was named, with its qualifier. */
  readonly invokedArn: string
  readonly requestId: string
  /** JSON text. */
  readonly payload: string
  readonly clientContext?: string
}

export interface Executed {
  readonly answer: Answer
  readonly outcome: CodeOutcome
  readonly events: readonly LogEvent[]
}

/**
 * Runs a function for one event, in an environment that is there or started, and writes its log. Throws what Lambda
 * itself refuses: no concurrency left, a role that cannot be assumed.
 */
export async function execute(ctx: Context, run: Run): Promise<Executed> {
  const deployment = servingDeployment(run.version)
  const taken = takeEnvironment(ctx, run.fn, run.version, run.requestId)
  measureFunction(ctx, run.fn.name, 'ConcurrentExecutions', busy(ctx, run.fn.name))
  let environment: EnvironmentRecord
  let first: CodeOutcome
  const startedAtMs = ctx.now()
  try {
    environment = await withCredentials(ctx, taken, deployment.settings)
    first = await invokeCode(ctx, environment, deployment, run, initTimeoutMs)
  } catch (error) {
    releaseEnvironment(ctx, taken.id, false)
    throw error
  }
  // Source: developer guide, "Init phase": an init that failed runs again, as part of the invocation.
  const ran = failedInit(first) ? await again(ctx, environment, deployment, run, first) : first
  const outcome = survivingOutcome(ctx, environment, ran)
  const { settings } = deployment
  const told = {
    requestId: run.requestId,
    nowMs: ctx.now(),
    timeoutSeconds: settings.timeoutSeconds,
  }
  const answer = answerOf(outcome.end, told)
  if (answer === undefined) {
    releaseEnvironment(ctx, environment.id, false)
    if (outcome.end.kind === 'unavailable') throw runtimeUnavailable(outcome.end.message)
    throw serviceFailure('The invocation was lost with the process that ran it.')
  }
  const times = logTimes(ctx, startedAtMs, outcome, answer, settings.timeoutSeconds)
  measureRun(ctx, run, answer.failed, times.durationMs)
  const events = logEventsOf(ctx, {
    requestId: run.requestId,
    functionArn: run.invokedArn,
    environment,
    settings,
    ...times,
    answer,
  })
  const logs = await writeLog(ctx, environment, events)
  finish(ctx, environment, run.version, outcome.alive, logs)
  return { answer, outcome, events }
}

/** By the qualifier that the caller named, if any. */
function measureRun(ctx: Context, run: Run, failed: boolean, durationMs: number): void {
  const { name } = run.fn
  const qualifier = run.invokedArn.split(':')[7]
  measureFunction(ctx, name, 'Invocations', 1, qualifier)
  measureFunction(ctx, name, 'Errors', failed ? 1 : 0, qualifier)
  measureFunction(ctx, name, 'Duration', durationMs, qualifier)
}

async function invokeCode(
  ctx: Context,
  environment: EnvironmentRecord,
  deployment: Deployment,
  run: Run,
  initMs: number,
): Promise<CodeOutcome> {
  const invocation: CodeInvocation = {
    requestId: run.requestId,
    payload: run.payload,
    deadlineMs: ctx.now() + deployment.settings.timeoutSeconds * 1000,
    invokedFunctionArn: run.invokedArn,
    traceId: traceId(ctx),
    ...(run.clientContext === undefined ? {} : { clientContext: run.clientContext }),
  }
  const code = await codeEnvironment(ctx, environment, deployment, run.fn.arn, initMs)
  return await ctx.code.run(code, invocation)
}

/**
 * The fault `lambda.crash`: the environment dies after the code has done its work and before Lambda knows, as where a host
 * fails. Whoever invokes again has the work done again.
 */
function survivingOutcome(
  ctx: Context,
  environment: EnvironmentRecord,
  outcome: CodeOutcome,
): CodeOutcome {
  if (outcome.end.kind !== 'returned' || !ctx.struck('lambda.crash', true)) return outcome
  if (outcome.alive) ctx.code.end(environment.id)
  const end = {
    kind: 'exited',
    phase: 'invoke',
    reason: 'signal: killed',
    outOfMemory: false,
  } as const
  return { ...outcome, alive: false, end }
}

function failedInit({ end }: CodeOutcome): boolean {
  if (end.kind === 'initFailed') return true
  return (end.kind === 'timedOut' || end.kind === 'exited') && end.phase === 'init'
}

async function again(
  ctx: Context,
  environment: EnvironmentRecord,
  deployment: Deployment,
  run: Run,
  first: CodeOutcome,
): Promise<CodeOutcome> {
  if (first.alive) ctx.code.end(environment.id)
  const timeoutMs = deployment.settings.timeoutSeconds * 1000
  const second = await invokeCode(ctx, environment, deployment, run, timeoutMs)
  return { ...second, logs: [...first.logs, ...second.logs] }
}

/** Source: X-Ray developer guide, "Tracing header". Nothing is sampled: there are no traces yet. */
function traceId(ctx: Context): string {
  const seconds = Math.floor(ctx.now() / 1000).toString(16)
  return `Root=1-${seconds}-${ctx.ids.hex(24)};Parent=${ctx.ids.hex(16)};Sampled=0`
}

/** Model time does not pass while code works, only while it waits: what the work itself takes is drawn. */
function logTimes(
  ctx: Context,
  calledAtMs: number,
  outcome: CodeOutcome,
  { status }: Answer,
  timeoutSeconds: number,
) {
  const { started, initEndedAtMs, logs } = outcome
  const startedAtMs = initEndedAtMs ?? calledAtMs
  const endedAtMs = ctx.now()
  const drawnMs = 0.8 + ctx.random.float() * 3
  const measuredMs = endedAtMs - startedAtMs + drawnMs
  const durationMs = status?.kind === 'timeout' ? timeoutSeconds * 1000 : measuredMs
  const initLines = logs.filter(({ atMs }) => atMs < startedAtMs)
  const times = {
    startedAtMs,
    endedAtMs,
    initLines,
    lines: logs.slice(initLines.length),
    durationMs: round(Math.min(durationMs, timeoutSeconds * 1000)),
  }
  if (!started) return times
  const initDurationMs = round(startedAtMs - calledAtMs + 90 + ctx.random.float() * 80)
  return { ...times, initStartedAtMs: calledAtMs, initDurationMs }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}

function finish(
  ctx: Context,
  environment: EnvironmentRecord,
  version: VersionRecord,
  alive: boolean,
  logs: EnvironmentRecord['logs'],
): void {
  releaseEnvironment(ctx, environment.id, alive, { logs })
  if (!alive) return
  // Code that was replaced, or deleted, while it ran is not used again.
  const now = environments.get(ctx, environment.id)
  if (now !== undefined && isOutdated(ctx, now, version)) {
    environments.delete(ctx, now.id)
    ctx.code.end(now.id)
  }
}

function isOutdated(
  ctx: Context,
  environment: EnvironmentRecord,
  { functionName, number }: VersionRecord,
) {
  const version = versions.get(ctx, versionKey(functionName, number))
  return version === undefined || servingDeployment(version).id !== environment.deploymentId
}
