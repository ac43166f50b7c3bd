import {
  DeleteBucketOwnershipControls,
  DeletePublicAccessBlock,
  GetBucketOwnershipControls,
  GetPublicAccessBlock,
  type ObjectOwnership,
  PutBucketOwnershipControls,
  PutPublicAccessBlock,
} from '@cloud-orrery/models/s3'
import { operation } from '../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from './access.ts'
import { malformedXml, s3Error } from './errors.ts'
import { type BucketRecord, buckets, type PublicAccessBlock } from './state.ts'

/** Every setting on, as buckets are made since April 2023. */
const allBlocked: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
}

/** How a new bucket stands: nothing public, and ownership as asked for. */
export function newBucketAccess(
  ownership: ObjectOwnership | undefined,
): Pick<BucketRecord, 'publicAccessBlock' | 'ownership'> {
  return { publicAccessBlock: allBlocked, ownership: ownership ?? 'BucketOwnerEnforced' }
}

export const putPublicAccessBlock = operation(PutPublicAccessBlock, {
  authorize: (input, ctx) => ({
    action: 's3:PutBucketPublicAccessBlock',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'modelled',
  scope: scopeOfBucket,
  run(ctx, { Bucket, PublicAccessBlockConfiguration: asked }) {
    bucketOf(ctx, Bucket)
    if (Object.keys(asked).length === 0) {
      throw s3Error('InvalidRequest', 'Must specify at least one configuration.')
    }
    const publicAccessBlock = {
      blockPublicAcls: asked.BlockPublicAcls ?? false,
      ignorePublicAcls: asked.IgnorePublicAcls ?? false,
      blockPublicPolicy: asked.BlockPublicPolicy ?? false,
      restrictPublicBuckets: asked.RestrictPublicBuckets ?? false,
    }
    buckets.update(ctx, Bucket, { publicAccessBlock })
    return {}
  },
})

export const getPublicAccessBlock = operation(GetPublicAccessBlock, {
  authorize: (input, ctx) => ({
    action: 's3:GetBucketPublicAccessBlock',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'modelled',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { publicAccessBlock: block } = bucketOf(ctx, Bucket)
    if (block === undefined) {
      throw s3Error(
        'NoSuchPublicAccessBlockConfiguration',
        'The public access block configuration was not found',
        { BucketName: Bucket },
      )
    }
    return {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: block.blockPublicAcls,
        IgnorePublicAcls: block.ignorePublicAcls,
        BlockPublicPolicy: block.blockPublicPolicy,
        RestrictPublicBuckets: block.restrictPublicBuckets,
      },
    }
  },
})

export const deletePublicAccessBlock = operation(DeletePublicAccessBlock, {
  authorize: (input, ctx) => ({
    action: 's3:PutBucketPublicAccessBlock',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'modelled',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { publicAccessBlock: _former, ...rest } = bucketOf(ctx, Bucket)
    buckets.put(ctx, rest)
    return {}
  },
})

export const putBucketOwnershipControls = operation(PutBucketOwnershipControls, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, OwnershipControls: { Rules } }) {
    bucketOf(ctx, Bucket)
    const [rule] = Rules
    if (rule === undefined || Rules.length > 1) throw malformedXml()
    buckets.update(ctx, Bucket, { ownership: rule.ObjectOwnership })
    return {}
  },
})

export const getBucketOwnershipControls = operation(GetBucketOwnershipControls, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { ownership } = bucketOf(ctx, Bucket)
    if (ownership === undefined) {
      throw s3Error(
        'OwnershipControlsNotFoundError',
        'The bucket ownership controls were not found',
        { BucketName: Bucket },
      )
    }
    return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } }
  },
})

export const deleteBucketOwnershipControls = operation(DeleteBucketOwnershipControls, {
  authorize: (input, ctx) => ({
    action: 's3:PutBucketOwnershipControls',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'modelled',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { ownership: _former, ...rest } = bucketOf(ctx, Bucket)
    buckets.put(ctx, rest)
    return {}
  },
})
