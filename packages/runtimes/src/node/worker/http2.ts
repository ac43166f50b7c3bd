import type http2 from 'node:http2'
import type { Accepted, AnswerWriter, Asking } from './exchange.ts'
import type { FarEnd } from './far-end.ts'
import { addHeader } from './request-reader.ts'

/** HTTP/2 of the code's connections: a server of Node's inside the worker reads it. */
export class Http2Server {
  readonly #asking: Asking
  readonly #server: http2.Http2Server
  readonly #accepted = new WeakMap<object, Accepted>()
  #accepting: Accepted | undefined

  constructor(asking: Asking) {
    this.#asking = asking
    // Loaded when the code asks for it: most code never does.
    this.#server = process.getBuiltinModule('node:http2').createServer()
    this.#server.on('session', (session) => {
      if (this.#accepting !== undefined) this.#accepted.set(session, this.#accepting)
      // The code has gone away.
      session.on('error', () => undefined)
    })
    this.#server.on('request', (request, response) => {
      const { session } = request.stream
      const accepted = session === undefined ? undefined : this.#accepted.get(session)
      if (accepted !== undefined) this.#receive(request, response, accepted)
    })
  }

  accept(far: FarEnd, accepted: Accepted): void {
    // The session begins at once.
    this.#accepting = accepted
    this.#server.emit('connection', far)
  }

  #receive(
    request: http2.Http2ServerRequest,
    response: http2.Http2ServerResponse,
    accepted: Accepted,
  ): void {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    // The code has gone away before it said all.
    request.on('error', () => undefined)
    request.on('end', () => {
      const id = this.#asking.ask(
        {
          method: request.method,
          target: request.url,
          headers: headersOf(request.rawHeaders),
          body: new Uint8Array(Buffer.concat(chunks)),
        },
        accepted,
        writerOf(response),
      )
      response.on('close', () => this.#asking.abort(id))
    })
  }
}

function writerOf(response: http2.Http2ServerResponse): AnswerWriter {
  return {
    head(status, headers, body) {
      response.sendDate = false
      const rest: Record<string, string | string[]> = {}
      for (const [name, value] of Object.entries(headers)) {
        rest[name] = typeof value === 'string' ? value : [...value]
      }
      // How the body is framed between the server and the client here is theirs to say.
      if (body === undefined) delete rest['content-length']
      else if (body.length > 0) rest['content-length'] ??= String(body.length)
      for (const name of ['transfer-encoding', 'connection', 'keep-alive']) delete rest[name]
      response.writeHead(status, rest)
      if (body === undefined) return
      response.write(body)
      response.end()
    },
    chunk: (body) => void response.write(body),
    end: () => void response.end(),
  }
}

/** HTTP/2 has the request's line in headers of its own. */
function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? ''
    const value = raw[i + 1] ?? ''
    if (name === ':authority') headers['host'] = value
    if (!name.startsWith(':')) addHeader(headers, name, value)
  }
  return headers
}
