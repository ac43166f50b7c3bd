import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const Bucket = 'kept-things'
const Key = 'k'
const locked = {
  name: 'AccessDenied',
  message: 'Access Denied because object protected by object lock.',
}

async function kept(rule?: { Mode: 'GOVERNANCE' | 'COMPLIANCE'; Days?: number; Years?: number }) {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }))
  await s3.send(
    new PutObjectLockConfigurationCommand({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        ...(rule && { Rule: { DefaultRetention: rule } }),
      },
    }),
  )
  return { cloud, s3, put: () => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' })) }
}

test('compliance gives way to nobody, and ends with its time', async () => {
  const { cloud, s3, put } = await kept({ Mode: 'COMPLIANCE', Days: 30 })
  const { VersionId } = await put()
  const remove = new DeleteObjectCommand({
    Bucket,
    Key,
    VersionId,
    BypassGovernanceRetention: true,
  })
  await expect(s3.send(remove)).rejects.toMatchObject(locked)
  const shorter = { Mode: 'COMPLIANCE', RetainUntilDate: new Date('2026-01-15') } as const
  await expect(
    s3.send(
      new PutObjectRetentionCommand({
        Bucket,
        Key,
        Retention: shorter,
        BypassGovernanceRetention: true,
      }),
    ),
  ).rejects.toMatchObject(locked)
  await cloud.advance({ days: 30 })
  await s3.send(remove)
})

test('without a version a locked object gets a delete marker', async () => {
  const { s3, put } = await kept({ Mode: 'COMPLIANCE', Years: 1 })
  const { VersionId } = await put()
  expect((await s3.send(new DeleteObjectCommand({ Bucket, Key }))).DeleteMarker).toBe(true)
  const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key, VersionId }))
  expect(Retention).toEqual({ Mode: 'COMPLIANCE', RetainUntilDate: new Date('2027-01-01') })
})

test('to bypass governance one must say so, and may', async () => {
  const { cloud, s3, put } = await kept({ Mode: 'GOVERNANCE', Days: 1 })
  const { VersionId } = await put()
  const iam = client(cloud, IAMClient)
  await iam.send(new CreateUserCommand({ UserName: 'ada' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  const allow = (...Action: string[]) =>
    iam.send(
      new PutUserPolicyCommand({
        UserName: 'ada',
        PolicyName: 'p',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action, Resource: '*' },
        }),
      }),
    )
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const ada = client(cloud, S3Client, { credentials })
  await allow('s3:DeleteObjectVersion', 's3:GetObject')
  const remove = { Bucket, Key, VersionId }
  await expect(
    ada.send(new DeleteObjectCommand({ ...remove, BypassGovernanceRetention: true })),
  ).rejects.toMatchObject({
    message:
      'User: arn:aws:iam::123456789012:user/ada is not authorized to perform: s3:BypassGovernanceRetention on resource: "arn:aws:s3:::kept-things/k" because no identity-based policy allows the s3:BypassGovernanceRetention action',
  })
  // Who may not ask for a lock is not told of it.
  expect((await ada.send(new HeadObjectCommand({ Bucket, Key }))).ObjectLockMode).toBeUndefined()
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key }))).ObjectLockMode).toBe('GOVERNANCE')
  await allow('s3:DeleteObjectVersion', 's3:BypassGovernanceRetention')
  await expect(ada.send(new DeleteObjectCommand(remove))).rejects.toMatchObject(locked)
  await ada.send(new DeleteObjectCommand({ ...remove, BypassGovernanceRetention: true }))
})

test('an upload in parts is locked from its completion on', async () => {
  const { cloud, s3 } = await kept({ Mode: 'GOVERNANCE', Days: 1 })
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ObjectLockLegalHoldStatus: 'ON' }),
  )
  const { ETag } = await s3.send(
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'x' }),
  )
  await cloud.advance({ days: 1 })
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }))
  const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key }))
  const { LegalHold } = await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key }))
  expect([Retention?.RetainUntilDate, LegalHold?.Status]).toEqual([new Date('2026-01-03'), 'ON'])
})

test('rules of a lifecycle pass by what is locked', async () => {
  const { cloud, s3, put } = await kept({ Mode: 'GOVERNANCE', Days: 10 })
  const { VersionId } = await put()
  await put()
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            Filter: { Prefix: '' },
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          },
        ],
      },
    }),
  )
  await cloud.advance({ days: 5 })
  await s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }))
  await cloud.advance({ days: 6 })
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }))).rejects.toThrow()
})

test('a lock needs a bucket with locks, a date to come, and a digest', async () => {
  const { s3 } = await kept()
  const lock = (until: string) =>
    ({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(until) }) as const
  const put = (more: object) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }))
  await expect(put(lock('2025-12-31'))).rejects.toMatchObject({
    name: 'InvalidArgument',
    message: 'The retain until date must be in the future!',
  })
  await s3.send(new CreateBucketCommand({ Bucket: 'loose-things' }))
  await expect(put({ ...lock('2026-02-01'), Bucket: 'loose-things' })).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: 'Bucket is missing Object Lock Configuration',
  })
  await put({})
  await expect(s3.send(new GetObjectRetentionCommand({ Bucket, Key }))).rejects.toMatchObject({
    name: 'NoSuchObjectLockConfiguration',
    $metadata: { httpStatusCode: 404 },
  })
})
