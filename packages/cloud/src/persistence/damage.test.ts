import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { copyOf, crash, emptyFolder, filesIn, opened, sendMessages } from './data.test-support.ts'
import { DataDirectory } from './data-directory.ts'
import { type Migration, readFormat, writeFormat } from './data-format.ts'
import { diskFileSystem } from './file-system.ts'
import { frameOf } from './frames.ts'

const log = (base: number) => `timelines/main/log/${String(base).padStart(15, '0')}.log`
const snapshot = (base: number) =>
  `timelines/main/snapshots/${String(base).padStart(15, '0')}.snapshot`

/** How opening a directory went: what there was, or the refusal. */
async function attempt(
  folder: string,
): Promise<{ state: unknown; remarks: readonly string[] } | SimulatorError> {
  try {
    const durable = await opened(folder)
    const state = durable.cloud.kernel.export()
    await crash(durable, folder)
    return { state, remarks: durable.remarks }
  } catch (error) {
    if (error instanceof SimulatorError) return error
    throw error
  }
}

describe('a damaged data directory', () => {
  /** Snapshots at their own numbers, and a log after the last; `states`: after each entry of the last log. */
  async function made() {
    const folder = emptyFolder()
    const durable = await opened(folder)
    await sendMessages(durable.cloud, 3)
    await durable.snapshot()
    const base = durable.cloud.kernel.journal.lastSequence
    const states = [durable.cloud.kernel.export()]
    for (let i = 0; i < 4; i += 1) {
      await sendMessages(durable.cloud, 0, `q${i}`)
      states.push(durable.cloud.kernel.export())
    }
    await crash(durable, folder)
    return { folder, base, states }
  }

  test('a log that ends in the middle of a write is cut there, and that is told', async () => {
    const { folder, base, states } = await made()
    const { size } = statSync(join(folder, log(base)))
    truncateSync(join(folder, log(base)), size - 5)
    const [first, second] = [await attempt(folder), await attempt(folder)]
    expect(first).toMatchObject({ state: states[3], remarks: [/./] })
    expect(first).toHaveProperty(
      'remarks.0',
      expect.stringMatching(
        /\.log ended in the middle of a write that nobody was answered for: cut at byte \d+ \(\d+ of the \d+ bytes of a frame\)\.$/,
      ),
    )
    expect(second).toEqual({ state: states[3], remarks: [] })
  })

  test('truncated anywhere, the last log gives what was written before, or is refused by name', async () => {
    const { folder, base, states } = await made()
    const path = join(folder, log(base))
    const { size } = statSync(path)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: size - 1 }), async (kept) => {
        const copy = copyOf(folder)
        truncateSync(join(copy, log(base)), kept)
        const result = await attempt(copy)
        if (result instanceof SimulatorError) throw new Error(result.message)
        expect(states).toContainEqual(result.state)
      }),
      { seed: 5, numRuns: 25 },
    )
  })

  test('one flipped bit in any file is refused with the name of the file, or does no harm', async () => {
    const { folder, states } = await made()
    const files = filesIn(folder)
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (which, bit) => {
        const copy = copyOf(folder)
        const file = files[which % files.length] ?? ''
        const bytes = readFileSync(join(copy, file))
        const index = (bit >> 3) % bytes.length
        bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7))
        writeFileSync(join(copy, file), bytes)
        const result = await attempt(copy)
        if (result instanceof SimulatorError) {
          expect(result.code).toMatch(/^Data(Damaged|Foreign|Version|Timeline|Differs|Options)$/)
          expect(`${result.message} ${result.next}`).toContain(copy)
        } else {
          // A snapshot that is passed over is told of; older logs are looked at only then.
          expect(result.state).toEqual(states.at(-1))
        }
      }),
      { seed: 6, numRuns: 60 },
    )
  })

  test('a damaged snapshot is passed over: an older one and the logs say the same', async () => {
    const { folder, base, states } = await made()
    appendFileSync(join(folder, snapshot(base)), 'x')
    const result = await attempt(folder)
    expect(result).toMatchObject({ state: states.at(-1) })
    expect(result).toHaveProperty('remarks.0', expect.stringContaining('An older snapshot'))
  })

  test('where no older log is there, a damaged snapshot is refused', async () => {
    const { folder, base } = await made()
    appendFileSync(join(folder, snapshot(base)), 'x')
    rmSync(join(folder, log(0)))
    expect(await attempt(folder)).toMatchObject({
      code: 'DataDamaged',
      message: expect.stringContaining(`${log(0)} is missing`),
    })
  })

  test('a log in the middle that is cut or gone is refused', async () => {
    const { folder, base } = await made()
    rmSync(join(folder, snapshot(base)))
    const cut = copyOf(folder)
    truncateSync(join(cut, log(0)), statSync(join(cut, log(0))).size - 3)
    expect(await attempt(cut)).toMatchObject({
      code: 'DataDamaged',
      message: expect.stringMatching(/0\.log is damaged at byte \d+: /),
      next: expect.stringMatching(/truncate -s \d+/),
    })
    rmSync(join(folder, log(base)))
    const durable = await opened(folder)
    expect(durable.cloud.kernel.journal.lastSequence).toBe(base)
    await durable.close()
  })

  test('a body that is gone or changed is refused by the name of its file', async () => {
    const folder = emptyFolder()
    const durable = await opened(folder)
    const body = new Uint8Array(20_000).fill(1)
    await durable.cloud.kernel.scheduler.enter(() => {})
    const { CreateBucketCommand, PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3')
    const { client } = await import('../index.ts')
    const s3 = client(durable.cloud, S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }))
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: body }))
    await durable.snapshot()
    await crash(durable, folder)
    const [blob = ''] = filesIn(folder).filter((file) => file.startsWith('blobs/'))
    const gone = copyOf(folder)
    rmSync(join(gone, blob))
    expect(await attempt(gone)).toMatchObject({
      code: 'DataDamaged',
      message: expect.stringContaining(blob),
    })
    truncateSync(join(folder, blob), 100)
    expect(await attempt(folder)).toMatchObject({
      code: 'DataDamaged',
      message: expect.stringContaining(blob),
    })
  })

  test('whose log says what a replay does not come to is refused', async () => {
    const { folder, base } = await made()
    const entry = {
      sequence: 500,
      atMs: Date.UTC(2026, 0, 1),
      kind: 'clock',
      name: 'advance',
      data: { byMs: 1 },
    }
    appendFileSync(join(folder, log(base)), frameOf(Buffer.from(JSON.stringify({ entry }))))
    expect(await attempt(folder)).toMatchObject({
      code: 'DataDiffers',
      message: expect.stringContaining('#500 (clock advance)'),
    })
  })
})

describe('what an earlier process left', () => {
  test('files that are half written are taken away', async () => {
    const folder = emptyFolder()
    await (await opened(folder)).close()
    const names = [
      'format.json.12.new',
      'lock.999999999.1.new',
      'timelines/main/snapshots/000000000000009.snapshot.12.new',
    ]
    for (const name of names) writeFileSync(join(folder, name), 'half')
    await (await opened(folder)).close()
    expect(filesIn(folder).filter((name) => name.endsWith('.new'))).toEqual([])
  })

  test('of another version is replayed once, and then in a snapshot of this one', async () => {
    const folder = emptyFolder()
    const durable = await opened(folder)
    await sendMessages(durable.cloud, 2)
    const state = durable.cloud.kernel.export()
    await crash(durable, folder)
    const bytes = readFileSync(join(folder, log(0)))
    const head = { orrery: 'log', format: 1, version: '0.0.9', base: 0 }
    const rest = bytes.subarray(12 + bytes.readUInt32LE(0))
    const changed = Buffer.concat([frameOf(Buffer.from(JSON.stringify(head))), rest])
    writeFileSync(join(folder, log(0)), changed)
    const again = await opened(folder)
    expect(again.cloud.kernel.export()).toEqual(state)
    await crash(again, folder)
    expect(existsSync(join(folder, snapshot(again.cloud.kernel.journal.lastSequence)))).toBe(true)
  })
})

describe('what is no data directory of this version', () => {
  test('a folder with other things in it is refused and left as it was', async () => {
    const folder = emptyFolder()
    writeFileSync(join(folder, 'letters.txt'), 'dear')
    expect(await attempt(folder)).toMatchObject({ code: 'DataForeign' })
    expect(filesIn(folder)).toEqual(['letters.txt'])
    const other = emptyFolder()
    writeFileSync(join(other, 'format.json'), '{"prettier": true}')
    expect(await attempt(other)).toMatchObject({ code: 'DataForeign' })
  })

  test('a later format is refused; so are later snapshots and logs', async () => {
    const folder = emptyFolder()
    await (await opened(folder)).close()
    const format = JSON.parse(readFileSync(join(folder, 'format.json'), 'utf8')) as object
    const later = copyOf(folder)
    writeFileSync(join(later, 'format.json'), JSON.stringify({ ...format, format: 2 }))
    expect(await attempt(later)).toMatchObject({
      code: 'DataVersion',
      message: `${later} has format 2; this version reads formats up to 1.`,
    })
    const head = { orrery: 'log', format: 2, version: '9.0.0', base: 0 }
    writeFileSync(join(folder, log(0)), frameOf(Buffer.from(JSON.stringify(head))))
    expect(await attempt(folder)).toMatchObject({ code: 'DataVersion' })
    expect(existsSync(join(folder, log(0)))).toBe(true)
  })

  test('an older format is brought to this one, once', async () => {
    const folder = emptyFolder()
    writeFileSync(join(folder, 'format.json'), '{"orrery":"data","format":0,"seed":7}')
    const fromZero: Migration = async (fileSystem, directory, { seed }) => {
      await fileSystem.makeFolder(join(directory, 'timelines/main/log'))
      return { orrery: 'data', format: 1, timeline: 'main', options: { seed } }
    }
    const migrated = await readFormat(diskFileSystem, folder, [fromZero])
    expect(migrated).toMatchObject({ format: 1, timeline: 'main', options: { seed: 7 } })
    expect(await readFormat(diskFileSystem, folder, [])).toEqual(migrated)
  })

  test('an older format that this version does not know is refused', async () => {
    const folder = emptyFolder()
    await writeFormat(diskFileSystem, folder, { orrery: 'data', format: 0 })
    await expect(readFormat(diskFileSystem, folder)).rejects.toMatchObject({ code: 'DataVersion' })
  })

  test('another seed or account than the one it was made with is refused', async () => {
    const folder = emptyFolder()
    await (await opened(folder, { cloud: { seed: 7 } })).close()
    await expect(opened(folder, { cloud: { seed: 8 } })).rejects.toMatchObject({
      code: 'DataOptions',
      message: `${folder} was made with seed 7, and cannot go on with 8.`,
    })
    await (await opened(folder, { cloud: { seed: 7, choices: 'calm' } })).close()
    await (await opened(folder, { cloud: { seed: 'random' } })).close()
  })
})

describe('the lock of a data directory', () => {
  test('keeps a second server out as long as the first has it', async () => {
    const folder = emptyFolder()
    const first = await opened(folder)
    await expect(opened(folder)).rejects.toMatchObject({
      code: 'DataInUse',
      message: `The data directory ${folder} is in use by process ${process.pid}.`,
    })
    await first.close()
    await (await opened(folder)).close()
    expect(filesIn(folder).filter((file) => /lock|\.new$/.test(file))).toEqual([])
  })

  test('of a process that is gone, or whose number another has now, is taken over by one of many', async () => {
    const folder = emptyFolder()
    for (const holder of [
      { pid: 999_999_999, startedAt: '1' },
      { pid: process.pid, startedAt: 'another' },
    ]) {
      writeFileSync(join(folder, 'lock.000000000007'), JSON.stringify(holder))
      const tries = await Promise.allSettled(
        Array.from({ length: 8 }, () => DataDirectory.open(folder, diskFileSystem, {})),
      )
      const won = tries.filter((one) => one.status === 'fulfilled')
      expect(won).toHaveLength(1)
      for (const one of tries) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'DataInUse' })
      }
      for (const one of won) await one.value.close()
    }
  })

  test.skipIf(!existsSync('/proc/self/stat'))(
    'of a process that was killed and that its parent never asked about is taken over',
    async () => {
      const folder = emptyFolder()
      // `exec` leaves a parent that asks about none of its children.
      const parent = spawn('sh', ['-c', 'sleep 30 & echo $!; exec sleep 30'])
      const [text] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(text)
      const holds = { pid, startedAt: readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[21] }
      writeFileSync(join(folder, 'lock.000000000001'), JSON.stringify(holds))
      await expect(opened(folder)).rejects.toMatchObject({ code: 'DataInUse' })
      process.kill(pid, 'SIGKILL')
      const isZombie = () => readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
      await expect.poll(isZombie).toBe(true)
      await (await opened(folder)).close()
      parent.kill()
    },
  )
})

beforeAll(() => {
  // Many directories are opened in one process, each with a listener of its own for what goes wrong.
  process.setMaxListeners(100)
})
