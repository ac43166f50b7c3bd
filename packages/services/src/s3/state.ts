import { type BlobRef, orderedKey, type TableContext, table } from '@cloud-orrery/kernel'
import type {
  BucketVersioningStatus,
  ChecksumType,
  CORSRule,
  DefaultRetention,
  InventoryConfiguration,
  LifecycleRule,
  LoggingEnabled,
  NotificationConfiguration,
  ObjectLockLegalHoldStatus,
  ObjectLockRetentionMode,
  ObjectOwnership,
  ReplicationConfiguration,
  StorageClass,
  TransitionDefaultMinimumObjectSize,
  WebsiteConfiguration,
} from '@cloud-orrery/models/s3'
import type { PolicyDocument } from '@cloud-orrery/policy'
import type { ChecksumAlgorithm } from '@cloud-orrery/protocols'
import { isServiceAccount } from '../shared/service-accounts.ts'
import type { ObjectEncryption } from './encryption/object-encryption.ts'
import { sortableKey } from './key-order.ts'

export type Tags = Readonly<Record<string, string>>

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean
  readonly ignorePublicAcls: boolean
  readonly blockPublicPolicy: boolean
  readonly restrictPublicBuckets: boolean
}

export interface BucketPolicy {
  readonly text: string
  readonly document: PolicyDocument
  /** Whether S3 calls it public. */
  readonly isPublic: boolean
}

export interface Lifecycle {
  readonly rules: readonly LifecycleRule[]
  readonly minimumSize: TransitionDefaultMinimumObjectSize
  /** The next run, at midnight. */
  readonly taskId: string
}

/** Until when a version is kept, whoever wants it gone. */
export interface Retention {
  readonly mode: ObjectLockRetentionMode
  readonly untilMs: number
}

export interface ObjectLock {
  readonly retention?: Retention
  readonly legalHold?: ObjectLockLegalHoldStatus
}

export interface BucketRecord {
  readonly name: string
  readonly accountId: string
  readonly region: string
  /** As CreateBucket was told: `EU` stays `EU`. */
  readonly locationConstraint?: string
  readonly createdAtMs: number
  readonly versioning?: BucketVersioningStatus
  readonly ownership?: ObjectOwnership
  readonly publicAccessBlock?: PublicAccessBlock
  readonly policy?: BucketPolicy
  readonly tags?: Tags
  /** Objects are encrypted with a key of KMS: this one, or the AWS managed one. */
  readonly encryption?: { readonly keyId?: string }
  /** Writes with a customer's key are refused (true), or expressly taken (false). */
  readonly blocksCustomerKeys?: boolean
  readonly bucketKeyEnabled: boolean
  /** Someone has put an encryption configuration, if only the default one. */
  readonly encryptionSet?: boolean
  readonly notifications: NotificationConfiguration
  readonly lifecycle?: Lifecycle
  readonly cors?: readonly CORSRule[]
  readonly website?: WebsiteConfiguration
  readonly logging?: LoggingEnabled
  readonly replication?: ReplicationConfiguration
  /** Objects can be locked; the rule is for those that are put without a lock of their own. */
  readonly objectLock?: { readonly rule?: DefaultRetention }
  readonly requestPayer: 'BucketOwner' | 'Requester'
}

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  /** Base64; composite ones end in `-` and the number of parts. */
  readonly value: string
  readonly type: ChecksumType
}

/** A part of an object that was uploaded in parts. */
export interface ObjectPart {
  readonly partNumber: number
  readonly sizeBytes: number
  readonly checksum?: string
}

/** Headers that are kept with an object and given back with it. */
export interface SystemHeaders {
  readonly CacheControl?: string
  readonly ContentDisposition?: string
  readonly ContentEncoding?: string
  readonly ContentLanguage?: string
  readonly ContentType?: string
  readonly Expires?: string
  readonly WebsiteRedirectLocation?: string
}

/** How far a version has come to each of its destinations, by ARN. */
export type ReplicationProgress = Readonly<Record<string, 'PENDING' | 'COMPLETED' | 'FAILED'>>

/** One version of an object, or a delete marker. */
export interface VersionRecord extends ObjectLock {
  readonly bucket: string
  readonly key: string
  /** `null` where it was written without versioning. */
  readonly versionId: string
  /** Rises with each write in a bucket: later versions have larger ones. */
  readonly sequence: number
  readonly isLatest: boolean
  readonly isDeleteMarker: boolean
  readonly lastModifiedMs: number
  /** Who wrote it: an account. */
  readonly ownerAccountId: string
  /** The body's pieces in order: one, or one a part. */
  readonly body: readonly BlobRef[]
  readonly sizeBytes: number
  /** With its quotes. */
  readonly etag: string
  readonly checksum?: Checksum
  readonly parts?: readonly ObjectPart[]
  readonly headers: SystemHeaders
  readonly metadata: Tags
  readonly tags: Tags
  readonly storageClass: StorageClass
  /** Absent: S3's own keys. */
  readonly encryption?: ObjectEncryption
  readonly replication?: ReplicationProgress
  /** It came from another bucket by replication. */
  readonly isReplica?: boolean
}

export interface UploadRecord extends ObjectLock {
  readonly uploadId: string
  readonly bucket: string
  readonly key: string
  readonly sequence: number
  readonly initiatedAtMs: number
  readonly ownerAccountId: string
  /** ARN, or canonical id of a root. */
  readonly initiatorId: string
  readonly initiatorName: string
  readonly algorithm?: ChecksumAlgorithm
  readonly checksumType?: ChecksumType
  /** Whether the key had an object when the upload began. */
  readonly replaces: boolean
  readonly headers: SystemHeaders
  readonly metadata: Tags
  readonly tags: Tags
  readonly storageClass: StorageClass
  readonly encryption?: ObjectEncryption
}

export interface PartRecord {
  readonly uploadId: string
  readonly partNumber: number
  readonly body: readonly BlobRef[]
  readonly sizeBytes: number
  /** With its quotes. */
  readonly etag: string
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string }
  readonly lastModifiedMs: number
}

/** Names are unique in all accounts and regions. */
export const buckets = table<BucketRecord, 'owner'>('s3.buckets', {
  key: (bucket) => bucket.name,
  resource: ({ name, accountId }) =>
    isServiceAccount(accountId) ? undefined : `arn:aws:s3:::${name}`,
  partition: 'cloud',
  indexes: { owner: (bucket) => bucket.accountId },
})

/**
 * All versions, by bucket, key and age, the newest first. `live` lists those that a GET without a version id
 * finds; `id` finds a version by its id.
 */
export const versions = table<VersionRecord, 'live' | 'id'>('s3.versions', {
  key: (version) => versionKey(version.bucket, version.key, version.sequence),
  partition: 'cloud',
  indexes: {
    live: ({ bucket, isLatest, isDeleteMarker }) =>
      isLatest && !isDeleteMarker ? bucket : undefined,
    // The latest is found by its key alone; most objects have but that one version.
    id: ({ bucket, key, versionId, isLatest }) =>
      isLatest ? undefined : orderedKey(bucket, sortableKey(key), versionId),
  },
})

export const uploads = table<UploadRecord, 'id'>('s3.uploads', {
  key: (upload) => orderedKey(upload.bucket, sortableKey(upload.key), upload.sequence),
  partition: 'cloud',
  indexes: { id: (upload) => upload.uploadId },
})

export const parts = table<PartRecord>('s3.parts', {
  key: (part) => orderedKey(part.uploadId, part.partNumber),
  partition: 'cloud',
})

interface InventoryRecord {
  readonly bucket: string
  readonly id: string
  readonly configuration: InventoryConfiguration
  /** The next report; absent while it is disabled. */
  readonly taskId?: string
}

export const inventories = table<InventoryRecord>('s3.inventories', {
  key: (inventory) => orderedKey(inventory.bucket, inventory.id),
  partition: 'cloud',
})

interface LogLineRecord {
  readonly bucket: string
  readonly sequence: number
  readonly line: string
}

/** Lines of access logs that are not written yet, by the bucket that they are about. */
export const logLines = table<LogLineRecord>('s3.logLines', {
  key: (line) => orderedKey(line.bucket, line.sequence),
  partition: 'cloud',
})

interface SequenceRecord {
  readonly bucket: string
  readonly last: number
}

export const sequences = table<SequenceRecord>('s3.sequences', {
  key: (sequence) => sequence.bucket,
  partition: 'cloud',
})

/** The next number of a bucket's writes. */
export function nextSequence(ctx: TableContext, bucket: string): number {
  const last = (sequences.get(ctx, bucket)?.last ?? 0) + 1
  sequences.put(ctx, { bucket, last })
  return last
}

/** Newest first: what is counted down sorts so. */
export function versionKey(bucket: string, key: string, sequence: number): string {
  return orderedKey(bucket, sortableKey(key), Number.MAX_SAFE_INTEGER - sequence)
}

/** The newest version of a key, which may be a delete marker. */
export function latestVersion(
  ctx: TableContext,
  bucket: string,
  key: string,
): VersionRecord | undefined {
  const prefix = orderedKey(bucket, sortableKey(key), '')
  for (const version of versions.scan(ctx, { prefix })) return version
  return undefined
}

export function versionById(
  ctx: TableContext,
  bucket: string,
  key: string,
  versionId: string,
): VersionRecord | undefined {
  const latest = latestVersion(ctx, bucket, key)
  if (latest === undefined || latest.versionId === versionId) return latest
  return versions.first(ctx, 'id', orderedKey(bucket, sortableKey(key), versionId))
}

/** Forgets an upload and its parts. */
export function dropUpload(ctx: TableContext, upload: UploadRecord): void {
  for (const part of parts.scan(ctx, { prefix: orderedKey(upload.uploadId, '') })) {
    parts.delete(ctx, orderedKey(part.uploadId, part.partNumber))
  }
  uploads.delete(ctx, orderedKey(upload.bucket, sortableKey(upload.key), upload.sequence))
}
