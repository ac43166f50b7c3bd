import { CreateEventSourceMappingCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { describe, test } from 'vitest'
import { asRecorded, type Recorded, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { functionInput, recordedAccount, replay } from '../recorded.test-support.ts'

const file = 'lambda_/event_source_mapping/test_lambda_integration_sqs'

interface Event {
  readonly Records: {
    readonly messageId: string
    readonly body: string
    readonly attributes: Record<string, string>
  }[]
}

/** What the recorded function does with an event, beside telling of it. */
type Behaviour = (event: Event) => unknown

/** A queue with a dead-letter queue, and a function that tells each event and result, as the recorded one does. */
async function withQueues(name: string, behaviour: Behaviour, attributes = {}, receives = 2) {
  const told: unknown[] = []
  const it = replay(file, name, {
    'handler.handler': (event: Event) => {
      const seen = hidden(event)
      try {
        const result = behaviour(event)
        told.push(result === undefined ? { error: null, event: seen } : { event: seen, result })
        return result
      } catch (error) {
        told.push({ error: (error as Error).message, event: seen })
        throw error
      }
    },
  })
  const sqs = client(it.cloud, SQSClient)
  const suffix = 'FifoQueue' in attributes ? '.fifo' : ''
  const queue = async (QueueName: string, more: Partial<Record<QueueAttributeName, string>>) =>
    (await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { ...attributes, ...more } })))
      .QueueUrl
  const arn = (name: string) => `arn:aws:sqs:us-east-1:${recordedAccount}:${name}${suffix}`
  const dead = await queue(`dead${suffix}`, {})
  const source = await queue(`source${suffix}`, {
    VisibilityTimeout: '30',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: receives }),
  })
  await it.lambda.send(new CreateFunctionCommand(await functionInput('fn')))
  await it.cloud.advance({ seconds: 1 })
  return {
    ...it,
    told,
    sqs,
    source,
    map: (more: object = {}) =>
      it.lambda.send(
        new CreateEventSourceMappingCommand({
          EventSourceArn: arn('source'),
          FunctionName: 'fn',
          MaximumBatchingWindowInSeconds: 0,
          ...more,
        }),
      ),
    deadMessages: () =>
      asRecorded(sqs.send(new ReceiveMessageCommand({ QueueUrl: dead, MaxNumberOfMessages: 10 }))),
    /** Compares what the function told with the messages in which the recorded one told it. */
    expectTold: (step: string, index: number) => {
      const { Messages } = it.recorded[step] as { Messages: { Body: unknown }[] }
      it.recorded[step] = Messages[0]?.Body
      it.expectValue(step, told[index])
    },
  }
}

/** What the recorded test hides of each event, in its own words. */
function hidden({ Records }: Event): object {
  return {
    Records: Records.map((record) => ({
      ...record,
      attributes: {
        ...record.attributes,
        SenderId: 'sender-id',
        SentTimestamp: 'sent-timestamp',
        ApproximateFirstReceiveTimestamp: 'some moment',
      },
    })),
  }
}

const attempts = ({ body }: { body: string }) =>
  (JSON.parse(body) as { fail_attempts: number }).fail_attempts

describe.skipIf(!recordingsPresent)('batches of messages as recorded', () => {
  test('a function that fails gets the message again after its visibility timeout', async () => {
    const it = await withQueues('test_failing_lambda_retries_after_visibility_timeout', (event) => {
      const [record] = event.Records
      if (record?.attributes['ApproximateReceiveCount'] === '1') throw new Error('failed attempt')
      return undefined
    })
    await it.map({ BatchSize: 1 })
    await it.cloud.advance({ seconds: 1 })
    const MessageBody = '{"destination": "the-queue", "fail_attempts": 1}'
    await it.sqs.send(new SendMessageCommand({ QueueUrl: it.source, MessageBody }))
    await it.cloud.advance({ minutes: 2 })
    it.expectTold('first_attempt', 0)
    it.expectTold('second_attempt', 1)
  })

  test('a message with attributes', async () => {
    const name = 'test_message_body_and_attributes_passed_correctly'
    const it = await withQueues(name, () => undefined)
    await it.map({ BatchSize: 1 })
    await it.cloud.advance({ seconds: 1 })
    await it.sqs.send(
      new SendMessageCommand({
        QueueUrl: it.source,
        MessageBody: '{"destination": "the-queue", "fail_attempts": 0}',
        MessageAttributes: {
          Title: { DataType: 'String', StringValue: 'The Whistler' },
          Author: { DataType: 'String', StringValue: 'John Grisham' },
          WeeksOn: { DataType: 'Number', StringValue: '6' },
        },
      }),
    )
    await it.cloud.advance({ seconds: 5 })
    it.expectTold('first_attempt', 0)
  })

  test('failures of single messages of a group', async () => {
    const it = await withQueues(
      'test_report_batch_item_failures',
      ({ Records }) => ({
        batchItemFailures: Records.filter(
          (record) => attempts(record) >= Number(record.attributes['ApproximateReceiveCount']),
        ).map(({ messageId }) => ({ itemIdentifier: messageId })),
      }),
      { FifoQueue: 'true' },
    )
    const Entries = [0, 1, 1, 2].map((fail_attempts, i) => ({
      Id: `message-${i + 1}`,
      MessageBody: `{"message": ${i + 1}, "fail_attempts": ${fail_attempts}}`,
      MessageGroupId: '1',
      MessageDeduplicationId: `dedup-${i + 1}`,
    }))
    const batch = new SendMessageBatchCommand({ QueueUrl: it.source, Entries })
    await it.expect('send_message_batch', it.sqs.send(batch))
    const made = it.map({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] })
    await it.expect('create_event_source_mapping', made)
    await it.cloud.advance({ minutes: 3 })
    it.expectTold('first_invocation', 0)
    it.expectTold('second_invocation', 1)
    it.expectValue('dlq_response', await it.deadMessages())
  })

  test('a result that is not valid fails the batch', async () => {
    const name = 'test_report_batch_item_failures_invalid_result_json_batch_fails'
    const it = await withQueues(name, () => ({ batchItemFailures: [{ foo: 'notvalid' }] }))
    await it.map({ FunctionResponseTypes: ['ReportBatchItemFailures'] })
    await it.cloud.advance({ seconds: 1 })
    const MessageBody = '{"message": 1, "fail_attempts": 0}'
    await it.sqs.send(new SendMessageCommand({ QueueUrl: it.source, MessageBody }))
    await it.cloud.advance({ minutes: 3 })
    it.expectTold('first_invocation', 0)
    it.expectTold('second_invocation', 1)
    it.expectValue('dlq_response', await it.deadMessages())
  })

  test('a function that ends in an error fails the whole batch', async () => {
    const name = 'test_report_batch_item_failures_on_lambda_error'
    const it = await withQueues(name, ({ Records }) => ({
      batchItemFailures: Records.filter((record) => attempts(record) > 0),
    }))
    await it.map({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 1,
    })
    await it.cloud.advance({ seconds: 1 })
    const Entries = ['{not a json body', '{"message": 2, "fail_attempts": 0}'].map((body, i) => ({
      Id: `${i}`,
      MessageBody: body,
    }))
    await it.sqs.send(new SendMessageBatchCommand({ QueueUrl: it.source, Entries }))
    await it.cloud.advance({ minutes: 5 })
    const { Messages } = (await it.deadMessages()) as { Messages: Recorded[] }
    const sorted = Messages.toSorted((a, b) => (String(a['Body']) > String(b['Body']) ? -1 : 1))
    it.expectValue('dlq_messages', sorted)
  })
})
