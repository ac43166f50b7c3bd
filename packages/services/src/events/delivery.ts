import { AwsError } from '@cloud-orrery/models'
import type { RetryPolicy, Target } from '@cloud-orrery/models/events'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { bury, type Failure } from './dead-letter.ts'
import { faultOf } from './delivery-faults.ts'
import type { BusEvent } from './envelope.ts'
import { inputOf } from './input.ts'
import { eventAgeSecondsDefault, retryAttemptsDefault, retryDelayMs } from './limits.ts'
import { measureRule } from './metrics.ts'
import { keyPrefix, type Rule, ruleArn, targetKey, targets } from './state.ts'
import { invoke } from './target-kinds.ts'

/** An event on its way to one target. */
export interface Delivery {
  readonly bus: string
  readonly rule: string
  readonly targetId: string
  readonly event: BusEvent
  /** Attempts that failed before. */
  readonly retries: number
  readonly firstAtMs: number
}

/** Starts the delivery of an event to all targets of a rule, each on its own. */
export function deliverTo(ctx: Context, rule: Rule, event: BusEvent, lateMs = 0): void {
  measureRule(ctx, rule.bus, rule.name, 'TriggeredRules')
  for (const { target } of targets.scan(ctx, { prefix: keyPrefix(rule.bus, rule.name) })) {
    const delivery: Delivery = {
      bus: rule.bus,
      rule: rule.name,
      targetId: target.Id,
      event,
      retries: 0,
      firstAtMs: ctx.now(),
    }
    // Order is not promised. Source: EventBridge FAQ; User Guide, "Events".
    ctx.after(lateMs + ctx.choose('events.order', [0, 20, 200, 2000]), deliver, delivery)
    // Delivery is at least once. Source: EventBridge User Guide, "Best practices for rules".
    if (ctx.choose('events.duplicate', [false, true])) ctx.after(lateMs + 100, deliver, delivery)
  }
}

/** One attempt. What fails for good goes to the dead-letter queue, what may mend itself is tried again. */
export const deliver = task<Delivery>('events.deliver', {
  async run(ctx, delivery) {
    const { bus, rule, targetId, event } = delivery
    const found = targets.get(ctx, targetKey(bus, rule, targetId))
    if (found === undefined) return // Removed while the event was on its way.
    const facts = { arn: ruleArn(ctx, bus, rule), name: rule }
    measureRule(ctx, bus, rule, delivery.retries === 0 ? 'Invocations' : 'RetryInvocationAttempts')
    try {
      await invoke(ctx, found.target, inputOf(found.target, event, facts), event, facts)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      await afterFailure(ctx, delivery, found.target, error)
    }
  },
})

async function afterFailure(
  ctx: Context,
  delivery: Delivery,
  target: Target,
  error: AwsError,
): Promise<void> {
  const { code, retriable } = faultOf(error)
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = policyOf(target)
  const failure: Failure = {
    rule: ruleArn(ctx, delivery.bus, delivery.rule),
    target: target.Arn,
    code,
    message: error.message,
    retries: delivery.retries,
  }
  ctx.record('delivery', 'events.failed', { ...failure, retriable })
  if (!retriable) {
    measureRule(ctx, delivery.bus, delivery.rule, 'FailedInvocations')
    return await bury(ctx, target, delivery.event, failure)
  }
  if (delivery.retries >= MaximumRetryAttempts) {
    measureRule(ctx, delivery.bus, delivery.rule, 'FailedInvocations')
    return await bury(ctx, target, delivery.event, {
      ...failure,
      exhausted: 'MaximumRetryAttempts',
    })
  }
  const delayMs = backOffMs(ctx, delivery.retries)
  const endsAtMs = delivery.firstAtMs + MaximumEventAgeInSeconds * 1000
  if (ctx.now() + delayMs > endsAtMs) {
    ctx.after(endsAtMs - ctx.now(), expire, { delivery, failure })
    return
  }
  ctx.after(delayMs, deliver, { ...delivery, retries: delivery.retries + 1 })
}

/** The event has become too old before its next attempt. */
export const expire = task<{ delivery: Delivery; failure: Failure }>('events.expire', {
  async run(ctx, { delivery, failure }) {
    const { bus, rule, targetId, event } = delivery
    const found = targets.get(ctx, targetKey(bus, rule, targetId))
    if (found === undefined) return
    await bury(ctx, found.target, event, { ...failure, exhausted: 'MaximumEventAgeInSeconds' })
  },
})

function policyOf({ RetryPolicy = {} }: Target): Required<{ [K in keyof RetryPolicy]: number }> {
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = RetryPolicy
  return {
    MaximumEventAgeInSeconds: MaximumEventAgeInSeconds ?? eventAgeSecondsDefault,
    MaximumRetryAttempts: MaximumRetryAttempts ?? retryAttemptsDefault,
  }
}

/** Doubles from 1 s up to 8 minutes; how much of that jitter takes away is left open. */
function backOffMs(ctx: Context, retries: number): number {
  const fullMs = Math.min(retryDelayMs.first * 2 ** retries, retryDelayMs.longest)
  return Math.round(fullMs * ctx.choose('events.jitter', [1, 0.75, 0.5, 0.25]))
}
