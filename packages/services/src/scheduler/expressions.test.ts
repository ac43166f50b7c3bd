import { expect, test } from 'vitest'
import { nextRunMs, parseExpression } from './expressions.ts'

const startOf2026 = Date.UTC(2026, 0, 1)

/** All runs of an expression in 2026. */
function runsOf(expression: string, timezone = 'UTC'): number[] {
  const timing = { expression, timezone, modifiedAtMs: startOf2026 }
  const runs: number[] = []
  let at = nextRunMs(timing, startOf2026 - 1)
  while (at !== undefined && at < Date.UTC(2027, 0, 1)) {
    runs.push(at)
    at = nextRunMs(timing, at)
  }
  return runs
}

test('an hourly calendar runs each hour of a year, but once in the one that the clocks show twice', () => {
  expect(runsOf('cron(0 * * * ? *)')).toHaveLength(8760)
  expect(runsOf('cron(0 * * * ? *)', 'Europe/Berlin')).toHaveLength(8759)
})

test('a day of a rate has 24 hours whatever the clocks do', () => {
  const runs = runsOf('rate(1 day)', 'America/New_York')
  expect(runs).toHaveLength(365)
  expect(runs.every((at) => at % 86_400_000 === 0)).toBe(true)
})

test('a calendar that never comes again has no next run', () => {
  expect(runsOf('cron(0 0 30 2 ? *)')).toEqual([])
  expect(runsOf('cron(0 0 1 1 ? 2025)')).toEqual([])
})

test('a rate whose next run lies past the calendar has none', () => {
  expect(runsOf('rate(999999999 days)')).toEqual([startOf2026])
})

test.each([
  'at(2026-02-30T00:00:00)',
  'at(2026-01-01)',
  'rate(0 minutes)',
  'rate(-1 minutes)',
  'cron(0 0 * * *)',
])('%s is no expression', (text) => {
  expect(parseExpression(text)).toBeUndefined()
})

test('zones half an hour apart from the others, and beyond the date line, keep their time', () => {
  const first = (zone: string) => new Date(runsOf('cron(0 9 * * ? *)', zone)[0] ?? 0).toISOString()
  expect(['Asia/Kolkata', 'Pacific/Kiritimati', 'America/St_Johns'].map(first)).toEqual([
    '2026-01-01T03:30:00.000Z',
    '2026-01-01T19:00:00.000Z',
    '2026-01-01T12:30:00.000Z',
  ])
})
