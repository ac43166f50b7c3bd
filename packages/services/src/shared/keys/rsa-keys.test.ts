import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { RandomStreams } from '@cloud-orrery/kernel'
import { describe, expect, test } from 'vitest'
import { newRsaKey } from './rsa-keys.ts'

describe('a made RSA key', () => {
  test('signs what its public part verifies', () => {
    const jwk = newRsaKey(new RandomStreams(1).stream('keys'))
    const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' })
    const publicKey = createPublicKey({ key: { kty: jwk.kty, n: jwk.n, e: jwk.e }, format: 'jwk' })
    expect(publicKey.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65_537n })
    const text = Buffer.from('a token')
    expect(verify('RSA-SHA256', text, publicKey, sign('RSA-SHA256', text, key))).toBe(true)
    expect(verify('RSA-SHA256', Buffer.from('b'), publicKey, sign('RSA-SHA256', text, key))).toBe(
      false,
    )
  })

  test('is the same for the same seed, and another for another', () => {
    const made = newRsaKey(new RandomStreams(1).stream('keys'), 1024)
    expect(newRsaKey(new RandomStreams(1).stream('keys'), 1024)).toEqual(made)
    expect(newRsaKey(new RandomStreams(2).stream('keys'), 1024).n).not.toBe(made.n)
  })
})
