import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListTagsCommand,
  PublishVersionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import type { TestHandler } from '../functions.test-support.ts'
import { functionInput, recordedAccount, replay } from '../recorded.test-support.ts'

const file = 'lambda_/event_source_mapping/test_lambda_integration_sqs'
const EventSourceArn = `arn:aws:sqs:us-east-1:${recordedAccount}:source`

async function withQueue(name: string, handler: TestHandler = () => undefined, of = file) {
  const it = replay(of, name, { 'handler.handler': handler })
  const sqs = client(it.cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'source' }))
  await it.lambda.send(new CreateFunctionCommand(await functionInput('fn')))
  await it.cloud.advance({ seconds: 1 })
  return {
    ...it,
    send: (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })),
    map: (more: object = {}) =>
      it.lambda.send(
        new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName: 'fn', ...more }),
      ),
    update: (UUID: string | undefined, more: object) =>
      it.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...more })),
    get: (UUID: string | undefined) => it.lambda.send(new GetEventSourceMappingCommand({ UUID })),
  }
}

/** What the recorded test hides of each event, in its own words. */
function hidden(event: unknown): unknown {
  const { Records } = event as { Records: { attributes: Record<string, string> }[] }
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

describe.skipIf(!recordingsPresent)('mappings of queues as recorded', () => {
  test('the batch size', async () => {
    const name = 'TestSQSEventSourceMapping::test_event_source_mapping_default_batch_size'
    const { map, update, expect: compare } = await withQueue(name)
    const mapping = await compare('create-event-source-mapping', map())
    const uuid = String(mapping['UUID'])
    await compare('invalid-update-event-source-mapping', update(uuid, { BatchSize: 15 }))
    await compare(
      'invalid-create-event-source-mapping',
      map({ FunctionName: 'fn:$LATEST', BatchSize: 15 }),
    )
  })

  for (const size of [15, 1000, 10_000]) {
    test(`a batch of at most ${size}`, async () => {
      const name = `TestSQSEventSourceMapping::test_sqs_event_source_mapping_batch_size[${size}]`
      const { map, expect: compare } = await withQueue(name)
      const more = { BatchSize: size, MaximumBatchingWindowInSeconds: 20 }
      await compare('create-event-source-mapping-response', map(more))
    })
  }

  for (const id of [
    'single',
    'single-filter',
    'prefix',
    'exists',
    'numeric-smaller',
    'numeric-range',
    'or',
    'and',
    'filter2-item_matching2-item_not_matching2',
    'filter3-item_matching3-item_not_matching3',
    'filter4-item_matching4-this is a test string',
    'filter7-item_matching7-item_not_matching7',
  ]) {
    test(`a filter: ${id}`, async () => {
      const events: unknown[] = []
      const name = `TestSQSEventSourceMapping::test_sqs_event_filter[${id}]`
      const world = await withQueue(name, (event: unknown) => void events.push(event))
      const { map, send, cloud, expectValue, recorded } = world
      const response = recorded['create_event_source_mapping_response'] as {
        FilterCriteria: { Filters: { Pattern: object }[] }
      }
      const Pattern = JSON.stringify(response.FilterCriteria.Filters[0]?.Pattern)
      const more = { MaximumBatchingWindowInSeconds: 1, FilterCriteria: { Filters: [{ Pattern }] } }
      await world.expect('create_event_source_mapping_response', map(more))
      await cloud.advance({ seconds: 1 })
      const [event] = recorded['invocation_events'] as { Records: { body: object }[] }[]
      await send(JSON.stringify(event?.Records[0]?.body))
      await send('{"none":"of these"}')
      await send('this is a test string')
      await cloud.advance({ seconds: 5 })
      expectValue('invocation_events', events.map(hidden))
    })
  }

  for (const [id, pattern] of [
    ['None', 'None'],
    ['simple string', 'simple string'],
  ] as const) {
    test(`a filter that is none: ${id}`, async () => {
      const name = `TestSQSEventSourceMapping::test_sqs_invalid_event_filter[${id}]`
      const { map, expect: compare } = await withQueue(name)
      const FilterCriteria = { Filters: [{ Pattern: pattern }] }
      await compare('create_event_source_mapping_exception', map({ FilterCriteria }))
    })
  }

  test('a second mapping of the same queue and function', async () => {
    const name = 'TestSQSEventSourceMapping::test_duplicate_event_source_mappings'
    const { map, expect: compare } = await withQueue(name)
    await compare('create', map())
    await compare('error', map())
  })

  test('a mapping that goes to another version', async () => {
    const events: unknown[] = []
    const id = 'TestSQSEventSourceMapping::test_sqs_event_source_mapping_update'
    const world = await withQueue(id, (event: unknown, { environment }) => {
      const { AWS_LAMBDA_FUNCTION_VERSION, CUSTOM_VAR } = environment.variables
      events.push({
        function_version: AWS_LAMBDA_FUNCTION_VERSION,
        CUSTOM_VAR,
        event: hidden(event),
      })
    })
    const { lambda, cloud, map, update, get, send, expectValue } = world
    const publish = async (CUSTOM_VAR: string) => {
      const Environment = { Variables: { CUSTOM_VAR } }
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'fn', Environment }))
      await cloud.advance({ seconds: 1 })
      return (await lambda.send(new PublishVersionCommand({ FunctionName: 'fn' }))).FunctionArn
    }
    const first = await publish('a')
    const second = await publish('b')
    // The recording stands for name and qualifier by one placeholder.
    const mapping = await world.expect(
      'create-event-source-mapping-response',
      map({ FunctionName: first, MaximumBatchingWindowInSeconds: 1 }),
    )
    await cloud.advance({ seconds: 1 })
    await send('{"foo":"bar"}')
    await cloud.advance({ seconds: 3 })
    expectValue('events', events)
    const uuid = String(mapping['UUID'])
    await world.expect('updated_esm', update(uuid, { FunctionName: second }))
    await cloud.advance({ seconds: 1 })
    await world.expect('updated_event_source_mapping', get(uuid))
    await send('{"foo":"bar2"}')
    await cloud.advance({ seconds: 3 })
    expectValue('events_postupdate', events)
  })

  test('what mappings refuse', async () => {
    const id = 'TestLambdaEventSourceMappings::test_event_source_mapping_exceptions'
    const {
      map,
      update,
      get,
      lambda,
      expect: compare,
    } = await withQueue(id, undefined, 'test_lambda_api')
    const uuid = '0dd8b3bd-0d0d-4d0d-8d0d-0d0d0d0d0d0d'
    await compare('get_unknown_uuid', get(uuid))
    await compare(
      'delete_unknown_uuid',
      lambda.send(new DeleteEventSourceMappingCommand({ UUID: uuid })),
    )
    await compare('update_unknown_uuid', update(uuid, { Enabled: false }))
    await compare('create_no_event_source_arn', map({ EventSourceArn: undefined }))
    await compare('create_unknown_params', map({ FunctionName: 'doesnotexist' }))
    const DestinationConfig = { OnSuccess: { Destination: EventSourceArn } }
    await compare('destination_config_failure', map({ DestinationConfig }))
  })

  test('tags of a mapping', async () => {
    const id = 'TestLambdaTag::test_tag_lifecycle[event_source_mapping]'
    const { map, lambda, expect: compare } = await withQueue(id, undefined, 'test_lambda_api')
    const { EventSourceMappingArn: Resource } = await map()
    const step = async (name: string, call: Promise<object>) => {
      await compare(`${name}_response`, call)
      await compare(`${name}_response_listtags`, lambda.send(new ListTagsCommand({ Resource })))
    }
    const tag = (Tags: Record<string, string>) =>
      lambda.send(new TagResourceCommand({ Resource, Tags }))
    const untag = (...TagKeys: string[]) =>
      lambda.send(new UntagResourceCommand({ Resource, TagKeys }))
    await step('tag_single', tag({ A: 'tag-a' }))
    await step('tag_multiple', tag({ B: 'tag-b', C: 'tag-c' }))
    await step('tag_overlap', tag({ C: 'tag-c-newsuffix', D: 'tag-d' }))
    await step('untag_single', untag('A'))
    await step('untag_multiple', untag('B', 'C'))
    await step('untag_nonexisting', untag('F'))
    await step('untag_existing_and_nonexisting', untag('D', 'F'))
    expect(Resource).toMatch(/event-source-mapping:[0-9a-f-]{36}$/)
  })
})
