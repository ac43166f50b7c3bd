import { hash } from 'node:crypto'
import type { Context } from '../context.ts'
import { bucketOf, callerAccountId } from './access.ts'
import { ownershipOf } from './acl.ts'
import { invalidVersionId, methodNotAllowed, noSuchKey, noSuchVersion } from './errors.ts'
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
const idPattern = /^(?<drawn>[\w.]{17})(?<order>[\w.]{9})(?<proof>[0-9a-f]{6})$/
const orderCharacters = 9

/**
 * 32 characters: chance, the version's place among the others, and a proof that follows from both. S3 tells
 * ids that it gave from others, and goes on from the id of a version that is gone.
 */
export function newVersionId(ctx: Context, sequence: number): string {
  const drawn = ctx.ids.from(idAlphabet, 17)
  const mask = maskOf(drawn)
  let order = ''
  let rest = sequence
  for (let i = 0; i < orderCharacters; i += 1) {
    order += idAlphabet[(rest + (mask[i] ?? 0)) % 64]
    rest = Math.floor(rest / 64)
  }
  return drawn + order + proofOf(drawn + order)
}

/** The place of a version that an id gives away; undefined for ids that S3 did not give. */
export function sequenceOf(versionId: string): number | undefined {
  const { drawn = '', order = '', proof } = idPattern.exec(versionId)?.groups ?? {}
  if (proof === undefined || proofOf(drawn + order) !== proof) return undefined
  const mask = maskOf(drawn)
  let sequence = 0
  for (let i = orderCharacters - 1; i >= 0; i -= 1) {
    const digit = idAlphabet.indexOf(order[i] ?? '') - ((mask[i] ?? 0) % 64)
    sequence = sequence * 64 + ((digit + 64) % 64)
  }
  return sequence
}

function maskOf(drawn: string): Uint8Array {
  return hash('sha256', `order ${drawn}`, 'buffer')
}

function proofOf(text: string): string {
  return hash('sha256', `version ${text}`, 'hex').slice(0, 6)
}

export function isVersionId(text: string): boolean {
  return text === nullVersion || sequenceOf(text) !== undefined
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
  | 'replication'
  | 'isReplica'
>

/** What a replica takes over from its source. */
export type ReplicaIdentity = Required<
  Pick<VersionRecord, 'versionId' | 'lastModifiedMs' | 'ownerAccountId' | 'isReplica'>
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
  replica?: ReplicaIdentity,
): VersionRecord {
  const sequence = nextSequence(ctx, bucket.name)
  const versionId =
    replica?.versionId ??
    (bucket.versioning === 'Enabled' ? newVersionId(ctx, sequence) : nullVersion)
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
    sequence,
    isLatest: true,
    isDeleteMarker: content === undefined,
    lastModifiedMs: nowSeconds(ctx),
    ownerAccountId: ownerOf(ctx, bucket),
    ...replica,
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

/**
 * The version that a change beside its content means. `shownKey`: how an error names what is not there. Throws
 * NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker.
 */
export function namedVersion(
  ctx: Context,
  {
    Bucket,
    Key,
    VersionId,
  }: { readonly Bucket: string; readonly Key: string; readonly VersionId?: string | undefined },
  method: string,
  shownKey: string,
): VersionRecord {
  if (VersionId !== undefined && !isVersionId(VersionId)) throw invalidVersionId(VersionId)
  const version =
    VersionId === undefined
      ? latestVersion(ctx, Bucket, Key)
      : versionOf(ctx, Bucket, Key, VersionId)
  if (version === undefined) throw noSuchKey(shownKey)
  if (version.isDeleteMarker) throw methodNotAllowed(method, 'DeleteMarker')
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
