import type { Context } from '../../context.ts'
import type { Engine } from './contract.ts'
import { eventsMax } from './run.ts'
import type { Execution } from './state.ts'

/** How long after its end an execution can be redriven. Source: Developer Guide, "Redriving executions". */
const redriveMsMax = 14 * 86_400_000
const redrivesMax = 1000

type Redriven = Pick<Execution, 'status' | 'stoppedAtMs' | 'redriveCount' | 'eventCount'> & {
  readonly mapRunArn?: string | undefined
}

/** Whether an execution can be redriven, and why not. */
export function redriveStatus(
  ctx: Context,
  execution: Redriven,
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
