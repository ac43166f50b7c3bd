import { expect, test } from 'vitest'
import { defaultRetryPolicy } from '../http-policy.ts'
import {
  httpSchedule,
  mailSchedule,
  queueSchedule,
  type RetrySchedule,
  retryDelayMs,
} from './retry-schedule.ts'

function delaysOf(schedule: RetrySchedule, limit = Number.POSITIVE_INFINITY): number[] {
  const delays: number[] = []
  for (let attempts = 1; attempts <= limit; attempts += 1) {
    const delayMs = retryDelayMs(schedule, attempts)
    if (delayMs === undefined) break
    delays.push(delayMs)
  }
  return delays
}

const days = (delays: number[]) => delays.reduce((sum, delayMs) => sum + delayMs, 0) / 86_400_000

test('a queue is retried at once, after a second, after growing delays, then every 20 s for 23 days', () => {
  const delays = delaysOf(queueSchedule)
  expect(delays).toHaveLength(100_015)
  expect(delays.slice(0, 5)).toEqual([0, 0, 0, 1000, 1000])
  expect([delays[5], delays[14]]).toEqual([1000, 20_000])
  expect(delays.slice(5, 15)).toEqual(delays.slice(5, 15).toSorted((a, b) => a - b))
  expect(new Set(delays.slice(15))).toEqual(new Set([20_000]))
  expect(days(delays)).toBeCloseTo(23.15, 2)
})

test('a mail is retried 50 times within about 6 hours and three quarters', () => {
  const delays = delaysOf(mailSchedule)
  expect(delays).toHaveLength(50)
  expect(delays.slice(0, 3)).toEqual([10_000, 10_000, 10_000])
  expect(days(delays) * 24).toBeCloseTo(6.7, 1)
})

test('an HTTP endpoint is retried three times, 20 s apart, unless a policy says otherwise', () => {
  expect(delaysOf(httpSchedule(defaultRetryPolicy))).toEqual([20_000, 20_000, 20_000])
})

test('the phases of an HTTP delivery policy follow each other', () => {
  const policy = {
    minDelayTarget: 1,
    maxDelayTarget: 60,
    numRetries: 50,
    numNoDelayRetries: 3,
    numMinDelayRetries: 2,
    numMaxDelayRetries: 35,
    backoffFunction: 'exponential',
  } as const
  const delays = delaysOf(httpSchedule(policy))
  expect(delays).toHaveLength(50)
  expect(delays.slice(0, 5)).toEqual([0, 0, 0, 1000, 1000])
  expect([delays[5], delays[14]]).toEqual([1000, 60_000])
  expect(delays.slice(15)).toEqual(Array.from({ length: 35 }, () => 60_000))
})

test('the four growths meet at both ends and differ in between', () => {
  const half = (['linear', 'arithmetic', 'geometric', 'exponential'] as const).map(
    (backoffFunction) => {
      const policy = {
        ...defaultRetryPolicy,
        minDelayTarget: 1,
        maxDelayTarget: 101,
        numRetries: 11,
      }
      const delays = delaysOf(httpSchedule({ ...policy, backoffFunction }))
      expect([delays[0], delays.at(-1)]).toEqual([1000, 101_000])
      return delays[5] ?? 0
    },
  )
  expect(half).toEqual(half.toSorted((a, b) => b - a))
  expect(new Set(half).size).toBe(4)
})
