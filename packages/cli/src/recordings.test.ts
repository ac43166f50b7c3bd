import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { administratorCredentials } from '@cloud-orrery/services'
import { expect, onTestFinished, test } from 'vitest'
import { orrery, served } from './command-line.test-support.ts'
import { command } from './process.test-support.ts'

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-recordings-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function sqsAt(port: number): SQSClient {
  return new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: administratorCredentials('123456789012'),
    maxAttempts: 1,
  })
}

async function queues(port: number): Promise<string[]> {
  const { QueueUrls = [] } = await sqsAt(port).send(new ListQueuesCommand({}))
  return QueueUrls.map((url) => url.split('/').at(-1) ?? '')
}

async function make(port: number, ...names: string[]): Promise<void> {
  for (const name of names) await sqsAt(port).send(new CreateQueueCommand({ QueueName: name }))
}

test('what a server was asked is recorded, and replayed the same; files are only the user’s', async () => {
  const cwd = emptyFolder()
  await using server = await served({ seed: 11 })
  const sqs = client(server.cloud, SQSClient)
  await sqs.send(new CreateQueueCommand({ QueueName: 'a' }))
  await server.told('clock advance 1h')
  expect(await server.told('record run.orrery', { cwd })).toBe(
    `${join(cwd, 'run.orrery')}: 2 entries. Replay it with 'orrery replay run.orrery'.\n`,
  )
  expect(statSync(join(cwd, 'run.orrery')).mode & 0o777).toBe(0o600)
  expect(readdirSync(cwd)).toEqual(['run.orrery'])
  const { code, out } = await orrery('replay run.orrery', { cwd })
  expect({ code, out: out.replace(/in \d+ ms/, 'in … ms') }).toEqual({
    code: 0,
    out: '✓ the same journal and state, to #2 at 2026-01-01T01:00:00.000Z in … ms (seed 11)\n',
  })
  const early = await orrery('replay run.orrery --to 1 --json', { cwd })
  expect(JSON.parse(early.out)).toMatchObject({
    file: join(cwd, 'run.orrery'),
    parts: [{ seed: 11, entries: 2, journal: 1, same: true, whole: false, unfinished: false }],
  })
})

test('a server goes back to an entry, and to a time; what it cannot go back to is wrong use', async () => {
  await using server = await served()
  await make(server.port, 'a', 'b')
  await server.told('clock advance 2h')
  await make(server.port, 'c')
  expect(await server.asked('rewind 2')).toEqual({
    now: '2026-01-01T00:00:00.000Z',
    lastSequence: 2,
  })
  expect(await queues(server.port)).toEqual(['a', 'b'])
  await make(server.port, 'd')
  expect(await queues(server.port)).toEqual(['a', 'b', 'd'])
  await server.told('clock advance 1h')
  expect(await server.told('rewind 2026-01-01T00:30:00Z')).toBe(
    '2026-01-01T00:30:00.000Z, the journal ends with #6\n',
  )
  for (const to of ['99', '2027-01-01T00:00:00Z', 'yesterday']) {
    const { code, err } = await orrery(['rewind', to, '--port', String(server.port)])
    expect({ code, lines: err.split('\n').length }).toEqual({ code: 2, lines: 3 })
  }
})

test('what is no recording, or another run, is told by name', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'letter.txt'), 'dear')
  expect(await orrery('replay letter.txt', { cwd })).toEqual({
    code: 2,
    out: '',
    err: `orrery: ${join(cwd, 'letter.txt')} is no recording of Orrery.\nName a file that 'orrery record', a run or a failing test has written.\n`,
  })
  expect(await orrery('replay missing.orrery', { cwd })).toMatchObject({ code: 1, out: '' })
  const { readRecordings, writeRecording } = await import('@cloud-orrery/cloud/persistence')
  await using server = await served()
  await make(server.port, 'a', 'b')
  await server.told('record run.orrery', { cwd })
  const [recording] = await readRecordings(join(cwd, 'run.orrery'))
  if (recording === undefined) return expect.fail('it is there')
  const options = { ...recording.options, seed: 99 }
  await writeRecording(join(cwd, 'other.orrery'), { ...recording, options }, 'of another seed')
  const { code, out } = await orrery('replay other.orrery', { cwd })
  expect(code).toBe(1)
  expect(out).toMatch(
    /^of another seed\n✗ another run: entry #1 was call sqs\.CreateQueue at .*, request \S+; the replay has call sqs\.CreateQueue at .*, request \S+\n/,
  )
})

test('a data directory holds what was answered, when its server is killed', {
  timeout: 60_000,
}, async () => {
  const cwd = emptyFolder()
  const start = () => command(['start', '--port', '0', '--data', 'data', '--json'], { cwd })
  const first = start()
  const { port } = await first.line()
  await make(port, 'a', 'b')
  const second = await command(['start', '--port', '0', '--data', 'data'], { cwd }).ended()
  expect(second.code).toBe(1)
  expect(second.err).toMatch(
    /^orrery: The data directory .* is in use by process \d+\.\nStop that server/,
  )
  first.kill('SIGKILL')
  await first.ended()

  const again = start()
  const { port: portAgain, seed } = await again.line()
  expect(await queues(portAgain)).toEqual(['a', 'b'])
  await make(portAgain, 'c')
  again.kill('SIGTERM')
  expect((await again.ended()).code).toBe(0)

  const third = start()
  const ready = await third.line()
  expect(ready).toMatchObject({ seed })
  expect(await queues(ready.port)).toEqual(['a', 'b', 'c'])
  third.kill('SIGTERM')
  await third.ended()
})

test('a server started to record leaves a whole recording; a fork goes on from its state', {
  timeout: 60_000,
}, async () => {
  const cwd = emptyFolder()
  const runtime = emptyFolder()
  const env = { XDG_RUNTIME_DIR: runtime }
  const first = command(['start', '--port', '0', '--record', 'run.orrery', '--json'], { cwd, env })
  const { port } = await first.line()
  await make(port, 'a')
  const fork = command(['fork', '--port', '0', '--from', String(port), '--json'], { cwd, env })
  const forked = await fork.line()
  await make(forked.port, 'only-there')
  await make(port, 'b')
  expect(await queues(forked.port)).toEqual(['a', 'only-there'])
  expect(await queues(port)).toEqual(['a', 'b'])
  fork.kill('SIGTERM')
  first.kill('SIGTERM')
  expect((await fork.ended()).code).toBe(0)
  expect((await first.ended()).code).toBe(0)

  const replayed = command(['replay', 'run.orrery', '--serve', '--port', '0'], { cwd, env })
  const shown = await replayed.text(/ready on http:\/\/127\.0\.0\.1:(\d+)/)
  expect(shown).toMatch(/^✓ the same journal and state/)
  expect(await queues(Number(/:(\d+) \(account/.exec(shown)?.[1]))).toEqual(['a', 'b'])
  replayed.kill('SIGTERM')
  expect((await replayed.ended()).code).toBe(0)
  expect(readdirSync(cwd)).toEqual(['run.orrery'])
  expect((await orrery('start --record run.orrery', { cwd })).err).toContain('is there already')
})
