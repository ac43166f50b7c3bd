import { describe, expect, test } from 'vitest'
import { type Answer, functionOf, outcomeOf, returned } from './code.test-support.ts'

/** Tells what was asked. */
const echo: Answer = ({ method, path, query, headers, body }, { tls }) => ({
  status: 200,
  headers: { 'content-type': 'text/plain', 'x-answer': 'yes' },
  body: Buffer.from(
    [method, tls ? 'https' : 'http', headers['host'], path, query, Buffer.from(body)].join(' '),
  ),
})

const get = `
const get = (module, url, options = {}, body) => new Promise((resolve, reject) => {
  const request = require(module).request(url, options, (response) => {
    const chunks = []
    response.on('data', (chunk) => chunks.push(chunk))
    response.on('end', () => resolve(String(Buffer.concat(chunks))))
    response.on('error', reject)
  })
  request.on('error', reject)
  request.end(body)
})`

async function answerOf(body: string, answer: Answer = echo) {
  const code = `${get}\nexports.handler = async () => { ${body} }`
  const { end, logs } = await outcomeOf(code, { answer, timeoutMs: 900_000, memoryMb: 512 })
  const value = end.kind === 'returned' ? JSON.parse(end.payload) : end
  return { value, lines: logs.map(({ text }) => text) }
}

describe('a client', () => {
  test('of any kind reaches the model', async () => {
    const { value } = await answerOf(`
      const agent = new (require('node:https').Agent)({ keepAlive: true, maxSockets: 1 })
      const http2 = require('node:http2').connect('https://h.example')
      const stream = http2.request({ ':path': '/?q', ':method': 'POST' })
      const ended = new Promise((resolve) => { let text = ''; stream.on('data', (data) => { text += data }); stream.on('end', () => resolve(text)) })
      stream.end('body')
      const socket = require('node:net').connect(80, 's.example')
      socket.write('GET /raw HTTP/1.0\\r\\nhost: s.example\\r\\n\\r\\n')
      const raw = new Promise((resolve) => { let text = ''; socket.on('data', (data) => { text += data }); socket.on('end', () => resolve(text)) })
      return [
        await get('http', 'http://a.example/x?y=1'),
        await get('https', 'https://b.example:8443/', { method: 'POST' }, 'hello'),
        await get('https', 'https://c.example/1', { agent }),
        await get('https', 'https://c.example/2', { agent }),
        await (await fetch('https://d.example/', { method: 'PUT', body: 'data' })).text(),
        await ended,
        (await raw).split('\\r\\n').at(-1),
      ]`)
    expect(value).toEqual([
      'GET http a.example /x y=1 ',
      'POST https b.example:8443 /  hello',
      'GET https c.example /1  ',
      'GET https c.example /2  ',
      'PUT https d.example /  data',
      'POST https h.example:443 / q body',
      'GET http s.example /raw  ',
    ])
  })

  test('may ask a thousand times at once', async () => {
    const { value } = await answerOf(`
      const all = await Promise.all(Array.from({ length: 1000 }, (_, i) => get('https', 'https://a.example/' + i)))
      return [all.length, all[999]]`)
    expect(value).toEqual([1000, 'GET https a.example /999  '])
  })

  test('sends and gets bodies of megabytes', async () => {
    const { value } = await answerOf(
      `const body = await get('https', 'https://a.example/', { method: 'POST' }, Buffer.alloc(20e6, 97))
      return [body.length, body.slice(-3)]`,
      ({ body }) => ({ status: 200, headers: {}, body }),
    )
    expect(value).toEqual([20_000_000, 'aaa'])
  })

  test('gets a streamed answer as it comes', async () => {
    const { value } = await answerOf(
      `const response = await fetch('https://a.example/')
      const seen = []
      for await (const chunk of response.body) seen.push(Buffer.from(chunk).toString())
      return seen`,
      () => ({
        status: 200,
        headers: {},
        body: (async function* () {
          yield Buffer.from('one')
          yield Buffer.from('two')
        })(),
      }),
    )
    expect(value).toEqual(['one', 'two'])
  })
})

describe('a connection', () => {
  test('to a name that nobody has finds no host', async () => {
    const { value } = await answerOf(
      `const error = await get('https', 'https://nowhere.example/').catch((error) => error)
      return [String(error), error.code, error.syscall, error.hostname]`,
      () => undefined,
    )
    expect(value).toEqual([
      'Error: getaddrinfo ENOTFOUND nowhere.example',
      'ENOTFOUND',
      'getaddrinfo',
      'nowhere.example',
    ])
  })

  test('to an address that nobody has is not possible', async () => {
    const { value } = await answerOf(
      `const failed = (url) => get('http', url).catch(({ message }) => message)
      return [await failed('http://169.254.169.254/'), await failed('http://localhost:8080/')]`,
      () => undefined,
    )
    expect(value).toEqual([
      'connect EHOSTUNREACH 169.254.169.254:80',
      'connect ECONNREFUSED 127.0.0.1:8080',
    ])
  })

  test.each([
    [
      'a database',
      `require('node:net').connect(5432, 'db.example')`,
      'PostgreSQL',
      'db.example:5432',
    ],
    [
      'something else than HTTP',
      `require('node:net').connect(9999, 'x.example'); socket.write('\\0\\x01\\x02 hello')`,
      'something other than HTTP',
      'x.example:9999',
    ],
    [
      'a local socket',
      `require('node:net').connect('/tmp/x.sock')`,
      'a local socket',
      '/tmp/x.sock',
    ],
  ])('to %s is refused, and the log says why', async (_, connect, protocol, place) => {
    const { value, lines } = await answerOf(
      `const socket = ${connect}; return await new Promise((resolve) => socket.on('error', (error) => resolve(error.message)))`,
    )
    expect([value, lines]).toEqual([
      `connect ECONNREFUSED ${place}`,
      [
        `[orrery] A connection to ${place} was refused: Orrery models HTTP only here, not ${protocol}.`,
      ],
    ])
  })

  test('to a server of the function’s own stays inside', async () => {
    const { value } = await answerOf(`
      const server = require('node:http').createServer((request, response) => response.end('own ' + request.url))
      await new Promise((resolve) => server.listen(3000, resolve))
      const answer = await get('http', 'http://localhost:3000/x')
      server.close()
      return [server.address().port, answer]`)
    expect(value).toEqual([3000, 'own /x'])
  })

  test('times out in model time', async () => {
    const never: Answer = () => new Promise(() => undefined)
    const { value } = await answerOf(
      `const from = Date.now()
      const timeOut = (error) => [error.name, Date.now() - from]
      return [
        await fetch('https://a.example/', { signal: AbortSignal.timeout(5000) }).catch(timeOut),
        await new Promise((resolve) => {
          const request = require('node:https').get('https://a.example/', { timeout: 7000 })
          request.on('timeout', () => { resolve(Date.now() - from); request.destroy() })
          request.on('error', () => {})
        }),
      ]`,
      never,
    )
    expect(value).toEqual([['TimeoutError', 5000], 12_000])
  })

  test('that the code ends tells the model so', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    await answerOf(
      `const controller = new AbortController()
      setTimeout(() => controller.abort(), 10)
      return await fetch('https://a.example/', { signal: controller.signal }).catch(({ name }) => name)`,
      (_, { signal }) => {
        signal?.addEventListener('abort', () => resolve(true))
        return new Promise(() => undefined)
      },
    )
    expect(await promise).toBe(true)
  })

  test('that is idle between two invocations serves the next one', async () => {
    await using code = await functionOf(
      `${get}
      const agent = new (require('node:https').Agent)({ keepAlive: true })
      exports.handler = async () => [
        await get('https', 'https://a.example/', { agent }),
        Object.values(agent.freeSockets).length,
      ]`,
      { answer: () => ({ status: 200, headers: {}, body: Buffer.from('ok') }) },
    )
    const ends = [(await code.invoke()).end, (await code.invoke()).end]
    expect(ends).toEqual([returned(['ok', 1]), returned(['ok', 1])])
  })

  test('shows a certificate and an address', async () => {
    const { value } = await answerOf(`
      const socket = require('node:tls').connect(443, 'a.example')
      await new Promise((resolve) => socket.on('secureConnect', resolve))
      const { address, family } = await require('node:dns/promises').lookup('a.example')
      return [socket.encrypted, socket.authorized, socket.servername, socket.getPeerCertificate().subject.CN, family, address === socket.remoteAddress]`)
    expect(value).toEqual([true, true, 'a.example', 'a.example', 4, true])
  })
})

test('datagrams are taken and lead nowhere', async () => {
  const { value } = await answerOf(`
    const socket = require('node:dgram').createSocket('udp4')
    return await new Promise((resolve) => socket.send('segment', 2000, '169.254.79.129', (error, bytes) => resolve([error, bytes])))`)
  expect(value).toEqual([null, 7])
})
