import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { SimulatorError } from '@cloud-orrery/kernel'
import type { HttpRequest } from '@cloud-orrery/protocols'
import type { Cloud } from './cloud.ts'
import { Control } from './control.ts'
import { answer } from './door.ts'
import { plainHttpHeader } from './steps/authenticate.ts'

export interface ListenOptions {
  /** Default 4566; 0 takes any free one. */
  port?: number
  /** Default `127.0.0.1`: nobody else can reach it. */
  host?: string
  /** What `/_orrery/...` calls have to carry. */
  token: string
}

export interface Listening {
  readonly port: number
  readonly url: string
  close(): Promise<void>
}

/** Largest body, in bytes: S3's largest single PUT. Source: S3 User Guide, "Uploading objects". */
const bodyBytesMax = 5 * 1024 ** 3

/** Opens the port: HTTP/1.1 and, by its preface, HTTP/2 without TLS. */
export async function listen(cloud: Cloud, options: ListenOptions): Promise<Listening> {
  const control = new Control(cloud, options.token)
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void respond(cloud, control, request, response)
  }
  const http = createServer({ keepAliveTimeout: 75_000, maxHeaderSize: 65_536 }, handle)
  http.on('clientError', refuseMalformed)
  // HTTP/2's compatibility objects have the same shape in all that is used here.
  const http2 = createHttp2Server({}, handle as never)
  const sockets = new Set<Socket>()
  const door = createSocketServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      socket.pause()
      socket.unshift(first)
      const server = first.subarray(0, 14).toString('latin1') === 'PRI * HTTP/2.0' ? http2 : http
      server.emit('connection', socket)
      socket.resume()
    })
  })
  const port = await bind(door, options)
  return {
    port,
    url: `http://${options.host ?? '127.0.0.1'}:${port}`,
    close: () =>
      new Promise((resolve) => {
        cloud.close()
        door.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
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

async function respond(
  cloud: Cloud,
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const received = await read(request)
    if (received === undefined) {
      response.writeHead(413, { 'content-type': 'text/plain', connection: 'close' })
      response.end('The body is larger than 5 GiB.\n')
      return
    }
    const aborted = new AbortController()
    response.once('close', () => aborted.abort())
    const isControl = received.path === '/' || received.path.startsWith('/_orrery/')
    const answered =
      isControl && control.handles(received)
        ? await control.answer(received)
        : (await answer(cloud, 'port', received, { signal: aborted.signal })).response
    await write(cloud, response, received.method, answered)
  } catch (error) {
    if (response.destroyed) return
    cloud.bug(error)
    if (!response.headersSent) response.writeHead(500)
    response.end()
  }
}

async function write(
  cloud: Cloud,
  response: ServerResponse,
  method: string,
  answered: Awaited<ReturnType<Control['answer']>>,
): Promise<void> {
  const headers: Record<string, string | number> = { ...answered.headers }
  headers['date'] ??= new Date(cloud.kernel.clock.nowMs).toUTCString()
  const { body } = answered
  if (body instanceof Uint8Array) {
    if (method !== 'HEAD' && answered.status !== 204 && answered.status !== 304) {
      headers['content-length'] = body.byteLength
    }
    response.writeHead(answered.status, headers)
    response.end(method === 'HEAD' ? undefined : body)
    return
  }
  response.writeHead(answered.status, headers)
  for await (const chunk of body) response.write(chunk)
  response.end()
}

/** Undefined when the body is too large. */
async function read(request: IncomingMessage): Promise<HttpRequest | undefined> {
  const target = request.url ?? '/'
  const mark = target.indexOf('?')
  const body = await readBody(request)
  if (body === undefined) return undefined
  return {
    method: request.method ?? 'GET',
    path: pathOf(mark === -1 ? target : target.slice(0, mark)),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers: headersOf(request),
    body,
  }
}

/** A proxy's absolute form (`GET http://host/path`) reads as its path. */
function pathOf(path: string): string {
  return path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]*/, '') || '/'
}

const noBody = new Uint8Array(0)

async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (request.headers['content-length'] === '0') return noBody
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request) {
    const bytes = chunk as Buffer // No encoding is set on the request.
    sizeBytes += bytes.byteLength
    if (sizeBytes > bodyBytesMax) return undefined
    chunks.push(bytes)
  }
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (
      value === undefined ||
      name.startsWith('x-orrery-source') ||
      name === plainHttpHeader ||
      name === ':path' ||
      name === ':method' ||
      name === ':scheme'
    )
      continue
    headers[name === ':authority' ? 'host' : name] = Array.isArray(value) ? value.join(',') : value
  }
  return headers
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
