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
