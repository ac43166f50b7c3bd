import type { HostMessage } from '../messages.ts'
import {
  type Accepted,
  type AnswerWriter,
  type AskedRequest,
  type Asking,
  reset,
} from './exchange.ts'
import { FarEnd, type FarSide } from './far-end.ts'
import { Http1Connection } from './http1.ts'
import { Http2Server } from './http2.ts'
import type { Link } from './link.ts'
import { nameOf, unreachable } from './names.ts'

interface Exchange {
  readonly writer: AnswerWriter
  readonly accepted: Accepted
}

/** From this size on a body is handed over instead of copied. */
const transferBytesMin = 16_384

/** HTTP of the code's connections: it is read inside the worker, the host answers it. */
export class Exchanges implements Asking {
  readonly #link: Link
  readonly #open = new Map<number, Exchange>()
  #http2Server: Http2Server | undefined
  #lastId = 0

  constructor(link: Link) {
    this.#link = link
  }

  /** The model's end of a connection. */
  accept(accepted: Accepted): FarSide {
    if (!accepted.to.http2) return new Http1Connection(accepted, this)
    const far = new FarEnd(accepted.near, accepted.to.tls)
    this.#http2Server ??= new Http2Server(this)
    this.#http2Server.accept(far, accepted)
    return far
  }

  ask({ method, target, headers, body }: AskedRequest, accepted: Accepted, writer: AnswerWriter) {
    this.#lastId += 1
    const id = this.#lastId
    const { to } = accepted
    const port = to.port === (to.tls ? 443 : 80) ? '' : `:${to.port}`
    headers['host'] ??= `${nameOf(to.host)}${port}`
    const { pathname, search } = targetOf(target)
    this.#open.set(id, { writer, accepted })
    this.#link.send(
      { type: 'request', id, tls: to.tls, method, path: pathname, query: search, headers, body },
      body.length < transferBytesMin ? [] : [body.buffer],
    )
    return id
  }

  abort(id: number): void {
    if (this.#open.delete(id)) this.#link.send({ type: 'abort', id })
  }

  take(message: HostMessage): void {
    if (!('id' in message)) return
    const exchange = this.#open.get(message.id)
    if (exchange === undefined) return
    const { writer, accepted } = exchange
    switch (message.type) {
      case 'answer':
        if (message.body !== undefined) this.#open.delete(message.id)
        writer.head(message.status, message.headers, message.body)
        return
      case 'chunk':
        writer.chunk(message.body)
        return
      case 'answered':
        this.#open.delete(message.id)
        if (message.broken) accepted.fail(reset())
        else writer.end()
        return
      case 'unknownHost':
        this.#open.delete(message.id)
        accepted.fail(unreachable(nameOf(accepted.to.host), accepted.to.port))
    }
  }
}

/** A proxy is asked with the whole address. */
function targetOf(url: string): { pathname: string; search: string } {
  const target = /^https?:\/\/[^/]*/.test(url) ? url.replace(/^https?:\/\/[^/]*/, '') || '/' : url
  const at = target.indexOf('?')
  return at < 0
    ? { pathname: target, search: '' }
    : { pathname: target.slice(0, at), search: target.slice(at + 1) }
}
