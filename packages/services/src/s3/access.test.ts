import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketLocationCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { type Cloud, client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const Bucket = 'things'
const bucketArn = 'arn:aws:s3:::things'

async function bucketWithObject() {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', Tagging: 'team=blue' }))
  return { cloud, s3 }
}

type Statement = Record<string, unknown>

/** A user of the account with one policy. */
async function userWith(cloud: Cloud, ...statements: Statement[]) {
  const iam = client(cloud, IAMClient)
  const UserName = 'reader'
  await iam.send(new CreateUserCommand({ UserName }))
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  if (statements.length > 0) {
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  return client(cloud, S3Client, { credentials })
}

function policy(...statements: Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

const denied = (message: string) => ({
  name: 'AccessDenied',
  message,
  $metadata: { httpStatusCode: 403 },
})

const readers = {
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `${bucketArn}/*`,
}

test('a denial names the caller, the action, the quoted resource and what is missing', async () => {
  const { cloud } = await bucketWithObject()
  const user = await userWith(cloud)
  const who = 'User: arn:aws:iam::123456789012:user/reader is not authorized to perform:'
  await expect(user.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject(
    denied(
      `${who} s3:GetObject on resource: "arn:aws:s3:::things/k" because no identity-based policy allows the s3:GetObject action`,
    ),
  )
  await expect(user.send(new ListBucketsCommand())).rejects.toMatchObject(
    denied(
      `${who} s3:ListAllMyBuckets on resource: "arn:aws:s3:::*" because no identity-based policy allows the s3:ListAllMyBuckets action`,
    ),
  )
})

test('whether a key exists is told to those who may list', async () => {
  const { cloud } = await bucketWithObject()
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: `${bucketArn}/*` }
  const blind = await userWith(cloud, read)
  await expect(blind.send(new GetObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject(
    denied(
      'User: arn:aws:iam::123456789012:user/reader is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::things" because no identity-based policy allows the s3:ListBucket action',
    ),
  )
  await expect(blind.send(new HeadObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  })
  const other = await bucketWithObject()
  const seeing = await userWith(other.cloud, read, {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: bucketArn,
  })
  await expect(seeing.send(new GetObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  })
})

test('that a bucket does not exist is told to everyone', async () => {
  const { cloud } = await bucketWithObject()
  const user = await userWith(cloud)
  await expect(
    user.send(new GetObjectCommand({ Bucket: 'no-such', Key: 'k' })),
  ).rejects.toMatchObject({
    name: 'NoSuchBucket',
  })
  expect((await fetchFromCloud(cloud, 'https://no-such.s3.amazonaws.com/k')).status).toBe(404)
})

test('prefixes, tags and versions are conditions', async () => {
  const { cloud, s3 } = await bucketWithObject()
  const user = await userWith(
    cloud,
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: bucketArn,
      Condition: { StringLike: { 's3:prefix': 'own/*' } },
    },
    {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: `${bucketArn}/*`,
      Condition: { StringEquals: { 's3:ExistingObjectTag/team': 'blue' } },
    },
    {
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: `${bucketArn}/*`,
      Condition: { StringEquals: { 's3:x-amz-storage-class': 'STANDARD_IA' } },
    },
  )
  await user.send(new ListObjectsV2Command({ Bucket, Prefix: 'own/' }))
  await expect(user.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
    name: 'AccessDenied',
  })
  await user.send(new GetObjectCommand({ Bucket, Key: 'k' }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'untagged', Body: '' }))
  await expect(user.send(new GetObjectCommand({ Bucket, Key: 'untagged' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  })
  await user.send(
    new PutObjectCommand({ Bucket, Key: 'cold', Body: '', StorageClass: 'STANDARD_IA' }),
  )
  await expect(
    user.send(new PutObjectCommand({ Bucket, Key: 'warm', Body: '' })),
  ).rejects.toMatchObject({
    name: 'AccessDenied',
  })
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  const put = await s3.send(
    new PutObjectCommand({ Bucket, Key: 'v', Body: '', Tagging: 'team=blue' }),
  )
  await user.send(new GetObjectCommand({ Bucket, Key: 'v' }))
  await expect(
    user.send(new GetObjectCommand({ Bucket, Key: 'v', VersionId: put.VersionId })),
  ).rejects.toMatchObject({ message: expect.stringContaining('s3:GetObjectVersion on resource') })
})

test('another account needs both sides, and learns nothing of the reason', async () => {
  const { cloud, s3 } = await bucketWithObject()
  const other = client(cloud, S3Client, { accountId: '222222222222' })
  const get = new GetObjectCommand({ Bucket, Key: 'k' })
  await expect(other.send(get)).rejects.toMatchObject(denied('Access Denied'))
  const Principal = { AWS: 'arn:aws:iam::222222222222:root' }
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy({ ...readers, Principal }) }))
  const { Body } = await other.send(get)
  expect(await Body?.transformToString()).toBe('x')
  await expect(
    other.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '' })),
  ).rejects.toMatchObject(denied('Access Denied'))
  await expect(other.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: 'BucketAlreadyExists',
    message:
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
  })
})

test('a public policy is refused while it is blocked', async () => {
  const { s3 } = await bucketWithObject()
  const put = new PutBucketPolicyCommand({ Bucket, Policy: policy(readers) })
  await expect(s3.send(put)).rejects.toMatchObject(
    denied(
      'User: arn:aws:iam::123456789012:user/admin is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::things" because public policies are blocked by the BlockPublicPolicy block public access setting.',
    ),
  )
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
  await s3.send(put)
  const { PolicyStatus } = await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))
  expect(PolicyStatus).toEqual({ IsPublic: true })
})

test('a public policy lets everyone in, until it is restricted', async () => {
  const { cloud, s3 } = await bucketWithObject()
  const read = async () => (await fetchFromCloud(cloud, 'https://things.s3.amazonaws.com/k')).status
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy(readers) }))
  expect(await read()).toBe(200)
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: { RestrictPublicBuckets: true },
    }),
  )
  expect(await read()).toBe(403)
  await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }))
  expect(await read()).toBe(403)
})

test('an anonymous reader gets no headers of his choice', async () => {
  const { cloud, s3 } = await bucketWithObject()
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy(readers) }))
  const url = 'https://things.s3.amazonaws.com/k?response-content-type=text/html'
  const response = await fetchFromCloud(cloud, url)
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining(
      '<Code>InvalidRequest</Code><Message>Request specific response headers cannot be used for anonymous GET requests.</Message>',
    ),
  ])
})

test('a policy that names nobody, nothing or elsewhere is malformed', async () => {
  const { s3 } = await bucketWithObject()
  const put = (statement: Statement) =>
    s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy(statement) }))
  const Principal = { AWS: '123456789012' }
  const malformed = (message: string) => ({ name: 'MalformedPolicy', message })
  await expect(
    put({ ...readers, Principal: { AWS: 'arn:aws:iam::123456789012:user/nobody' } }),
  ).rejects.toMatchObject(malformed('Invalid principal in policy'))
  await expect(put({ ...readers, Principal, Action: 's3:Nothing' })).rejects.toMatchObject(
    malformed('Policy has invalid action'),
  )
  await expect(
    put({ ...readers, Principal, Resource: 'arn:aws:s3:::elsewhere/*' }),
  ).rejects.toMatchObject(malformed('Policy has invalid resource'))
  await expect(put({ ...readers, Principal, Resource: bucketArn })).rejects.toMatchObject(
    malformed('Action does not apply to any resource(s) in statement'),
  )
})

test('a bucket whose ACLs are disabled takes none', async () => {
  const { s3 } = await bucketWithObject()
  const refused = {
    name: 'AccessControlListNotSupported',
    message: 'The bucket does not allow ACLs',
  }
  await expect(s3.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }))).rejects.toMatchObject(
    refused,
  )
  const put = (ACL: 'public-read' | 'bucket-owner-full-control') =>
    s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '', ACL }))
  await expect(put('public-read')).rejects.toMatchObject(refused)
  await put('bucket-owner-full-control')
  await expect(
    s3.send(new CreateBucketCommand({ Bucket: 'open-things', ACL: 'public-read' })),
  ).rejects.toMatchObject({
    name: 'InvalidBucketAclWithObjectOwnership',
    message: "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
  })
})

test('what is not built is refused by name', async () => {
  const { s3 } = await bucketWithObject()
  await expect(
    s3.send(
      new PutObjectCommand({ Bucket, Key: 'k', Body: '', ServerSideEncryption: 'aws:kms:dsse' }),
    ),
  ).rejects.toMatchObject({
    name: 'NotImplemented',
    message:
      'Orrery does not model ServerSideEncryption aws:kms:dsse of s3:PutObject. Leave it out, or see the coverage page of s3.',
  })
})

test('a request to another region is sent on', async () => {
  const { cloud } = await bucketWithObject()
  const west = client(cloud, S3Client, { region: 'us-west-2' })
  await expect(west.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
    name: 'PermanentRedirect',
    message:
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    Endpoint: 'things.s3.us-east-1.amazonaws.com',
    Bucket: 'things',
    $metadata: { httpStatusCode: 301 },
  })
  class FollowingClient extends S3Client {
    constructor(config: S3ClientConfig) {
      super({ ...config, followRegionRedirects: true })
    }
  }
  const following = client(cloud, FollowingClient, { region: 'us-west-2' })
  const { KeyCount } = await following.send(new ListObjectsV2Command({ Bucket }))
  expect(KeyCount).toBe(1)
  const { LocationConstraint } = await west.send(new GetBucketLocationCommand({ Bucket }))
  expect(LocationConstraint).toBeUndefined()
})
