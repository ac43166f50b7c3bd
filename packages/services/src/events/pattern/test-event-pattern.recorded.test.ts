import { EventBridgeClient, TestEventPatternCommand } from '@aws-sdk/client-eventbridge'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { asRecorded, recording, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { answered, refused } from './recorded-questions.test-support.ts'

const events = client(createCloud({ deepFreeze: true }), EventBridgeClient)

const usual = {
  id: '1',
  source: 'test-source',
  'detail-type': 'test-detail-type',
  account: '123456789012',
  region: 'us-east-2',
  time: '2022-07-13T13:48:01Z',
}

function ask(event: object, pattern: unknown) {
  return asRecorded(
    events.send(
      new TestEventPatternCommand({
        Event: spaced({ ...usual, ...event }),
        EventPattern: spaced(pattern),
      }),
    ),
  )
}

/** JSON with a space behind colons and commas, as those who recorded wrote it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, one]) => `${JSON.stringify(name)}: ${spaced(one)}`,
  )
  return `{${members.join(', ')}}`
}

const file = 'events/test_events_patterns'
const status = { HTTPHeaders: {}, HTTPStatusCode: 200 }

for (const [name, [event, pattern]] of Object.entries(answered)) {
  test.skipIf(!recordingsPresent)(`TestEventPattern answers ${name} as recorded`, async () => {
    // The answer is in the name; the recording holds nothing more, but it must be there.
    expect(recording(file, `test_event_pattern[${name}]`)).toEqual({})
    expect(await ask(event, pattern)).toEqual({
      Result: !name.endsWith('_NEG'),
      ResponseMetadata: status,
    })
  })
}

for (const [name, pattern] of Object.entries(refused)) {
  test.skipIf(!recordingsPresent)(`TestEventPattern refuses ${name} as recorded`, async () => {
    const { [name]: found } = recording(file, `test_event_pattern[${name}]`)
    const { exception_message: recorded } = found as {
      exception_message: { Error: { Code: string; MessageRaw: string }; ResponseMetadata: object }
    }
    expect(await ask({ detail: {} }, pattern)).toEqual({
      Error: { Code: recorded.Error.Code, Message: recorded.Error.MessageRaw },
      ResponseMetadata: recorded.ResponseMetadata,
    })
  })
}

test.skipIf(!recordingsPresent)('a pattern that is no object is refused as recorded', async () => {
  const pattern = ['not', 'a', 'dict', 'but valid json']
  const name = `test_invalid_json_event_pattern[${spaced(pattern)}]`
  expect(await ask({}, pattern)).toEqual(recording(file, name)['invalid-pattern'])
})
