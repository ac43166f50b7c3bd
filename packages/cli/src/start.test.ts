import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

/** `orrery start` as a process of its own, from the sources. */

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const runtimeFolder = mkdtempSync(join(tmpdir(), 'orrery-start-'))
const processes: ChildProcess[] = []

afterAll(() => {
  for (const child of processes) child.kill('SIGKILL')
})

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A command line in its own process; `ready` resolves with its first line. */
function orrery(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=orrery-source', main, ...args], {
    env: { PATH: process.env['PATH'], XDG_RUNTIME_DIR: runtimeFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  processes.push(child)
  const texts = { out: '', err: '' }
  const ready = Promise.withResolvers<string>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text
    if (texts.out.includes('\n')) ready.resolve(texts.out)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text
  })
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => {
      ready.reject(new Error(`it ended with ${code}: ${texts.err}`))
      resolve({ code, ...texts })
    })
  })
  ready.promise.catch(() => {}) // Who only waits for the end does not look at it.
  return { child, ready: ready.promise, ended }
}

const serverFiles = () =>
  existsSync(runtimeFolder)
    ? readdirSync(runtimeFolder, { recursive: true }).filter((name) =>
        String(name).endsWith('.json'),
      )
    : []

test.each(['SIGTERM', 'SIGINT'] as const)(
  'start says one line, answers, and %s ends it with 0 and nothing left behind',
  async (signal) => {
    const server = orrery('start', '--port', '0', '--json', '--seed', '7', '--region', 'eu-west-1')
    const ready = JSON.parse(await server.ready)
    expect(ready).toEqual({
      ready: true,
      version: '0.1.0',
      url: `http://127.0.0.1:${ready.port}`,
      port: expect.any(Number),
      accountId: '123456789012',
      region: 'eu-west-1',
      seed: 7,
      readyMs: expect.any(Number),
    })
    const health = await fetch(`${ready.url}/_orrery/health`)
    expect(await health.json()).toEqual({ ok: true, version: '0.1.0' })
    expect(serverFiles()).toHaveLength(1)

    const clock = await orrery('clock', '--port', String(ready.port)).ended
    expect(clock).toMatchObject({ code: 0, err: '', out: expect.stringContaining('(real)') })

    server.child.kill(signal)
    expect(await server.ended).toEqual({ code: 0, out: `${JSON.stringify(ready)}\n`, err: '' })
    expect(serverFiles()).toEqual([])
  },
)

test('a port in use is told in two lines, and ends with 1', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  expect(await orrery('start', '--port', String(port)).ended).toEqual({
    code: 1,
    out: '',
    err: `orrery: Port ${port} on 127.0.0.1 is in use.\nStop what listens there, or choose another one with --port.\n`,
  })
  other.close()
})

test('an address of another machine is told in two lines', async () => {
  const { code, out, err } = await orrery('start', '--port', '0', '--host', '203.0.113.1').ended
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^orrery: listen EADDRNOTAVAIL.*\nCheck the address or path, .*\n$/)
})

test('start without --json tells where it is and what to type', async () => {
  const server = orrery('start', '--port', '0', '--seed', '3')
  expect(await server.ready).toMatch(
    /^orrery 0\.1\.0 ready on (http:\/\/127\.0\.0\.1:(\d+)) \(account 123456789012, us-east-1, seed 3\)\. In another shell: eval "\$\(orrery env --port \2\)"\n$/,
  )
  server.child.kill()
  expect((await server.ended).code).toBe(0)
})

test('a reader that has seen enough is no failure', async () => {
  const reader = orrery('help')
  reader.child.stdout?.destroy()
  expect(await reader.ended).toMatchObject({ code: 0, err: '' })
})

test('the same seed gives the same run, byte for byte, however many promises run at a time; an unknown promise is wrong use', async () => {
  const [first, second] = await Promise.all([
    orrery('run', '14', '--only', '4,6', '--seed', '7', '--jobs', '1', '--json').ended,
    orrery('run', '14', '--only', '4,6', '--seed', '7', '--jobs', '2', '--json').ended,
  ])
  const report = JSON.parse(first.out)
  expect(report).toEqual({
    system: '14-cloudformation-events-workflow',
    engines: ['orrery', `node ${process.versions.node}`],
    seed: 7,
    promises: [
      {
        id: 4,
        title: 'a stack that succeeds opens nothing and tells no one',
        ok: true,
        modelMs: expect.any(Number),
        realMs: expect.any(Number),
      },
      {
        id: 6,
        title: 'a rule of another account cannot publish to the topic',
        ok: true,
        modelMs: expect.any(Number),
        realMs: expect.any(Number),
      },
    ],
    leftovers: [],
    unusedGrants: JSON.parse(second.out).unusedGrants,
    compliance: {
      file: expect.stringMatching(/validation-report\.json$/),
      packs: [{ pack: 'AwsSolutions', ok: true, violations: 0, acknowledged: expect.any(Number) }],
    },
    journalSha256: JSON.parse(second.out).journalSha256,
    ok: true,
  })
  expect([first.code, second.code]).toEqual([0, 0])
  expect(await orrery('run', '14', '--only', '99').ended).toEqual({
    code: 2,
    out: '',
    err: 'orrery: There is no promise 99.\nThere are: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15.\n',
  })
}, 60_000)
