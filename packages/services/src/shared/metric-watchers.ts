import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { Task } from '../define.ts'

/** An alarm that looks at a metric. */
interface MetricWatcher {
  /** Of the series. */
  readonly key: string
  readonly alarmName: string
  /** How often the alarm looks: at multiples of this since 1970. */
  readonly intervalMs: number
}

const watchers = table<MetricWatcher, 'alarm'>('orrery.metricWatchers', {
  key: ({ key, alarmName }) => orderedKey(key, alarmName),
  partition: 'region',
  indexes: { alarm: ({ alarmName }) => alarmName },
})

/** When an alarm is looked at next. */
interface PlannedEvaluation {
  readonly alarmName: string
  readonly atMs: number
  readonly taskId: string
}

const planned = table<PlannedEvaluation>('orrery.plannedEvaluations', {
  key: ({ alarmName }) => alarmName,
  partition: 'region',
})

/** What the task of an evaluation gets. */
export interface EvaluationNotice {
  readonly alarmName: string
}

/** Tasks are found by their name when they run; what else one has is not asked for here. */
const evaluation: Task<EvaluationNotice> = { name: 'cloudwatch.evaluate', run: () => {} }

export function watchMetrics(
  ctx: Context,
  alarmName: string,
  keys: Iterable<string>,
  intervalMs: number,
): void {
  unwatchMetrics(ctx, alarmName)
  for (const key of keys) watchers.put(ctx, { key, alarmName, intervalMs })
}

/** Also takes back what is planned. */
export function unwatchMetrics(ctx: Context, alarmName: string): void {
  for (const { key } of [...watchers.where(ctx, 'alarm', alarmName)]) {
    watchers.delete(ctx, orderedKey(key, alarmName))
  }
  const plan = planned.delete(ctx, alarmName)
  if (plan !== undefined) ctx.cancel(plan.taskId)
}

/** Data of a metric came: alarms that watch it are looked at when their next round comes. */
export function metricChanged(ctx: Context, key: string): void {
  if (watchers.count(ctx) === 0) return
  for (const { alarmName, intervalMs } of watchers.scan(ctx, { prefix: orderedKey(key, '') })) {
    planEvaluation(ctx, alarmName, nextRoundMs(ctx.now(), intervalMs))
  }
}

/** The first multiple of the interval after a moment. */
export function nextRoundMs(atMs: number, intervalMs: number): number {
  return (Math.floor(atMs / intervalMs) + 1) * intervalMs
}

/** Plans an evaluation, unless one is planned that is no later. */
export function planEvaluation(ctx: Context, alarmName: string, atMs: number): void {
  const plan = planned.get(ctx, alarmName)
  if (plan !== undefined && plan.atMs <= atMs) return
  if (plan !== undefined) ctx.cancel(plan.taskId)
  const taskId = ctx.after(atMs - ctx.now(), evaluation, { alarmName })
  planned.put(ctx, { alarmName, atMs, taskId })
}

/** For the evaluation: it has begun, and the next may be planned. */
export function evaluationCame(ctx: Context, alarmName: string): void {
  planned.delete(ctx, alarmName)
}
