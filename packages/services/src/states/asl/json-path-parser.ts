import type { Json } from './json.ts'

/** One step of a path. */
export type Segment =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descent' }
  | { readonly kind: 'filter'; readonly expression: FilterExpression }

export type FilterExpression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterExpression[] }
  | { readonly kind: 'not'; readonly part: FilterExpression }
  | { readonly kind: 'exists'; readonly operand: Operand }
  | {
      readonly kind: 'comparison'
      readonly left: Operand
      readonly operator: string
      readonly right: Operand
    }
  | { readonly kind: 'pattern'; readonly operand: Operand; readonly pattern: RegExp }

export type Operand =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'path'; readonly from: '$' | '@'; readonly segments: readonly Segment[] }

/** Deepest nesting of brackets in filters. */
const depthMax = 32

const plainName = /[^\s.[\]()'",@*?:<>=!&|$]/
const operators = ['==', '!=', '<=', '>=', '<', '>', 'nin', 'in'] as const

/** Reads JSONPath: `$`, `.name`, `['name']`, `[0]`, `[1:2]`, `*`, `..`, `[?(...)]`, and a function at the end. */
export class JsonPathParser {
  readonly #text: string
  readonly #failure: (message: string) => Error
  #at = 0
  #depth = 0

  constructor(text: string, failure: (message: string) => Error) {
    this.#text = text
    this.#failure = failure
  }

  path(): { segments: Segment[]; call: string | undefined } {
    this.#expect('$')
    const segments = this.#segments()
    const last = segments.at(-1)
    const isCall = this.#text.startsWith('()', this.#at)
    if (isCall && last?.kind === 'names' && last.names.length === 1) {
      this.#at += 2
      segments.pop()
    }
    if (this.#at < this.#text.length) throw this.#unexpected()
    return { segments, call: isCall && last?.kind === 'names' ? last.names[0] : undefined }
  }

  #segments(): Segment[] {
    const segments: Segment[] = []
    for (;;) {
      if (this.#take('..')) {
        segments.push({ kind: 'descent' })
        if (this.#text[this.#at] === '[') continue
        segments.push(this.#dotted())
      } else if (this.#take('.')) segments.push(this.#dotted())
      else if (this.#take('[')) segments.push(this.#bracket())
      else return segments
    }
  }

  #dotted(): Segment {
    if (this.#take('*')) return { kind: 'wildcard' }
    const name = this.#name()
    if (name === '') throw this.#failure("Path must not end with a '.' or '..'")
    return { kind: 'names', names: [name] }
  }

  #name(): string {
    const from = this.#at
    while (this.#at < this.#text.length && plainName.test(this.#text[this.#at] ?? '')) this.#at += 1
    return this.#text.slice(from, this.#at)
  }

  #bracket(): Segment {
    this.#space()
    if (this.#take('*')) return this.#closed({ kind: 'wildcard' })
    if (this.#take('?')) return this.#closed(this.#filter())
    const quote = this.#text[this.#at]
    if (quote === "'" || quote === '"') {
      return this.#closed({ kind: 'names', names: this.#list(() => this.#quoted()) })
    }
    return this.#closed(this.#numbers())
  }

  #numbers(): Segment {
    const from = this.#integer()
    this.#space()
    if (this.#take(':')) {
      this.#space()
      const to = this.#integer()
      return {
        kind: 'slice',
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }
    }
    if (from === undefined) throw this.#unexpected()
    const indexes = [from]
    while (this.#take(',')) {
      this.#space()
      const next = this.#integer()
      if (next === undefined) throw this.#unexpected()
      indexes.push(next)
      this.#space()
    }
    return { kind: 'indexes', indexes }
  }

  #integer(): number | undefined {
    const match = /^-?\d+/.exec(this.#text.slice(this.#at, this.#at + 16))
    if (match === null) return undefined
    this.#at += match[0].length
    return Number(match[0])
  }

  #list<T>(one: () => T): T[] {
    const all = [one()]
    this.#space()
    while (this.#take(',')) {
      this.#space()
      all.push(one())
      this.#space()
    }
    return all
  }

  #quoted(): string {
    const quote = this.#text[this.#at]
    if (quote !== "'" && quote !== '"') throw this.#unexpected()
    let out = ''
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? ''
      if (character === quote) {
        this.#at += 1
        return out
      }
      if (character === '\\') this.#at += 1
      out += character === '\\' ? (this.#text[this.#at] ?? '') : character
    }
    throw this.#failure(`Property has not been closed - missing closing ${quote}`)
  }

  #closed(segment: Segment): Segment {
    this.#space()
    this.#expect(']')
    return segment
  }

  #filter(): Segment {
    this.#space()
    this.#expect('(')
    const expression = this.#or()
    this.#space()
    this.#expect(')')
    return { kind: 'filter', expression }
  }

  #or(): FilterExpression {
    this.#depth += 1
    if (this.#depth > depthMax) throw this.#failure('The filter is nested too deeply')
    const parts = [this.#and()]
    while (this.#takeWord('||')) parts.push(this.#and())
    this.#depth -= 1
    return joined('or', parts)
  }

  #and(): FilterExpression {
    const parts = [this.#single()]
    while (this.#takeWord('&&')) parts.push(this.#single())
    return joined('and', parts)
  }

  #single(): FilterExpression {
    this.#space()
    if (this.#text[this.#at] === '!' && this.#text[this.#at + 1] !== '=') {
      this.#at += 1
      this.#depth += 1
      if (this.#depth > depthMax) throw this.#failure('The filter is nested too deeply')
      const part = this.#single()
      this.#depth -= 1
      return { kind: 'not', part }
    }
    if (this.#take('(')) {
      const inner = this.#or()
      this.#space()
      this.#expect(')')
      return inner
    }
    const left = this.#operand()
    this.#space()
    if (this.#text.startsWith('=~', this.#at)) {
      this.#at += 2
      return { kind: 'pattern', operand: left, pattern: this.#pattern() }
    }
    const operator = operators.find((one) => this.#text.startsWith(one, this.#at))
    if (operator === undefined) return { kind: 'exists', operand: left }
    this.#at += operator.length
    return { kind: 'comparison', left, operator, right: this.#operand() }
  }

  /** `/text/i`: compiled to be judged as well-formed, never run. */
  #pattern(): RegExp {
    this.#space()
    const found = /^\/((?:\\.|[^\\/])*)\/([im]*)/.exec(this.#text.slice(this.#at))
    if (found === null)
      throw this.#failure(`Could not parse token starting at position ${this.#at}`)
    const [all, source = '', flags] = found
    this.#at += all.length
    try {
      return new RegExp(`^(?:${source})$`, flags)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw this.#failure(error.message)
    }
  }

  #operand(): Operand {
    this.#space()
    const first = this.#text[this.#at]
    if (first === '@' || first === '$') {
      this.#at += 1
      return { kind: 'path', from: first, segments: this.#segments() }
    }
    if (first === "'" || first === '"') return { kind: 'literal', value: this.#quoted() }
    if (this.#take('[')) {
      this.#space()
      const values = this.#take(']') ? [] : this.#list(() => this.#literal())
      if (this.#text[this.#at - 1] !== ']' || values.length > 0) this.#expect(']')
      return { kind: 'literal', value: values }
    }
    return { kind: 'literal', value: this.#literal() }
  }

  #literal(): Json {
    const first = this.#text[this.#at]
    if (first === "'" || first === '"') return this.#quoted()
    const match = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(
      this.#text.slice(this.#at, this.#at + 32),
    )
    if (match === null) throw this.#unexpected()
    this.#at += match[0].length
    return JSON.parse(match[0]) as Json // The pattern lets only JSON literals pass.
  }

  #takeWord(word: string): boolean {
    this.#space()
    return this.#take(word)
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected()
  }

  #space(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1
  }

  #unexpected(): Error {
    return this.#failure(
      `Could not parse token starting at position ${this.#at}. Expected ?, ', 0-9, * `,
    )
  }
}

function joined(kind: 'and' | 'or', parts: FilterExpression[]): FilterExpression {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind, parts }
}
