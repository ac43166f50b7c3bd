import {
  DeleteBucketLifecycleCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { bucket, stackOf } from './stacks.test-support.ts'

const Bucket = 'staged-things'

/** As the bucket of the CDK's bootstrap template. */
const stagingBucket = {
  BucketName: Bucket,
  AccessControl: 'Private',
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [
      {
        ServerSideEncryptionByDefault: {
          SSEAlgorithm: 'aws:kms',
          KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] },
        },
      },
    ],
  },
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
  VersioningConfiguration: { Status: 'Enabled' },
  LifecycleConfiguration: {
    Rules: [
      {
        Id: 'CleanupOldVersions',
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      },
      {
        Id: 'AbortIncompleteMultipartUploads',
        Status: 'Enabled',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ],
  },
}

const Key = {
  Type: 'AWS::KMS::Key',
  Properties: {
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: { Ref: 'AWS::AccountId' } },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
  },
}

test("the bucket of the CDK's bootstrap template", async () => {
  const { deploy, s3, drift } = stackOf()
  expect(await deploy({ Key, Bucket: bucket(stagingBucket) })).toBe('CREATE_COMPLETE')
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
  expect(Rules).toEqual([
    {
      ID: 'CleanupOldVersions',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    },
    {
      ID: 'AbortIncompleteMultipartUploads',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
  ])
  const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'asset.zip', Body: 'zip' }))
  expect(put.ServerSideEncryption).toBe('aws:kms')
  const { SSEKMSKeyId } = await s3.send(new GetObjectCommand({ Bucket, Key: 'asset.zip' }))
  expect(SSEKMSKeyId).toMatch(/^arn:aws:kms:us-east-1:123456789012:key\//)
  expect(await drift()).toEqual([])
})

test('what was put by other hands shows as drift; what is taken out of the template goes', async () => {
  const { deploy, s3, drift } = stackOf()
  await deploy({ Key, Bucket: bucket(stagingBucket) })
  await s3.send(new DeleteBucketLifecycleCommand({ Bucket }))
  expect(await drift()).toEqual(['/LifecycleConfiguration'])
  const { BucketEncryption: _encryption, LifecycleConfiguration: _rules, ...less } = stagingBucket
  expect(await deploy({ Key, Bucket: bucket(less) })).toBe('UPDATE_COMPLETE')
  const { ServerSideEncryptionConfiguration } = await s3.send(
    new GetBucketEncryptionCommand({ Bucket }),
  )
  expect(ServerSideEncryptionConfiguration?.Rules).toEqual([
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
      BucketKeyEnabled: false,
    },
  ])
})

test('a rule of a template has its conditions side by side', async () => {
  const { deploy, s3, drift } = stackOf()
  const rule = {
    Id: 'all',
    Status: 'Enabled',
    Prefix: 'logs/',
    TagFilters: [{ Key: 'a', Value: 'b' }],
    ObjectSizeGreaterThan: 10,
    ExpirationInDays: 365,
    Transition: { StorageClass: 'Glacier', TransitionInDays: 90 },
    NoncurrentVersionExpirationInDays: 30,
  }
  const LifecycleConfiguration = { Rules: [rule] }
  await deploy({ Bucket: bucket({ BucketName: Bucket, LifecycleConfiguration }) })
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
  expect(Rules).toEqual([
    {
      ID: 'all',
      Status: 'Enabled',
      Filter: {
        And: { Prefix: 'logs/', Tags: [{ Key: 'a', Value: 'b' }], ObjectSizeGreaterThan: 10 },
      },
      Expiration: { Days: 365 },
      Transitions: [{ StorageClass: 'GLACIER', Days: 90 }],
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    },
  ])
  expect(await drift()).toEqual([])
})

test("nobody takes a stack's own tags off its bucket", async () => {
  const { deploy, s3 } = stackOf()
  await deploy({ Bucket: bucket({ BucketName: Bucket }) })
  await expect(
    s3.send(
      new PutBucketTaggingCommand({
        Bucket,
        Tagging: { TagSet: [{ Key: 'team', Value: 'blue' }] },
      }),
    ),
  ).rejects.toMatchObject({ message: 'System tags cannot be removed by requester' })
})
