import { service } from '../define.ts'
import { resourceAccess } from './access.ts'
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  headBucket,
  listBuckets,
} from './buckets.ts'
import { bucketType } from './cloudformation/bucket.ts'
import { deleteObject, deleteObjects } from './delete-objects.ts'
import { getObject, headObject } from './get-object.ts'
import { listObjects, listObjectsV2 } from './list-objects.ts'
import { putObject } from './put-object.ts'
import { buckets, parts, sequences, uploads, versions } from './state.ts'

export const s3 = service('s3', {
  operations: [
    createBucket,
    deleteBucket,
    deleteObject,
    deleteObjects,
    getBucketLocation,
    getObject,
    headBucket,
    headObject,
    listBuckets,
    listObjects,
    listObjectsV2,
    putObject,
  ],
  resources: [bucketType],
  tables: [buckets, versions, uploads, parts, sequences],
  resourceAccess,
})
