import { sign, verify } from 'node:crypto'
import { issuerOf, type Pool } from '../pools/state.ts'
import { type KeyUse, signingKey } from './keys.ts'

export type Claims = Readonly<Record<string, unknown>>

/** A token of the pool, RS256: the same claims give the same text. */
export function signedToken(pool: Pool, use: KeyUse, claims: Claims): string {
  const { kid, privateKey } = signingKey(pool, use)
  const head = encoded({ kid, alg: 'RS256' })
  const text = `${head}.${encoded(claims)}`
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The claims of a token that this pool has signed for this use; undefined for any other text. Times are not looked at. */
export function claimsOf(pool: Pool, use: KeyUse, token: string): Claims | undefined {
  const [head = '', body = '', signature = '', ...rest] = token.split('.')
  // Node reads past what is not of the alphabet: of a changed text it would make the same bytes.
  if (rest.length > 0 || !/^[\w-]{342}$/.test(signature)) return undefined
  const { kid, publicKey } = signingKey(pool, use)
  const header = parsed(head)
  if (header?.['alg'] !== 'RS256' || header['kid'] !== kid) return undefined
  const text = Buffer.from(`${head}.${body}`)
  if (!verify('RSA-SHA256', text, publicKey, Buffer.from(signature, 'base64url'))) return undefined
  const claims = parsed(body)
  return claims?.['iss'] === issuerOf(pool.id) && claims['token_use'] === use ? claims : undefined
}

function parsed(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Claims) : undefined // An object.
  } catch {
    return undefined // No token.
  }
}
