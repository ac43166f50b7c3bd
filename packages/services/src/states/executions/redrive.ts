import type { Context } from '../../context.ts'
import type { Engine } from './contract.ts'
import { eventsMax, type Run } from './run.ts'
import { expiry } from './starting.ts'
import type { Execution } from './state.ts'
import { advanceTask } from './task-names.ts'
import { threadKey, threads } from './threads.ts'

/** How long after its end an execution can be redriven. Source: Developer Guide, "Redriving executions". */
const redriveMsMax = 14 * 86_400_000
const redrivesMax = 1000

/** Whether an execution can be redriven, and why not. */
export function redriveStatus(
  ctx: Context,
  execution: Execution,
): ReturnType<Engine['redriveStatus']> {
  const { status, stoppedAtMs = 0, mapRunArn, redriveCount, eventCount } = execution
  const not = (reason: string) => ({ status: 'NOT_REDRIVABLE', reason }) as const
  if (status === 'RUNNING' || status === 'SUCCEEDED' || status === 'PENDING_REDRIVE') {
    return not(`Execution is ${status} and cannot be redriven`)
  }
  if (mapRunArn !== undefined) return { status: 'REDRIVABLE_BY_MAP_RUN' }
  if (ctx.now() - stoppedAtMs > redriveMsMax) {
    return not('Execution has exceeded the redrivable period')
  }
  if (redriveCount >= redrivesMax) return not('Execution has exceeded the maximum redrive count')
  if (eventCount >= eventsMax - 1) return not('Execution history event limit exceeded')
  return { status: 'REDRIVABLE' }
}

/**
 * Goes on at the states that did not succeed. Deviation: of a Parallel or Map state that failed, all branches or
 * iterations run again; on AWS those that had succeeded do not.
 */
export function redrive(run: Run): Execution {
  const { ctx } = run
  const { stoppedAtMs, error, cause, output, ...rest } = run.execution
  run.execution = {
    ...rest,
    status: 'RUNNING',
    redriveCount: rest.redriveCount + 1,
    redrivenAtMs: ctx.now(),
  }
  const { executionArn, redriveCount, eventCount } = run.execution
  const eventId = run.event(
    undefined,
    'ExecutionRedriven',
    { executionRedrivenEventDetails: { redriveCount } },
    { previous: eventCount },
  )
  const ready: string[] = []
  for (const thread of threads.scan(ctx, { prefix: threadKey(executionArn, '0') })) {
    if (thread.phase === 'ended' || thread.group !== undefined) continue
    const retries: readonly number[] = []
    run.put({ ...thread, phase: 'attempt', lastEventId: eventId, retries, retryCount: 0 })
    ready.push(thread.id)
  }
  run.execution = { ...run.execution, expiryId: expiry(run) }
  run.ports.statusChanged?.(ctx, run.execution, run.engine)
  run.commit()
  ctx.after(0, advanceTask, { executionArn, threads: ready })
  return run.execution
}
