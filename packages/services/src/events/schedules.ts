import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { nextCronMs, parseCron } from '../shared/cron.ts'
import { deliverTo } from './delivery.ts'
import { serviceEvent } from './envelope.ts'
import { invalidParameter } from './errors.ts'
import { type Rule, ruleKey, rules } from './state.ts'

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** A moment at which a rule runs. */
interface Tick {
  readonly bus: string
  readonly rule: string
  readonly atMs: number
}

/** Gives the moment after one at which a schedule runs next; undefined where AWS refuses the expression. */
export function scheduleOf(
  expression: string,
): ((afterMs: number) => number | undefined) | undefined {
  const cron = /^cron\((.*)\)$/.exec(expression)
  if (cron !== null) {
    const parsed = parseCron(cron[1] ?? '')
    return parsed && ((afterMs) => nextCronMs(parsed, afterMs))
  }
  const rate = /^rate\((\d{1,9}) (minute|hour|day)(s?)\)$/.exec(expression)
  if (rate === null) return undefined
  const count = Number(rate[1])
  // One is singular, all else is plural.
  if (count < 1 || (count === 1) === (rate[3] === 's')) return undefined
  const everyMs = count * unitMs[rate[2] as keyof typeof unitMs] // The expression allows no other unit.
  return (afterMs) => afterMs + everyMs
}

/** Recorded: events, PutRule. */
export function checkSchedule(expression: string): void {
  if (scheduleOf(expression) === undefined) throw invalidParameter('ScheduleExpression')
}

/** Sets the rule's next run on the clock. A rate counts from now. */
export function startSchedule(ctx: Context, rule: Rule): void {
  if (rule.state === 'DISABLED' || rule.schedule === undefined) return
  planNext(ctx, rule, ctx.now())
}

export function endSchedule(ctx: Context, rule: Rule): void {
  if (rule.scheduleTaskId !== undefined) ctx.cancel(rule.scheduleTaskId)
}

function planNext(ctx: Context, rule: Rule, afterMs: number): void {
  const atMs = scheduleOf(rule.schedule ?? '')?.(afterMs)
  if (atMs === undefined) return
  const { bus, name } = rule
  const delayMs = Math.max(0, atMs - ctx.now())
  const scheduleTaskId = ctx.after(delayMs, tick, { bus, rule: name, atMs })
  rules.put(ctx, { ...rule, scheduleTaskId })
}

/** A schedule's moment has come: the rule's targets get the event, and the next moment is planned. */
export const tick = task<Tick>('events.tick', {
  run(ctx, { bus, rule: name, atMs }) {
    const rule = rules.get(ctx, ruleKey(bus, name))
    if (rule === undefined || rule.state === 'DISABLED') return
    planNext(ctx, rule, atMs)
    const resources = [rule.arn]
    const source = 'aws.events'
    const event = serviceEvent(
      ctx,
      { source, detailType: 'Scheduled Event', resources, detail: {} },
      atMs,
    )
    // A schedule promises the minute, not the second. Source: EventBridge User Guide, "Scheduled rules".
    const lateMs = ctx.choose('events.schedule.delay', [0, 1000, 15_000, 59_000])
    deliverTo(ctx, rule, event, lateMs)
  },
})
