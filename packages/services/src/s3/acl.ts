import type { ObjectOwnership } from '@cloud-orrery/models/s3'
import { notModelled, s3Error } from './errors.ts'
import type { BucketRecord } from './state.ts'

/** New buckets say `BucketOwnerEnforced`; without controls the writer of an object owns it. */
export function ownershipOf({ ownership }: BucketRecord): ObjectOwnership {
  return ownership ?? 'ObjectWriter'
}

interface AclInput {
  readonly ACL?: string | undefined
}

/** A bucket with ACLs disabled takes no ACL that gives anyone access. */
export function checkCreationAcl(
  input: AclInput & { readonly ObjectOwnership?: ObjectOwnership | undefined },
): void {
  const { ACL, ObjectOwnership = 'BucketOwnerEnforced' } = input
  if (ACL === undefined || ACL === 'private') return
  if (ObjectOwnership === 'BucketOwnerEnforced') {
    throw s3Error(
      'InvalidBucketAclWithObjectOwnership',
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    )
  }
  throw notModelled('CreateBucket', `the ACL ${ACL}`)
}

/**
 * What may be said of an ACL when an object is written. With ACLs disabled only the owner's full control is
 * taken; with ACLs enabled, what changes nothing. Source: S3 User Guide, "Controlling ownership of objects".
 */
export function checkObjectAcl(bucket: BucketRecord, operation: string, { ACL }: AclInput): void {
  if (ACL === undefined || ACL === 'bucket-owner-full-control') return
  if (ownershipOf(bucket) === 'BucketOwnerEnforced') throw aclNotSupported()
  if (ACL !== 'private') throw notModelled(operation, `the ACL ${ACL}`)
}

export function aclNotSupported() {
  return s3Error('AccessControlListNotSupported', 'The bucket does not allow ACLs')
}
