import type http from 'node:http'
import type http2 from 'node:http2'
import type { AnswerMessage, HostMessage } from '../messages.ts'
import type { FarEnd } from './far-end.ts'
import type { Link } from './link.ts'
import { nameOf, unreachable } from './names.ts'
import type { Destination } from './sockets.ts'

type Request = http.IncomingMessage | http2.Http2ServerRequest
type Response = http.ServerResponse | http2.Http2ServerResponse

interface Exchange {
  readonly response: Response
  /** Ends the connection at the code's end. */
  fail(error: Error): void
  readonly host: string
  readonly port: number
}

export interface Accepted {
  readonly far: FarEnd
  readonly to: Destination
  /** Ends the connection at the code's end, with an error. */
  fail(error: Error): void
  /** What came is no HTTP. */
  refuse(): void
}

/** No limits on time: the model's clock and the code's own time-outs decide. */
const serverOptions = {
  keepAliveTimeout: 0,
  requestTimeout: 0,
  headersTimeout: 0,
  connectionsCheckingInterval: 0x7fff_ffff,
  maxHeaderSize: 65_536,
  insecureHTTPParser: false,
}

/** HTTP of the code's connections: a server inside the worker reads it, the host answers it. */
export class Exchanges {
  readonly #link: Link
  readonly #open = new Map<number, Exchange>()
  readonly #accepted = new WeakMap<object, Accepted>()
  #server: http.Server | undefined
  #http2Server: http2.Http2Server | undefined
  #accepting: Accepted | undefined
  #lastId = 0

  constructor(link: Link) {
    this.#link = link
  }

  accept(accepted: Accepted): void {
    if (accepted.to.http2) {
      this.#http2Server ??= this.#serveHttp2()
      // The session begins at once.
      this.#accepting = accepted
      this.#http2Server.emit('connection', accepted.far)
    } else {
      this.#server ??= this.#serve()
      this.#accepted.set(accepted.far, accepted)
      this.#server.emit('connection', accepted.far)
    }
  }

  #serveHttp2(): http2.Http2Server {
    // Loaded when the code asks for it: most code never does.
    const server = process.getBuiltinModule('node:http2').createServer()
    server.on('session', (session) => {
      if (this.#accepting !== undefined) this.#accepted.set(session, this.#accepting)
      // The code has gone away.
      session.on('error', () => undefined)
    })
    server.on('request', (request, response) => {
      const { session } = request.stream
      const accepted = session === undefined ? undefined : this.#accepted.get(session)
      if (accepted !== undefined) this.#receive(request, response, accepted)
    })
    return server
  }

  #serve(): http.Server {
    const server = process
      .getBuiltinModule('node:http')
      .createServer(serverOptions, (request, response) => {
        const accepted = this.#accepted.get(request.socket)
        if (accepted !== undefined) this.#receive(request, response, accepted)
      })
    server.on('clientError', (_, socket) => {
      const accepted = this.#accepted.get(socket)
      if (accepted === undefined) socket.destroy()
      else accepted.refuse()
    })
    return server
  }

  #receive(request: Request, response: Response, accepted: Accepted): void {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    // The code has gone away before it said all.
    request.on('error', () => undefined)
    request.on('end', () => this.#forward(request, response, accepted, Buffer.concat(chunks)))
  }

  #forward(request: Request, response: Response, { to, fail }: Accepted, content: Buffer): void {
    this.#lastId += 1
    const id = this.#lastId
    const headers = headersOf(request.rawHeaders)
    const host = nameOf(to.host)
    const port = to.port === (to.tls ? 443 : 80) ? '' : `:${to.port}`
    headers['host'] ??= `${host}${port}`
    const { pathname, search } = targetOf(request.url ?? '/')
    const body = new Uint8Array(content)
    this.#open.set(id, { response, fail, host, port: to.port })
    response.on('close', () => {
      // The code has ended the connection before the answer was complete.
      if (this.#open.delete(id)) this.#link.send({ type: 'abort', id })
    })
    this.#link.send(
      {
        type: 'request',
        id,
        tls: to.tls,
        method: request.method ?? 'GET',
        path: pathname,
        query: search,
        headers,
        body,
      },
      [body.buffer],
    )
  }

  take(message: HostMessage): void {
    if (!('id' in message)) return
    const exchange = this.#open.get(message.id)
    if (exchange === undefined) return
    const { response, host, fail } = exchange
    switch (message.type) {
      case 'answer':
        this.#answer(message, response)
        return
      case 'chunk':
        writeTo(response, message.body)
        return
      case 'answered':
        this.#open.delete(message.id)
        if (message.broken) fail(reset())
        else response.end()
        return
      case 'unknownHost':
        this.#open.delete(message.id)
        fail(unreachable(host, exchange.port))
    }
  }

  #answer({ id, status, headers, body }: AnswerMessage, response: Response): void {
    response.sendDate = false
    const rest: Record<string, string | string[]> = {}
    for (const [name, value] of Object.entries(headers)) {
      rest[name] = typeof value === 'string' ? value : [...value]
    }
    // How the body is framed between the server and the client here is theirs to say.
    if (body === undefined) delete rest['content-length']
    delete rest['transfer-encoding']
    if (body !== undefined && body.length > 0) rest['content-length'] ??= String(body.length)
    if (isHttp2(response)) {
      delete rest['connection']
      delete rest['keep-alive']
      response.writeHead(status, rest)
    } else response.writeHead(status, rest)
    if (body === undefined) {
      if (!isHttp2(response)) response.flushHeaders()
      return
    }
    this.#open.delete(id)
    writeTo(response, body)
    response.end()
  }
}

function isHttp2(response: Response): response is http2.Http2ServerResponse {
  return 'stream' in response
}

function writeTo(response: Response, body: Uint8Array): void {
  // Both kinds take the same arguments, but their types cannot be called as one.
  if (isHttp2(response)) response.write(body)
  else response.write(body)
}

function reset(): Error {
  const error = new Error('read ECONNRESET')
  return Object.assign(error, { errno: -104, code: 'ECONNRESET', syscall: 'read' })
}

function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? ''
    const value = raw[i + 1] ?? ''
    // HTTP/2 has the request's line in headers of its own.
    if (name === ':authority') headers['host'] = value
    if (name.startsWith(':')) continue
    const before = headers[name]
    const separator = name === 'cookie' ? '; ' : ','
    headers[name] = before === undefined ? value : `${before}${separator}${value}`
  }
  return headers
}

/** A proxy is asked with the whole address. */
function targetOf(url: string): { pathname: string; search: string } {
  const target = /^https?:\/\/[^/]*/.test(url) ? url.replace(/^https?:\/\/[^/]*/, '') || '/' : url
  const at = target.indexOf('?')
  return at < 0
    ? { pathname: target, search: '' }
    : { pathname: target.slice(0, at), search: target.slice(at + 1) }
}
