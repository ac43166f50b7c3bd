import type { HttpRequest } from '@cloud-orrery/protocols'

/**
 * In a presigned request to S3 headers may stand in the query: `x-amz-meta-colour=blue`. They read as if they
 * had come as headers; one that came as both is the header. Source: S3 API Reference, "Authenticating
 * Requests: Using Query Parameters"; the signer of the AWS SDK for JavaScript puts all `x-amz-` headers there.
 * Checksums are passed over, as S3 does: that SDK signs one of an empty body. Source: aws/aws-sdk-js-v3 #4448.
 */
export function withQueryHeaders(request: HttpRequest): HttpRequest {
  if (!request.query.includes('X-Amz-Signature=')) return request
  const headers: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(request.query)) {
    if (name.startsWith('x-amz-') && !name.includes('checksum')) headers[name] = value
  }
  return { ...request, headers: { ...headers, ...request.headers } }
}
