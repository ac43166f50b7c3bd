import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** A bucket with a policy, an object, an upload with a part, a bucket with locks, and a queue that may be told. */
export async function arrangeS3(cloud: Cloud): Promise<KnownValues> {
  const s3 = client(cloud, S3Client)
  const Bucket = 'ring-bucket'
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new CreateBucketCommand({ Bucket: 'ring-empty' }))
  const Locked = 'ring-locked'
  await s3.send(new CreateBucketCommand({ Bucket: Locked, ObjectLockEnabledForBucket: true }))
  await s3.send(
    new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }),
  )
  await s3.send(new PutObjectCommand({ Bucket, Key: 'ring', Body: 'a ring' }))
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))
  const part = { Bucket, Key: 'parts', UploadId, PartNumber: 1 }
  const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: 'part' }))
  const Policy = statement({
    Principal: { AWS: 'arn:aws:iam::123456789012:root' },
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  const toQueue = statement({
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
  })
  const queue = { QueueName: 'ring', Attributes: { Policy: toQueue } }
  await client(cloud, SQSClient).send(new CreateQueueCommand(queue))
  const upload = { Bucket, Key: 'parts', UploadId }
  return {
    Bucket,
    Key: 'ring',
    'CreateBucket.Bucket': 'ring-new',
    'DeleteBucket.Bucket': 'ring-empty',
    'PutObject.Key': 'new',
    'AbortMultipartUpload.': upload,
    'CompleteMultipartUpload.': {
      ...upload,
      MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
    },
    'ListParts.': upload,
    'UploadPart.': { ...part, Body: new Uint8Array(4) },
    'UploadPartCopy.': { ...part, PartNumber: 2, CopySource: `${Bucket}/ring` },
    UploadId,
    CopySource: `${Bucket}/ring`,
    'CopyObject.Key': 'copy',
    Policy,
    ExpectedBucketOwner: '123456789012',
    ExpectedSourceBucketOwner: '123456789012',
    'Delete.Objects[].Key': 'ring',
    'ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault.SSEAlgorithm':
      'AES256',
    'ServerSideEncryptionConfiguration.Rules[]': {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
    },
    VersioningConfiguration: { Status: 'Enabled' },
    'NotificationConfiguration.QueueConfigurations[].QueueArn': queueArn,
    'NotificationConfiguration.QueueConfigurations[].Events[]': 's3:ObjectCreated:*',
    'PutBucketAcl.': { Bucket, ACL: 'private' },
    'PutObjectAcl.': { Bucket, Key: 'ring', ACL: 'bucket-owner-full-control' },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true },
    'RequestPaymentConfiguration.Payer': 'BucketOwner',
    Range: 'bytes=0-1',
    CopySourceRange: 'bytes=0-1',
    'PutObject.Tagging': 'a=b',
    'CopyObject.Tagging': 'a=b',
    'CreateMultipartUpload.Tagging': 'a=b',
    'PutBucketLifecycleConfiguration.': {
      Bucket,
      LifecycleConfiguration: { Rules: [lifecycleRule] },
    },
    ...lifecycleValues,
    'PutObjectLockConfiguration.': { Bucket: Locked, ObjectLockConfiguration: lock },
    'PutObjectLockConfiguration.Bucket': Locked,
    ObjectLockConfiguration: lock,
    'ObjectLockConfiguration.Rule': { DefaultRetention: retention },
    'ObjectLockConfiguration.Rule.DefaultRetention': retention,
  }
}

/** A rule has a filter or a prefix, and at least one action, which the model leaves open. */
const lifecycleRule = { Status: 'Enabled', Filter: { Prefix: 'ring' }, Expiration: { Days: 365 } }

/** Actions say when and to which class, and `And` joins two conditions: the model requires none of them. */
const lifecycleValues = {
  'LifecycleConfiguration.Rules[]': lifecycleRule,
  'LifecycleConfiguration.Rules[].Filter.And': { Prefix: 'ring', ObjectSizeGreaterThan: 1 },
  'LifecycleConfiguration.Rules[].Filter.And.ObjectSizeLessThan': 1000,
  'LifecycleConfiguration.Rules[].Transitions[]': { Days: 30, StorageClass: 'GLACIER' },
  'LifecycleConfiguration.Rules[].NoncurrentVersionTransitions[]': {
    NoncurrentDays: 30,
    StorageClass: 'GLACIER',
  },
  'LifecycleConfiguration.Rules[].NoncurrentVersionExpiration': { NoncurrentDays: 365 },
  'LifecycleConfiguration.Rules[].AbortIncompleteMultipartUpload': { DaysAfterInitiation: 7 },
}

const lock = { ObjectLockEnabled: 'Enabled' }
/** Days or years, not both. */
const retention = { Mode: 'GOVERNANCE', Days: 1 }

const queueArn = 'arn:aws:sqs:us-east-1:123456789012:ring'

function statement(rest: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...rest }] })
}
