import {
  DeleteBucketPolicy,
  GetBucketPolicy,
  GetBucketPolicyStatus,
  PutBucketPolicy,
} from '@cloud-orrery/models/s3'
import type { Context } from '../context.ts'
import { type Authorize, operation } from '../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from './access.ts'
import { blockedByPublicAccess, noSuchBucketPolicy } from './errors.ts'
import { readBucketPolicy } from './policy-checks.ts'
import { isPublicPolicy } from './public-policy.ts'
import { buckets } from './state.ts'

/** The owner's root can always mend a policy, even one that denies everyone. */
const unlessOwner: Authorize<{ readonly Bucket: string }> = (input, ctx) =>
  isOwnersRoot(ctx) ? { none: "the owner's root" } : bucketArn(ctx, input.Bucket)

function isOwnersRoot({ caller: { principal }, accountId }: Context): boolean {
  return principal.kind === 'root' && principal.accountId === accountId
}

export const putBucketPolicy = operation(PutBucketPolicy, {
  authorize: unlessOwner,
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: ['ConfirmRemoveSelfBucketAccess'],
  run(ctx, { Bucket, Policy = '' }) {
    const { publicAccessBlock } = bucketOf(ctx, Bucket)
    const document = readBucketPolicy(ctx, Bucket, Policy)
    const isPublic = isPublicPolicy(document)
    if (isPublic && publicAccessBlock?.blockPublicPolicy === true) {
      throw blockedByPublicAccess(
        ctx,
        's3:PutBucketPolicy',
        bucketArn(ctx, Bucket),
        'public policies are blocked by the BlockPublicPolicy block public access setting.',
      )
    }
    // S3 keeps the document, not its author's white space.
    const text = JSON.stringify(document)
    buckets.update(ctx, Bucket, { policy: { text, document, isPublic } })
    return {}
  },
})

export const getBucketPolicy = operation(GetBucketPolicy, {
  authorize: unlessOwner,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { policy } = bucketOf(ctx, Bucket)
    if (policy === undefined) throw noSuchBucketPolicy(Bucket)
    return { Policy: policy.text }
  },
})

export const deleteBucketPolicy = operation(DeleteBucketPolicy, {
  authorize: unlessOwner,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { policy: _former, ...rest } = bucketOf(ctx, Bucket)
    buckets.put(ctx, rest)
    return {}
  },
})

export const getBucketPolicyStatus = operation(GetBucketPolicyStatus, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'modelled',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { policy } = bucketOf(ctx, Bucket)
    if (policy === undefined) throw noSuchBucketPolicy(Bucket)
    return { PolicyStatus: { IsPublic: policy.isPublic } }
  },
})
