import {
  CreateEventBusCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { openQueue, ruleFor, taken } from './delivered.test-support.ts'
import { answered } from './pattern/recorded-questions.test-support.ts'
import {
  type recordedDetail,
  recordedEntry,
  recordedMessages,
  recordedPattern,
  replaying,
} from './recorded-cloud.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const file = 'events/test_events'
const pattern = JSON.parse(recordedPattern) as object

recorded('each event has the time that its entry gives', async () => {
  const { cloud, events, holds } = replaying(file, 'TestEvents::test_put_events_time')
  const queue = await openQueue(cloud)
  const { DetailType, Source } = recordedEntry
  await ruleFor(cloud, [{ Id: 't', Arn: queue.arn }], {
    bus: 'a-bus',
    pattern: { source: [Source], 'detail-type': [DetailType] },
  })
  for (const [message, Time] of [
    ['short time', new Date('2022-01-01')],
    ['new time', new Date('2022-01-01T00:00:00Z')],
    ['long time', new Date('2022-01-01T00:00:00.123Z')],
  ] as const) {
    const Detail = JSON.stringify({ message })
    const Entries = [{ Source, DetailType, Detail, Time, EventBusName: 'a-bus' }]
    await events.send(new PutEventsCommand({ Entries }))
  }
  holds('messages', recordedMessages(await taken(cloud, queue)))
})

recorded('two targets of one rule get the same event', async () => {
  const name = 'TestEvents::test_put_events_response_entries_order'
  const { cloud, events, holds } = replaying(file, name)
  const queues = [await openQueue(cloud, 'q1'), await openQueue(cloud, 'q2')] as const
  const targets = queues.map(({ arn }, i) => ({ Id: `t${i}`, Arn: arn }))
  await ruleFor(cloud, targets, { bus: 'a-bus', pattern })
  const Entries = [{ ...recordedEntry, EventBusName: 'a-bus' }]
  const output = await events.send(new PutEventsCommand({ Entries }))
  // The recording shows the id, the detail and the digests as plain words.
  holds('put-events-response', {
    Entries: output.Entries?.map(() => ({ EventId: 'event-id' })),
    FailedEntryCount: output.FailedEntryCount,
    ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: 200 },
  })
  const shown = async (queue: (typeof queues)[number]) =>
    recordedMessages(await taken(cloud, queue), { MD5OfBody: '<md5-hash>' }).map((message) => ({
      ...message,
      Body: { ...(JSON.parse(message.Body) as object), detail: 'detail' },
    }))
  holds('sqs-messages', {
    queue1_messages: await shown(queues[0]),
    queue2_messages: await shown(queues[1]),
  })
})

recorded('each rule sends what it matches to the target that they share', async () => {
  const name = 'TestEventRule::test_process_to_single_matching_rules_single_target'
  const { cloud, events, holds } = replaying(file, name)
  const EventBusName = 'a-bus'
  const queue = await openQueue(cloud)
  await events.send(new CreateEventBusCommand({ Name: EventBusName }))
  const sources = ['source-one', 'source-two', 'source-three']
  for (const source of sources) {
    const EventPattern = JSON.stringify({ ...pattern, source: [source] })
    await events.send(new PutRuleCommand({ Name: source, EventBusName, EventPattern }))
    const Targets = [{ Id: 't', Arn: queue.arn }]
    await events.send(new PutTargetsCommand({ Rule: source, EventBusName, Targets }))
  }
  const bodies: string[] = []
  for (const Source of sources) {
    const Entries = [{ ...recordedEntry, Source, EventBusName }]
    await events.send(new PutEventsCommand({ Entries }))
    const messages = recordedMessages(await taken(cloud, queue))
    bodies.push(...messages.map(({ Body }) => Body))
    holds(`events-${Source}`, bodies)
  }
})

recorded('a rule combines all kinds of comparisons', async () => {
  const name = 'TestRuleWithPattern::test_put_event_with_content_base_rule_in_pattern'
  const { cloud, events, holds } = replaying('events/test_events_patterns', name)
  // The same event and pattern as in the recorded question to TestEventPattern.
  const [event, wanted] = answered['complex_many_rules'] ?? [{}, {}]
  const queue = await openQueue(cloud)
  const target = { Id: 't', Arn: queue.arn, InputPath: '$.detail' }
  await ruleFor(cloud, [target], { bus: 'a-bus', pattern: wanted as object })
  const Entries = [
    {
      EventBusName: 'a-bus',
      Source: String(event['source']),
      DetailType: String(event['detail-type']),
      Detail: JSON.stringify(event['detail']),
    },
  ]
  await events.send(new PutEventsCommand({ Entries }))
  holds('messages', recordedMessages(await taken(cloud, queue)))
})

recorded('a rule looks into the elements of lists', async () => {
  // Recorded with a function as the target, which gets the same event as a queue.
  const name = 'test_put_events_with_target_lambda_list_entries_partial_match'
  const { cloud, content, events, holds } = replaying('events/test_events_targets', name)
  const [sent] = content['events'] as { detail: typeof recordedDetail }[]
  const queue = await openQueue(cloud)
  await ruleFor(cloud, [{ Id: 't', Arn: queue.arn }], {
    bus: 'a-bus',
    pattern: {
      detail: {
        payload: { automations: { actions: { type: ['SEND_NOTIFICATION'] }, id: ['123'] } },
      },
    },
  })
  const Detail = JSON.stringify(sent?.detail)
  const Entries = [{ ...recordedEntry, Detail, EventBusName: 'a-bus' }]
  await events.send(new PutEventsCommand({ Entries }))
  holds(
    'events',
    recordedMessages(await taken(cloud, queue)).map(({ Body }) => Body),
  )
})
