import {
  GetBucketAcl,
  GetObjectAcl,
  type Grant,
  PutBucketAcl,
  PutObjectAcl,
} from '@cloud-orrery/models/s3'
import { operation } from '../define.ts'
import { bucketArn, bucketOf, canonicalUserId, objectArn, scopeOfBucket } from './access.ts'
import { aclNotSupported, ownershipOf } from './acl.ts'
import { requestKeys } from './condition-keys.ts'
import { notModelled, s3Error } from './errors.ts'
import { readableVersion } from './get-object.ts'
import type { BucketRecord } from './state.ts'
import { shownVersionId } from './versions.ts'

interface AclRequest {
  readonly ACL?: string | undefined
  readonly AccessControlPolicy?: { readonly Grants?: readonly Grant[] | undefined } | undefined
  readonly GrantFullControl?: string | undefined
  readonly GrantRead?: string | undefined
  readonly GrantReadACP?: string | undefined
  readonly GrantWrite?: string | undefined
  readonly GrantWriteACP?: string | undefined
}

/** The owner has full control, and nobody else any. */
function ownersAcl(accountId: string) {
  const ID = canonicalUserId(accountId)
  return {
    Owner: { ID },
    Grants: [
      { Grantee: { ID, Type: 'CanonicalUser' as const }, Permission: 'FULL_CONTROL' as const },
    ],
  }
}

/**
 * What is wrong with the form of a request, then what ACLs disabled refuse; of the rest only what leaves the
 * owner alone in control is built. Recorded: S3, PutObjectAcl, February 2026.
 */
function checkAcl(bucket: BucketRecord, operationName: string, input: AclRequest): void {
  const { ACL, AccessControlPolicy } = input
  const grants = [
    input.GrantFullControl,
    input.GrantRead,
    input.GrantReadACP,
    input.GrantWrite,
    input.GrantWriteACP,
  ].filter((grant) => grant !== undefined)
  if (ACL !== undefined && grants.length > 0) {
    throw s3Error('InvalidRequest', 'Specifying both Canned ACLs and Header Grants is not allowed')
  }
  if (ACL === undefined && grants.length === 0 && AccessControlPolicy === undefined) {
    throw s3Error('MissingSecurityHeader', 'Your request was missing a required header', {
      MissingHeaderName: 'x-amz-acl',
    })
  }
  if ((ACL !== undefined || grants.length > 0) && AccessControlPolicy !== undefined) {
    throw s3Error('UnexpectedContent', 'This request does not support content')
  }
  if (ownershipOf(bucket) === 'BucketOwnerEnforced') throw aclNotSupported()
  if (ACL === 'private' || ACL === 'bucket-owner-full-control') return
  throw notModelled(operationName, ACL === undefined ? 'grants' : `the ACL ${ACL}`)
}

export const getBucketAcl = operation(GetBucketAcl, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'modelled',
  scope: scopeOfBucket,
  run: (ctx, { Bucket }) => ownersAcl(bucketOf(ctx, Bucket).accountId),
})

export const putBucketAcl = operation(PutBucketAcl, {
  authorize: (input, ctx) => ({
    resource: bucketArn(ctx, input.Bucket),
    context: requestKeys({ ACL: input.ACL }),
  }),
  provenance: 'simplified',
  scope: scopeOfBucket,
  run(ctx, input) {
    checkAcl(bucketOf(ctx, input.Bucket), 'PutBucketAcl', input)
    return {}
  },
})

export const getObjectAcl = operation(GetObjectAcl, {
  authorize: (input, ctx) => ({
    action: input.VersionId === undefined ? 's3:GetObjectAcl' : 's3:GetObjectVersionAcl',
    resource: objectArn(ctx, input.Bucket, input.Key),
  }),
  provenance: 'modelled',
  scope: scopeOfBucket,
  run(ctx, input) {
    const version = readableVersion(ctx, input, 'GET')
    return { ...ownersAcl(version.ownerAccountId), ...shownVersionId(ctx, version) }
  },
})

export const putObjectAcl = operation(PutObjectAcl, {
  authorize: (input, ctx) => ({
    action: input.VersionId === undefined ? 's3:PutObjectAcl' : 's3:PutObjectVersionAcl',
    resource: objectArn(ctx, input.Bucket, input.Key),
    context: requestKeys({ ACL: input.ACL }),
  }),
  provenance: 'simplified',
  scope: scopeOfBucket,
  run(ctx, input) {
    checkAcl(bucketOf(ctx, input.Bucket), 'PutObjectAcl', input)
    readableVersion(ctx, input, 'PUT')
    return {}
  },
})
