import { invalidPattern } from '../errors.ts'
import { regexesMax } from '../limits.ts'
import { compileComparison, type Operator, operandOf } from './comparison.ts'
import type { Match } from './compilation.ts'
import { type Token, type TokenKind, tokensOf } from './tokens.ts'

type Test = (root: unknown) => boolean

/** `{ $.a.b[0] = "x" && ($.n > 5 || $.flag IS TRUE) }`: and binds closer than or. */
export function compileJson(text: string): Match {
  if (!text.endsWith('}')) throw invalidPattern()
  const tokens = tokensOf(text.slice(1, -1))
  if (tokens.filter((it) => it.text.startsWith('%')).length > regexesMax) throw invalidPattern()
  const parser = new Parser(tokens)
  const test = parser.expression()
  if (!parser.ended) throw invalidPattern()
  const selectors = tokens.filter(({ kind }) => kind === 'selector').map(({ text: it }) => it)
  return (message) => {
    const root = parsed(message)
    if (root === undefined || !test(root)) return undefined
    return extracted(root, selectors)
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get ended(): boolean {
    return this.#at === this.#tokens.length
  }

  expression(): Test {
    const parts = [this.#conjunction()]
    while (this.#took('logic', '||')) parts.push(this.#conjunction())
    return (root) => parts.some((part) => part(root))
  }

  #conjunction(): Test {
    const parts = [this.#condition()]
    while (this.#took('logic', '&&')) parts.push(this.#condition())
    return (root) => parts.every((part) => part(root))
  }

  #condition(): Test {
    if (this.#took('open')) {
      const inner = this.expression()
      this.#take('close')
      return inner
    }
    const path = pathOf(this.#take('selector').text)
    if (this.#took('operand', 'IS')) return is(path, this.#take('operand').text)
    if (this.#took('operand', 'NOT')) {
      if (this.#take('operand').text !== 'EXISTS') throw invalidPattern()
      return (root) => at(root, path) === undefined
    }
    // The tokens of this kind are these six.
    const operator = this.#take('operator').text as Operator
    const compare = compileComparison(operator, operandOf(this.#take('operand').text))
    return (root) => {
      const text = textOf(at(root, path))
      return text !== undefined && compare(text)
    }
  }

  #take(kind: TokenKind): Token {
    const token = this.#tokens[this.#at]
    if (token?.kind !== kind) throw invalidPattern()
    this.#at += 1
    return token
  }

  #took(kind: TokenKind, text?: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== kind || (text !== undefined && token.text !== text)) return false
    this.#at += 1
    return true
  }
}

function is(path: Path, word: string): Test {
  switch (word) {
    case 'TRUE':
      return (root) => at(root, path) === true
    case 'FALSE':
      return (root) => at(root, path) === false
    case 'NULL':
      return (root) => at(root, path) === null
    default:
      throw invalidPattern()
  }
}

type Path = readonly (string | number)[]

/** `$.a.b[0]` as its steps. */
function pathOf(selector: string): Path {
  return [...selector.matchAll(/\.([A-Za-z0-9_-]+)|\[(\d+)\]/g)].map(([, name, index]) =>
    name === undefined ? Number(index) : name,
  )
}

/** What a path leads to; undefined where it leads nowhere. */
function at(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value) !== (typeof step === 'number')) return undefined
    value = Object.hasOwn(value, step)
      ? (value as Record<string | number, unknown>)[step]
      : undefined
  }
  return value
}

/** Only plain values can be compared: an array or object never matches, not even `!=`. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** What a selector finds in a message of JSON, as text. */
export function selected(message: string, selector: string): string | undefined {
  return textOf(at(parsed(message), pathOf(selector)))
}

function extracted(root: unknown, selectors: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const selector of selectors) {
    const text = textOf(at(root, pathOf(selector)))
    if (text !== undefined) values[selector] = text
  }
  return values
}

function parsed(message: string): unknown {
  if (!message.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(message)
  } catch {
    return undefined // A line that is no JSON matches no pattern for JSON.
  }
}
