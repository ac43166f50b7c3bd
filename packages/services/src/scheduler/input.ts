import type { Context } from '../context.ts'
import { type Invocation, seconds } from './invocation.ts'
import { isUniversal } from './targets.ts'

/**
 * What the target gets: the schedule's input with its context attributes filled in; without an input the event that
 * Scheduler makes itself, or, for universal targets, no parameters.
 * Source: User Guide, "Adding context attributes" and "Templated targets".
 */
export function filledIn(ctx: Context, run: Invocation, executionId: string): string {
  const { target, arn, scheduledAtMs, attempt } = run
  const values: Readonly<Record<string, string>> = {
    'schedule-arn': arn,
    'scheduled-time': seconds(scheduledAtMs),
    'execution-id': executionId,
    'attempt-number': String(attempt),
  }
  const text = target.Input ?? (isUniversal(target.Arn) ? '{}' : eventOf(ctx, run))
  return text.replace(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (whole, name: string) => values[name] ?? whole,
  )
}

function eventOf(ctx: Context, { arn, scheduledAtMs }: Invocation): string {
  return JSON.stringify({
    version: '0',
    id: ctx.ids.uuid(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: ctx.accountId,
    time: seconds(scheduledAtMs),
    region: ctx.region,
    resources: [arn],
    detail: '{}',
  })
}
