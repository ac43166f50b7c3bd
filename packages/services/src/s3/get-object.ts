import type { AwsError } from '@cloud-orrery/models'
import { GetObject, type GetObjectRequest, HeadObject } from '@cloud-orrery/models/s3'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { bucketArn, objectArn, scopeOfBucket } from './access.ts'
import { readBody } from './bodies.ts'
import { checksumMembers } from './checksums.ts'
import { existingTagKeys, requestKeys } from './condition-keys.ts'
import { checkRead } from './conditions.ts'
import { customerKeyOf } from './encryption/customer-keys.ts'
import { checkCustomerKey, decrypt, upon } from './encryption/object-encryption.ts'
import {
  archived,
  invalidArgument,
  invalidPartNumber,
  invalidRequest,
  invalidVersionId,
  methodNotAllowed,
  noSuchKey,
  s3Error,
} from './errors.ts'
import { partNumberMax } from './limits.ts'
import { objectHeaders } from './object-headers.ts'
import { type ByteRange, readRange } from './ranges.ts'
import { latestVersion, type ObjectPart, type VersionRecord, versionById } from './state.ts'
import { isArchived, isVersionId, versionOf } from './versions.ts'

export const getObject = operation(GetObject, {
  authorize: (input, ctx) => readAuthorization(ctx, input, 'GetObject'),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const version = readableVersion(ctx, input, 'GET')
    const overrides = responseOverrides(ctx, input)
    const key = customerKeyOf(ctx, input)
    checkCustomerKey(version.encryption, key)
    checkRead(input, version, ctx.now())
    if (isArchived(version)) throw archived(version)
    const range = partOf(version, input)
    return upon(decrypt(ctx, version.encryption, key), () => ({
      Body: readBody(ctx.blobs, version.body, range.bytes),
      ...objectHeaders(ctx, version),
      ...lengthOf(version, range),
      ...(input.ChecksumMode === 'ENABLED' ? checksumOfRange(version, range) : {}),
      ...overrides,
    }))
  },
})

export const headObject = operation(HeadObject, {
  authorize: (input, ctx) => readAuthorization(ctx, input, 'GetObject'),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const version = readableVersion(ctx, input, 'HEAD')
    const overrides = responseOverrides(ctx, input)
    const key = customerKeyOf(ctx, input)
    checkCustomerKey(version.encryption, key)
    checkRead(input, version, ctx.now())
    const range = partOf(version, input)
    const headers = {
      ...objectHeaders(ctx, version),
      ...lengthOf(version, range),
      ...overrides,
    }
    if (input.ChecksumMode !== 'ENABLED') return headers
    // Only the checksum is encrypted with the object. Source: S3 API Reference, HeadObject, `ChecksumMode`.
    return upon(decrypt(ctx, version.encryption, key), () => ({
      ...headers,
      ...checksumOfRange(version, range),
    }))
  },
})

export interface ReadInput {
  readonly Bucket: string
  readonly Key: string
  readonly VersionId?: string | undefined
}

/** `s3:GetObject`, or `s3:GetObjectVersion` where a version is named; with the object's tags. */
export function readAuthorization(
  ctx: Context,
  input: ReadInput,
  name: 'GetObject' | 'GetObjectAttributes' | 'GetObjectTagging',
): Authorization {
  const { Bucket, Key, VersionId } = input
  const action = VersionId === undefined ? name : name.replace('Object', 'ObjectVersion')
  const version =
    VersionId === undefined
      ? latestVersion(ctx, Bucket, Key)
      : versionById(ctx, Bucket, Key, VersionId)
  return {
    action: `s3:${action}`,
    resource: objectArn(ctx, Bucket, Key),
    context: requestKeys(input, existingTagKeys(version?.tags ?? {})),
  }
}

/**
 * The version that a GET or HEAD means. Throws NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker
 * that is named, and AccessDenied instead of NoSuchKey to those who may not list the bucket.
 */
export function readableVersion(
  ctx: Context,
  { Bucket, Key, VersionId }: ReadInput,
  method: string,
): VersionRecord {
  if (VersionId !== undefined) {
    if (!isVersionId(VersionId)) throw invalidVersionId(VersionId)
    const version = versionOf(ctx, Bucket, Key, VersionId)
    if (!version.isDeleteMarker) return version
    throw methodNotAllowed(method, 'DeleteMarker', {
      allow: 'DELETE',
      'x-amz-delete-marker': 'true',
      'x-amz-version-id': version.versionId,
      'last-modified': new Date(version.lastModifiedMs).toUTCString(),
    })
  }
  const latest = latestVersion(ctx, Bucket, Key)
  if (latest !== undefined && !latest.isDeleteMarker) return latest
  // Whether a key exists is told only to those who may list. Source: S3 API Reference, GetObject.
  ctx.authorize('s3:ListBucket', bucketArn(ctx, Bucket))
  if (latest === undefined) throw noSuchKey(Key)
  throw noSuchKey(Key, {
    'x-amz-delete-marker': 'true',
    'x-amz-version-id': latest.versionId,
  })
}

interface Part {
  /** Absent: the whole object. */
  readonly bytes?: ByteRange
  readonly partsCount?: number
  /** Where a part was asked for by its number. */
  readonly part?: ObjectPart
}

type RangeInput = Pick<GetObjectRequest, 'Range' | 'PartNumber'>

function partOf(version: VersionRecord, { Range, PartNumber }: RangeInput): Part {
  if (PartNumber === undefined) {
    const bytes = readRange(Range, version.sizeBytes)
    return bytes === undefined ? {} : { bytes }
  }
  if (Range !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter')
  }
  if (PartNumber < 1 || PartNumber > partNumberMax) throw invalidPartNumber(PartNumber)
  const { parts } = version
  if (parts === undefined) {
    if (PartNumber > 1) throw unsatisfiablePart(PartNumber, 1)
    const last = version.sizeBytes - 1
    return last < 0 ? {} : { bytes: { first: 0, last } }
  }
  let first = 0
  for (const [index, part] of parts.entries()) {
    const { sizeBytes } = part
    if (index + 1 === PartNumber) {
      return { bytes: { first, last: first + sizeBytes - 1 }, partsCount: parts.length, part }
    }
    first += sizeBytes
  }
  throw unsatisfiablePart(PartNumber, parts.length)
}

function unsatisfiablePart(requested: number, count: number): AwsError {
  return s3Error('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
    PartNumberRequested: String(requested),
    ActualPartCount: String(count),
  })
}

function lengthOf({ sizeBytes }: VersionRecord, { bytes, partsCount }: Part) {
  const count = partsCount === undefined ? {} : { PartsCount: partsCount }
  if (bytes === undefined) return { ContentLength: sizeBytes, ...count }
  return {
    ContentLength: bytes.last - bytes.first + 1,
    ContentRange: `bytes ${bytes.first}-${bytes.last}/${sizeBytes}`,
    ...count,
  }
}

/** A checksum is told with the whole object; of a composite one, each part's with the part. */
function checksumOfRange(version: VersionRecord, { bytes, part }: Part) {
  const { checksum: own } = version
  if (own?.type === 'COMPOSITE' && part?.checksum !== undefined) {
    return checksumMembers({ ...own, value: part.checksum })
  }
  const isWhole = bytes === undefined || (bytes.first === 0 && bytes.last === version.sizeBytes - 1)
  return isWhole ? checksumMembers(own) : {}
}

type OverrideInput = Pick<
  GetObjectRequest,
  | 'ResponseCacheControl'
  | 'ResponseContentDisposition'
  | 'ResponseContentEncoding'
  | 'ResponseContentLanguage'
  | 'ResponseContentType'
  | 'ResponseExpires'
>

/**
 * `response-content-type` and its like: headers that the caller wishes to see. Not for anonymous callers.
 * Throws InvalidArgument for text that no header can carry. Observed on AWS: GetObject.
 */
function responseOverrides(ctx: Context, input: OverrideInput) {
  const { ResponseExpires: expires } = input
  const overrides = {
    ...given('CacheControl', 'response-cache-control', input.ResponseCacheControl),
    ...given(
      'ContentDisposition',
      'response-content-disposition',
      input.ResponseContentDisposition,
    ),
    ...given('ContentEncoding', 'response-content-encoding', input.ResponseContentEncoding),
    ...given('ContentLanguage', 'response-content-language', input.ResponseContentLanguage),
    ...given('ContentType', 'response-content-type', input.ResponseContentType),
    ...(expires === undefined ? {} : { Expires: new Date(expires).toUTCString() }),
  }
  if (Object.keys(overrides).length > 0 && ctx.caller.principal.kind === 'anonymous') {
    throw invalidRequest(
      'Request specific response headers cannot be used for anonymous GET requests.',
    )
  }
  return overrides
}

function given(name: string, parameter: string, value: string | undefined): Record<string, string> {
  if (value === undefined) return {}
  if (/[^\0-\xff]/.test(value)) {
    const message = 'Header value cannot be represented using ISO-8859-1.'
    throw invalidArgument(message, parameter, value)
  }
  return { [name]: value }
}
