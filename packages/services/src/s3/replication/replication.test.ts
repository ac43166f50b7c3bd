import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  GetBucketReplicationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type ReplicationRule,
  S3Client,
} from '@aws-sdk/client-s3'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { replay } from '../recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const source = 'source-things'
const target = 'target-things'
const Role = 'arn:aws:iam::123456789012:role/copier'

async function versioned(s3: S3Client, Bucket: string, region?: 'us-west-2') {
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ...(region && { CreateBucketConfiguration: { LocationConstraint: region } }),
    }),
  )
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
}

async function copier(cloud: Cloud, more: object[] = []) {
  const iam = client(cloud, IAMClient)
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'copier',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 's3.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:s3:::${source}` } },
        },
      }),
    }),
  )
  const allow = (Action: string[], Resource: string) => ({ Effect: 'Allow', Action, Resource })
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'copier',
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          allow(
            ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
            `arn:aws:s3:::${source}/*`,
          ),
          allow(
            ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
            `arn:aws:s3:::${target}/*`,
          ),
          ...more,
        ],
      }),
    }),
  )
}

interface Options {
  readonly rule?: Partial<ReplicationRule>
  readonly region?: 'us-west-2'
  readonly accountId?: string
  readonly statements?: object[]
}

async function replicating({ rule, region, accountId, statements }: Options = {}) {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  const there = client(cloud, S3Client, {
    ...(region && { region }),
    ...(accountId && { accountId }),
  })
  await versioned(s3, source)
  await versioned(there, target, region)
  await copier(cloud, statements)
  await s3.send(
    new PutBucketReplicationCommand({
      Bucket: source,
      ReplicationConfiguration: {
        Role,
        Rules: [
          {
            ID: 'all',
            Status: 'Enabled',
            Priority: 1,
            Filter: { Prefix: '' },
            DeleteMarkerReplication: { Status: 'Enabled' },
            Destination: { Bucket: `arn:aws:s3:::${target}` },
            ...rule,
          },
        ],
      },
    }),
  )
  return {
    cloud,
    s3,
    there,
    put: (Key: string, more: object = {}) =>
      s3.send(new PutObjectCommand({ Bucket: source, Key, Body: 'content', ...more })),
    status: async (Key: string) =>
      (await s3.send(new HeadObjectCommand({ Bucket: source, Key }))).ReplicationStatus,
  }
}

recorded('a configuration is put, read and deleted', async () => {
  const it = replay('s3/test_s3', 'TestS3BucketReplication::test_replication_config')
  const Bucket = await it.bucket()
  const other = await it.bucket('dest-bucket')
  const enable = (name: string) =>
    new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } })
  await it.run(enable(other))
  const get = new GetBucketReplicationCommand({ Bucket })
  const Rules: ReplicationRule[] = [
    {
      ID: 'id',
      Priority: 1,
      Status: 'Enabled',
      Filter: { Prefix: 'Tax' },
      DeleteMarkerReplication: { Status: 'Disabled' },
      Destination: { Bucket: `arn:aws:s3:::${other}` },
    },
  ]
  const put = (rules: ReplicationRule[]) =>
    new PutBucketReplicationCommand({
      Bucket,
      ReplicationConfiguration: { Role: 'role', Rules: rules },
    })
  await it.match('expected_error_no_replication_set', get)
  await it.match('expected_error_versioning_not_enabled', put(Rules))
  await it.run(enable(Bucket))
  await it.match('put-bucket-replication', put(Rules))
  // The recording has a word in the place of the ARN.
  await it.match('get-bucket-replication', get, [
    'ReplicationConfiguration.Rules[0].Destination.Bucket',
  ])
  await it.match('put-empty-bucket-replication-rules', put([]))
  const remove = new DeleteBucketReplicationCommand({ Bucket })
  await it.match('delete-bucket-replication', remove)
  await it.match('delete-bucket-replication-idempotent', remove)
})

test('a version is copied to another region, with its id, its tags and its metadata', async () => {
  const { cloud, put, there, status } = await replicating({ region: 'us-west-2' })
  const { VersionId } = await put('k', { Tagging: 'a=b', Metadata: { c: 'd' } })
  expect(await status('k')).toBe('PENDING')
  await cloud.advance({ minutes: 1 })
  expect(await status('k')).toBe('COMPLETED')
  const at = { Bucket: target, Key: 'k' }
  const replica = await there.send(new GetObjectCommand(at))
  expect(await replica.Body?.transformToString()).toBe('content')
  expect([replica.VersionId, replica.ReplicationStatus, replica.Metadata]).toEqual([
    VersionId,
    'REPLICA',
    { c: 'd' },
  ])
  expect((await there.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([
    { Key: 'a', Value: 'b' },
  ])
})

test('tags that change follow; what was there before the rules does not', async () => {
  const { cloud, s3, put, there } = await replicating()
  await put('k')
  await cloud.advance({ minutes: 1 })
  const TagSet = [{ Key: 'new', Value: 'tag' }]
  await s3.send(new PutObjectTaggingCommand({ Bucket: source, Key: 'k', Tagging: { TagSet } }))
  await cloud.advance({ minutes: 1 })
  const tags = await there.send(new GetObjectTaggingCommand({ Bucket: target, Key: 'k' }))
  expect(tags.TagSet).toEqual(TagSet)
})

test('delete markers go along where the rule says so; deletions of versions never do', async () => {
  const { cloud, s3, put, there } = await replicating()
  const { VersionId } = await put('k')
  await s3.send(new DeleteObjectCommand({ Bucket: source, Key: 'k' }))
  await cloud.advance({ minutes: 1 })
  await s3.send(new DeleteObjectCommand({ Bucket: source, Key: 'k', VersionId }))
  await cloud.advance({ minutes: 1 })
  const { Versions, DeleteMarkers } = await there.send(
    new ListObjectVersionsCommand({ Bucket: target }),
  )
  expect([Versions?.length, DeleteMarkers?.length]).toEqual([1, 1])
  const other = await replicating({ rule: { DeleteMarkerReplication: { Status: 'Disabled' } } })
  await other.put('k')
  await other.s3.send(new DeleteObjectCommand({ Bucket: source, Key: 'k' }))
  await other.cloud.advance({ minutes: 1 })
  const kept = await other.there.send(new ListObjectVersionsCommand({ Bucket: target }))
  expect([kept.Versions?.length, kept.DeleteMarkers]).toEqual([1, undefined])
})

test("another account's bucket must let the role in", async () => {
  const accountId = '222222222222'
  const { cloud, put, there, status } = await replicating({ accountId })
  await put('first')
  await cloud.advance({ minutes: 1 })
  expect(await status('first')).toBe('FAILED')
  const Statement = {
    Effect: 'Allow',
    Principal: { AWS: Role },
    Action: ['s3:ReplicateObject', 's3:ReplicateDelete'],
    Resource: `arn:aws:s3:::${target}/*`,
  }
  await there.send(
    new PutBucketPolicyCommand({
      Bucket: target,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  )
  await put('second')
  await cloud.advance({ minutes: 1 })
  expect(await status('second')).toBe('COMPLETED')
  const head = await there.send(new HeadObjectCommand({ Bucket: target, Key: 'second' }))
  expect(head.ReplicationStatus).toBe('REPLICA')
})

test('what KMS encrypts goes only where a rule names a key, and the role may use both', async () => {
  const plain = await replicating()
  await plain.put('sealed', { ServerSideEncryption: 'aws:kms' })
  await plain.cloud.advance({ minutes: 1 })
  expect(await plain.status('sealed')).toBeUndefined()
  const statements = [{ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:Encrypt'], Resource: '*' }]
  const sealed = await replicating({
    statements,
    rule: {
      SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
      Destination: {
        Bucket: `arn:aws:s3:::${target}`,
        EncryptionConfiguration: { ReplicaKmsKeyID: 'alias/aws/s3' },
      },
    },
  })
  await sealed.put('sealed', { ServerSideEncryption: 'aws:kms' })
  await sealed.cloud.advance({ minutes: 1 })
  expect(await sealed.status('sealed')).toBe('COMPLETED')
  const get = await sealed.there.send(new GetObjectCommand({ Bucket: target, Key: 'sealed' }))
  expect([get.ServerSideEncryption, await get.Body?.transformToString()]).toEqual([
    'aws:kms',
    'content',
  ])
})

test('an outage delays a copy, and the same seed gives the same run', async () => {
  const run = async () => {
    const { cloud, put, status } = await replicating()
    const fault = cloud.armFault('s3.ReplicateObject', { kind: 'error', code: 'InternalError' })
    await put('k')
    await cloud.advance({ seconds: 10 })
    const before = await status('k')
    cloud.endFault(fault)
    await cloud.advance({ minutes: 2 })
    return [before, await status('k'), cloud.kernel.journal.digest()]
  }
  const [before, after, digest] = await run()
  expect([before, after]).toEqual(['PENDING', 'COMPLETED'])
  expect((await run())[2]).toBe(digest)
})

test('rules that are none', async () => {
  const { s3, there } = await replicating()
  const put = (rule: Partial<ReplicationRule>, bucket = target) =>
    s3.send(
      new PutBucketReplicationCommand({
        Bucket: source,
        ReplicationConfiguration: {
          Role,
          Rules: [
            {
              Status: 'Enabled',
              Prefix: '',
              Destination: { Bucket: `arn:aws:s3:::${bucket}` },
              ...rule,
            },
          ],
        },
      }),
    )
  await put({})
  await expect(put({}, 'no-such-bucket')).rejects.toMatchObject({
    message: 'Destination bucket must exist.',
  })
  await expect(put({}, source)).rejects.toMatchObject({
    message: 'Destination bucket cannot be the same as the source bucket.',
  })
  await there.send(new CreateBucketCommand({ Bucket: 'plain-things' }))
  await expect(put({}, 'plain-things')).rejects.toMatchObject({
    message: 'Destination bucket must have versioning enabled.',
  })
  await expect(put({ ExistingObjectReplication: { Status: 'Enabled' } })).rejects.toMatchObject({
    name: 'NotImplemented',
  })
})
