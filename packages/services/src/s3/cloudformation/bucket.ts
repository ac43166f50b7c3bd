import { AwsError, type ResourceTag } from '@cloud-orrery/models'
import {
  AwsS3Bucket,
  type AwsS3BucketProperties,
  CreateBucket,
  DeleteBucket,
  DeleteBucketEncryption,
  DeleteBucketOwnershipControls,
  DeleteBucketTagging,
  DeletePublicAccessBlock,
  GetBucketNotificationConfiguration,
  GetBucketOwnershipControls,
  GetBucketTagging,
  GetBucketVersioning,
  GetPublicAccessBlock,
  HeadBucket,
  type ObjectOwnership,
  PutBucketAcl,
  PutBucketEncryption,
  PutBucketNotificationConfiguration,
  PutBucketOwnershipControls,
  PutBucketTagging,
  PutBucketVersioning,
  PutPublicAccessBlock,
} from '@cloud-orrery/models/s3'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { bucketAlreadyExists, bucketAlreadyOwnedByYou } from '../errors.ts'
import { buckets } from '../state.ts'
import {
  cannedAcl,
  encryptionConfiguration,
  notificationConfiguration,
  notificationProperty,
  refuseUnbuilt,
} from './bucket-properties.ts'

export const bucketType = resource(AwsS3Bucket, {
  async create(ctx, properties) {
    refuseUnbuilt(properties)
    const name = properties.BucketName ?? ctx.physicalName({ lengthMax: 63, lowerCase: true })
    refuseExisting(ctx, name)
    const { region } = ctx
    const ACL = cannedAcl(properties.AccessControl)
    const ownership = ownershipOf(properties)
    await ctx.call(CreateBucket, {
      Bucket: name,
      ...(region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as 'us-west-2' } }), // Any region.
      ...(ACL === undefined ? {} : { ACL }),
      ...(ownership === undefined ? {} : { ObjectOwnership: ownership }),
    })
    const { OwnershipControls, AccessControl } = properties
    // These two came with the bucket.
    await configure(ctx, name, properties, {
      ...(OwnershipControls === undefined ? {} : { OwnershipControls }),
      ...(AccessControl === undefined ? {} : { AccessControl }),
    })
    return attributes(ctx, name)
  },
  async update(ctx, properties, previous, { Arn }) {
    refuseUnbuilt(properties)
    await configure(ctx, nameOf(Arn), properties, previous)
    return attributes(ctx, nameOf(Arn))
  },
  async delete(ctx, { Arn }) {
    await ctx.call(DeleteBucket, { Bucket: nameOf(Arn) })
  },
  read: (ctx, { Arn }, properties) => readBucket(ctx, nameOf(Arn), properties),
})

/** In us-east-1 the API lets owners create a bucket again; a stack may not take over what is there. */
function refuseExisting(ctx: ResourceContext, name: string): void {
  const known = buckets.get(ctx, name)
  if (known === undefined) return
  throw known.accountId === ctx.accountId
    ? bucketAlreadyOwnedByYou(name)
    : bucketAlreadyExists(name)
}

/** Source: CloudFormation template reference, AWS::S3::Bucket, "Return values". */
function attributes({ region, partition }: ResourceContext, name: string) {
  return {
    physicalId: name,
    Arn: `arn:${partition}:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
  }
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1)
}

function ownershipOf({ OwnershipControls }: AwsS3BucketProperties): ObjectOwnership | undefined {
  // The schema's values are the API's.
  return OwnershipControls?.Rules[0]?.ObjectOwnership as ObjectOwnership | undefined
}

/** Puts what the template says and takes back what it said before; what it never named stays as it is. */
async function configure(
  ctx: ResourceContext,
  Bucket: string,
  now: AwsS3BucketProperties,
  before: AwsS3BucketProperties,
): Promise<void> {
  const changed = (name: keyof AwsS3BucketProperties) =>
    JSON.stringify(now[name]) !== JSON.stringify(before[name])
  if (changed('OwnershipControls')) await putOwnership(ctx, Bucket, now)
  if (changed('AccessControl')) {
    await ctx.call(PutBucketAcl, { Bucket, ACL: cannedAcl(now.AccessControl) ?? 'private' })
  }
  if (changed('PublicAccessBlockConfiguration')) {
    const { PublicAccessBlockConfiguration } = now
    if (PublicAccessBlockConfiguration === undefined)
      await ctx.call(DeletePublicAccessBlock, { Bucket })
    else await ctx.call(PutPublicAccessBlock, { Bucket, PublicAccessBlockConfiguration })
  }
  await putTags(ctx, Bucket, now, before)
  if (changed('VersioningConfiguration')) {
    // What had versions once keeps them: it can only be suspended.
    const Status = now.VersioningConfiguration?.Status === 'Enabled' ? 'Enabled' : 'Suspended'
    await ctx.call(PutBucketVersioning, { Bucket, VersioningConfiguration: { Status } })
  }
  if (changed('BucketEncryption')) {
    const configuration = encryptionConfiguration(now)
    if (configuration === undefined) await ctx.call(DeleteBucketEncryption, { Bucket })
    else {
      await ctx.call(PutBucketEncryption, {
        Bucket,
        ServerSideEncryptionConfiguration: configuration,
      })
    }
  }
  if (changed('NotificationConfiguration')) {
    await ctx.call(PutBucketNotificationConfiguration, {
      Bucket,
      NotificationConfiguration: notificationConfiguration(now.NotificationConfiguration),
    })
  }
}

async function putOwnership(
  ctx: ResourceContext,
  Bucket: string,
  properties: AwsS3BucketProperties,
): Promise<void> {
  const ObjectOwnership = ownershipOf(properties)
  if (ObjectOwnership === undefined) await ctx.call(DeleteBucketOwnershipControls, { Bucket })
  else {
    const OwnershipControls = { Rules: [{ ObjectOwnership }] }
    await ctx.call(PutBucketOwnershipControls, { Bucket, OwnershipControls })
  }
}

/**
 * Tags of the stack, under those of the template.
 * Deviation: AWS puts the three `aws:cloudformation:` tags on the bucket too.
 */
function tagsOf(ctx: ResourceContext, { Tags = [] }: AwsS3BucketProperties): ResourceTag[] {
  const tags = Object.entries(ctx.stackTags).filter(([key]) => !key.startsWith('aws:'))
  const all = new Map([...tags, ...Tags.map(({ Key, Value }) => [Key, Value] as const)])
  return [...all].map(([Key, Value]) => ({ Key, Value }))
}

async function putTags(
  ctx: ResourceContext,
  Bucket: string,
  now: AwsS3BucketProperties,
  before: AwsS3BucketProperties,
): Promise<void> {
  const TagSet = tagsOf(ctx, now)
  if (TagSet.length > 0) await ctx.call(PutBucketTagging, { Bucket, Tagging: { TagSet } })
  else if (before.Tags !== undefined) await ctx.call(DeleteBucketTagging, { Bucket })
}

/** The answer of a call, or undefined where the bucket has no such thing. */
async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && error.status === 404) return undefined
    throw error
  }
}

async function readBucket(
  ctx: ResourceContext,
  Bucket: string,
  properties: AwsS3BucketProperties,
): Promise<Partial<AwsS3BucketProperties> | undefined> {
  if ((await unlessMissing(ctx.call(HeadBucket, { Bucket }))) === undefined) return undefined
  const { Status } = await ctx.call(GetBucketVersioning, { Bucket })
  const tagging = await unlessMissing(ctx.call(GetBucketTagging, { Bucket }))
  const block = await unlessMissing(ctx.call(GetPublicAccessBlock, { Bucket }))
  const ownership = await unlessMissing(ctx.call(GetBucketOwnershipControls, { Bucket }))
  const notifications = notificationProperty(
    await ctx.call(GetBucketNotificationConfiguration, { Bucket }),
  )
  const order = (properties.Tags ?? []).map(({ Key }) => Key)
  const Tags = (tagging?.TagSet ?? [])
    .filter(({ Key }) => order.includes(Key) || !(Key in ctx.stackTags))
    .toSorted((a, b) => order.indexOf(a.Key) - order.indexOf(b.Key))
  return {
    BucketName: Bucket,
    ...(Tags.length === 0 ? {} : { Tags }),
    ...(Status === undefined ? {} : { VersioningConfiguration: { Status } }),
    ...(notifications === undefined ? {} : { NotificationConfiguration: notifications }),
    ...(block?.PublicAccessBlockConfiguration && {
      PublicAccessBlockConfiguration: block.PublicAccessBlockConfiguration,
    }),
    ...(ownership?.OwnershipControls && {
      OwnershipControls: { Rules: [...ownership.OwnershipControls.Rules] },
    }),
  }
}
