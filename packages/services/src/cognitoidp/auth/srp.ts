import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  hkdfSync,
  publicEncrypt,
  timingSafeEqual,
} from 'node:crypto'

/** The 3,072-bit group. Source: RFC 5054, appendix A; amazon-cognito-identity-js has the same. */
const N = BigInt(
  '0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1' +
    '29024E088A67CC74020BBEA63B139B22514A08798E3404DD' +
    'EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245' +
    'E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED' +
    'EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D' +
    'C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F' +
    '83655D23DCA3AD961C62F356208552BB9ED529077096966D' +
    '670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B' +
    'E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9' +
    'DE2BCBF6955817183995497CEA956AE515D2261898FA0510' +
    '15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64' +
    'ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7' +
    'ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6B' +
    'F12FFA06D98A0864D87602733EC86A64521F2B18177B200C' +
    'BBE117577A615D6C770988C0BAD946E208E24FA074E5AB31' +
    '43DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF',
)
const groupBytes = 384
const modulus = bytesOf(N.toString(16)).toString('base64url')
const g = 2n
const k = BigInt(`0x${sha256(padded(N.toString(16)) + padded(g.toString(16)))}`)

/** What the server keeps between its two answers. */
export interface SrpExchange {
  /** Hex. */
  readonly b: string
  readonly a: string
}

/** The verifier of a password's private value, hex. */
export function verifierOf(x: string): string {
  return power(g, BigInt(`0x${x}`)).toString(16)
}

/** `SRP_B` for a client's `SRP_A`; undefined for a value of `A` that would open everything. `b`: 256 bits, hex. */
export function publicValue(a: string, b: string, verifier: string): string | undefined {
  if (!/^[0-9a-f]+$/i.test(a) || BigInt(`0x${a}`) % N === 0n) return undefined
  const B = (k * BigInt(`0x${verifier}`) + power(g, BigInt(`0x${b}`))) % N
  return B.toString(16)
}

export interface SrpClaim {
  /** What the hash of the password was made with: pool or device group, and user or device. */
  readonly group: string
  readonly identity: string
  /** Base64, as it was sent. */
  readonly block: string
  /** As the client wrote it: `Tue Nov 3 10:00:00 UTC 2026`. */
  readonly timestamp: string
  /** Base64. */
  readonly signature: string
}

/** Whether a client has proved that it knows the password. Source: amazon-cognito-identity-js, AuthenticationHelper. */
export function isProof(exchange: SrpExchange, verifier: string, claim: SrpClaim): boolean {
  const A = BigInt(`0x${exchange.a}`)
  const b = BigInt(`0x${exchange.b}`)
  const v = BigInt(`0x${verifier}`)
  const B = publicValue(exchange.a, exchange.b, verifier)
  if (B === undefined) return false
  const u = BigInt(`0x${sha256(padded(A.toString(16)) + padded(B))}`)
  const S = power((A * power(v, u)) % N, b)
  const key = hkdfSync(
    'sha256',
    Buffer.from(padded(S.toString(16)), 'hex'),
    Buffer.from(padded(u.toString(16)), 'hex'),
    'Caldera Derived Key',
    16,
  )
  const expected = createHmac('sha256', Buffer.from(key))
    .update(claim.group)
    .update(claim.identity)
    .update(Buffer.from(claim.block, 'base64'))
    .update(claim.timestamp)
    .digest()
  const given = Buffer.from(claim.signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function sha256(hex: string): string {
  return createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')
}

/** A big integer's bytes as its signed form has them: positive, whole bytes. */
function padded(hex: string): string {
  const even = hex.length % 2 === 1 ? `0${hex}` : hex
  return '89abcdefABCDEF'.includes(even[0] ?? '') ? `00${even}` : even
}

/**
 * `base` to the `exponent`, modulo N; the base is below N. RSA without padding is just that, and done by OpenSSL it takes
 * a seventh of the time of the same with big integers here, of which a sign-in has six.
 */
function power(base: bigint, exponent: bigint): bigint {
  const e = bytesOf(exponent.toString(16)).toString('base64url')
  const key = createPublicKey({ key: { kty: 'RSA', n: modulus, e }, format: 'jwk' })
  const message = bytesOf(base.toString(16).padStart(groupBytes * 2, '0'))
  const result = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, message)
  return BigInt(`0x${result.toString('hex')}`)
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex')
}

const timestampPattern =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) (\d{1,2}) (\d\d):(\d\d):(\d\d) UTC (\d{4})$/
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The moment of a proof's `TIMESTAMP`, in ms; undefined where it is written otherwise. */
export function momentOf(timestamp: string): number | undefined {
  const [, month = '', day, hours, minutes, seconds, year] = timestampPattern.exec(timestamp) ?? []
  const number = months.indexOf(month)
  if (number < 0) return undefined
  return Date.UTC(
    Number(year),
    number,
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
  )
}
