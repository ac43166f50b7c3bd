import { describe, expect, test } from 'vitest'
import { functionOf, outcomeOf, returned, startMs } from './code.test-support.ts'

describe('a handler', () => {
  test('gets the event and a context, and its result is the answer', async () => {
    const { end } = await outcomeOf(
      `exports.handler = async (event, context) => ({
        event,
        id: context.awsRequestId,
        arn: context.invokedFunctionArn,
        name: context.functionName,
        leftMs: context.getRemainingTimeInMillis(),
      })`,
      { event: { a: 1 }, variables: { AWS_LAMBDA_FUNCTION_NAME: 'f' } },
    )
    expect(end).toEqual(
      returned({
        event: { a: 1 },
        id: 'request-1',
        arn: 'arn:aws:lambda:us-east-1:111111111111:function:f',
        name: 'f',
        leftMs: 3000,
      }),
    )
  })

  test('keeps what its module keeps from one invocation to the next', async () => {
    await using code = await functionOf('let n = 0; exports.handler = async () => ++n')
    const first = await code.invoke()
    const second = await code.invoke()
    expect([first.started, first.end, second.started, second.end]).toEqual([
      true,
      returned(1),
      false,
      returned(2),
    ])
  })

  test('may be an ES module that awaits at its top', async () => {
    const files = {
      'src/app.mjs': `
        import { readFile } from 'node:fs/promises'
        const text = await readFile(new URL('./text.txt', import.meta.url), 'utf8')
        export const api = { get: async () => [text, import.meta.url, import.meta.dirname] }`,
      'src/text.txt': 'hello',
    }
    const { end } = await outcomeOf(files, { handler: 'src/app.api.get' })
    expect(end).toEqual(returned(['hello', 'file:///var/task/src/app.mjs', '/var/task/src']))
  })
})

describe('time', () => {
  test('of a sleeping handler is the model’s: ten minutes pass at once', async () => {
    const { end, initEndedAtMs } = await outcomeOf(
      `exports.handler = async () => {
        const from = Date.now()
        await new Promise((resolve) => setTimeout(resolve, 600_000))
        return [from, Date.now(), new Date().toISOString(), Math.round(performance.now())]
      }`,
      { timeoutMs: 900_000 },
    )
    expect(end).toEqual(returned([startMs, startMs + 600_000, '2026-01-01T00:10:00.000Z', 600_000]))
    expect(initEndedAtMs).toBe(startMs)
  })

  test('goes on while a handler does nothing but look at it', async () => {
    const { end } = await outcomeOf(`exports.handler = async () => {
      const end = Date.now() + 100
      while (Date.now() < end);
      return Date.now() >= end
    }`)
    expect(end).toEqual(returned(true))
  })
})

describe('a request', () => {
  test('goes to the model by its name, whichever client sends it', async () => {
    const { end } = await outcomeOf(
      `const https = require('node:https')
      const get = (url) => new Promise((resolve, reject) => {
        https.get(url, (response) => response.on('data', (data) => resolve(String(data)))).on('error', reject)
      })
      exports.handler = async () => [
        await get('https://a.example/x?y=1'),
        await (await fetch('http://b.example:8080/', { method: 'POST', body: 'hi' })).text(),
      ]`,
      {
        answer: ({ method, path, query, headers, body }, { tls }) => ({
          status: 200,
          headers: { 'content-type': 'text/plain' },
          body: Buffer.from(
            [method, tls, headers['host'], path, query, Buffer.from(body)].join(' '),
          ),
        }),
      },
    )
    expect(end).toEqual(returned(['GET true a.example /x y=1 ', 'POST false b.example:8080 /  hi']))
  })

  test('to a name that the model does not know finds no host', async () => {
    const { end } = await outcomeOf(
      `exports.handler = () => fetch('https://nowhere.example/').catch(({ cause }) => cause)`,
    )
    expect(end).toEqual(
      returned({
        errno: -3008,
        code: 'ENOTFOUND',
        syscall: 'getaddrinfo',
        hostname: 'nowhere.example',
      }),
    )
  })
})
