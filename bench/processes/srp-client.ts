import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from 'node:crypto'

/** The group of 3,072 bits. Source: RFC 5054, appendix A, which is group 15 of RFC 3526. */
const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`)
const g = 2n
const k = numberOf(sha256(padded(N) + padded(g)))

/** One sign-in by SRP, from the client's side. Source: RFC 5054; amazon-cognito-identity-js. */
export class SrpClient {
  readonly #a = numberOf(randomBytes(32).toString('hex'))
  readonly #A = power(g, this.#a)

  /** `SRP_A` */
  get publicValue(): string {
    return this.#A.toString(16)
  }

  /** Answers to the challenge PASSWORD_VERIFIER. `poolId`: `us-east-1_AbCdEfGhI`. */
  answer(
    poolId: string,
    password: string,
    challenge: Readonly<Record<string, string>>,
    nowMs: number,
  ): Record<string, string> {
    const { SALT = '', SRP_B = '', SECRET_BLOCK = '', USER_ID_FOR_SRP = '' } = challenge
    const group = poolId.split('_')[1] ?? ''
    const B = numberOf(SRP_B)
    const u = numberOf(sha256(padded(this.#A) + padded(B)))
    const inner = createHash('sha256').update(`${group}${USER_ID_FOR_SRP}:${password}`)
    const x = numberOf(sha256(padded(numberOf(SALT)) + inner.digest('hex')))
    const base = (((B - k * power(g, x)) % N) + N) % N
    const S = power(base, this.#a + u * x)
    const key = hkdfSync(
      'sha256',
      Buffer.from(padded(S), 'hex'),
      Buffer.from(padded(u), 'hex'),
      'Caldera Derived Key',
      16,
    )
    const [day = '', date, month = '', year, time] = new Date(nowMs).toUTCString().split(' ')
    const TIMESTAMP = `${day.slice(0, 3)} ${month} ${Number(date)} ${time} UTC ${year}`
    const signature = createHmac('sha256', Buffer.from(key))
      .update(group)
      .update(USER_ID_FOR_SRP)
      .update(Buffer.from(SECRET_BLOCK, 'base64'))
      .update(TIMESTAMP)
      .digest('base64')
    return {
      USERNAME: USER_ID_FOR_SRP,
      PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
      PASSWORD_CLAIM_SIGNATURE: signature,
      TIMESTAMP,
    }
  }
}

function sha256(hex: string): string {
  return createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')
}

function numberOf(hex: string): bigint {
  return BigInt(`0x${hex}`)
}

/** A big integer's bytes as its signed form has them: positive, whole bytes. */
function padded(value: bigint): string {
  const hex = value.toString(16)
  const even = hex.length % 2 === 1 ? `0${hex}` : hex
  return /^[89a-f]/.test(even) ? `00${even}` : even
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % N
    if (bit === '1') result = (result * base) % N
  }
  return result
}
