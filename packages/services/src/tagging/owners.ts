import { AwsError } from '@cloud-orrery/models'
import * as ecr from '@cloud-orrery/models/ecr'
import * as events from '@cloud-orrery/models/events'
import * as kms from '@cloud-orrery/models/kms'
import * as lambda from '@cloud-orrery/models/lambda'
import * as logs from '@cloud-orrery/models/logs'
import * as s3 from '@cloud-orrery/models/s3'
import * as sns from '@cloud-orrery/models/sns'
import * as sqs from '@cloud-orrery/models/sqs'
import * as ssm from '@cloud-orrery/models/ssm'
import type { Context } from '../context.ts'

export type Tags = Readonly<Record<string, string>>

/** How the service that owns a resource tags it: by its own public operations, as whoever called. */
export interface Owner {
  /** What stands behind the account in the ARNs of resources that can be tagged. */
  readonly resource: RegExp
  readonly tag: (ctx: Context, arn: string, tags: Tags) => Promise<unknown>
  readonly untag: (ctx: Context, arn: string, keys: readonly string[]) => Promise<unknown>
}

const pairs = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

/** Services with their names in ARNs. A service has as many rows as it has ways to tag. */
export const owners: Readonly<Record<string, readonly Owner[]>> = {
  ecr: [
    {
      resource: /^repository\/./,
      tag: (ctx, resourceArn, tags) =>
        ctx.call(ecr.TagResource, { resourceArn, tags: pairs(tags) }),
      untag: (ctx, resourceArn, tagKeys) => ctx.call(ecr.UntagResource, { resourceArn, tagKeys }),
    },
  ],
  events: [
    {
      resource: /^(event-bus|rule)\/./,
      tag: (ctx, ResourceARN, tags) =>
        ctx.call(events.TagResource, { ResourceARN, Tags: pairs(tags) }),
      untag: (ctx, ResourceARN, TagKeys) =>
        ctx.call(events.UntagResource, { ResourceARN, TagKeys }),
    },
  ],
  kms: [
    {
      resource: /^key\/./,
      tag: (ctx, KeyId, tags) =>
        ctx.call(kms.TagResource, {
          KeyId,
          Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        }),
      untag: (ctx, KeyId, TagKeys) => ctx.call(kms.UntagResource, { KeyId, TagKeys }),
    },
  ],
  lambda: [
    {
      resource: /^(function|event-source-mapping):[^:]+$/,
      tag: (ctx, Resource, Tags) => ctx.call(lambda.TagResource, { Resource, Tags }),
      untag: (ctx, Resource, TagKeys) => ctx.call(lambda.UntagResource, { Resource, TagKeys }),
    },
  ],
  logs: [
    {
      resource: /^log-group:[^:]+(:\*)?$/,
      tag: (ctx, arn, tags) =>
        ctx.call(logs.TagResource, { resourceArn: arn.replace(/:\*$/, ''), tags }),
      untag: (ctx, arn, tagKeys) =>
        ctx.call(logs.UntagResource, { resourceArn: arn.replace(/:\*$/, ''), tagKeys }),
    },
  ],
  s3: [
    {
      resource: /^[^/:]+$/,
      tag: (ctx, arn, tags) => changeBucketTags(ctx, arn, (former) => ({ ...former, ...tags })),
      untag: (ctx, arn, keys) =>
        changeBucketTags(ctx, arn, (former) =>
          Object.fromEntries(Object.entries(former).filter(([key]) => !keys.includes(key))),
        ),
    },
  ],
  sns: [
    {
      resource: /^[^:]+$/,
      tag: (ctx, ResourceArn, tags) =>
        ctx.call(sns.TagResource, { ResourceArn, Tags: pairs(tags) }),
      untag: (ctx, ResourceArn, TagKeys) => ctx.call(sns.UntagResource, { ResourceArn, TagKeys }),
    },
  ],
  sqs: [
    {
      resource: /^[^:]+$/,
      tag: (ctx, arn, tags) => ctx.call(sqs.TagQueue, { QueueUrl: queueUrl(ctx, arn), Tags: tags }),
      untag: (ctx, arn, keys) =>
        ctx.call(sqs.UntagQueue, { QueueUrl: queueUrl(ctx, arn), TagKeys: keys }),
    },
  ],
  ssm: [
    {
      resource: /^parameter\/./,
      tag: (ctx, arn, tags) =>
        onParameter(arn, (ResourceId) =>
          ctx.call(ssm.AddTagsToResource, {
            ResourceType: 'Parameter',
            ResourceId,
            Tags: pairs(tags),
          }),
        ),
      untag: (ctx, arn, TagKeys) =>
        onParameter(arn, (ResourceId) =>
          ctx.call(ssm.RemoveTagsFromResource, {
            ResourceType: 'Parameter',
            ResourceId,
            TagKeys,
          }),
        ),
    },
    {
      resource: /^opsitem\/./,
      tag: (ctx, arn, tags) =>
        ctx.call(ssm.AddTagsToResource, {
          ResourceType: 'OpsItem',
          ResourceId: afterSlash(arn),
          Tags: pairs(tags),
        }),
      untag: (ctx, arn, TagKeys) =>
        ctx.call(ssm.RemoveTagsFromResource, {
          ResourceType: 'OpsItem',
          ResourceId: afterSlash(arn),
          TagKeys,
        }),
    },
  ],
}

/**
 * Services whose resources AWS never took here when this was last looked up: their ARNs end the whole request.
 * Observed on AWS: boto3 issue 2760.
 */
export const unsupported: ReadonlySet<string> = new Set(['sts'])

function queueUrl({ region, accountId }: Context, arn: string): string {
  return `https://sqs.${region}.amazonaws.com/${accountId}/${arn.slice(arn.lastIndexOf(':') + 1)}`
}

function afterSlash(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1)
}

/** A bucket's tags are a set that is read and written as a whole: both permissions are needed. */
async function changeBucketTags(
  ctx: Context,
  arn: string,
  change: (former: Tags) => Tags,
): Promise<void> {
  const Bucket = arn.slice(arn.lastIndexOf(':') + 1)
  const former = await bucketTags(ctx, Bucket)
  const TagSet = pairs(change(former))
  if (TagSet.length > 0) await ctx.call(s3.PutBucketTagging, { Bucket, Tagging: { TagSet } })
  else await ctx.call(s3.DeleteBucketTagging, { Bucket })
}

async function bucketTags(ctx: Context, Bucket: string): Promise<Tags> {
  try {
    const { TagSet } = await ctx.call(s3.GetBucketTagging, { Bucket })
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchTagSet') return {}
    throw error
  }
}

/**
 * The ARN of `/a` is that of `a`: which one is there shows when the service is asked. Names of more levels begin
 * with a slash. Source: Systems Manager User Guide, "Parameter names".
 */
async function onParameter<T>(arn: string, call: (name: string) => Promise<T>): Promise<T> {
  const name = afterSlash(arn)
  if (name.includes('/')) return await call(`/${name}`)
  try {
    return await call(name)
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'InvalidResourceId') throw error
    return await call(`/${name}`)
  }
}
