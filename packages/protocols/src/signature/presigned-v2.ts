import { createHmac, timingSafeEqual } from 'node:crypto'
import type { HttpRequest } from '../http.ts'

/**
 * URLs presigned with Signature Version 2, which S3 still takes in its older regions and boto3 still makes there
 * unless told otherwise. Source: Amazon S3 Developer Guide (API version 2006-03-01), "Signing and authenticating REST
 * requests", "Query string request authentication alternative".
 */
export interface PresignedV2 {
  readonly accessKeyId: string
  readonly signature: string
  /** Epoch milliseconds. */
  readonly expiresAtMs: number
  readonly sessionToken?: string
}

/** Parameters that take part in the signed resource, beside `response-*`. */
const signedParameters = new Set([
  'acl',
  'cors',
  'delete',
  'lifecycle',
  'location',
  'logging',
  'notification',
  'partNumber',
  'policy',
  'requestPayment',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
])

export function parsePresignedV2(request: HttpRequest): PresignedV2 | undefined {
  if (!request.query.includes('AWSAccessKeyId=')) return undefined
  const query = new URLSearchParams(request.query)
  const accessKeyId = query.get('AWSAccessKeyId')
  const signature = query.get('Signature')
  const expires = query.get('Expires')
  if (accessKeyId === null || signature === null || !/^\d{1,12}$/.test(expires ?? '')) {
    return undefined
  }
  const sessionToken = query.get('x-amz-security-token')
  return {
    accessKeyId,
    signature,
    expiresAtMs: Number(expires) * 1000,
    ...(sessionToken === null ? {} : { sessionToken }),
  }
}

/** `request` in path style. Gives the string to sign where the signature is not this secret's. */
export function verifyPresignedV2(
  request: HttpRequest,
  presigned: PresignedV2,
  secretAccessKey: string,
): { ok: true } | { ok: false; stringToSign: string } {
  const text = stringToSign(request, presigned)
  const wanted = createHmac('sha1', secretAccessKey).update(text).digest()
  const given = Buffer.from(presigned.signature, 'base64')
  const ok = given.length === wanted.length && timingSafeEqual(given, wanted)
  return ok ? { ok } : { ok, stringToSign: text }
}

function stringToSign(request: HttpRequest, presigned: PresignedV2): string {
  const { headers } = request
  const amzHeaders = Object.entries({
    ...headers,
    ...(presigned.sessionToken === undefined
      ? {}
      : { 'x-amz-security-token': presigned.sessionToken }),
  })
    .filter(([name]) => name.startsWith('x-amz-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
    .join('')
  return [
    request.method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    String(presigned.expiresAtMs / 1000),
    `${amzHeaders}${request.path}${signedQuery(request.query)}`,
  ].join('\n')
}

function signedQuery(query: string): string {
  const signed = [...new URLSearchParams(query)]
    .filter(([name]) => signedParameters.has(name) || name.startsWith('response-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return signed.length === 0 ? '' : `?${signed.join('&')}`
}
