import {
  AddPermissionCommand,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  type QueueAttributeName,
  RemovePermissionCommand,
  SetQueueAttributesCommand,
  type SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs'
import { expect } from 'vitest'
import {
  recorded,
  recordedAccount,
  replaying,
  type Variant,
} from './recorded-queues.test-support.ts'

const both: readonly Variant[] = ['sqs', 'sqs_query']
const provider = 'TestSqsProvider::'

const attributes = (sqs: SQSClient, QueueUrl: string, ...names: QueueAttributeName[]) =>
  sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: names.length === 0 ? ['All'] : names,
    }),
  )
const setAttributes = (sqs: SQSClient, QueueUrl: string, Attributes: Record<string, string>) =>
  sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
const create = (sqs: SQSClient, QueueName: string, Attributes: Record<string, string>) =>
  sqs.send(new CreateQueueCommand({ QueueName, Attributes }))

for (const variant of both) {
  // Queues are created in JSON in both variants: the query code is that of JSON errors.
  recorded(`a name is not given twice with different attributes: ${variant}`, async () => {
    const name = `${provider}test_create_queue_with_different_attributes_raises_exception[${variant}]`
    const { sqs, answers, newQueue } = replaying(name)
    const given = (DelaySeconds: string) =>
      create(sqs, 'a-queue', { ReceiveMessageWaitTimeSeconds: '1', DelaySeconds })
    const { QueueUrl = '' } = await given('1')
    expect(await newQueue()).toBe(QueueUrl)
    expect(await newQueue({ DelaySeconds: '1' })).toBe(QueueUrl)
    await answers('create_queue_01', given('2'))
    await setAttributes(sqs, QueueUrl, { DelaySeconds: '2' })
    expect((await given('2')).QueueUrl).toBe(QueueUrl)
    await answers('create_queue_02', given('1'))
  })

  recorded(`a queue may be purged once a minute: ${variant}`, async () => {
    const name = `${provider}test_successive_purge_calls_fail[${variant}]`
    const { sqs, answers, newQueue, bindings } = replaying(name, variant)
    const QueueUrl = await newQueue()
    bindings.set('<queue-name>', 'a-queue')
    await sqs.send(new PurgeQueueCommand({ QueueUrl }))
    await answers('purge_queue_error', sqs.send(new PurgeQueueCommand({ QueueUrl })))
  })

  recorded(`a key and its period belong together: ${variant}`, async () => {
    const name = `${provider}test_set_queue_attributes_default_values[${variant}]`
    const { sqs, answers, newQueue } = replaying(name, variant)
    const QueueUrl = await newQueue()
    await answers('get-queue-attributes-initial-values', attributes(sqs, QueueUrl))
    const KmsDataKeyReusePeriodSeconds = '6000'
    await setAttributes(sqs, QueueUrl, {
      KmsMasterKeyId: 'testKeyId',
      KmsDataKeyReusePeriodSeconds,
    })
    await answers('get-queue-attributes-after-update', attributes(sqs, QueueUrl))
    const off = { KmsMasterKeyId: '', KmsDataKeyReusePeriodSeconds: '300' }
    await setAttributes(sqs, QueueUrl, off)
    await answers('get-queue-attributes-after-set-to-defaults', attributes(sqs, QueueUrl))
  })

  recorded(`a queue has one kind of encryption: ${variant}`, async () => {
    const { sqs, answers, newQueue } = replaying(
      `${provider}test_sse_queue_attributes[${variant}]`,
      variant,
    )
    const shown: QueueAttributeName[] = [
      'KmsMasterKeyId',
      'KmsDataKeyReusePeriodSeconds',
      'SqsManagedSseEnabled',
    ]
    const first = await newQueue({}, 'first')
    await setAttributes(sqs, first, {
      KmsMasterKeyId: 'testKeyId',
      KmsDataKeyReusePeriodSeconds: '6000',
      SqsManagedSseEnabled: 'false',
    })
    await answers('sse_kms_attributes', attributes(sqs, first, ...shown))
    const second = await newQueue({}, 'second')
    await setAttributes(sqs, second, { SqsManagedSseEnabled: 'true' })
    await answers('sse_sqs_attributes', attributes(sqs, second, ...shown))
  })

  recorded(`permissions are statements of the policy: ${variant}`, async () => {
    await permissionLifecycle(variant)
  })

  recorded(`content-based deduplication can be turned off: ${variant}`, async () => {
    const name = `${provider}test_fifo_set_content_based_deduplication_strategy[${variant}]`
    const { sqs, answers, newQueue } = replaying(name, variant)
    const QueueUrl = await newQueue({
      FifoQueue: 'true',
      SqsManagedSseEnabled: 'true',
      ContentBasedDeduplication: 'true',
    })
    await answers('before-update', attributes(sqs, QueueUrl))
    await setAttributes(sqs, QueueUrl, { ContentBasedDeduplication: 'false' })
    await answers('after-update', attributes(sqs, QueueUrl))
  })

  recorded(`a standard queue has no FIFO attribute: ${variant}`, async () => {
    const name = `${provider}test_set_unsupported_attribute_standard[${variant}]`
    const { sqs, answers, newQueue } = replaying(name, variant)
    const QueueUrl = await newQueue()
    await answers('invalid-attr-name-1', setAttributes(sqs, QueueUrl, { FifoQueue: 'true' }))
    await answers('invalid-attr-name-2', setAttributes(sqs, QueueUrl, { FifoQueue: 'false' }))
  })
}

async function permissionLifecycle(variant: Variant) {
  const name = `${provider}test_sqs_permission_lifecycle[${variant}]`
  const { sqs, answers, newQueue } = replaying(name, variant)
  const QueueUrl = await newQueue()
  const add = (Label: string, ...AWSAccountIds: string[]) =>
    sqs.send(
      new AddPermissionCommand({ QueueUrl, AWSAccountIds, Actions: ['ReceiveMessage'], Label }),
    )
  const remove = (Label: string) => sqs.send(new RemovePermissionCommand({ QueueUrl, Label }))
  const policy = () => attributes(sqs, QueueUrl, 'Policy')
  const first = 'crossaccountpermission'
  const second = 'crossaccountpermission2'
  // Those who recorded put the other account first, since AWS keeps no order.
  await answers('add-permission-response', add(first, '668614515564', recordedAccount))
  await answers('get-queue-policy-attribute', policy())
  await answers('remove-permission-response', remove(first))
  await answers('get-queue-policy-attribute-after-removal', policy())
  await add(first, recordedAccount)
  await answers('get-queue-policy-attribute-first-account-same-label', policy())
  await answers('get-queue-policy-attribute-second-account-same-label', add(first, '668614515564'))
  await add(second, recordedAccount)
  await answers('get-queue-policy-attribute-second-account-different-label', policy())
  await remove(first)
  await answers('get-queue-policy-attribute-delete-first-permission', policy())
  await remove(second)
  await answers('get-queue-policy-attribute-delete-second-permission', policy())
  await answers('get-queue-policy-attribute-delete-non-existent-label', remove(second))
}

recorded('a FIFO queue is not taken for one of other attributes', async () => {
  const name = 'test_create_fifo_queue_with_different_attributes_raises_error[sqs_query]'
  const { sqs, answers } = replaying(provider + name)
  const given = (ContentBasedDeduplication: string) =>
    create(sqs, 'a-queue.fifo', { FifoQueue: 'true', ContentBasedDeduplication })
  await given('true')
  await answers('queue-already-exists', given('false'))
})

recorded('a standard queue is not created with attributes of a FIFO queue', async () => {
  const name = 'test_create_standard_queue_with_fifo_attribute_raises_error[sqs_query]'
  const { sqs, answers } = replaying(provider + name)
  await answers('invalid-attribute-fifo-queue', create(sqs, 'q', { FifoQueue: 'false' }))
  await answers(
    'invalid-attribute-content-based-deduplication',
    create(sqs, 'q', { ContentBasedDeduplication: 'false' }),
  )
  await answers(
    'invalid-attribute-deduplication-scope',
    create(sqs, 'q', { DeduplicationScope: 'queue' }),
  )
  await answers(
    'invalid-attribute-throughput-limit',
    create(sqs, 'q', { FifoThroughputLimit: 'perQueue' }),
  )
})

recorded('a FIFO queue stays one', async () => {
  const name = 'test_set_unsupported_attribute_fifo[sqs_query]'
  const { sqs, answers, newQueue } = replaying(provider + name, 'sqs_query')
  const standard = await newQueue()
  await answers('invalid-attr-name-1', setAttributes(sqs, standard, { FifoQueue: 'true' }))
  const fifo = await newQueue({ FifoQueue: 'true' })
  await setAttributes(sqs, fifo, { FifoQueue: 'true' })
  await answers('invalid-attr-name-2', setAttributes(sqs, fifo, { FifoQueue: 'false' }))
})

recorded('a queue can have a key of KMS or one of SQS, not both', async () => {
  const name = 'test_sse_kms_and_sqs_are_mutually_exclusive[sqs_query]'
  const { sqs, newQueue, holds } = replaying(provider + name, 'sqs_query')
  const QueueUrl = await newQueue()
  const both = { KmsMasterKeyId: 'testKeyId', SqsManagedSseEnabled: 'true' }
  const error = await setAttributes(sqs, QueueUrl, both).catch((thrown: Error) => thrown)
  const { name: code, message } = error as Error
  // The recording keeps what boto prints.
  holds(
    'error',
    `An error occurred (${code}) when calling the SetQueueAttributes operation: ${message}`,
  )
})

recorded('attributes are those of the creation until they are set', async () => {
  const { sqs, answers, newQueue } = replaying(
    `${provider}test_create_and_update_queue_attributes[sqs_query]`,
    'sqs_query',
  )
  const QueueUrl = await newQueue({
    MessageRetentionPeriod: '604800',
    ReceiveMessageWaitTimeSeconds: '10',
    VisibilityTimeout: '20',
  })
  await answers('get_queue_attributes', attributes(sqs, QueueUrl))
  const changed = { MaximumMessageSize: '2048', VisibilityTimeout: '69', DelaySeconds: '420' }
  await setAttributes(sqs, QueueUrl, changed)
  await answers('get_updated_queue_attributes', attributes(sqs, QueueUrl))
})

recorded('tags come and go', async () => {
  const name = `${provider}test_tag_untag_queue[sqs_query]`
  const { sqs, answers, newQueue } = replaying(name, 'sqs_query')
  const QueueUrl = await newQueue()
  const list = () => sqs.send(new ListQueueTagsCommand({ QueueUrl }))
  const Tags = { tag1: 'value1', tag2: 'value2', tag3: '' }
  await sqs.send(new TagQueueCommand({ QueueUrl, Tags }))
  await answers('get-tag-1', list())
  await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['tag1', 'tag3'] }))
  await answers('get-tag-2', list())
  await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['tag2'] }))
  await answers('get-tag-after-untag', list())
})

recorded('an empty redrive policy is none', async () => {
  // The recording is empty: those who recorded compared the attributes themselves.
  const name = `${provider}test_set_empty_redrive_policy[sqs_query]`
  const { sqs, newQueue } = replaying(name, 'sqs_query')
  const QueueUrl = await newQueue()
  await newQueue({}, 'dead-letters')
  const deadLetterTargetArn = `arn:aws:sqs:us-east-1:${recordedAccount}:dead-letters`
  await setAttributes(sqs, QueueUrl, { RedrivePolicy: '' })
  expect((await attributes(sqs, QueueUrl, 'RedrivePolicy')).Attributes).toBeUndefined()
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: '42' })
  await setAttributes(sqs, QueueUrl, { RedrivePolicy })
  expect((await attributes(sqs, QueueUrl, 'RedrivePolicy')).Attributes).toEqual({
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 42 }),
  })
  await setAttributes(sqs, QueueUrl, { RedrivePolicy: '' })
  expect((await attributes(sqs, QueueUrl, 'RedrivePolicy')).Attributes).toBeUndefined()
})
