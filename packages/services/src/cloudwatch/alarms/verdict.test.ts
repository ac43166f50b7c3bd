import { expect, test } from 'vitest'
import type { StateValue } from '../state.ts'
import { type AlarmPoint, verdictOf } from './verdict.ts'

/** `0 X - -`, the newest last: not breaching, breaching, missing. */
function rangeOf(text: string): readonly AlarmPoint[] {
  return text
    .split(' ')
    .map((sign, atMs) => (sign === '-' ? { atMs } : { atMs, value: sign === 'X' ? 1 : 0 }))
    .reverse()
}

function verdict(text: string, m: number, n: number, treatMissingData: string) {
  return verdictOf(rangeOf(text), {
    evaluationPeriods: n,
    datapointsToAlarm: m,
    breaches: ({ value }) => value === 1,
    treatMissingData,
  })
}

type Row = [
  points: string,
  filled: number,
  ...states: [
    missing: StateValue | undefined,
    ignore: StateValue | undefined,
    breaching: StateValue,
    notBreaching: StateValue,
  ],
]

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching']

// The two tables of the CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data".
test.each<Row>([
  ['0 - X - X', 0, 'OK', 'OK', 'OK', 'OK'],
  ['- - - - 0', 2, 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 3, 'INSUFFICIENT_DATA', undefined, 'ALARM', 'OK'],
  ['0 X X - X', 0, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - X - -', 2, 'ALARM', undefined, 'ALARM', 'OK'],
])('three of three: %s', (points, filled, ...states) => {
  const found = treatments.map((treatment) => verdict(points, 3, 3, treatment))
  expect(found.map(({ state }) => state)).toEqual(states)
  expect(found[0]?.filled).toBe(filled)
})

test.each<Row>([
  ['0 - X - X', 0, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 0, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 1, 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 2, 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - X -', 2, 'ALARM', undefined, 'ALARM', 'OK'],
])('two of three: %s', (points, filled, ...states) => {
  const found = treatments.map((treatment) => verdict(points, 2, 3, treatment))
  expect(found.map(({ state }) => state)).toEqual(states)
  expect(found[0]?.filled).toBe(filled)
})

test('one breaching point that has just come decides nothing where more are missing', () => {
  expect(verdict('- - - - X', 3, 3, 'missing').state).toBeUndefined()
})
