import { s3HostId } from '@cloud-orrery/protocols'
import type { Context } from '../../context.ts'
import type { AnsweredRequest } from '../../define.ts'
import type { HttpOperationInput, HttpOperationOutput } from '../../http-operation.ts'
import { s3Error } from '../errors.ts'
import { placeOf, resourceType } from '../request-place.ts'
import { buckets } from '../state.ts'
import { type CorsRequest, corsHeaders } from './cors-rules.ts'

/**
 * Answers a browser that asks before it calls. Recorded: S3, OPTIONS, July 2023.
 * Throws BadRequest, AccessForbidden.
 */
export function preflight(ctx: Context, request: HttpOperationInput): HttpOperationOutput {
  const { headers, path } = request
  const { origin, 'access-control-request-method': method } = headers
  if (origin === undefined) {
    throw s3Error('BadRequest', 'Insufficient information. Origin request header needed.')
  }
  const { bucket: name } = placeOf(path)
  const bucket = buckets.get(ctx, name)
  if (bucket === undefined) throw forbidden('Bucket not found', 'OPTIONS', 'BUCKET')
  if (method === undefined) {
    throw s3Error('BadRequest', 'Invalid Access-Control-Request-Method: null')
  }
  const { cors } = bucket
  if (cors === undefined) {
    throw forbidden('CORS is not enabled for this bucket.', method, resourceType(path))
  }
  const allowed = corsHeaders(cors, corsRequest(headers, origin, method))
  if (allowed === undefined) {
    throw forbidden(
      "This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      method,
      resourceType(path),
    )
  }
  return {
    status: 200,
    headers: { ...requestHeaders(ctx), ...allowed, 'content-length': '0' },
    body: new Uint8Array(0),
  }
}

/** What each answer of S3 has. */
export function requestHeaders({ requestId }: Context): Record<string, string> {
  return { 'x-amz-request-id': requestId, 'x-amz-id-2': s3HostId(requestId), server: 'AmazonS3' }
}

function forbidden(message: string, method: string, type: string) {
  return s3Error('AccessForbidden', `CORSResponse: ${message}`, {
    Method: method,
    ResourceType: type,
  })
}

function corsRequest(
  headers: Readonly<Record<string, string>>,
  origin: string,
  method: string,
): CorsRequest {
  const asked = headers['access-control-request-headers']
  return {
    origin,
    method,
    headers: asked
      ?.split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
  }
}

/** CORS headers of any other answer: those of the rule that allows the request, on refusals too. */
export function headersForOrigin(
  ctx: Context,
  { request: { headers, method, path } }: AnsweredRequest,
): Readonly<Record<string, string>> | undefined {
  const { origin } = headers
  if (origin === undefined || method === 'OPTIONS') return undefined
  const cors = buckets.get(ctx, placeOf(path).bucket)?.cors
  if (cors === undefined) return undefined
  const asked = headers['access-control-request-method'] ?? method
  return corsHeaders(cors, corsRequest(headers, origin, asked))
}
