import { hash } from 'node:crypto'
import type { HttpRequest } from '../http.ts'
import { decodeComponent } from '../values.ts'
import type { SignedRequest } from './signed-request.ts'

/** SHA-256 of nothing, in hex. */
export const emptyBodyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Services whose canonical URI is the path encoded once and not normalised: S3's family. */
const onceEncoded = new Set(['s3', 's3express', 's3-outposts', 's3-object-lambda', 's3files'])

export function isS3Family(service: string): boolean {
  return onceEncoded.has(service)
}

/** Percent-encoding of everything but RFC 3986's unreserved characters. */
export function uriEncode(text: string): string {
  return plain.test(text) ? text : encodeURIComponent(text).replace(/[!'()*]/g, percent)
}

const plain = /^[A-Za-z0-9\-._~]*$/

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Lone surrogates have no UTF-8 form; they count as U+FFFD, as in a body. */
function encodeWellFormed(text: string): string {
  return uriEncode(text.toWellFormed())
}

/**
 * The canonical URI. S3: each segment decoded and encoded once, so that any spelling of a key gives the same;
 * others: dot segments and doubled slashes removed, then the path as sent encoded once more.
 * Source: IAM user guide, Create a signed AWS API request, step 1.
 */
export function canonicalPath(path: string, service: string): string {
  if (path === '' || path === '/') return '/'
  if (isS3Family(service)) {
    if (plainPath.test(path)) return path
    return path
      .split('/')
      .map((segment) => encodeWellFormed(decodeComponent(segment) ?? segment))
      .join('/')
  }
  const normal = needsNormalising.test(path) ? normalise(path) : path
  return plainPath.test(normal) ? normal : normal.split('/').map(encodeWellFormed).join('/')
}

const plainPath = /^[A-Za-z0-9\-._~/]*$/
const needsNormalising = /\/\/|\/\.\.?(?:\/|$)/

function normalise(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') kept.pop()
    else kept.push(segment)
  }
  const slash = kept.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${kept.join('/')}${slash}`
}

/**
 * Parameters encoded and sorted by name, then value; a presigned URL's own signature is left out. Only the one: whoever
 * adds a second changes what was signed.
 */
export function canonicalQuery(query: string, withoutSignature: boolean): string {
  if (query === '') return ''
  const pairs: [string, string][] = []
  let leftOut = !withoutSignature
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = equals < 0 ? part : part.slice(0, equals)
    if (!leftOut && name === 'X-Amz-Signature') {
      leftOut = true
      continue
    }
    pairs.push([recode(name), equals < 0 ? '' : recode(part.slice(equals + 1))])
  }
  pairs.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

function recode(text: string): string {
  if (plain.test(text)) return text
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return encodeWellFormed(decodeComponent(spaced) ?? spaced)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Signed headers, sorted, with outer blanks cut and inner runs of blanks made one. */
function canonicalHeaders(
  headers: Readonly<Record<string, string>>,
  signedHeaders: readonly string[],
): string {
  let text = ''
  for (const name of signedHeaders) {
    const value = headers[name] ?? ''
    text += `${name}:${blanks.test(value) ? value.trim().replace(/\s+/g, ' ') : value}\n`
  }
  return text
}

const blanks = /^\s|\s$|\s\s|[\t\n\r]/

/** The text whose hash is signed. `payloadHash` is hex, or one of AWS's literals. */
export function canonicalRequest(
  request: HttpRequest,
  signed: Pick<SignedRequest, 'signedHeaders' | 'place'> & { scope: { service: string } },
  payloadHash: string,
): string {
  const { signedHeaders } = signed
  return `${request.method}\n${canonicalPath(request.path, signed.scope.service)}\n${canonicalQuery(
    request.query,
    signed.place === 'query',
  )}\n${canonicalHeaders(request.headers, signedHeaders)}\n${signedHeaders.join(';')}\n${payloadHash}`
}

export function sha256Hex(data: string | Uint8Array): string {
  if (data.length === 0) return emptyBodyHash
  return hash('sha256', data, 'hex')
}

/** `20150830/us-east-1/iam/aws4_request`; SigV4a leaves the region out. */
export function scopeText(scope: SignedRequest['scope'], regional: boolean): string {
  if (latestScope?.scope === scope && latestScope.regional === regional) return latestScope.text
  const region = regional ? `/${scope.regions[0] ?? ''}` : ''
  const text = `${scope.date}${region}/${scope.service}/aws4_request`
  latestScope = { scope, regional, text }
  return text
}

/** One client's requests share their scope for a day. */
let latestScope: { scope: SignedRequest['scope']; regional: boolean; text: string } | undefined

export function stringToSign(
  signed: Pick<SignedRequest, 'algorithm' | 'amzDate' | 'scope'>,
  canonical: string,
): string {
  const scope = scopeText(signed.scope, signed.algorithm === 'AWS4-HMAC-SHA256')
  return `${signed.algorithm}\n${signed.amzDate}\n${scope}\n${sha256Hex(canonical)}`
}

/**
 * The hash that stands in the canonical request. S3's family trusts `x-amz-content-sha256`, and checks the
 * body against it afterwards (`payloadMismatch`); others hash the body that came.
 */
export function payloadHash(
  request: HttpRequest,
  signed: Pick<SignedRequest, 'place' | 'scope' | 'payload' | 'signedHeaders'>,
): string {
  const stated = request.headers['x-amz-content-sha256']
  if (!isS3Family(signed.scope.service)) {
    return stated !== undefined && signed.payload !== 'signed' ? stated : sha256Hex(request.body)
  }
  if (signed.place === 'header') return stated ?? sha256Hex(request.body)
  if (stated !== undefined && signed.signedHeaders.includes('x-amz-content-sha256')) return stated
  return queryValue(request.query, 'X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD'
}

/** The decoded value of the first query parameter with that exact name. */
export function queryValue(query: string, name: string): string | undefined {
  for (const part of query.split('&')) {
    if (!part.startsWith(name)) continue
    if (part.length === name.length) return ''
    if (part[name.length] !== '=') continue
    const raw = part.slice(name.length + 1)
    return decodeComponent(raw.replaceAll('+', ' ')) ?? raw
  }
  return undefined
}
