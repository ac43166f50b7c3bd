import { LambdaClient } from '@aws-sdk/client-lambda'
import { client, createCloud } from '@cloud-orrery/cloud'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
} from '../shared/recorded.test-support.ts'
import { cloudOf, giveRole, type Made, type TestHandler, zipOf } from './functions.test-support.ts'

/** Recordings are of this account. */
export const recordedAccount = '111111111111'
const recordedRole = `arn:aws:iam::${recordedAccount}:role/function-role`

export interface Replay extends Made {
  /** Compares an answer with the recorded one of a name. */
  expect(name: string, call: Promise<object>, ignore?: readonly string[]): Promise<Recorded>
  /** Compares anything else. */
  expectValue(name: string, value: unknown, ignore?: readonly string[]): void
  readonly recorded: Recorded
}

/**
 * A cloud for the requests of a recorded test: `file` below `lambda_`, or with its own folder. Its functions are
 * handlers of the test, or run as what they are, by the runtimes.
 */
export function replay(
  file: string,
  name: string,
  handlers: Readonly<Record<string, TestHandler>> | 'real code' = {},
  actions: readonly string[] = ['logs:*', 'sqs:*', 'sns:*', 'lambda:*', 'events:*'],
): Replay {
  const options = { accountId: recordedAccount }
  const cloud =
    handlers === 'real code'
      ? createCloud({ deepFreeze: true, ...options })
      : cloudOf(handlers, options)
  giveRole(cloud, actions)
  const lambda = client(cloud, LambdaClient)
  const recorded = recording(file.includes('/') ? file : `lambda_/${file}`, name)
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
  const expectValue = (name: string, value: unknown, ignore: readonly string[] = []): void => {
    if (!(name in recorded)) throw new Error(`no ${name} in the recording`)
    expectRecorded(comparable(value), comparable(recorded[name]), bindings, ignore)
  }
  return {
    cloud,
    lambda,
    recorded,
    expectValue,
    async expect(name, call, ignore) {
      const answer = await asRecorded(call)
      expectValue(name, answer, ignore)
      return answer
    },
  }
}

let anything = 0

/**
 * Without what stands twice: botocore shows the message of an error among its members again. What has no fixed value
 * (`date`, `<code-size>`) is another placeholder each time.
 */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (value instanceof Date || typeof value !== 'object' || value === null) return value
  const members = Object.entries(typeOutside(value)).filter(
    ([key]) => !('Error' in value && (key === 'message' || key === 'Message')),
  )
  return Object.fromEntries(
    members.map(([key, member]) => {
      if (key === 'ResponseMetadata' && typeof member === 'object' && member !== null) {
        return [key, 'HTTPStatusCode' in member ? { status: member.HTTPStatusCode } : {}]
      }
      if (typeof member !== 'string' || !variable.test(member)) return [key, comparable(member)]
      anything += 1
      return [key, `<anything:${anything}>`]
    }),
  )
}

/** Lambda's `Type` is a member of its own, not one of the XML form of errors. */
function typeOutside(value: object): object {
  if (!('Error' in value) || typeof value.Error !== 'object' || value.Error === null) return value
  if (!('Type' in value.Error)) return value
  const { Type, ...rest } = value.Error
  return { ...value, Error: rest, Type }
}

const variable =
  /^(date|code-sha256|datetime|<code-size>|<location>|<layer-location>|<code-sha256>|<datetime>|lambda-url|<function-url>|maximum-batching-window-in-seconds|log-result)$/

/** The parameters that most recorded tests give a function. */
export async function functionInput(name: string, more: Record<string, unknown> = {}) {
  return {
    FunctionName: name,
    Role: recordedRole,
    Runtime: 'python3.12' as const,
    Handler: 'handler.handler',
    Timeout: 30,
    Environment: { Variables: {} },
    Code: { ZipFile: await zipOf({ 'handler.py': 'def handler(event, context): pass' }) },
    ...more,
  }
}

/** As `functionInput`, for tests that give no more than they must. */
export async function plainInput(name: string, more: Record<string, unknown> = {}) {
  const { Timeout: _, Environment: _none, ...input } = await functionInput(name)
  return { ...input, Handler: 'index.handler', ...more }
}
