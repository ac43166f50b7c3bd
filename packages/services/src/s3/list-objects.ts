import { ListObjects, ListObjectsV2 } from '@cloud-orrery/models/s3'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { bucketArn, canonicalUserId, scopeOfBucket } from './access.ts'
import { requestKeys } from './condition-keys.ts'
import {
  type KeyWriter,
  keyWriter,
  type ListingPage,
  type ListingQuery,
  listPage,
  pageLimit,
  readToken,
  rowsFrom,
  writeToken,
} from './listing.ts'
import { type VersionRecord, versions } from './state.ts'

/** Objects that a GET finds, in key order. */
function objectPage(ctx: Context, bucket: string, query: ListingQuery): ListingPage<VersionRecord> {
  const index = `${bucket}\u0000`
  return listPage(query, (from) =>
    versions.scanIndex(ctx, 'live', { prefix: index, from: index + rowsFrom(bucket, from) }),
  )
}

function listed(version: VersionRecord, write: KeyWriter, withOwner: boolean) {
  const { checksum } = version
  return {
    Key: write(version.key),
    LastModified: version.lastModifiedMs,
    ETag: version.etag,
    ...(checksum === undefined
      ? {}
      : { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type }),
    Size: version.sizeBytes,
    StorageClass: version.storageClass,
    ...(withOwner ? { Owner: { ID: canonicalUserId(version.ownerAccountId) } } : {}),
  }
}

function lastOf({ last }: ListingPage<VersionRecord>): string {
  if (last === undefined) return ''
  return 'entry' in last ? last.entry.key : last.commonPrefix
}

/** What both versions of the listing answer alike. */
function common(
  page: ListingPage<VersionRecord>,
  write: KeyWriter,
  input: { Bucket: string; Prefix?: string | undefined; Delimiter?: string | undefined },
) {
  const prefixes = page.commonPrefixes.map((prefix) => ({ Prefix: write(prefix) }))
  return {
    Name: input.Bucket,
    Prefix: write(input.Prefix ?? ''),
    ...(input.Delimiter ? { Delimiter: write(input.Delimiter) } : {}),
    IsTruncated: page.isTruncated,
    ...(prefixes.length === 0 ? {} : { CommonPrefixes: prefixes }),
  }
}

export const listObjectsV2 = operation(ListObjectsV2, {
  authorize: (input, ctx) => ({
    action: 's3:ListBucket',
    resource: bucketArn(ctx, input.Bucket),
    context: requestKeys(input),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const { Bucket, Prefix = '', Delimiter, StartAfter, ContinuationToken } = input
    const limit = pageLimit('max-keys', input.MaxKeys)
    const write = keyWriter(input.EncodingType)
    const after = ContinuationToken === undefined ? StartAfter : readToken(ContinuationToken)
    const page = objectPage(ctx, Bucket, { prefix: Prefix, delimiter: Delimiter, after, limit })
    const contents = page.entries.map((entry) => listed(entry, write, input.FetchOwner === true))
    return {
      ...common(page, write, input),
      ...(contents.length === 0 ? {} : { Contents: contents }),
      MaxKeys: limit,
      KeyCount: contents.length + page.commonPrefixes.length,
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      ...(page.isTruncated ? { NextContinuationToken: writeToken(lastOf(page)) } : {}),
      // A token outweighs it, and then it is not told.
      ...(StartAfter && ContinuationToken === undefined ? { StartAfter: write(StartAfter) } : {}),
    }
  },
})

export const listObjects = operation(ListObjects, {
  authorize: (input, ctx) => ({
    action: 's3:ListBucket',
    resource: bucketArn(ctx, input.Bucket),
    context: requestKeys(input),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const { Bucket, Prefix = '', Delimiter, Marker } = input
    const limit = pageLimit('max-keys', input.MaxKeys)
    const write = keyWriter(input.EncodingType)
    const page = objectPage(ctx, Bucket, {
      prefix: Prefix,
      delimiter: Delimiter,
      after: Marker,
      limit,
    })
    // To anonymous callers no owner is shown.
    const isKnown = ctx.caller.principal.kind !== 'anonymous'
    const contents = page.entries.map((entry) => listed(entry, write, isKnown))
    return {
      ...common(page, write, input),
      ...(contents.length === 0 ? {} : { Contents: contents }),
      Marker: write(Marker ?? ''),
      MaxKeys: limit,
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      // Without a delimiter the last key is the next marker, and S3 does not repeat it.
      ...(page.isTruncated && Delimiter ? { NextMarker: write(lastOf(page)) } : {}),
    }
  },
})
