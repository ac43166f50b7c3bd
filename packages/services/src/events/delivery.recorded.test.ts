import {
  CreateEventBusCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { openQueue, ruleFor, taken } from './delivered.test-support.ts'
import {
  type Replaying,
  recordedEntry,
  recordedMessages,
  recordedPattern,
  replaying,
} from './recorded-cloud.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const inputs = 'events/test_events_inputs'
const pattern = JSON.parse(recordedPattern) as object
const words = { ReceiptHandle: 'receipt-handle', MD5OfBody: 'm-d5-of-body' }

/** What a queue gets of some entries through a rule of a bus of its own. */
async function delivered(
  { cloud, events }: Replaying,
  entries: readonly PutEventsRequestEntry[],
  how: { pattern?: object; target?: Partial<Target>; bus?: string } = {},
) {
  const bus = how.bus ?? 'a-bus'
  const queue = await openQueue(cloud, `queue-of-${bus}`)
  const target = { Id: 't', Arn: queue.arn, ...how.target }
  await ruleFor(cloud, [target], { bus, pattern: how.pattern ?? pattern })
  for (const entry of entries) {
    await events.send(new PutEventsCommand({ Entries: [{ ...entry, EventBusName: bus }] }))
  }
  return await taken(cloud, queue)
}

const withDetail = (detail: object) => ({ ...recordedEntry, Detail: JSON.stringify(detail) })

recorded('anything-but lets null through', async () => {
  const name = 'TestRuleWithPattern::test_put_events_with_rule_pattern_anything_but'
  const replay = replaying('events/test_events_patterns', name)
  const messages = await delivered(
    replay,
    ['display-message', null, 'no-message'].map((command) =>
      withDetail({ command, payload: 'baz' }),
    ),
    { pattern: { ...pattern, detail: { command: [{ 'anything-but': ['no-message'] }] } } },
  )
  replay.holds('rule-anything-but', recordedMessages(messages))
})

recorded('exists asks for a field', async () => {
  const name = 'TestRuleWithPattern::test_put_events_with_rule_pattern_exists_true'
  const replay = replaying('events/test_events_patterns', name)
  const messages = await delivered(
    replay,
    [withDetail({ key: 'value', payload: 'baz' }), withDetail({ 'no-key': 'x', payload: 'baz' })],
    { pattern: { ...pattern, detail: { key: [{ exists: true }] } } },
  )
  replay.holds('rule-exists-true', recordedMessages(messages))
})

recorded('a part of the event is delivered by its path', async () => {
  const name = 'TestInputPath::test_put_events_with_input_path_nested[event_detail1]'
  const replay = replaying(inputs, name)
  const payload = { acc_id: '0a787ecb-4015', payload: { message: 'baz', id: '123' } }
  const messages = await delivered(replay, [withDetail({ command: 'update-account', payload })], {
    target: { InputPath: '$.detail.payload' },
  })
  replay.holds('message', recordedMessages(messages))
})

recorded('each target has its own input path', async () => {
  const replay = replaying(
    inputs,
    'TestInputPath::test_put_events_with_input_path_multiple_targets',
  )
  const { cloud, events, holds } = replay
  const queues = [await openQueue(cloud, 'q1'), await openQueue(cloud, 'q2')] as const
  const targets = [
    { Id: '1', Arn: queues[0].arn, InputPath: '$.detail' },
    { Id: '2', Arn: queues[1].arn },
  ]
  await ruleFor(cloud, targets, { bus: 'a-bus', pattern })
  const Entries = [{ ...recordedEntry, EventBusName: 'a-bus' }]
  await events.send(new PutEventsCommand({ Entries }))
  holds('message-queue-1', recordedMessages(await taken(cloud, queues[0])))
  holds('message-queue-2', recordedMessages(await taken(cloud, queues[1])))
})

const inputTransformer =
  'TestInputTransformer::test_put_events_with_input_transformer_input_template'
for (const [name, InputTemplate] of [
  [
    `${inputTransformer}_string`,
    '"Event of <detail-type> type, at time <timestamp>, info extracted from detail <command>"',
  ],
  [
    `${inputTransformer}_string["{[/Check with special starting characters for event of <detail-type> type"]`,
    '"{[/Check with special starting characters for event of <detail-type> type"',
  ],
  [
    `${inputTransformer}_json`,
    '{"detailType": <detail-type>,  "time": <timestamp>, "command": <command>}',
  ],
] as const) {
  recorded(`a template is filled: ${InputTemplate}`, async () => {
    const replay = replaying(inputs, name)
    for (const [key, command] of [
      ['custom-variables-match-all', '$.detail.command'],
      ['custom-variables-not-match-all', '$.detail.notinmessage'],
    ] as const) {
      const InputPathsMap = { 'detail-type': '$.detail-type', timestamp: '$.time', command }
      const messages = await delivered(replay, [recordedEntry], {
        target: { InputTransformer: { InputPathsMap, InputTemplate } },
        bus: key,
      })
      replay.holds(key, recordedMessages(messages))
    }
  })
}

const specialDetail = {
  command: 'update-account',
  payload: { acc_id: '0a787ecb-4015', sf_id: 'baz' },
  listsingle: ['HIGH'],
  listmulti: ['ACTIVE', 'INACTIVE'],
}
const specialPaths = {
  userId: '$.detail.payload.acc_id',
  payload: '$.detail.payload',
  systemstring: '$.detail.awsAccountId',
  listsingle: '$.detail.listsingle',
  listmulti: '$.detail.listmulti',
}

for (const InputTemplate of [
  '{"method": "PUT", "path": "users-service/users/<userId>", "bod": <payload>}',
  '{"method": "PUT", "path": "users-service/users/<userId>", "id": <userId>, "body": <payload>}',
  '{"method": "PUT", "path": "users-service/users/<userId>", "bod": [<userId>, "hardcoded"]}',
  '{"method": "PUT", "nested": {"level1": {"level2": {"level3": "users-service/users/<userId>"} } }, "bod": "<userId>"}',
  '{"id" : "<userId>"}',
  '"<listsingle> single list item"',
  '"<listmulti> multiple list items"',
  '"<listsingle> single list item <listmulti> multiple list items <systemstring> system account id <payload> payload <userId> user id"',
  '"<listsingle> single list item"\n"<listmulti> multiple list items"\n"<systemstring> system account id"\n"<payload> payload"\n"<userId> user id"',
]) {
  recorded(`lists, objects and missing values in a template: ${InputTemplate}`, async () => {
    const key = InputTemplate.replaceAll('\n', '\\n')
    const name = `TestInputTransformer::test_input_transformer_nested_keys_replacement[${key}]`
    const replay = replaying(inputs, name)
    const messages = await delivered(replay, [withDetail(specialDetail)], {
      target: { InputTransformer: { InputPathsMap: specialPaths, InputTemplate } },
    })
    replay.holds('input-transformed-messages', recordedMessages(messages))
  })
}

recorded('reserved variables give the event with and without its detail', async () => {
  const InputTemplate =
    '{"originalEvent": <aws.events.event>, "originalEventJson": <aws.events.event.json>}'
  const name = `TestInputTransformer::test_input_transformer_predefined_variables[${InputTemplate}]`
  // Its time is shown by a placeholder of its own, which is bound to the word for all others.
  const replay = replaying(inputs, name, { '<ingestion-time>': 'date' })
  const target = { InputTransformer: { InputTemplate } }
  const messages = await delivered(replay, [recordedEntry], { target })
  replay.holds('messages', recordedMessages(messages))
})

recorded('an event has the time that the entry gives it', async () => {
  const replay = replaying('events/test_events', 'TestEvents::test_put_events_with_time_field')
  const { answers, cloud, events, holds } = replay
  const queue = await openQueue(cloud)
  const own = { source: ['test-source'] }
  await ruleFor(cloud, [{ Id: 't', Arn: queue.arn }], { pattern: own })
  const Time = new Date('2022-01-01T12:30:45.678Z')
  const Detail = '{"message": "test message"}'
  const entry = { Source: 'test-source', DetailType: 'test-detail-type', Detail, Time }
  await answers('put-events', events.send(new PutEventsCommand({ Entries: [entry] })))
  const messages = await taken(cloud, queue)
  expect(messages[0]?.Body).toContain('"time":"2022-01-01T12:30:45Z"')
  holds('sqs-messages', recordedMessages(messages, { MD5OfBody: 'm-d5-of-body' }))
})

recorded('a rule whose target fails leaves PutEvents as it is', async () => {
  const name = 'TestEvents::test_put_events_with_target_delivery_failure'
  const { answers, cloud, events } = replaying('events/test_events', name)
  const Arn = 'arn:aws:sqs:us-east-1:111111111111:gone'
  await ruleFor(cloud, [{ Id: 't', Arn }], { pattern })
  await answers(
    'put-events-response',
    events.send(new PutEventsCommand({ Entries: [recordedEntry] })),
  )
})

recorded('a rule picks by nested fields', async () => {
  const name = 'TestEventPattern::test_put_events_pattern_nested'
  const replay = replaying('events/test_events', name)
  const Detail = '{"event": {"data": {"type": "1"}}}'
  const messages = await delivered(replay, [{ Source: 's', DetailType: 'd', Detail }], {
    pattern: { detail: { event: { data: { type: ['1'] } } } },
    target: { InputPath: '$.detail' },
  })
  replay.holds('messages', recordedMessages(messages))
})

recorded('a rule picks one of the values of a field', async () => {
  const name = 'TestEventsTargetSqs::test_put_events_with_target_sqs_event_detail_match'
  const replay = replaying('events/test_events_targets', name)
  const messages = await delivered(
    replay,
    ['1', '2'].map((EventType) => ({
      Source: 's',
      DetailType: 'd',
      Detail: JSON.stringify({ EventType }),
    })),
    { pattern: { detail: { EventType: ['0', '1'] } }, target: { InputPath: '$.detail' } },
  )
  replay.holds('messages', recordedMessages(messages, words))
})

recorded('a queue gets the event in its envelope', async () => {
  const name = 'TestEventsTargetSqs::test_put_events_with_target_sqs'
  const replay = replaying('events/test_events_targets', name)
  const messages = await delivered(replay, [recordedEntry])
  replay.holds('message', recordedMessages(messages, words))
})

recorded('two rules that match send an event twice to the target that they share', async () => {
  const name = 'TestEventRule::test_process_to_multiple_matching_rules_single_target'
  const { cloud, events, holds } = replaying('events/test_events', name)
  const EventBusName = 'a-bus'
  const queue = await openQueue(cloud)
  await events.send(new CreateEventBusCommand({ Name: EventBusName }))
  for (const Rule of ['one', 'two']) {
    await events.send(
      new PutRuleCommand({ Name: Rule, EventBusName, EventPattern: recordedPattern }),
    )
    const Targets = [{ Id: 't', Arn: queue.arn }]
    await events.send(new PutTargetsCommand({ Rule, EventBusName, Targets }))
  }
  await events.send(new PutEventsCommand({ Entries: [{ ...recordedEntry, EventBusName }] }))
  const messages = recordedMessages(await taken(cloud, queue))
  holds(
    'events',
    messages.map(({ Body }) => Body),
  )
})
