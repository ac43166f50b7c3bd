import type { Context } from '../../context.ts'
import { redriveMapRun } from './map-redrive.ts'
import type { Run } from './run.ts'
import { expiry } from './starting.ts'
import { type Execution, mapRuns, type RedriveToken } from './state.ts'
import { advanceTask } from './task-names.ts'
import { type Thread, threadKey, threads } from './threads.ts'

/** Client tokens that are remembered, and for how long. Source: Step Functions API Reference, RedriveExecution, `clientToken`. */
const tokensMax = 10
const tokenMsMax = 15 * 60_000

export function redrivenBefore(
  ctx: Context,
  { redriveTokens = [] }: Execution,
  clientToken: string,
): number | undefined {
  return redriveTokens.find(
    ({ token, redrivenAtMs }) => token === clientToken && ctx.now() - redrivenAtMs <= tokenMsMax,
  )?.redrivenAtMs
}

/**
 * Goes on at the states that did not succeed: of a Parallel or Map state, at the branches and iterations that did
 * not; a distributed Map state keeps its run. Source: Developer Guide, "Redriving executions".
 */
export function redrive(run: Run, clientToken?: string): Execution {
  const { ctx } = run
  const { stoppedAtMs, error, cause, output, ...rest } = run.execution
  run.execution = {
    ...rest,
    status: 'RUNNING',
    redriveCount: rest.redriveCount + 1,
    redrivenAtMs: ctx.now(),
    ...tokensWith(ctx, rest.redriveTokens ?? [], clientToken),
  }
  const { executionArn, redriveCount, eventCount } = run.execution
  const eventId = run.event(
    undefined,
    'ExecutionRedriven',
    { executionRedrivenEventDetails: { redriveCount } },
    { previous: eventCount },
  )
  const ready: string[] = []
  for (const thread of [...threads.scan(ctx, { prefix: threadKey(executionArn, '0') })]) {
    if (thread.phase === 'ended') {
      if (thread.joined !== true) ready.push(thread.id)
    } else if (redriven(run, thread, eventId)) ready.push(thread.id)
  }
  run.execution = { ...run.execution, expiryId: expiry(run) }
  run.ports.statusChanged?.(ctx, run.execution, run.engine)
  run.commit()
  ctx.after(0, advanceTask, { executionArn, threads: ready })
  return run.execution
}

function tokensWith(
  ctx: Context,
  before: readonly RedriveToken[],
  token: string | undefined,
): Pick<Execution, 'redriveTokens'> {
  if (token === undefined) return {}
  const redriveTokens = [...before, { token, redrivenAtMs: ctx.now() }].slice(-tokensMax)
  return { redriveTokens }
}

/** A thread as it goes on: true where its next step is its own. */
function redriven(run: Run, thread: Thread, eventId: number): boolean {
  const fresh = { ...thread, lastEventId: eventId, retries: [], retryCount: 0 }
  if (thread.group !== undefined) {
    run.put(fresh)
    return false
  }
  const mapRun = mapRuns.get(run.ctx, thread.mapRunArn ?? '')
  // A run whose items were never known is none yet: the state begins another.
  if (mapRun?.isBegun === true) {
    redriveMapRun(run, run.put(fresh), mapRun)
    return false
  }
  const { mapRunArn: _neverBegun, ...rest } = fresh
  run.put({ ...rest, phase: thread.phase === 'waiting' ? 'attempt' : thread.phase })
  return true
}
