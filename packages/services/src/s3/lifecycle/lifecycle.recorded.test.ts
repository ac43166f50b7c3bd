import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  type PutBucketLifecycleConfigurationCommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { replay } from '../recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const of = (name: string) => replay('s3/test_s3', `TestS3BucketLifecycle::${name}`)

function put(
  Bucket: string,
  Rules: LifecycleRule[],
  more: Partial<PutBucketLifecycleConfigurationCommandInput> = {},
) {
  return new PutBucketLifecycleConfigurationCommand({
    Bucket,
    LifecycleConfiguration: { Rules },
    ...more,
  })
}

const wholeBucket: LifecycleRule = {
  Expiration: { Days: 7 },
  ID: 'wholebucket',
  Filter: { Prefix: '' },
  Status: 'Enabled',
}

const get = (Bucket: string) => new GetBucketLifecycleConfigurationCommand({ Bucket })
const object = (Bucket: string, Key: string, Body = 'test') =>
  new PutObjectCommand({ Bucket, Key, Body, ChecksumAlgorithm: 'CRC32' })
/** The recordings have one name for all expiry dates, and for the element of a rule. */
const expirations = (count: number) =>
  Array.from({ length: count }, (_, i) => `Rules[${i}].Expiration`)

recorded('a configuration is put, read and deleted', async () => {
  const it = of('test_delete_bucket_lifecycle_configuration')
  const Bucket = await it.bucket()
  await it.match('get-bucket-lifecycle-exc-1', get(Bucket))
  await it.match('delete-bucket-lifecycle-no-bucket', new DeleteBucketLifecycleCommand({ Bucket }))
  await it.run(put(Bucket, [wholeBucket]))
  await it.match('get-bucket-lifecycle-conf', get(Bucket))
  await it.run(new DeleteBucketLifecycleCommand({ Bucket }))
  await it.match('get-bucket-lifecycle-exc-2', get(Bucket))
})

recorded('a configuration goes with its bucket', async () => {
  const it = of('test_delete_lifecycle_configuration_on_bucket_deletion')
  const Bucket = await it.bucket()
  await it.run(put(Bucket, [wholeBucket]))
  await it.match('get-bucket-lifecycle-conf', get(Bucket))
  await it.run(new DeleteBucketCommand({ Bucket }))
  await it.run(new CreateBucketCommand({ Bucket }))
  await it.match('get-bucket-lifecycle-exc', get(Bucket))
})

recorded('the header tells when an object expires', async () => {
  const it = of('test_bucket_lifecycle_configuration_object_expiry')
  const Bucket = await it.bucket()
  const rule = { ...wholeBucket, ID: 'rule_number_one' }
  await it.run(put(Bucket, [rule]))
  await it.match('get-bucket-lifecycle-conf', get(Bucket), expirations(1))
  await it.run(object(Bucket, 'test-object-expiry'))
  const input = { Bucket, Key: 'test-object-expiry' }
  const head = await it.match('head-object-expiry', new HeadObjectCommand(input))
  await it.match('get-object-expiry', new GetObjectCommand({ ...input, ChecksumMode: 'ENABLED' }))
  expect(head['Expiration']).toBe(
    'expiry-date="Thu, 08 Jan 2026 00:00:00 GMT", rule-id="rule_number_one"',
  )
})

recorded('a date is given back as a date', async () => {
  const it = of('test_bucket_lifecycle_configuration_date')
  const Bucket = await it.bucket()
  const { Filter: _whole, ...rule } = wholeBucket
  const dated = { ...rule, ID: 'rule_number_one', Expiration: { Date: new Date('2026-02-01') } }
  await it.run(put(Bucket, [{ ...dated, Filter: {} } as LifecycleRule]))
  await it.match('get-bucket-lifecycle-conf', get(Bucket))
})

recorded('of several rules the one that comes first is told', async () => {
  const it = of('test_bucket_lifecycle_multiple_rules')
  const Bucket = await it.bucket()
  const rule = (ID: string, Prefix: string, Days: number): LifecycleRule => ({
    ID,
    Filter: { Prefix },
    Expiration: { Days },
    Status: 'Enabled',
  })
  await it.run(
    put(Bucket, [
      rule('rule_one', 'testobject', 1),
      rule('rule_two', 'test', 7),
      rule('rule_three', 't', 10),
    ]),
  )
  await it.match('get-bucket-lifecycle-conf', get(Bucket), expirations(3))
  const both = await it.match('put-object-match-both-rules', object(Bucket, 'testobject'), [
    'Expiration',
  ])
  const second = await it.match('put-object-match-rule-2', object(Bucket, 'testfile'), [
    'Expiration',
  ])
  await it.match('put-object-no-match', object(Bucket, 'no-match'))
  expect([both['Expiration'], second['Expiration']]).toEqual([
    expect.stringContaining('rule-id="rule_one"'),
    expect.stringContaining('rule-id="rule_two"'),
  ])
})

recorded('sizes decide which rule is for an object', async () => {
  const it = of('test_bucket_lifecycle_object_size_rules')
  const Bucket = await it.bucket()
  const rule = (ID: string, Filter: LifecycleRule['Filter']): LifecycleRule => ({
    ID,
    Filter,
    Expiration: { Days: 1 },
    Status: 'Enabled',
  })
  await it.run(
    put(Bucket, [
      rule('rule_one', { ObjectSizeGreaterThan: 20 }),
      rule('rule_two', { ObjectSizeLessThan: 10 }),
    ]),
  )
  await it.match('get-bucket-lifecycle-conf', get(Bucket), expirations(2))
  // The dates are the same, the rules are not.
  const ignored = ['Expiration']
  const large = object(Bucket, 'match-rule-1', 'a'.repeat(22))
  const first = await it.match('put-object-match-rule-1', large, ignored)
  const small = object(Bucket, 'match-rule-2', 'a'.repeat(5))
  const second = await it.match('put-object-match-rule-2', small, ignored)
  await it.match('put-object-no-match', object(Bucket, 'no-match', 'a'.repeat(15)))
  expect([first['Expiration'], second['Expiration']]).toEqual([
    expect.stringContaining('rule-id="rule_one"'),
    expect.stringContaining('rule-id="rule_two"'),
  ])
})

recorded('objects that were there before expire by their own age', async () => {
  const it = of('test_object_expiry_after_bucket_lifecycle_configuration')
  const Bucket = await it.bucket()
  const Key = 'test-object-expiry'
  await it.match('put-object-before', object(Bucket, Key))
  await it.run(
    put(Bucket, [{ ID: 'rule3', Filter: {}, Expiration: { Days: 7 }, Status: 'Enabled' }]),
  )
  await it.match('get-bucket-lifecycle-conf', get(Bucket), expirations(1))
  await it.match('head-object-expiry-before', new HeadObjectCommand({ Bucket, Key }))
  await it.match('put-object-after', object(Bucket, Key))
  await it.match('head-object-expiry-after', new HeadObjectCommand({ Bucket, Key }))
})

recorded('the same, before clients stated checksums', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_object_expiry_after_bucket_lifecycle_configuration')
  const Bucket = await it.bucket()
  const Key = 'test-object-expiry'
  const before = ['ChecksumCRC32', 'ChecksumType']
  await it.match('put-object-before', object(Bucket, Key), before)
  await it.run(
    put(Bucket, [{ ID: 'rule3', Filter: {}, Expiration: { Days: 7 }, Status: 'Enabled' }]),
  )
  // The default of smaller sizes came with the checksums.
  const ignored = [...expirations(1), 'TransitionDefaultMinimumObjectSize']
  await it.match('get-bucket-lifecycle-conf', get(Bucket), ignored)
  await it.match('head-object-expiry-before', new HeadObjectCommand({ Bucket, Key }))
  await it.match('put-object-after', object(Bucket, Key), before)
  await it.match('head-object-expiry-after', new HeadObjectCommand({ Bucket, Key }))
})

recorded('the smallest size that moves is a setting of the bucket', async () => {
  const it = of('test_s3_transition_default_minimum_object_size')
  const Bucket = await it.bucket()
  const sized = (size?: string) =>
    put(
      Bucket,
      [wholeBucket],
      size === undefined ? {} : { TransitionDefaultMinimumObjectSize: size as never },
    )
  await it.match('varies-by-storage', sized('varies_by_storage_class'))
  await it.match('get-varies-by-storage', get(Bucket))
  await it.match('default', sized())
  await it.match('get-default', get(Bucket))
  await it.match('all-storage', sized('all_storage_classes_128K'))
  await it.match('get-all-storage', get(Bucket))
  await it.match('bad-value', sized('value'))
})
