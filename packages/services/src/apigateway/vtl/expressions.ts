import {
  type Expression,
  type Node,
  type Operator,
  type Reference,
  type Step,
  TemplateError,
} from './ast.ts'

/** Expressions within expressions that are read. */
const depthMax = 100

/** Operators by how strongly they bind, the weakest first. */
const levels: readonly (readonly (readonly [RegExp, Operator])[])[] = [
  [[/\|\||or\b/y, '||']],
  [[/&&|and\b/y, '&&']],
  [
    [/==|eq\b/y, '=='],
    [/!=|ne\b/y, '!='],
  ],
  [
    [/<=|le\b/y, '<='],
    [/>=|ge\b/y, '>='],
    [/<|lt\b/y, '<'],
    [/>|gt\b/y, '>'],
  ],
  [
    [/\+/y, '+'],
    [/-/y, '-'],
  ],
  [
    [/\*/y, '*'],
    [/\//y, '/'],
    [/%/y, '%'],
  ],
]

/** Reads references and expressions of a template. */
export abstract class ExpressionReader {
  readonly source: string
  at = 0

  constructor(source: string) {
    this.source = source
  }

  protected abstract template(source: string, depth: number): readonly Node[]

  expression(depth: number): Expression {
    if (depth > depthMax) throw new TemplateError('An expression is nested too deeply')
    return this.#binary(0, depth + 1)
  }

  #binary(level: number, depth: number): Expression {
    const operators = levels[level]
    if (operators === undefined) return this.#unary(depth)
    let left = this.#binary(level + 1, depth)
    for (;;) {
      this.skipSpace()
      const operator = this.#operator(operators)
      if (operator === undefined) return left
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1, depth) }
    }
  }

  #operator(operators: readonly (readonly [RegExp, Operator])[]): Operator | undefined {
    for (const [pattern, operator] of operators) {
      pattern.lastIndex = this.at
      const match = pattern.exec(this.source)
      if (match === null) continue
      this.at += match[0].length
      return operator
    }
    return undefined
  }

  #unary(depth: number): Expression {
    if (depth > depthMax) throw new TemplateError('An expression is nested too deeply')
    this.skipSpace()
    if (this.source[this.at] === '!' && this.source[this.at + 1] !== '=') {
      this.at += 1
      return { kind: 'not', operand: this.#unary(depth + 1) }
    }
    if (this.#word('not')) return { kind: 'not', operand: this.#unary(depth + 1) }
    if (this.source[this.at] === '-' && !/\d/.test(this.source[this.at + 1] ?? '')) {
      this.at += 1
      return { kind: 'negative', operand: this.#unary(depth + 1) }
    }
    return this.#primary(depth)
  }

  #word(word: string): boolean {
    const found = new RegExp(`${word}\\b`, 'y')
    found.lastIndex = this.at
    if (!found.test(this.source)) return false
    this.at += word.length
    return true
  }

  #primary(depth: number): Expression {
    const char = this.source[this.at]
    if (char === '(') {
      this.at += 1
      const inner = this.expression(depth)
      this.expect(')')
      return inner
    }
    if (char === "'") return { kind: 'constant', value: this.#quoted("'") }
    if (char === '"') return this.#text(depth)
    if (char === '[') return this.#list(depth)
    if (char === '{') return this.#map(depth)
    if (char === '$') {
      const reference = this.reference(depth)
      if (reference !== undefined) return { kind: 'reference', reference }
    }
    const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    number.lastIndex = this.at
    const digits = number.exec(this.source)?.[0]
    if (digits !== undefined) {
      // `1..3` is a range of two numbers.
      const whole = this.source.startsWith('..', this.at + (/^-?\d+/.exec(digits)?.[0].length ?? 0))
        ? (/^-?\d+/.exec(digits)?.[0] ?? digits)
        : digits
      this.at += whole.length
      return { kind: 'constant', value: Number(whole) }
    }
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#word(word)) return { kind: 'constant', value }
    }
    throw new TemplateError(
      `Encountered "${this.source.slice(this.at, this.at + 10)}" where a value was expected`,
    )
  }

  #quoted(quote: string): string {
    let text = ''
    for (let at = this.at + 1; at < this.source.length; at += 1) {
      const char = this.source[at] ?? ''
      if (char === quote) {
        if (this.source[at + 1] !== quote) {
          this.at = at + 1
          return text
        }
        at += 1 // A quote written twice stands for itself.
      }
      text += char
    }
    throw new TemplateError('A text does not end')
  }

  #text(depth: number): Expression {
    let text = ''
    let at = this.at + 1
    for (;;) {
      const char = this.source[at]
      if (char === undefined) throw new TemplateError('A text does not end')
      if (char === '"') {
        if (this.source[at + 1] !== '"') break
        at += 1
      }
      text += char
      // A quote after a backslash does not end the text: `"\"$x\""`.
      if (char === '\\' && this.source[at + 1] === '"') {
        text = `${text.slice(0, -1)}"`
        at += 1
      }
      at += 1
    }
    this.at = at + 1
    return { kind: 'text', nodes: this.template(text, depth) }
  }

  #list(depth: number): Expression {
    this.expect('[')
    this.skipSpace()
    const items: Expression[] = []
    while (!this.take(']')) {
      items.push(this.expression(depth))
      this.skipSpace()
      const [from] = items
      if (items.length === 1 && from !== undefined && this.take('..')) {
        const to = this.expression(depth)
        this.expect(']')
        return { kind: 'range', from, to }
      }
      if (!this.take(',') && this.source[this.at] !== ']') this.expect(']')
      this.skipSpace()
    }
    return { kind: 'list', items }
  }

  #map(depth: number): Expression {
    this.expect('{')
    this.skipSpace()
    const entries: { key: Expression; value: Expression }[] = []
    while (!this.take('}')) {
      const key = this.expression(depth)
      this.expect(':')
      const value = this.expression(depth)
      entries.push({ key, value })
      this.skipSpace()
      if (!this.take(',') && this.source[this.at] !== '}') this.expect('}')
      this.skipSpace()
    }
    return { kind: 'map', entries }
  }

  /** A reference that begins here; undefined, and nothing read, where there is none. */
  reference(depth: number): Reference | undefined {
    const head = /\$(!?)(\{?)([a-zA-Z_][\w-]*)/y
    head.lastIndex = this.at
    const match = head.exec(this.source)
    if (match === null) return undefined
    const start = this.at
    const [whole, quiet, brace, name = ''] = match
    this.at += whole.length
    const steps: Step[] = []
    for (;;) {
      const step = this.#step(depth)
      if (step === undefined) break
      steps.push(step)
    }
    if (brace === '{') this.expect('}')
    return { name, steps, quiet: quiet === '!', source: this.source.slice(start, this.at) }
  }

  #step(depth: number): Step | undefined {
    if (this.source[this.at] === '[') {
      this.at += 1
      const index = this.expression(depth + 1)
      this.expect(']')
      return { kind: 'index', index }
    }
    const member = /\.([a-zA-Z_][\w-]*)/y
    member.lastIndex = this.at
    const match = member.exec(this.source)
    if (match === null) return undefined
    this.at += match[0].length
    const [, name = ''] = match
    if (this.source[this.at] !== '(') return { kind: 'member', name }
    this.at += 1
    const args: Expression[] = []
    this.skipSpace()
    while (!this.take(')')) {
      args.push(this.expression(depth + 1))
      this.skipSpace()
      if (!this.take(',') && this.source[this.at] !== ')') this.expect(')')
      this.skipSpace()
    }
    return { kind: 'method', name, args }
  }

  word(): string | undefined {
    const found = /[a-zA-Z_][\w-]*/y
    found.lastIndex = this.at
    const word = found.exec(this.source)?.[0]
    if (word !== undefined) this.at += word.length
    return word
  }

  take(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  expect(text: string): void {
    this.skipSpace()
    if (this.take(text)) return
    throw new TemplateError(
      `Encountered "${this.source.slice(this.at, this.at + 10)}" where "${text}" was expected`,
    )
  }

  skipSpace(): void {
    while (/\s/.test(this.source[this.at] ?? '')) this.at += 1
  }

  skipBlanks(): void {
    while (/[ \t]/.test(this.source[this.at] ?? '')) this.at += 1
  }

  /** A directive takes the rest of its line along, where that is empty. */
  skipLineEnd(): void {
    const end = /[ \t]*\r?\n/y
    end.lastIndex = this.at
    const match = end.exec(this.source)
    if (match !== null) this.at += match[0].length
  }
}
