import { orderedKey } from '@cloud-orrery/kernel'
import {
  type CompletedPart,
  CompleteMultipartUpload,
  type CompleteMultipartUploadRequest,
} from '@cloud-orrery/models/s3'
import { checksum, compositeChecksum, fullObjectChecksum, md5Hex } from '@cloud-orrery/protocols'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { bucketOf, objectArn, scopeOfBucket } from './access.ts'
import { readBody } from './bodies.ts'
import { checksumMembers, defaultAlgorithm, statedOf, unbuiltChecksums } from './checksums.ts'
import { requestKeys } from './condition-keys.ts'
import { checkWrite, checkWriteConditions, unquoted } from './conditions.ts'
import { customerKeyOf } from './encryption/customer-keys.ts'
import { checkPartKey, encryptionHeaders, upon } from './encryption/object-encryption.ts'
import {
  conditionConflict,
  entityTooSmall,
  invalidPart,
  invalidPartOrder,
  invalidRequest,
  s3Error,
} from './errors.ts'
import { expirationHeader } from './lifecycle/expiration-header.ts'
import { partBytesMin } from './limits.ts'
import { lockOf } from './locks/object-locks.ts'
import { notify } from './notifications.ts'
import { replicate } from './replication/replication.ts'
import {
  type Checksum,
  dropUpload,
  type ObjectLock,
  type PartRecord,
  parts,
  type UploadRecord,
} from './state.ts'
import { openUpload, uploadOf } from './uploads.ts'
import { currentObject, shownVersionId, writeVersion } from './versions.ts'

export const completeMultipartUpload = operation(CompleteMultipartUpload, {
  authorize: (input, ctx) => ({
    action: 's3:PutObject',
    resource: objectArn(ctx, input.Bucket, input.Key),
    context: requestKeys(input),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: unbuiltChecksums,
  run(ctx, input) {
    const upload = uploadOf(ctx, input)
    const key = customerKeyOf(ctx, input)
    if (key !== undefined) checkPartKey(upload.encryption, key)
    checkWriteConditions(input)
    // Its parts are read: KMS has a say in that.
    return upon(openUpload(ctx, upload), () => complete(ctx, uploadOf(ctx, input), input))
  },
})

function complete(ctx: Context, upload: UploadRecord, input: CompleteMultipartUploadRequest) {
  const bucket = bucketOf(ctx, input.Bucket)
  checkConditions(ctx, upload, input)
  const chosen = chosenParts(ctx, upload, input.MultipartUpload?.Parts ?? [])
  const sizeBytes = chosen.reduce((total, part) => total + part.sizeBytes, 0)
  checkSize(input.MpuObjectSize, sizeBytes)
  const objectChecksum = checksumOfParts(ctx, upload, chosen)
  checkStated(upload, input, objectChecksum)
  const digests = Buffer.concat(chosen.map(({ etag }) => Buffer.from(unquoted(etag), 'hex')))
  const { headers, metadata, tags, storageClass, encryption } = upload
  const written = writeVersion(ctx, bucket, upload.key, {
    body: chosen.flatMap(({ body }) => body),
    sizeBytes,
    etag: `"${md5Hex(digests)}-${chosen.length}"`,
    checksum: objectChecksum,
    parts: chosen.map((part) => ({
      partNumber: part.partNumber,
      sizeBytes: part.sizeBytes,
      ...(part.checksum === undefined ? {} : { checksum: part.checksum.value }),
    })),
    headers,
    metadata,
    tags,
    storageClass,
    ...(encryption === undefined ? {} : { encryption }),
    ...lockOf(ctx, bucket, keptLock(upload)),
  })
  const version = replicate(ctx, bucket, written)
  // Deviation: AWS answers a second completion like the first for a while; ours finds no upload.
  dropUpload(ctx, upload)
  notify(ctx, 'ObjectCreated:CompleteMultipartUpload', version)
  return {
    Location: `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${encodeURIComponent(upload.key)}`,
    Bucket: bucket.name,
    Key: upload.key,
    ETag: version.etag,
    ...checksumMembers(objectChecksum),
    ...encryptionHeaders(encryption),
    ...expirationHeader(bucket, version),
    ...(bucket.versioning === 'Enabled' ? shownVersionId(ctx, version) : {}),
  }
}

function keptLock({ retention, legalHold }: UploadRecord): ObjectLock {
  return {
    ...(retention === undefined ? {} : { retention }),
    ...(legalHold === undefined ? {} : { legalHold }),
  }
}

/**
 * What happened to the key since the upload began conflicts with a condition even where it holds.
 * Recorded: S3, CompleteMultipartUpload with conditions, February 2026.
 */
function checkConditions(
  ctx: Context,
  upload: UploadRecord,
  { IfMatch, IfNoneMatch }: CompleteMultipartUploadRequest,
): void {
  const current = currentObject(ctx, upload.bucket, upload.key)
  checkWrite({ IfMatch, IfNoneMatch }, current, upload.key)
  if (IfNoneMatch !== undefined && upload.replaces) {
    throw conditionConflict('If-None-Match', upload.key)
  }
  if (IfMatch !== undefined && current !== undefined && current.sequence > upload.sequence) {
    throw conditionConflict('If-Match', upload.key)
  }
}

/** The parts that the caller lists, each of them there and large enough. */
function chosenParts(
  ctx: Context,
  upload: UploadRecord,
  listed: readonly CompletedPart[],
): PartRecord[] {
  const { uploadId } = upload
  if (listed.length === 0) throw invalidRequest('You must specify at least one part')
  const chosen: PartRecord[] = []
  let before = 0
  for (const entry of listed) {
    const { PartNumber = 0, ETag = '' } = entry
    if (PartNumber <= before) throw invalidPartOrder(uploadId)
    before = PartNumber
    const part = parts.get(ctx, orderedKey(uploadId, PartNumber))
    if (part === undefined || unquoted(part.etag) !== unquoted(ETag)) {
      throw invalidPart(uploadId, PartNumber, unquoted(ETag))
    }
    checkPartChecksum(upload, entry, part)
    chosen.push(part)
  }
  for (const part of chosen.slice(0, -1)) {
    if (part.sizeBytes < partBytesMin) {
      throw entityTooSmall(part.sizeBytes, part.partNumber, unquoted(part.etag))
    }
  }
  return chosen
}

function checkPartChecksum(upload: UploadRecord, entry: CompletedPart, part: PartRecord): void {
  const { algorithm, checksumType, uploadId } = upload
  if (algorithm === undefined) return
  const value = entry[`Checksum${algorithm}`]
  if (value === undefined) {
    if (checksumType === 'FULL_OBJECT') return
    throw invalidRequest(
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.partNumber} in the request.`,
    )
  }
  if (value !== part.checksum?.value) {
    throw invalidPart(uploadId, part.partNumber, unquoted(part.etag))
  }
}

function checkSize(stated: number | undefined, sizeBytes: number): void {
  if (stated === undefined || stated === sizeBytes) return
  throw invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${stated} does not match what was computed: ${sizeBytes}`,
  )
}

function checksumOfParts(ctx: Context, upload: UploadRecord, chosen: PartRecord[]): Checksum {
  const { algorithm = defaultAlgorithm, checksumType: type = 'FULL_OBJECT' } = upload
  const values = chosen.map((part) => ({
    checksum:
      part.checksum?.algorithm === algorithm
        ? part.checksum.value
        : checksum(algorithm, readBody(ctx.blobs, part.body)),
    sizeBytes: part.sizeBytes,
  }))
  const value =
    type === 'COMPOSITE'
      ? compositeChecksum(
          algorithm,
          values.map((part) => part.checksum),
        )
      : (fullObjectChecksum(algorithm, values) ?? '')
  return { algorithm, value, type }
}

/** Recorded: S3, CompleteMultipartUpload of FULL_OBJECT uploads, February 2026. */
function checkStated(
  { algorithm, checksumType }: UploadRecord,
  input: CompleteMultipartUploadRequest,
  computed: Checksum,
): void {
  if (algorithm === undefined) return
  if (input.ChecksumType !== undefined && input.ChecksumType !== checksumType) {
    throw invalidRequest(
      `The upload was created using the ${checksumType} checksum mode. The complete request must use the same checksum mode.`,
    )
  }
  const stated = statedOf(input)
  if (stated === undefined) return
  if (stated.algorithm === algorithm && stated.value === computed.value) return
  throw s3Error(
    'BadDigest',
    `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  )
}
