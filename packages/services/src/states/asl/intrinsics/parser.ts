import type { Json } from '../json.ts'

/** A call of an intrinsic function, or one of its arguments. */
export type IntrinsicNode =
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly IntrinsicNode[] }
  | { readonly kind: 'path'; readonly text: string }
  | { readonly kind: 'literal'; readonly value: Json }

/** Deepest nesting of calls. Source: Step Functions Developer Guide, "Intrinsic functions" (up to 10 are nested). */
const nestingMax = 10

/** Text that is no call of an intrinsic function. */
export class IntrinsicSyntaxError extends Error {
  override readonly name = 'IntrinsicSyntaxError'
}

/** Reads `States.Format('{}', $.name)`. Throws `IntrinsicSyntaxError`. */
export function parseIntrinsic(text: string): IntrinsicNode {
  const parser = new IntrinsicParser(text)
  return parser.whole()
}

class IntrinsicParser {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): IntrinsicNode {
    this.#space()
    const node = this.#call()
    this.#space()
    if (this.#at < this.#text.length) throw this.#wrong()
    return node
  }

  #call(): IntrinsicNode {
    const match = /^States\.[A-Za-z0-9]+/.exec(this.#text.slice(this.#at))
    if (match === null) throw this.#wrong()
    this.#at += match[0].length
    this.#depth += 1
    if (this.#depth > nestingMax) throw this.#wrong()
    this.#space()
    if (this.#text[this.#at] !== '(') throw this.#wrong()
    this.#at += 1
    const args: IntrinsicNode[] = []
    this.#space()
    if (this.#text[this.#at] !== ')') {
      args.push(this.#argument())
      for (this.#space(); this.#text[this.#at] === ','; this.#space()) {
        this.#at += 1
        args.push(this.#argument())
      }
    }
    if (this.#text[this.#at] !== ')') throw this.#wrong()
    this.#at += 1
    this.#depth -= 1
    return { kind: 'call', name: match[0], args }
  }

  #argument(): IntrinsicNode {
    this.#space()
    const first = this.#text[this.#at]
    if (first === "'") return { kind: 'literal', value: this.#string() }
    if (first === '$') return { kind: 'path', text: this.#path() }
    if (this.#text.startsWith('States.', this.#at)) return this.#call()
    const match = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=[\s,)])/.exec(
      this.#text.slice(this.#at),
    )
    if (match === null) throw this.#wrong()
    this.#at += match[0].length
    return { kind: 'literal', value: JSON.parse(match[0]) as Json } // The pattern lets only JSON literals pass.
  }

  /** `\'`, `\{`, `\}` and `\\` are escapes; braces keep theirs for States.Format. */
  #string(): string {
    let out = ''
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? ''
      if (character === "'") {
        this.#at += 1
        return out
      }
      if (character !== '\\') {
        out += character
        continue
      }
      this.#at += 1
      const next = this.#text[this.#at] ?? ''
      if (!"'{}\\\\".includes(next)) throw this.#wrong()
      out += next === '{' || next === '}' ? `\\${next}` : next
    }
    throw this.#wrong()
  }

  /** Up to the comma or parenthesis that ends the argument; brackets and quotes may hold more of them. */
  #path(): string {
    const from = this.#at
    let brackets = 0
    let quote = ''
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? ''
      if (quote !== '') {
        if (character === '\\') this.#at += 1
        else if (character === quote) quote = ''
      } else if (brackets > 0 && (character === "'" || character === '"')) quote = character
      else if (character === '[' || character === '(') brackets += 1
      else if (brackets > 0 && (character === ']' || character === ')')) brackets -= 1
      else if (brackets === 0 && /[,)\s]/.test(character)) break
    }
    return this.#text.slice(from, this.#at)
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }

  #wrong(): IntrinsicSyntaxError {
    return new IntrinsicSyntaxError(this.#text)
  }
}
