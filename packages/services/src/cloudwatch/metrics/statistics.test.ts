import { expect, test } from 'vitest'
import { statisticOf } from './statistics.ts'

const values = new Map(Array.from({ length: 100 }, (_, i) => [i + 1, 1] as const))
const hundred = { count: 100, sum: 5050, min: 1, max: 100, values }

test.each<[name: string, value: number]>([
  ['p50', 50],
  ['p99.9', 100],
  ['p0', 1],
  ['tm90', 45.5],
  ['TM(10%:90%)', 50.5],
  ['tc10', 10],
  ['TC(90:)', 10],
  ['ts10', 55],
  ['wm90', (4095 + 900) / 100],
  ['PR(:25)', 25],
  ['IQM', 50.5],
  ['Average', 50.5],
])('%s', (name, value) => {
  expect(statisticOf(name)?.(hundred)).toBeCloseTo(value)
})

test.each(['p101', 'PR(10%:20%)', 'TM(5:1)', 'TM(:)', 'median', 'tm'])(
  '%s is no statistic',
  (name) => {
    expect(statisticOf(name)?.(hundred)).toBeUndefined()
  },
)

test('of statistic sets no percentile is known', () => {
  expect(statisticOf('p50')?.({ ...hundred, values: undefined })).toBeUndefined()
})
