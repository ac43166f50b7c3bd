import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { functionOf, outcomeOf, returned, startMs } from './code.test-support.ts'

async function endOf(code: string, options?: Parameters<typeof outcomeOf>[1]) {
  const { end, alive } = await outcomeOf(code, options)
  return { ...end, alive }
}

describe('a process', () => {
  test.each([
    ['that exits with a status', 'process.exit(3)', 'exit status 3'],
    ['that exits', 'process.exit()', 'exit status 0'],
    ['that aborts', 'process.abort()', 'signal: aborted'],
    ['that kills itself', `process.kill(process.pid, 'SIGKILL')`, 'signal: killed'],
  ])('%s is gone, and says why', async (_, body, reason) => {
    expect(await endOf(`exports.handler = async () => { ${body} }`)).toEqual({
      kind: 'exited',
      phase: 'invoke',
      reason,
      outOfMemory: false,
      alive: false,
    })
  })

  test('that exits in its init phase never comes to the handler', async () => {
    const end = { kind: 'exited', phase: 'init', outOfMemory: false, alive: false }
    expect(await endOf('process.exit(2)')).toEqual({ ...end, reason: 'exit status 2' })
    const { end: unsettled } = await outcomeOf({ 'index.mjs': 'await new Promise(() => {})' })
    expect(unsettled).toMatchObject({ kind: 'exited', reason: 'exit status 13' })
  })

  test('keeps what was written before it ended', async () => {
    const { logs } = await outcomeOf(
      `exports.handler = async () => { console.log('bye'); process.exit(1) }`,
    )
    expect(logs.map(({ text }) => text)).toEqual(['2026-01-01T00:00:00.000Z\trequest-1\tINFO\tbye'])
  })

  test.each([
    ['objects', 'const all = []; for (;;) all.push({ x: 1, y: { z: 2 } })'],
    ['arrays', 'const all = []; for (;;) all.push(new Array(10_000).fill(Math.random()))'],
    [
      'texts',
      `const all = []; for (let i = 0; ; i += 1) all.push('x'.repeat(500) + i + all.length)`,
    ],
    ['buffers', 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))'],
  ])('that fills its memory with %s is killed', async (_, body) => {
    expect(await endOf(`exports.handler = async () => { ${body} }`, { timeoutMs: 60_000 })).toEqual(
      {
        kind: 'exited',
        phase: 'invoke',
        reason: 'signal: killed',
        outOfMemory: true,
        alive: false,
      },
    )
  })

  test('may use its memory up and free it again', async () => {
    const { end } = await outcomeOf(
      `exports.handler = async () => {
        for (let i = 0; i < 3000; i += 1) new Array(10_000).fill(Math.random())
        return true
      }`,
      { timeoutMs: 60_000 },
    )
    expect(end).toEqual(returned(true))
  })
})

describe('the deadline', () => {
  test('ends a handler that waits too long, in model time', async () => {
    await using code = await functionOf(
      `exports.handler = async () => { setInterval(() => {}, 100); await new Promise(() => {}) }`,
    )
    const { end, alive } = await code.invoke()
    expect([end, alive, code.kernel.clock.nowMs - startMs]).toEqual([
      { kind: 'timedOut', phase: 'invoke' },
      false,
      3000,
    ])
  })

  test('ends a handler that never gives way', async () => {
    const { end, alive, logs } = await outcomeOf(
      `exports.handler = async () => { console.log('before'); for (;;); }`,
      { timeoutMs: 1000 },
    )
    expect([end, alive, logs.length]).toEqual([{ kind: 'timedOut', phase: 'invoke' }, false, 1])
  })

  test('of the init phase is its own', async () => {
    await using code = await functionOf({
      'index.mjs': `
        await new Promise((resolve) => setTimeout(resolve, 11_000))
        export const handler = async () => {}`,
    })
    const { end } = await code.invoke()
    expect([end, code.kernel.clock.nowMs - startMs]).toEqual([
      { kind: 'timedOut', phase: 'init' },
      10_000,
    ])
  })

  test('of the handler counts from the end of the init phase', async () => {
    const { end, initEndedAtMs } = await outcomeOf({
      'index.mjs': `
        await new Promise((resolve) => setTimeout(resolve, 5000))
        export const handler = async (event, context) => context.getRemainingTimeInMillis()`,
    })
    expect([end, initEndedAtMs]).toEqual([returned(3000), startMs + 5000])
  })
})

/** Processes of this machine that run with this argument. */
function processesWith(argument: string): number {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(argument)
    } catch {
      return false // It has ended.
    }
  }).length
}

describe('a child process', () => {
  test('sees the function’s folders and variables', async () => {
    const { end } = await outcomeOf(
      {
        'index.js': `
          const { execSync, execFile, exec } = require('node:child_process')
          const { promisify } = require('node:util')
          exports.handler = async () => {
            require('node:fs').writeFileSync('/tmp/a.txt', 'in tmp')
            return [
              String(execSync('cat data.txt; echo $FOO; cat /tmp/a.txt')),
              (await promisify(execFile)('cat', ['/var/task/data.txt'])).stdout,
              (await promisify(exec)('echo hi >&2')).stderr,
            ]
          }`,
        'data.txt': 'data\n',
      },
      { variables: { FOO: 'bar' } },
    )
    expect(end).toEqual(returned(['data\nbar\nin tmp', 'data\n', 'hi\n']))
  })

  test.runIf(process.platform === 'linux')('ends with its environment', async () => {
    const { end } = await outcomeOf(`
      const { spawn, exec, execSync } = require('node:child_process')
      exports.handler = async () => {
        spawn('sleep', ['98761']).unref()
        exec('sleep 98762')
        spawn('setsid', ['sleep', '98763'])
        execSync('sleep 98764 > /dev/null 2>&1 &')
        return true
      }`)
    expect(end).toEqual(returned(true))
    await new Promise((resolve) => setTimeout(resolve, 50)) // The system takes a moment to bury them.
    expect([98761, 98762, 98763, 98764].map((n) => processesWith(String(n)))).toEqual([0, 0, 0, 0])
  })

  test('that runs on and on is stopped with the handler', async () => {
    const { end } = await outcomeOf(
      `exports.handler = async () => require('node:child_process').execSync('sleep 98765')`,
      { timeoutMs: 1000 },
    )
    expect([end, processesWith('98765')]).toEqual([{ kind: 'timedOut', phase: 'invoke' }, 0])
  })
})

describe('what the model does not have', () => {
  test.each([
    ['worker threads', `new (require('node:worker_threads').Worker)('x')`, 'worker threads'],
    ['fork', `require('node:child_process').fork('x.js')`, 'child_process.fork'],
  ])('is refused by name: %s', async (_, body, name) => {
    const { end } = await outcomeOf(`exports.handler = async () => { ${body} }`)
    const message = end.kind === 'failed' ? end.error.errorMessage : ''
    expect(message).toContain(`Orrery does not model ${name}`)
  })
})
