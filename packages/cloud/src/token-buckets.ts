import type { RateLimit } from '@cloud-orrery/services'

/** How full a bucket was, and when. */
export interface Bucket {
  readonly tokens: number
  readonly filledAtMs: number
}

/** Token buckets in model time: `burst` at first, refilled at `perSecond`. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>()

  export(): [string, Bucket][] {
    return [...this.#buckets]
  }

  import(buckets: Iterable<readonly [string, Bucket]>): void {
    for (const [key, bucket] of buckets) this.#buckets.set(key, bucket)
  }

  copyTo(other: TokenBuckets): void {
    for (const [key, bucket] of this.#buckets) other.#buckets.set(key, bucket)
  }

  /** False when the bucket is empty. */
  take(key: string, limit: RateLimit, nowMs: number): boolean {
    const bucket = this.#buckets.get(key) ?? { tokens: limit.burst, filledAtMs: nowMs }
    const refilled = ((nowMs - bucket.filledAtMs) / 1000) * limit.perSecond
    const tokens = Math.min(limit.burst, bucket.tokens + refilled)
    const granted = tokens >= 1
    this.#buckets.set(key, { tokens: granted ? tokens - 1 : tokens, filledAtMs: nowMs })
    return granted
  }
}
