import { describe, expect, test } from 'vitest'
import { functionOf, outcomeOf } from './code.test-support.ts'

/** What a handler with this body writes. */
async function linesOf(body: string, variables: Record<string, string> = {}) {
  const { logs } = await outcomeOf(`exports.handler = async () => { ${body} }`, { variables })
  return logs.map(({ text }) => text)
}

const at = '2026-01-01T00:00:00.000Z'

describe('a line', () => {
  test('of the console has moment, request and level', async () => {
    const lines = await linesOf(`
      console.log('a', { b: { c: [1] } }, 'x')
      console.info('%s is %d', 'one', 1)
      console.warn('w')
      console.error('two\\nlines')
      console.debug('d')
      console.trace('t')`)
    expect(lines).toEqual([
      `${at}\trequest-1\tINFO\ta { b: { c: [ 1 ] } } x`,
      `${at}\trequest-1\tINFO\tone is 1`,
      `${at}\trequest-1\tWARN\tw`,
      `${at}\trequest-1\tERROR\ttwo\nlines`,
      `${at}\trequest-1\tDEBUG\td`,
      `${at}\trequest-1\tTRACE\tt`,
    ])
  })

  test('written to an output is as it was written', async () => {
    const lines = await linesOf(`
      process.stdout.write('a\\nb')
      process.stderr.write('c\\n')
      require('node:fs').writeSync(1, 'descriptor\\n')
      process.stdout.write(Buffer.from('no end'))`)
    expect(lines).toEqual(['a', 'bc', 'descriptor', 'no end'])
  })

  test('of the init phase has no request', async () => {
    const { logs } = await outcomeOf(`console.log('init'); exports.handler = async () => {}`)
    expect(logs).toEqual([{ atMs: Date.UTC(2026, 0, 1), text: `${at}\tundefined\tINFO\tinit` }])
  })

  test('is a record where the format is JSON, above the level that is set', async () => {
    const lines = await linesOf(
      `console.log({ a: 1 }); console.debug('no'); console.error('x %d', 1); console.warn('q')`,
      { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'INFO' },
    )
    const head = { timestamp: at, level: 'INFO', requestId: 'request-1' }
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...head, message: { a: 1 } },
      { ...head, level: 'ERROR', message: 'x 1' },
      { ...head, level: 'WARN', message: 'q' },
    ])
  })

  test('tells the error that an invocation failed with', async () => {
    const [line = ''] = await linesOf(`throw Object.assign(new TypeError('boom'), { extra: 5 })`)
    const [time, request, level, what, json = ''] = line.split('\t')
    expect([time, request, level, what]).toEqual([at, 'request-1', 'ERROR', 'Invoke Error '])
    const { stack, ...rest } = JSON.parse(json)
    expect(rest).toEqual({ errorType: 'TypeError', errorMessage: 'boom', extra: 5 })
    expect(stack[0]).toBe('TypeError: boom')
  })
})

test('endless output is kept from its beginning only', async () => {
  const { logs, end } = await outcomeOf(
    `exports.handler = async () => {
      const text = 'x'.repeat(1e6)
      for (let i = 0; i < 1000; i += 1) process.stdout.write(text + '\\n')
      return true
    }`,
    { timeoutMs: 60_000 },
  )
  expect([end.kind, logs.length, logs.at(-1)?.text]).toEqual([
    'returned',
    17,
    "[orrery] The first 16 MB of this invocation's output are kept; more followed.",
  ])
})

test('each invocation has its own output', async () => {
  await using code = await functionOf(`exports.handler = async ({ text }) => console.log(text)`)
  const first = await code.invoke({ text: 'one' })
  const second = await code.invoke({ text: 'two' })
  expect([first, second].map(({ logs }) => logs.map(({ text }) => text))).toEqual([
    [`${at}\trequest-1\tINFO\tone`],
    [`${at}\trequest-2\tINFO\ttwo`],
  ])
})
