import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { type SendingStatistics, sendingStatistics } from './state.ts'

/** Source: SES API Reference, SendDataPoint: a quarter of an hour each, for two weeks. */
const intervalMs = 15 * 60_000
const keptMs = 14 * 24 * 3_600_000

/** Counts recipients that were tried. */
export function countAttempt(ctx: Context, recipients: number): void {
  add(ctx, { attempts: recipients })
}

export function countOutcome(ctx: Context, what: 'bounces' | 'complaints' | 'rejects'): void {
  add(ctx, { [what]: 1 })
}

/** Data points of the last two weeks. */
export function* statisticsOf(ctx: Context): Generator<SendingStatistics> {
  for (const point of sendingStatistics.scan(ctx)) {
    if (point.startMs > ctx.now() - keptMs) yield point
  }
}

function add(ctx: Context, counts: Partial<SendingStatistics>): void {
  const startMs = Math.floor(ctx.now() / intervalMs) * intervalMs
  const before = sendingStatistics.get(ctx, orderedKey(startMs))
  if (before === undefined) forgetOld(ctx)
  sendingStatistics.put(ctx, {
    startMs,
    attempts: (before?.attempts ?? 0) + (counts.attempts ?? 0),
    bounces: (before?.bounces ?? 0) + (counts.bounces ?? 0),
    complaints: (before?.complaints ?? 0) + (counts.complaints ?? 0),
    rejects: (before?.rejects ?? 0) + (counts.rejects ?? 0),
  })
}

function forgetOld(ctx: Context): void {
  const keptFromMs = ctx.now() - keptMs
  for (const { startMs } of sendingStatistics.scan(ctx)) {
    if (startMs > keptFromMs) return
    sendingStatistics.delete(ctx, orderedKey(startMs))
  }
}
