import type { Context } from '../context.ts'
import { bucketOf } from './access.ts'
import { encryptionHeaders } from './encryption/object-encryption.ts'
import { keyTooLong, s3Error } from './errors.ts'
import { expirationHeader } from './lifecycle/expiration-header.ts'
import { keyBytesMax, metadataBytesMax } from './limits.ts'
import type { SystemHeaders, Tags, VersionRecord } from './state.ts'
import { shownVersionId } from './versions.ts'

/** Parameters of object locks, which are not built: refused by name. */
export const unbuiltLocks = [
  'ObjectLockMode',
  'ObjectLockRetainUntilDate',
  'ObjectLockLegalHoldStatus',
  'ObjectLockEventHold',
  'ObjectLockEventHoldDurationDays',
  'ObjectLockEventHoldDurationYears',
] as const

/** Content type of what was uploaded without one. */
const defaultContentType = 'binary/octet-stream'

type HeaderInput = { readonly [Name in keyof SystemHeaders]?: string | undefined }

/** The headers of an upload that are kept with the object. */
export function systemHeaders(input: HeaderInput): SystemHeaders {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, Expires } = input
  const { WebsiteRedirectLocation } = input
  return {
    ...(CacheControl === undefined ? {} : { CacheControl }),
    ...(ContentDisposition === undefined ? {} : { ContentDisposition }),
    ...(ContentEncoding === undefined ? {} : { ContentEncoding }),
    ...(ContentLanguage === undefined ? {} : { ContentLanguage }),
    ...(Expires === undefined ? {} : { Expires }),
    ...(WebsiteRedirectLocation === undefined ? {} : { WebsiteRedirectLocation }),
    ContentType: input.ContentType || defaultContentType,
  }
}

/** Throws KeyTooLongError. */
export function checkKey(key: string): void {
  const sizeBytes = Buffer.byteLength(key)
  if (sizeBytes > keyBytesMax) throw keyTooLong(sizeBytes, keyBytesMax)
}

/**
 * User-defined metadata: names in lower case. Throws MetadataTooLarge.
 * Deviation: values that are not ASCII are given back as they came; AWS encodes them (RFC 2047).
 */
export function readMetadata(metadata: Tags | undefined): Tags {
  const kept: Record<string, string> = {}
  let sizeBytes = 0
  for (const [name, value] of Object.entries(metadata ?? {})) {
    kept[name.toLowerCase()] = value
    sizeBytes += Buffer.byteLength(name) + Buffer.byteLength(value)
  }
  if (sizeBytes > metadataBytesMax) {
    throw s3Error(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      {
        Size: String(sizeBytes),
        MaxSizeAllowed: String(metadataBytesMax),
      },
    )
  }
  return kept
}

/** What GET and HEAD both tell of an object. */
export function objectHeaders(ctx: Context, version: VersionRecord) {
  const { storageClass, tags } = version
  const tagCount = Object.keys(tags).length
  return {
    AcceptRanges: 'bytes',
    LastModified: version.lastModifiedMs,
    ETag: version.etag,
    Metadata: version.metadata,
    ...encryptionHeaders(version.encryption),
    ...expirationHeader(bucketOf(ctx, version.bucket), version),
    ...version.headers,
    ...(storageClass === 'STANDARD' ? {} : { StorageClass: storageClass }),
    ...(tagCount === 0 ? {} : { TagCount: tagCount }),
    ...shownVersionId(ctx, version),
  }
}
