import type { BackoffFunction, RetryPolicy } from '../http-policy.ts'

/** The four phases of a delivery policy, as data on the delivery. */
export interface RetrySchedule {
  /** Retries without delay. */
  readonly immediate: number
  readonly preBackoff: { readonly count: number; readonly delayMs: number }
  readonly backoff: {
    readonly count: number
    readonly minMs: number
    readonly maxMs: number
    readonly growth: BackoffFunction
  }
  readonly postBackoff: { readonly count: number; readonly delayMs: number }
}

/** Queues: 100,015 retries over 23 days. Source: SNS Developer Guide, "Message delivery retries". */
export const queueSchedule: RetrySchedule = {
  immediate: 3,
  preBackoff: { count: 2, delayMs: 1000 },
  backoff: { count: 10, minMs: 1000, maxMs: 20_000, growth: 'exponential' },
  postBackoff: { count: 100_000, delayMs: 20_000 },
}

/** Mail: 50 retries over 6 hours. Source: as above. */
export const mailSchedule: RetrySchedule = {
  immediate: 0,
  preBackoff: { count: 2, delayMs: 10_000 },
  backoff: { count: 10, minMs: 10_000, maxMs: 600_000, growth: 'exponential' },
  postBackoff: { count: 38, delayMs: 600_000 },
}

/** What an HTTP endpoint's policy asks for. Source: SNS Developer Guide, "Creating an HTTP/S delivery policy". */
export function httpSchedule(policy: RetryPolicy): RetrySchedule {
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy
  const minMs = policy.minDelayTarget * 1000
  const maxMs = policy.maxDelayTarget * 1000
  const count = numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries
  return {
    immediate: numNoDelayRetries,
    preBackoff: { count: numMinDelayRetries, delayMs: minMs },
    backoff: { count, minMs, maxMs, growth: policy.backoffFunction },
    postBackoff: { count: numMaxDelayRetries, delayMs: maxMs },
  }
}

/**
 * Delay before the next attempt after `attempts` that failed, in ms; undefined gives up.
 * Deviation: AWS adds jitter of unknown size; ours is none, so that times can be counted on.
 */
export function retryDelayMs(schedule: RetrySchedule, attempts: number): number | undefined {
  const { immediate, preBackoff, backoff, postBackoff } = schedule
  let at = attempts - 1
  if (at < immediate) return 0
  at -= immediate
  if (at < preBackoff.count) return preBackoff.delayMs
  at -= preBackoff.count
  if (at < backoff.count) {
    const { minMs, maxMs } = backoff
    return Math.round(minMs + (maxMs - minMs) * grown(backoff.growth, at, backoff.count))
  }
  at -= backoff.count
  return at < postBackoff.count ? postBackoff.delayMs : undefined
}

/**
 * How far the delay has come from its least to its most, from 0 to 1, at step `at` of `count`.
 * Deviation: AWS shows the four curves in a picture only; these have their order of steepness.
 */
function grown(growth: BackoffFunction, at: number, count: number): number {
  const last = count - 1
  if (last < 1) return 0
  const part = at / last
  switch (growth) {
    case 'linear':
      return part
    case 'arithmetic':
      return (at * (at + 1)) / (last * (last + 1))
    case 'geometric':
      return part ** 3
    case 'exponential':
      return (2 ** at - 1) / (2 ** last - 1)
  }
}
