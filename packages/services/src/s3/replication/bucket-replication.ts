import {
  DeleteBucketReplication,
  GetBucketReplication,
  PutBucketReplication,
  type ReplicationConfiguration,
} from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import { type Authorize, operation } from '../../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from '../access.ts'
import { invalidRequest, s3Error } from '../errors.ts'
import { type BucketRecord, buckets } from '../state.ts'
import { checkReplicationRules } from './replication-rules.ts'

const toPut: Authorize<{ readonly Bucket: string }> = (input, ctx) => ({
  action: 's3:PutReplicationConfiguration',
  resource: bucketArn(ctx, input.Bucket),
})

export const putBucketReplication = operation(PutBucketReplication, {
  authorize: toPut,
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: ['Token'],
  run(ctx, { Bucket, ReplicationConfiguration: asked }) {
    const bucket = bucketOf(ctx, Bucket)
    if (bucket.versioning !== 'Enabled') {
      throw invalidRequest(
        "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
      )
    }
    checkReplicationRules(asked)
    if (asked.Role.startsWith('arn:')) {
      ctx.authorize('iam:PassRole', asked.Role, {
        context: { 'iam:PassedToService': 's3.amazonaws.com' },
      })
    }
    checkDestinations(ctx, bucket, asked)
    const Rules = asked.Rules.map((rule) => ({ ...rule, ID: rule.ID || ctx.ids.hex(48) }))
    buckets.update(ctx, Bucket, { replication: { ...asked, Rules } })
    return {}
  },
})

function checkDestinations(
  ctx: Context,
  bucket: BucketRecord,
  { Rules }: ReplicationConfiguration,
): void {
  for (const { Destination } of Rules) {
    const name = destinationName(Destination.Bucket)
    if (name === bucket.name) {
      throw invalidRequest('Destination bucket cannot be the same as the source bucket.')
    }
    const target = buckets.get(ctx, name)
    if (target === undefined) throw invalidRequest('Destination bucket must exist.')
    if (target.versioning !== 'Enabled') {
      throw invalidRequest('Destination bucket must have versioning enabled.')
    }
    if (bucket.objectLock !== undefined && target.objectLock === undefined) {
      throw invalidRequest(
        'Replication configuration cannot be applied to an Object Lock enabled bucket whose destination bucket does not have Object Lock enabled.',
      )
    }
  }
}

/** Of an ARN. */
export function destinationName(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1)
}

export const getBucketReplication = operation(GetBucketReplication, {
  authorize: (input, ctx) => ({
    action: 's3:GetReplicationConfiguration',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { replication } = bucketOf(ctx, Bucket)
    if (replication !== undefined) return { ReplicationConfiguration: replication }
    throw s3Error(
      'ReplicationConfigurationNotFoundError',
      'The replication configuration was not found',
      { BucketName: Bucket },
    )
  },
})

export const deleteBucketReplication = operation(DeleteBucketReplication, {
  authorize: toPut,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { replication: _former, ...rest } = bucketOf(ctx, Bucket)
    buckets.put(ctx, rest)
    return {}
  },
})
