import { expect, test } from 'vitest'
import { turnOf } from './turn.ts'

const data = { SrcTable: 'operations' }

test('work is looked at twice an hour, and at the moment of its end', () => {
  const first = turnOf(undefined, 2000, 0, data)
  expect(first).toEqual({ done: false, waitSeconds: 1800, startedAtMs: 0 })
  const second = turnOf(first, 2000, 1_800_000, data)
  expect(second).toEqual({ done: false, waitSeconds: 200, startedAtMs: 0 })
  expect(turnOf(second, 2000, 2_000_000, data)).toEqual({ done: true, data })
})

test('work that takes no time is done at the first look', () => {
  expect(turnOf(undefined, 0, 5, data)).toEqual({ done: true, data })
})
