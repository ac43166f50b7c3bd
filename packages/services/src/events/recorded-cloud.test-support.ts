import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { Message } from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
} from '../shared/recorded.test-support.ts'

/** The account in which the recordings were made. */
export const recordedAccount = '111111111111'

/** The pattern and the detail that most of the recorded tests use. */
export const recordedPattern = JSON.stringify({
  source: ['core.update-account-command'],
  'detail-type': ['core.update-account-command'],
  detail: { command: ['update-account'] },
})
export const recordedDetail = {
  command: 'update-account',
  payload: { acc_id: '0a787ecb-4015', sf_id: 'baz' },
}
export const recordedEntry = {
  Source: 'core.update-account-command',
  DetailType: 'core.update-account-command',
  // With a space behind colons and commas, as those who recorded wrote it: archives count the bytes.
  Detail: '{"command": "update-account", "payload": {"acc_id": "0a787ecb-4015", "sf_id": "baz"}}',
}

/** A fresh cloud and one recorded test, whose answers are compared one by one. */
export function replaying(file: string, name: string, placeholders: Record<string, string> = {}) {
  const cloud = createCloud({ accountId: recordedAccount, deepFreeze: true })
  const content = recording(file, name)
  const bindings: Bindings = new Map(Object.entries(placeholders))
  return {
    cloud,
    content,
    bindings,
    events: client(cloud, EventBridgeClient),
    /** Compares a call's answer with the recorded one of this key. */
    async answers(key: string, call: Promise<object>, ignore: readonly string[] = []) {
      const actual = await asRecorded(call)
      expectRecorded(actual, content[key], bindings, ignore)
      return actual
    },
    holds(key: string, actual: unknown, ignore: readonly string[] = []) {
      expectRecorded(actual, content[key], bindings, ignore)
    },
  }
}

/** Messages as the recordings keep them; receipt handles and digests are words in some of them. */
export function recordedMessages(
  messages: readonly Message[],
  words: Readonly<Record<string, string>> = {},
) {
  return messages.map(({ MessageId, ReceiptHandle, MD5OfBody, Body = '' }) => ({
    MessageId,
    ReceiptHandle,
    MD5OfBody,
    // The recordings show times as the word `date`.
    Body: Body.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'date'),
    ...words,
  }))
}

export type Replaying = ReturnType<typeof replaying>
export type { Recorded }
