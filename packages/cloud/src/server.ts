import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Departure, SimulatorError } from '@cloud-orrery/kernel'
import type { HttpResponse } from '@cloud-orrery/protocols'
import type { Cloud } from './cloud.ts'
import { Control } from './control.ts'
import { answer } from './door.ts'
import { answerByHost, isLocal } from './doors/hosts.ts'
import { openTunnel } from './doors/proxy.ts'
import { handshakeByte, TlsDoor } from './doors/tls.ts'
import { isWebSocket, upgrade, withoutOffer } from './doors/web-sockets.ts'
import { hostOf } from './http-operations.ts'
import { readRequest } from './http-request.ts'
import { Present, RememberedPast } from './past.ts'
import { plainHttpHeader } from './steps/authenticate.ts'

export interface ListenOptions {
  /** Default 4566; 0 takes any free one. */
  port?: number
  /** Default `127.0.0.1`: nobody else can reach it. */
  host?: string
  /** What `/_orrery/...` calls have to carry. */
  token: string
  /** Further names under which the port may be reached. */
  hosts?: readonly string[]
  /** Of the certificate authority that speaks for the model's names; default: the installation's. */
  trustFolder?: string
  /** Whether the cloud ends with the port (default). */
  endsCloud?: boolean
}

export interface Listening {
  readonly port: number
  readonly url: string
  close(): Promise<void>
}

/** Imported, it would load all of `fetch` for names that it hands on: a sixth of the start of a server. */
const { createServer } = process.getBuiltinModule('node:http')

/** How an HTTP/2 connection begins. Source: RFC 9113, section 3.4. */
const preface = Buffer.from('PRI * HTTP/2.0')

/** Opens the port: HTTP/1.1 and, by its preface, HTTP/2 without TLS. */
export async function listen(shown: Cloud | Present, options: ListenOptions): Promise<Listening> {
  const present = shown instanceof Present ? shown : new Present(new RememberedPast(shown))
  const control = new Control(present, options.token)
  const allowed = (options.hosts ?? []).map((name) => name.toLowerCase())
  const handle = inTurn(
    (request, response) => void respond(present.cloud, control, allowed, request, response),
  )
  const http = createServer({ keepAliveTimeout: 75_000, maxHeaderSize: 65_536 }, handle)
  // Its sockets come from the door below, so it never listens; its check for slow clients starts with this event.
  http.emit('listening')
  http.on('clientError', refuseMalformed)
  http.on('connect', (request, socket: Socket, head) => {
    openTunnel(present.cloud, request, socket, head, enter)
  })
  http.on('upgrade', (request, socket: Socket, head) => {
    if (isWebSocket(request)) {
      upgrade(present.cloud, request, socket, head).catch((error: unknown) => {
        present.cloud.bug(error)
        socket.destroy()
      })
      return
    }
    withoutOffer(request, socket, head)
    http.emit('connection', socket)
    socket.resume()
  })
  // HTTP/2's compatibility objects have the same shape in all that is used here.
  const http2 = createHttp2Server({}, handle as never)
  const tls = new TlsDoor((socket, isHttp2) => {
    ;(isHttp2 ? http2 : http).emit('connection', socket)
  }, options.trustFolder)
  /** A connection to the port, or through it to a name. */
  const enter = (socket: Socket): void =>
    firstBytes(socket, (first) => {
      if (first[0] === handshakeByte) {
        tls.take(socket).catch(warn)
      } else if (first.subarray(0, preface.length).equals(preface)) {
        // It takes the bytes itself; let flow, they would be lost before it looks.
        http2.emit('connection', socket)
      } else {
        http.emit('connection', socket)
        socket.resume()
      }
    })
  const sockets = new Set<Socket>()
  const door = createSocketServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    enter(socket)
  })
  const port = await bind(door, options)
  const { cloud } = present
  cloud.kernel.scheduler.bugs.listener ??= (error) => void cloud.bug(error)
  return {
    port,
    url: `http://${options.host ?? '127.0.0.1'}:${port}`,
    close: () =>
      new Promise((resolve) => {
        if (options.endsCloud !== false) present.cloud.close()
        http.close()
        door.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** What keeps a door from working is the user's to mend: the process goes on. */
function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}

/** Gives as many bytes as show whether a connection speaks HTTP/2, and puts them back. */
function firstBytes(socket: Socket, use: (first: Buffer) => void, seen?: Buffer): void {
  socket.once('data', (chunk: Buffer) => {
    socket.pause()
    const first = seen === undefined ? chunk : Buffer.concat([seen, chunk])
    if (first.length < preface.length && preface.subarray(0, first.length).equals(first)) {
      firstBytes(socket, use, first)
      socket.resume()
    } else {
      socket.unshift(first)
      use(first)
    }
  })
}

function bind(
  door: ReturnType<typeof createSocketServer>,
  { port = 4566, host = '127.0.0.1' }: ListenOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    door.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new SimulatorError(
              'PortInUse',
              `Port ${port} on ${host} is in use.`,
              'Stop what listens there, or choose another one with --port.',
            )
          : error,
      )
    })
    // The socket server's address is an object once it listens on a port.
    door.listen(port, host, () => resolve((door.address() as AddressInfo).port))
  })
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Requests of one connection, one after the other, where the client did not wait for the answers: the second may be meant
 * to find what the first has done. Source: RFC 9112, section 9.3.2.
 */
function inTurn(handle: Handle): Handle {
  const latest = new WeakMap<object, ServerResponse>()
  return (request, response) => {
    if (request.httpVersionMajor !== 1) return handle(request, response)
    const before = latest.get(request.socket)
    latest.set(request.socket, response)
    if (before === undefined || before.closed) handle(request, response)
    else before.once('close', () => handle(request, response))
  }
}

async function respond(
  cloud: Cloud,
  control: Control,
  allowed: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const received = await readRequest(request)
    if (received === 'gone') return
    if (received === 'too-large') return refuseTooLarge(request, response)
    const sender = new Sender()
    response.once('close', () => sender.leave())
    const isNamed = !isLocal(hostOf(received.headers))
    // By its true name, the client chose between `http:` and `https:`; of the endpoint it has no choice.
    if (isNamed && !('encrypted' in request.socket)) received.headers[plainHttpHeader] = 'true'
    const { path } = received
    const isControl = path === '/' || (path.startsWith('/_orrery/') && !isNamed)
    const answered =
      isControl && control.handles(received)
        ? await control.answer(received, sender)
        : ((await answerByHost(cloud, received, allowed)) ??
          (await answer(cloud, 'port', received, { signal: sender })).response)
    await write(cloud, response, received.method, answered)
  } catch (error) {
    if (response.destroyed) return
    cloud.bug(error)
    if (!response.headersSent) response.writeHead(500)
    response.end()
  }
}

/** Whoever waits for an answer at the other end of a connection. */
class Sender implements Departure {
  aborted = false
  readonly #listeners: (() => void)[] = []

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener)
  }

  leave(): void {
    this.aborted = true
    for (const listener of this.#listeners) listener()
  }
}

function refuseTooLarge(request: IncomingMessage, response: ServerResponse): void {
  const close = request.httpVersionMajor === 1 ? { connection: 'close' } : {}
  response.writeHead(413, { 'content-type': 'text/plain', ...close })
  response.end('The body is larger than 5 GiB, the most that AWS takes in one request.\n')
}

async function write(
  cloud: Cloud,
  response: ServerResponse,
  method: string,
  answered: HttpResponse,
): Promise<void> {
  const headers: Record<string, string | number | string[]> = { ...answered.headers }
  if (answered.cookies !== undefined) headers['set-cookie'] = [...answered.cookies]
  headers['date'] ??= dateOf(cloud.kernel.clock.nowMs)
  const { body, status } = answered
  if (body instanceof Uint8Array) {
    if (method !== 'HEAD' && status !== 204 && status !== 304) {
      headers['content-length'] = body.byteLength
    }
    carryDisposition(headers)
    response.writeHead(status, headers)
    if (method === 'HEAD') response.end()
    else if (body.byteLength > joinedBytesMax) response.end(body)
    else response.end(latin1(body), 'latin1')
    return
  }
  response.writeHead(status, headers)
  await pipeline(Readable.from(body), response)
}

/**
 * Beside a content length Node takes the ISO-8859-1 bytes of this one header for UTF-8, and refuses what is none: it is
 * handed text whose bytes so read are the header, and after the length, on which that depends.
 */
function carryDisposition(headers: Record<string, string | number | string[]>): void {
  const { 'content-disposition': text } = headers
  if (typeof text !== 'string' || !/[\x80-\xff]/.test(text)) return
  if (headers['content-length'] === undefined) return
  delete headers['content-disposition']
  headers['content-disposition'] = Buffer.from(text).toString('latin1')
}

/**
 * Bodies up to here are sent together with their head: as text, which Node joins with it, where bytes take a
 * second write, which costs a third of a small answer.
 */
const joinedBytesMax = 16_384

function latin1(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
}

let lastDate = { second: -1, text: '' }

/** The `Date` header, made once a second. */
function dateOf(nowMs: number): string {
  const second = Math.floor(nowMs / 1000)
  if (lastDate.second !== second) lastDate = { second, text: new Date(nowMs).toUTCString() }
  return lastDate.text
}

function refuseMalformed(
  error: NodeJS.ErrnoException,
  socket: { end(text: string): void; writable?: boolean },
): void {
  if (error.code === 'ECONNRESET' || socket.writable === false) return
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
