import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a browser keeps from the begin of a login to its end. */
export interface LoginState {
  /** Comes back with the code: a code that another browser asked for has another one. */
  readonly state: string
  /** Proves at the token endpoint that the code was made for this browser (RFC 7636). */
  readonly verifier: string
  /** ms since 1970. */
  readonly expiresAtMs: number
}

/** As long as people take to type a password and read a mail. */
export const loginSecondsMax = 600

export function newLoginState(nowMs: number): LoginState {
  return {
    state: randomBytes(32).toString('base64url'),
    verifier: randomBytes(32).toString('base64url'),
    expiresAtMs: nowMs + loginSecondsMax * 1000,
  }
}

export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

/** The state as a cookie's value, signed: what we did not make ourselves is not taken back. */
export function seal(login: LoginState, key: string): string {
  const text = Buffer.from(JSON.stringify(login)).toString('base64url')
  return `${text}.${signatureOf(text, key)}`
}

/** The state of a login that goes on; undefined where it is not ours or took too long. */
export function unseal(
  sealed: string | undefined,
  key: string,
  nowMs: number,
): LoginState | undefined {
  const [text = '', signature = '', ...rest] = (sealed ?? '').split('.')
  if (rest.length > 0 || !isSame(signature, signatureOf(text, key))) return undefined
  // Signed: it is what `seal` wrote.
  const login = JSON.parse(Buffer.from(text, 'base64url').toString()) as LoginState
  return login.expiresAtMs > nowMs ? login : undefined
}

/** Compares in a time that tells nothing about where two texts part. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function signatureOf(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}
