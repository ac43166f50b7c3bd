import { gunzipSync } from 'node:zlib'
import type { HttpRequest } from './http.ts'
import { DecodeProblem } from './problem.ts'

/** Most bytes that a compressed body may grow to: no RPC operation takes more than a few megabytes. */
const inflatedBytesMax = 64 * 1024 * 1024

const inflated = new WeakMap<HttpRequest, Uint8Array>()

/**
 * The body of an RPC request. SDKs compress large ones (CloudWatch's PutMetricData) and say so in
 * `content-encoding`. Throws `DecodeProblem` for what is no gzip or grows beyond bounds.
 */
export function rpcBody(request: HttpRequest): Uint8Array {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || !/(?:^|,)\s*gzip\s*$/i.test(encoding)) return request.body
  let body = inflated.get(request)
  if (body === undefined) {
    body = inflate(request.body)
    inflated.set(request, body)
  }
  return body
}

function inflate(body: Uint8Array): Uint8Array {
  try {
    return gunzipSync(body, { maxOutputLength: inflatedBytesMax })
  } catch (cause) {
    // Zlib's own errors, and RangeError past the bound, are all the sender's.
    if (cause instanceof Error) throw new DecodeProblem('syntax', '')
    throw cause
  }
}
