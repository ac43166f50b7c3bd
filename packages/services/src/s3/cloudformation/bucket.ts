import type { ResourceTag } from '@cloud-orrery/models'
import {
  AwsS3Bucket,
  type AwsS3BucketProperties,
  CreateBucket,
  DeleteBucket,
  DeleteBucketOwnershipControls,
  DeleteBucketTagging,
  GetBucketOwnershipControls,
  GetBucketTagging,
  HeadBucket,
  type ObjectOwnership,
  PutBucketAcl,
  PutBucketOwnershipControls,
  PutBucketTagging,
} from '@cloud-orrery/models/s3'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { bucketAlreadyExists, bucketAlreadyOwnedByYou } from '../errors.ts'
import { buckets } from '../state.ts'
import { publicAccessBlock, versioning } from './access-properties.ts'
import { cannedAcl, refuseUnbuilt } from './bucket-properties.ts'
import { cors } from './cors-property.ts'
import { encryption } from './encryption-property.ts'
import { inventory } from './inventory-property.ts'
import { lifecycle } from './lifecycle-property.ts'
import { logging } from './logging-property.ts'
import { notifications } from './notification-property.ts'
import { objectLock, objectLockEnabled } from './object-lock-property.ts'
import { replication } from './replication-property.ts'
import { type Setting, unlessMissing } from './setting.ts'
import { website } from './website-property.ts'

/** In the order in which they are put: what others need comes first. */
const settings: readonly Setting[] = [
  publicAccessBlock,
  versioning,
  objectLockEnabled,
  objectLock,
  encryption,
  cors,
  website,
  lifecycle,
  logging,
  inventory,
  replication,
  notifications,
]

export const bucketType = resource(AwsS3Bucket, {
  async create(ctx, properties) {
    refuseUnbuilt(properties)
    const name = properties.BucketName ?? ctx.physicalName({ lengthMax: 63, lowerCase: true })
    refuseExisting(ctx, name)
    const { region } = ctx
    const ACL = cannedAcl(properties.AccessControl)
    const ownership = ownershipOf(properties)
    const { OwnershipControls, AccessControl, ObjectLockEnabled } = properties
    await ctx.call(CreateBucket, {
      Bucket: name,
      ...(region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as 'us-west-2' } }), // Any region.
      ...(ACL === undefined ? {} : { ACL }),
      ...(ownership === undefined ? {} : { ObjectOwnership: ownership }),
      ...(ObjectLockEnabled === true ? { ObjectLockEnabledForBucket: true } : {}),
    })
    // These came with the bucket.
    const given = {
      ...(OwnershipControls === undefined ? {} : { OwnershipControls }),
      ...(AccessControl === undefined ? {} : { AccessControl }),
      ...(ObjectLockEnabled === undefined ? {} : { ObjectLockEnabled }),
    }
    ctx.made(attributes(ctx, name))
    await configure(ctx, name, properties, given)
    return attributes(ctx, name)
  },
  adopt: (ctx, { BucketName = '' }) => attributes(ctx, BucketName),
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
  await putTags(ctx, Bucket, now, before)
  for (const one of settings) {
    if (!changed(one.name)) continue
    if (now[one.name] === undefined) await one.remove(ctx, Bucket)
    else await one.put(ctx, Bucket, now)
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

/** Tags of the stack, its three `aws:cloudformation:` tags among them, under those of the template. */
function tagsOf(ctx: ResourceContext, { Tags = [] }: AwsS3BucketProperties): ResourceTag[] {
  const all = new Map([
    ...Object.entries(ctx.stackTags),
    ...Tags.map(({ Key, Value }) => [Key, Value] as const),
  ])
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

async function readBucket(
  ctx: ResourceContext,
  Bucket: string,
  properties: AwsS3BucketProperties,
): Promise<Partial<AwsS3BucketProperties> | undefined> {
  if ((await unlessMissing(ctx.call(HeadBucket, { Bucket }))) === undefined) return undefined
  const tagging = await unlessMissing(ctx.call(GetBucketTagging, { Bucket }))
  const ownership = await unlessMissing(ctx.call(GetBucketOwnershipControls, { Bucket }))
  const order = (properties.Tags ?? []).map(({ Key }) => Key)
  const Tags = (tagging?.TagSet ?? [])
    .filter(({ Key }) => order.includes(Key) || !(Key in ctx.stackTags))
    .toSorted((a, b) => order.indexOf(a.Key) - order.indexOf(b.Key))
  let found: Partial<AwsS3BucketProperties> = {
    BucketName: Bucket,
    // A canned ACL leaves no trace of its name.
    ...(properties.AccessControl && { AccessControl: properties.AccessControl }),
    ...(Tags.length === 0 ? {} : { Tags }),
    ...(ownership?.OwnershipControls && {
      OwnershipControls: { Rules: [...ownership.OwnershipControls.Rules] },
    }),
  }
  for (const one of settings) found = { ...found, ...(await one.read(ctx, Bucket, properties)) }
  return found
}
