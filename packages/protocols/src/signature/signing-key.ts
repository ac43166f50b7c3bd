import {
  createECDH,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
} from 'node:crypto'

/** Entries kept of each memo; past it the oldest goes. A memo only saves time: its values are pure. */
const memoEntriesMax = 1000

const signingKeys = new Map<string, KeyObject>()

/** With a `KeyObject` five times as fast as with bytes, which are made into one each time. */
export function hmac(key: string | Uint8Array | KeyObject, data: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

/** SigV4's key for one day, region and service. Source: IAM user guide, Create a signed request, step 4. */
export function signingKey(
  secretAccessKey: string,
  date: string,
  region: string,
  service: string,
): KeyObject {
  const name = `${date}/${region}/${service}/${secretAccessKey}`
  const known = signingKeys.get(name)
  if (known !== undefined) return known
  const dateKey = hmac(`AWS4${secretAccessKey}`, date)
  const key = createSecretKey(hmac(hmac(hmac(dateKey, region), service), 'aws4_request'))
  remember(signingKeys, name, key)
  return key
}

function remember<T>(memo: Map<string, T>, name: string, value: T): void {
  if (memo.size >= memoEntriesMax) {
    const [oldest] = memo.keys()
    if (oldest !== undefined) memo.delete(oldest)
  }
  memo.set(name, value)
}

export interface KeyPair {
  privateKey: KeyObject
  publicKey: KeyObject
}

const keyPairs = new Map<string, KeyPair>()

/** Order of P-256 less two: candidates past it are drawn again. */
const candidateMax = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n - 2n

/**
 * SigV4a's P-256 key pair, derived from the secret: NIST SP 800-108 KDF in counter mode with HMAC-SHA256 over
 * the algorithm's name and the access key id, one candidate per counter, the key being candidate + 1.
 * Source: IAM user guide, How AWS SigV4a works; AWS Common Runtime, key derivation.
 */
export function derivedKeyPair(accessKeyId: string, secretAccessKey: string): KeyPair {
  const name = `${accessKeyId}/${secretAccessKey}`
  const known = keyPairs.get(name)
  if (known !== undefined) return known
  const pair = keyPairOf(privateScalar(accessKeyId, secretAccessKey))
  remember(keyPairs, name, pair)
  return pair
}

function privateScalar(accessKeyId: string, secretAccessKey: string): Buffer {
  const key = `AWS4A${secretAccessKey}`
  for (let counter = 1; counter < 255; counter++) {
    const input = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      Buffer.from('AWS4-ECDSA-P256-SHA256'),
      Buffer.from([0]),
      Buffer.from(accessKeyId),
      Buffer.from([counter, 0, 0, 1, 0]),
    ])
    const candidate = BigInt(`0x${hmac(key, input).toString('hex')}`)
    if (candidate <= candidateMax) {
      return Buffer.from((candidate + 1n).toString(16).padStart(64, '0'), 'hex')
    }
  }
  // 254 draws of which each fails once in 2^32.
  throw new Error('No SigV4a key can be derived from this secret')
}

function keyPairOf(scalar: Buffer): KeyPair {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(scalar)
  const point = curve.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33, 65).toString('base64url'),
  }
  return {
    privateKey: createPrivateKey({
      key: { ...jwk, d: scalar.toString('base64url') },
      format: 'jwk',
    }),
    publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
  }
}
