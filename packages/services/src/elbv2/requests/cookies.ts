/** Cookies of a request by name; the first of a name counts. */
export function cookiesOf(header: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const part of (header ?? '').split(';')) {
    const mark = part.indexOf('=')
    if (mark === -1) continue
    const name = part.slice(0, mark).trim()
    if (!found.has(name)) found.set(name, part.slice(mark + 1).trim())
  }
  return found
}

/** `Thu, 01 Jan 2026 00:00:00 GMT` */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString()
}
