import { orderedKey } from '@cloud-orrery/kernel'
import { ListParts, UploadPart, UploadPartCopy } from '@cloud-orrery/models/s3'
import { checksum, md5Hex, verifyChecksum } from '@cloud-orrery/protocols'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { bucketOf, objectArn, scopeOfBucket } from './access.ts'
import { keepBody, readBody } from './bodies.ts'
import {
  type ChecksumMembers,
  checksumMember,
  checksumTypeMismatch,
  statedOf,
  unbuiltChecksums,
  verifyMd5,
} from './checksums.ts'
import { copiedVersion, sourceAuthorization } from './copy-source.ts'
import { customerKeyOf, sourceKeyOf } from './encryption/customer-keys.ts'
import {
  checkCustomerKey,
  checkPartKey,
  decrypt,
  encryptionHeaders,
  etagOf,
  upon,
} from './encryption/object-encryption.ts'
import { archived, invalidPartNumber } from './errors.ts'
import { abortHeaders } from './lifecycle/expiration-header.ts'
import { partNumberMax } from './limits.ts'
import { pageLimit } from './listing.ts'
import { type ByteRange, readCopyRange } from './ranges.ts'
import { type PartRecord, parts, type UploadRecord, type VersionRecord } from './state.ts'
import { checksumKind, openUpload, uploadOf, uploadPeople } from './uploads.ts'
import { isArchived, nowSeconds, shownVersionId } from './versions.ts'

const emptyBody = new Uint8Array(0)

export const uploadPart = operation(UploadPart, {
  authorize: (input, ctx) => ({
    action: 's3:PutObject',
    resource: objectArn(ctx, input.Bucket, input.Key),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: unbuiltChecksums,
  run(ctx, input) {
    const { PartNumber: partNumber, Body = emptyBody } = input
    const upload = uploadOf(ctx, input)
    checkPartNumber(partNumber)
    checkPartKey(upload.encryption, customerKeyOf(ctx, input))
    verifyMd5(input.ContentMD5, Body, 'base64')
    const stated = partChecksum(upload, input, Body)
    // The upload's data key encrypts each part. Source: S3 User Guide, "Multipart upload API and permissions".
    return upon(openUpload(ctx, upload), () => {
      const etag = etagOf(ctx, uploadOf(ctx, input).encryption, () => md5Hex(Body))
      parts.put(ctx, {
        uploadId: upload.uploadId,
        partNumber,
        body: keepBody(ctx.blobs, Body),
        sizeBytes: Body.byteLength,
        etag,
        ...(stated === undefined ? {} : { checksum: stated }),
        lastModifiedMs: nowSeconds(ctx),
      })
      return {
        ETag: etag,
        ...encryptionHeaders(upload.encryption),
        ...(stated === undefined ? {} : checksumMember(stated)),
      }
    })
  },
})

function checkPartNumber(partNumber: number): void {
  if (partNumber < 1 || partNumber > partNumberMax) throw invalidPartNumber(partNumber)
}

/**
 * A part's checksum: of the upload's algorithm, where it has one. Composite checksums need each part's stated,
 * full ones are made by S3. Recorded: S3, UploadPart with checksums, February 2026.
 */
function partChecksum(upload: UploadRecord, input: ChecksumMembers, body: Uint8Array) {
  const { algorithm, checksumType } = upload
  const stated = statedOf(input)
  if (algorithm === undefined) {
    if (stated !== undefined) verifyChecksum(stated, body)
    return stated
  }
  if (stated === undefined) {
    if (checksumType === 'COMPOSITE') throw checksumTypeMismatch(algorithm, 'null')
    return { algorithm, value: checksum(algorithm, body) }
  }
  if (stated.algorithm !== algorithm) throw checksumTypeMismatch(algorithm, stated.algorithm)
  verifyChecksum(stated, body)
  return stated
}

export const uploadPartCopy = operation(UploadPartCopy, {
  authorize: (input, ctx) => [
    sourceAuthorization(ctx, input.CopySource),
    { action: 's3:PutObject', resource: objectArn(ctx, input.Bucket, input.Key) },
  ],
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const upload = uploadOf(ctx, input)
    checkPartNumber(input.PartNumber)
    const source = copiedVersion(ctx, input)
    const sourceKey = sourceKeyOf(ctx, input)
    checkCustomerKey(source.encryption, sourceKey)
    checkPartKey(upload.encryption, customerKeyOf(ctx, input))
    if (isArchived(source)) throw archived(source)
    const range = readCopyRange(input.CopySourceRange, source.sizeBytes)
    return upon(decrypt(ctx, source.encryption, sourceKey), () =>
      upon(openUpload(ctx, upload), () =>
        copyPart(ctx, uploadOf(ctx, input), input.PartNumber, source, range),
      ),
    )
  },
})

function copyPart(
  ctx: Context,
  upload: UploadRecord,
  partNumber: number,
  source: VersionRecord,
  range: ByteRange | undefined,
) {
  const body = readBody(ctx.blobs, source.body, range)
  const { algorithm } = upload
  const stated =
    algorithm === undefined ? undefined : { algorithm, value: checksum(algorithm, body) }
  const part = parts.put(ctx, {
    uploadId: upload.uploadId,
    partNumber,
    body: range === undefined ? source.body : keepBody(ctx.blobs, body),
    sizeBytes: body.byteLength,
    etag: etagOf(ctx, upload.encryption, () => md5Hex(body)),
    ...(stated === undefined ? {} : { checksum: stated }),
    lastModifiedMs: nowSeconds(ctx),
  })
  const { VersionId: CopySourceVersionId } = shownVersionId(ctx, source)
  return {
    CopyPartResult: {
      ETag: part.etag,
      LastModified: part.lastModifiedMs,
      ...(stated === undefined ? {} : checksumMember(stated)),
    },
    ...encryptionHeaders(upload.encryption),
    ...(CopySourceVersionId === undefined ? {} : { CopySourceVersionId }),
  }
}

export const listParts = operation(ListParts, {
  authorize: (input, ctx) => ({
    action: 's3:ListMultipartUploadParts',
    resource: objectArn(ctx, input.Bucket, input.Key),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const upload = uploadOf(ctx, input)
    const key = customerKeyOf(ctx, input)
    if (key !== undefined) checkPartKey(upload.encryption, key)
    const limit = pageLimit('max-parts', input.MaxParts)
    const { PartNumberMarker = 0 } = input
    const page: PartRecord[] = []
    let isTruncated = false
    const scan = {
      prefix: orderedKey(upload.uploadId, ''),
      after: orderedKey(upload.uploadId, PartNumberMarker),
    }
    for (const part of parts.scan(ctx, scan)) {
      isTruncated = page.length === limit
      if (isTruncated) break
      page.push(part)
    }
    return {
      Bucket: upload.bucket,
      Key: upload.key,
      UploadId: upload.uploadId,
      PartNumberMarker,
      NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
      MaxParts: limit,
      IsTruncated: isTruncated,
      ...(page.length === 0 ? {} : { Parts: page.map((part) => listedPart(upload, part)) }),
      ...uploadPeople(upload),
      StorageClass: upload.storageClass,
      ...checksumKind(upload),
      ...abortHeaders(bucketOf(ctx, upload.bucket), upload),
    }
  },
})

/** Checksums are listed where the upload asked for them. */
function listedPart(upload: UploadRecord, part: PartRecord) {
  return {
    PartNumber: part.partNumber,
    LastModified: part.lastModifiedMs,
    ETag: part.etag,
    Size: part.sizeBytes,
    ...(upload.algorithm === undefined || part.checksum === undefined
      ? {}
      : checksumMember(part.checksum)),
  }
}
