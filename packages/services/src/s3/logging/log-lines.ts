import { s3HostId } from '@cloud-orrery/protocols'
import type { Context } from '../../context.ts'
import type { AnsweredRequest } from '../../define.ts'
import { canonicalUserId } from '../access.ts'
import { placeOf } from '../request-place.ts'
import type { BucketRecord, VersionRecord } from '../state.ts'

/**
 * A line of an access log: 27 fields, a dash for what there is not. Source: S3 User Guide, "Amazon S3 server access
 * log format".
 * Deviation: times that work took are 1 ms: model time stands still while it is done.
 */
export function requestLine(
  ctx: Context,
  bucket: BucketRecord,
  operation: string,
  answered: AnsweredRequest,
): string {
  const { request, response, error } = answered
  const { headers } = request
  const received = ctx.request ?? request
  const query = received.query === '' ? '' : `?${received.query}`
  const isSecure = ctx.caller.secureTransport !== false
  return line([
    canonicalUserId(bucket.accountId),
    bucket.name,
    stamp(ctx.now()),
    ctx.caller.sourceIp,
    requester(ctx),
    shortId(ctx),
    operation,
    loggedKey(placeOf(request.path).key),
    quoted(`${request.method} ${received.path}${query} HTTP/1.1`),
    response.status,
    error?.code,
    bytesSent(answered),
    objectSize(answered),
    1,
    response.status < 400 ? 1 : undefined,
    quoted(headers['referer'] ?? '-'),
    quoted(headers['user-agent'] ?? '-'),
    response.headers['x-amz-version-id'],
    s3HostId(ctx.requestId),
    ...signatureOf(answered),
    isSecure ? 'TLS_AES_128_GCM_SHA256' : undefined,
    authTypeOf(answered),
    headers['host'],
    isSecure ? 'TLSv1.3' : undefined,
    undefined,
    undefined,
  ])
}

/** What S3 itself does by a rule: `S3.EXPIRE.OBJECT`. */
export function actionLine(
  ctx: Context,
  bucket: BucketRecord,
  operation: string,
  version: VersionRecord,
): string {
  const dashes = (count: number) => Array.from({ length: count }, () => undefined)
  return line([
    canonicalUserId(bucket.accountId),
    bucket.name,
    stamp(ctx.now()),
    undefined,
    'AmazonS3',
    shortId(ctx),
    operation,
    loggedKey(version.key),
    quoted('-'),
    undefined,
    undefined,
    undefined,
    version.isDeleteMarker ? undefined : version.sizeBytes,
    undefined,
    undefined,
    quoted('-'),
    quoted('-'),
    version.versionId === 'null' ? undefined : version.versionId,
    s3HostId(ctx.requestId),
    ...dashes(7),
  ])
}

function line(fields: readonly (string | number | undefined)[]): string {
  return fields
    .map((field) => (field === undefined || field === '' ? '-' : String(field)))
    .join(' ')
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `[06/Feb/2019:00:00:38 +0000]` */
function stamp(ms: number): string {
  const iso = new Date(ms).toISOString()
  const month = months[Number(iso.slice(5, 7)) - 1]
  return `[${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000]`
}

/** S3's request ids in logs are 16 signs. */
function shortId({ requestId }: Context): string {
  return requestId.replaceAll('-', '').slice(0, 16).toUpperCase()
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '%22')}"`
}

/** Encoded twice, so that no key breaks a line. */
function loggedKey(key: string): string | undefined {
  if (key === '') return undefined
  return key
    .split('/')
    .map((part) => encodeURIComponent(encodeURIComponent(part)))
    .join('/')
}

/** Accounts by their canonical id, their people by ARN. */
function requester({ caller: { principal } }: Context): string | undefined {
  switch (principal.kind) {
    case 'anonymous':
      return undefined
    case 'root':
      return canonicalUserId(principal.accountId)
    case 'service':
      return `svc:${principal.service}`
    default:
      return 'arn' in principal ? principal.arn : undefined
  }
}

function bytesSent({ request, response }: AnsweredRequest): number | undefined {
  if (request.method === 'HEAD') return undefined
  const { body, headers } = response
  const sizeBytes =
    body instanceof Uint8Array ? body.byteLength : Number(headers['content-length'] ?? 0)
  return sizeBytes === 0 ? undefined : sizeBytes
}

function objectSize({ request, response, error }: AnsweredRequest): number | undefined {
  if (error !== undefined || placeOf(request.path).key === '') return undefined
  if (request.method === 'PUT') return request.body.byteLength
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
  const range = /\/(?<total>\d+)$/.exec(response.headers['content-range'] ?? '')?.groups
  return Number(range?.['total'] ?? response.headers['content-length'] ?? 0)
}

function signatureOf({ request: { headers, query } }: AnsweredRequest): [string | undefined] {
  if (headers['authorization'] !== undefined || query.includes('X-Amz-Signature=')) return ['SigV4']
  return query.includes('AWSAccessKeyId=') ? ['SigV2'] : [undefined]
}

function authTypeOf({ request: { headers, query } }: AnsweredRequest): string | undefined {
  if (headers['authorization'] !== undefined) return 'AuthHeader'
  return /X-Amz-Signature=|AWSAccessKeyId=/.test(query) ? 'QueryString' : undefined
}
