import { type Cron, nextCronMs, parseCron } from '../shared/cron.ts'
import type { Schedule } from './state.ts'
import { instantMs, wallMs } from './time-zones.ts'

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** ms since 1970. Past it there are no dates: what would run later never does. */
const calendarEndMs = 8.64e15

/** A schedule expression, read. */
export type Expression =
  | { readonly kind: 'at'; readonly wallMs: number }
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron }

/** Undefined where AWS refuses it. Recorded: scheduler, `tests_create_schedule_with_invalid_schedule_expression`. */
export function parseExpression(text: string): Expression | undefined {
  const [, kind = '', inside = ''] = /^(at|rate|cron)\((.*)\)$/.exec(text) ?? []
  if (kind === 'cron') {
    const cron = parseCron(inside)
    return cron && { kind, cron }
  }
  if (kind === 'at') return atExpression(inside)
  const rate = /^([1-9]\d{0,8}) (minute|hour|day)s?$/.exec(inside)
  if (kind !== 'rate' || rate === null) return undefined
  const unit = rate[2] as keyof typeof unitMs // The expression allows no other.
  return { kind, everyMs: Number(rate[1]) * unitMs[unit] }
}

function atExpression(inside: string): Expression | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inside)) return undefined
  const wall = Date.parse(`${inside}Z`)
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(inside)) return undefined
  return { kind: 'at', wallMs: wall }
}

type Timing = Pick<Schedule, 'expression' | 'timezone' | 'startMs' | 'endMs' | 'modifiedAtMs'>

/**
 * The first moment after one at which a schedule runs; undefined when there is none any more. Rates count from the
 * start date, or from the schedule's last change.
 * Source: EventBridge Scheduler User Guide, "Schedule types".
 */
export function nextRunMs(timing: Timing, afterMs: number): number | undefined {
  const expression = parseExpression(timing.expression)
  if (expression === undefined) return undefined
  const { timezone, startMs, endMs = Number.POSITIVE_INFINITY, modifiedAtMs } = timing
  switch (expression.kind) {
    // Start and end are for schedules that recur. Source: CreateSchedule, `StartDate`.
    case 'at':
      return atInstant(expression.wallMs, timezone, afterMs)
    case 'rate': {
      const { everyMs } = expression
      const firstMs = startMs ?? modifiedAtMs
      const runs = Math.max(0, Math.floor((afterMs - firstMs) / everyMs) + 1)
      const next = firstMs + runs * everyMs
      return next <= Math.min(endMs, calendarEndMs) ? next : undefined
    }
    case 'cron': {
      const from = Math.max(afterMs, (startMs ?? Number.NEGATIVE_INFINITY) - 1)
      const next = nextInZone(expression.cron, from, timezone)
      return next !== undefined && next <= endMs ? next : undefined
    }
  }
}

/** A time that the wall clock skips is taken for the moment at which it goes on. */
function atInstant(wall: number, zone: string, afterMs: number): number | undefined {
  const hourMs = unitMs.hour
  const at = instantMs(wall, zone) ?? instantMs(Math.floor(wall / hourMs + 1) * hourMs, zone)
  return at !== undefined && at > afterMs ? at : undefined
}

/**
 * Times that the wall clock skips in spring are skipped; those that it shows twice in autumn run once.
 * Source: EventBridge Scheduler User Guide, "Schedule types", daylight saving time; AWS re:Post, "How can I adjust
 * my Amazon EventBridge schedule for daylight saving?".
 */
function nextInZone(cron: Cron, afterMs: number, zone: string): number | undefined {
  let wall = nextCronMs(cron, wallMs(afterMs, zone))
  while (wall !== undefined) {
    const at = instantMs(wall, zone)
    if (at !== undefined && at > afterMs) return at
    wall = nextCronMs(cron, wall)
  }
  return undefined
}
