import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { putEventsBytesMax } from './limits.ts'
import { recordedEntry, replaying } from './recorded-cloud.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)

const { Source, DetailType, Detail } = recordedEntry

for (const [name, key, entry] of [
  ['test_put_events_without_source', 'put-events', { DetailType, Detail }],
  ['test_put_event_without_detail_type', 'put-events', { Source, Detail, DetailType: '' }],
  ['test_put_event_malformed_detail[ARRAY]', 'put-events', { Source, DetailType, Detail: '["a"]' }],
  [
    'test_put_event_malformed_detail[MALFORMED_JSON]',
    'put-events',
    { Source, DetailType, Detail: '{"not": [json}' },
  ],
  [
    'test_put_event_with_too_big_detail',
    'put-events-too-big-detail-error',
    // Recorded when the limit was 256 KB; it is 1 MB since January 2026.
    { Source, DetailType, Detail: JSON.stringify({ payload: 'p'.repeat(putEventsBytesMax) }) },
  ],
] as const satisfies readonly (readonly [string, string, PutEventsRequestEntry])[]) {
  recorded(`PutEvents answers as recorded: ${name}`, async () => {
    const { answers, events } = replaying('events/test_events', `TestEvents::${name}`)
    await answers(key, events.send(new PutEventsCommand({ Entries: [entry] })))
  })
}
