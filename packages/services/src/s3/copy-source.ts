import type { Context } from '../context.ts'
import { bucketOf, checkOwner, objectArn } from './access.ts'
import { checkCopySource } from './conditions.ts'
import { invalidArgument, invalidRequest, invalidVersionId, noSuchKey } from './errors.ts'
import { latestVersion, type VersionRecord } from './state.ts'
import { isVersionId, versionOf } from './versions.ts'

export interface CopySource {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string
}

/** The conditions that a copy puts on its source, by their member names. */
export interface CopySourceInput {
  readonly CopySource: string
  readonly CopySourceIfMatch?: string | undefined
  readonly CopySourceIfNoneMatch?: string | undefined
  readonly CopySourceIfModifiedSince?: number | undefined
  readonly CopySourceIfUnmodifiedSince?: number | undefined
  readonly ExpectedSourceBucketOwner?: string | undefined
}

/**
 * `bucket/key?versionId=...`, the key percent-encoded, a plus being a space. Throws InvalidArgument.
 * Source: S3 API Reference, CopyObject, `x-amz-copy-source`.
 */
export function readCopySource(text: string): CopySource {
  const mark = text.lastIndexOf('?versionId=')
  const path = (mark < 0 ? text : text.slice(0, mark)).replace(/^\//, '')
  const decoded = decode(path.replaceAll('+', ' '))
  const slash = decoded.indexOf('/')
  if (slash <= 0 || slash === decoded.length - 1) throw malformed(text)
  const source = { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) }
  return mark < 0 ? source : { ...source, versionId: text.slice(mark + '?versionId='.length) }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function malformed(text: string) {
  return invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    'x-amz-copy-source',
    text,
  )
}

/** What reading the source needs. */
export function sourceAuthorization(ctx: Context, text: string) {
  const { bucket, key, versionId } = readCopySource(text)
  return {
    action: versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion',
    resource: objectArn(ctx, bucket, key),
  }
}

/**
 * The version that is to be copied, its conditions judged. Throws NoSuchBucket, NoSuchKey, NoSuchVersion,
 * InvalidRequest for a delete marker, PreconditionFailed. Recorded: S3, CopyObject, October 2023.
 */
export function copiedVersion(ctx: Context, input: CopySourceInput): VersionRecord {
  const { bucket, key, versionId } = readCopySource(input.CopySource)
  const { accountId } = bucketOf(ctx, bucket)
  const { ExpectedSourceBucketOwner } = input
  if (ExpectedSourceBucketOwner !== undefined) checkOwner(ExpectedSourceBucketOwner, accountId)
  const version = sourceVersion(ctx, {
    bucket,
    key,
    ...(versionId === undefined ? {} : { versionId }),
  })
  const conditions = {
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  }
  checkCopySource(conditions, version, ctx.now())
  return version
}

function sourceVersion(ctx: Context, { bucket, key, versionId }: CopySource): VersionRecord {
  if (versionId === undefined) {
    const latest = latestVersion(ctx, bucket, key)
    if (latest === undefined || latest.isDeleteMarker) throw noSuchKey(key)
    return latest
  }
  if (!isVersionId(versionId)) throw invalidVersionId(versionId)
  const version = versionOf(ctx, bucket, key, versionId)
  if (!version.isDeleteMarker) return version
  throw invalidRequest(
    'The source of a copy request may not specifically refer to a delete marker by version id.',
  )
}
