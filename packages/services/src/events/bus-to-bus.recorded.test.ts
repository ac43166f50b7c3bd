import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { client } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { openQueue, type Place, roleFor, ruleFor, taken } from './delivered.test-support.ts'
import {
  type Replaying,
  recordedAccount,
  recordedEntry,
  recordedMessages,
  recordedPattern,
  replaying,
} from './recorded-cloud.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const pattern = JSON.parse(recordedPattern) as object
const words = { ReceiptHandle: 'receipt-handle', MD5OfBody: 'm-d5-of-body' }

function busArn(name: string, { region = 'us-east-1', accountId = recordedAccount }: Place = {}) {
  return `arn:aws:events:${region}:${accountId}:event-bus/${name}`
}

async function ensureBus(replay: Replaying, Name: string, place: Place) {
  if (Name === 'default') return
  const events = client(replay.cloud, EventBridgeClient, place)
  await events.send(new CreateEventBusCommand({ Name }))
}

/** A rule of one bus that sends to another. */
async function link(replay: Replaying, from: string, rulePattern: object, to: string) {
  const role = await roleFor(replay.cloud, 'events:PutEvents')
  await replay.events.send(
    new PutRuleCommand({
      Name: 'link',
      EventBusName: from,
      EventPattern: JSON.stringify(rulePattern),
    }),
  )
  await replay.events.send(
    new PutTargetsCommand({
      Rule: 'link',
      EventBusName: from,
      Targets: [{ Id: 'bus', Arn: to, RoleArn: role }],
    }),
  )
}

for (const [file, name, from, to] of [
  // The strategies are ways to name LocalStack's own endpoints: on AWS all three were the same call.
  ['events/test_events', 'TestEventBus::test_put_events_bus_to_bus[standard]', 'one', 'two'],
  ['events/test_events', 'TestEventBus::test_put_events_bus_to_bus[domain]', 'one', 'two'],
  ['events/test_events', 'TestEventBus::test_put_events_bus_to_bus[path]', 'one', 'two'],
  [
    'events/test_events_targets',
    'TestEventsTargetEvents::test_put_events_with_target_events[bus_combination1]',
    'default',
    'two',
  ],
  [
    'events/test_events_targets',
    'TestEventsTargetEvents::test_put_events_with_target_events[bus_combination2]',
    'one',
    'default',
  ],
] as const) {
  recorded(`a bus sends to another of its account and Region: ${name}`, async () => {
    const replay = replaying(file, name)
    await ensureBus(replay, from, {})
    await ensureBus(replay, to, {})
    await link(replay, from, pattern, busArn(to))
    const queue = await openQueue(replay.cloud)
    await replay.events.send(
      new PutRuleCommand({ Name: 'r', EventBusName: to, EventPattern: recordedPattern }),
    )
    const Targets = [{ Id: 't', Arn: queue.arn }]
    await replay.events.send(new PutTargetsCommand({ Rule: 'r', EventBusName: to, Targets }))
    const Entries = [{ ...recordedEntry, EventBusName: from }]
    await replay.events.send(new PutEventsCommand({ Entries }))
    replay.holds('messages', recordedMessages(await taken(replay.cloud, queue), words))
  })
}

const secondaryAccount = '222222222222'
const secondaryRegion = 'eu-central-1'

async function allow(replay: Replaying, bus: string, place: Place) {
  await client(replay.cloud, EventBridgeClient, place).send(
    new PutPermissionCommand({
      EventBusName: bus,
      Action: 'events:PutEvents',
      Principal: recordedAccount,
      StatementId: 'primary',
    }),
  )
}

for (const kind of [
  'default-region_account',
  'custom-region',
  'custom-account',
  'custom-region_account',
]) {
  recorded(`a bus sends to one of another account or Region: ${kind}`, async () => {
    const name = `test_event_bus_to_event_bus_cross_account_region[${kind}]`
    const accounts = { '<account>': recordedAccount, '<account-secondary>': secondaryAccount }
    const regions = { '<region>': 'us-east-1', '<region-secondary>': secondaryRegion }
    const replay = replaying('events/test_events_cross_account_region', name, {
      ...accounts,
      ...regions,
    })
    const { cloud, events } = replay
    const there: Place = {
      ...(kind.includes('region') ? { region: secondaryRegion } : {}),
      ...(kind.includes('account') ? { accountId: secondaryAccount } : {}),
    }
    const bus = kind.startsWith('custom') ? 'a-bus' : 'default'
    const primary = { ...pattern, source: ['source-primary'] }
    const secondary = { ...pattern, source: ['source-secondary'] }

    const first = await openQueue(cloud, 'primary')
    const target = { Id: 't', Arn: first.arn }
    await ruleFor(cloud, [target], { ...(bus === 'default' ? {} : { bus }), pattern: primary })
    await ensureBus(replay, bus, there)
    await allow(replay, bus, there)
    await link(replay, bus, primary, busArn(bus, there))

    const eventsThere = client(cloud, EventBridgeClient, there)
    const second = await openQueue(cloud, 'from-primary', there)
    const third = await openQueue(cloud, 'from-secondary', there)
    for (const [Rule, wanted, queue] of [
      ['from-primary', primary, second],
      ['from-secondary', secondary, third],
    ] as const) {
      const EventPattern = JSON.stringify(wanted)
      await eventsThere.send(new PutRuleCommand({ Name: Rule, EventBusName: bus, EventPattern }))
      const Targets = [{ Id: 't', Arn: queue.arn }]
      await eventsThere.send(new PutTargetsCommand({ Rule, EventBusName: bus, Targets }))
    }

    const entry = (Source: string) => ({ ...recordedEntry, Source, EventBusName: bus })
    await events.send(new PutEventsCommand({ Entries: [entry('source-primary')] }))
    await eventsThere.send(new PutEventsCommand({ Entries: [entry('source-secondary')] }))
    for (const [key, queue, place] of [
      ['messages_primary_queue_from_primary_event_bus', first, {}],
      ['messages_secondary_queue_from_primary_event_bus', second, there],
      ['messages_secondary_queue_from_secondary_event_bus', third, there],
    ] as const) {
      replay.holds(key, recordedMessages(await taken(cloud, queue, place), words))
    }
  })
}

recorded('PutEvents reaches the bus of another account by its ARN', async () => {
  const name = 'TestEventsCrossAccountRegion::test_put_events[custom-account]'
  const replay = replaying('events/test_events_cross_account_region', name, {
    '<account>': recordedAccount,
  })
  const { cloud, events } = replay
  const there = { accountId: secondaryAccount }
  const wanted = { ...pattern, source: ['source-primary'] }
  const queue = await openQueue(cloud, 'q', there)
  const target = { Id: 't', Arn: queue.arn }
  await ruleFor(cloud, [target], { bus: 'a-bus', pattern: wanted, place: there })
  await allow(replay, 'a-bus', there)
  const EventBusName = busArn('a-bus', there)
  const Entries = [{ ...recordedEntry, Source: 'source-primary', EventBusName }]
  await events.send(new PutEventsCommand({ Entries }))
  replay.holds('messages', recordedMessages(await taken(cloud, queue, there), words))
})
