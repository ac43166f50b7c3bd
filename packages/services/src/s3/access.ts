import { hash } from 'node:crypto'
import type { Scope } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { ResourceAccess } from '../define.ts'
import {
  accessDenied,
  invalidBucketOwner,
  noSuchBucket,
  permanentRedirect,
  wrongRegion,
} from './errors.ts'
import { type BucketRecord, buckets } from './state.ts'

/** What every operation on a bucket has in its input. */
export interface BucketInput {
  readonly Bucket: string
  readonly ExpectedBucketOwner?: string | undefined
  readonly RequestPayer?: string | undefined
}

export function bucketArn({ partition }: Context, name: string): string {
  return `arn:${partition}:s3:::${name}`
}

export function objectArn({ partition }: Context, name: string, key: string): string {
  return `arn:${partition}:s3:::${name}/${key}`
}

/** Throws NoSuchBucket. */
export function bucketOf(ctx: Context, name: string): BucketRecord {
  const bucket = buckets.get(ctx, name)
  if (bucket === undefined) throw noSuchBucket(name)
  return bucket
}

/**
 * The owner's account and the bucket's region: there its operations work. It comes before permissions: that a
 * bucket does not exist, or lies elsewhere, S3 tells everyone. Source: S3 API Reference, "Error responses".
 */
export function scopeOfBucket(input: BucketInput, ctx: Context): Scope {
  const { name, accountId, region, requestPayer } = bucketOf(ctx, input.Bucket)
  // Who signs nothing names no region: the bucket's own name leads there.
  const isSigned = ctx.caller.principal.kind !== 'anonymous'
  if (isSigned && region !== ctx.region) {
    const { headers, query = '' } = ctx.request ?? {}
    if (leadsTo(headers?.['host'] ?? '', region)) {
      throw wrongRegion(ctx.region, region, query.includes('X-Amz-Credential='))
    }
    throw permanentRedirect(name, region)
  }
  // Who is to pay for others says that they know. Source: S3 User Guide, "Using Requester Pays buckets".
  if (requestPayer === 'Requester' && callerAccountId(ctx) !== accountId) {
    const isService = ctx.caller.principal.kind === 'service'
    if (!isService && (input.RequestPayer !== 'requester' || !isSigned)) throw accessDenied()
  }
  if (input.ExpectedBucketOwner !== undefined) checkOwner(input.ExpectedBucketOwner, accountId)
  return { accountId, region }
}

/** Names of a region's own endpoint, and a bucket's own name, lead to the bucket's region. */
function leadsTo(host: string, region: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const { bucket, place } =
    /^(?:(?<bucket>.+)\.)?s3(?:[.-](?<place>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$/.exec(name)
      ?.groups ?? {}
  return place === undefined ? bucket !== undefined : place === region
}

/** Throws InvalidBucketOwnerAWSAccountID for what is no account, AccessDenied for another's. */
export function checkOwner(expected: string, accountId: string): void {
  if (!/^\d{12}$/.test(expected)) throw invalidBucketOwner(expected)
  if (expected !== accountId) throw accessDenied()
}

/** Owner and policy of a bucket and of the objects in it. */
export function resourceAccess(ctx: Context, arn: string): ResourceAccess | undefined {
  const name = arn.slice(arn.lastIndexOf(':') + 1).split('/', 1)[0] ?? ''
  const bucket = buckets.get(ctx, name)
  if (bucket === undefined) return undefined
  const { accountId, policy } = bucket
  if (policy === undefined || isShutOut(ctx, bucket)) return { accountId }
  return { accountId, policy: policy.document }
}

/**
 * With RestrictPublicBuckets a public policy counts only for the owner's account and for AWS services.
 * Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", RestrictPublicBuckets.
 */
function isShutOut(
  { caller }: Context,
  { accountId, policy, publicAccessBlock }: BucketRecord,
): boolean {
  if (policy?.isPublic !== true || publicAccessBlock?.restrictPublicBuckets !== true) return false
  const { principal } = caller
  if (principal.kind === 'service') return false
  return !('accountId' in principal) || principal.accountId !== accountId
}

/** S3's own id of an account. */
export function canonicalUserId(accountId: string): string {
  return hash('sha256', `canonical user ${accountId}`, 'hex')
}

/** The account that calls; undefined for callers without one. */
export function callerAccountId({ caller }: Context): string | undefined {
  return 'accountId' in caller.principal ? caller.principal.accountId : undefined
}
