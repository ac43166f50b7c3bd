import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import { recordingsPresent } from '../../../shared/recorded.test-support.ts'
import type { TestHandler } from '../../functions.test-support.ts'
import { functionInput, recordedAccount, replay } from '../../recorded.test-support.ts'

const file = 'lambda_/event_source_mapping/test_lambda_integration_dynamodbstreams'
const prefix = 'TestDynamoDBEventSourceMapping::'
const queueArn = `arn:aws:sqs:us-east-1:${recordedAccount}:failed`

async function withStream(
  name: string,
  {
    handler = () => undefined,
    keyName = 'my_partition_key',
    view = 'NEW_IMAGE',
    of = file,
  }: { handler?: TestHandler; keyName?: string; view?: string; of?: string } = {},
) {
  const it = replay(of, name, { 'handler.handler': handler }, [
    'logs:*',
    'dynamodb:*',
    'sqs:*',
    'sns:*',
  ])
  const dynamodb = client(it.cloud, DynamoDBClient)
  const sqs = client(it.cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'failed' }))
  await it.lambda.send(new CreateFunctionCommand(await functionInput('fn')))
  const create = new CreateTableCommand({
    TableName: 'table',
    KeySchema: [{ AttributeName: keyName, KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: keyName, AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: view as 'NEW_IMAGE' },
  })
  const { TableDescription } = await dynamodb.send(create)
  await it.cloud.advance({ seconds: 10 })
  const EventSourceArn = TableDescription?.LatestStreamArn ?? ''
  return {
    ...it,
    dynamodb,
    sqs,
    QueueUrl,
    EventSourceArn,
    map: (more: object = {}) =>
      it.lambda.send(
        new CreateEventSourceMappingCommand({
          EventSourceArn,
          FunctionName: 'fn',
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 1,
          MaximumBatchingWindowInSeconds: 1,
          MaximumRetryAttempts: 1,
          ...more,
        }),
      ),
    put: (Item: object) =>
      dynamodb.send(new PutItemCommand({ TableName: 'table', Item: Item as never })),
    failed: () =>
      sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: [] })),
  }
}

/** What the recorded test hides of each event, in its own words. */
function hidden(event: unknown): unknown {
  const { Records } = event as { Records: { dynamodb: object }[] }
  return {
    Records: Records.map((record) => ({
      ...record,
      dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: 'some-moment' },
    })),
  }
}

/** The recorded test replaces the number; a placeholder stands for what differs from record to record. */
function recordedEvents(events: unknown): unknown {
  return JSON.parse(
    JSON.stringify(events).replaceAll('<approximate-creation-datetime>', 'some-moment'),
  )
}

const binaryItem = {
  my_partition_key: { S: 'hello world' },
  binary_key: { B: Buffer.from('foobar') },
}

describe.skipIf(!recordingsPresent)('mappings of DynamoDB streams as recorded', () => {
  test('a mapping, and the event of a put', async () => {
    const events: unknown[] = []
    const name = `${prefix}test_dynamodb_event_source_mapping`
    const world = await withStream(name, { handler: (event) => void events.push(event) })
    await world.expect('create_event_source_mapping_response', world.map())
    await world.cloud.advance({ seconds: 2 })
    await world.put(binaryItem)
    await world.cloud.advance({ seconds: 2 })
    world.recorded['event_logs'] = recordedEvents(world.recorded['event_logs'])
    world.expectValue('event_logs', events.map(hidden))
  })

  test('a mapping that is disabled', async () => {
    const name = `${prefix}test_disabled_dynamodb_event_source_mapping`
    const world = await withStream(name, { keyName: 'id', view: 'NEW_AND_OLD_IMAGES' })
    const options = { BatchSize: undefined, MaximumRetryAttempts: undefined }
    const created = await world.expect('create_event_source_mapping_result', world.map(options))
    await world.cloud.advance({ seconds: 2 })
    await world.put({ id: { S: 'a' } })
    await world.cloud.advance({ seconds: 2 })
    const UUID = String(created['UUID'])
    await world.expect(
      'update_event_source_mapping_result',
      world.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false })),
    )
  })

  test('a second mapping of the same pair', async () => {
    const name = `${prefix}test_duplicate_event_source_mappings`
    const world = await withStream(name)
    const options = { BatchSize: undefined }
    await world.expect('create', world.map(options))
    await world.expect('error', world.map(options))
  })

  test('a filter that is none', async () => {
    const name = `${prefix}test_dynamodb_invalid_event_filter[single-string]`
    const world = await withStream(name)
    await world.expect(
      'exception_event_source_creation',
      world.map({ FilterCriteria: { Filters: [{ Pattern: 'single-string' }] } }),
    )
  })

  const id = { S: 'id_value' }
  for (const [of, first, second] of [
    ['insert_same_entry_twice', { id, id2: { S: 'id2_value' } }, { id, id2: { S: 'id2_value' } }],
    ['content_or_filter', { id }, { id, id2: { S: 'id2_new_value' } }],
    ['content_multiple_filters', { id }, { id, id2: { S: 'id2_new_value' } }],
    [
      'content_filter_type',
      { id: { S: 'id_value_1' }, presentKey: { S: 'presentValue' } },
      { id: { S: 'id_value_2' } },
    ],
    [
      'exists_false_filter',
      { id: { S: 'id_value_1' } },
      { id: { S: 'id_value_2' }, presentKey: { S: 'presentValue' } },
    ],
  ] as const) {
    test(`a filter: ${of}`, async () => {
      const events: unknown[] = []
      const name = `${prefix}test_dynamodb_event_filter[${of}]`
      const world = await withStream(name, {
        handler: (event) => void events.push(event),
        keyName: 'id',
        view: 'NEW_AND_OLD_IMAGES',
      })
      const response = world.recorded['create_event_source_mapping_response'] as {
        FilterCriteria: { Filters: { Pattern: object }[] }
      }
      const Filters = response.FilterCriteria.Filters.map(({ Pattern }) => ({
        Pattern: JSON.stringify(Pattern),
      }))
      await world.expect(
        'create_event_source_mapping_response',
        world.map({ FilterCriteria: { Filters } }),
      )
      await world.cloud.advance({ seconds: 2 })
      for (const [item, log] of [
        [first, 'lambda-log-events'],
        [second, 'lambda-multiple-log-events'],
      ] as const) {
        await world.put(item)
        await world.cloud.advance({ seconds: 3 })
        world.recorded[log] = recordedEvents(world.recorded[log])
        world.expectValue(log, events.map(hidden))
      }
    })
  }

  for (const [of, handler] of [
    ['empty_string_item_identifier_failure', () => failures([{ itemIdentifier: '' }])],
    ['null_item_identifier_failure', () => failures([{ itemIdentifier: null }])],
    ['invalid_key_foo_null_value_failure', () => failures([{ foo: null }])],
    ['item_identifier_not_present_failure', () => failures([{ itemIdentifier: 'unknown' }])],
    ['unhandled_exception_in_function', () => fail()],
  ] as const) {
    test(`a report that fails all: ${of}`, async () => {
      const events: unknown[] = []
      const name = `${prefix}test_dynamodb_report_batch_item_failure_scenarios[${of}]`
      const world = await withStream(name, {
        handler: (event: unknown) => {
          events.push(event)
          return handler()
        },
      })
      await world.map({
        MaximumRetryAttempts: 3,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        DestinationConfig: { OnFailure: { Destination: queueArn } },
      })
      await world.cloud.advance({ seconds: 2 })
      await world.put(binaryItem)
      await world.cloud.advance({ minutes: 1 })
      await world.expect('destination_queue_messages', world.failed())
      world.recorded['dynamodb_events'] = recordedEvents(world.recorded['dynamodb_events'])
      world.expectValue('dynamodb_events', events.map(hidden))
    })
  }

  for (const [of, answer] of [
    ['empty_dict_success', {}],
    ['null_batch_item_failure_success', { batchItemFailures: null }],
  ] as const) {
    test(`a report of success: ${of}`, async () => {
      const events: unknown[] = []
      const name = `${prefix}test_dynamodb_report_batch_item_success_scenarios[${of}]`
      const world = await withStream(name, {
        handler: (event: unknown) => {
          events.push(event)
          return answer
        },
      })
      await world.map({ FunctionResponseTypes: ['ReportBatchItemFailures'] })
      await world.cloud.advance({ seconds: 2 })
      await world.put(binaryItem)
      await world.cloud.advance({ minutes: 5 })
      world.recorded['dynamodb_events'] = recordedEvents(world.recorded['dynamodb_events'])
      world.expectValue('dynamodb_events', events.map(hidden))
    })
  }

  test('a topic is told of what is given up', async () => {
    const name = `${prefix}test_dynamodb_event_source_mapping_with_sns_on_failure_destination_config`
    const world = await withStream(name, { handler: () => fail() })
    const sns = client(world.cloud, SNSClient)
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'topic' }))
    const Statement = [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
      },
    ]
    await world.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: world.QueueUrl,
        Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
      }),
    )
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn }))
    const DestinationConfig = { OnFailure: { Destination: TopicArn } }
    await world.expect('create_event_source_mapping_response', world.map({ DestinationConfig }))
    await world.cloud.advance({ seconds: 2 })
    await world.put(binaryItem)
    await world.cloud.advance({ minutes: 1 })
    const { Messages = [] } = await world.failed()
    const told = JSON.parse(Messages[0]?.Body ?? '{}') as { Message: string }
    world.expectValue('failure_sns_message', { ...told, Message: JSON.parse(told.Message) })
  })
})

function failures(batchItemFailures: readonly object[]): object {
  return { batchItemFailures }
}

function fail(): never {
  throw new Error('Unhandled')
}

describe.skipIf(!recordingsPresent)('the API of mappings of streams as recorded', () => {
  const of = 'lambda_/test_lambda_api'

  test('starting positions', async () => {
    const name = 'TestLambdaEventSourceMappings::test_create_event_source_validation'
    const world = await withStream(name, { of })
    const at = (StartingPosition: string | undefined) => world.map({ StartingPosition })
    await world.expect('no_starting_position', at(undefined))
    await world.expect('invalid_starting_position', at('invalid'))
    await world.expect('incompatible_starting_position', at('AT_TIMESTAMP'))
  })

  test('empty filters', async () => {
    const name = 'TestLambdaEventSourceMappings::test_create_event_filter_criteria_validation'
    const world = await withStream(name, { of })
    const options = {
      BatchSize: undefined,
      MaximumBatchingWindowInSeconds: undefined,
      MaximumRetryAttempts: undefined,
      StartingPosition: 'LATEST',
      FilterCriteria: { Filters: [] },
    }
    await world.expect('response-with-empty-filters', world.map(options))
  })

  test('from its making to its end', async () => {
    const name = 'TestLambdaEventSourceMappings::test_event_source_mapping_lifecycle'
    const world = await withStream(name, { of })
    const DestinationConfig = { OnFailure: { Destination: queueArn } }
    const created = await world.expect('create_response', world.map({ DestinationConfig }))
    const UUID = String(created['UUID'])
    await world.cloud.advance({ seconds: 2 })
    const get = () => world.lambda.send(new GetEventSourceMappingCommand({ UUID }))
    await world.expect('get_response', get())
    await world.expect(
      'delete_response',
      world.lambda.send(new DeleteEventSourceMappingCommand({ UUID })),
    )
    await world.cloud.advance({ seconds: 2 })
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('a mapping outlives its function', async () => {
    const name =
      'TestLambdaEventSourceMappings::test_event_source_mapping_lifecycle_delete_function'
    const world = await withStream(name, { of })
    const DestinationConfig = { OnFailure: { Destination: queueArn } }
    const created = await world.expect('create_response', world.map({ DestinationConfig }))
    const UUID = String(created['UUID'])
    await world.cloud.advance({ seconds: 2 })
    const get = () => world.lambda.send(new GetEventSourceMappingCommand({ UUID }))
    await world.expect('get_response', get())
    await world.lambda.send(new DeleteFunctionCommand({ FunctionName: 'fn' }))
    await world.expect('get_response_post_delete', get())
    await world.expect(
      'delete_response',
      world.lambda.send(new DeleteEventSourceMappingCommand({ UUID })),
    )
  })
})
