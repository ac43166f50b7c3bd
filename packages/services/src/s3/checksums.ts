import {
  type ChecksumAlgorithm,
  checksum,
  checksumAlgorithms,
  contentMd5,
  type StatedChecksum,
  statedChecksum,
  verifyChecksum,
} from '@cloud-orrery/protocols'
import { invalidRequest, notModelled, s3Error } from './errors.ts'
import type { Checksum } from './state.ts'

/** Members that carry a checksum, in inputs and outputs alike. */
export interface ChecksumMembers {
  readonly ChecksumCRC32?: string | undefined
  readonly ChecksumCRC32C?: string | undefined
  readonly ChecksumCRC64NVME?: string | undefined
  readonly ChecksumSHA1?: string | undefined
  readonly ChecksumSHA256?: string | undefined
}

/** Parameters of kinds of checksum that are not built: refused by name. */
export const unbuiltChecksums = [
  'ChecksumSHA512',
  'ChecksumMD5',
  'ChecksumXXHASH64',
  'ChecksumXXHASH3',
  'ChecksumXXHASH128',
] as const

/** The default where a client states none. Source: S3 User Guide, "Checking object integrity". */
export const defaultAlgorithm: ChecksumAlgorithm = 'CRC64NVME'

/** The checksum that an input states. Throws InvalidRequest for several, or what is no digest. */
export function statedOf(input: ChecksumMembers): StatedChecksum | undefined {
  const headers: Record<string, string> = {}
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined) headers[`x-amz-checksum-${name}`] = value
  }
  add('crc32', input.ChecksumCRC32)
  add('crc32c', input.ChecksumCRC32C)
  add('crc64nvme', input.ChecksumCRC64NVME)
  add('sha1', input.ChecksumSHA1)
  add('sha256', input.ChecksumSHA256)
  return statedChecksum(headers)
}

/** The checksum of a body: as stated, verified, else S3's own. Throws BadDigest. */
export function checksumOf(input: ChecksumMembers, body: Uint8Array): StatedChecksum {
  const stated = statedOf(input)
  if (stated === undefined) {
    return { algorithm: defaultAlgorithm, value: checksum(defaultAlgorithm, body) }
  }
  verifyChecksum(stated, body)
  return stated
}

/** The algorithm that a request names. Those that are not built are refused by name. */
export function builtAlgorithm(
  operation: string,
  name: string | undefined,
): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined
  const algorithm = checksumAlgorithms.find((known) => known === name)
  if (algorithm === undefined) throw notModelled(operation, `the ChecksumAlgorithm ${name}`)
  return algorithm
}

/** `{ ChecksumCRC32: '...' }` */
export function checksumMember({ algorithm, value }: StatedChecksum): ChecksumMembers {
  return { [`Checksum${algorithm}`]: value }
}

/** The checksum and its type, as outputs have them. */
export function checksumMembers(of: Checksum | undefined) {
  return of === undefined ? {} : { ...checksumMember(of), ChecksumType: of.type }
}

/**
 * Throws InvalidDigest or BadDigest. Recorded: S3, Content-MD5, February 2026: PutObject shows the expected
 * digest in hex, UploadPart as it was given.
 */
export function verifyMd5(
  stated: string | undefined,
  body: Uint8Array,
  shown: 'hex' | 'base64',
): void {
  if (stated === undefined) return
  const digest = Buffer.from(stated, 'base64')
  if (digest.byteLength !== 16 || digest.toString('base64') !== stated) {
    throw s3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
      'Content-MD5': stated,
    })
  }
  const calculated = contentMd5(body)
  if (calculated === stated) return
  throw s3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    ExpectedDigest: shown === 'hex' ? digest.toString('hex') : stated,
    CalculatedDigest: calculated,
  })
}

/** Recorded: S3, UploadPart, February 2026. */
export function checksumTypeMismatch(expected: string, actual: string) {
  return invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual.toLowerCase()}`,
  )
}
