const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:([Zz])|([+-])(\d{2}):?(\d{2})?)$/

/** An ISO 8601 extended offset date-time, in ms since 1970; undefined for anything else. */
export function timestampMs(text: string): number | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction = ''] = match
  const [zulu, sign, hours, minutes = '0'] = match.slice(8)
  const parts = [year, month, day, hour, minute, second].map(Number)
  const [y = 0, mo = 1, d = 1, h = 0, mi = 0, s = 0] = parts
  if (mo < 1 || mo > 12 || d < 1 || h > 23 || mi > 59 || s > 59) return undefined
  const atMs = Date.UTC(y, mo - 1, d, h, mi, s, Number(fraction.padEnd(3, '0').slice(0, 3)))
  // A day that its month does not have would have rolled over into the next.
  if (d > new Date(Date.UTC(y, mo, 0)).getUTCDate()) return undefined
  if (zulu !== undefined) return atMs
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? atMs + offsetMs : atMs - offsetMs
}
