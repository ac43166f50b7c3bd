import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { recordedRun } from './recorded-runs.test-support.ts'

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/111111111111/recorded-queue'

test
  .skipIf(!recordingsPresent)
  .each(['test_send_message_unsupported_parameters', 'test_send_message_attributes'])(
  'sqs:sendMessage: %s',
  async (name) => {
    const it = recordedRun('services/test_sqs_task_service', name, { '<sqs_queue_url>': queueUrl })
    await client(it.cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'recorded-queue' }))
    await it.expectHistory(await it.start())
  },
)

test.skipIf(!recordingsPresent)('a queue by its bare name has no host', async () => {
  const it = recordedRun(
    'error_handling/test_task_service_sqs',
    'test_send_message_no_such_queue_no_catch',
    { '<no_such_sqs_queue_url>': 'no-such-queue-fa484d45' },
  )
  await it.expectHistory(await it.start())
})

const topics = ['[HelloWorld]', '[1]', '[True]', '[]'].map((it) => `test_publish_base${it}`)

test
  .skipIf(!recordingsPresent)
  .each([
    ...topics,
    'test_publish_message_attributes',
    'test_publish_message_attributes[HelloWorld]',
  ])('sns:publish: %s', async (name) => {
  const it = recordedRun('services/test_sns_task_service', `TestTaskServiceSns::${name}`, {
    '<resource:1>': 'topic',
  })
  await client(it.cloud, SNSClient).send(new CreateTopicCommand({ Name: 'topic' }))
  await it.expectHistory(await it.start())
})

test.skipIf(!recordingsPresent)('sns:publish to a topic that is not there', async () => {
  const it = recordedRun('services/test_sns_task_service', 'test_publish_base_error_topic_arn', {
    '<resource:1>': 'topic',
  })
  await it.expectHistory(await it.start())
})

test.skipIf(!recordingsPresent)('sns:publish to a FIFO topic', async () => {
  const name = 'test_fifo_message_attribute[input_params1-False]'
  const it = recordedRun('services/test_sns_task_service', name, { '<resource:1>': 'topic.fifo' })
  const Attributes = { FifoTopic: 'true' }
  await client(it.cloud, SNSClient).send(new CreateTopicCommand({ Name: 'topic.fifo', Attributes }))
  await it.expectHistory(await it.start())
})

test
  .skipIf(!recordingsPresent)
  .each([
    'test_put_events_base',
    'test_put_events_malformed_detail',
    'test_put_events_mixed_malformed_detail',
  ])('events:putEvents: %s', async (name) => {
  const it = recordedRun('services/test_events_task_service', name, {
    '<detail-type>': 'detail-type',
    '<sqs_queue_url>': queueUrl,
  })
  await it.expectHistory(await it.start())
})
