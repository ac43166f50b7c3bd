import { notWellFormed } from './errors.ts'

export type TokenKind = 'word' | 'keyword' | 'quoted' | 'string' | 'number' | 'symbol' | 'end'

/** `text` is what a name or literal means; keywords are upper case. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly position: Position
}

/** Where a token stands: line and column from 1, and its length. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly length: number
}

/** Words of the language, which names can be only in double quotes. Source: PartiQL specification, "Keywords". */
const keywords: ReadonlySet<string> = new Set(
  `ABSOLUTE ACTION ALL ALTER AND ANY AS ASC BETWEEN BY CASE CAST CHECK COLUMN CREATE CROSS DATE DELETE DESC DISTINCT
  DROP ELSE END ESCAPE EXISTS EXCEPT FALSE FOR FOREIGN FROM FULL GROUP HAVING IN INNER INSERT INTERSECT INTO IS JOIN
  LEFT LIKE LIMIT MISSING NATURAL NOT NULL ON OR ORDER OUTER PIVOT PRIMARY REMOVE RETURNING RIGHT SELECT SET TABLE
  THEN TIME TIMESTAMP TRUE UNION UNIQUE UNPIVOT UPDATE VALUE VALUES WHEN WHERE WITH`.split(/\s+/),
)

const patterns = {
  space: /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y,
  number: /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y,
  word: /[A-Za-z_$][\w$]*/y,
  string: /'(?:[^']|'')*'/y,
  quoted: /"(?:[^"]|"")*"/y,
  symbol: /<<|>>|<=|>=|<>|!=|\|\||[-+*(),.[\]{}:;=<>?]/y,
}

function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** Splits a statement. Throws `ValidationException` for what is no token. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  let [at, line, lineStart] = [0, 1, 0]
  const advance = (whole: string): void => {
    for (let i = 0; i < whole.length; i += 1) {
      if (whole[i] === '\n') {
        line += 1
        lineStart = at + i + 1
      }
    }
    at += whole.length
  }
  while (at < text.length) {
    const space = matched(patterns.space, text, at)
    if (space !== undefined) {
      advance(space)
      continue
    }
    const { whole, kind, value } = tokenAt(text, at)
    const position = { line, column: at - lineStart + 1, length: whole.length }
    tokens.push({ kind, text: value, position })
    advance(whole)
  }
  return tokens
}

function tokenAt(text: string, at: number): { whole: string; kind: TokenKind; value: string } {
  const word = matched(patterns.word, text, at)
  if (word !== undefined) {
    const upper = word.toUpperCase()
    const isKeyword = keywords.has(upper)
    return { whole: word, kind: isKeyword ? 'keyword' : 'word', value: isKeyword ? upper : word }
  }
  const number = matched(patterns.number, text, at)
  if (number !== undefined) {
    checkScale(number)
    return { whole: number, kind: 'number', value: number }
  }
  const string = matched(patterns.string, text, at)
  if (string !== undefined) {
    return { whole: string, kind: 'string', value: string.slice(1, -1).replaceAll("''", "'") }
  }
  const quoted = matched(patterns.quoted, text, at)
  if (quoted !== undefined) {
    return { whole: quoted, kind: 'quoted', value: quoted.slice(1, -1).replaceAll('""', '"') }
  }
  const symbol = text.startsWith('/*', at) ? undefined : matched(patterns.symbol, text, at)
  if (symbol === undefined) throw notWellFormed('')
  return { whole: symbol, kind: 'symbol', value: symbol }
}

/** Digits behind the point less the exponent must fit 32 bits, as Java's BigDecimal has it. */
function checkScale(number: string): void {
  const [mantissa = '', exponent = '0'] = number.split(/[eE]/)
  const fraction = mantissa.split('.')[1] ?? ''
  const written = BigInt(exponent)
  const scale = BigInt(fraction.length) - written
  const max = 2n ** 31n - 1n
  if (written > max || written < -max - 1n || scale > max || scale < -max) throw notWellFormed('')
}

/** Reads tokens one after the other. */
export class TokenReader {
  readonly #tokens: readonly Token[]
  readonly #end: Token = { kind: 'end', text: '', position: { line: 0, column: 0, length: 0 } }
  #index = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  get next(): Token {
    return this.#tokens[this.#index] ?? this.#end
  }

  ahead(count: number): Token {
    return this.#tokens[this.#index + count] ?? this.#end
  }

  take(): Token {
    const token = this.next
    this.#index += 1
    return token
  }

  isKeyword(...words: readonly string[]): boolean {
    return this.next.kind === 'keyword' && words.includes(this.next.text)
  }

  /** A word of the language that may also be a name. */
  isWord(word: string): boolean {
    return this.next.kind === 'word' && this.next.text.toUpperCase() === word
  }

  isSymbol(...texts: readonly string[]): boolean {
    return this.next.kind === 'symbol' && texts.includes(this.next.text)
  }

  takeKeyword(word: string): boolean {
    if (!this.isKeyword(word)) return false
    this.#index += 1
    return true
  }

  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false
    this.#index += 1
    return true
  }

  expectSymbol(text: string, detail: string): void {
    if (!this.takeSymbol(text)) throw notWellFormed(detail)
  }
}
