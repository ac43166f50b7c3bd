import {
  type BinaryOperator,
  type Expression,
  type Pattern,
  QueryError,
  type Token,
} from './syntax.ts'

/** From the weakest to the strongest. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['=', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
]

/** Parts in parts, at most: a query has 10,000 characters. */
const depthMax = 200

/** Words that end an expression where an operator may stand. */
const comparisonLevel = 2

export class ExpressionParser {
  readonly #tokens: readonly Token[]
  readonly #length: number
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[], length: number) {
    this.#tokens = tokens
    this.#length = length
  }

  get ended(): boolean {
    return this.#at === this.#tokens.length
  }

  /** Where the next token begins. */
  get position(): number {
    return this.#tokens[this.#at]?.start ?? this.#length
  }

  /** Where the last token ended. */
  get lastEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  next(): Token {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw this.unexpected()
    this.#at += 1
    return token
  }

  unexpected(token = this.#tokens[this.#at]): QueryError {
    const { text = 'end of query', start = this.#length, end = this.#length } = token ?? {}
    return new QueryError(`unexpected symbol found ${text} at position ${start}`, start, end)
  }

  took(sign: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'sign' || token.text !== sign) return false
    this.#at += 1
    return true
  }

  tookWord(word: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false
    this.#at += 1
    return true
  }

  tookPattern(): Pattern | undefined {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'text' && token?.kind !== 'regex') return undefined
    this.#at += 1
    return token.kind === 'text'
      ? { kind: 'text', text: token.text }
      : { kind: 'regex', source: token.text }
  }

  name(): string {
    const token = this.next()
    if (token.kind !== 'word') throw this.unexpected(token)
    return token.text.replaceAll('`', '')
  }

  expression(level = 0): Expression {
    this.#depth += 1
    if (this.#depth > depthMax * levels.length) throw this.unexpected()
    const expression = this.#level(level)
    this.#depth -= 1
    return expression
  }

  #level(level: number): Expression {
    const operators = levels[level]
    if (operators === undefined) return this.#unary()
    if (level === comparisonLevel && this.tookWord('not')) {
      return { kind: 'not', of: this.expression(level) }
    }
    let left = this.expression(level + 1)
    if (level === comparisonLevel) left = this.#tested(left)
    for (;;) {
      const operator = operators.find((it) => this.took(it) || this.tookWord(it))
      if (operator === undefined) return left
      left = { kind: 'binary', operator, left, right: this.expression(level + 1) }
    }
  }

  /** `x like /y/`, `x not in [1, 2]`. */
  #tested(of: Expression): Expression {
    const before = this.#at
    const not = this.tookWord('not')
    const test = this.#test(of)
    if (test !== undefined) return not ? { kind: 'not', of: test } : test
    this.#at = before
    return of
  }

  #test(of: Expression): Expression | undefined {
    if (this.tookWord('like') || this.took('=~')) {
      const pattern = this.tookPattern()
      if (pattern === undefined) throw this.unexpected()
      return { kind: 'like', of, pattern }
    }
    if (!this.tookWord('in')) return undefined
    if (!this.took('[')) throw this.unexpected()
    return { kind: 'in', of, values: this.#items(']') }
  }

  #unary(): Expression {
    if (this.took('-')) return { kind: 'negative', of: this.expression(levels.length) }
    const token = this.next()
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) }
    if (token.kind === 'text') return { kind: 'literal', value: token.text }
    if (token.kind === 'sign' && token.text === '(') {
      const inner = this.expression()
      if (!this.took(')')) throw this.unexpected()
      return inner
    }
    if (token.kind !== 'word') throw this.unexpected(token)
    if (!token.text.startsWith('`') && this.took('(')) {
      return { kind: 'call', name: token.text.toLowerCase(), args: this.#arguments() }
    }
    return { kind: 'field', name: token.text.replaceAll('`', '') }
  }

  /** `count(*)` has one argument that is no expression. */
  #arguments(): readonly Expression[] {
    if (this.took('*')) {
      if (!this.took(')')) throw this.unexpected()
      return [{ kind: 'field', name: '*' }]
    }
    return this.#items(')')
  }

  #items(close: string): readonly Expression[] {
    const items: Expression[] = []
    if (this.took(close)) return items
    do items.push(this.expression())
    while (this.took(','))
    if (!this.took(close)) throw this.unexpected()
    return items
  }
}
