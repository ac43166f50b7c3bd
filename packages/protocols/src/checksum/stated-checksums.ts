import { AwsError, commonError } from '@cloud-orrery/models'
import { decodeBase64 } from '../values.ts'
import {
  type ChecksumAlgorithm,
  checksum,
  checksumAlgorithmOf,
  contentMd5,
  isChecksum,
} from './checksum.ts'

export interface StatedChecksum {
  algorithm: ChecksumAlgorithm
  /** Base64. */
  value: string
}

const badDigest = commonError('BadDigest', 400)
const invalidDigest = commonError('InvalidDigest', 400)
const invalidRequest = commonError('InvalidRequest', 400)

const describing = new Set([
  'x-amz-checksum-algorithm',
  'x-amz-checksum-mode',
  'x-amz-checksum-type',
])

/**
 * The checksum that a request's headers or trailers state, undefined where none. Throws `InvalidRequest` for
 * several, an unknown algorithm, or a value that is no digest. Recorded: S3, PutObject, January 2025.
 */
export function statedChecksum(
  headers: Readonly<Record<string, string>>,
): StatedChecksum | undefined {
  let stated: StatedChecksum | undefined
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('x-amz-checksum-') || describing.has(name)) continue
    if (stated !== undefined) {
      throw new AwsError(
        invalidRequest,
        'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
      )
    }
    const algorithm = checksumAlgorithmOf(name)
    if (algorithm === undefined) {
      throw new AwsError(
        invalidRequest,
        'The algorithm type you specified in x-amz-checksum- header is invalid.',
      )
    }
    if (!isChecksum(algorithm, value)) {
      throw new AwsError(invalidRequest, `Value for ${name} header is invalid.`)
    }
    stated = { algorithm, value }
  }
  return stated
}

/** Throws `BadDigest` where the body has another checksum than was stated. */
export function verifyChecksum(stated: StatedChecksum, body: Uint8Array): void {
  if (checksum(stated.algorithm, body) === stated.value) return
  throw new AwsError(
    badDigest,
    `The ${stated.algorithm} you specified did not match the calculated checksum.`,
  )
}

/** Throws `InvalidDigest` or `BadDigest` as S3 does. Recorded: S3, PutObject with Content-MD5. */
export function verifyContentMd5(stated: string, body: Uint8Array): void {
  if (decodeBase64(stated)?.byteLength !== 16) {
    throw new AwsError(invalidDigest, 'The Content-MD5 you specified was invalid.', {
      fields: { 'Content-MD5': stated },
    })
  }
  const calculated = contentMd5(body)
  if (calculated === stated) return
  throw new AwsError(badDigest, 'The Content-MD5 you specified did not match what we received.', {
    fields: { ExpectedDigest: stated, CalculatedDigest: calculated },
  })
}
