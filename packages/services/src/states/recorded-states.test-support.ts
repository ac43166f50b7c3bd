import { SFNClient } from '@aws-sdk/client-sfn'
import { client, createCloud } from '@cloud-orrery/cloud'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
} from '../shared/recorded.test-support.ts'
import { giveRole } from './states-cloud.test-support.ts'

/** Recordings are of this account. */
export const recordedAccount = '111111111111'

export interface Replaying {
  readonly cloud: ReturnType<typeof createCloud>
  readonly sfn: SFNClient
  readonly roleArn: string
  readonly recorded: Recorded
  /** Compares an SDK call's answer, or its error, with the recorded one of a name. */
  expect(name: string, call: Promise<object>, ignore?: readonly string[]): Promise<Recorded>
  /** Compares anything else. */
  expectValue(name: string, value: unknown, ignore?: readonly string[]): void
  /** As `expectValue`, without what no two answers of a service have in common: ids of requests, lengths. */
  expectRun(name: string, value: { readonly events?: unknown }): void
  /** Compares an error with a recorded exception of botocore. */
  expectException(name: string, call: Promise<object>): Promise<void>
}

/**
 * A cloud for the requests of a recorded test. `file` is below `stepfunctions/v2`; `texts` says what stands in the
 * recording for a text of the test (`snf_role_arn` for the role's ARN, always).
 */
export function replaying(
  file: string,
  name: string,
  texts: Readonly<Record<string, string>> = {},
  cloud = createCloud({ deepFreeze: true, accountId: recordedAccount }),
): Replaying {
  const roleArn = giveRole(cloud, ['*'])
  const sfn = client(cloud, SFNClient)
  const recorded = recording(`stepfunctions/v2/${file}`, name)
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
  const all = { snf_role_arn: roleArn, sfn_role_arn: roleArn, ...texts }
  const expectValue = (key: string, value: unknown, ignore: readonly string[] = []): void => {
    if (!(key in recorded)) throw new Error(`no ${key} in the recording`)
    const { [key]: wanted } = recorded
    expectRecorded(comparable(value, {}), comparable(wanted, all), bindings, ignore)
  }
  return {
    cloud,
    sfn,
    roleArn,
    recorded,
    expectValue,
    expectRun(key, value) {
      const { events } = recorded[key] as { events: unknown } // Each history has them.
      // Recordings before November 2023 know of no redrive.
      const redrive = JSON.stringify(events).includes('RedriveStatus')
      const actual = comparable(
        withoutIds(redrive ? value.events : beforeRedrive(value.events)),
        {},
      )
      expectRecorded(actual, comparable(withoutIds(events), all), bindings)
    },
    async expect(key, call, ignore) {
      const answer = await asRecorded(call)
      expectValue(key, answer, ignore)
      return answer
    },
    async expectException(key, call) {
      const answer = await asRecorded(call)
      const { Code, Message } = answer['Error'] as { Code: string; Message: string } // It is an error's.
      const wanted = recorded[key] as { exception_typename: string; exception_value: string } // As above.
      const text = wanted.exception_value.replace(/^An error occurred .*? operation: /, '')
      const facts = { exception_typename: Code, exception_value: Message }
      const { exception_typename } = wanted
      expectRecorded(
        facts,
        comparable({ exception_typename, exception_value: text }, all),
        bindings,
      )
    },
  }
}

let anything = 0

/** What has no fixed value is another placeholder each time. */
const variable =
  /^(date|datetime|timestamp|creation-date|start-date|stop-date|<start-date>|<stop-date>|RequestId|x-amzn-RequestId|x-amz-crc32|X-Amzn-Trace-Id|start-time|entered-time|.*-date)$/

/**
 * What can be compared: without what stands twice (botocore shows an error's message again), with the test's own texts
 * in the places of the recording's.
 */
function comparable(value: unknown, texts: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((it) => comparable(it, texts))
  if (typeof value === 'string') return textOf(value, texts)
  if (value instanceof Date || typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(
    ([key]) => !('Error' in value && 'ResponseMetadata' in value && key === 'message'),
  )
  return Object.fromEntries(
    members.map(([key, member]) => {
      if (key === 'ResponseMetadata' && 'HTTPStatusCode' in Object(member)) {
        return [key, { status: (member as { HTTPStatusCode: number }).HTTPStatusCode }] // Just asked.
      }
      return [key, comparable(member, texts)]
    }),
  )
}

function textOf(value: string, texts: Readonly<Record<string, string>>): string {
  if (Object.keys(texts).length === 0) return value
  if (variable.test(value)) {
    anything += 1
    return `<anything:${anything}>`
  }
  let text = value
  for (const [name, own] of Object.entries(texts)) text = text.replaceAll(name, own)
  // A token in a token's brackets.
  return text.replace(/<<([^<>]*)>(:\d+)>/g, '<$1$2>')
}

/** The definition of most recorded tests. */
export const passResult = {
  Comment: 'BASE_PASS_RESULT',
  StartAt: 'State_1',
  States: { State_1: { Result: { Arg1: 'argument1' }, Type: 'Pass', End: true } },
}

/** Lengths depend on the names that a test drew; request ids and checksums are of one answer alone. */
const ofOneAnswer =
  /^(x-amzn-requestid|content-length|x-amz-crc32|sdkresponsemetadata|connection)$/i

function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds)
  if (typeof value === 'string') {
    if (!value.includes('SdkHttpMetadata')) return value
    return JSON.stringify(withoutIds(JSON.parse(value)))
  }
  if (value instanceof Date || typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([key]) => !ofOneAnswer.test(key))
  return Object.fromEntries(members.map(([key, member]) => [key, withoutIds(member)]))
}

function beforeRedrive(value: unknown): unknown {
  const text = JSON.stringify(value)
  const member = /(?:,)?\\*"Redrive(?:Count|Status|StatusReason)\\*":(?:\d+|\\*"[^"\\]*\\*")/g
  return JSON.parse(text.replace(member, ''))
}
