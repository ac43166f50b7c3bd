import {
  type Accepted,
  type AnswerHeaders,
  type AnswerWriter,
  type Asking,
  reset,
} from './exchange.ts'
import type { FarSide } from './far-end.ts'
import { type Http1Request, NotHttp, RequestReader } from './request-reader.ts'

const { METHODS, STATUS_CODES } = process.getBuiltinModule('node:http')
const methods = new Set(METHODS)

/** Headers that say how a body is framed on its way: that is ours to say here. */
const framing = new Set(['transfer-encoding', 'content-length', 'connection', 'keep-alive'])
const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * The model's end of a connection that speaks HTTP/1. It reads what the code writes as it is written, and answers one
 * request after the other; what is pipelined waits. A server of Node's in its place would take as long as the client.
 */
export class Http1Connection implements FarSide {
  readonly #accepted: Accepted
  readonly #asking: Asking
  readonly #reader: RequestReader
  /** What the code waits for. */
  #asked: { readonly id: number } | undefined
  #isEnded = false
  /** The code has said all that it will. */
  #isHalfClosed = false
  destroyed = false
  /** Everything is taken at once: nobody ever waits. */
  onRead: (() => void) | undefined

  constructor(accepted: Accepted, asking: Asking) {
    this.#accepted = accepted
    this.#asking = asking
    this.#reader = new RequestReader(methods, ({ headers, minorVersion }) => {
      if (minorVersion === 1 && /^100-continue$/i.test(headers['expect'] ?? '')) {
        this.#write('HTTP/1.1 100 Continue\r\n\r\n')
      }
    })
  }

  push(chunk: Buffer | null): boolean {
    if (chunk === null) this.#isHalfClosed = true
    // The code may use its memory again as soon as it is told that it was written.
    else this.#reader.add(Buffer.from(chunk))
    // Whoever writes is not answered while it writes.
    process.nextTick(() => this.#next())
    return true
  }

  room(): void {}

  destroy(): void {
    this.destroyed = true
    if (this.#asked !== undefined) this.#asking.abort(this.#asked.id)
    this.#asked = undefined
  }

  #next(): void {
    if (this.destroyed || this.#isEnded || this.#asked !== undefined) return
    try {
      const request = this.#reader.next()
      if (request !== undefined) this.#ask(request)
      else if (this.#isHalfClosed && this.#reader.isAmid) this.#accepted.refuse()
      else if (this.#isHalfClosed) this.#end()
    } catch (error) {
      if (!(error instanceof NotHttp)) throw error
      this.#accepted.refuse()
    }
  }

  #ask(request: Http1Request): void {
    const { method, target, minorVersion, headers, body } = request
    const expectation = headers['expect']
    if (method === 'CONNECT') this.#end()
    else if (minorVersion === 1 && headers['host'] === undefined) this.#dismiss(400)
    else if (expectation !== undefined && !/^100-continue$/i.test(expectation)) this.#dismiss(417)
    else {
      const asked = { method, target, headers: { ...headers }, body }
      this.#asked = { id: this.#asking.ask(asked, this.#accepted, this.#writer(request)) }
    }
  }

  #dismiss(status: number): void {
    this.#write(`${statusLine(status)}Connection: close\r\nContent-Length: 0\r\n\r\n`)
    this.#end()
  }

  #writer({ method, minorVersion, headers: asked }: Http1Request): AnswerWriter {
    let isChunked = false
    let closes = !keepsAlive(minorVersion, asked['connection'])
    const done = () => {
      this.#asked = undefined
      if (closes) this.#end()
      else this.#next()
    }
    return {
      head: (status, headers, body) => {
        const text = headText(status, headers)
        if (text === undefined) {
          this.#accepted.fail(reset())
          return
        }
        const hasBody = method !== 'HEAD' && status !== 204 && status !== 304 && status >= 200
        isChunked = body === undefined && hasBody && minorVersion === 1
        closes ||= wordsOf(headers['connection']).includes('close')
        closes ||= body === undefined && hasBody && !isChunked
        const length = hasBody ? body?.length : lengthOf(headers)
        const head = [
          text,
          isChunked ? 'Transfer-Encoding: chunked\r\n' : '',
          length === undefined ? '' : `Content-Length: ${length}\r\n`,
          closes ? 'Connection: close\r\n\r\n' : 'Connection: keep-alive\r\n\r\n',
        ].join('')
        this.#write(head, hasBody ? body : undefined)
        if (body !== undefined) done()
      },
      chunk: (body) => {
        // A chunk of nothing would be the last one.
        if (body.length === 0 || method === 'HEAD') return
        if (isChunked) this.#write(`${body.length.toString(16)}\r\n`, body, '\r\n')
        else this.#write('', body)
      },
      end: () => {
        if (isChunked) this.#write('0\r\n\r\n')
        done()
      },
    }
  }

  #write(before: string, body: Uint8Array = new Uint8Array(0), after = ''): void {
    const { near } = this.#accepted
    if (near.destroyed || this.#isEnded) return
    const bytes = Buffer.allocUnsafe(before.length + body.length + after.length)
    bytes.write(before, 0, 'latin1')
    bytes.set(body, before.length)
    bytes.write(after, before.length + body.length, 'latin1')
    near.touch()
    near.push(bytes)
  }

  #end(): void {
    const { near } = this.#accepted
    if (!this.#isEnded && !near.destroyed) near.push(null)
    this.#isEnded = true
  }
}

function keepsAlive(minorVersion: number, connection: string | undefined): boolean {
  const words = wordsOf(connection)
  return minorVersion === 1 ? !words.includes('close') : words.includes('keep-alive')
}

function wordsOf(value: string | readonly string[] | undefined): string[] {
  return String(value ?? '')
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
}

/** What an answer without a body says of the one that it stands for. */
function lengthOf(headers: AnswerHeaders): string | undefined {
  const [, value] =
    Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-length') ?? []
  return typeof value === 'string' && /^\d+$/.test(value) ? value : undefined
}

function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`
}

/** The status line and the headers but for the framing. Undefined: they cannot be written. */
function headText(status: number, headers: AnswerHeaders): string | undefined {
  let text = statusLine(status)
  for (const [name, given] of Object.entries(headers)) {
    if (framing.has(name.toLowerCase())) continue
    if (!fieldName.test(name)) return undefined
    for (const value of typeof given === 'string' ? [given] : given) {
      if (!fieldValue.test(value)) return undefined
      text += `${name}: ${value}\r\n`
    }
  }
  return text
}
