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

/** A bucket with a policy, an object, an upload with a part, and a queue that may be told. */
export async function arrangeS3(cloud: Cloud): Promise<KnownValues> {
  const s3 = client(cloud, S3Client)
  const Bucket = 'ring-bucket'
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new CreateBucketCommand({ Bucket: 'ring-empty' }))
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
  }
}

const queueArn = 'arn:aws:sqs:us-east-1:123456789012:ring'

function statement(rest: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...rest }] })
}
