import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { SimulatorError } from '@cloud-orrery/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cloud, client, compareReplay, createCloud, record } from '../index.ts'
import { crash, emptyFolder, opened, sendMessages } from './data.test-support.ts'
import { readRecordings, writeRecording, writeRecordings } from './recording-file.ts'
import { RecordingSpool } from './recording-spool.ts'

async function run(): Promise<Cloud> {
  const cloud = createCloud({ seed: 5, deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await sendMessages(cloud, 3)
  await cloud.advance({ hours: 1 })
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }))
  const Body = new Uint8Array(30_000).map((_, index) => index & 0xff)
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body }))
  cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'Unavailable' }, { times: 2 })
  await sendMessages(cloud, 0)
  return cloud
}

async function filed(cloud: Cloud): Promise<string> {
  const path = join(emptyFolder(), 'run.orrery')
  await writeRecording(path, record(cloud), 'a test')
  return path
}

describe('a recording in a file', () => {
  test('gives the same run, bytes and all', async () => {
    const cloud = await run()
    const path = await filed(cloud)
    const [recording] = await readRecordings(path)
    if (recording === undefined) return expect.fail('it is there')
    expect(recording).toMatchObject({ title: 'a test', version: '0.1.0', unfinished: false })
    const { cloud: again, difference, whole } = await compareReplay(recording)
    expect({ difference, whole }).toEqual({ difference: undefined, whole: true })
    expect(again.kernel.export()).toEqual(cloud.kernel.export())
    expect(again.kernel.journal.digest()).toBe(cloud.kernel.journal.digest())
    expect(readdirSync(dirname(path))).toEqual(['run.orrery'])
  })

  test('goes as far as one asks: to an entry, or a time', async () => {
    const cloud = await run()
    const { entered } = record(cloud)
    const [third, advance] = [entered[2], entered.find(({ kind }) => kind === 'clock')]
    if (third === undefined || advance === undefined) return expect.fail('they are there')
    const early = await compareReplay(record(cloud), { sequence: third.sequence })
    expect(early.cloud.kernel.journal.lastSequence).toBe(third.sequence)
    expect(early).toMatchObject({ whole: false, difference: undefined })
    const atMs = advance.atMs + 1_800_000
    const between = await compareReplay(record(cloud), { atMs })
    expect(between.cloud.kernel.clock.nowMs).toBe(atMs)
    expect(between.cloud.kernel.journal.lastSequence).toBe(advance.sequence)
  })

  test('that is not what happened is told by the entry from which on it is not', async () => {
    const recording = record(await run())
    const other = recording.entered.map((entry) =>
      entry.kind === 'call' && entry.sequence === 3
        ? { ...entry, data: { ...entry.data, input: { QueueUrl: 'nowhere', MessageBody: '1' } } }
        : entry,
    )
    const { difference } = await compareReplay({ ...recording, entered: other })
    expect(difference?.sequence).toBe(3)
    expect(difference?.text).toMatch(
      /^entry #3 \(call sqs\.SendMessage\) or what followed it, up to #\d+, is not as recorded$/,
    )
    const moved = recording.entered.map((entry) =>
      entry.sequence === 3 ? { ...entry, name: 'sqs.ListQueues' } : entry,
    )
    const { difference: named } = await compareReplay({ ...recording, entered: moved })
    expect(named?.sequence).toBe(3)
    const { difference: state } = await compareReplay({ ...recording, stateSha256: 'another' })
    expect(state?.text).toBe('the journal is the same, but the state at the end is not')
  })

  test('may hold several', async () => {
    const path = join(emptyFolder(), 'runs.orrery')
    const [one, two] = [await run(), createCloud({ seed: 9 })]
    await writeRecordings(path, [
      { recording: record(one), title: 'one' },
      { recording: record(two), title: 'two' },
    ])
    const read = await readRecordings(path)
    expect(read.map(({ title, options }) => [title, options.seed])).toEqual([
      ['one', 5],
      ['two', 9],
    ])
  })

  test('of a cloud that was opened in a data directory goes back to its first beginning', async () => {
    const folder = emptyFolder()
    const first = await opened(folder, { cloud: { seed: 3 } })
    await sendMessages(first.cloud, 3)
    await first.snapshot()
    await sendMessages(first.cloud, 2, 'other')
    await crash(first, folder)
    const second = await opened(folder)
    await sendMessages(second.cloud, 2, 'third')
    const recording = await second.recording()
    expect(recording.beginning).toBeUndefined()
    const { cloud, difference } = await compareReplay(recording)
    expect(difference).toBeUndefined()
    expect(cloud.kernel.export()).toEqual(second.cloud.kernel.export())
    await second.close()
  })
})

describe('a recording that is no good', () => {
  async function refusal(path: string): Promise<SimulatorError> {
    try {
      await readRecordings(path)
    } catch (error) {
      if (error instanceof SimulatorError) return error
      throw error
    }
    throw new Error('it was read')
  }

  test('cut anywhere, is cut short or damaged', async () => {
    const path = await filed(await run())
    const bytes = readFileSync(path)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 1 }), async (kept) => {
        writeFileSync(path, bytes.subarray(0, kept))
        const { code, message } = await refusal(path)
        expect(code).toMatch(/^Recording(Unfinished|Damaged|Foreign)$/)
        expect(message).toContain(path)
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  test('with one bit flipped is refused, or says the same', async () => {
    const cloud = await run()
    const path = await filed(cloud)
    const bytes = readFileSync(path)
    const whole = JSON.stringify(await readRecordings(path))
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (bit) => {
        const flipped = Buffer.from(bytes)
        const index = (bit >> 3) % bytes.length
        flipped[index] = (flipped[index] ?? 0) ^ (1 << (bit & 7))
        writeFileSync(path, flipped)
        try {
          // The head of a gzip file has bits that say nothing of its content.
          expect(JSON.stringify(await readRecordings(path))).toBe(whole)
        } catch (error) {
          if (!(error instanceof SimulatorError)) throw error
          expect(error.code).toMatch(/^Recording(Unfinished|Damaged|Foreign|Version)$/)
        }
      }),
      { seed: 2, numRuns: 150 },
    )
  })

  test.for([
    ['an empty file', Buffer.alloc(0), 'RecordingDamaged'],
    ['text', Buffer.from('dear diary\n'), 'RecordingForeign'],
    ['something else that is compressed', gzipSync('dear diary\n'), 'RecordingForeign'],
    ['JSON of another kind', gzipSync('{"name":"x"}\n'), 'RecordingForeign'],
    ['nothing, compressed', gzipSync(''), 'RecordingForeign'],
    ['one without options', gzipSync('{"orrery":"recording","format":1}\n'), 'RecordingDamaged'],
    [
      'a later format',
      gzipSync('{"orrery":"recording","format":2,"version":"9.1.0","options":{}}\n'),
      'RecordingVersion',
    ],
    ['a snapshot', gzipSync('{"orrery":"snapshot","format":1,"options":{}}\n'), 'RecordingForeign'],
  ] as const)('%s is refused', async ([, bytes, code]) => {
    const path = join(emptyFolder(), 'file')
    writeFileSync(path, bytes)
    expect(await refusal(path)).toMatchObject({ code })
  })

  test('whose lines are in another order, or not all there, is damaged', async () => {
    const path = await filed(await run())
    const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n')
    for (const changed of [
      [...lines.slice(0, 2), ...lines.slice(3)],
      [...lines.slice(0, 5), lines[6], lines[5], ...lines.slice(7)],
      [...lines, lines[2]],
      [lines[0], lines[0], ...lines.slice(1)],
      [...lines.slice(0, 2), '{"unknown":1}', ...lines.slice(2)],
      [...lines.slice(0, 2), 'no JSON', ...lines.slice(2)],
    ]) {
      writeFileSync(path, gzipSync(`${changed.join('\n')}\n`))
      const told = changed.map((line) => line?.slice(0, 60)).join('\n')
      const { code } = await refusal(path).catch(() => expect.fail(told))
      expect(code).toMatch(/^Recording(Damaged|Foreign)$/)
    }
  })

  test('any bytes at all are refused, and nothing else happens', async () => {
    const path = join(emptyFolder(), 'file')
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, packed) => {
        writeFileSync(path, packed ? gzipSync(bytes) : bytes)
        expect((await refusal(path)).code).toMatch(/^Recording/)
      }),
      { seed: 3, numRuns: 200 },
    )
  })
})

describe('a recording that is written while the run goes on', () => {
  test('is whole although the journal in memory is not', async () => {
    const path = join(emptyFolder(), 'long.orrery')
    const cloud = createCloud({ seed: 2, journalEntriesMax: 10 })
    const spool = await RecordingSpool.begin(cloud, path)
    await sendMessages(cloud, 40)
    expect(() => record(cloud)).toThrow('the beginning is gone')
    const soFar = await compareReplay(await spool.recording())
    expect(soFar).toMatchObject({ difference: undefined, whole: true })
    await cloud.advance({ days: 1 })
    await spool.close()
    const [recording] = await readRecordings(path)
    if (recording === undefined) return expect.fail('it is there')
    const { cloud: again, difference } = await compareReplay(recording)
    expect(difference).toBeUndefined()
    expect(again.kernel.export()).toEqual(cloud.kernel.export())
  })

  test('goes on after a rewind as the run does', async () => {
    const path = join(emptyFolder(), 'back.orrery')
    const spool = await RecordingSpool.begin(createCloud({ seed: 2 }), path)
    await sendMessages(spool.cloud, 5)
    const back = await spool.rewind({ sequence: 3 })
    await sendMessages(back.cloud, 1, 'other')
    const state = back.cloud.kernel.export()
    await back.close()
    const [recording] = await readRecordings(path)
    if (recording === undefined) return expect.fail('it is there')
    expect((await compareReplay(recording)).cloud.kernel.export()).toEqual(state)
  })

  test('of a process that was killed is cut short, and still says what entered', async () => {
    const path = join(emptyFolder(), 'killed.orrery')
    const cloud = createCloud({ seed: 2 })
    const spool = await RecordingSpool.begin(cloud, path)
    await sendMessages(cloud, 5)
    await spool.recording() // Lets all that was written so far be seen.
    expect(existsSync(path)).toBe(true)
    await expect(readRecordings(path)).rejects.toMatchObject({ code: 'RecordingUnfinished' })
    const [recording] = await readRecordings(path, { unfinished: true })
    expect(recording).toMatchObject({ unfinished: true })
    expect(recording?.entered).toHaveLength(6)
    await spool.close()
  })
})
