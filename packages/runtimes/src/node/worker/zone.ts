/** The parts of a moment that a clock on the wall shows in some place, as if it were UTC: ms since 1970. */
export type WallClock = (utcMs: number) => number

const formats = new Map<string, Intl.DateTimeFormat>()
const RealDateTimeFormat = Intl.DateTimeFormat

/** Whether the name is one of the time zone database's. */
export function isZone(name: string): boolean {
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}

/** Offset of a zone from UTC at a moment, in ms: positive to the east. */
export function offsetMs(zone: string, utcMs: number): number {
  if (zone === 'UTC' || Number.isNaN(utcMs)) return 0
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(zone).formatToParts(utcMs)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  const shownMs = Date.UTC(year, month - 1, day, hour, minute, second)
  return shownMs - Math.floor(utcMs / 1000) * 1000
}

/**
 * The moment at which a clock on the wall of a zone shows this; the earlier one where it does twice. One that
 * the clock leaves out is counted from before it is put forward.
 */
export function momentOf(zone: string, shownMs: number): number {
  if (zone === 'UTC' || Number.isNaN(shownMs)) return shownMs
  const dayMs = 86_400_000
  const before = shownMs - offsetMs(zone, shownMs - dayMs)
  if (before + offsetMs(zone, before) === shownMs) return before
  const after = shownMs - offsetMs(zone, shownMs + dayMs)
  return after + offsetMs(zone, after) === shownMs ? after : before
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new RealDateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}
