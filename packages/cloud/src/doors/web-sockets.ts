import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpResponse } from '@cloud-orrery/protocols'
import type { WebSocket, WebSocketServer } from 'ws'
import type { Cloud } from '../cloud.ts'
import { hostOf } from '../http-operations.ts'
import { headersOf, targetOf } from '../http-request.ts'
import { type OpenSocket, openSocket } from '../sockets.ts'
import { outsideText, reachOf } from './hosts.ts'

/** Largest message that is read, in bytes: more than any service takes, which says so itself. */
const messageBytesMax = 1_048_576

/** Which of the client's subprotocols the service chose. */
const chosen = new WeakMap<IncomingMessage, string>()

let websockets: Promise<WebSocketServer> | undefined

/** Loaded with the first WebSocket. */
function websocketServer(): Promise<WebSocketServer> {
  websockets ??= import('ws').then(
    ({ WebSocketServer }) =>
      new WebSocketServer({
        noServer: true,
        clientTracking: false,
        maxPayload: messageBytesMax,
        handleProtocols: (_offered, request) => chosen.get(request) ?? false,
      }),
  )
  return websockets
}

export function isWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket'
}

/** A WebSocket at the port: the service that answers for the host takes it, or refuses it. */
export async function upgrade(
  cloud: Cloud,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  let open: OpenSocket | undefined
  socket.on('error', () => socket.destroy())
  socket.once('close', () => void open?.ended(1006, ''))
  const { path, query } = targetOf(request.url ?? '/')
  const headers = headersOf(request.rawHeaders)
  const host = hostOf(headers)
  if (reachOf(cloud, host) !== 'modelled') {
    refuse(socket, { status: 403, headers: {}, body: Buffer.from(outsideText(host)) })
    return
  }
  const client = new Client()
  const received = { method: 'GET', path, query, headers, body: new Uint8Array(0) }
  const asked = await openSocket(cloud, 'port', received, client)
  if ('refused' in asked) {
    refuse(socket, asked.refused)
    return
  }
  open = asked.open
  if (socket.destroyed) return await open.ended(1006, '')
  const { 'sec-websocket-protocol': protocol } = open.headers
  if (protocol !== undefined) chosen.set(request, protocol)
  const server = await websocketServer()
  server.handleUpgrade(request, socket, head, (websocket) => client.join(websocket, asked.open))
}

/** The client, to whom a service may speak before the handshake is over. */
class Client {
  #websocket: WebSocket | undefined
  #waiting: ((websocket: WebSocket) => void)[] = []

  send(message: string | Uint8Array): void {
    this.#use((websocket) => websocket.send(message))
  }

  close(code: number, reason: string): void {
    this.#use((websocket) => websocket.close(code, reason))
  }

  join(websocket: WebSocket, open: OpenSocket): void {
    // Without `binaryType` set otherwise, messages are buffers.
    websocket.on('message', (data: Buffer, isBinary) => {
      void open.received(isBinary ? data : data.toString())
    })
    websocket.on('close', (code, reason) => void open.ended(code, reason.toString()))
    websocket.on('error', () => websocket.terminate())
    this.#websocket = websocket
    for (const use of this.#waiting) use(websocket)
    this.#waiting = []
  }

  #use(use: (websocket: WebSocket) => void): void {
    if (this.#websocket === undefined) this.#waiting.push(use)
    else if (this.#websocket.readyState === this.#websocket.OPEN) use(this.#websocket)
  }
}

/** Answers the request for an upgrade as any other. */
function refuse(socket: Socket, { status, headers, body }: HttpResponse): void {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array(0)
  const all = { ...headers, 'content-length': String(bytes.byteLength), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status} \r\n${lines.join('')}\r\n`)
  socket.end(bytes)
}

/**
 * A request that offers to go on in another protocol, which a server may ignore: `curl --http2` asks so. The connection is
 * given back as if it had not been said. Source: RFC 9110, section 7.8.
 */
export function withoutOffer(request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (!/^(?:upgrade|http2-settings|connection)$/i.test(name))
      text += `${name}: ${rawHeaders[i + 1]}\r\n`
  }
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]))
}
