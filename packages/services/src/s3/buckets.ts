import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateBucket,
  type CreateBucketRequest,
  DeleteBucket,
  GetBucketLocation,
  HeadBucket,
  ListBuckets,
} from '@cloud-orrery/models/s3'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { bucketArn, bucketOf, callerAccountId, canonicalUserId, scopeOfBucket } from './access.ts'
import { checkCreationAcl } from './acl.ts'
import { isBucketName } from './bucket-names.ts'
import { requestKeys } from './condition-keys.ts'
import {
  bucketAlreadyExists,
  bucketAlreadyOwnedByYou,
  bucketNotEmpty,
  illegalLocationConstraint,
  invalidArgument,
  invalidBucketName,
  invalidLocationConstraint,
  tooManyBuckets,
} from './errors.ts'
import { bucketsMax, pageBucketsMax } from './limits.ts'
import { newBucketAccess } from './public-access.ts'
import { isRegion } from './regions.ts'
import {
  type BucketRecord,
  buckets,
  dropUpload,
  inventories,
  sequences,
  uploads,
  versions,
} from './state.ts'
import { creationTags } from './tags.ts'

const usEast1 = 'us-east-1'

export const createBucket = operation(CreateBucket, {
  authorize: (input, ctx) => {
    const resource = bucketArn(ctx, input.Bucket)
    const context = requestKeys(input, {
      's3:LocationConstraint': input.CreateBucketConfiguration?.LocationConstraint ?? undefined,
    })
    const tags = input.CreateBucketConfiguration?.Tags ?? []
    return [
      {},
      ...(input.ACL === undefined ? [] : [{ action: 's3:PutBucketAcl' }]),
      ...(input.ObjectOwnership === undefined ? [] : [{ action: 's3:PutBucketOwnershipControls' }]),
      ...(input.ObjectLockEnabledForBucket === true
        ? [{ action: 's3:PutBucketObjectLockConfiguration' }, { action: 's3:PutBucketVersioning' }]
        : []),
      ...(tags.length === 0 ? [] : [{ action: 's3:TagResource' }]),
    ].map((needed) => ({ ...needed, resource, context, creates: true }))
  },
  provenance: 'recorded',
  refuses: [
    'GrantFullControl',
    'GrantRead',
    'GrantReadACP',
    'GrantWrite',
    'GrantWriteACP',
    'BucketNamespace',
  ],
  run(ctx, input) {
    const { Bucket: name } = input
    if (!isBucketName(name)) throw invalidBucketName(name)
    const constraint = input.CreateBucketConfiguration?.LocationConstraint || undefined
    const region = placeOf(ctx.region, constraint)
    const tags = creationTags(ctx, input.CreateBucketConfiguration?.Tags)
    checkCreationAcl(input)
    const known = buckets.get(ctx, name)
    if (known !== undefined) checkAgain(ctx, known, tags !== undefined)
    else {
      const place =
        constraint === undefined ? { region } : { region, locationConstraint: constraint }
      buckets.put(ctx, newBucket(ctx, input, place, tags))
    }
    return {
      BucketArn: bucketArn(ctx, name),
      Location: constraint === undefined ? `/${name}` : `http://${name}.s3.amazonaws.com/`,
    }
  },
})

function newBucket(
  ctx: Context,
  input: CreateBucketRequest,
  place: Pick<BucketRecord, 'region' | 'locationConstraint'>,
  tags: BucketRecord['tags'],
): BucketRecord {
  const { accountId } = ctx
  let owned = 0
  for (const _ of buckets.where(ctx, 'owner', accountId)) owned += 1
  if (owned >= bucketsMax) throw tooManyBuckets()
  return {
    name: input.Bucket,
    accountId,
    ...place,
    createdAtMs: ctx.now(),
    ...newBucketAccess(input.ObjectOwnership),
    ...(tags === undefined ? {} : { tags }),
    ...(input.ObjectLockEnabledForBucket === true
      ? { objectLock: {}, versioning: 'Enabled' as const }
      : {}),
    bucketKeyEnabled: false,
    notifications: {},
    requestPayer: 'BucketOwner',
  }
}

/**
 * The region in which a bucket is made. Calls to us-east-1 may name any, calls elsewhere only their own.
 * Recorded: S3, CreateBucket with location constraints, February 2026.
 */
function placeOf(region: string, constraint: string | undefined): string {
  if (region === usEast1) {
    const allowed = constraint === undefined || constraint === 'EU' || isRegion(constraint)
    if (!allowed || constraint === usEast1) throw invalidLocationConstraint(constraint ?? '')
    return regionOf(constraint) ?? usEast1
  }
  if (constraint === undefined) throw illegalLocationConstraint('unspecified')
  if (regionOf(constraint) !== region) throw illegalLocationConstraint(constraint)
  return region
}

/** `EU` is Ireland's name of old. */
function regionOf(constraint: string | undefined): string | undefined {
  return constraint === 'EU' ? 'eu-west-1' : constraint
}

/** In us-east-1 a bucket that one has can be created again, but not with tags. Elsewhere it can't. */
function checkAgain(
  ctx: Context,
  { name, accountId, region }: BucketRecord,
  tagged: boolean,
): void {
  if (accountId !== ctx.accountId) throw bucketAlreadyExists(name)
  if (region !== usEast1 || ctx.region !== usEast1 || tagged) throw bucketAlreadyOwnedByYou(name)
}

export const headBucket = operation(HeadBucket, {
  authorize: (input, ctx) => ({
    action: 's3:ListBucket',
    resource: bucketArn(ctx, input.Bucket),
    context: requestKeys(input),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    return {
      BucketArn: bucketArn(ctx, Bucket),
      BucketRegion: bucketOf(ctx, Bucket).region,
      AccessPointAlias: false,
    }
  },
})

export const deleteBucket = operation(DeleteBucket, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { versioning, lifecycle } = bucketOf(ctx, Bucket)
    for (const _ of versions.scan(ctx, { prefix: `${Bucket}\u0000` })) {
      throw bucketNotEmpty(Bucket, versioning !== undefined)
    }
    // Uploads that nobody completed go with their bucket.
    for (const upload of uploads.scan(ctx, { prefix: `${Bucket}\u0000` })) dropUpload(ctx, upload)
    if (lifecycle !== undefined) ctx.cancel(lifecycle.taskId)
    for (const { id, taskId } of [...inventories.scan(ctx, { prefix: orderedKey(Bucket, '') })]) {
      if (taskId !== undefined) ctx.cancel(taskId)
      inventories.delete(ctx, orderedKey(Bucket, id))
    }
    sequences.delete(ctx, Bucket)
    buckets.delete(ctx, Bucket)
    return {}
  },
})

export const getBucketLocation = operation(GetBucketLocation, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  // It may be asked anywhere: that is what it is for.
  scope: (input, ctx) =>
    scopeOfBucket(input, ctx.at({ region: bucketOf(ctx, input.Bucket).region })),
  run(ctx, { Bucket }) {
    const { locationConstraint } = bucketOf(ctx, Bucket)
    return locationConstraint === undefined ? {} : { LocationConstraint: locationConstraint }
  },
})

export const listBuckets = operation(ListBuckets, {
  authorize: () => ({ action: 's3:ListAllMyBuckets', resource: 'arn:aws:s3:::*' }),
  provenance: 'recorded',
  run(ctx, { Prefix, BucketRegion, ContinuationToken, MaxBuckets }) {
    if (BucketRegion !== undefined && !isRegion(BucketRegion)) {
      throw invalidArgument(
        `Argument value ${BucketRegion} is not a valid AWS Region`,
        'bucket-region',
      )
    }
    const accountId = callerAccountId(ctx) ?? ctx.accountId
    const limit = MaxBuckets ?? pageBucketsMax
    const after = ContinuationToken === undefined ? undefined : tokenName(ContinuationToken)
    const page: BucketRecord[] = []
    let more = false
    for (const bucket of buckets.where(
      ctx,
      'owner',
      accountId,
      after === undefined ? {} : { after },
    )) {
      if (Prefix !== undefined && !bucket.name.startsWith(Prefix)) continue
      if (BucketRegion !== undefined && bucket.region !== BucketRegion) continue
      more = page.length === limit
      if (more) break
      page.push(bucket)
    }
    const last = page.at(-1)
    return {
      Buckets: page.map((bucket) => ({
        Name: bucket.name,
        CreationDate: bucket.createdAtMs,
        BucketRegion: bucket.region,
        BucketArn: bucketArn(ctx, bucket.name),
      })),
      Owner: { ID: canonicalUserId(accountId) },
      ...(more && last !== undefined ? { ContinuationToken: nameToken(last.name) } : {}),
      ...(Prefix === undefined ? {} : { Prefix }),
    }
  },
})

function nameToken(name: string): string {
  return Buffer.from(name).toString('base64')
}

function tokenName(token: string): string {
  const name = Buffer.from(token, 'base64').toString()
  if (nameToken(name) !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token')
  }
  return name
}
