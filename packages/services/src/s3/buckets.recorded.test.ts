import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { answerOf, plainAnswer, replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)

const placed = (Bucket: string, LocationConstraint: string) =>
  // The SDK's types know the regions of today; the recordings ask for others too.
  new CreateBucketCommand({
    Bucket,
    CreateBucketConfiguration: { LocationConstraint: LocationConstraint as 'us-west-2' },
  })

recorded('a bucket tells where it is', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_create_bucket_head_bucket')
  await it.match('create_bucket', new CreateBucketCommand({ Bucket: 'first-bucket' }))
  await it.match('create_bucket_location_constraint', placed('second-bucket', 'us-west-1'))
  await it.match('head_bucket', new HeadBucketCommand({ Bucket: 'first-bucket' }))
  const west = client(it.cloud, S3Client, { region: 'us-west-1' })
  it.matchValue(
    'head_bucket_2',
    await answerOf(west, new HeadBucketCommand({ Bucket: 'second-bucket' })),
  )
  await it.match('head_bucket_not_exist', new HeadBucketCommand({ Bucket: 'no-such-bucket' }))
})

recorded('which location constraints fit', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_different_location_constraint')
  // The recording calls the regions by placeholders that it does not define.
  const at = (region: string) => client(it.cloud, S3Client, { region })
  for (const [name, region] of [
    ['<region-1>', 'us-east-1'],
    ['<region-2>', 'us-east-2'],
    ['<region-3>', 'us-west-1'],
  ] as const) {
    it.bindings.set(name, region)
  }
  await it.run(new CreateBucketCommand({ Bucket: 'bucket-1' }))
  const { LocationConstraint, ...location } = await it.run(
    new GetBucketLocationCommand({ Bucket: 'bucket-1' }),
  )
  expect(LocationConstraint).toBeUndefined()
  it.matchValue('get-bucket-location-bucket-us-east-1', { LocationConstraint: null, ...location })
  it.bindings.set('<location-constraint>', 'us-east-1')
  await it.match('create-bucket-constraint-us-east-1', placed('bucket-2', 'us-east-1'))
  await it.match(
    'create-bucket-constraint-us-east-1-with-None',
    new CreateBucketCommand({ Bucket: 'bucket-3' }),
  )
  const ohio = at('us-east-2')
  await ohio.send(placed('bucket-4', 'us-east-2'))
  it.bindings.set('<location-constraint>', 'us-east-2')
  it.matchValue(
    'get-bucket-location-bucket-us-east-2',
    await answerOf(ohio, new GetBucketLocationCommand({ Bucket: 'bucket-4' })),
  )
  // The SDK for JavaScript fills the constraint in.
  const response = await fetchFromCloud(it.cloud, 'https://s3.us-east-2.amazonaws.com/bucket-5', {
    method: 'PUT',
    credentials: it.cloud.credentials(),
    region: 'us-east-2',
  })
  const unspecified = await plainAnswer(response)
  it.matchValue('create-bucket-us-east-2-no-constraint-exc', unspecified)
  it.matchValue('create-bucket-constraint-us-east-2-with-None', unspecified)
  it.matchValue(
    'create-bucket-us-east-2-constraint-to-us-west-1',
    await answerOf(ohio, placed('bucket-6', 'us-west-1')),
  )
  const california = at('us-west-1')
  it.matchValue(
    'create-bucket-us-west-1-constraint-to-us-east-2',
    await answerOf(california, placed('bucket-7', 'us-east-2')),
  )
  it.matchValue(
    'create-bucket-us-west-1-constraint-to-us-east-1',
    await answerOf(california, placed('bucket-7', 'us-east-1')),
  )
  await it.match(
    'get-bucket-location-non-existent-bucket',
    new GetBucketLocationCommand({ Bucket: 'no-such-bucket' }),
    ['LocationConstraint'], // boto3 adds it to every answer.
  )
})

recorded('constraints that are no region', async () => {
  for (const [name, region, constraint] of [
    ['us-east-1-us-east-1', 'us-east-1', 'us-east-1'],
    ['us-east-1-foo', 'us-east-1', 'foo'],
    ['eu-west-1-bar', 'eu-west-1', 'bar'],
  ] as const) {
    const it = replay(
      's3/test_s3',
      `TestS3::test_create_bucket_with_invalid_location_constraint[${name}]`,
      { region },
    )
    await it.match(
      `${region}-location-constraint-${constraint}-error`,
      placed('some-bucket', constraint),
    )
  }
  const global = replay('s3/test_s3', 'TestS3::test_bucket_constraint_aws_global[us-west-1]', {
    region: 'us-west-1',
  })
  await global.match('aws-global-constraint', placed('some-bucket', 'aws-global'))
})

recorded('the constraint EU is Ireland', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_create_bucket_with_eu_location_constraint', {
    region: 'eu-west-1',
  })
  await it.run(placed('bucket-of-old', 'EU'))
  await it.match('get-bucket-location', new GetBucketLocationCommand({ Bucket: 'bucket-of-old' }))
  await it.match('list-bucket-response', new ListBucketsCommand({ Prefix: 'bucket-of-old' }))
  const raises = replay(
    's3/test_s3',
    'TestS3::test_create_bucket_with_eu_location_constraint_raises',
    { region: 'us-west-2' },
  )
  await raises.match('eu-location-constraint-error', placed('bucket-of-old', 'EU'))
})

recorded('a name in upper case', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_uppercase_bucket_name')
  await it.match('uppercase-bucket', new CreateBucketCommand({ Bucket: 'TestUpperCase' }))
})

recorded('a bucket outside us-east-1', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_region_header_exists_outside_us_east_1', {
    region: 'eu-west-1',
  })
  await it.run(placed('bucket-abroad', 'eu-west-1'))
  await it.match('head_bucket', new HeadBucketCommand({ Bucket: 'bucket-abroad' }))
  await it.match(
    'list_objects_v2',
    new ListObjectsV2Command({ Bucket: 'bucket-abroad', EncodingType: 'url' }),
  )
})

recorded('a bucket with objects is not deleted', async () => {
  const it = replay('s3/test_s3_api', 'TestS3BucketCRUD::test_delete_bucket_with_objects')
  const at = { Bucket: await it.bucket(), Key: 'test-delete' }
  await it.run(new PutObjectCommand({ ...at, Body: 'test-delete' }))
  await it.match('delete-with-obj', new DeleteBucketCommand({ Bucket: at.Bucket }))
  await it.match('delete-obj', new DeleteObjectCommand(at))
  await it.match('delete-bucket', new DeleteBucketCommand({ Bucket: at.Bucket }))
})

recorded('nor is one with versions or delete markers', async () => {
  const it = replay('s3/test_s3_api', 'TestS3BucketCRUD::test_delete_versioned_bucket_with_objects')
  const Bucket = await it.bucket()
  const at = { Bucket, Key: 'test-delete-versioned' }
  await it.run(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  const put = await it.run(new PutObjectCommand({ ...at, Body: 'test-delete-versioned' }))
  const deleted = await it.run(new DeleteObjectCommand(at))
  await it.match('delete-with-obj-and-delete-marker', new DeleteBucketCommand({ Bucket }))
  await it.match(
    'delete-obj-by-version',
    new DeleteObjectCommand({ ...at, VersionId: String(put['VersionId']) }),
  )
  await it.match('delete-with-only-delete-marker', new DeleteBucketCommand({ Bucket }))
  await it.match(
    'delete-marker-by-version',
    new DeleteObjectCommand({ ...at, VersionId: String(deleted['VersionId']) }),
  )
  await it.match('success-delete-bucket', new DeleteBucketCommand({ Bucket }))
})

recorded('tags at creation', async () => {
  const it = replay('s3/test_s3_api', 'TestS3BucketObjectTagging::test_create_bucket_with_tags')
  const Tags = [{ Key: 'tag1', Value: 'value1' }]
  const Bucket = 'tagged-bucket'
  const tagged = (tags: { Key: string; Value: string }[], name = Bucket) =>
    new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { Tags: tags } })
  await it.match('create-bucket-with-tags', tagged(Tags))
  await it.match('get-bucket-tags', new GetBucketTaggingCommand({ Bucket }))

  const again = replay(
    's3/test_s3_api',
    'TestS3BucketObjectTagging::test_create_bucket_with_tags_us_east_1_idempotency',
  )
  await again.match('create-bucket-with-tags', tagged(Tags))
  await again.match('get-bucket-tags', new GetBucketTaggingCommand({ Bucket }))
  await again.match('create-bucket-different-tags', tagged([{ Key: 'tag2', Value: 'value2' }]))
  await again.match('create-bucket-with-no-tags', new CreateBucketCommand({ Bucket }))
  await again.match('get-bucket-tags-after-re-create', new GetBucketTaggingCommand({ Bucket }))
  await again.match('create-bucket-with-same-tags', tagged(Tags))
  await again.match('create-bucket-with-empty-tags', tagged([]))
  await again.match('get-bucket-tags-after-create-empty', new GetBucketTaggingCommand({ Bucket }))

  const wrong = replay(
    's3/test_s3_api',
    'TestS3BucketObjectTagging::test_create_bucket_with_tags_exc',
  )
  for (const [step, tags] of [
    ['tags-key-none', [{ Value: 'value1' }]],
    ['tags-value-none', [{ Key: 'tag1' }]],
    ['tags-key-aws-prefix', [{ Key: 'aws:tag', Value: 'value1' }]],
    [
      'tags-key-aws-duplicated-key',
      [
        { Key: 'a', Value: '1' },
        { Key: 'a', Value: '2' },
      ],
    ],
    ['tags-key-aws-bad-value', [{ Key: 'test', Value: 'value1,value2' }]],
    ['tags-key-aws-bad-key', [{ Key: 'test,test2', Value: 'value1' }]],
  ] as const) {
    // The SDK's types ask for both; the recording left one out.
    await wrong.match(step, tagged(tags as unknown as { Key: string; Value: string }[]))
  }
})

recorded('tags of a bucket', async () => {
  const it = replay('s3/test_s3_api', 'TestS3BucketObjectTagging::test_bucket_tagging_crud')
  const Bucket = await it.bucket()
  const put = (TagSet: { Key: string; Value: string }[]) =>
    new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } })
  const get = new GetBucketTaggingCommand({ Bucket })
  await it.match('get-bucket-tags-empty', get)
  await it.match(
    'put-bucket-tags',
    put([
      { Key: 'tag1', Value: 'tag1' },
      { Key: 'tag2', Value: '' },
    ]),
  )
  await it.match('get-bucket-tags', get)
  await it.match('put-bucket-tags-overwrite', put([{ Key: 'tag3', Value: 'tag3' }]))
  await it.match('get-bucket-tags-overwritten', get)
  await it.match('delete-bucket-tags', new DeleteBucketTaggingCommand({ Bucket }))
  await it.match('put-bucket-tags-empty', put([]))

  const none = replay(
    's3/test_s3_api',
    'TestS3BucketObjectTagging::test_put_bucket_tagging_none_value',
  )
  await none.bucket(Bucket)
  await none.match('put-bucket-tags-origin', put([{ Key: 'tag1', Value: 'tag1' }]))
  await none.match('put-none-tag-set', put([]))
  await none.match('no-such-tag-set', get)

  const missing = replay('s3/test_s3_api', 'TestS3BucketObjectTagging::test_bucket_tagging_exc')
  await missing.match('get-no-bucket-tags', get)
  await missing.match('delete-no-bucket-tags', new DeleteBucketTaggingCommand({ Bucket }))
  await missing.match('put-no-bucket-tags', put([]))
})

recorded('a policy of a bucket', async () => {
  const it = replay('s3/test_s3_api', 'TestS3BucketPolicy::test_bucket_policy_crud')
  // The recordings' bucket had public access unblocked.
  const Bucket = await openBucket(it)
  const Policy = publicPolicy(Bucket)
  const get = new GetBucketPolicyCommand({ Bucket })
  await it.match('get-bucket-default-policy', get)
  await it.match('put-bucket-policy', new PutBucketPolicyCommand({ Bucket, Policy }))
  await it.match('get-bucket-policy', get)
  await it.match('delete-bucket-policy', new DeleteBucketPolicyCommand({ Bucket }))
  await it.match('get-bucket-policy-after-delete', get)
  await it.match('delete-bucket-policy-after-delete', new DeleteBucketPolicyCommand({ Bucket }))

  const wrong = replay('s3/test_s3_api', 'TestS3BucketPolicy::test_bucket_policy_exc')
  await openBucket(wrong)
  for (const [step, text] of [
    ['put-empty-bucket-policy', ''],
    ['put-bucket-policy-randomstring', 'invalid json'],
    ['put-bucket-policy-empty-json', '{}'],
  ] as const) {
    await wrong.match(step, new PutBucketPolicyCommand({ Bucket, Policy: text }))
  }

  const put = replay('s3/test_s3', 'TestS3::test_put_bucket_policy')
  await openBucket(put)
  await put.match('put-bucket-policy', new PutBucketPolicyCommand({ Bucket, Policy }))
  await put.match('get-bucket-policy', get)

  const gone = replay('s3/test_s3', 'TestS3::test_delete_bucket_policy')
  await openBucket(gone)
  await gone.run(new PutBucketPolicyCommand({ Bucket, Policy }))
  await gone.match('delete-bucket-policy', new DeleteBucketPolicyCommand({ Bucket }))
  await gone.match('get-bucket-policy-no-such-bucket-policy', get)
})

async function openBucket(it: ReturnType<typeof replay>): Promise<string> {
  const Bucket = await it.bucket('policy-bucket')
  await it.run(new DeletePublicAccessBlockCommand({ Bucket }))
  return Bucket
}

function publicPolicy(bucket: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${bucket}/*`,
      },
    ],
  })
}

recorded('whose bucket a caller expects it to be', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_put_bucket_policy_expected_bucket_owner')
  const Bucket = await openBucket(it)
  const Policy = publicPolicy(Bucket)
  const put = (ExpectedBucketOwner: string) =>
    new PutBucketPolicyCommand({ Bucket, Policy, ExpectedBucketOwner })
  await it.match('put-bucket-policy-with-expected-bucket-owner-error', put('000000000002'))
  await it.match('put-bucket-policy-with-expected-bucket-owner', put(it.cloud.defaultAccountId))
  for (const id of ['0000', 'abcd', 'aa000000000$']) {
    const get = replay('s3/test_s3', `TestS3::test_get_bucket_policy_invalid_account_id[${id}]`)
    await openBucket(get)
    const command = new GetBucketPolicyCommand({ Bucket, ExpectedBucketOwner: id })
    await get.match('get-bucket-policy-invalid-bucket-owner', command)
  }
  for (const id of ['0000000000020', 'abcd', 'aa000000000$']) {
    const wrong = replay('s3/test_s3', `TestS3::test_put_bucket_policy_invalid_account_id[${id}]`)
    await openBucket(wrong)
    await wrong.match('put-bucket-policy-invalid-bucket-owner', put(id))
  }
})

recorded('ownership controls', async () => {
  const it = replay(
    's3/test_s3_api',
    'TestS3BucketOwnershipControls::test_bucket_ownership_controls_exc',
  )
  const Bucket = await it.bucket()
  await it.match('default-ownership', new GetBucketOwnershipControlsCommand({ Bucket }))
  const put = (Rules: { ObjectOwnership: string }[]) =>
    // The SDK's types know the three values; the recording tried others.
    new PutBucketOwnershipControlsCommand({
      Bucket,
      OwnershipControls: { Rules: Rules as { ObjectOwnership: 'ObjectWriter' }[] },
    })
  await it.match(
    'put-ownership-multiple-rules',
    put([{ ObjectOwnership: 'BucketOwnerPreferred' }, { ObjectOwnership: 'ObjectWriter' }]),
  )
  await it.match('put-ownership-wrong-value', put([{ ObjectOwnership: 'RandomValue' }]))
  await it.match('put-ownership-empty-rule', put([]))
  for (const [step, value] of [
    ['ownership-wrong-value-at-creation', 'RandomValue'],
    ['ownership-non-value-at-creation', ''],
  ] as const) {
    const ObjectOwnership = value as 'ObjectWriter' // As above.
    await it.match(step, new CreateBucketCommand({ Bucket: 'owned-bucket', ObjectOwnership }))
  }
})

recorded('encryption with S3 keys', async () => {
  const it = replay('s3/test_s3_api', 'TestS3BucketEncryption::test_s3_bucket_encryption_sse_s3')
  const Bucket = await it.bucket()
  const rules = {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const },
        BucketKeyEnabled: true,
      },
    ],
  }
  await it.match(
    'put-bucket-enc',
    new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: rules }),
  )
  const at = { Bucket, Key: 'test-sse-s3' }
  await it.match('put-object-encrypted', new PutObjectCommand({ ...at, Body: 'test-encrypted' }))
  await it.match('head-object-encrypted', new HeadObjectCommand(at))
  await it.match('get-object-encrypted', new GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }))
})

recorded('encryption of what is not there, or can not be', async () => {
  const it = replay(
    's3/test_s3_api',
    'TestS3BucketEncryption::test_s3_default_bucket_encryption_exc',
  )
  const none = { Bucket: 'no-such-bucket' }
  const rule = (SSEAlgorithm: 'AES256', KMSMasterKeyID?: string) => ({
    ServerSideEncryptionConfiguration: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm,
            ...(KMSMasterKeyID === undefined ? {} : { KMSMasterKeyID }),
          },
        },
      ],
    },
  })
  await it.match('get-bucket-enc-no-bucket', new GetBucketEncryptionCommand(none))
  await it.match('delete-bucket-enc-no-bucket', new DeleteBucketEncryptionCommand(none))
  await it.match(
    'put-bucket-enc-no-bucket',
    new PutBucketEncryptionCommand({ ...none, ...rule('AES256') }),
  )
  const Bucket = await it.bucket()
  await it.match(
    'put-bucket-encryption-no-rules',
    new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [] } }),
  )
  await it.match(
    'put-bucket-encryption-kms-with-aes',
    new PutBucketEncryptionCommand({
      Bucket,
      ...rule('AES256', 'arn:aws:kms:us-east-1:123456789012:key/1'),
    }),
  )
})

recorded('who pays', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_request_payer_exceptions')
  const Bucket = await it.bucket()
  const payer = (name: string, Payer: string) =>
    // The SDK's types know two payers; the recording tried another.
    new PutBucketRequestPaymentCommand({
      Bucket: name,
      RequestPaymentConfiguration: { Payer: Payer as 'Requester' },
    })
  await it.match('wrong-payer-type', payer(Bucket, 'Random'))
  await it.match('wrong-bucket-name', payer('no-such-bucket', 'Requester'))
})

recorded('notifications of a bucket that is not there', async () => {
  const it = replay(
    's3/test_s3',
    'TestS3::test_get_bucket_notification_configuration_no_such_bucket',
  )
  await it.match(
    'expected_error',
    new GetBucketNotificationConfigurationCommand({ Bucket: 'no-such-bucket' }),
  )
})

recorded('an emptied bucket lists nothing', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_empty_bucket_fixture')
  const Bucket = await it.bucket()
  const Objects = ['key0', 'key1', 'key2'].map((Key) => ({ Key }))
  for (const { Key } of Objects) await it.run(new PutObjectCommand({ Bucket, Key, Body: '123' }))
  const list = new ListObjectsV2Command({ Bucket, EncodingType: 'url' })
  await it.match('list-obj', list)
  await it.run(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  await it.match('list-obj-after-empty', list)
})
