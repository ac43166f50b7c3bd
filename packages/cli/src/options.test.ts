import { expect, test } from 'vitest'
import { UsageError } from './command.ts'
import { durationOf, pairsOf, portOf, probabilityOf, regionOf } from './options.ts'

test.each([
  ['250ms', 250],
  ['45s', 45_000],
  ['1.5h', 5_400_000],
  ['12h30m', 45_000_000],
  ['90d', 7_776_000_000],
  ['2w', 1_209_600_000],
  ['1y', 31_536_000_000],
  ['0s', 0],
])('%s is %d ms', (text, ms) => {
  expect(durationOf(text)).toBe(ms)
})

test.each(['', '5', 'd', '5 d', '5d6', '1e3s', '-5d', '5D', 'P1D'])('%j is no duration', (text) => {
  expect(() => durationOf(text)).toThrow(UsageError)
})

test('a value may hold the sign that parts it from its key', () => {
  expect(pairsOf(['A=1', 'B=x=y', 'C='], '--parameter')).toEqual({ A: '1', B: 'x=y', C: '' })
  expect(() => pairsOf(['=1'], '--parameter')).toThrow("'=1' is not KEY=VALUE.")
})

test('ports end at 65535; the default is 4566', () => {
  expect([portOf(undefined), portOf('0'), portOf('65535')]).toEqual([4566, 0, 65_535])
  for (const text of ['65536', '-1', '1.5', '', '0x10'])
    expect(() => portOf(text)).toThrow(UsageError)
})

test('probabilities and regions', () => {
  expect(['0', '1', '.5', '0.25'].map(probabilityOf)).toEqual([0, 1, 0.5, 0.25])
  for (const text of ['', '1.1', '-1', '1e-1', 'half']) {
    expect(() => probabilityOf(text)).toThrow(UsageError)
  }
  for (const name of ['us-east-1', 'ap-southeast-5', 'us-gov-west-1']) {
    expect(regionOf(name)).toBe(name)
  }
})
