import { hash } from 'node:crypto'
import { decodeBase64, encodeBase64 } from '../values.ts'
import {
  combineCrcs,
  crc32,
  crc32c,
  crc32cPolynomial,
  crc32Polynomial,
  crc64Nvme,
  crc64NvmePolynomial,
} from './crc.ts'

/** S3's `ChecksumAlgorithm`. */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256'

export const checksumAlgorithms: readonly ChecksumAlgorithm[] = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
]

/** Bytes of each algorithm's value. */
const digestBytes = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 } as const

/** `x-amz-checksum-crc32`. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`
}

/** The algorithm that an `x-amz-checksum-` header names. */
export function checksumAlgorithmOf(header: string): ChecksumAlgorithm | undefined {
  return checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) === header)
}

/** The digest itself, big-endian. */
export function checksumDigest(algorithm: ChecksumAlgorithm, bytes: Uint8Array): Uint8Array {
  switch (algorithm) {
    case 'CRC32':
      return numberBytes(BigInt(crc32(bytes)), 4)
    case 'CRC32C':
      return numberBytes(BigInt(crc32c(bytes)), 4)
    case 'CRC64NVME':
      return numberBytes(crc64Nvme(bytes), 8)
    case 'SHA1':
      return hash('sha1', bytes, 'buffer')
    case 'SHA256':
      return hash('sha256', bytes, 'buffer')
    default:
      return algorithm satisfies never
  }
}

/** The value of `x-amz-checksum-*`: the digest in Base64. */
export function checksum(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  return encodeBase64(checksumDigest(algorithm, bytes))
}

/** MD5 in Base64, as in `Content-MD5`. */
export function contentMd5(bytes: Uint8Array): string {
  return hash('md5', bytes, 'base64')
}

/** MD5 in hex, as in S3's `ETag` and SQS's `MD5OfMessageBody`. */
export function md5Hex(bytes: Uint8Array | string): string {
  return hash('md5', bytes, 'hex')
}

/** Whether a text is the Base64 of a digest of that algorithm. */
export function isChecksum(algorithm: ChecksumAlgorithm, text: string): boolean {
  return decodeBase64(text)?.byteLength === digestBytes[algorithm]
}

/**
 * A multipart object's COMPOSITE checksum: the checksum of the parts' digests, then `-` and their number.
 * `parts` are the Base64 values in order. Source: S3 user guide, Checking object integrity.
 */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const digests = parts.map((part) => decodeBase64(part) ?? new Uint8Array(0))
  return `${checksum(algorithm, Buffer.concat(digests))}-${parts.length}`
}

/** A part of a multipart upload: its checksum in Base64 and its length in bytes. */
export interface ChecksummedPart {
  checksum: string
  sizeBytes: number
}

/**
 * A multipart object's FULL_OBJECT checksum from its parts'. Only CRCs can be combined: undefined for SHA-1 and
 * SHA-256, for which S3 refuses the type.
 */
export function fullObjectChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly ChecksummedPart[],
): string | undefined {
  const kind = crcKinds[algorithm]
  if (kind === undefined) return undefined
  let crc = 0n
  for (const part of parts) {
    crc = combineCrcs(kind, crc, bytesNumber(decodeBase64(part.checksum)), part.sizeBytes)
  }
  return encodeBase64(numberBytes(crc, digestBytes[algorithm]))
}

const crcKinds = {
  CRC32: crc32Polynomial,
  CRC32C: crc32cPolynomial,
  CRC64NVME: crc64NvmePolynomial,
  SHA1: undefined,
  SHA256: undefined,
} as const

function numberBytes(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let rest = value
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 255n)
    rest >>= 8n
  }
  return bytes
}

function bytesNumber(bytes: Uint8Array | undefined): bigint {
  let value = 0n
  for (const byte of bytes ?? []) value = (value << 8n) | BigInt(byte)
  return value
}
