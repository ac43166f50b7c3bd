import { expect, test } from 'vitest'
import { nextCronMs, parseCron } from './cron.ts'

/** The first times of an expression after a moment, as text without seconds. */
function times(expression: string, after: string, count: number): string[] {
  const cron = parseCron(expression)
  if (cron === undefined) throw new Error(`refused: ${expression}`)
  const found: string[] = []
  let at: number | undefined = Date.parse(after)
  for (let i = 0; i < count; i += 1) {
    at = nextCronMs(cron, at)
    if (at === undefined) break
    found.push(new Date(at).toISOString().slice(0, 16))
  }
  return found
}

// 1 January 2026 is a Thursday.
const start = '2026-01-01T00:00:00Z'

for (const [expression, ...expected] of [
  // Examples of the EventBridge User Guide, "Cron expressions reference".
  ['0 10 * * ? *', '2026-01-01T10:00', '2026-01-02T10:00'],
  ['15 12 * * ? *', '2026-01-01T12:15', '2026-01-02T12:15'],
  ['0 18 ? * MON-FRI *', '2026-01-01T18:00', '2026-01-02T18:00', '2026-01-05T18:00'],
  ['0 8 1 * ? *', '2026-01-01T08:00', '2026-02-01T08:00'],
  ['0/15 * * * ? *', '2026-01-01T00:15', '2026-01-01T00:30'],
  ['0/10 * ? * MON-FRI *', '2026-01-01T00:10', '2026-01-01T00:20'],
  ['0/5 8-17 ? * MON-FRI *', '2026-01-01T08:00', '2026-01-01T08:05'],
  ['0/30 20-2 ? * MON-FRI *', '2026-01-01T00:30', '2026-01-01T01:00'],
  // Day of month.
  ['0 0 L * ? *', '2026-01-31T00:00', '2026-02-28T00:00', '2026-03-31T00:00'],
  ['0 0 LW * ? *', '2026-01-30T00:00', '2026-02-27T00:00', '2026-03-31T00:00'],
  ['0 0 3W * ? *', '2026-01-02T00:00', '2026-02-03T00:00', '2026-03-03T00:00'],
  ['0 0 1W 8 ? *', '2026-08-03T00:00', '2027-08-02T00:00'],
  ['0 0 31 * ? *', '2026-01-31T00:00', '2026-03-31T00:00', '2026-05-31T00:00'],
  ['0 0 1,15 * ? *', '2026-01-15T00:00', '2026-02-01T00:00', '2026-02-15T00:00'],
  ['0 0 29 2 ? *', '2028-02-29T00:00', '2032-02-29T00:00'],
  // Day of week: 1 is Sunday.
  ['0 0 ? * 1 *', '2026-01-04T00:00', '2026-01-11T00:00'],
  ['0 0 ? * L *', '2026-01-03T00:00', '2026-01-10T00:00'],
  ['0 0 ? * 6L *', '2026-01-30T00:00', '2026-02-27T00:00'],
  ['0 0 ? * FRIL *', '2026-01-30T00:00', '2026-02-27T00:00'],
  ['0 2 ? * SAT#3 *', '2026-01-17T02:00', '2026-02-21T02:00'],
  ['0 0 ? * 3#5 *', '2026-03-31T00:00', '2026-06-30T00:00'],
  [
    '0 0 ? * FRI-MON *',
    '2026-01-02T00:00',
    '2026-01-03T00:00',
    '2026-01-04T00:00',
    '2026-01-05T00:00',
    '2026-01-09T00:00',
  ],
  ['0 0 ? * mon,WED *', '2026-01-05T00:00', '2026-01-07T00:00'],
  // Months, years, steps.
  ['0 0 1 JAN-DEC/3 ? *', '2026-04-01T00:00', '2026-07-01T00:00'],
  ['0 0 1 1 ? 2027-2199/2', '2027-01-01T00:00', '2029-01-01T00:00'],
  ['0 0 1 1 ? 2020'],
  ['59 23 31 12 ? 2199', '2199-12-31T23:59'],
  ['*/20 0 1 2 ? 2026', '2026-02-01T00:00', '2026-02-01T00:20', '2026-02-01T00:40'],
  ['10-40/15 5 * * ? *', '2026-01-01T05:10', '2026-01-01T05:25', '2026-01-01T05:40'],
] as const) {
  test(`cron(${expression}) runs at ${expected.join(', ') || 'no time any more'}`, () => {
    expect(times(expression, start, Math.max(1, expected.length))).toEqual(expected)
  })
}

for (const expression of [
  '0 1 * * * *', // Both kinds of day are given.
  '0 1 ? * ? *', // Neither is.
  '71 8 1 * ? *',
  '0 24 * * ? *',
  '0 0 0 * ? *',
  '0 0 32 * ? *',
  '0 0 1 13 ? *',
  '0 0 ? * 8 *',
  '0 0 ? * 2#6 *',
  '0 0 ? * MON#0 *',
  '0 0 1 * ? 1969',
  '0 0 1 * ? 2200',
  '0 0 * * ?',
  '0 0 * * ? * *',
  '0/0 * * * ? *',
  '0/61 * * * ? *',
  '1-2-3 * * * ? *',
  '1/2/3 * * * ? *',
  'a * * * ? *',
  '0 0 LL * ? *',
  '0 0 40W * ? *',
  '-1 * * * ? *',
  '',
]) {
  test(`cron(${expression}) is refused`, () => {
    expect(parseCron(expression)).toBeUndefined()
  })
}

test('the next time lies after the given one, to the minute', () => {
  const cron = parseCron('* * * * ? *')
  if (cron === undefined) throw new Error('refused')
  expect(nextCronMs(cron, Date.parse('2026-01-01T00:00:00.000Z'))).toBe(
    Date.parse('2026-01-01T00:01:00Z'),
  )
  expect(nextCronMs(cron, Date.parse('2026-01-01T00:00:59.999Z'))).toBe(
    Date.parse('2026-01-01T00:01:00Z'),
  )
})
