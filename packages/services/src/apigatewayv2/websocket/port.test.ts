import { Agent } from 'node:http'
import { connect as connectSocket } from 'node:net'
import {
  ApiGatewayManagementApiClient,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { type Listening, listen } from '@cloud-orrery/cloud'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { socketApi } from './socket-api.test-support.ts'

/** An API whose routes tell of themselves, at a port. */
async function servedApi() {
  const events: [string, string | undefined][] = []
  const echo = (event: { requestContext: { routeKey: string }; body?: string }) => {
    events.push([event.requestContext.routeKey, event.body])
    return { statusCode: 200, body: `heard ${event.body}` }
  }
  const refuse = ({ queryStringParameters: query }: { queryStringParameters?: object }) => ({
    statusCode: query === undefined ? 200 : 403,
  })
  const handlers = { _connect: refuse, _default: echo, _disconnect: echo }
  const { cloud, apiId } = await socketApi(handlers, ['_default'])
  const server = await listen(cloud, { port: 0, token: 't' })
  onTestFinished(() => server.close())
  return { cloud, server, host: `${apiId}.execute-api.us-east-1.amazonaws.com`, events }
}

function connect({ port }: Listening, host: string, path = '/live') {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host } })
  const messages: string[] = []
  socket.on('message', (data) => messages.push(String(data)))
  const opened = new Promise<string>((resolve) => {
    socket.once('open', () => resolve('open'))
    socket.once('unexpected-response', (_request, { statusCode }) => {
      resolve(String(statusCode))
      socket.terminate()
    })
    socket.on('error', () => {})
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  return { socket, messages, opened, closed }
}

test('a client of the port speaks with the API, and either side ends it', async () => {
  const { cloud, server, host, events } = await servedApi()
  const { socket, messages, opened, closed } = connect(server, host)
  expect(await opened).toBe('open')
  socket.send('one')
  socket.send(Buffer.from('two'))
  await expect.poll(() => messages).toEqual(['heard one', 'heard dHdv'])
  socket.close(1000)
  await closed
  await expect
    .poll(() => events.map(([key]) => key))
    .toEqual(['$default', '$default', '$disconnect'])
  expect(cloud.sockets.size).toBe(0)
})

test('a connection that breaks is over, and so is one that has been idle for ten minutes', async () => {
  const { cloud, server, host, events } = await servedApi()
  const broken = connect(server, host)
  await broken.opened
  broken.socket.terminate()
  await expect.poll(() => events.map(([key]) => key)).toEqual(['$disconnect'])
  const idle = connect(server, host)
  await idle.opened
  await cloud.advance({ minutes: 11 })
  expect(await idle.closed).toBe(1001)
})

test('what is refused is answered as any request', async () => {
  const { server, host } = await servedApi()
  expect(await connect(server, host, '/live?no=1').opened).toBe('403')
  expect(await connect(server, 'example.com').opened).toBe('403')
  expect(await connect(server, 'sqs.us-east-1.amazonaws.com').opened).not.toBe('open')
})

/** An API that says who is connected, at a port of real time. */
async function openedApi() {
  const ids: string[] = []
  const note = ({ requestContext: { connectionId } }: { requestContext: Connected }) => {
    ids.push(connectionId)
    return { statusCode: 200 }
  }
  const made = await socketApi({ _connect: note, _default: () => ({ statusCode: 200 }) })
  const server = await listen(made.cloud, { port: 0, token: 't' })
  onTestFinished(() => server.close())
  return { ...made, server, ids, host: `${made.apiId}.execute-api.us-east-1.amazonaws.com` }
}

interface Connected {
  readonly connectionId: string
}

test('the SDK’s own client posts to a connection at the port, with the stage’s endpoint', async () => {
  const { cloud, server, ids, host, apiId } = await openedApi()
  const { messages, opened } = connect(server, host)
  await opened
  const [ConnectionId] = ids
  const api = new ApiGatewayManagementApiClient({
    endpoint: `http://${apiId}.execute-api.us-east-1.localhost:${server.port}/live`,
    region: 'us-east-1',
    credentials: cloud.credentials(),
    systemClockOffset: cloud.kernel.clock.nowMs - Date.now(),
    // Names under `localhost` are the loopback's by RFC 6761, which not every system knows.
    requestHandler: {
      httpAgent: new Agent({
        lookup: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
      }),
    },
  })
  await api.send(new PostToConnectionCommand({ ConnectionId, Data: 'from afar' }))
  await expect.poll(() => messages).toEqual(['from afar'])
  const { ConnectedAt } = await api.send(new GetConnectionCommand({ ConnectionId }))
  expect(ConnectedAt).toEqual(new Date(cloud.kernel.clock.nowMs))
  const nobody = api.send(new PostToConnectionCommand({ ConnectionId: 'AAAA', Data: 'no' }))
  await expect(nobody).rejects.toMatchObject({ name: 'GoneException' })
})

/** A WebSocket of one's own making: what is written after the handshake need be no frames. */
async function rawSocket({ server, host }: { server: Listening; host: string }, bytes: Buffer) {
  const socket = connectSocket(server.port, '127.0.0.1')
  const received: Buffer[] = []
  const closed = new Promise<Buffer>((resolve) => {
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', () => {})
    socket.once('close', () => resolve(Buffer.concat(received)))
  })
  socket.write(
    `GET /live HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  )
  await expect.poll(() => Buffer.concat(received).toString('latin1')).toContain('\r\n\r\n')
  socket.write(bytes)
  const all = await closed
  const frames = all.subarray(all.indexOf('\r\n\r\n') + 4)
  // A closing frame: its length, then its code.
  return frames[0] === 0x88 && (frames[1] ?? 0) >= 2 ? frames.readUInt16BE(2) : undefined
}

test.each<[string, number[], number]>([
  ['without a mask', [0x81, 0x02, 0x68, 0x69], 1002],
  ['of reserved kinds', [0x83, 0x80, 0, 0, 0, 0], 1002],
  ['with reserved bits', [0xf1, 0x80, 0, 0, 0, 0], 1002],
  ['that go on with nothing', [0x80, 0x80, 0, 0, 0, 0], 1002],
  ['of control, in parts', [0x09, 0x80, 0, 0, 0, 0], 1002],
  ['of control, too long', [0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002],
  ['of text that is none', [0x81, 0x81, 0, 0, 0, 0, 0xff], 1007],
  ['of a terabyte', [0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009],
  ['that close with no code', [0x88, 0x81, 0, 0, 0, 0, 1], 1002],
])('frames %s end the connection', async (_, bytes, code) => {
  const made = await openedApi()
  expect(await rawSocket(made, Buffer.from(bytes))).toBe(code)
  await expect.poll(() => made.cloud.sockets.size).toBe(0)
})

test('a flood of messages is answered in its order, and others are served meanwhile', async () => {
  const { server, host, events } = await servedApi()
  const [flooding, other] = [connect(server, host), connect(server, host)]
  await Promise.all([flooding.opened, other.opened])
  const count = 200
  for (let i = 0; i < count; i += 1) flooding.socket.send(String(i))
  other.socket.send('one')
  await expect.poll(() => other.messages).toEqual(['heard one'])
  await expect.poll(() => flooding.messages.length, { timeout: 10_000 }).toBe(count)
  expect(flooding.messages).toEqual(Array.from({ length: count }, (_, i) => `heard ${i}`))
  expect(events.length).toBe(count + 1)
})
