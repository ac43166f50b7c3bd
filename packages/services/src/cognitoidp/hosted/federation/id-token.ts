import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import type { Context } from '../../../context.ts'
import { fetched, jsonObject, type OidcProvider, type Problem } from './oidc-provider.ts'

export type Claims = Readonly<Record<string, unknown>>

/** Digest by algorithm. Others, `none` among them, are refused. */
const digests: Readonly<Record<string, string>> = {
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
}

/** How far a provider's clock may be off, in s. Ours. */
const skewSeconds = 60

/** Verifies a provider's ID token: signature, issuer, audience, times, nonce. Source: OpenID Connect Core, 3.1.3.7. */
export async function verifiedIdToken(
  ctx: Context,
  provider: OidcProvider,
  token: string,
  nonce: string,
): Promise<Claims | Problem> {
  const [head = '', body = '', signature = '', ...rest] = token.split('.')
  const header = decoded(head)
  const claims = decoded(body)
  const digest = digests[String(header?.['alg'])]
  if (rest.length > 0 || header === undefined || claims === undefined || digest === undefined) {
    return { problem: 'Bad id_token' }
  }
  const keys = (await fetched(ctx, provider.keySetUrl))?.['keys']
  if (!Array.isArray(keys)) return { problem: 'Timeout in calling jwks uri' }
  const key = keyOf(keys, header)
  const signed = Buffer.from(`${head}.${body}`)
  const isSigned =
    key !== undefined &&
    verify(digest, signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  if (!isSigned) return { problem: 'Bad id_token signature' }
  const problem = problemOf(claims, provider, nonce, ctx.now() / 1000)
  return problem === undefined ? claims : { problem }
}

function decoded(part: string): Claims | undefined {
  return jsonObject(Buffer.from(part, 'base64url').toString())
}

/** The key that the token names; of several without names the first that fits. */
function keyOf(keys: readonly unknown[], header: Claims): KeyObject | undefined {
  const type = String(header['alg']).startsWith('RS') ? 'RSA' : 'EC'
  for (const one of keys) {
    if (typeof one !== 'object' || one === null) continue
    const jwk = one as JsonWebKey & { kid?: string; use?: string } // Its members are looked at one by one.
    const isNamed = header['kid'] === undefined || jwk.kid === header['kid']
    if (jwk.kty !== type || jwk.use === 'enc' || !isNamed) continue
    try {
      return createPublicKey({ key: jwk, format: 'jwk' })
    } catch {
      // A key that is none: the next may be one.
    }
  }
  return undefined
}

function problemOf(
  claims: Claims,
  provider: OidcProvider,
  nonce: string,
  nowSeconds: number,
): string | undefined {
  const { iss, aud, azp, exp, iat } = claims
  // Seen on AWS.
  if (iss !== provider.issuer) return `Bad id_token issuer ${String(iss)}`
  const audiences = Array.isArray(aud) ? aud : [aud]
  const isForOthersToo = audiences.length > 1 && azp !== provider.clientId
  if (!audiences.includes(provider.clientId) || isForOthersToo) return 'Bad id_token audience'
  if (typeof exp !== 'number' || exp + skewSeconds <= nowSeconds) return 'Bad id_token expired'
  if (typeof iat !== 'number' || iat - skewSeconds > nowSeconds) return 'Bad id_token issued at'
  return claims['nonce'] === nonce ? undefined : 'Bad id_token nonce'
}
