import { DeleteObject, PutObject } from '@cloud-orrery/models/s3'
import { PurgeQueue, SendMessage } from '@cloud-orrery/models/sqs'
import { DeleteParameter } from '@cloud-orrery/models/ssm'
import { describe, expect, test } from 'vitest'
import { inFolder } from './folders.ts'
import { type Outcome, run } from './run.ts'
import { type OptionalPart, type Settings, settingsOf } from './settings.ts'
import { shrink } from './shrink.ts'
import { home, type World } from './world.ts'

const timeout = 120_000

/** A few seeds, calm and legal, with and without crashes; `npm run simulate` runs many. */
test.for([1, 2, 3, 4, 5])('seed %i breaks no promise', { timeout }, async (seed) => {
  const { violation, told } = await inFolder(settingsOf(seed, 40), (given) => run(given))
  expect(violation, told.join('\n')).toBeUndefined()
})

test('the same seed does the same and leaves the same journal', { timeout }, async () => {
  const settings = settingsOf(8, 40)
  const once = await inFolder(settings, (given) => run(given))
  expect(await inFolder(settings, (given) => run(given))).toEqual(once)
})

describe('a checker speaks', () => {
  const queueUrl = (name: string) =>
    `https://sqs.${home.region}.amazonaws.com/${home.accountId}/${name}`

  /** A calm run with few parts, in which something happens that no book knows of. */
  async function spokenOf(part: OptionalPart, deed: (world: World) => Promise<unknown>) {
    const settings: Settings = { ...settingsOf(1, 60), parts: new Set([part]) }
    const { violation } = await run(settings, async (world) => void (await deed(world)))
    return violation?.checker
  }

  test('when messages are gone', { timeout }, async () => {
    const QueueUrl = queueUrl('orders')
    expect(await spokenOf('logs', (world) => world.done(PurgeQueue, { QueueUrl }))).toBe(
      'lost message',
    )
  })

  test('when a message comes that nobody sent', { timeout }, async () => {
    const input = { QueueUrl: queueUrl('orders'), MessageBody: 'tok-other-0.' }
    expect(await spokenOf('logs', (world) => world.done(SendMessage, input))).toBe(
      'message from nowhere',
    )
  })

  test('when an object is gone, or has other content', { timeout }, async () => {
    const key = { Bucket: 'sim-near', Key: 'k/1' }
    expect(
      await spokenOf('objects', async (world) => {
        await world.done(PutObject, { ...key, Body: new TextEncoder().encode('other') })
        await world.done(DeleteObject, key)
      }),
    ).toMatch(/^(list of objects|message from nowhere)$/)
  })

  test('when parameters are gone', { timeout }, async () => {
    const names = ['plain', 'secret'].flatMap((kind) =>
      Array.from({ length: 8 }, (_, i) => `/simulation/${kind}/${i}`),
    )
    const refusals = ['ParameterNotFound']
    expect(
      await spokenOf('parameters', async (world) => {
        for (const Name of names) await world.attempt(DeleteParameter, { Name }, { refusals })
      }),
    ).toBe('list of parameters')
  })
})

test('a failing run is shortened to the steps that it needs', async () => {
  const settings: Settings = { ...settingsOf(1), parts: new Set() }
  const outcome: Outcome = {
    told: [],
    calls: 0,
    refusals: 0,
    denied: 0,
    received: 0,
    entries: 0,
    digest: '',
    modelMs: 0,
  }
  /** Fails at step 60 where steps 7 and 31 were done before it. */
  const runOnce = async ({ steps }: Settings): Promise<Outcome> => {
    const numbers = steps.map(({ number }) => number)
    const fails = [7, 31, 60].every((number) => numbers.includes(number))
    const told = numbers.map(String)
    const violation = { checker: 'lost message', text: 'one is gone', step: 60 }
    return { ...outcome, told, ...(fails ? { violation } : {}) }
  }
  expect((await shrink(settings, 'lost message', runOnce)).told).toEqual(['7', '31', '60'])
})
