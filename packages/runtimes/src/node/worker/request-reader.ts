/** A request of HTTP/1 as a client wrote it. */
export interface Http1Request {
  readonly method: string
  readonly target: string
  /** Of HTTP/1.0 or 1.1. */
  readonly minorVersion: number
  /** By names in small letters; what came more than once is joined. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

/** What the code wrote is no HTTP, or none that a strict server takes. */
export class NotHttp extends Error {}

/** Largest head of a request, in bytes: the limit of Node's server that the code had before it. */
const headBytesMax = 65_536
/** Largest line that says how long a chunk is, in bytes. */
const chunkLineBytesMax = 16_384

const requestLine = /^([A-Z-]{1,20}) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/
const lineBegin = /^[A-Z-]{1,20}(?: [\x21-\x7e\x80-\xff]*(?: [HTP/1.0]*)?)?\r?$/
const headerLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/
const chunkLine = /^([0-9a-fA-F]{1,13})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/

type Head = Omit<Http1Request, 'body'>

/**
 * Reads HTTP/1 requests, one after the other, from pieces of any size. Strict, as Node's own server is: no folded
 * lines, no bare line feeds, no length that is said twice or in two ways.
 */
export class RequestReader {
  readonly #methods: ReadonlySet<string>
  readonly #onContinue: (head: Head) => void
  #bytes: Buffer = Buffer.alloc(0)
  #head: Head | undefined
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0
  #chunked: 'no' | 'size' | 'data' | 'trailer' = 'no'
  readonly #parts: Buffer[] = []
  /** Where a search for the end of a head or a line goes on. */
  #searched = 0
  /** The request line has been seen, and is one. */
  #hasBegun = false

  /** `onContinue` hears of a request that waits for a word before it sends its body. */
  constructor(methods: ReadonlySet<string>, onContinue: (head: Head) => void) {
    this.#methods = methods
    this.#onContinue = onContinue
  }

  /** Whether a request has begun and is not complete. */
  get isAmid(): boolean {
    return this.#head !== undefined || this.#bytes.length > 0
  }

  add(bytes: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes])
  }

  /** The next request that is complete. Throws `NotHttp`. */
  next(): Http1Request | undefined {
    if (this.#head === undefined && !this.#readHead()) return undefined
    const isComplete = this.#chunked === 'no' ? this.#readBody() : this.#readChunks()
    const head = this.#head
    if (!isComplete || head === undefined) return undefined
    const body = joined(this.#parts)
    this.#head = undefined
    this.#parts.length = 0
    return { ...head, body }
  }

  #readHead(): boolean {
    // Empty lines before a request are passed over.
    while (this.#bytes[0] === 13 && this.#bytes[1] === 10) this.#take(2)
    const end = this.#bytes.indexOf('\r\n\r\n', this.#searched, 'latin1')
    if (end < 0) {
      if (this.#bytes.length > headBytesMax) throw new NotHttp('The head is too long')
      this.#hasBegun ||= checkBegin(this.#bytes)
      this.#searched = Math.max(0, this.#bytes.length - 3)
      return false
    }
    if (end > headBytesMax) throw new NotHttp('The head is too long')
    const lines = this.#bytes.toString('latin1', 0, end).split('\r\n')
    this.#take(end + 4)
    this.#hasBegun = false
    const [, method = '', target = '', minor = ''] = requestLine.exec(lines[0] ?? '') ?? []
    if (!this.#methods.has(method)) throw new NotHttp('No request line')
    const { headers, contentLengths } = headersOf(lines)
    this.#head = { method, target, minorVersion: Number(minor), headers }
    this.#frame(headers, contentLengths)
    const isComplete = this.#chunked === 'no' && this.#bytes.length >= this.#left
    if (headers['expect'] !== undefined && !isComplete) this.#onContinue(this.#head)
    return true
  }

  #frame(headers: Head['headers'], contentLengths: number): void {
    const { 'transfer-encoding': encoding, 'content-length': length } = headers
    this.#left = 0
    this.#chunked = 'no'
    if (encoding !== undefined) {
      if (length !== undefined || encoding.toLowerCase() !== 'chunked') {
        throw new NotHttp('The length of the body is not clear')
      }
      this.#chunked = 'size'
    } else if (length !== undefined) {
      this.#left = Number(length)
      const isLength = /^\d+$/.test(length) && Number.isSafeInteger(this.#left)
      if (!isLength || contentLengths > 1) throw new NotHttp('The length of the body is not clear')
    }
  }

  #readBody(): boolean {
    const part = this.#take(Math.min(this.#left, this.#bytes.length))
    if (part.length > 0) this.#parts.push(part)
    this.#left -= part.length
    return this.#left === 0
  }

  #readChunks(): boolean {
    for (;;) {
      if (this.#chunked === 'data') {
        if (!this.#readBody()) return false
        if (this.#bytes.length < 2) return false
        if (this.#take(2).toString('latin1') !== '\r\n') throw new NotHttp('A chunk has no end')
        this.#chunked = 'size'
      }
      const line = this.#line()
      if (line === undefined) return false
      if (this.#chunked === 'trailer') {
        if (line === '') return true
        if (!headerLine.test(line)) throw new NotHttp('A trailer is no header')
      } else {
        const size = chunkLine.exec(line)?.[1]
        if (size === undefined) throw new NotHttp('A chunk has no size')
        this.#left = Number.parseInt(size, 16)
        this.#chunked = this.#left === 0 ? 'trailer' : 'data'
      }
    }
  }

  #line(): string | undefined {
    const end = this.#bytes.indexOf('\r\n', 0, 'latin1')
    if (end > chunkLineBytesMax || (end < 0 && this.#bytes.length > chunkLineBytesMax)) {
      throw new NotHttp('A line is too long')
    }
    return end < 0 ? undefined : this.#take(end + 2).toString('latin1', 0, end)
  }

  #take(count: number): Buffer {
    const taken = this.#bytes.subarray(0, count)
    this.#bytes = this.#bytes.subarray(count)
    this.#searched = 0
    return taken
  }
}

/**
 * Other protocols are told at their first bytes: they would wait for an answer for ever. Whether the first line is
 * complete.
 */
function checkBegin(bytes: Buffer): boolean {
  if (bytes.length === 0) return false
  const end = bytes.indexOf(10)
  const begin = bytes.toString('latin1', 0, end < 0 ? bytes.length : end - 1)
  const isRight = end < 0 ? lineBegin.test(begin) : bytes[end - 1] === 13 && requestLine.test(begin)
  if (!isRight) throw new NotHttp('No request line')
  return end >= 0
}

function headersOf(lines: readonly string[]) {
  const headers: Record<string, string> = {}
  let contentLengths = 0
  for (let at = 1; at < lines.length; at += 1) {
    const [, given, value = ''] = headerLine.exec(lines[at] ?? '') ?? []
    if (given === undefined) throw new NotHttp('A line is no header')
    const name = given.toLowerCase()
    if (name === 'content-length') contentLengths += 1
    addHeader(headers, name, value.trimEnd())
  }
  return { headers, contentLengths }
}

/** In memory of its own: it goes to another thread. */
function joined(parts: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** What comes more than once is joined, as Node's clients and servers do. */
export function addHeader(headers: Record<string, string>, name: string, value: string): void {
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined
  const all = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ','}${value}`
  // This one is no property like the others.
  if (name !== '__proto__') headers[name] = all
}
