import { checkPrimeSync } from 'node:crypto'
import type { RandomStream } from '@cloud-orrery/kernel'

/** An RSA private key as RFC 7517 and RFC 7518 (6.3.2) write it; the public one is `kty`, `n` and `e` of it. */
export interface RsaPrivateJwk {
  readonly kty: 'RSA'
  readonly n: string
  readonly e: 'AQAB'
  readonly d: string
  readonly p: string
  readonly q: string
  readonly dp: string
  readonly dq: string
  readonly qi: string
}

const publicExponent = 65_537n

/**
 * Makes a key from a stream of chance: the same seed gives the same key, so that whatever is signed with it (RS256 is
 * deterministic too) is the same in each run. It takes some 80 ms for 2,048 bits. Such keys are as secret as the
 * seed is, which is right for a model and for nothing else.
 */
export function newRsaKey(random: RandomStream, bits = 2048): RsaPrivateJwk {
  const p = primeOf(random, bits / 2)
  let q = primeOf(random, bits / 2)
  while (q === p) q = primeOf(random, bits / 2)
  const n = p * q
  const d = inverse(publicExponent, (p - 1n) * (q - 1n))
  const numbers = { n, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  return { kty: 'RSA', e: 'AQAB', ...mapped(numbers, base64url) }
}

/** Both top bits are set, so that the product of two has all its bits. */
function primeOf(random: RandomStream, bits: number): bigint {
  for (;;) {
    const bytes = random.bytes(bits / 8)
    bytes[0] = (bytes[0] ?? 0) | 0xc0
    const start = BigInt(`0x${Buffer.from(bytes).toString('hex')}`) | 1n
    for (const candidate of promising(start)) {
      if ((candidate - 1n) % publicExponent === 0n) continue
      if (checkPrimeSync(candidate, { checks: 20 })) return candidate
    }
  }
}

/** How far from where it began a search goes on, before it begins elsewhere. */
const stretch = 8_000

/** Odd numbers from one on that no small prime divides. */
function* promising(start: bigint): Generator<bigint, void, undefined> {
  const divided = new Uint8Array(stretch)
  for (const prime of smallPrimes) {
    const rest = Number(start % BigInt(prime))
    const first = rest === 0 ? 0 : prime - rest
    for (let offset = first; offset < stretch; offset += prime) divided[offset] = 1
  }
  for (let offset = 0; offset < stretch; offset += 2) {
    if (divided[offset] === 0) yield start + BigInt(offset)
  }
}

const smallPrimes = primesBelow(2_000)

function primesBelow(limit: number): readonly number[] {
  const primes: number[] = []
  for (let number = 3; number < limit; number += 2) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  }
  return primes
}

/** The number that gives 1 with `value`, modulo `modulus`; they have no divisor in common. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [before, now] = [0n, 1n]
  let [dividend, divisor] = [modulus, value % modulus]
  while (divisor !== 1n) {
    const quotient = dividend / divisor
    ;[before, now] = [now, before - quotient * now]
    ;[dividend, divisor] = [divisor, dividend - quotient * divisor]
  }
  return now < 0n ? now + modulus : now
}

function base64url(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}

function mapped<K extends string>(
  values: Readonly<Record<K, bigint>>,
  of: (value: bigint) => string,
): Record<K, string> {
  // The entries of a record have its keys.
  return Object.fromEntries(
    Object.entries<bigint>(values).map(([name, value]) => [name, of(value)]),
  ) as Record<K, string>
}
