import {
  CancelReplayCommand,
  CreateArchiveCommand,
  CreateEventBusCommand,
  DeleteArchiveCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  ListArchivesCommand,
  ListReplaysCommand,
  PutEventsCommand,
  StartReplayCommand,
  UpdateArchiveCommand,
} from '@aws-sdk/client-eventbridge'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { openQueue, ruleFor, taken } from './delivered.test-support.ts'
import {
  type Replaying,
  recordedAccount,
  recordedEntry,
  recordedPattern,
  replaying,
} from './recorded-cloud.test-support.ts'

const file = 'events/test_archive_and_replay'
const recorded = test.skipIf(!recordingsPresent)
const arn = `arn:aws:events:us-east-1:${recordedAccount}`

const archiveOf = (bus: string, ArchiveName = 'an-archive') => ({
  ArchiveName,
  EventSourceArn: `${arn}:event-bus/${bus}`,
  Description: 'description of the archive',
  EventPattern: recordedPattern,
  RetentionDays: 1,
})

async function withArchive(replay: Replaying, kind: string) {
  const bus = kind === 'custom' ? 'a-bus' : 'default'
  if (kind === 'custom') await replay.events.send(new CreateEventBusCommand({ Name: bus }))
  const input = archiveOf(bus)
  return { input, created: replay.events.send(new CreateArchiveCommand(input)) }
}

recorded('an archive from its beginning to its end', async () => {
  const name = 'TestArchive::test_create_list_describe_update_delete_archive[custom]'
  const replay = replaying(file, name)
  const { answers, events } = replay
  const { input, created } = await withArchive(replay, 'custom')
  const { ArchiveName } = input
  await answers('create-archive', created)
  await answers('list-archives', events.send(new ListArchivesCommand({ NamePrefix: ArchiveName })))
  await answers('describe-archive', events.send(new DescribeArchiveCommand({ ArchiveName })))
  const changed = { ArchiveName, Description: 'updated description', RetentionDays: 2 }
  await answers('update-archive', events.send(new UpdateArchiveCommand(changed)))
  await answers('delete-archive', events.send(new DeleteArchiveCommand({ ArchiveName })))
})

recorded('an archive needs a bus', async () => {
  const { answers, events } = replaying(
    file,
    'TestArchive::test_create_archive_error_unknown_event_bus',
  )
  await answers(
    'create-archive-unknown-event-bus-error',
    events.send(
      new CreateArchiveCommand({
        ...archiveOf('gone'),
        EventSourceArn: 'arn:aws:events:us-east-1:123456789012:event-bus/gone',
      }),
    ),
  )
})

for (const kind of ['default', 'custom']) {
  recorded(`the name of an archive is used once: ${kind}`, async () => {
    const replay = replaying(file, `TestArchive::test_create_archive_error_duplicate[${kind}]`)
    const { input, created } = await withArchive(replay, kind)
    await created
    await replay.answers(
      'create-archive-duplicate-error',
      replay.events.send(new CreateArchiveCommand(input)),
    )
  })

  recorded(`archives are listed by state: ${kind}`, async () => {
    const replay = replaying(file, `TestArchive::test_list_archive_state_enabled[${kind}]`)
    await (await withArchive(replay, kind)).created
    await replay.answers(
      'list-archives-state-enabled',
      replay.events.send(new ListArchivesCommand({ State: 'ENABLED' })),
    )
  })
}

recorded('archives are listed by prefix', async () => {
  const replay = replaying(file, 'TestArchive::test_list_archive_with_name_prefix[custom]')
  await (await withArchive(replay, 'custom')).created
  for (const [key, NamePrefix] of [
    ['list-archives-with-name-prefix', 'an-arch'],
    ['list-archives-with-full-name', 'an-archive'],
    ['list-archives-not-existing-archive', 'doesnotexist'],
  ] as const) {
    await replay.answers(key, replay.events.send(new ListArchivesCommand({ NamePrefix })))
  }
})

recorded('archives are listed by their bus', async () => {
  const replay = replaying(file, 'TestArchive::test_list_archive_with_source_arn[default]')
  const { input, created } = await withArchive(replay, 'default')
  await created
  const { EventSourceArn } = input
  await replay.answers(
    'list-archives-with-source-arn',
    replay.events.send(new ListArchivesCommand({ EventSourceArn })),
  )
})

recorded('an archive counts events and their bytes', async () => {
  const replay = replaying(file, 'TestArchive::test_list_archive_with_events[True-custom]')
  const { answers, cloud, events } = replay
  const { input, created } = await withArchive(replay, 'custom')
  await created
  const Entries = Array.from({ length: 10 }, () => ({ ...recordedEntry, EventBusName: 'a-bus' }))
  await events.send(new PutEventsCommand({ Entries }))
  await cloud.settle()
  const { ArchiveName } = input
  await answers('list-archives', events.send(new ListArchivesCommand({ NamePrefix: ArchiveName })))
  await answers('describe-archive', events.send(new DescribeArchiveCommand({ ArchiveName })))
})

const window = (minutes = 1) => ({
  EventStartTime: new Date('2026-01-01T00:00:00Z'),
  EventEndTime: new Date(Date.parse('2026-01-01T00:00:00Z') + minutes * 60_000),
})

recorded('a replay sends archived events again, and can be cancelled', async () => {
  const name = 'TestReplay::test_start_list_describe_canceled_replay[custom]'
  const replay = replaying(file, name)
  const { answers, cloud, events } = replay
  const queue = await openQueue(cloud)
  const pattern = JSON.parse(recordedPattern) as object
  await ruleFor(cloud, [{ Id: 't', Arn: queue.arn }], { bus: 'a-bus', pattern })
  await events.send(new CreateArchiveCommand(archiveOf('a-bus')))
  const Entries = Array.from({ length: 3 }, () => ({ ...recordedEntry, EventBusName: 'a-bus' }))
  await events.send(new PutEventsCommand({ Entries }))
  await taken(cloud, queue)

  const start = {
    Description: 'description of the replay',
    EventSourceArn: `${arn}:archive/an-archive`,
    Destination: { Arn: `${arn}:event-bus/a-bus`, FilterArns: [`${arn}:rule/a-bus/r`] },
    ...window(),
  }
  // The recording writes the name of the replay once as a placeholder, elsewhere as plain words.
  const plainly = ['ReplayName', 'Replays.ReplayName']
  const startReplay = new StartReplayCommand({ ...start, ReplayName: 'a-replay' })
  await answers('start-replay', events.send(startReplay))
  await cloud.advance({ seconds: 5 })
  const messages = (await taken(cloud, queue)).map((message) => ({
    MessageId: message.MessageId,
    ReceiptHandle: 'receipt-handle',
    MD5OfBody: 'm-d5-of-body',
    Body: { ...(JSON.parse(message.Body ?? '') as object), time: 'date' },
  }))
  replay.holds('replay-messages', messages)
  const { Replays } = await events.send(new ListReplaysCommand({}))
  replay.holds(
    'list-replays',
    {
      Replays: Replays?.map((one) => ({ ...one, ReplayName: 'replay-name' })),
      ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: 200 },
    },
    plainly,
  )
  const describe = (ReplayName: string) => events.send(new DescribeReplayCommand({ ReplayName }))
  await answers('describe-replay', describe('a-replay'), plainly)

  const ReplayName = 'cancelled-replay'
  await events.send(new StartReplayCommand({ ...start, ReplayName }))
  await answers('cancel-replay', events.send(new CancelReplayCommand({ ReplayName })))
  await answers('describe-replay-canceled', describe(ReplayName), plainly)
})

async function startReplays(replay: Replaying, names: readonly string[]) {
  const { cloud, events } = replay
  await events.send(new CreateArchiveCommand(archiveOf('default')))
  for (const ReplayName of names) {
    await events.send(
      new StartReplayCommand({
        ReplayName,
        EventSourceArn: `${arn}:archive/an-archive`,
        Destination: { Arn: `${arn}:event-bus/default` },
        ...window(),
      }),
    )
  }
  await cloud.advance({ seconds: 5 })
}

recorded('replays are listed by prefix', async () => {
  const replay = replaying(file, 'TestReplay::test_list_replays_with_prefix', {
    '<archive-arn>': `${arn}:archive/an-archive`,
  })
  await startReplays(replay, ['p-test-replay', 'other'])
  for (const [key, NamePrefix] of [
    ['list-replays-with-full-name', 'p-test-replay'],
    ['list-replays-with-prefix', 'p'],
  ] as const) {
    await replay.answers(key, replay.events.send(new ListReplaysCommand({ NamePrefix })))
  }
})

recorded('replays are listed page by page', async () => {
  const replay = replaying(file, 'TestReplay::test_list_replay_with_limit')
  const { answers, events } = replay
  await startReplays(
    replay,
    Array.from({ length: 6 }, (_, i) => `p-test-replay-${i}`),
  )
  const page = { NamePrefix: 'p', Limit: 3 }
  const first = await answers('list-replays-with-limit', events.send(new ListReplaysCommand(page)))
  const next = { ...page, NextToken: String(first['NextToken']) }
  await answers('list-replays-with-limit-next-token', events.send(new ListReplaysCommand(next)))
})

for (const minutes of [0, 10]) {
  recorded(`a replay ends after it starts: ${minutes} minutes`, async () => {
    const name = `TestReplay::test_start_replay_error_invalid_end_time[${minutes}]`
    const replay = replaying(file, name)
    await replay.events.send(new CreateArchiveCommand(archiveOf('default')))
    await replay.answers(
      'start-replay-invalid-end-time-error',
      replay.events.send(
        new StartReplayCommand({
          ReplayName: 'a-replay',
          EventSourceArn: `${arn}:archive/an-archive`,
          Destination: { Arn: `${arn}:event-bus/default` },
          ...window(-minutes),
        }),
      ),
    )
  })
}

recorded('the name of a replay is used once, for whichever archive', async () => {
  const name = 'TestReplay::test_start_replay_error_duplicate_different_archive'
  const replay = replaying(file, name)
  await startReplays(replay, ['a-replay'])
  await replay.events.send(new CreateArchiveCommand(archiveOf('default', 'other')))
  await replay.answers(
    'start-replay-duplicate-error',
    replay.events.send(
      new StartReplayCommand({
        ReplayName: 'a-replay',
        EventSourceArn: `${arn}:archive/other`,
        Destination: { Arn: `${arn}:event-bus/default` },
        ...window(),
      }),
    ),
  )
})
