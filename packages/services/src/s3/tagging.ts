import {
  DeleteBucketTagging,
  DeleteObjectTagging,
  GetBucketTagging,
  GetObjectTagging,
  PutBucketTagging,
  PutObjectTagging,
} from '@cloud-orrery/models/s3'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { bucketArn, bucketOf, objectArn, scopeOfBucket } from './access.ts'
import { existingTagKeys, requestTagKeys } from './condition-keys.ts'
import { invalidTag, noSuchTagSet } from './errors.ts'
import { readAuthorization } from './get-object.ts'
import { notify } from './notifications.ts'
import { replicateChange } from './replication/replication.ts'
import { buckets, latestVersion, type Tags, versions } from './state.ts'
import { isSystemTag, readTags, tagSet } from './tags.ts'
import { namedVersion, shownVersionId } from './versions.ts'

export const putBucketTagging = operation(PutBucketTagging, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, Tagging }) {
    const bucket = bucketOf(ctx, Bucket)
    const tags = readTags(ctx, Tagging.TagSet, 'bucket', bucket.tags)
    checkSystemTags(ctx, bucket.tags, tags)
    const { tags: _former, ...rest } = bucket
    buckets.put(ctx, Object.keys(tags).length === 0 ? rest : { ...rest, tags })
    return {}
  },
})

export const getBucketTagging = operation(GetBucketTagging, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { tags } = bucketOf(ctx, Bucket)
    if (tags === undefined) throw noSuchTagSet(Bucket)
    return { TagSet: tagSet(tags) }
  },
})

export const deleteBucketTagging = operation(DeleteBucketTagging, {
  authorize: (input, ctx) => ({
    action: 's3:PutBucketTagging',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { tags = {}, ...rest } = bucketOf(ctx, Bucket)
    const kept = Object.entries(tags).filter(([key]) => isSystemTag(key))
    buckets.put(ctx, kept.length === 0 ? rest : { ...rest, tags: Object.fromEntries(kept) })
    return {}
  },
})

/** Tags that AWS put stay; who sends a set without them would take them away. A stack replaces another's. */
function checkSystemTags(ctx: Context, former: Tags | undefined, tags: Tags): void {
  for (const [key, value] of Object.entries(former ?? {})) {
    if (!isReservedTag(ctx, key) || tags[key] === value) continue
    throw invalidTag('System tags cannot be removed by requester')
  }
}

interface TaggedObject {
  readonly Bucket: string
  readonly Key: string
  readonly VersionId?: string | undefined
}

export const putObjectTagging = operation(PutObjectTagging, {
  authorize: (input, ctx) => {
    const { VersionId, Tagging } = input
    const list = Tagging?.TagSet ?? []
    const tags = Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
    return {
      action: VersionId === undefined ? 's3:PutObjectTagging' : 's3:PutObjectVersionTagging',
      resource: objectArn(ctx, input.Bucket, input.Key),
      context: { ...requestTagKeys(tags), ...existingTagKeys(currentTags(ctx, input)) },
    }
  },
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const version = namedVersion(ctx, input, 'PUT', input.Key)
    const tags = readTags(ctx, input.Tagging.TagSet, 'object')
    const tagged = versions.put(ctx, { ...version, tags })
    replicateChange(ctx, tagged)
    notify(ctx, 'ObjectTagging:Put', tagged)
    return shownVersionId(ctx, version)
  },
})

export const getObjectTagging = operation(GetObjectTagging, {
  authorize: (input, ctx) => readAuthorization(ctx, input, 'GetObjectTagging'),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    // Recorded: S3, GetObjectTagging of nothing: the bucket stands before the key.
    const version = namedVersion(ctx, input, 'GET', `${input.Bucket}/${input.Key}`)
    return { TagSet: tagSet(version.tags), ...shownVersionId(ctx, version) }
  },
})

export const deleteObjectTagging = operation(DeleteObjectTagging, {
  authorize: (input, ctx) => ({
    action:
      input.VersionId === undefined ? 's3:DeleteObjectTagging' : 's3:DeleteObjectVersionTagging',
    resource: objectArn(ctx, input.Bucket, input.Key),
    context: existingTagKeys(currentTags(ctx, input)),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const version = namedVersion(ctx, input, 'DELETE', input.Key)
    const untagged = versions.put(ctx, { ...version, tags: {} })
    replicateChange(ctx, untagged)
    notify(ctx, 'ObjectTagging:Delete', untagged)
    return shownVersionId(ctx, version)
  },
})

function currentTags(ctx: Context, { Bucket, Key }: TaggedObject): Tags {
  return latestVersion(ctx, Bucket, Key)?.tags ?? {}
}
