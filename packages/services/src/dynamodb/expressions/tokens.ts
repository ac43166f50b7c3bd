import { ExpressionProblem, words } from './errors.ts'

/** `name` is `#n`, `value` is `:v`, `symbol` is anything that is nothing else. */
export type TokenKind = 'word' | 'name' | 'value' | 'number' | 'symbol' | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly start: number
  readonly end: number
}

const pattern = /[ \t\r\n]*(?:([A-Za-z]\w*)|(#\w+)|(:\w+)|(\d+)|(<>|<=|>=|[^ \t\r\n]))/gu

/** Splits an expression. Nothing is wrong yet: the parser names what it cannot use. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(pattern)) {
    const [whole, word, name, value, number, symbol] = match
    const end = match.index + whole.length
    const kind: TokenKind =
      word !== undefined
        ? 'word'
        : name !== undefined
          ? 'name'
          : value !== undefined
            ? 'value'
            : number !== undefined
              ? 'number'
              : 'symbol'
    const own = word ?? name ?? value ?? number ?? symbol ?? ''
    tokens.push({ kind, text: own, start: end - own.length, end })
  }
  return tokens
}

/** Reads tokens one after the other. */
export class TokenReader {
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #end: Token
  #index = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokensOf(text)
    this.#end = { kind: 'end', text: '<EOF>', start: text.length, end: text.length }
  }

  get next(): Token {
    return this.#tokens[this.#index] ?? this.#end
  }

  ahead(count: number): Token {
    return this.#tokens[this.#index + count] ?? this.#end
  }

  get position(): number {
    return this.#index
  }

  /** Goes back to a `position`. */
  rewind(position: number): void {
    this.#index = position
  }

  take(): Token {
    const token = this.next
    this.#index += 1
    return token
  }

  isSymbol(text: string): boolean {
    return this.next.kind === 'symbol' && this.next.text === text
  }

  isKeyword(keyword: string): boolean {
    return this.next.kind === 'word' && this.next.text.toUpperCase() === keyword
  }

  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false
    this.#index += 1
    return true
  }

  takeKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false
    this.#index += 1
    return true
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.unexpected()
  }

  expectKeyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) throw this.unexpected()
  }

  /** The next token does not belong here: AWS names it, with its neighbours as they are written. */
  unexpected(): ExpressionProblem {
    const token = this.next
    const before = this.#tokens[this.#index - 1] ?? token
    const after = this.#tokens[this.#index + 1] ?? token
    const end = token.kind === 'end' ? before.end : after.end
    return new ExpressionProblem(words.syntax(token.text, this.#text.slice(before.start, end)))
  }
}
