import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { isThrottle } from '../../shared/transient-errors.ts'
import { lostAfterMs, servingDeployment } from '../invoke/environments.ts'
import { type Executed, execute } from '../invoke/execution.ts'
import { answering } from '../invoke/target.ts'
import {
  eventAgeSecondsDefault,
  retryAttemptsDefault,
  retryDelaysMs,
  throttledDelayMsMax,
  throttledDelayMsMin,
} from '../limits.ts'
import { type Found, find, latest, qualifierOf } from '../lookup.ts'
import { measureFunction } from '../metrics.ts'
import { functionArn } from '../names.ts'
import { type EventInvokeConfigRecord, eventInvokeConfigs, type VersionRecord } from '../state.ts'
import { type Condition, deliverResult } from './results.ts'
import { type AsyncEvent, asyncEvents } from './state.ts'

export function enqueue(
  ctx: Context,
  { fn }: Found,
  event: { qualifier: string | undefined; payload: string; clientContext: string | undefined },
): void {
  const { qualifier, payload, clientContext } = event
  asyncEvents.put(ctx, {
    requestId: ctx.requestId,
    functionName: fn.name,
    ...(qualifier === undefined ? {} : { qualifier }),
    payload,
    ...(clientContext === undefined ? {} : { clientContext }),
    enqueuedAtMs: ctx.now(),
    failures: 0,
    putOff: 0,
    runs: 0,
  })
  measureFunction(ctx, fn.name, 'AsyncEventsReceived')
  ctx.after(0, runEvent, { requestId: ctx.requestId })
  // Lambda's queue is eventually consistent: an event may run twice. Source: developer guide, "Asynchronous invocation".
  if (ctx.choose('lambda.async-duplicate', [false, true])) {
    ctx.after(0, runAgain, { requestId: ctx.requestId })
  }
}

export const runEvent = task<{ requestId: string }>('lambda.run-event', {
  async run(ctx, { requestId }) {
    const event = asyncEvents.get(ctx, requestId)
    if (event !== undefined) await attempt(ctx, event)
  },
})

/** A second delivery of an event, which decides nothing. */
export const runAgain = task<{ requestId: string }>('lambda.run-again', {
  async run(ctx, { requestId }) {
    const event = asyncEvents.get(ctx, requestId)
    const found = event === undefined ? undefined : foundOf(ctx, event)
    if (event === undefined || found === undefined) return
    try {
      await executeEvent(ctx, event, found, answering(ctx, found))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error // No room for a duplicate: then there is none.
    }
  },
})

function foundOf(ctx: Context, { functionName, qualifier }: AsyncEvent): Found | undefined {
  const { accountId, region } = ctx
  return find(ctx, {
    accountId,
    region,
    name: functionName,
    full: true,
    ...(qualifier === undefined ? {} : { qualifier }),
  })
}

function executeEvent(
  ctx: Context,
  event: AsyncEvent,
  found: Found,
  version: VersionRecord,
): Promise<Executed> {
  return execute(ctx, {
    fn: found.fn,
    version,
    invokedArn: functionArn(ctx, {
      accountId: ctx.accountId,
      region: ctx.region,
      name: event.functionName,
      qualifier: event.qualifier,
    }),
    requestId: event.requestId,
    payload: event.payload,
    ...(event.clientContext === undefined ? {} : { clientContext: event.clientContext }),
  })
}

async function attempt(ctx: Context, event: AsyncEvent): Promise<void> {
  const found = foundOf(ctx, event)
  if (found === undefined) {
    asyncEvents.delete(ctx, event.requestId) // The function was deleted: nobody can be told.
    return
  }
  const config = configOf(ctx, event)
  if (found.fn.reservedConcurrency === 0) {
    return await giveUp(ctx, event, found, config, 'ZeroReservedConcurrency', undefined)
  }
  const version = answering(ctx, found)
  // In a fork the end of this run never comes: there the event runs anew.
  const lostTaskId = ctx.after(lostAfterMs(servingDeployment(version)), runEvent, {
    requestId: event.requestId,
  })
  measureFunction(ctx, event.functionName, 'AsyncEventAge', ctx.now() - event.enqueuedAtMs)
  let executed: Executed
  try {
    executed = await executeEvent(ctx, event, found, version)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return await putOff(ctx, event, found, config, error)
  } finally {
    ctx.cancel(lostTaskId)
  }
  const after = { ...event, runs: event.runs + 1 }
  const executedVersion = qualifierOf(version.number)
  if (!executed.answer.failed) {
    asyncEvents.delete(ctx, event.requestId)
    await deliverResult(ctx, {
      event: after,
      found,
      config,
      condition: 'Success',
      executed,
      executedVersion,
    })
    return
  }
  await retry(
    ctx,
    { ...after, failures: event.failures + 1 },
    found,
    config,
    executed,
    executedVersion,
  )
}

async function retry(
  ctx: Context,
  event: AsyncEvent,
  found: Found,
  config: EventInvokeConfigRecord | undefined,
  executed: Executed,
  executedVersion: string,
): Promise<void> {
  const retriesMax = config?.retryAttempts ?? retryAttemptsDefault
  const delayMs = retryDelaysMs[event.failures - 1] ?? 0
  const conclude = async (condition: Condition) => {
    asyncEvents.delete(ctx, event.requestId)
    await deliverResult(ctx, { event, found, config, condition, executed, executedVersion })
  }
  if (event.failures > retriesMax) return await conclude('RetriesExhausted')
  // Recorded: lambda, `test_maxeventage`: an event that would be too old by then is given up now.
  if (ctx.now() + delayMs >= endOf(event, config)) return await conclude('EventAgeExceeded')
  asyncEvents.put(ctx, event)
  ctx.after(delayMs, runEvent, { requestId: event.requestId })
}

/** Throttles and errors of Lambda's own count for nothing but time. */
async function putOff(
  ctx: Context,
  event: AsyncEvent,
  found: Found,
  config: EventInvokeConfigRecord | undefined,
  error: AwsError,
): Promise<void> {
  const delayMs = Math.min(throttledDelayMsMin * 2 ** event.putOff, throttledDelayMsMax)
  if (ctx.now() + delayMs > endOf(event, config)) {
    return await giveUp(ctx, event, found, config, 'EventAgeExceeded', error)
  }
  asyncEvents.put(ctx, { ...event, putOff: event.putOff + 1 })
  ctx.record('task', 'lambda.put-off', {
    requestId: event.requestId,
    delayMs,
    throttled: isThrottle(error),
  })
  ctx.after(delayMs, runEvent, { requestId: event.requestId })
}

async function giveUp(
  ctx: Context,
  event: AsyncEvent,
  found: Found,
  config: EventInvokeConfigRecord | undefined,
  condition: Condition,
  error: AwsError | undefined,
): Promise<void> {
  asyncEvents.delete(ctx, event.requestId)
  await deliverResult(ctx, {
    event,
    found,
    config,
    condition,
    ...(error === undefined ? {} : { error }),
  })
}

function configOf(ctx: Context, { functionName, qualifier }: AsyncEvent) {
  return eventInvokeConfigs.get(ctx, orderedKey(functionName, qualifier ?? latest))
}

/** Moment at which the event is too old. */
function endOf({ enqueuedAtMs }: AsyncEvent, config: EventInvokeConfigRecord | undefined): number {
  return enqueuedAtMs + (config?.eventAgeSeconds ?? eventAgeSecondsDefault) * 1000
}
