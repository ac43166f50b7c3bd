import {
  DeleteBucketLifecycle,
  GetBucketLifecycleConfiguration,
  type LifecycleRule,
  PutBucketLifecycleConfiguration,
} from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import { type Authorize, operation } from '../../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from '../access.ts'
import { malformedXml, s3Error } from '../errors.ts'
import { type BucketRecord, buckets } from '../state.ts'
import { checkRules } from './lifecycle-checks.ts'
import { scheduled } from './lifecycle-sweep.ts'

const toPut: Authorize<{ readonly Bucket: string }> = (input, ctx) => ({
  action: 's3:PutLifecycleConfiguration',
  resource: bucketArn(ctx, input.Bucket),
})

/** Bytes of entropy in the id of a rule that was given none. */
const ruleIdBytes = 36

export const putBucketLifecycleConfiguration = operation(PutBucketLifecycleConfiguration, {
  authorize: toPut,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, LifecycleConfiguration, TransitionDefaultMinimumObjectSize: asked }) {
    const bucket = withoutLifecycle(ctx, Bucket)
    const minimumSize = asked ?? 'all_storage_classes_128K'
    if (LifecycleConfiguration === undefined) throw malformedXml()
    const rules = LifecycleConfiguration.Rules.map((rule) => named(ctx, rule))
    checkRules(rules)
    buckets.put(ctx, { ...bucket, lifecycle: scheduled(ctx, Bucket, { rules, minimumSize }) })
    return { TransitionDefaultMinimumObjectSize: minimumSize }
  },
})

function named(ctx: Context, rule: LifecycleRule): LifecycleRule {
  if (rule.ID) return rule
  return { ...rule, ID: Buffer.from(ctx.ids.hex(ruleIdBytes * 2), 'hex').toString('base64') }
}

/** The bucket without its rules, whose next run is called off. */
function withoutLifecycle(ctx: Context, name: string): BucketRecord {
  const { lifecycle, ...bucket } = bucketOf(ctx, name)
  if (lifecycle !== undefined) ctx.cancel(lifecycle.taskId)
  return bucket
}

export const getBucketLifecycleConfiguration = operation(GetBucketLifecycleConfiguration, {
  authorize: (input, ctx) => ({
    action: 's3:GetLifecycleConfiguration',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { lifecycle } = bucketOf(ctx, Bucket)
    if (lifecycle === undefined) {
      throw s3Error('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', {
        BucketName: Bucket,
      })
    }
    const { rules, minimumSize } = lifecycle
    return { Rules: rules, TransitionDefaultMinimumObjectSize: minimumSize }
  },
})

export const deleteBucketLifecycle = operation(DeleteBucketLifecycle, {
  authorize: toPut,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    buckets.put(ctx, withoutLifecycle(ctx, Bucket))
    return {}
  },
})
