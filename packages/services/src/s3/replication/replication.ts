import type { ReplicationRule } from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { bucketArn } from '../access.ts'
import { notificationRetryMs, replicationDelayMs } from '../limits.ts'
import {
  type BucketRecord,
  buckets,
  type ReplicationProgress,
  type VersionRecord,
  versionById,
  versions,
} from '../state.ts'
import { destinationName } from './bucket-replication.ts'
import { ReplicateObject } from './replicate-object.ts'
import { replicationRulesFor } from './replication-rules.ts'

interface Replication {
  readonly bucket: string
  readonly key: string
  readonly versionId: string
  readonly destination: string
}

/** Has a new version copied wherever its bucket's rules say. A replica is not copied again. */
export function replicate(
  ctx: Context,
  bucket: BucketRecord,
  version: VersionRecord,
): VersionRecord {
  const { replication } = bucket
  if (replication === undefined || version.isReplica === true) return version
  if (bucket.versioning !== 'Enabled') return version
  const rules = replicationRulesFor(replication, version)
  if (rules.length === 0) return version
  const progress: Record<string, 'PENDING'> = {}
  for (const { Destination } of rules) {
    progress[Destination.Bucket] = 'PENDING'
    const delayMs = ctx.choose('s3.replication.delayMs', replicationDelayMs)
    ctx.after(delayMs, copyVersion, {
      bucket: bucket.name,
      key: version.key,
      versionId: version.versionId,
      destination: Destination.Bucket,
    })
  }
  return versions.put(ctx, { ...version, replication: progress })
}

/** Has what changed beside an object's content follow it: tags and locks. */
export function replicateChange(ctx: Context, version: VersionRecord): void {
  const bucket = buckets.get(ctx, version.bucket)
  if (bucket !== undefined && version.replication !== undefined) replicate(ctx, bucket, version)
}

/**
 * Copies one version to one destination, as the configuration's role. Source: S3 User Guide, "Setting up permissions
 * for live replication". Server faults are tried again; what is refused has failed.
 */
export const copyVersion = task<Replication>('s3.replicate', {
  async run(ctx, replication) {
    const { bucket: name, key, versionId, destination } = replication
    const bucket = buckets.get(ctx, name)
    const version = versionById(ctx, name, key, versionId)
    const rule = ruleOf(bucket, version, destination)
    const target = buckets.get(ctx, destinationName(destination))
    if (bucket?.replication === undefined || version === undefined) return
    if (rule === undefined || target === undefined) {
      settle(ctx, replication, 'FAILED')
      return
    }
    await ctx.call(
      ReplicateObject,
      {
        SourceBucket: name,
        Key: key,
        VersionId: versionId,
        Bucket: target.name,
        StorageClass: rule.Destination.StorageClass,
        ReplicaKmsKeyId: rule.Destination.EncryptionConfiguration?.ReplicaKmsKeyID,
      },
      {
        as: {
          role: bucket.replication.Role,
          service: 's3.amazonaws.com',
          sessionName: 's3-replication',
        },
        sourceArn: bucketArn(ctx, name),
        sourceAccount: bucket.accountId,
        region: target.region,
      },
    )
    settle(ctx, replication, 'COMPLETED')
  },
  retryDelayMs: (attempt, error) =>
    isTransient(error) ? notificationRetryMs[attempt - 1] : undefined,
  onGiveUp: (ctx, replication) => settle(ctx, replication, 'FAILED'),
})

function ruleOf(
  bucket: BucketRecord | undefined,
  version: VersionRecord | undefined,
  destination: string,
): ReplicationRule | undefined {
  if (bucket?.replication === undefined || version === undefined) return undefined
  return replicationRulesFor(bucket.replication, version).find(
    ({ Destination }) => Destination.Bucket === destination,
  )
}

function settle(
  ctx: Context,
  { bucket, key, versionId, destination }: Replication,
  status: 'COMPLETED' | 'FAILED',
): void {
  const version = versionById(ctx, bucket, key, versionId)
  if (version?.versionId !== versionId) return
  versions.put(ctx, { ...version, replication: { ...version.replication, [destination]: status } })
}

/** `x-amz-replication-status`: complete when every destination is, failed when one is. */
export function replicationHeader({ isReplica, replication }: VersionRecord) {
  if (isReplica === true) return { ReplicationStatus: 'REPLICA' as const }
  return replication === undefined ? {} : { ReplicationStatus: overall(replication) }
}

function overall(progress: ReplicationProgress): 'PENDING' | 'COMPLETED' | 'FAILED' {
  const all = Object.values(progress)
  if (all.includes('FAILED')) return 'FAILED'
  return all.includes('PENDING') ? 'PENDING' : 'COMPLETED'
}
