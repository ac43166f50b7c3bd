import type { ObjectOwnership } from '@cloud-orrery/models/s3'
import type { BucketRecord, PublicAccessBlock } from './state.ts'

/** Every setting on, as buckets are made since April 2023. */
export const allBlocked: PublicAccessBlock = {
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
