import type { Context } from '../context.ts'
import { bucketOf } from './access.ts'
import { encryptionHeaders } from './encryption/object-encryption.ts'
import { keyTooLong, s3Error } from './errors.ts'
import { expirationHeader } from './lifecycle/expiration-header.ts'
import { keyBytesMax, metadataBytesMax } from './limits.ts'
import { lockHeaders } from './locks/object-locks.ts'
import { replicationHeader } from './replication/replication.ts'
import type { SystemHeaders, Tags, VersionRecord } from './state.ts'
import { shownVersionId } from './versions.ts'

/** Parameters of event holds, which are not built: refused by name. */
export const unbuiltLocks = [
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
    ...(CacheControl === undefined ? {} : { CacheControl: latin(CacheControl) }),
    ...(ContentDisposition === undefined ? {} : { ContentDisposition: latin(ContentDisposition) }),
    ...(ContentEncoding === undefined ? {} : { ContentEncoding: latin(ContentEncoding) }),
    ...(ContentLanguage === undefined ? {} : { ContentLanguage: latin(ContentLanguage) }),
    ...(Expires === undefined ? {} : { Expires }),
    ...(WebsiteRedirectLocation === undefined ? {} : { WebsiteRedirectLocation }),
    ContentType: latin(input.ContentType || defaultContentType),
  }
}

/** A sign that ISO-8859-1 has not becomes a space. Recorded: S3, POST with such headers, February 2026. */
function latin(text: string): string {
  return text.replaceAll(/[^\0-\xff]/gu, ' ')
}

/** Throws KeyTooLongError. */
export function checkKey(key: string): void {
  const sizeBytes = Buffer.byteLength(key)
  if (sizeBytes > keyBytesMax) throw keyTooLong(sizeBytes, keyBytesMax)
}

/**
 * User-defined metadata: names in lower case. Throws MetadataTooLarge.
 */
export function readMetadata(metadata: Tags | undefined): Tags {
  const kept: Record<string, string> = {}
  let sizeBytes = 0
  for (const [name, value] of Object.entries(metadata ?? {})) {
    kept[name.toLowerCase()] = quotable(value)
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

/**
 * A value that is not ASCII comes back encoded, in the form `Q`. Recorded: S3, metadata that is not ASCII,
 * February 2026. Source: RFC 2047, section 4.2.
 */
function quotable(value: string): string {
  if (!/[^\t\x20-\x7e]/.test(value)) return value
  const bytes = [...Buffer.from(asText(value))].map((byte) => {
    const sign = String.fromCharCode(byte)
    if (sign === ' ') return '_'
    return byte < 0x21 || byte > 0x7e || /[=?_]/.test(sign)
      ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
      : sign
  })
  return `=?UTF-8?Q?${bytes.join('')}?=`
}

/** HTTP brings bytes: those that are UTF-8 mean it. */
function asText(value: string): string {
  if (/[^\0-\xff]/.test(value)) return value
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
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
    ...lockHeaders(ctx, version),
    ...replicationHeader(version),
    ...shownVersionId(ctx, version),
  }
}
