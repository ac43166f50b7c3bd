import { AwsError, commonError } from '@cloud-orrery/models'
import type { HttpRequest } from '../http.ts'
import { amzDateMilliseconds, timestampOfText, writeAmzDate } from '../timestamp.ts'
import { queryValue, sha256Hex } from './canonical-request.ts'
import type {
  CredentialScope,
  PayloadMode,
  SignatureAlgorithm,
  SignatureReading,
  SignedRequest,
} from './signed-request.ts'

/** Whose words an unreadable signature is answered in: S3 has its own, all others share theirs. */
export type SignatureDialect = 's3' | 'common'

/**
 * Reads the signature of a request: the `Authorization` header, else a presigned query. Verifies nothing.
 * Undefined for an anonymous request; an `AwsError` where a signature is there and can't be read. Codes of the
 * common dialect are the query protocols' (`IncompleteSignature`); see `commonFailure` for the others.
 */
export function parseSignature(
  request: HttpRequest,
  dialect: SignatureDialect = 'common',
): SignatureReading {
  const header = request.headers['authorization']
  if (header !== undefined) {
    const signed = usual(request, header)
    if (signed !== undefined) return signed
    return dialect === 's3' ? s3Header(request, header) : commonHeader(request, header)
  }
  if (!request.query.includes('X-Amz-')) return undefined
  const presigned =
    queryValue(request.query, 'X-Amz-Algorithm') ??
    queryValue(request.query, 'X-Amz-Credential') ??
    queryValue(request.query, 'X-Amz-Signature')
  return presigned === undefined ? undefined : presignedQuery(request, dialect)
}

const algorithms = ['AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'] as const

function algorithmOf(text: string | undefined): SignatureAlgorithm | undefined {
  return algorithms.find((algorithm) => algorithm === text)
}

interface Components {
  Credential?: string
  SignedHeaders?: string
  Signature?: string
}

/** `Credential=..., SignedHeaders=..., Signature=...` after the algorithm. */
function componentsOf(text: string): Components {
  const components: Components = {}
  for (const part of text.split(',')) {
    const equals = part.indexOf('=')
    const name = part.slice(0, Math.max(0, equals)).trim()
    if (name === 'Credential' || name === 'SignedHeaders' || name === 'Signature') {
      components[name] = part.slice(equals + 1).trim()
    }
  }
  return components
}

function splitHeader(header: string): { algorithm: string; rest: string } {
  const text = header.trim()
  const space = text.search(/\s/)
  return space < 0
    ? { algorithm: text, rest: '' }
    : { algorithm: text.slice(0, space), rest: text.slice(space + 1) }
}

interface Credential {
  accessKeyId: string
  scope: CredentialScope
}

/** One client's requests differ in signature and second only: what they share is read once. */
let lastCredential: { text: string; read: Credential } | undefined
let lastDate: { text: string; signedAtMs: number } | undefined
let lastHeaders: { text: string; names: readonly string[] } | undefined

function credentialOf(
  text: string,
  algorithm: SignatureAlgorithm,
  regionSet: string | undefined,
): Credential | undefined {
  if (algorithm !== 'AWS4-HMAC-SHA256') return parseCredential(text, algorithm, regionSet)
  if (lastCredential?.text === text) return lastCredential.read
  const read = parseCredential(text, algorithm, regionSet)
  if (read !== undefined) lastCredential = { text, read }
  return read
}

function headerNames(text: string): readonly string[] {
  if (lastHeaders?.text === text) return lastHeaders.names
  const names = text.toLowerCase().split(';')
  lastHeaders = { text, names }
  return names
}

function basicDate(text: string): number | undefined {
  if (lastDate?.text === text) return lastDate.signedAtMs
  const signedAtMs = amzDateMilliseconds(text)
  if (signedAtMs !== undefined) lastDate = { text, signedAtMs }
  return signedAtMs
}

/** Access key ids may contain slashes; the scope is the last four parts (three for SigV4a). */
function parseCredential(
  text: string,
  algorithm: SignatureAlgorithm,
  regionSet: string | undefined,
): Credential | undefined {
  const parts = text.split('/')
  const terminator = parts.pop()
  const service = parts.pop()
  const regional = algorithm === 'AWS4-HMAC-SHA256'
  const region = regional ? parts.pop() : regionSet
  const date = parts.pop()
  const accessKeyId = parts.join('/')
  if (terminator !== 'aws4_request' || !service || !region || date === undefined) return undefined
  if (!/^\d{8}$/.test(date) || accessKeyId === '') return undefined
  const regions = regional ? [region] : region.split(',').map((pattern) => pattern.trim())
  return { accessKeyId, scope: { date, regions, service } }
}

/** The date of a header signature: `x-amz-date`, else `date`. */
function headerDate({ headers }: HttpRequest): { amzDate: string; signedAtMs: number } | undefined {
  const amzDate = headers['x-amz-date'] ?? headers['date']
  if (amzDate === undefined) return undefined
  const basic = basicDate(amzDate)
  if (basic !== undefined) return { amzDate, signedAtMs: basic }
  const signedAtMs = timestampOfText(amzDate)
  return signedAtMs === undefined ? undefined : { amzDate: writeAmzDate(signedAtMs), signedAtMs }
}

const payloadModes: Readonly<Record<string, { payload: PayloadMode; trailer: boolean }>> = {
  'UNSIGNED-PAYLOAD': { payload: 'unsigned', trailer: false },
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { payload: 'chunks-unsigned', trailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { payload: 'chunks-signed', trailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { payload: 'chunks-signed', trailer: true },
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD': { payload: 'chunks-signed', trailer: false },
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER': { payload: 'chunks-signed', trailer: true },
  'STREAMING-AWS4-HMAC-SHA256-EVENTS': { payload: 'events-signed', trailer: false },
  'STREAMING-AWS4-ECDSA-P256-SHA256-EVENTS': { payload: 'events-signed', trailer: false },
}

const signedPayload = { payload: 'signed', trailer: false } as const

/** What `x-amz-content-sha256` says of the body. */
export function payloadModeOf(stated: string | undefined): {
  payload: PayloadMode
  trailer: boolean
} {
  // A hash, nearly always.
  if (stated === undefined || stated.length === 64) return signedPayload
  return (Object.hasOwn(payloadModes, stated) ? payloadModes[stated] : undefined) ?? signedPayload
}

function assembled(
  request: HttpRequest,
  algorithm: SignatureAlgorithm,
  credential: Credential,
  rest: Pick<SignedRequest, 'amzDate' | 'signedAtMs' | 'signature'> & { signedHeaders: string },
): SignedRequest {
  const token = request.headers['x-amz-security-token']
  return {
    algorithm,
    place: 'header',
    ...credential,
    signedHeaders: headerNames(rest.signedHeaders),
    signature: rest.signature,
    amzDate: rest.amzDate,
    signedAtMs: rest.signedAtMs,
    ...(token === undefined ? {} : { sessionToken: token }),
    ...payloadModeOf(request.headers['x-amz-content-sha256']),
  }
}

/** The header as every SDK writes it. */
const usualHeader =
  /^AWS4-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([^,\s]+)$/

/** Reads what every SDK sends; undefined for anything else, which the careful reading then words. */
function usual(request: HttpRequest, header: string): SignedRequest | undefined {
  const [, text, signedHeaders, signature] = usualHeader.exec(header) ?? []
  if (text === undefined || signedHeaders === undefined || signature === undefined) return undefined
  const date = headerDate(request)
  const credential = credentialOf(text, 'AWS4-HMAC-SHA256', undefined)
  if (date === undefined || credential === undefined) return undefined
  return assembled(request, 'AWS4-HMAC-SHA256', credential, { ...date, signature, signedHeaders })
}

/** Source: answers of AWS to malformed headers, and IAM user guide, Troubleshoot Signature Version 4. */
function commonHeader(request: HttpRequest, header: string): SignedRequest | AwsError {
  const { algorithm: name, rest } = splitHeader(header)
  const algorithm = algorithmOf(name)
  const components: Components = algorithm === undefined ? {} : componentsOf(rest)
  const problems: string[] = []
  for (const key of ['Credential', 'Signature', 'SignedHeaders'] as const) {
    if (!components[key]) problems.push(`Authorization header requires '${key}' parameter.`)
  }
  const date = headerDate(request)
  if (date === undefined) {
    problems.push(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    )
  }
  if (problems.length > 0 || algorithm === undefined || date === undefined) {
    return incomplete(`${problems.join(' ')} ${quoted(header)}`)
  }
  const text = components.Credential ?? ''
  const credential = credentialOf(text, algorithm, request.headers['x-amz-region-set'])
  if (credential === undefined) {
    return incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${text}'`,
    )
  }
  return assembled(request, algorithm, credential, {
    ...date,
    signature: components.Signature ?? '',
    signedHeaders: components.SignedHeaders ?? '',
  })
}

/** The header is quoted as a hash, so that a secret sent in it by mistake is not shown. */
function quoted(header: string): string {
  const hash = Buffer.from(sha256Hex(header), 'hex').toString('base64')
  return `(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`
}

const incompleteSignature = commonError('IncompleteSignature', 400)

function incomplete(message: string): AwsError {
  return new AwsError(incompleteSignature, message)
}

const malformed = (detail: string) =>
  new AwsError(
    commonError('AuthorizationHeaderMalformed', 400),
    `The authorization header is malformed; ${detail}`,
  )

/** Source: S3 API reference, Error responses; answers of S3 to malformed headers. */
function s3Header(request: HttpRequest, header: string): SignedRequest | AwsError {
  const { algorithm: name, rest } = splitHeader(header)
  const algorithm = algorithmOf(name)
  if (algorithm === undefined) {
    return new AwsError(
      commonError('InvalidRequest', 400),
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    )
  }
  const {
    Credential: text,
    SignedHeaders: signedHeaders,
    Signature: signature,
  } = componentsOf(rest)
  if (!text || !signedHeaders || !signature) {
    return malformed(
      'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
    )
  }
  const credential = credentialOf(text, algorithm, request.headers['x-amz-region-set'])
  if (credential === undefined) {
    return malformed(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  }
  const date = headerDate(request)
  if (date === undefined) {
    return new AwsError(
      commonError('AccessDenied', 403),
      'AWS authentication requires a valid Date or x-amz-date header',
    )
  }
  return assembled(request, algorithm, credential, { ...date, signature, signedHeaders })
}

const queryParametersError = commonError('AuthorizationQueryParametersError', 400)

/** Recorded: S3, presigned PUT without a parameter, February 2026. */
const requiredParameters =
  'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, ' +
  'X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.'

/** Longest life of a presigned URL. Source: S3 API reference, Authenticating requests: query parameters. */
export const presignedSecondsMax = 604_800

function presignedQuery(request: HttpRequest, dialect: SignatureDialect): SignedRequest | AwsError {
  const value = (name: string) => queryValue(request.query, name)
  const refuse = (message: string) =>
    dialect === 's3' ? new AwsError(queryParametersError, message) : incomplete(message)
  const text = value('X-Amz-Credential')
  const amzDate = value('X-Amz-Date')
  const signature = value('X-Amz-Signature')
  const signedHeaders = value('X-Amz-SignedHeaders')
  const expires = value('X-Amz-Expires')
  const missing = !text || !amzDate || !signature || !signedHeaders
  // Other services than S3 take a presigned query without a life and give it theirs.
  if (missing || (dialect === 's3' && !expires)) return refuse(requiredParameters)
  const algorithm = algorithmOf(value('X-Amz-Algorithm'))
  if (algorithm === undefined) {
    return refuse('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"')
  }
  const credential = parseCredential(text, algorithm, value('X-Amz-Region-Set'))
  if (credential === undefined) {
    return refuse(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  }
  const signedAtMs = amzDateMilliseconds(amzDate)
  if (signedAtMs === undefined) {
    return refuse("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
  }
  const life = expires === undefined ? undefined : expirySeconds(expires)
  if (typeof life === 'string') return refuse(life)
  const token = value('X-Amz-Security-Token')
  return {
    algorithm,
    place: 'query',
    ...credential,
    signedHeaders: signedHeaders.toLowerCase().split(';'),
    signature,
    amzDate,
    signedAtMs,
    ...(life === undefined ? {} : { expiresSeconds: life }),
    ...(token === undefined ? {} : { sessionToken: token }),
    ...presignedPayload(request, dialect),
  }
}

function presignedPayload(request: HttpRequest, dialect: SignatureDialect) {
  const stated =
    queryValue(request.query, 'X-Amz-Content-Sha256') ?? request.headers['x-amz-content-sha256']
  return payloadModeOf(stated ?? (dialect === 's3' ? 'UNSIGNED-PAYLOAD' : undefined))
}

/** Seconds, or AWS's words for what is none. */
function expirySeconds(text: string): number | string {
  if (!/^-?\d+$/.test(text)) return 'X-Amz-Expires should be a number'
  const seconds = Number(text)
  if (seconds < 0) return 'X-Amz-Expires must be non-negative'
  if (seconds <= presignedSecondsMax) return seconds
  return `X-Amz-Expires must be less than a week (in seconds) that is ${presignedSecondsMax}`
}
