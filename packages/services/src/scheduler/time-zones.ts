/** Wall clocks of time zones. A wall clock's time is written as if it were UTC, in ms. */

const dayMs = 24 * 60 * 60_000

/** Formats are costly to make and never change: one each. */
const formats = new Map<string, Intl.DateTimeFormat>()

/** Undefined: no zone of the IANA database has this name. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone)
  if (known !== undefined) return known
  try {
    const format = new Intl.DateTimeFormat('en-US', {
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
    return format
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

export function isZone(zone: string): boolean {
  // Offsets (+01:00) are zones to `Intl`, not to AWS.
  return /^[A-Za-z]/.test(zone) && formatOf(zone) !== undefined
}

/** What the wall clock of a zone shows at a moment. */
export function wallMs(instantMs: number, zone: string): number {
  const format = zone === 'UTC' ? undefined : formatOf(zone)
  if (format === undefined) return instantMs
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(instantMs)) parts[type] = Number(value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** The moment at which a wall clock first shows a time; undefined for times that it skips in spring. */
export function instantMs(wall: number, zone: string): number | undefined {
  if (zone === 'UTC') return wall
  // Zones differ from UTC by less than a day, and change at most once within two.
  const [before = 0, after = 0] = [wall - dayMs, wall + dayMs].map(
    (near) => wallMs(near, zone) - near,
  )
  if (before === after) return wall - before
  const found = [wall - before, wall - after].filter((it) => wallMs(it, zone) === wall)
  return found.length === 0 ? undefined : Math.min(...found)
}
