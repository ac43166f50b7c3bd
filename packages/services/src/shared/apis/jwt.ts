import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { table } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'

/** A signed token, read but not believed. */
export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What was signed. */
  readonly signed: string
  readonly signature: Buffer
}

/** Why a token is refused, in words that the caller may see. */
export interface JwtRefusal {
  readonly refused: string
}

/** A public key as RFC 7517 writes it; only RSA keys are looked at. */
interface PublicJwk {
  readonly kty?: string
  readonly kid?: string
  readonly n?: string
  readonly e?: string
}

/** Public keys of an issuer, as they were when they were last fetched. */
export interface KeySetRecord {
  /** The issuer, or the address of its keys where that is what is known. */
  readonly source: string
  readonly keys: readonly PublicJwk[]
  readonly fetchedAtMs: number
}

export const keySets = table<KeySetRecord>('apis.key-sets', {
  key: (it) => it.source,
  partition: 'region',
})

/** How long fetched keys count. Source: developer guide, "Control access to HTTP APIs with JWT authorizers". */
const keysMsMax = 2 * 3_600_000

/** How long an issuer may take. Source: as above: 1,500 ms. */
const issuerTimeoutMs = 1_500

/** Longest token that is looked at, in characters: headers of a request hold no longer one. */
const tokenLengthMax = 16_384

/** Reads a token of three parts; what is none is refused. The words are those of AWS's own library. */
export function decodeJwt(token: string): Jwt | JwtRefusal {
  const parts = token.split('.')
  const [header, claims, signature] = parts
  if (
    parts.length !== 3 ||
    header === undefined ||
    claims === undefined ||
    signature === undefined
  ) {
    return { refused: 'token contains an invalid number of segments' }
  }
  if (token.length > tokenLengthMax) return { refused: 'the token is too long' }
  const read = { header: objectOf(header), claims: objectOf(claims) }
  if (read.header === undefined || read.claims === undefined) {
    return { refused: 'the token could not be decoded' }
  }
  return {
    header: read.header,
    claims: read.claims,
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  }
}

function objectOf(part: string): Record<string, unknown> | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown> // An object of JSON.
  } catch {
    return undefined // Not JSON: whoever sent it is told so.
  }
}

const hashes: Readonly<Record<string, string>> = {
  RS256: 'RSA-SHA256',
  RS384: 'RSA-SHA384',
  RS512: 'RSA-SHA512',
}

/** Judges algorithm and signature by the issuer's keys. Undefined: whoever has a key of the issuer signed it. */
export function signatureRefusal(jwt: Jwt, keys: KeySetRecord): JwtRefusal | undefined {
  const { alg, kid } = jwt.header
  const hash = typeof alg === 'string' && Object.hasOwn(hashes, alg) ? hashes[alg] : undefined
  if (hash === undefined) return { refused: `signing method ${shownName(alg)} is invalid` }
  const key = typeof kid === 'string' ? keyOf(keys, kid) : undefined
  if (key === undefined) return { refused: 'unable to find the signing key of the token' }
  return verify(hash, Buffer.from(jwt.signed), key, jwt.signature)
    ? undefined
    : { refused: 'crypto/rsa: verification error' }
}

/** What a token says of itself goes into a header: only what names have. */
function shownName(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z0-9]{1,16}$/.test(value) ? value : 'of the token'
}

/** Keys ready for use, by the record that holds them: a fetched set is a new record. */
const ready = new WeakMap<KeySetRecord, Map<string, KeyObject>>()

function keyOf(record: KeySetRecord, kid: string): KeyObject | undefined {
  let known = ready.get(record)
  if (known === undefined) {
    known = new Map()
    for (const jwk of record.keys) {
      const key = importedKey(jwk)
      if (key !== undefined && jwk.kid !== undefined) known.set(jwk.kid, key)
    }
    ready.set(record, known)
  }
  return known.get(kid)
}

function importedKey({ kty, n, e }: PublicJwk): KeyObject | undefined {
  if (kty !== 'RSA' || n === undefined || e === undefined) return undefined
  try {
    return createPublicKey({ key: { kty, n, e }, format: 'jwk' })
  } catch {
    return undefined // A key that is none signs nothing.
  }
}

/** Where an issuer says what it is. Source: OpenID Connect Discovery 1.0, section 4. */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/**
 * The keys of an issuer: found by its discovery document and kept for two hours of model time. A key that the kept
 * set lacks is not looked for before they are over, as AWS's advice on rotation says.
 */
export async function keysOfIssuer(
  ctx: Context,
  issuer: string,
): Promise<KeySetRecord | JwtRefusal> {
  const known = freshKeys(ctx, issuer)
  if (known !== undefined) return known
  const document = await fetchedObject(ctx, discoveryUrl(issuer))
  const address = document?.['jwks_uri']
  if (typeof address !== 'string') return { refused: 'OIDC discovery endpoint communication error' }
  return await fetchedKeys(ctx, issuer, address)
}

/** The keys at an address, kept likewise: of user pools, whose keys lie at a known place. */
export async function keysAt(ctx: Context, address: string): Promise<KeySetRecord | JwtRefusal> {
  return freshKeys(ctx, address) ?? (await fetchedKeys(ctx, address, address))
}

/** The set that is kept for a source, while it counts. */
export function freshKeys(ctx: Context, source: string): KeySetRecord | undefined {
  const known = keySets.get(ctx, source)
  return known !== undefined && ctx.now() - known.fetchedAtMs < keysMsMax ? known : undefined
}

async function fetchedKeys(
  ctx: Context,
  source: string,
  address: string,
): Promise<KeySetRecord | JwtRefusal> {
  const keys = (await fetchedObject(ctx, address))?.['keys']
  if (!Array.isArray(keys)) return { refused: 'JWKS communication error' }
  const objects = keys.filter((key): key is object => typeof key === 'object' && key !== null)
  return keySets.put(ctx, {
    source,
    keys: objects.map(publicPart),
    fetchedAtMs: ctx.now(),
  })
}

function publicPart(key: Readonly<Partial<Record<keyof PublicJwk, unknown>>>): PublicJwk {
  const text = (name: keyof PublicJwk) =>
    typeof key[name] === 'string' ? { [name]: key[name] } : {}
  return { ...text('kty'), ...text('kid'), ...text('n'), ...text('e') }
}

/** The JSON object at an address; undefined where none is. */
export async function fetchedObject(
  ctx: Context,
  url: string,
): Promise<Record<string, unknown> | undefined> {
  if (!/^https:\/\/[^/?#]/.test(url) || !URL.canParse(url)) return undefined
  const answer = await ctx.http({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    body: '',
    timeoutMs: issuerTimeoutMs,
  })
  if (answer.status !== 200) return undefined
  try {
    const value: unknown = JSON.parse(answer.body)
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>) // An object of JSON.
      : undefined
  } catch {
    return undefined // A page of another kind answers at this address.
  }
}

/** What a token is held to. */
export interface JwtRequirements {
  readonly issuer: string
  /** Audiences or client ids, one of which the token has to name. */
  readonly audience: readonly string[]
}

/**
 * Claims in AWS's order: issuer, audience (or client id), expiry, not before, issued at.
 * Source: developer guide, "Control access to HTTP APIs with JWT authorizers in API Gateway". Of the words, those on
 * audience and expiry are AWS's; the others are ours.
 */
export function claimsRefusal(
  { claims }: Jwt,
  { issuer, audience }: JwtRequirements,
  nowMs: number,
): JwtRefusal | undefined {
  if (claims['iss'] !== issuer) return { refused: 'issuer does not match' }
  if (!isFor(claims, audience)) return { refused: 'the token does not have a valid audience' }
  const now = nowMs / 1000
  const { exp, nbf, iat } = claims
  if (typeof exp !== 'number' || now >= exp) return { refused: 'the token has expired' }
  if (nbf !== undefined && !(typeof nbf === 'number' && now >= nbf)) {
    return { refused: 'the token is not valid yet' }
  }
  if (iat !== undefined && !(typeof iat === 'number' && now >= Math.floor(iat))) {
    return { refused: 'the token was issued in the future' }
  }
  return undefined
}

function isFor(claims: Jwt['claims'], audience: readonly string[]): boolean {
  const { aud, client_id: clientId } = claims
  const named = aud === undefined ? clientId : aud
  const names: readonly unknown[] = Array.isArray(named) ? named : [named]
  return names.some((name) => typeof name === 'string' && audience.includes(name))
}

/** Scopes that a token has: `scope` as words, `scp` as a list or as words. */
export function scopesOf({ claims }: Jwt): readonly string[] {
  const { scope, scp } = claims
  const value = scope ?? scp
  if (Array.isArray(value)) return value.filter((it): it is string => typeof it === 'string')
  return typeof value === 'string' ? value.split(' ').filter((it) => it !== '') : []
}
