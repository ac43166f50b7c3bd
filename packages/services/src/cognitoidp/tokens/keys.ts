import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { RandomStream } from '@cloud-orrery/kernel'
import { newRsaKey } from '../../shared/keys/rsa-keys.ts'
import type { Pool } from '../pools/state.ts'

/** ID tokens and access tokens are signed with keys of their own. Both are in the key set. */
export type KeyUse = 'id' | 'access'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** As the key set shows it. */
  readonly jwk: Readonly<Record<string, string>>
}

/**
 * Keys by the words that they are made from. A key follows from its seed, so this remembers what it would take 80 ms to
 * work out again and is no state.
 */
const made = new Map<string, SigningKey>()
const madeMax = 200

/** Made when first needed: a pool that nobody signs in to has none. */
export function signingKey({ keySeed }: Pool, use: KeyUse): SigningKey {
  const [a = 0, b = 0, c = 0, d = 0] = use === 'id' ? keySeed : keySeed.slice(4)
  const name = [a, b, c, d].join()
  const known = made.get(name)
  if (known !== undefined) return known
  const key = newRsaKey(new RandomStream([a, b, c, d]))
  const kid = createHash('sha256').update(key.n).digest('base64')
  const { kty, n, e } = key
  const signing: SigningKey = {
    kid,
    privateKey: createPrivateKey({ key: { ...key }, format: 'jwk' }),
    publicKey: createPublicKey({ key: { kty, n, e }, format: 'jwk' }),
    jwk: { alg: 'RS256', e, kid, kty, n, use: 'sig' },
  }
  if (made.size >= madeMax) made.clear()
  made.set(name, signing)
  return signing
}
