import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readRecordings } from '@cloud-orrery/cloud/persistence'
import { afterAll, describe, expect, test } from 'vitest'
import { Aws } from './aws.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
mkdirSync(join(root, '.orrery'), { recursive: true })
// Inside the workspace, where its packages are found.
const folder = mkdtempSync(join(root, '.orrery', 'failing-'))
afterAll(() => rmSync(folder, { recursive: true }))

const failing = `
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from '@cloud-orrery/vitest'
test('makes a queue / and fails', async ({ aws }) => {
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'left' }))
  await aws.clock.advance({ hours: 1 })
  const queues = aws.inventory().filter((arn) => arn.includes(':sqs:'))
  expect(queues).toEqual([process.env['EXPECTED']])
})
test('passes', ({ aws }) => {
  expect(aws.region).toBe('us-east-1')
})
`

function vitest(env: Record<string, string> = {}): Promise<{ out: string; failed: boolean }> {
  const main = join(root, 'node_modules/vitest/vitest.mjs')
  const config = `export default { resolve: { conditions: ['orrery-source'] }, ssr: { resolve: { conditions: ['orrery-source'], externalConditions: ['orrery-source'] } }, test: { include: ['*.test.ts'] } }`
  writeFileSync(join(folder, 'vitest.config.mjs'), config)
  writeFileSync(join(folder, 'failing.test.ts'), failing)
  const { NODE_OPTIONS: _, ORRERY_RECORDINGS: __, ...own } = process.env
  return new Promise((resolve) => {
    const args = [main, 'run', '--root', folder]
    execFile(process.execPath, args, { cwd: folder, env: { ...own, ...env } }, (error, out, err) =>
      resolve({ out: out + err, failed: error !== null }),
    )
  })
}

describe('a failing test', { timeout: 120_000 }, () => {
  test('leaves its recording, tells where, and takes it away when it passes again', async () => {
    const { out, failed } = await vitest()
    expect(failed).toBe(true)
    const recordings = join(folder, '.orrery/recordings')
    const names = readdirSync(recordings)
    expect(names).toEqual([
      expect.stringMatching(/^failing\.makes-a-queue-and-fails\.[0-9a-f]{6}\.orrery$/),
    ])
    expect(out).toContain(
      `orrery: recording of 'makes a queue / and fails': .orrery/recordings/${names[0]}`,
    )
    const [recording] = await readRecordings(join(recordings, names[0] ?? ''))
    expect(recording?.title).toBe('makes a queue / and fails')
    if (recording === undefined) return
    const aws = await Aws.replay(recording)
    const [arn = ''] = aws.inventory().filter((one) => one.endsWith(':left'))
    expect(arn).toBe('arn:aws:sqs:us-east-1:123456789012:left')

    const all = await vitest({ EXPECTED: arn })
    expect(all.failed, all.out).toBe(false)
    expect(readdirSync(recordings)).toEqual([])
  })

  test('leaves none where that is switched off, or elsewhere where another folder is named', async () => {
    await vitest({ ORRERY_RECORDINGS: 'off' })
    await vitest({ ORRERY_RECORDINGS: 'elsewhere' })
    expect(readdirSync(join(folder, 'elsewhere'))).toHaveLength(1)
    expect(existsSync(join(folder, 'elsewhere'))).toBe(true)
  })
})
