/** `2026-01-31T09:30:00.123Z` of ms since 1970. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
