import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { type Runtime, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import { describe, expect, test } from 'vitest'
import { invoke, makeFunction, type Place, place, zipped } from './strangers.test-support.ts'

/** Functions that do what functions must not, and packages that are none: AWS's own answers, and nothing is left. */

const hasPython = spawnSync('python3', ['--version']).status === 0
const timeout = 120_000

interface Family {
  readonly name: 'Node' | 'Python'
  readonly runtime: Runtime
  /** A package whose handler consists of these lines. */
  files(body: string): Record<string, string>
}

const families: readonly Family[] = [
  {
    name: 'Node',
    runtime: 'nodejs22.x',
    files: (body) => ({ 'index.js': `exports.handler = async (event) => {\n  ${body}\n}` }),
  },
  ...(hasPython
    ? [
        {
          name: 'Python',
          runtime: 'python3.13',
          files: (body: string) => ({
            'index.py': `import os, subprocess, sys, threading, time\ndef handler(event, context):\n    ${body}`,
          }),
        } as const,
      ]
    : []),
]

const id = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const says = (text: string) =>
  expect.stringMatching(new RegExp(`^RequestId: ${id} Error: ${text}$`))
const exits = (text: string) => ({ errorType: 'Runtime.ExitError', errorMessage: says(text) })
const timedOut = {
  errorType: 'Sandbox.Timedout',
  errorMessage: says('Task timed out after 2\\.00 seconds'),
}
const tooLarge = {
  errorMessage: expect.stringMatching(
    /^Response payload size exceeded maximum allowed payload size \(6291556 bytes\)\.$/,
  ),
  errorType: 'Function.ResponseSizeTooLarge',
}

interface Bad {
  readonly what: string
  /** What the handler does, in each language. */
  readonly does: Readonly<Record<Family['name'], string>>
  /** The payload that its caller gets, where they do not differ. */
  readonly gets: unknown
  /** Where it is no error. */
  readonly succeeds?: true
  /** The end of the REPORT line. */
  readonly status?: string
  readonly memoryMb?: number
  readonly timeoutSeconds?: number
}

const traced = (errorType: unknown, errorMessage: unknown) =>
  expect.objectContaining({ errorType, errorMessage })

const table: readonly Bad[] = [
  {
    what: 'crashes',
    does: { Node: 'throw new TypeError("bad")', Python: 'raise TypeError("bad")' },
    gets: traced('TypeError', 'bad'),
  },
  {
    what: 'exits and says that it went well',
    does: { Node: 'process.exit(0)', Python: 'os._exit(0)' },
    gets: exits('Runtime exited without providing a reason'),
    status: 'Status: error\tError Type: Runtime.ExitError',
  },
  {
    what: 'exits with a status',
    does: { Node: 'process.exit(3)', Python: 'os._exit(3)' },
    gets: exits('Runtime exited with error: exit status 3'),
    status: 'Status: error\tError Type: Runtime.ExitError',
  },
  {
    what: 'kills itself',
    does: { Node: 'process.kill(process.pid, "SIGKILL")', Python: 'os.kill(os.getpid(), 9)' },
    gets: exits('Runtime exited with error: signal: killed'),
    status: 'Status: error\tError Type: Runtime.ExitError',
  },
  {
    what: 'never gives way',
    does: { Node: 'for (;;);', Python: 'while True: pass' },
    gets: timedOut,
    status: 'Status: timeout',
  },
  {
    what: 'waits for ever',
    does: {
      Node: 'await new Promise((resolve) => setTimeout(resolve, 1e9))',
      Python: 'time.sleep(1e6)',
    },
    gets: timedOut,
    status: 'Status: timeout',
  },
  {
    what: 'waits for a child that never ends',
    does: {
      Node: 'require("node:child_process").execSync("sleep 98771")',
      Python: 'subprocess.run(["sleep", "98771"])',
    },
    gets: timedOut,
    status: 'Status: timeout',
  },
  {
    what: 'leaves children behind',
    does: {
      Node: 'require("node:child_process").spawn("setsid", ["sleep", "98772"]); return "left"',
      Python:
        '[subprocess.Popen(["sleep", "98772"], start_new_session=True) for i in range(20)]; return "left"',
    },
    gets: 'left',
    succeeds: true,
  },
  {
    what: 'fills its memory',
    does: {
      Node: 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))',
      Python: 'all = [bytearray(os.urandom(1)) * 10_000_000 for i in range(1000)]; time.sleep(1)',
    },
    gets: exits('Runtime exited with error: signal: killed'),
    status: 'Status: error\tError Type: Runtime.OutOfMemory',
  },
  {
    what: 'prints a gigabyte',
    does: {
      Node: 'const line = "x".repeat(99_999) + "\\n"; for (let i = 0; i < 10_000; i += 1) require("node:fs").writeSync(1, line); return "printed"',
      Python:
        'line = b"x" * 99_999 + b"\\n"; [sys.stdout.buffer.write(line) for i in range(10_000)]; return "printed"',
    },
    gets: 'printed',
    succeeds: true,
    memoryMb: 512,
    timeoutSeconds: 120,
  },
  {
    what: 'answers more than 6 MB',
    does: { Node: 'return "x".repeat(6291557)', Python: 'return "x" * 6291557' },
    gets: tooLarge,
    status: 'Status: error\tError Type: Function.ResponseSizeTooLarge',
  },
  {
    what: 'calls a host that does not exist',
    does: {
      Node: 'await fetch("https://model.invalid/")',
      Python: 'import urllib.request; urllib.request.urlopen("https://model.invalid/")',
    },
    gets: traced(
      expect.stringMatching(/TypeError|URLError|RemoteDisconnected/),
      expect.any(String),
    ),
  },
  {
    what: 'calls a host outside of the model',
    does: {
      Node: 'await fetch("http://example.com/")',
      Python: 'import urllib.request; urllib.request.urlopen("http://example.com/")',
    },
    gets: traced(
      expect.stringMatching(/TypeError|URLError|RemoteDisconnected/),
      expect.any(String),
    ),
  },
]

const only: readonly (Omit<Bad, 'does'> & { family: Family['name']; does: string })[] = [
  {
    family: 'Node',
    what: 'has a circle in its answer',
    does: 'const a = {}; a.a = a; return a',
    gets: traced('Error', 'Unable to stringify response body'),
  },
  {
    family: 'Node',
    what: 'lets a promise be rejected that no one waits for',
    does: 'Promise.reject(new Error("bad")); await new Promise((resolve) => setTimeout(resolve, 100))',
    gets: traced('Runtime.UnhandledPromiseRejection', 'Error: bad'),
  },
  {
    family: 'Node',
    what: 'throws what is no error',
    does: 'throw "text"',
    gets: { errorType: 'string', errorMessage: 'text', trace: [] },
  },
  {
    family: 'Python',
    what: 'answers a set',
    does: 'return {1}',
    gets: traced(
      'Runtime.MarshalError',
      'Unable to marshal response: Object of type set is not JSON serializable',
    ),
  },
  {
    family: 'Python',
    what: 'ends the interpreter',
    does: 'sys.exit(4)',
    gets: exits('Runtime exited with error: exit status 4'),
    status: 'Status: error\tError Type: Runtime.ExitError',
  },
  {
    family: 'Python',
    what: 'recurses without end',
    does: 'f = lambda: f(); f()',
    gets: traced('RecursionError', expect.stringContaining('maximum recursion depth exceeded')),
  },
  {
    family: 'Python',
    what: 'leaves a thread that never gives way',
    does: 'threading.Thread(target=lambda: time.sleep(1e6), daemon=True).start(); return "left"',
    gets: 'left',
    succeeds: true,
  },
]

/** In the environment of every process that a function here starts, and of no other on this machine. */
const mark = `bad-input-${process.pid}-${Math.random()}`

function processesLeft(): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark)
    } catch {
      return false // It has ended.
    }
  })
}

/** What clouds of earlier test files on this thread still have, because nobody closed them. */
const before = new Set(filesOfThread())

function filesLeft(): string[] {
  return filesOfThread().filter((path) => !before.has(path))
}

/** Files of this thread's code; the runtime's own are there until the thread ends. */
function filesOfThread(): string[] {
  const parent = join(tmpdir(), `orrery-${userInfo().uid}`)
  const ours = `.${process.pid}.${threadId}.`
  const folders = existsSync(parent) ? readdirSync(parent).filter((n) => n.includes(ours)) : []
  return folders.flatMap((name) => readdirSync(join(parent, name))).filter((n) => n !== 'worker')
}

async function made(
  family: Family,
  body: string,
  { memoryMb = 128, timeoutSeconds = 2 }: Pick<Bad, 'memoryMb' | 'timeoutSeconds'> = {},
): Promise<Place> {
  const at = await place()
  await makeFunction(at, 'bad', {
    Runtime: family.runtime,
    Handler: 'index.handler',
    Timeout: timeoutSeconds,
    MemorySize: memoryMb,
    Environment: { Variables: { MARK: mark } },
    files: family.files(body),
  })
  return at
}

async function nothingIsLeft({ cloud }: Place): Promise<void> {
  cloud.close()
  await cloud.code.ended()
  // What was killed is there until the machine has found the time to end it.
  await expect.poll(processesLeft).toEqual([])
  expect(filesLeft()).toEqual([])
}

describe.each(families)('a $name function', (family) => {
  const cases = [
    ...table.map((row) => ({ ...row, does: row.does[family.name] })),
    ...only.filter((row) => row.family === family.name),
  ]

  test.each(cases)('that $what is answered as on AWS', { timeout }, async (row) => {
    const at = await made(family, row.does, row)
    const { value, failed, log } = await invoke(at, 'bad')
    expect([failed, value]).toEqual([row.succeeds ? undefined : 'Unhandled', row.gets])
    const [, status] = /\t(Status: .*)\n$/.exec(log) ?? []
    expect(status).toBe(row.status)
    await nothingIsLeft(at)
  })
})

/** The same archive with other bytes at all places where these stand. */
function with_(zip: Buffer, from: Buffer | string, to: Buffer | string): Buffer {
  const copy = Buffer.from(zip)
  const [old, now] = [Buffer.from(from), Buffer.from(to)]
  for (let at = copy.indexOf(old); at !== -1; at = copy.indexOf(old, at + 1)) now.copy(copy, at)
  return copy
}

/** How an archive writes a size. */
function ofSize(bytes: number): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(bytes)
  return size
}

const cannotUnzip =
  'Could not unzip uploaded file. Please check your file, then try to upload again.'

describe('a package', () => {
  test.each([
    ['that is no archive', async () => Buffer.from('no zip'), cannotUnzip],
    ['that is cut', async () => (await zipped({ 'a.js': 'a' })).subarray(0, 60), cannotUnzip],
    ['with nothing in it', async () => zipped({}), 'Uploaded file must be a non-empty zip'],
    [
      'with a name that leads out',
      async () => with_(await zipped({ 'aa/aa/etc': 'a' }), 'aa/aa/etc', '../../etc'),
      cannotUnzip,
    ],
    [
      'with a name that begins at the root',
      async () => with_(await zipped({ 'aetc/a': 'a' }), 'aetc/a', '/etc/a'),
      cannotUnzip,
    ],
    [
      'that unpacks to 300 MB',
      async () =>
        with_(await zipped({ 'a.txt': Buffer.alloc(12_345) }), ofSize(12_345), ofSize(3e8)),
      'Unzipped size must be smaller than 262144000 bytes',
    ],
  ])('%s is refused', { timeout }, async (_, zip, message) => {
    const at = await made(families[0] as Family, 'return 1') // Node is always there.
    const ZipFile = await zip()
    await expect(
      at.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'bad', ZipFile })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException', message })
    expect((await invoke(at, 'bad')).value).toBe(1)
    await nothingIsLeft(at)
  })

  test('that holds more than it says is never unpacked', { timeout }, async () => {
    const at = await made(families[0] as Family, 'return 1')
    const zip = await zipped({ 'index.js': Buffer.alloc(1_234_567) })
    const ZipFile = with_(zip, ofSize(1_234_567), ofSize(10))
    await at.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'bad', ZipFile }))
    await at.cloud.advance({ seconds: 5 })
    await expect(invoke(at, 'bad')).rejects.toMatchObject({
      name: 'InvalidRuntimeException',
      message: cannotUnzip,
    })
    await nothingIsLeft(at)
  })
})
