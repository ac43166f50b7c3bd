import { hash } from 'node:crypto'
import type { Context } from '../context.ts'
import { bucketOf, callerAccountId } from './access.ts'
import { ownershipOf } from './acl.ts'
import { noSuchVersion } from './errors.ts'
import {
  type BucketRecord,
  latestVersion,
  nextSequence,
  type VersionRecord,
  versionById,
  versionKey,
  versions,
} from './state.ts'

/** Version id of what is written without versioning. */
export const nullVersion = 'null'

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._'
const drawnCharacters = 26

/** 32 characters, of which the last six follow from the others: S3 tells ids that it gave from others. */
export function newVersionId(ctx: Context): string {
  const drawn = ctx.ids.from(idAlphabet, drawnCharacters)
  return drawn + proofOf(drawn)
}

function proofOf(drawn: string): string {
  return hash('sha256', `version ${drawn}`, 'hex').slice(0, 6)
}

export function isVersionId(text: string): boolean {
  if (text === nullVersion) return true
  return (
    text.length === 32 && proofOf(text.slice(0, drawnCharacters)) === text.slice(drawnCharacters)
  )
}

/** A second is as fine as S3 tells times. */
export function nowSeconds(ctx: Context): number {
  return Math.floor(ctx.now() / 1000) * 1000
}

/** What a GET of the key finds; undefined for nothing and for a delete marker. */
export function currentObject(
  ctx: Context,
  bucket: string,
  key: string,
): VersionRecord | undefined {
  const latest = latestVersion(ctx, bucket, key)
  return latest === undefined || latest.isDeleteMarker ? undefined : latest
}

export type NewVersion = Omit<
  VersionRecord,
  | 'bucket'
  | 'key'
  | 'versionId'
  | 'sequence'
  | 'isLatest'
  | 'isDeleteMarker'
  | 'lastModifiedMs'
  | 'ownerAccountId'
>

/**
 * Writes an object, or with undefined a delete marker, as the newest of its key: a version more where
 * versioning is enabled, otherwise in the place of the null version.
 */
export function writeVersion(
  ctx: Context,
  bucket: BucketRecord,
  key: string,
  content: NewVersion | undefined,
): VersionRecord {
  const versionId = bucket.versioning === 'Enabled' ? newVersionId(ctx) : nullVersion
  if (versionId === nullVersion) {
    const replaced = versionById(ctx, bucket.name, key, nullVersion)
    if (replaced?.versionId === nullVersion) removeVersion(ctx, replaced)
  }
  const latest = latestVersion(ctx, bucket.name, key)
  if (latest !== undefined) versions.put(ctx, { ...latest, isLatest: false })
  return versions.put(ctx, {
    ...(content ?? markerContent),
    bucket: bucket.name,
    key,
    versionId,
    sequence: nextSequence(ctx, bucket.name),
    isLatest: true,
    isDeleteMarker: content === undefined,
    lastModifiedMs: nowSeconds(ctx),
    ownerAccountId: ownerOf(ctx, bucket),
  })
}

const markerContent: NewVersion = {
  body: [],
  sizeBytes: 0,
  etag: '',
  headers: {},
  metadata: {},
  tags: {},
  storageClass: 'STANDARD',
}

/** With ACLs disabled, and for anonymous writers, the bucket's owner. */
function ownerOf(ctx: Context, bucket: BucketRecord): string {
  if (ownershipOf(bucket) === 'BucketOwnerEnforced') return bucket.accountId
  return callerAccountId(ctx) ?? bucket.accountId
}

/** Takes a version away for good; the next older one becomes the latest. */
export function removeVersion(ctx: Context, version: VersionRecord): void {
  const { bucket, key, sequence } = version
  versions.delete(ctx, versionKey(bucket, key, sequence))
  if (!version.isLatest) return
  const next = latestVersion(ctx, bucket, key)
  if (next !== undefined) versions.put(ctx, { ...next, isLatest: true })
}

/** The version of an id. Throws NoSuchVersion. */
export function versionOf(
  ctx: Context,
  bucket: string,
  key: string,
  versionId: string,
): VersionRecord {
  const version = versionById(ctx, bucket, key, versionId)
  if (version?.versionId !== versionId) throw noSuchVersion(key, versionId)
  return version
}

/** The version id in answers: only buckets that were ever versioned tell it. */
export function shownVersionId(
  ctx: Context,
  { bucket, versionId }: VersionRecord,
): { VersionId?: string } {
  return bucketOf(ctx, bucket).versioning === undefined ? {} : { VersionId: versionId }
}

/** Whether a version can't be read before it is restored, which is not built. */
export function isArchived({ storageClass }: VersionRecord): boolean {
  return storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE'
}
