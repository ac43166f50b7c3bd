import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type ObjectLockConfiguration,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type PutObjectRetentionCommandInput,
} from '@aws-sdk/client-s3'
import { test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type Replay, replay } from '../recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const Key = 'locked-key'
const tomorrow = new Date('2026-01-02T00:00:00Z')
const later = new Date('2026-01-03T00:00:00Z')
const soon = new Date('2026-01-01T12:00:00Z')
/** The recorded bytes are not always known. */
const unknownBytes = ['ETag', 'ChecksumCRC32', 'ContentLength']

async function begin(name: string): Promise<{ it: Replay; Bucket: string }> {
  const it = replay('s3/test_s3', name)
  const Bucket = 'locked-bucket'
  await it.run(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }))
  return { it, Bucket }
}

function put(Bucket: string, more: Partial<PutObjectCommandInput> = {}) {
  return new PutObjectCommand({ Bucket, Key, Body: 'test', ChecksumAlgorithm: 'CRC32', ...more })
}

function retain(
  Bucket: string,
  Retention: PutObjectRetentionCommandInput['Retention'],
  more: Partial<PutObjectRetentionCommandInput> = {},
) {
  return new PutObjectRetentionCommand({ Bucket, Key, Retention, ...more })
}

const hold = (Bucket: string, Status: 'ON' | 'OFF', VersionId?: string) =>
  new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: { Status }, VersionId })

const governed = (until: Date) => ({ Mode: 'GOVERNANCE', RetainUntilDate: until }) as const

recorded('retention holds a version, unless it is bypassed', async () => {
  const { it, Bucket } = await begin('TestS3ObjectLockRetention::test_s3_object_retention')
  const first = await it.match('put-obj-locked-1', put(Bucket))
  const VersionId = String(first['VersionId'])
  await it.match('put-object-retention-on-key-1', retain(Bucket, governed(tomorrow)))
  await it.match('get-object-retention-on-key-1', new GetObjectRetentionCommand({ Bucket, Key }))
  await it.match('head-object-locked', new HeadObjectCommand({ Bucket, Key }))
  const remove = { Bucket, Key, VersionId }
  await it.match('delete-obj-locked', new DeleteObjectCommand(remove))
  await it.match(
    'delete-obj-locked-bypass',
    new DeleteObjectCommand({ ...remove, BypassGovernanceRetention: true }),
  )
  const locked = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: tomorrow } as const
  await it.match('put-obj-locked-2', put(Bucket, locked))
  await it.match('update-retention-locked-object', retain(Bucket, governed(soon)))
  const bypass = { BypassGovernanceRetention: true }
  await it.match('put-object-empty-retention', retain(Bucket, {}, bypass))
  await it.match('update-retention-object', retain(Bucket, governed(soon)))
})

recorded('a lock may be made longer, not shorter', async () => {
  const { it, Bucket } = await begin('TestS3ObjectLockRetention::test_object_lock_extend_duration')
  const locked = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: tomorrow } as const
  await it.match('put-object-with-lock', put(Bucket, locked), unknownBytes)
  const head = new HeadObjectCommand({ Bucket, Key })
  await it.match('head-object-with-lock', head, unknownBytes)
  await it.match('put-object-retention-extend', retain(Bucket, governed(later)))
  await it.match('head-object-with-lock-extended', head, unknownBytes)
  await it.match('put-object-retention-reduce', retain(Bucket, governed(tomorrow)))
})

recorded("a bucket's rule locks what is put without a lock", async () => {
  const { it, Bucket } = await begin(
    'TestS3ObjectLockRetention::test_bucket_config_default_retention',
  )
  await it.match(
    'put-lock-config',
    new PutObjectLockConfigurationCommand({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } },
      },
    }),
  )
  const head = new HeadObjectCommand({ Bucket, Key })
  await it.match('put-object-default', put(Bucket), unknownBytes)
  await it.match('head-object-default', head, unknownBytes)
  const locked = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: later } as const
  await it.match('put-object-with-lock', put(Bucket, locked), unknownBytes)
  await it.match('head-object-with-lock', head, unknownBytes)
  const noDate = { ObjectLockMode: 'GOVERNANCE' } as const
  await it.match('put-object-with-lock-no-date', put(Bucket, noDate))
})

recorded('a copy is not locked as its source is', async () => {
  const { it, Bucket } = await begin(
    'TestS3ObjectLockRetention::test_s3_copy_object_retention_lock',
  )
  const locked = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: tomorrow } as const
  await it.match('put-source-object', put(Bucket, locked), unknownBytes)
  await it.match('head-source-object', new HeadObjectCommand({ Bucket, Key }), unknownBytes)
  const ignored = ['CopyObjectResult.ETag', 'CopyObjectResult.ChecksumCRC32']
  await it.match(
    'copy-lock',
    new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` }),
    ignored,
  )
  await it.match('head-dest-key', new HeadObjectCommand({ Bucket, Key: 'copy' }), unknownBytes)
})

recorded('a mode and a date come together, and the mode is one of two', async () => {
  const { it, Bucket } = await begin(
    'TestS3ObjectLockRetention::test_s3_object_lock_mode_validation',
  )
  const mode = { ObjectLockMode: 'GOVERNANCE' } as const
  const date = { ObjectLockRetainUntilDate: tomorrow }
  await it.match('put-obj-locked-error-no-retain-date', put(Bucket, mode))
  await it.match('put-obj-locked-error-no-mode', put(Bucket, date))
  const bad = { ...date, ObjectLockMode: 'BAD-VALUE' as 'GOVERNANCE' }
  await it.match('put-obj-locked-bad-value', put(Bucket, bad))
  await it.match(
    'create-mpu-locked-bad-value',
    new CreateMultipartUploadCommand({ Bucket, Key, ...bad }),
  )
})

recorded('what has no legal hold', async () => {
  const { it, Bucket } = await begin('TestS3ObjectLockLegalHold::test_put_object_legal_hold_exc')
  const regular = await it.bucket()
  await it.run(put(regular))
  await it.match('put-object-legal-hold-no-bucket', hold('no-such-bucket', 'ON'))
  await it.match(
    'put-object-legal-hold-no-key',
    new PutObjectLegalHoldCommand({
      Bucket,
      Key: 'non-existing-key',
      LegalHold: { Status: 'ON' },
    }),
  )
  await it.match('put-object-retention-regular-bucket', hold(regular, 'ON'))
  await it.run(put(Bucket))
  await it.match(
    'put-object-retention-empty',
    new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: {} }),
  )
  await it.match(
    'get-object-retention-regular-bucket',
    new GetObjectRetentionCommand({ Bucket: regular, Key }),
  )
})

recorded('a legal hold holds a version', async () => {
  const { it, Bucket } = await begin('TestS3ObjectLockLegalHold::test_delete_locked_object')
  const at = { Bucket, Key: 'test-delete-locked' }
  const { VersionId } = (await it.match('put-obj', put(Bucket, at))) as { VersionId: string }
  const status = (Status: 'ON' | 'OFF') =>
    new PutObjectLegalHoldCommand({ ...at, LegalHold: { Status } })
  await it.match('put-object-legal-hold', status('ON'))
  await it.match('delete-object-locked', new DeleteObjectCommand({ ...at, VersionId }))
  await it.match(
    'delete-objects-locked',
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: at.Key, VersionId }] } }),
  )
  await it.match('put-object-legal-hold-off', status('OFF'))
})

recorded('each version has a hold of its own', async () => {
  const { it, Bucket } = await begin('TestS3ObjectLockLegalHold::test_s3_legal_hold_lock_versioned')
  const first = await it.match('put-object', put(Bucket))
  const VersionId = String(first['VersionId'])
  await it.match('put-object-legal-hold-ver1', hold(Bucket, 'ON', VersionId))
  const head = new HeadObjectCommand({ Bucket, Key, VersionId })
  await it.match('head-object-ver1', head)
  await it.match('put-object-2', put(Bucket))
  await it.match('put-object-legal-hold-ver2', hold(Bucket, 'ON'))
  await it.match('head-object-ver2', new HeadObjectCommand({ Bucket, Key }))
  await it.match('remove-object-legal-hold-ver1', hold(Bucket, 'OFF', VersionId))
  await it.match('head-object-ver1-no-lock', head)
  await it.match('delete-object-ver1', new DeleteObjectCommand({ Bucket, Key, VersionId }))
})

recorded('a copy has no hold', async () => {
  const { it, Bucket } = await begin('TestS3ObjectLockLegalHold::test_s3_copy_object_legal_hold')
  await it.match('put-object', put(Bucket, { ObjectLockLegalHoldStatus: 'ON' }), unknownBytes)
  await it.match('head-object', new HeadObjectCommand({ Bucket, Key }), unknownBytes)
  await it.match(
    'copy-legal-hold',
    new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` }),
    ['CopyObjectResult.ETag', 'CopyObjectResult.ChecksumCRC32'],
  )
  await it.match('head-dest-key', new HeadObjectCommand({ Bucket, Key: 'copy' }), unknownBytes)
})

recorded('an object is put with a hold', async () => {
  const { it, Bucket } = await begin('TestS3ObjectLockLegalHold::test_put_object_with_legal_hold')
  await it.match('put-obj', put(Bucket, { ObjectLockLegalHoldStatus: 'ON' }))
  await it.match('head-object-with-legal-hold', new HeadObjectCommand({ Bucket, Key }))
  await it.match('put-object-legal-hold-off', hold(Bucket, 'OFF'))
})

const configure = (Bucket: string, configuration: ObjectLockConfiguration) =>
  new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: configuration })

async function api(name: string) {
  const it = replay('s3/test_s3_api', `TestS3ObjectLock::${name}`)
  const Bucket = 'locked-bucket'
  await it.run(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }))
  return { it, Bucket }
}

recorded('a bucket that has versions can be given locks', async () => {
  const it = replay(
    's3/test_s3_api',
    'TestS3ObjectLock::test_put_object_lock_configuration_on_existing_bucket',
  )
  const Bucket = await it.bucket()
  const get = new GetObjectLockConfigurationCommand({ Bucket })
  const enable = configure(Bucket, { ObjectLockEnabled: 'Enabled' })
  const version = (Status: 'Enabled' | 'Suspended') =>
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } })
  await it.match('get-object-lock-existing-bucket-no-config', get)
  await it.match('put-object-lock-existing-bucket-no-versioning', enable)
  await it.match('suspended-versioning', version('Suspended'))
  await it.match('put-object-lock-existing-bucket-versioning-disabled', enable)
  await it.match('enabled-versioning', version('Enabled'))
  await it.match('put-object-lock-existing-bucket-enabled', enable)
  await it.match('get-object-lock-existing-bucket-enabled', get)
})

recorded('a rule is put, and taken back', async () => {
  const { it, Bucket } = await api('test_get_put_object_lock_configuration')
  const get = new GetObjectLockConfigurationCommand({ Bucket })
  await it.match('get-lock-config-start', get)
  const rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } as const
  await it.match('put-lock-config', configure(Bucket, { ObjectLockEnabled: 'Enabled', Rule: rule }))
  await it.match('get-lock-config', get)
  await it.match('put-lock-config-enabled', configure(Bucket, { ObjectLockEnabled: 'Enabled' }))
  await it.match('get-lock-config-only-enabled', get)
})

recorded('rules that are none', async () => {
  const { it, Bucket } = await api('test_put_object_lock_configuration_exc')
  const ObjectLockEnabled = 'Enabled' as const
  const retention = (DefaultRetention: object): ObjectLockConfiguration => ({
    ObjectLockEnabled,
    Rule: { DefaultRetention },
  })
  const configurations: [string, ObjectLockConfiguration][] = [
    ['no-enabled', { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } }],
    ['empty', {}],
    ['empty-rule', { ObjectLockEnabled, Rule: {} }],
    ['empty-retention', retention({})],
    ['no-days', retention({ Mode: 'GOVERNANCE' })],
    ['bad-mode', retention({ Mode: 'BAD-MODE', Days: 1 })],
    ['both-days-years', retention({ Mode: 'GOVERNANCE', Days: 1, Years: 1 })],
  ]
  for (const [step, configuration] of configurations) {
    await it.match(`put-lock-config-${step}`, configure(Bucket, configuration))
  }
})

recorded('versions stay on where objects can be locked', async () => {
  const { it, Bucket } = await api('test_disable_versioning_on_locked_bucket')
  const version = (Status: 'Enabled' | 'Suspended') =>
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } })
  await it.match('disable-versioning-on-locked-bucket', version('Suspended'))
  await it.match('enable-versioning-again-on-locked-bucket', version('Enabled'))
})
