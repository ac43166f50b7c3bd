import type { RequestContext } from '@cloud-orrery/policy'
import type { Tags } from './state.ts'

/** The members whose values S3 publishes as condition keys, in whatever operation they stand. */
interface ConditionInput {
  readonly Bucket?: string | undefined
  readonly ACL?: string | undefined
  readonly StorageClass?: string | undefined
  readonly ServerSideEncryption?: string | undefined
  readonly SSEKMSKeyId?: string | undefined
  readonly SSECustomerAlgorithm?: string | undefined
  readonly CopySource?: string | undefined
  readonly MetadataDirective?: string | undefined
  readonly ObjectOwnership?: string | undefined
  readonly Prefix?: string | undefined
  readonly Delimiter?: string | undefined
  readonly MaxKeys?: number | undefined
  readonly VersionId?: string | undefined
  readonly IfMatch?: string | undefined
  readonly IfNoneMatch?: string | undefined
  readonly WebsiteRedirectLocation?: string | undefined
}

/**
 * Condition keys of a call. Source: Service Authorization Reference, Amazon S3.
 * Deviation: `s3:authType`, `s3:signatureversion`, `s3:signatureAge`, `s3:TlsVersion` and
 * `s3:x-amz-content-sha256` are not published: a service sees no more of a request than its input.
 */
export function requestKeys(input: ConditionInput, more: RequestContext = {}): RequestContext {
  return {
    's3:x-amz-acl': input.ACL,
    's3:x-amz-storage-class': input.StorageClass,
    's3:x-amz-server-side-encryption': input.ServerSideEncryption,
    's3:x-amz-server-side-encryption-aws-kms-key-id': input.SSEKMSKeyId,
    's3:x-amz-server-side-encryption-customer-algorithm': input.SSECustomerAlgorithm,
    's3:x-amz-copy-source': input.CopySource,
    's3:x-amz-metadata-directive': input.MetadataDirective,
    's3:x-amz-object-ownership': input.ObjectOwnership,
    's3:x-amz-website-redirect-location': input.WebsiteRedirectLocation,
    's3:prefix': input.Prefix,
    's3:delimiter': input.Delimiter,
    's3:max-keys': input.MaxKeys,
    's3:VersionId': input.VersionId,
    's3:if-match': input.IfMatch,
    's3:if-none-match': input.IfNoneMatch,
    ...more,
  }
}

/** Tags that a request brings. */
export function requestTagKeys(tags: Tags): RequestContext {
  const names = Object.keys(tags)
  if (names.length === 0) return {}
  return {
    's3:RequestObjectTagKeys': names,
    ...Object.fromEntries(names.map((name) => [`s3:RequestObjectTag/${name}`, tags[name]])),
  }
}

/** Tags that the object has already. */
export function existingTagKeys(tags: Tags): RequestContext {
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [`s3:ExistingObjectTag/${name}`, value]),
  )
}
