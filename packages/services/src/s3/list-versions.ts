import { orderedKey } from '@cloud-orrery/kernel'
import { ListObjectVersions } from '@cloud-orrery/models/s3'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { bucketArn, canonicalUserId, scopeOfBucket } from './access.ts'
import { requestKeys } from './condition-keys.ts'
import { invalidArgument, invalidVersionId } from './errors.ts'
import { sortableKey } from './key-order.ts'
import { type KeyWriter, keyWriter, listPage, pageLimit, rowsFrom } from './listing.ts'
import { type VersionRecord, versionById, versionKey, versions } from './state.ts'
import { isVersionId, sequenceOf } from './versions.ts'

export const listObjectVersions = operation(ListObjectVersions, {
  authorize: (input, ctx) => ({
    action: 's3:ListBucketVersions',
    resource: bucketArn(ctx, input.Bucket),
    context: requestKeys(input),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const { Bucket, Prefix = '', Delimiter, KeyMarker = '', VersionIdMarker = '' } = input
    const limit = pageLimit('max-keys', input.MaxKeys)
    const write = keyWriter(input.EncodingType)
    if (VersionIdMarker !== '') checkMarker(KeyMarker, VersionIdMarker)
    const page = listPage(
      { prefix: Prefix, delimiter: Delimiter, after: KeyMarker, limit },
      (from) => versions.scan(ctx, { prefix: `${Bucket}\u0000`, from: rowsFrom(Bucket, from) }),
      VersionIdMarker === '' ? [] : olderVersions(ctx, Bucket, KeyMarker, VersionIdMarker),
    )
    const objects = page.entries.filter((version) => !version.isDeleteMarker)
    const markers = page.entries.filter((version) => version.isDeleteMarker)
    return {
      Name: Bucket,
      Prefix: write(Prefix),
      ...(Delimiter ? { Delimiter: write(Delimiter) } : {}),
      KeyMarker: write(KeyMarker),
      VersionIdMarker,
      MaxKeys: limit,
      IsTruncated: page.isTruncated,
      ...(page.isTruncated ? nextMarkers(page.last, write) : {}),
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      ...(objects.length === 0
        ? {}
        : { Versions: objects.map((version) => listedVersion(version, write)) }),
      ...(markers.length === 0
        ? {}
        : { DeleteMarkers: markers.map((version) => listedEntry(version, write)) }),
      ...(page.commonPrefixes.length === 0
        ? {}
        : { CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: write(prefix) })) }),
    }
  },
})

function checkMarker(keyMarker: string, versionIdMarker: string): void {
  if (keyMarker === '') {
    throw invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
      versionIdMarker,
    )
  }
  if (!isVersionId(versionIdMarker)) throw invalidVersionId(versionIdMarker)
}

/** Versions of a key below one, which may be gone: pages may end within a key. */
function* olderVersions(
  ctx: Context,
  bucket: string,
  key: string,
  versionId: string,
): Generator<VersionRecord> {
  const marked = versionById(ctx, bucket, key, versionId)
  const isThere = marked?.versionId === versionId
  const sequence = isThere ? marked.sequence : sequenceOf(versionId)
  if (sequence === undefined) return
  const prefix = orderedKey(bucket, sortableKey(key), '')
  yield* versions.scan(ctx, { prefix, after: versionKey(bucket, key, sequence) })
}

function nextMarkers(
  last: { entry: VersionRecord } | { commonPrefix: string } | undefined,
  write: KeyWriter,
) {
  if (last === undefined) return {}
  if ('commonPrefix' in last) return { NextKeyMarker: write(last.commonPrefix) }
  return { NextKeyMarker: write(last.entry.key), NextVersionIdMarker: last.entry.versionId }
}

function listedEntry(version: VersionRecord, write: KeyWriter) {
  return {
    Key: write(version.key),
    VersionId: version.versionId,
    IsLatest: version.isLatest,
    LastModified: version.lastModifiedMs,
    Owner: { ID: canonicalUserId(version.ownerAccountId) },
  }
}

function listedVersion(version: VersionRecord, write: KeyWriter) {
  const { checksum } = version
  return {
    ...listedEntry(version, write),
    ETag: version.etag,
    ...(checksum === undefined
      ? {}
      : { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type }),
    Size: version.sizeBytes,
    // The model lists one storage class here; S3 answers with all.
    StorageClass: version.storageClass as 'STANDARD',
  }
}
