/**
 * Many WebSocket clients of one port. Argument: base64 of JSON `{ port, host, path }`. Orders come as lines on stdin:
 * `open N`, `say` (a message from each), `received` (until each has got one), `close`; each is answered by a line
 * `{ count, ms }`.
 */
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

const { port, host, path } = JSON.parse(
  Buffer.from(process.argv[2] ?? '', 'base64').toString(),
) as {
  port: number
  host: string
  path: string
}

/** Connections that are being opened at a time. */
const openingMax = 64

const sockets: WebSocket[] = []
let received = 0
let onMessage = () => {}

function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      headers: { host },
      perMessageDeflate: false,
    })
    socket.on('message', () => {
      received += 1
      onMessage()
    })
    socket.once('open', () => {
      sockets.push(socket)
      resolve()
    })
    socket.once('error', reject)
  })
}

async function openAll(count: number): Promise<void> {
  let left = count
  const worker = async () => {
    while (left > 0) {
      left -= 1
      await open()
    }
  }
  await Promise.all(Array.from({ length: openingMax }, worker))
}

function allReceived(): Promise<void> {
  return new Promise((resolve) => {
    onMessage = () => {
      if (received >= sockets.length) resolve()
    }
    onMessage()
  })
}

async function closeAll(): Promise<void> {
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)))
  for (const socket of sockets) socket.close(1000)
  await Promise.all(closed)
  sockets.length = 0
  received = 0
}

/** A ping after each message: its answer says that the message was read. */
async function sayAll(): Promise<void> {
  const answered = sockets.map((socket) => new Promise((resolve) => socket.once('pong', resolve)))
  for (const socket of sockets) {
    socket.send('{"action":"hello"}')
    socket.ping()
  }
  await Promise.all(answered)
}

for await (const line of createInterface({ input: process.stdin })) {
  const [order = '', argument = ''] = line.split(' ')
  const startedAt = performance.now()
  if (order === 'open') await openAll(Number(argument))
  else if (order === 'say') await sayAll()
  else if (order === 'received') await allReceived()
  else await closeAll()
  const ms = performance.now() - startedAt
  const count = order === 'received' ? received : sockets.length
  process.stdout.write(`${JSON.stringify({ count, ms })}\n`)
}
