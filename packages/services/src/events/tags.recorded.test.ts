import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  ListTagsForResourceCommand,
  PutRuleCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-eventbridge'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import {
  type Replaying,
  recordedAccount,
  recordedPattern,
  replaying,
} from './recorded-cloud.test-support.ts'

const file = 'events/test_events_tags'
const recorded = test.skipIf(!recordingsPresent)
const EventPattern = recordedPattern
const arn = `arn:aws:events:us-east-1:${recordedAccount}`
const twoTags = [
  { Key: 'tag1', Value: 'value1' },
  { Key: 'tag2', Value: 'value2' },
]

const list = ({ events }: Replaying, ResourceARN: string) =>
  events.send(new ListTagsForResourceCommand({ ResourceARN }))

/** Makes a bus or a rule, and says its ARN. */
async function made({ events }: Replaying, kind: string): Promise<string> {
  if (kind.endsWith('default')) return `${arn}:event-bus/default`
  if (kind === 'rule') {
    await events.send(new PutRuleCommand({ Name: 'r', EventPattern }))
    return `${arn}:rule/r`
  }
  await events.send(new CreateEventBusCommand({ Name: 'b' }))
  if (kind.startsWith('event_bus')) return `${arn}:event-bus/b`
  await events.send(new PutRuleCommand({ Name: 'r', EventBusName: 'b', EventPattern }))
  return `${arn}:rule/b/r`
}

for (const kind of [
  'event_bus',
  'rule',
  'event_bus-event_bus_default',
  'event_bus-event_bus_custom',
  'rule-event_bus_custom',
]) {
  recorded(`tags are set, listed and taken off: ${kind}`, async () => {
    const replay = replaying(file, `tests_tag_untag_resource[${kind}]`)
    const { answers, events } = replay
    const ResourceARN = await made(replay, kind)
    const untag = (key: string) =>
      events.send(new UntagResourceCommand({ ResourceARN, TagKeys: [key] }))
    await answers(
      'tag_resource',
      events.send(new TagResourceCommand({ ResourceARN, Tags: twoTags })),
    )
    await answers('list_tags_for_resource', list(replay, ResourceARN))
    await answers('untag_resource', untag('tag2'))
    await answers('list_tags_for_untagged_resource', list(replay, ResourceARN))
    if ('untag_resource_not_existing_tag' in replay.content) {
      await answers('untag_resource_not_existing_tag', untag('tag3'))
    }
  })
}

recorded('what is not there has no tags', async () => {
  const replay = replaying(
    file,
    'tests_tag_list_untag_not_existing_resource[not_existing_event_bus]',
  )
  const { answers, events } = replay
  const ResourceARN = `${arn}:event-bus/gone`
  const [tag] = twoTags
  await answers(
    'tag_not_existing_resource_error',
    events.send(new TagResourceCommand({ ResourceARN, Tags: tag === undefined ? [] : [tag] })),
  )
  await answers('list_tags_for_not_existing_resource_error', list(replay, ResourceARN))
  await answers(
    'untag_not_existing_resource_error',
    events.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['tag1'] })),
  )
})

recorded('a rule is put with tags', async () => {
  const replay = replaying(file, 'TestRuleTags::test_put_rule_with_tags')
  const { answers, events } = replay
  await answers(
    'put_rule_with_tags',
    events.send(new PutRuleCommand({ Name: 'r', EventPattern, Tags: twoTags })),
  )
  await answers('list_tags_for_rule', list(replay, `${arn}:rule/r`))
})

recorded('a bus is created with tags', async () => {
  const replay = replaying(file, 'TestEventBusTags::test_create_event_bus_with_tags')
  const { answers, events } = replay
  await answers(
    'create_event_bus_with_tags',
    events.send(new CreateEventBusCommand({ Name: 'b', Tags: twoTags })),
  )
  await answers('list_tags_for_event_bus', list(replay, `${arn}:event-bus/b`))
})

recorded('a deleted bus has no tags', async () => {
  const replay = replaying(file, 'TestEventBusTags::test_list_tags_for_deleted_event_bus')
  const { answers, events } = replay
  await events.send(new CreateEventBusCommand({ Name: 'b', Tags: twoTags }))
  await events.send(new DeleteEventBusCommand({ Name: 'b' }))
  await answers('list_tags_for_deleted_rule_error', list(replay, `${arn}:event-bus/b`))
})

for (const kind of [
  'event_bus-event_bus_default',
  'event_bus-event_bus_custom',
  'rule-event_bus_custom',
]) {
  recorded(`what is made anew has no tags of the one before: ${kind}`, async () => {
    const replay = replaying(file, `test_recreate_tagged_resource_without_tags[${kind}]`)
    const { answers, events } = replay
    const ResourceARN = await made(replay, kind)
    const Tags = twoTags.slice(0, 1)
    await events.send(new TagResourceCommand({ ResourceARN, Tags }))
    if (kind.startsWith('rule')) {
      await events.send(new DeleteRuleCommand({ Name: 'r', EventBusName: 'b' }))
      await events.send(new PutRuleCommand({ Name: 'r', EventBusName: 'b', EventPattern }))
    } else if (kind.endsWith('custom')) {
      await events.send(new DeleteEventBusCommand({ Name: 'b' }))
      await events.send(new CreateEventBusCommand({ Name: 'b' }))
    } // The default bus can't be deleted: its tags stay.
    await answers('list_tags_for_resource', list(replay, ResourceARN))
  })
}
