import { DeleteItem, PutItem, Scan } from '@cloud-orrery/models/dynamodb'
import { DeleteObject, PutObject } from '@cloud-orrery/models/s3'
import { DeleteSchedule, ListSchedules } from '@cloud-orrery/models/scheduler'
import { UpdateSecret } from '@cloud-orrery/models/secretsmanager'
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
test.for([1, 2, 3, 4])('seed %i breaks no promise', { timeout }, async (seed) => {
  const { violation, told } = await inFolder(settingsOf(seed, 40), (given) => run(given))
  expect(violation, told.join('\n')).toBeUndefined()
})

test('the same seed does the same and leaves the same journal', { timeout }, async () => {
  const settings = settingsOf(8, 25)
  const once = await inFolder(settings, (given) => run(given))
  expect(await inFolder(settings, (given) => run(given))).toEqual(once)
})

describe('a checker speaks', () => {
  const queueUrl = (name: string) =>
    `https://sqs.${home.region}.amazonaws.com/${home.accountId}/${name}`

  /** A calm run with few parts, in which something happens that no book knows of. */
  async function spokenOf(part: OptionalPart, deed: (world: World) => Promise<unknown>, seed = 1) {
    const settings: Settings = { ...settingsOf(seed, 60), parts: new Set([part]) }
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

  const inTables = { TableName: 'things' }
  const tableKeys = Array.from({ length: 32 }, (_, i) => ({
    pk: { S: `p${i >> 3}` },
    sk: { S: `s${i & 7}` },
  }))

  test('when items are gone', { timeout }, async () => {
    expect(
      await spokenOf('tables', async (world) => {
        for (const Key of tableKeys) await world.done(DeleteItem, { ...inTables, Key })
      }),
    ).toBe('index')
  })

  test('when a stream tells of a change that no book knows', { timeout }, async () => {
    const Item = { pk: { S: 'p0' }, sk: { S: 'other' }, token: { S: 'tok-other-0.' } }
    expect(
      await spokenOf('tables', async (world) => {
        await world.done(PutItem, { ...inTables, Item })
        await world.done(DeleteItem, { ...inTables, Key: { pk: Item.pk, sk: Item.sk } })
      }),
    ).toBe('changes in a stream')
  })

  test('when the effects of workflows are gone', { timeout }, async () => {
    const flows = { TableName: 'flows' }
    const deed = async (world: World) => {
      const { Items = [] } = await world.done(Scan, flows)
      for (const Key of Items.map(({ id }) => ({ id: id ?? { S: '' } }))) {
        await world.done(DeleteItem, {
          ...flows,
          Key,
        })
      }
    }
    expect(await spokenOf('workflows', deed, 9)).toBe('effects of a workflow')
  })

  test('when a schedule is gone', { timeout }, async () => {
    expect(
      await spokenOf('schedules', async (world) => {
        const { Schedules } = await world.done(ListSchedules, {})
        for (const { Name = '' } of Schedules) await world.done(DeleteSchedule, { Name })
      }),
    ).toBe('list of schedules')
  })

  test('when a secret has another value', { timeout }, async () => {
    expect(
      await spokenOf('secrets', async (world) => {
        for (let i = 0; i < 4; i += 1) {
          await world.attempt(
            UpdateSecret,
            { SecretId: `vault/${i}`, SecretString: 'other', ClientRequestToken: 'x'.repeat(32) },
            { refusals: ['ResourceNotFoundException', 'InvalidRequestException'] },
          )
        }
      }),
    ).toBe('secret')
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
