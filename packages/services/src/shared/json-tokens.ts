/** What a reader meets in a JSON text, in order. */
export type TokenKind =
  | 'startObject'
  | 'endObject'
  | 'startArray'
  | 'endArray'
  | 'name'
  | 'string'
  | 'number'
  | 'true'
  | 'false'
  | 'null'
  | 'end'

/** A refused text, with the reader's own reason and place. */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem'
}

/**
 * How the service's reader names places. `quoted`: older ones quote the source and stand behind a character
 * that they did not expect; `redacted`: newer ones hide it and stand before.
 */
export type PlaceStyle = 'quoted' | 'redacted'

interface Token {
  readonly kind: TokenKind
  /** Undefined for a string whose inside has not been read. */
  text: string | undefined
}

interface Container {
  readonly kind: 'object' | 'array'
  readonly at: number
  entries: number
}

/** Characters of the source that a message quotes. Source: Jackson, JsonLocation. */
const quotedCharactersMax = 500

const expectedValue = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'"

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/**
 * Reads JSON token by token. AWS's messages name the place where its own reader stood when it gave up, so
 * this one stands where that one does: behind a name it has already read the start of the value, and the
 * inside of a string is read only when someone asks for it. Recorded: EventBridge, TestEventPattern; SNS,
 * Subscribe, `FilterPolicy`.
 */
export class JsonTokens {
  readonly #source: string
  readonly #style: PlaceStyle
  #at = 0
  #token: Token = { kind: 'end', text: '' }
  #pending: Token | undefined
  readonly #containers: Container[] = []

  constructor(source: string, style: PlaceStyle = 'quoted') {
    this.#source = source
    this.#style = style
  }

  /** Moves to the next token. */
  next(): TokenKind {
    this.text()
    const pending = this.#pending
    this.#pending = undefined
    this.#token = pending ?? this.#read()
    if (this.#token.kind === 'startObject' || this.#token.kind === 'startArray') {
      const kind = this.#token.kind === 'startObject' ? 'object' : 'array'
      this.#containers.push({ kind, at: this.#at - 1, entries: 0 })
    }
    return this.#token.kind
  }

  /** Text of the name, string or literal that the reader is at. */
  text(): string {
    if (this.#token.text === undefined) this.#token.text = this.#inside()
    return this.#token.text
  }

  /** A problem at the place where the reader stands. */
  problem(reason: string): JsonProblem {
    return new JsonProblem(`${reason}\n at ${this.#place(this.#at)}`)
  }

  #read(): Token {
    this.#skipSpace()
    const container = this.#containers.at(-1)
    if (container === undefined) {
      return this.#at < this.#source.length ? this.#value() : { kind: 'end', text: '' }
    }
    const char = this.#source[this.#at]
    if (char === undefined) throw this.#unclosed(container)
    if (char === '}' || char === ']') return this.#close(container, char)
    if (container.entries > 0) {
      const entries = container.kind === 'object' ? 'Object' : 'Array'
      if (char !== ',') throw this.#unexpected(`was expecting comma to separate ${entries} entries`)
      this.#at += 1
      this.#skipSpace()
      if (this.#at >= this.#source.length) throw this.#unclosed(container)
    }
    container.entries += 1
    return container.kind === 'object' ? this.#name() : this.#value()
  }

  #close(container: Container, char: string): Token {
    const closer = container.kind === 'object' ? '}' : ']'
    this.#at += 1
    if (char !== closer) {
      const kind = container.kind === 'object' ? 'Object' : 'Array'
      throw this.problem(
        `Unexpected close marker '${char}': expected '${closer}' (for ${kind} starting at ${this.#place(container.at)})`,
      )
    }
    this.#containers.pop()
    return { kind: container.kind === 'object' ? 'endObject' : 'endArray', text: char }
  }

  #name(): Token {
    if (this.#source[this.#at] !== '"') {
      throw this.#unexpected('was expecting double-quote to start field name')
    }
    this.#at += 1
    const text = this.#inside()
    this.#skipSpace()
    if (this.#source[this.#at] !== ':') {
      throw this.#unexpected('was expecting a colon to separate field name and value')
    }
    this.#at += 1
    this.#skipSpace()
    this.#pending = this.#value()
    return { kind: 'name', text }
  }

  #value(): Token {
    const char = this.#source[this.#at]
    if (char === '{' || char === '[' || char === '"') {
      this.#at += 1
      if (char === '"') return { kind: 'string', text: undefined }
      return { kind: char === '{' ? 'startObject' : 'startArray', text: char }
    }
    const number = this.#take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
    if (number !== undefined) return { kind: 'number', text: number }
    const word = this.#take(/[\p{L}\p{N}_$]+/uy)
    if (word === 'true' || word === 'false' || word === 'null') return { kind: word, text: word }
    if (word !== undefined) {
      throw this.problem(`Unrecognized token '${word}': was expecting (${expectedValue})`)
    }
    const container = this.#containers.at(-1)
    if (this.#at >= this.#source.length && container !== undefined) throw this.#unclosed(container)
    throw this.#unexpected(`expected a valid value (${expectedValue})`)
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  /** The inside of a string whose opening quote has been read, and its closing quote. */
  #inside(): string {
    let text = ''
    for (;;) {
      text += this.#take(/[ !#-[\]-\uffff]+/y) ?? ''
      const char = this.#source[this.#at]
      if (char === undefined) {
        throw this.problem(
          'Unexpected end-of-input: was expecting closing quote for a string value',
        )
      }
      this.#at += 1
      if (char === '"') return text
      if (char !== '\\') {
        throw this.problem(
          `Illegal unquoted character ((CTRL-CHAR, code ${char.charCodeAt(0)})): has to be escaped using backslash to be included in string value`,
        )
      }
      text += this.#escaped()
    }
  }

  #escaped(): string {
    const char = this.#source[this.#at] ?? ''
    this.#at += 1
    if (char !== 'u') {
      const meant = escapes[char]
      if (meant === undefined) {
        throw this.problem(`Unrecognized character escape ${described(char)}`)
      }
      return meant
    }
    const digits = this.#take(/[\da-fA-F]{4}/y)
    if (digits === undefined) {
      const bad = this.#source[this.#at] ?? ''
      throw this.problem(
        `Unexpected character (${described(bad)}): expected a hex-digit for character escape sequence`,
      )
    }
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #skipSpace(): void {
    while (/[ \t\r\n]/.test(this.#source[this.#at] ?? '')) this.#at += 1
  }

  #unexpected(expectation: string): JsonProblem {
    const char = this.#source[this.#at] ?? ''
    if (this.#style === 'quoted') this.#at += 1
    return this.problem(`Unexpected character (${described(char)}): ${expectation}`)
  }

  #unclosed(container: Container): JsonProblem {
    const kind = container.kind === 'object' ? 'Object' : 'Array'
    return this.problem(
      `Unexpected end-of-input: expected close marker for ${kind} (start marker at ${this.#place(container.at)})`,
    )
  }

  #place(at: number): string {
    const before = this.#source.slice(0, at).split('\n')
    const column = (before.at(-1)?.length ?? 0) + 1
    const where = `line: ${before.length}, column: ${column}`
    if (this.#style === 'redacted') {
      return `[Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); ${where}]`
    }
    const over = this.#source.length - quotedCharactersMax
    const cut = over > 0 ? `[truncated ${over} chars]` : ''
    const quoted = this.#source.slice(0, quotedCharactersMax)
    return `[Source: (String)"${quoted}"${cut}; ${where}]`
  }
}

function described(char: string): string {
  return `'${char}' (code ${char.codePointAt(0) ?? -1})`
}
