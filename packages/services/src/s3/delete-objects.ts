import { AwsError } from '@cloud-orrery/models'
import {
  type DeletedObject,
  DeleteObject,
  DeleteObjects,
  type ObjectIdentifier,
} from '@cloud-orrery/models/s3'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { bucketOf, objectArn, scopeOfBucket } from './access.ts'
import { requestKeys } from './condition-keys.ts'
import { matches } from './conditions.ts'
import {
  conditionNotImplemented,
  invalidVersionId,
  malformedXml,
  noSuchKey,
  noSuchVersion,
  preconditionFailed,
} from './errors.ts'
import { deleteKeysMax } from './limits.ts'
import { checkRemovable } from './locks/object-locks.ts'
import { notify } from './notifications.ts'
import { replicate } from './replication/replication.ts'
import { type BucketRecord, type VersionRecord, versionById } from './state.ts'
import { currentObject, isVersionId, removeVersion, writeVersion } from './versions.ts'

export const deleteObject = operation(DeleteObject, {
  authorize: (input, ctx) => ({
    action: deleteAction(input.VersionId),
    resource: objectArn(ctx, input.Bucket, input.Key),
    context: requestKeys(input),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: ['MFA'],
  run(ctx, input) {
    const bucket = bucketOf(ctx, input.Bucket)
    checkDeleteConditions(ctx, input)
    if (input.VersionId !== undefined && !isVersionId(input.VersionId)) {
      throw invalidVersionId(input.VersionId)
    }
    const { deleted, marker } = remove(
      ctx,
      bucket,
      input.Key,
      input.VersionId,
      input.BypassGovernanceRetention,
    )
    if (marker !== undefined) return { DeleteMarker: true, VersionId: marker.versionId }
    if (input.VersionId === undefined) return {}
    return {
      VersionId: input.VersionId,
      ...(deleted?.isDeleteMarker === true ? { DeleteMarker: true } : {}),
    }
  },
})

function deleteAction(versionId: string | undefined): string {
  return versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'
}

interface DeleteConditions {
  readonly Bucket: string
  readonly Key: string
  readonly IfMatch?: string | undefined
  readonly IfMatchLastModifiedTime?: number | undefined
  readonly IfMatchSize?: number | undefined
}

/** Recorded: S3, DeleteObject with conditions: general purpose buckets take If-Match alone. */
function checkDeleteConditions(ctx: Context, input: DeleteConditions): void {
  if (input.IfMatchLastModifiedTime !== undefined) {
    throw conditionNotImplemented('x-amz-if-match-last-modified-time')
  }
  if (input.IfMatchSize !== undefined) throw conditionNotImplemented('x-amz-if-match-size')
  if (input.IfMatch === undefined) return
  const current = currentObject(ctx, input.Bucket, input.Key)
  if (current === undefined) throw noSuchKey(input.Key)
  if (!matches(input.IfMatch, current.etag)) throw preconditionFailed('If-Match')
}

interface Removed {
  /** What is gone for good. */
  readonly deleted?: VersionRecord
  /** What now stands for the deleted object. */
  readonly marker?: VersionRecord
}

/** Deletes a named version for good; without a version a versioned bucket gets a delete marker. */
function remove(
  ctx: Context,
  bucket: BucketRecord,
  key: string,
  versionId: string | undefined,
  bypass: boolean | undefined,
): Removed {
  if (versionId !== undefined) {
    const version = versionById(ctx, bucket.name, key, versionId)
    if (version?.versionId !== versionId) return {}
    checkRemovable(ctx, version, bypass)
    removeVersion(ctx, version)
    notify(ctx, 'ObjectRemoved:Delete', version)
    return { deleted: version }
  }
  if (bucket.versioning === undefined) {
    const version = currentObject(ctx, bucket.name, key)
    if (version === undefined) return {}
    removeVersion(ctx, version)
    notify(ctx, 'ObjectRemoved:Delete', version)
    return { deleted: version }
  }
  const marker = replicate(ctx, bucket, writeVersion(ctx, bucket, key, undefined))
  notify(ctx, 'ObjectRemoved:DeleteMarkerCreated', marker)
  return { marker }
}

export const deleteObjects = operation(DeleteObjects, {
  // Each key is judged by itself, and refused by itself.
  authorize: () => ({ none: 's3:DeleteObject is judged for each key' }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: ['MFA'],
  run(ctx, { Bucket, Delete, BypassGovernanceRetention }) {
    const bucket = bucketOf(ctx, Bucket)
    if (Delete.Objects.length === 0 || Delete.Objects.length > deleteKeysMax) throw malformedXml()
    const deleted: DeletedObject[] = []
    const errors: object[] = []
    for (const item of Delete.Objects) {
      try {
        deleted.push(deleteOne(ctx, bucket, item, BypassGovernanceRetention))
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        const { Key, VersionId } = item
        const version = VersionId === undefined ? {} : { VersionId }
        errors.push({ Key, ...version, Code: error.code, Message: error.message })
      }
    }
    return {
      ...(Delete.Quiet === true || deleted.length === 0 ? {} : { Deleted: deleted }),
      ...(errors.length === 0 ? {} : { Errors: errors }),
    }
  },
})

function deleteOne(
  ctx: Context,
  bucket: BucketRecord,
  item: ObjectIdentifier,
  bypass: boolean | undefined,
): DeletedObject {
  const { Key, VersionId, ETag } = item
  ctx.authorize(deleteAction(VersionId), objectArn(ctx, bucket.name, Key), {
    context: requestKeys({ VersionId }),
  })
  if (item.LastModifiedTime !== undefined) {
    throw conditionNotImplemented('x-amz-if-match-last-modified-time')
  }
  if (item.Size !== undefined) throw conditionNotImplemented('x-amz-if-match-size')
  checkDeleteConditions(ctx, { Bucket: bucket.name, Key, IfMatch: ETag })
  if (VersionId !== undefined && !isVersionId(VersionId)) throw noSuchVersion(Key, VersionId)
  const { deleted, marker } = remove(ctx, bucket, Key, VersionId, bypass)
  if (marker !== undefined) {
    return { Key, DeleteMarker: true, DeleteMarkerVersionId: marker.versionId }
  }
  if (VersionId === undefined) return { Key }
  if (deleted?.isDeleteMarker !== true) return { Key, VersionId }
  return { Key, VersionId, DeleteMarker: true, DeleteMarkerVersionId: VersionId }
}
