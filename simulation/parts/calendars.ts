import type { Draw } from '../draw.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** A schedule expression, and its moments worked out in another way than the service does. */
export interface Calendar {
  readonly expression: string
  readonly zone: string
  readonly isOnce: boolean
  /** Its moments between two others, both among them, for a schedule that was made at the first; ms. */
  times(fromMs: number, toMs: number): readonly number[]
}

/** Zones whose clocks are never changed, and how far they are ahead of UTC. */
const zones = [
  ['UTC', 0],
  ['Asia/Kolkata', 5.5 * hourMs],
  ['America/Phoenix', -7 * hourMs],
  ['Asia/Kathmandu', 5.75 * hourMs],
] as const

export function drawnCalendar(draw: Draw, nowMs: number): Calendar {
  const [zone, aheadMs] = draw.pick(zones)
  const kind = draw.pick(['rate', 'rate', 'hourly', 'steps', 'daily', 'once'])
  if (kind === 'rate') {
    const minutes = draw.pick([7, 30, 60, 300])
    return {
      expression: minutes === 60 ? 'rate(1 hour)' : `rate(${minutes} minutes)`,
      zone,
      isOnce: false,
      times: (fromMs, toMs) => steps(fromMs, minutes * minuteMs, fromMs, toMs),
    }
  }
  const minute = draw.int(0, 59)
  if (kind === 'once') {
    // Whole seconds: an expression has no finer ones.
    const atMs = Math.ceil((nowMs + draw.int(minuteMs, 20 * hourMs)) / 1000) * 1000
    const text = new Date(atMs + aheadMs).toISOString().slice(0, 19)
    return {
      expression: `at(${text})`,
      zone,
      isOnce: true,
      times: (fromMs, toMs) => [atMs].filter((it) => it >= fromMs && it <= toMs),
    }
  }
  const recurring = (expression: string, offsetMs: number, everyMs: number): Calendar => ({
    expression,
    zone,
    isOnce: false,
    times: (fromMs, toMs) => steps(offsetMs - aheadMs, everyMs, fromMs + 1, toMs),
  })
  if (kind === 'hourly') return recurring(`cron(${minute} * * * ? *)`, minute * minuteMs, hourMs)
  if (kind === 'steps') return recurring('cron(0/20 * * * ? *)', 0, 20 * minuteMs)
  const hour = draw.int(0, 23)
  const offsetMs = hour * hourMs + minute * minuteMs
  return recurring(`cron(${minute} ${hour} * * ? *)`, offsetMs, dayMs)
}

/** Every so often, counted from a moment, between two others. */
function steps(baseMs: number, everyMs: number, fromMs: number, toMs: number): readonly number[] {
  const times: number[] = []
  const first = Math.ceil((fromMs - baseMs) / everyMs)
  for (let atMs = baseMs + first * everyMs; atMs <= toMs; atMs += everyMs) times.push(atMs)
  return times
}
