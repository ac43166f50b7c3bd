import { type Cloud, createCloud } from '@cloud-orrery/cloud'
import { loadServiceModel } from '@cloud-orrery/models'
import { registry } from '@cloud-orrery/services'
import { describe, expect, test } from 'vitest'
import { type Case, casesOf } from './cases.ts'
import { doorsDiffer } from './doors.ts'
import { houseWords } from './house-words.ts'
import { judge, type Subject } from './judge.ts'
import { type Sdk, Sender } from './sender.ts'
import { type KnownValues, ValidValues } from './valid-values.ts'

export interface RingOptions {
  readonly sdk: Sdk
  readonly client: string
  /** Puts something of each kind into a fresh cloud, and tells their names. */
  readonly arrange: (cloud: Cloud) => Promise<KnownValues>
  /** Members (`ListKeys.ResourceOwners`) that the model has and the client, which is older, does not send. */
  readonly unsent?: readonly string[]
  /** Members (`MailFromDomain`) that the model requires of answers and AWS leaves out. */
  readonly leftOut?: readonly string[]
  /** Cases (`changeBatch missing`) that the client changes on the way, or does not send at all. */
  readonly changed?: RegExp
  /** A fresh cloud, where it is not the usual one: functions run the code of the test. */
  readonly cloud?: () => Cloud
}

function usualCloud(): Cloud {
  return createCloud({ deepFreeze: true })
}

/** The least valid request, one beyond a boundary, and one of many sorts of characters. */
function sampleOf(cases: readonly Case[]): Case[] {
  const [first] = cases
  const beyond = cases.find(({ breaks }) => breaks !== undefined)
  const rich = cases.find(({ name }) => name.endsWith('of many sorts'))
  return [first, beyond, rich].filter((it) => it !== undefined)
}

/** Whether an operation's input has a member: `Operation.Member.Inner`. */
function isGiven(input: Case['input'], operation: string, path: string): boolean {
  const [of, ...members] = path.split('.')
  let value: unknown = input
  for (const member of members) value = (value as Record<string, unknown> | undefined)?.[member]
  return of === operation && value !== undefined
}

/** Whether a structure or map in it is empty: in a form that is nothing at all. */
function hasNothing(value: unknown, isTop = true): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Uint8Array || value instanceof Date) return false
  const inner = Object.values(value)
  if (inner.length === 0) return !isTop && !Array.isArray(value)
  return inner.some((it) => hasNothing(it, false))
}

/** Characters of a failure that are shown. */
const shownMax = 600

/**
 * One test an operation: a request at and beyond every boundary of its model, each into a fork of the same arranged
 * cloud. The test's name has the checksum of the model, so that an update of it points at what to look at again.
 */
export async function ring(
  service: string,
  {
    sdk,
    client,
    arrange,
    unsent = [],
    leftOut = [],
    changed,
    cloud: fresh = usualCloud,
  }: RingOptions,
): Promise<void> {
  const model = loadServiceModel(service)
  const { operations: listed = [] } = (await registry[service]?.load()) ?? {}
  // Plain HTTP, as functions' URLs answer it, and what no request reaches are no operations of the model.
  const operations = listed.filter(
    ({ descriptor, isHttp, isInternal }) =>
      descriptor.name in model.operations || !(isHttp || isInternal),
  )
  const cloud = fresh()
  const known = await arrange(cloud)
  const sender = new Sender(cloud, sdk, client)
  const words = houseWords[service]
  if (words === undefined) throw new Error(`${service} has no words of refusal`)

  const isForm = model.protocols.some((it) => it === 'awsQuery' || it === 'ec2Query')

  /** What the model has, and the client, but not the service. */
  const unlisted = Object.values(model.operations).filter(
    ({ name }) =>
      `${name}Command` in sdk && !operations.some(({ descriptor }) => descriptor.name === name),
  )

  describe(`${service}, model ${model.checksum.slice(0, 12)}`, () => {
    test.each(operations.map((handler) => [handler.descriptor.name, handler] as const))(
      '%s keeps to its boundaries',
      { timeout: 60_000 },
      async (name, handler) => {
        const operation = model.operations[name]
        if (operation === undefined) throw new Error(`the model has no ${name}`)
        const subject: Subject = { service: model, model: operation, handler, words, leftOut }
        const failures: string[] = []
        for (const it of casesOf(operation, known)) {
          if (isForm && hasNothing(it.input)) continue
          if (unsent.some((path) => isGiven(it.input, name, path))) continue
          if (changed?.test(it.name) === true) continue
          const outcome = await sender.send(name, it.input)
          for (const what of judge(subject, it, outcome)) {
            failures.push(`${it.name}: ${what.slice(0, shownMax)}`)
          }
        }
        for (const it of sampleOf(casesOf(operation, known))) {
          const difference = await doorsDiffer(sender, operation, it)
          if (difference !== undefined) failures.push(`${it.name}, over the port: ${difference}`)
        }
        expect(failures).toEqual([])
      },
    )

    test('what it does not do is refused by name', async () => {
      const failures: string[] = []
      for (const operation of unlisted) {
        const input = new ValidValues(operation.name, known).structure(operation.input, '')
        const { error } = await sender.send(operation.name, input)
        // Some operations of S3 belong to services of their own.
        const named = new RegExp(`does not model (${service}:${operation.name}|the service 's3)`)
        if (error?.name !== 'NotImplemented' || !named.test(error.message)) {
          failures.push(`${operation.name}: ${error?.name}: ${error?.message}`)
        }
      }
      expect(failures).toEqual([])
    })
  })
}
