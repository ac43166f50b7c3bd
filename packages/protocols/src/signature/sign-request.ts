import type { HttpRequest } from '../http.ts'
import { writeAmzDate } from '../timestamp.ts'
import {
  canonicalRequest,
  isS3Family,
  payloadHash,
  scopeText,
  sha256Hex,
  stringToSign,
  uriEncode,
} from './canonical-request.ts'
import { payloadModeOf } from './parse-signature.ts'
import type { SignatureAlgorithm, SigningCredentials } from './signed-request.ts'
import { signatureOf } from './verify-signature.ts'

export interface SigningOptions {
  credentials: SigningCredentials
  /** One region; for SigV4a a comma-separated set, `*` for all. */
  region: string
  service: string
  /** Epoch milliseconds that the signature is dated with. */
  nowMs: number
  /** Default: SigV4. */
  algorithm?: SignatureAlgorithm
}

const notSigned = new Set([
  'authorization',
  'user-agent',
  'connection',
  'expect',
  'x-amzn-trace-id',
])

/**
 * The request with `x-amz-date`, `x-amz-security-token` where the credentials have one, S3's
 * `x-amz-content-sha256` and `authorization`. All headers given are signed but those that proxies change.
 */
export function signRequest(request: HttpRequest, options: SigningOptions): HttpRequest {
  const { credentials, service, region, algorithm = 'AWS4-HMAC-SHA256' } = options
  const amzDate = writeAmzDate(options.nowMs)
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': amzDate }
  delete headers['authorization']
  if (credentials.sessionToken !== undefined) {
    headers['x-amz-security-token'] = credentials.sessionToken
  }
  if (isS3Family(service)) headers['x-amz-content-sha256'] ??= sha256Hex(request.body)
  if (algorithm === 'AWS4-ECDSA-P256-SHA256') headers['x-amz-region-set'] = region
  const signedHeaders = Object.keys(headers)
    .filter((name) => !notSigned.has(name))
    .sort()
  const signer = signerOf(options, algorithm, amzDate)
  const { payload } = payloadModeOf(headers['x-amz-content-sha256'])
  const signed = { ...signer, place: 'header', signedHeaders, payload } as const
  const dressed = { ...request, headers }
  const canonical = canonicalRequest(dressed, signed, payloadHash(dressed, signed))
  const signature = signatureOf(
    stringToSign(signed, canonical),
    signer,
    credentials.secretAccessKey,
  )
  headers['authorization'] =
    `${algorithm} Credential=${credentialText(signer)}, SignedHeaders=${signedHeaders.join(
      ';',
    )}, Signature=${signature}`
  return dressed
}

export interface PresignOptions extends SigningOptions {
  /** Seconds that the URL is valid. */
  expiresSeconds: number
  /** Default `GET`. */
  method?: string
  /** Headers that the caller of the URL has to send, beside `host`; lower case. */
  headers?: Record<string, string>
  /** Hash of the body, in hex, or `UNSIGNED-PAYLOAD`. Default: unsigned for S3, an empty body for others. */
  payloadHash?: string
}

/** A presigned URL for `url`, whose path is percent-encoded and whose query is kept. */
export function presignUrl(url: string, options: PresignOptions): string {
  const { credentials, region, algorithm = 'AWS4-HMAC-SHA256' } = options
  const [, origin = '', host = '', path = '', query = ''] =
    /^(\w+:\/\/([^/?#]+))([^?#]*)(?:\?([^#]*))?/.exec(url) ?? []
  if (host === '') throw new TypeError(`A presigned URL needs an absolute URL, not ${url}`)
  const headers: Record<string, string> = { ...options.headers, host }
  const signedHeaders = Object.keys(headers).sort()
  const amzDate = writeAmzDate(options.nowMs)
  const signer = signerOf(options, algorithm, amzDate)
  const parameters: [string, string][] = [
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', credentialText(signer)],
    ['X-Amz-Date', amzDate],
    ['X-Amz-Expires', String(options.expiresSeconds)],
  ]
  if (options.payloadHash !== undefined) {
    parameters.push(['X-Amz-Content-Sha256', options.payloadHash])
  }
  if (algorithm === 'AWS4-ECDSA-P256-SHA256') parameters.push(['X-Amz-Region-Set', region])
  if (credentials.sessionToken !== undefined) {
    parameters.push(['X-Amz-Security-Token', credentials.sessionToken])
  }
  parameters.push(['X-Amz-SignedHeaders', signedHeaders.join(';')])
  const encoded = parameters.map(([name, value]) => `${name}=${uriEncode(value)}`)
  const fullQuery = [...(query === '' ? [] : [query]), ...encoded].join('&')
  const request: HttpRequest = {
    method: options.method ?? 'GET',
    path: path === '' ? '/' : path,
    query: fullQuery,
    headers,
    body: new Uint8Array(0),
  }
  const signed = { ...signer, place: 'query', signedHeaders } as const
  const hash = options.payloadHash ?? payloadHash(request, { ...signed, payload: 'signed' })
  const text = stringToSign(signed, canonicalRequest(request, signed, hash))
  const signature = signatureOf(text, signer, credentials.secretAccessKey)
  return `${origin}${request.path}?${fullQuery}&X-Amz-Signature=${signature}`
}

function signerOf(options: SigningOptions, algorithm: SignatureAlgorithm, amzDate: string) {
  const regions = algorithm === 'AWS4-HMAC-SHA256' ? [options.region] : options.region.split(',')
  return {
    algorithm,
    amzDate,
    accessKeyId: options.credentials.accessKeyId,
    scope: { date: amzDate.slice(0, 8), regions, service: options.service },
  }
}

function credentialText({ accessKeyId, scope, algorithm }: ReturnType<typeof signerOf>): string {
  return `${accessKeyId}/${scopeText(scope, algorithm === 'AWS4-HMAC-SHA256')}`
}
