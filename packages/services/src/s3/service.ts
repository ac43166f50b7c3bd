import { service } from '../define.ts'
import { bucketArn, resourceAccess } from './access.ts'
import { answered } from './answered.ts'
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './bucket-acls.ts'
import { getBucketRequestPayment, putBucketRequestPayment } from './bucket-settings.ts'
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  headBucket,
  listBuckets,
} from './buckets.ts'
import { bucketType } from './cloudformation/bucket.ts'
import { bucketPolicyType } from './cloudformation/bucket-policy.ts'
import { completeMultipartUpload } from './complete-upload.ts'
import { copyObject } from './copy-object.ts'
import { deleteBucketCors, getBucketCors, putBucketCors } from './cors/bucket-cors.ts'
import { deleteObject, deleteObjects } from './delete-objects.ts'
import { deliver } from './delivery.ts'
import {
  deleteBucketEncryption,
  getBucketEncryption,
  putBucketEncryption,
} from './encryption/bucket-encryption.ts'
import { refuseAccess } from './errors.ts'
import { postObject } from './forms/post-object.ts'
import { getObject, headObject } from './get-object.ts'
import { invalidInput } from './invalid-input.ts'
import {
  deleteBucketInventoryConfiguration,
  getBucketInventoryConfiguration,
  listBucketInventoryConfigurations,
  putBucketInventoryConfiguration,
} from './inventory/bucket-inventory.ts'
import { writeInventory } from './inventory/inventory-report.ts'
import {
  deleteBucketLifecycle,
  getBucketLifecycleConfiguration,
  putBucketLifecycleConfiguration,
} from './lifecycle/bucket-lifecycle.ts'
import { applyLifecycle } from './lifecycle/lifecycle-sweep.ts'
import { listObjects, listObjectsV2 } from './list-objects.ts'
import { listObjectVersions } from './list-versions.ts'
import {
  getObjectLockConfiguration,
  putObjectLockConfiguration,
} from './locks/lock-configuration.ts'
import {
  getObjectLegalHold,
  getObjectRetention,
  putObjectLegalHold,
  putObjectRetention,
} from './locks/retention.ts'
import { getBucketLogging, putBucketLogging } from './logging/bucket-logging.ts'
import { deliverLog } from './logging/log-delivery.ts'
import {
  getBucketNotificationConfiguration,
  putBucketNotificationConfiguration,
} from './notifications.ts'
import { getObjectAttributes } from './object-attributes.ts'
import { listParts, uploadPart, uploadPartCopy } from './parts.ts'
import {
  deleteBucketPolicy,
  getBucketPolicy,
  getBucketPolicyStatus,
  putBucketPolicy,
} from './policies.ts'
import {
  deleteBucketOwnershipControls,
  deletePublicAccessBlock,
  getBucketOwnershipControls,
  getPublicAccessBlock,
  putBucketOwnershipControls,
  putPublicAccessBlock,
} from './public-access.ts'
import { putObject } from './put-object.ts'
import {
  deleteBucketReplication,
  getBucketReplication,
  putBucketReplication,
} from './replication/bucket-replication.ts'
import { replicateObject } from './replication/replicate-object.ts'
import { copyVersion } from './replication/replication.ts'
import { buckets, inventories, logLines, parts, sequences, uploads, versions } from './state.ts'
import {
  deleteBucketTagging,
  deleteObjectTagging,
  getBucketTagging,
  getObjectTagging,
  putBucketTagging,
  putObjectTagging,
} from './tagging.ts'
import { unlisted, unlistedRequest } from './unlisted-requests.ts'
import { unsetConfigurations } from './unset-configurations.ts'
import { abortMultipartUpload, createMultipartUpload, listMultipartUploads } from './uploads.ts'
import { getBucketVersioning, putBucketVersioning } from './versioning.ts'
import {
  deleteBucketWebsite,
  getBucketWebsite,
  putBucketWebsite,
} from './website/website-configuration.ts'
import { websiteRequest } from './website/website-request.ts'

export const s3 = service('s3', {
  operations: [
    abortMultipartUpload,
    completeMultipartUpload,
    copyObject,
    createBucket,
    createMultipartUpload,
    deleteBucket,
    deleteBucketCors,
    deleteBucketEncryption,
    deleteBucketInventoryConfiguration,
    deleteBucketLifecycle,
    deleteBucketOwnershipControls,
    deleteBucketPolicy,
    deleteBucketReplication,
    deleteBucketTagging,
    deleteBucketWebsite,
    deleteObject,
    deleteObjects,
    deleteObjectTagging,
    deletePublicAccessBlock,
    getBucketAcl,
    getBucketCors,
    getBucketEncryption,
    getBucketInventoryConfiguration,
    getBucketLifecycleConfiguration,
    getBucketLocation,
    getBucketLogging,
    getBucketNotificationConfiguration,
    getBucketOwnershipControls,
    getBucketPolicy,
    getBucketPolicyStatus,
    getBucketReplication,
    getBucketRequestPayment,
    getBucketTagging,
    getBucketVersioning,
    getBucketWebsite,
    getObject,
    getObjectAcl,
    getObjectAttributes,
    getObjectLegalHold,
    getObjectLockConfiguration,
    getObjectRetention,
    getObjectTagging,
    getPublicAccessBlock,
    headBucket,
    headObject,
    listBucketInventoryConfigurations,
    listBuckets,
    listMultipartUploads,
    listObjects,
    listObjectsV2,
    listObjectVersions,
    listParts,
    postObject,
    putBucketAcl,
    putBucketCors,
    putBucketEncryption,
    putBucketInventoryConfiguration,
    putBucketLifecycleConfiguration,
    putBucketLogging,
    putBucketNotificationConfiguration,
    putBucketOwnershipControls,
    putBucketPolicy,
    putBucketReplication,
    putBucketRequestPayment,
    putBucketTagging,
    putBucketVersioning,
    putBucketWebsite,
    putObject,
    putObjectAcl,
    putObjectLegalHold,
    putObjectLockConfiguration,
    putObjectRetention,
    putObjectTagging,
    putPublicAccessBlock,
    uploadPart,
    uploadPartCopy,
    replicateObject,
    unlistedRequest,
    websiteRequest,
    ...unsetConfigurations,
  ],
  tasks: [applyLifecycle, copyVersion, deliver, deliverLog, writeInventory],
  resources: [bucketType, bucketPolicyType],
  tables: [buckets, versions, uploads, parts, sequences, logLines, inventories],
  resourceAccess,
  *taggedResources(ctx) {
    for (const { name, region, tags = {} } of buckets.where(ctx, 'owner', ctx.accountId)) {
      if (region === ctx.region) yield { arn: bucketArn(ctx, name), tags }
    }
  },
  unlisted,
  answered,
  errors: { accessDenied: refuseAccess, invalidInput },
  // S3 puts the resource in quotes.
  denialWording: (_action, resource) => ({ resource: `"${resource}"` }),
})
