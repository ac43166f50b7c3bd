import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type QueueConfiguration,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { type Recorded, recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, recordedAccount, replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const file = 's3/test_s3_notifications_sqs'
const group = 'TestS3NotificationsToSQS'
const account = '123456789012'

/** A queue that the bucket may write to; gives its ARN and what it holds. */
async function queueFor(it: Replay, bucket: string, name = 'recorded-queue') {
  const sqs = client(it.cloud, SQSClient)
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
  const arn = `arn:aws:sqs:us-east-1:${account}:${name}`
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
      Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:s3:::${bucket}` } },
    },
  })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  return {
    arn,
    async received(): Promise<Recorded[]> {
      await it.cloud.settle()
      const all: Recorded[] = []
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        )
        if (Messages.length === 0) return all
        for (const { Body = '', ReceiptHandle } of Messages) {
          all.push(
            ...((JSON.parse(Body) as { Records?: Recorded[] }).Records ?? [JSON.parse(Body)]),
          )
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        }
      }
    },
  }
}

async function notified(it: Replay, Events: string[], more: Partial<QueueConfiguration> = {}) {
  it.bindings.set('<region>', 'us-east-1')
  const Bucket = await it.bucket()
  const queue = await queueFor(it, Bucket)
  const configured = {
    QueueArn: queue.arn,
    // The SDK's types know these events.
    Events: Events as QueueConfiguration['Events'],
    ...more,
  }
  await it.run(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { QueueConfigurations: [configured] },
    }),
  )
  expect(await queue.received()).toMatchObject([{ Event: 's3:TestEvent', Bucket }])
  return { Bucket, queue }
}

recorded('a put', async () => {
  const it = replay(file, `${group}::test_object_created_put`)
  const { Bucket, queue } = await notified(it, ['s3:ObjectCreated:Put'])
  await it.run(new PutObjectCommand({ Bucket, Key: 'my_key_0', Body: 'something' }))
  await it.run(new PutObjectCommand({ Bucket, Key: 'my_key_1', Body: 'something else' }))
  const messages = await queue.received()
  const keyOf = (message: Recorded) => JSON.stringify(message['s3'])
  it.matchValue('receive_messages', {
    messages: messages.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  })
})

recorded('a copy', async () => {
  const it = replay(file, `${group}::test_object_created_copy`)
  const { Bucket, queue } = await notified(it, ['s3:ObjectCreated:Copy'])
  await it.run(new PutObjectCommand({ Bucket, Key: 'src-object', Body: 'something' }))
  await it.run(
    new CopyObjectCommand({ Bucket, Key: 'dest-object', CopySource: `${Bucket}/src-object` }),
  )
  it.matchValue('receive_messages', { messages: await queue.received() })
})

recorded('an upload in parts', async () => {
  const it = replay(file, `${group}::test_object_created_complete_multipart_upload`)
  const { Bucket, queue } = await notified(it, ['s3:ObjectCreated:*'])
  const at = { Bucket, Key: 'test-key' }
  const { UploadId } = await it.run(new CreateMultipartUploadCommand(at))
  const upload = { ...at, UploadId: String(UploadId) }
  const { ETag } = await it.run(
    new UploadPartCommand({ ...upload, PartNumber: 1, Body: '\0'.repeat(6144) }),
  )
  const Parts = [{ ETag: String(ETag), PartNumber: 1 }]
  await it.run(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
  const messages = await queue.received()
  const tags = messages.map((message) => (message['s3'] as { object: { eTag: string } }).object)
  expect(tags).toMatchObject([{ eTag: expect.stringMatching(/^[0-9a-f]{32}-1$/) }])
  it.matchValue('receive_messages', { messages }, ['messages[0].s3.object.eTag']) // Of random bytes.
})

recorded('a key with signs that URLs know', async () => {
  const it = replay(file, `${group}::test_key_encoding`)
  const { Bucket, queue } = await notified(it, ['s3:ObjectCreated:*'])
  await it.run(new PutObjectCommand({ Bucket, Key: 'a@b', Body: 'something' }))
  it.matchValue('receive_messages', { messages: await queue.received() })
})

recorded('tags that go', async () => {
  const it = replay(file, `${group}::test_object_tagging_delete_event`)
  const { Bucket, queue } = await notified(it, ['s3:ObjectTagging:Delete'])
  await it.run(
    new PutObjectCommand({ Bucket, Key: 'key-tagged', Body: 'FooBarBlitz', Tagging: 'a=b' }),
  )
  await it.run(new DeleteObjectTaggingCommand({ Bucket, Key: 'key-tagged' }))
  // What the object held is not told.
  it.matchValue('receive_messages', { messages: await queue.received() }, [
    'messages[0].s3.object.eTag',
  ])
})

recorded('many deletions', async () => {
  const it = replay(file, `${group}::test_delete_objects`)
  const { Bucket, queue } = await notified(it, ['s3:ObjectRemoved:*'])
  const Objects = ['key-1', 'key-2', 'key-3'].map((Key) => ({ Key }))
  for (const { Key } of Objects)
    await it.run(new PutObjectCommand({ Bucket, Key, Body: 'something' }))
  await it.run(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  it.matchValue('receive_messages', { messages: await queue.received() })
})

recorded('filters, and configurations that replace each other', async () => {
  const it = replay(file, `${group}::test_notifications_with_filter`)
  it.bindings.set('<region>', 'us-east-1')
  const Bucket = await it.bucket()
  const queue = await queueFor(it, Bucket)
  const put = (QueueConfigurations: QueueConfiguration[]) =>
    it.run(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { QueueConfigurations },
      }),
    )
  const get = new GetBucketNotificationConfigurationCommand({ Bucket })
  const Filter = {
    Key: {
      FilterRules: [
        { Name: 'prefix', Value: 'testupload/' },
        { Name: 'suffix', Value: 'testfile.txt' },
      ],
    },
  } as const
  const QueueArn = queue.arn
  const own = ['QueueConfigurations[0].QueueArn', 'QueueConfigurations[1].QueueArn'] // Of another account.
  await put([
    { QueueArn, Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:Delete'], Filter: copied(Filter) },
    { Id: 'id0002', QueueArn, Events: ['s3:ObjectTagging:*'], Filter: copied(Filter) },
  ])
  await it.match('config', get, own)
  await queue.received()
  await it.run(
    new PutObjectCommand({
      Bucket,
      Key: 'testupload/dir1/testfile.txt',
      Body: 'test data'.padEnd(32),
    }),
  )
  await it.run(new PutObjectCommand({ Bucket, Key: 'other/testfile.txt', Body: 'unheard' }))
  const [message, ...others] = await queue.received()
  expect(others).toEqual([])
  it.matchValue('message', message, ['s3.object.eTag', 's3.configurationId']) // What it held is not told.
  await put([])
  await it.match('config_empty', get)
  const updated = {
    Id: 'id123456',
    QueueArn,
    Events: ['s3:ObjectCreated:*'],
  } satisfies QueueConfiguration
  await put([updated])
  await it.match('config_updated', get, own)
  const prefix = { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'testupload/' }] } }
  await put([{ ...updated, Filter: prefix }])
  await it.match('config_updated_filter', get, own)
})

/** The SDK's types want arrays that can change. */
function copied(filter: object): NonNullable<QueueConfiguration['Filter']> {
  return structuredClone(filter) as NonNullable<QueueConfiguration['Filter']>
}

recorded('names of filter rules in any case', async () => {
  const it = replay(file, `${group}::test_filter_rules_case_insensitive`)
  const Bucket = await it.bucket()
  const { arn } = await queueFor(it, Bucket)
  const FilterRules = [
    { Name: 'suffix', Value: '.txt' },
    { Name: 'PREFIX', Value: 'notif-' },
  ]
  await it.run(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            QueueArn: arn,
            Events: ['s3:ObjectCreated:*'],
            Filter: copied({ Key: { FilterRules } }),
          },
        ],
      },
    }),
  )
  const answer = await it.run(new GetBucketNotificationConfigurationCommand({ Bucket }))
  const [rule] = answer['QueueConfigurations'] as {
    Filter: { Key: { FilterRules: { Name: string }[] } }
  }[]
  // The recording sorts them.
  rule?.Filter.Key.FilterRules.sort((a, b) => a.Name.localeCompare(b.Name))
  it.matchValue('bucket_notification_configuration', answer, ['QueueConfigurations[0].QueueArn'])
})

recorded('queues that are none, or not there', async () => {
  const it = replay(file, `${group}::test_invalid_sqs_arn`)
  const Bucket = await it.bucket()
  const put = (arns: string[], SkipDestinationValidation = false) =>
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      SkipDestinationValidation,
      NotificationConfiguration: {
        QueueConfigurations: arns.map((QueueArn, index) => ({
          Id: `id${index + 123}`,
          QueueArn,
          Events: [index === 0 ? 's3:ObjectCreated:*' : 's3:ObjectRemoved:*'],
        })),
      },
    })
  const missing = `arn:aws:sqs:us-east-1:${account}:my-queue`
  await it.match('invalid_not_skip', put(['invalid-queue']))
  await it.match('invalid_skip', put(['invalid-queue'], true))
  // The ARNs are of another account; of a queue that is not there SQS tells services that they may not write.
  const own = ['ArgumentName1', 'ArgumentName2', 'ArgumentValue1', 'ArgumentValue2'].map(
    (name) => `Error.${name}`,
  )
  await it.match('queue-does-not-exist', put([missing]), own)
  await it.run(put([missing], true))
  await it.match(
    'skip_destination_validation',
    new GetBucketNotificationConfigurationCommand({ Bucket }),
    ['QueueConfigurations[0].QueueArn'], // As above.
  )
  const many = replay(file, `${group}::test_multiple_invalid_sqs_arns`)
  await many.bucket(Bucket)
  await many.match('two-queue-arns-invalid', put(['invalid_arn', 'invalid_arn_2']))
  await many.match('one-queue-invalid-one-not-existent', put([missing, 'invalid_arn_2']))
  await many.match('multiple-queues-do-not-exist', put([missing, `${missing}-2`]), own)
})

recorded('versions', async () => {
  const it = replay(file, `${group}::test_object_created_put_versioned`)
  const { Bucket, queue } = await notified(it, ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'])
  const at = { Bucket, Key: 'test-key' }
  const versioned = (Status: 'Enabled' | 'Suspended') =>
    it.run(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
  await versioned('Enabled')
  const first = await it.match('obj-ver1', new PutObjectCommand({ ...at, Body: 'data' }))
  await it.match('obj-ver2', new PutObjectCommand({ ...at, Body: 'data-version2' }))
  await it.match('delete-marker', new DeleteObjectCommand(at))
  await it.match(
    'delete-version',
    new DeleteObjectCommand({ ...at, VersionId: String(first['VersionId']) }),
  )
  const sorted = (messages: Recorded[]) =>
    messages.toSorted((a, b) => orderOf(a).localeCompare(orderOf(b)))
  const active = await queue.received()
  // The recording sorts them by what happened and by tag.
  it.matchValue('message-versioning-active', sorted(active))
  await versioned('Suspended')
  await it.match('add-null-version', new PutObjectCommand({ ...at, Body: 'data-version3' }))
})

function orderOf({ eventName, s3 }: Recorded): string {
  const { object } = s3 as { object: { eTag?: string } }
  return `${eventName as string}${object.eTag ?? ''}`
}

recorded('topics and functions that are none', async () => {
  const topics = replay(
    's3/test_s3_notifications_sns',
    'TestS3NotificationsToSns::test_invalid_topic_arn',
  )
  const Bucket = await topics.bucket()
  const topic = (TopicArn: string, SkipDestinationValidation: boolean) =>
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      SkipDestinationValidation,
      NotificationConfiguration: {
        TopicConfigurations: [{ Id: 'id123', TopicArn, Events: ['s3:ObjectCreated:*'] }],
      },
    })
  await topics.match('invalid_not_skip', topic('invalid-topic', false))
  await topics.match('invalid_skip', topic('invalid-topic', true))
  await topics.run(topic(`arn:aws:sns:us-east-1:${account}:my-topic`, true))
  await topics.match(
    'skip_destination_validation',
    new GetBucketNotificationConfigurationCommand({ Bucket }),
    ['TopicConfigurations[0].TopicArn'], // Of another account.
  )
  const functions = replay(
    's3/test_s3_notifications_lambda',
    'TestS3NotificationsToLambda::test_invalid_lambda_arn',
    { accountId: recordedAccount },
  )
  await functions.bucket(Bucket)
  for (const skip of [false, true]) {
    await functions.match(
      skip ? 'invalid_skip' : 'invalid_not_skip',
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        SkipDestinationValidation: skip,
        NotificationConfiguration: {
          LambdaFunctionConfigurations: [
            { Id: 'id123', LambdaFunctionArn: 'invalid-queue', Events: ['s3:ObjectCreated:*'] },
          ],
        },
      }),
    )
  }
  const missing = (SkipDestinationValidation: boolean) =>
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      SkipDestinationValidation,
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [
          {
            Id: 'id123',
            LambdaFunctionArn: `arn:aws:lambda:us-east-1:${recordedAccount}:function:my-lambda`,
            Events: ['s3:ObjectCreated:*'],
          },
        ],
      },
    })
  await functions.match('lambda-does-not-exist', missing(false))
  await functions.run(missing(true))
  await functions.match(
    'skip_destination_validation',
    new GetBucketNotificationConfigurationCommand({ Bucket }),
  )
  const rules = replay(
    's3/test_s3_api',
    'TestS3BucketNotificationConfiguration::test_bucket_notification_with_invalid_filter_rules',
  )
  await rules.bucket(Bucket)
  await rules.match(
    'invalid_filter_name',
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            QueueArn: `arn:aws:sqs:us-east-1:${account}:my-queue`,
            Events: ['s3:ObjectCreated:*'],
            Filter: copied({
              Key: { FilterRules: [{ Name: 'INVALID', Value: 'does not matter' }] },
            }),
          },
        ],
      },
    }),
  )
})
