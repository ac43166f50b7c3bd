import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DescribeEventBusCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  PutPermissionCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-eventbridge'
import { client } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { replaying } from './recorded-cloud.test-support.ts'

const file = 'events/test_events'
const recorded = test.skipIf(!recordingsPresent)
const allRegions = ['us-east-1', 'us-west-1', 'eu-central-1']

for (const [described, where] of [
  [true, 'regions0'],
  [true, 'regions1'],
  [false, 'regions0'],
  [false, 'regions1'],
] as const) {
  const kind = `${described ? 'True' : 'False'}-${where}`
  recorded(`a custom bus lives in its Region alone: ${kind}`, async () => {
    const name = `TestEventBus::test_create_list_describe_delete_custom_event_buses[${kind}]`
    const { answers, cloud, bindings } = replaying(file, name)
    const regions = where === 'regions0' ? allRegions.slice(0, 1) : allRegions
    const bus = { Name: 'a-bus' }
    const description = described ? { Description: 'test bus' } : {}
    const prefix = { NamePrefix: bus.Name }
    const inRegion = (region: string) => client(cloud, EventBridgeClient, { region })
    for (const region of regions) {
      bindings.delete('<region>') // It stands for the Region of each client in turn.
      const events = inRegion(region)
      const create = new CreateEventBusCommand({ ...bus, ...description })
      await answers(`create-custom-event-bus-${region}`, events.send(create))
      await answers(
        `list-event-buses-after-create-${region}`,
        events.send(new ListEventBusesCommand(prefix)),
      )
      await answers(
        `describe-custom-event-bus-${region}`,
        events.send(new DescribeEventBusCommand(bus)),
      )
    }
    for (const region of regions) {
      const events = inRegion(region)
      await answers(
        `delete-custom-event-bus-${region}`,
        events.send(new DeleteEventBusCommand(bus)),
      )
      await answers(
        `list-event-buses-after-delete-${region}`,
        events.send(new ListEventBusesCommand(prefix)),
      )
    }
  })
}

recorded('a name is used once', async () => {
  const { answers, events } = replaying(
    file,
    'TestEventBus::test_create_multiple_event_buses_same_name',
  )
  const create = () => events.send(new CreateEventBusCommand({ Name: 'a-bus' }))
  await create()
  await answers('create-multiple-event-buses-same-name', create())
})

recorded('a bus that is not there is neither described nor deleted', async () => {
  const { answers, events } = replaying(
    file,
    'TestEventBus::test_describe_delete_not_existing_event_bus',
  )
  const bus = { Name: 'a-bus' }
  await answers(
    'describe-not-existing-event-bus-error',
    events.send(new DescribeEventBusCommand(bus)),
  )
  await answers('delete-not-existing-event-bus', events.send(new DeleteEventBusCommand(bus)))
})

recorded('the default bus is not deleted', async () => {
  const { answers, events } = replaying(file, 'TestEventBus::test_delete_default_event_bus')
  await answers(
    'delete-default-event-bus-error',
    events.send(new DeleteEventBusCommand({ Name: 'default' })),
  )
})

recorded('buses are listed by prefix', async () => {
  const { answers, events } = replaying(file, 'TestEventBus::test_list_event_buses_with_prefix')
  await events.send(new CreateEventBusCommand({ Name: 'unique-bus' }))
  await events.send(new CreateEventBusCommand({ Name: 'no-match' }))
  await answers(
    'list-event-buses-prefix-complete-name',
    events.send(new ListEventBusesCommand({ NamePrefix: 'unique-bus' })),
  )
  await answers(
    'list-event-buses-prefix',
    events.send(new ListEventBusesCommand({ NamePrefix: 'unique' })),
  )
})

recorded('buses are listed page by page', async () => {
  const { answers, events } = replaying(file, 'TestEventBus::test_list_event_buses_with_limit')
  for (let i = 0; i < 6; i += 1) await events.send(new CreateEventBusCommand({ Name: `p-${i}` }))
  const page = { Limit: 3, NamePrefix: 'p' }
  const first = await answers(
    'list-event-buses-limit',
    events.send(new ListEventBusesCommand(page)),
  )
  const next = { ...page, NextToken: String(first['NextToken']) }
  await answers('list-event-buses-limit-next-token', events.send(new ListEventBusesCommand(next)))
})

for (const kind of ['custom', 'default'] as const) {
  recorded(`a statement that is not there is not removed: ${kind}`, async () => {
    const { answers, events } = replaying(
      file,
      `TestEventBus::test_remove_permission_non_existing_sid[True-${kind}]`,
    )
    const EventBusName = kind === 'custom' ? 'a-bus' : 'default'
    if (kind === 'custom') await events.send(new CreateEventBusCommand({ Name: EventBusName }))
    await events.send(
      new PutPermissionCommand({
        EventBusName,
        Action: 'events:PutEvents',
        Principal: '*',
        StatementId: 'target-rule',
      }),
    )
    await answers(
      'remove-permission-non-existing-sid-error',
      events.send(new RemovePermissionCommand({ EventBusName, StatementId: 'other' })),
    )
  })
}
