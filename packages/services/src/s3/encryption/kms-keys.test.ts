import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateKeyCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketEncryptionCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { call, client, createCloud } from '@cloud-orrery/cloud'
import { GetObject } from '@cloud-orrery/models/s3'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../../shared/outages.test-support.ts'

const Bucket = 'sealed-things'

async function sealed() {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  const kms = client(cloud, KMSClient)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const arn = KeyMetadata?.Arn ?? ''
  return {
    cloud,
    s3,
    kms,
    arn,
    put: (more: object = {}, from = s3) =>
      from.send(
        new PutObjectCommand({
          Bucket,
          Key: 'k',
          Body: 'secret',
          ServerSideEncryption: 'aws:kms',
          SSEKMSKeyId: arn,
          ...more,
        }),
      ),
    /** The calls that went to KMS, each with its input. */
    kmsCalls: () =>
      cloud.kernel.journal.entries
        .filter(({ kind, name }) => kind === 'call' && /^kms\.(Generate|Decrypt)/.test(name))
        .map(({ name, data }) => ({
          name,
          context: (data['input'] as { EncryptionContext: object }).EncryptionContext,
        })),
    /** A user who may do anything in S3, and with KMS only what is said. */
    async user(statements: object[]) {
      const iam = client(cloud, IAMClient)
      await iam.send(new CreateUserCommand({ UserName: 'ada' }))
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
      const Statement = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }, ...statements]
      await iam.send(
        new PutUserPolicyCommand({
          UserName: 'ada',
          PolicyName: 'p',
          PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
        }),
      )
      const credentials = {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      }
      return client(cloud, S3Client, { credentials })
    },
  }
}

test('the context of encryption is the object, or with a bucket key the bucket', async () => {
  const { put, s3, kmsCalls } = await sealed()
  const stated = Buffer.from(JSON.stringify({ team: 'blue' })).toString('base64')
  const first = await put({ SSEKMSEncryptionContext: stated })
  await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))
  await put({ BucketKeyEnabled: true })
  const context = { 'aws:s3:arn': `arn:aws:s3:::${Bucket}/k`, team: 'blue' }
  expect(first.SSEKMSEncryptionContext).toBe(stated)
  expect(kmsCalls()).toEqual([
    { name: 'kms.GenerateDataKey', context },
    { name: 'kms.Decrypt', context },
    { name: 'kms.GenerateDataKey', context: { 'aws:s3:arn': `arn:aws:s3:::${Bucket}` } },
  ])
})

test('who may not use the key may neither write nor read, though S3 would let them', async () => {
  const { put, user, arn } = await sealed()
  await put()
  const ada = await user([])
  const denied = (action: string) => ({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::123456789012:user/ada is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
    $metadata: { httpStatusCode: 403 },
  })
  await expect(put({}, ada)).rejects.toMatchObject(denied('kms:GenerateDataKey'))
  await expect(ada.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject(
    denied('kms:Decrypt'),
  )
  // What is not encrypted is told without the key; the checksum is encrypted.
  const { SSEKMSKeyId } = await ada.send(new HeadObjectCommand({ Bucket, Key: 'k' }))
  expect(SSEKMSKeyId).toBe(arn)
  await expect(
    ada.send(new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' })),
  ).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } })
  await expect(
    ada.send(new GetObjectAttributesCommand({ Bucket, Key: 'k', ObjectAttributes: ['Checksum'] })),
  ).rejects.toMatchObject(denied('kms:Decrypt'))
  await expect(
    ada.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/k` })),
  ).rejects.toMatchObject(denied('kms:Decrypt'))
})

test('an upload in parts needs to make a data key, and to open it for each part', async () => {
  const { user, arn, s3 } = await sealed()
  const writer = await user([{ Effect: 'Allow', Action: 'kms:GenerateDataKey', Resource: arn }])
  const { UploadId } = await writer.send(
    new CreateMultipartUploadCommand({
      Bucket,
      Key: 'k',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: arn,
    }),
  )
  const part = new UploadPartCommand({ Bucket, Key: 'k', UploadId, PartNumber: 1, Body: 'x' })
  await expect(writer.send(part)).rejects.toMatchObject({ name: 'AccessDenied' })
  const { ETag } = await s3.send(part)
  const complete = new CompleteMultipartUploadCommand({
    Bucket,
    Key: 'k',
    UploadId,
    MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
  })
  await expect(writer.send(complete)).rejects.toMatchObject({ name: 'AccessDenied' })
  expect((await s3.send(complete)).SSEKMSKeyId).toBe(arn)
})

test('a key policy can let people in through S3 alone', async () => {
  const { kms, user, put, arn } = await sealed()
  const statement = (Principal: object, Action: string | string[], more: object = {}) => ({
    Effect: 'Allow',
    Principal,
    Action,
    Resource: '*',
    ...more,
  })
  // As the CDK's bootstrap template has it.
  const Statement = [
    statement({ AWS: '123456789012' }, ['kms:Put*', 'kms:Describe*', 'kms:Create*']),
    statement({ AWS: '*' }, ['kms:Decrypt', 'kms:GenerateDataKey*'], {
      Condition: {
        StringEquals: {
          'kms:CallerAccount': '123456789012',
          'kms:ViaService': 's3.us-east-1.amazonaws.com',
        },
      },
    }),
  ]
  await kms.send(
    new PutKeyPolicyCommand({
      KeyId: arn,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  )
  const ada = await user([])
  await put({}, ada)
  const { Body } = await ada.send(new GetObjectCommand({ Bucket, Key: 'k' }))
  expect(await Body?.transformToString()).toBe('secret')
})

test('KMS that fails keeps an object from being written', async () => {
  const { cloud, put, s3 } = await sealed()
  const fault = cloud.armFault('kms.GenerateDataKey', {
    kind: 'error',
    code: 'KMSInternalException',
  })
  await expect(put()).rejects.toMatchObject({ name: 'InternalError' })
  cloud.endFault(fault)
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  })
})

test('a condition is judged when KMS has answered', async () => {
  const { put } = await sealed()
  const writes = await Promise.allSettled([put({ IfNoneMatch: '*' }), put({ IfNoneMatch: '*' })])
  expect(writes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test("a key without KMS, a context that is none, and a bucket that takes no customers' keys", async () => {
  const { put, s3 } = await sealed()
  await expect(put({ ServerSideEncryption: 'AES256' })).rejects.toMatchObject({
    name: 'InvalidArgument',
    message:
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
  })
  await expect(put({ SSEKMSEncryptionContext: 'WzFd' })).rejects.toMatchObject({
    name: 'InvalidArgument',
  })
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
            BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
          },
        ],
      },
    }),
  )
  const { ServerSideEncryptionConfiguration } = await s3.send(
    new GetBucketEncryptionCommand({ Bucket }),
  )
  expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.BlockedEncryptionTypes).toEqual({
    EncryptionType: ['SSE-C'],
  })
  await expect(
    s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'k',
        Body: '',
        SSECustomerAlgorithm: 'AES256',
        SSECustomerKey: 'test-sse-c-key-that-is-32-bytes!',
      }),
    ),
  ).rejects.toMatchObject({ name: 'AccessDenied' })
})

test('KMS that is busy or fails says nothing about the key', async () => {
  const { cloud, put } = await sealed()
  await put()
  const get = () => call(cloud, GetObject, { Bucket, Key: 'k' })
  expect(await refusalsDuring(cloud, 'kms.Decrypt', get)).toEqual([
    'SlowDown: Please reduce your request rate for operations involving AWS KMS.',
    'InternalError: We encountered an internal error. Please try again.',
  ])
})
