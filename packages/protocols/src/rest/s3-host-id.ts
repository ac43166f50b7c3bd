import { hash } from 'node:crypto'

/** S3's extended request id, `x-amz-id-2`: 57 bytes in Base64. Here it follows from the request id. */
export function s3HostId(requestId: string): string {
  return hash('sha512', requestId, 'buffer').subarray(0, 57).toString('base64')
}
