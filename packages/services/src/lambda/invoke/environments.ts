import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { checkConcurrency } from '../concurrency.ts'
import { idleMsChoices, initTimeoutMs } from '../limits.ts'
import { qualifierOf } from '../lookup.ts'
import {
  type Deployment,
  type EnvironmentRecord,
  environments,
  type FunctionRecord,
  idlePrefix,
  type VersionRecord,
} from '../state.ts'

/** What a version answers with now: its former deployment while an update is under way. */
export function servingDeployment(version: VersionRecord): Deployment {
  return version.serving ?? version.deployment
}

/**
 * An environment for an invocation: a provisioned one, the idle one that was used last, or a new one, within the
 * concurrency that is left. It is busy from here on.
 */
export function takeEnvironment(
  ctx: Context,
  fn: FunctionRecord,
  version: VersionRecord,
  requestId: string,
): EnvironmentRecord {
  const deployment = servingDeployment(version)
  const { functionName, number } = version
  const pool = { functionName, version: number, deploymentId: deployment.id }
  for (const idle of environments.scanIndex(ctx, 'idle', {
    prefix: idlePrefix(pool),
    reverse: true,
  })) {
    if (!idle.provisioned) checkConcurrency(ctx, fn)
    return use(ctx, idle, requestId, deployment)
  }
  checkConcurrency(ctx, fn)
  return use(ctx, newEnvironment(ctx, version, deployment, false), requestId, deployment)
}

/** A record of an environment that is not started yet. */
export function newEnvironment(
  ctx: Context,
  { functionName, number }: VersionRecord,
  deployment: Deployment,
  provisioned: boolean,
): EnvironmentRecord {
  const { settings } = deployment
  const day = new Date(ctx.now()).toISOString().slice(0, 10).replaceAll('-', '/')
  const own = settings.logging.group === `/aws/lambda/${functionName}`
  const id = ctx.ids.hex(32)
  // Source: developer guide, "Log groups": streams of a shared group begin with the function's name.
  const stream = own
    ? `${day}/[${qualifierOf(number)}]${id}`
    : `${day}/${functionName}[${qualifierOf(number)}]${id}`
  return environments.put(ctx, {
    id,
    functionName,
    version: number,
    deploymentId: deployment.id,
    state: 'idle',
    provisioned,
    warm: false,
    lastUsedAtMs: ctx.now(),
    idleMs: ctx.choose('lambda.idle', idleMsChoices),
    useNumber: 0,
    logGroup: settings.logging.group,
    logStream: stream,
    logs: 'unopened',
    memoryUsedMb: drawnMemory(ctx, settings.runtime, settings.memoryMb),
    seed: ctx.random.uint32(),
  })
}

/** What the code really needs is not measured: a plausible figure is drawn. */
function drawnMemory(ctx: Context, runtime: string, memoryMb: number): number {
  const [least, spread] = runtime.startsWith('nodejs') ? [64, 24] : [30, 20]
  return Math.min(memoryMb, least + ctx.random.below(spread))
}

function use(
  ctx: Context,
  environment: EnvironmentRecord,
  requestId: string,
  deployment: Deployment,
): EnvironmentRecord {
  const giveUpTaskId = ctx.after(lostAfterMs(deployment), giveUpRun, {
    id: environment.id,
    requestId,
  })
  return environments.put(ctx, { ...environment, state: 'busy', run: { requestId, giveUpTaskId } })
}

/** The code's own deadline comes first: this one is for runs that were lost with their process. */
export function lostAfterMs({ settings }: Deployment): number {
  return settings.timeoutSeconds * 1000 + 2 * initTimeoutMs + graceMs
}

const graceMs = 60_000

/** An invocation is over: its environment waits for the next one, or is gone. */
export function releaseEnvironment(
  ctx: Context,
  id: string,
  alive: boolean,
  change: Partial<Pick<EnvironmentRecord, 'logs'>> = {},
): void {
  const record = environments.get(ctx, id)
  if (record === undefined) return
  if (record.run !== undefined) ctx.cancel(record.run.giveUpTaskId)
  if (!alive) {
    environments.delete(ctx, id)
    return
  }
  const { run: _, ...rest } = record
  const first = !record.warm
  environments.put(ctx, {
    ...rest,
    ...change,
    state: 'idle',
    warm: true,
    lastUsedAtMs: ctx.now(),
    useNumber: record.useNumber + 1,
  })
  if (first && !record.provisioned) ctx.after(record.idleMs, expireEnvironment, { id })
}

/** An environment that was idle long enough is ended; one that was used meanwhile is looked at again later. */
export const expireEnvironment = task<{ id: string }>('lambda.expire-environment', {
  run(ctx, { id }) {
    const record = environments.get(ctx, id)
    if (record === undefined) return
    const restMs = record.lastUsedAtMs + record.idleMs - ctx.now()
    if (record.state === 'idle' && restMs <= 0) endEnvironment(ctx, record)
    else ctx.after(Math.max(restMs, 1000), expireEnvironment, { id })
  },
})

/** Frees what a run holds whose end never came: the simulator's process ended, or this is a fork of it. */
export const giveUpRun = task<{ id: string; requestId: string }>('lambda.give-up-run', {
  run(ctx, { id, requestId }) {
    const record = environments.get(ctx, id)
    if (record?.run?.requestId === requestId) environments.delete(ctx, id)
  },
})

function endEnvironment(ctx: Context, { id }: EnvironmentRecord): void {
  environments.delete(ctx, id)
  ctx.code.end(id)
}

/** Ends environments of a function that are idle. Those that are busy end with what they do. */
export function endEnvironments(
  ctx: Context,
  functionName: string,
  which: (it: EnvironmentRecord) => boolean = () => true,
): void {
  for (const it of [...environments.where(ctx, 'function', functionName)]) {
    if (which(it) && it.state === 'idle') endEnvironment(ctx, it)
  }
}

/** After an update: what was made of the former code answers no more. */
export function retireOthers(ctx: Context, version: VersionRecord): void {
  const { functionName, number, deployment } = version
  endEnvironments(
    ctx,
    functionName,
    (it) => it.version === number && it.deploymentId !== deployment.id,
  )
}
