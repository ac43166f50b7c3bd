import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import type { CodeRuntime } from '../process.ts'
import { ProcessEnvironment } from './process-environment.ts'
import { pythonLaunch, pythonRuntime } from './process-runtime.ts'
import { canSandbox } from './sandbox.ts'
import { ok, type Placed, place, type Setting, startMs } from './world.test-support.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0

/** A function of these lines of Python. */
function python(source: string, setting: Partial<Setting> = {}): Promise<Placed> {
  return place({
    runtime: pythonRuntime,
    files: { 'index.py': source },
    ...setting,
    environment: { runtime: 'python3.13', ...setting.environment },
  })
}

async function returned(placed: Placed, payload?: unknown): Promise<unknown> {
  const { end, logs } = await placed.invoke(payload)
  if (end.kind !== 'returned') throw new Error(JSON.stringify({ end, logs }))
  return JSON.parse(end.payload)
}

describe.skipIf(!hasPython)('a Python function', () => {
  test('answers, and keeps what its module holds for the next event', async () => {
    const placed = await python(`
count = 0
def handler(event, context):
    global count
    count += 1
    return {"event": event, "count": count, "id": context.aws_request_id}
`)
    expect(await returned(placed, { a: 1 })).toEqual({ event: { a: 1 }, count: 1, id: 'request-1' })
    expect(await returned(placed, [2])).toEqual({ event: [2], count: 2, id: 'request-2' })
  })

  test('sees the model’s time, and sleeps in it', async () => {
    const placed = await python(`
import time, datetime
def handler(event, context):
    before = time.time()
    remaining = context.get_remaining_time_in_millis()
    time.sleep(600)
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    return [before, time.time(), now, datetime.date.today().isoformat(), remaining - context.get_remaining_time_in_millis()]
`)
    const seconds = startMs / 1000
    const began = Date.now()
    expect(await returned(placed)).toEqual([
      seconds,
      seconds + 600,
      '2026-01-01T00:10:00+00:00',
      '2026-01-01',
      600_000,
    ])
    expect(placed.kernel.clock.nowMs).toBe(startMs + 600_000)
    expect(Date.now() - began).toBeLessThan(60_000)
  })

  test('that waits for its clock to move gets it moved', async () => {
    const placed = await python(`
import time
def handler(event, context):
    end = time.time() + 0.01
    while time.time() < end:
        pass
    return time.time() >= end
`)
    expect(await returned(placed)).toBe(true)
  })

  test('reaches true names without DNS and TLS', async () => {
    const placed = await python(
      `
import urllib.request
def handler(event, context):
    with urllib.request.urlopen("https://example.com/path?q=1") as answer:
        return [answer.status, answer.read().decode()]
`,
      {
        answer: ({ headers, path, query }, tls) =>
          ok(`${headers['host']} ${path}?${query} tls=${tls}`),
      },
    )
    expect(await returned(placed)).toEqual([200, 'example.com /path?q=1 tls=true'])
  })

  test('draws the same chance again', async () => {
    const source = `
import random, uuid, secrets
def handler(event, context):
    return [random.random(), str(uuid.uuid4()), secrets.token_hex(8)]
`
    const [first, second] = await Promise.all([python(source), python(source)])
    expect(await returned(first)).toEqual(await returned(second))
  })

  test('that raises tells what and where, and lives on', async () => {
    const placed = await python(`
def handler(event, context):
    if event == 1:
        return "well"
    raise ValueError("no good")
`)
    const { end, logs, alive } = await placed.invoke(0)
    const trace = [
      '  File "/var/task/index.py", line 5, in handler\n    raise ValueError("no good")\n',
    ]
    const error = { errorType: 'ValueError', errorMessage: 'no good', trace }
    expect(end).toMatchObject({ kind: 'failed', error })
    expect(alive).toBe(true)
    expect(logs.map(({ text }) => text)).toEqual([
      `[ERROR] ValueError: no good\nTraceback (most recent call last):\n${trace.join('').trimEnd()}`,
    ])
    expect(await returned(placed, 1)).toBe('well')
  })

  test('writes what it prints and logs', async () => {
    const placed = await python(`
import logging
print("at import")
def handler(event, context):
    print("plain")
    logging.getLogger().warning("two\\nlines")
`)
    const { logs } = await placed.invoke()
    expect(logs).toEqual([
      { atMs: startMs, text: 'at import' },
      { atMs: startMs, text: 'plain' },
      {
        atMs: startMs,
        text: '[WARNING]\t2026-01-01T00:00:00.000Z\trequest-1\ttwo\nlines',
      },
    ])
  })

  test.each([
    ['import nothing_like_it', 'Runtime.ImportModuleError', "No module named 'nothing_like_it'"],
    ['def handler(:', 'Runtime.UserCodeSyntaxError', 'Syntax error in module'],
    ['other = 1', 'Runtime.HandlerNotFound', "Handler 'handler' missing on module 'index'"],
    ['raise KeyError("k")', 'KeyError', "'k'"],
  ])('whose module is bad says how: %s', async (source, errorType, words) => {
    const { end, alive } = await (await python(source)).invoke()
    expect(end).toMatchObject({ kind: 'initFailed', error: { errorType } })
    expect(JSON.stringify(end)).toContain(words)
    expect(alive).toBe(false)
  })

  test.each([
    ['import os; os._exit(3)', { kind: 'exited', reason: 'exit status 3', outOfMemory: false }],
    [
      'hold = [bytearray(50_000_000) for i in range(100)]; import time; time.sleep(1)',
      { kind: 'exited', reason: 'signal: killed', outOfMemory: true },
    ],
    ['import time; time.sleep(1e6)', { kind: 'timedOut', phase: 'invoke' }],
    ['while True: pass', { kind: 'timedOut', phase: 'invoke' }],
  ])('that goes wrong ends so: %s', async (line, end) => {
    const source = `def handler(event, context):\n    ${line}`
    const placed = await python(source, { environment: { memoryMb: 256 } })
    const deadlineMs = startMs + 2_000
    const outcome = await placed.invoke({}, { deadlineMs })
    expect(outcome).toMatchObject({ end, alive: false })
    if (end.kind === 'timedOut') expect(placed.kernel.clock.nowMs).toBe(deadlineMs)
  })

  /** As on machines that cannot give a process a file tree of its own. */
  const withoutSandbox: CodeRuntime = {
    serves: pythonRuntime.serves,
    start: (environment) =>
      new ProcessEnvironment(environment, {
        ...pythonLaunch(environment),
        interpreter: { name: 'python', path: '/opt/python' },
      }),
  }

  test.each([
    ['in a sandbox', pythonRuntime],
    ['without one', withoutSandbox],
  ])('has layers at /opt, and a /tmp of its own, %s', async (_, runtime) => {
    const placed = await python(
      `
import lib, os, subprocess, tempfile
def handler(event, context):
    open("/tmp/a", "w").write("x")
    with tempfile.NamedTemporaryFile("w") as other:
        other.write("x")
    said = [subprocess.run([f"/opt/bin/{name}"], capture_output=True, text=True).stdout for name in ("say", "say.py")]
    return [lib.name, open("/opt/data.txt").read(), said, os.listdir("/tmp"), os.path.exists("/var/task/index.py")]
`,
      {
        runtime,
        layers: [
          { 'python/lib.py': 'name = "first"', 'data.txt': 'first' },
          { 'data.txt': 'second', 'bin/say': '#!/bin/sh\necho said' },
          { 'bin/say.py': '#!/var/lang/bin/python\nprint("said too")' },
        ],
      },
    )
    expect(await returned(placed)).toEqual([
      'first',
      'second',
      ['said\n', 'said too\n'],
      ['a'],
      true,
    ])
  })

  test('leaves nothing when it ends: no process, no file', async () => {
    const placed = await python(`
import subprocess
subprocess.Popen(["sleep", "1000"], start_new_session=True)
def handler(event, context):
    return subprocess.run(["pgrep", "-c", "-f", "sleep 1000"], capture_output=True, text=True).stdout
`)
    await placed.invoke()
    await placed.process.end()
    const { stdout } = spawnSync('pgrep', ['-f', '^sleep 1000$'], { encoding: 'utf8' })
    expect(stdout).toBe('')
  })

  test.runIf(canSandbox())(
    'leaves no process that dropped its mark and its group either',
    async () => {
      const placed = await python(`
import os
def handler(event, context):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 50)
            os.execve("/bin/sleep", ["sleep", "1001"], {})
        os._exit(0)
`)
      await placed.invoke()
      await placed.process.end()
      const { stdout } = spawnSync('pgrep', ['-f', '^sleep 1001$'], { encoding: 'utf8' })
      expect(stdout).toBe('')
    },
  )

  test('may ask for no moment that is none', async () => {
    const placed = await python(`
import http.client, os
def handler(event, context):
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    api.request("POST", "/_orrery/sleep", "soon")
    return api.getresponse().status
`)
    expect(await returned(placed)).toBe(400)
  })
})
