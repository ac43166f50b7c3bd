import { createHash, createHmac, getDiffieHellman, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isProof, publicValue, verifierOf } from './srp.ts'

/** Group 15 of RFC 3526 is the group of 3,072 bits of RFC 5054. */
const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`)

function plainPower(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % N
    if (bit === '1') result = (result * base) % N
  }
  return result
}

const sha256 = (hex: string) => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')

function padded(value: bigint): string {
  const hex = value.toString(16)
  const even = hex.length % 2 === 1 ? `0${hex}` : hex
  return /^[89a-f]/.test(even) ? `00${even}` : even
}

const k = BigInt(`0x${sha256(padded(N) + padded(2n))}`)

/** What a client signs with, from `x` of its password. Source: RFC 5054, 2.6. */
function clientKey(a: bigint, A: bigint, B: bigint, x: bigint): Buffer {
  const u = BigInt(`0x${sha256(padded(A) + padded(B))}`)
  const base = (((B - k * plainPower(2n, x)) % N) + N) % N
  const S = Buffer.from(padded(plainPower(base, a + u * x)), 'hex')
  const salt = Buffer.from(padded(u), 'hex')
  return Buffer.from(hkdfSync('sha256', S, salt, 'Caldera Derived Key', 16))
}

test('a verifier is two to the private value, whatever that is', () => {
  const values = fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(0n, 2n ** 256n - 1n))
  fc.assert(
    fc.property(values, (x) => {
      expect(verifierOf(x.toString(16))).toBe(plainPower(2n, x).toString(16))
    }),
    { numRuns: 15, seed: 1, examples: [[0n], [1n], [2n ** 255n], [2n ** 256n - 1n]] },
  )
})

test('a client proves the password that it knows, and no other', () => {
  const a = 2n ** 255n + 12_345n
  const A = plainPower(2n, a)
  const b = 'c0ffee'.repeat(10)
  const right = BigInt(`0x${sha256('01')}`)
  const wrong = BigInt(`0x${sha256('02')}`)
  const verifier = verifierOf(right.toString(16))
  const B = publicValue(A.toString(16), b, verifier)
  const parts = { group: 'AbCdEfGhI', identity: 'ann', timestamp: 'Tue Nov 3 10:00:00 UTC 2026' }
  const block = Buffer.from('a block').toString('base64')
  const proves = (x: bigint) => {
    const signature = createHmac('sha256', clientKey(a, A, BigInt(`0x${B}`), x))
      .update(`${parts.group}${parts.identity}`)
      .update(Buffer.from(block, 'base64'))
      .update(parts.timestamp)
      .digest('base64')
    return isProof({ a: A.toString(16), b }, verifier, { ...parts, block, signature })
  }
  expect([proves(right), proves(wrong)]).toEqual([true, false])
})

test('a public value that would open everything is none', () => {
  const verifier = verifierOf('01')
  const given = [0n, N, 2n * N].map((A) => publicValue(A.toString(16), '0a', verifier))
  expect(given).toEqual([undefined, undefined, undefined])
  expect(publicValue('no number', '0a', verifier)).toBeUndefined()
})
