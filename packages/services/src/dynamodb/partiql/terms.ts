import { words } from '../expressions/errors.ts'
import { inOperandsMax } from '../expressions/limits.ts'
import { validationException } from '../values/errors.ts'
import { notWellFormed } from './errors.ts'
import type { Comparator, Steps, Term } from './syntax.ts'
import { type Token, TokenReader } from './tokens.ts'

/** Levels of brackets and NOTs; statements are 8,192 characters at most, useful ones far flatter. */
const levelsMax = 200

const typeNames: ReadonlySet<string> = new Set(
  `BOOL BOOLEAN SMALLINT INTEGER INTEGER2 INTEGER4 INTEGER8 INT INT2 INT4 INT8 BIGINT FLOAT REAL DECIMAL NUMERIC NUMBER
  CHAR CHARACTER VARCHAR STRING SYMBOL CLOB BLOB BINARY STRUCT TUPLE MAP LIST SEXP BAG NULL MISSING DOUBLE_PRECISION
  CHARACTER_VARYING`.split(/\s+/),
)

const comparators: Readonly<Record<string, Comparator>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

const missingRight = 'Missing right-hand side expression of infix operator'

/** Reads terms. Its words are AWS's where they were observed (2026-10). */
export class TermParser {
  readonly reader: TokenReader
  parameters = 0
  #level = 0

  constructor(text: string) {
    this.reader = new TokenReader(text)
  }

  term(): Term {
    return this.#or()
  }

  #or(): Term {
    const first = this.#and()
    if (!this.reader.isKeyword('OR')) return first
    const operands = [first]
    while (this.reader.takeKeyword('OR')) operands.push(this.#right(() => this.#and()))
    return { kind: 'or', operands }
  }

  #and(): Term {
    const first = this.#not()
    if (!this.reader.isKeyword('AND')) return first
    const operands = [first]
    while (this.reader.takeKeyword('AND')) operands.push(this.#right(() => this.#not()))
    return { kind: 'and', operands }
  }

  #not(): Term {
    if (!this.reader.takeKeyword('NOT')) return this.#predicate()
    return this.#deeper(() => ({ kind: 'not', operand: this.#not() }))
  }

  #predicate(): Term {
    const left = this.#sum()
    const { kind, text } = this.reader.next
    const comparator = kind === 'symbol' ? comparators[text] : undefined
    if (comparator !== undefined) {
      this.reader.take()
      return { kind: 'compare', comparator, left, right: this.#right(() => this.#sum()) }
    }
    if (this.reader.takeKeyword('IS')) return this.#type(left)
    if (this.reader.isKeyword('NOT')) {
      const after = this.reader.ahead(1)
      if (after.kind === 'keyword' && (after.text === 'IN' || after.text === 'BETWEEN')) {
        this.reader.take()
        return { kind: 'not', operand: this.#range(left) }
      }
    }
    if (this.reader.isKeyword('IN', 'BETWEEN')) return this.#range(left)
    return left
  }

  #range(operand: Term): Term {
    if (this.reader.takeKeyword('IN')) {
      const list = this.#right(() => this.#sum())
      const count = 'elements' in list ? list.elements.length : 1
      if (count > inOperandsMax) throw validationException(words.tooManyInOperands(count))
      return { kind: 'in', operand, list }
    }
    this.reader.take()
    const low = this.#right(() => this.#sum())
    if (!this.reader.takeKeyword('AND')) throw notWellFormed('Expected AND after BETWEEN')
    return { kind: 'between', operand, low, high: this.#right(() => this.#sum()) }
  }

  #type(operand: Term): Term {
    const not = this.reader.takeKeyword('NOT')
    const { kind, text } = this.reader.next
    if (kind !== 'word' && kind !== 'keyword') throw notWellFormed('Expected type name')
    this.reader.take()
    let type = text.toUpperCase()
    if (type === 'DOUBLE' || (type === 'CHARACTER' && this.reader.isWord('VARYING'))) {
      type = `${type}_${this.reader.take().text.toUpperCase()}`
    }
    if (!typeNames.has(type)) throw notWellFormed('Expected type name')
    return { kind: 'is', operand, type, not }
  }

  #sum(): Term {
    let left = this.#operand()
    for (;;) {
      const { kind, text } = this.reader.next
      if (kind !== 'symbol' || (text !== '+' && text !== '-' && text !== '||')) return left
      this.reader.take()
      left = { kind: text, left, right: this.#right(() => this.#operand()) }
    }
  }

  /** What follows an operator must be there. */
  #right(read: () => Term): Term {
    if (this.reader.next.kind === 'end') throw notWellFormed(missingRight)
    return read()
  }

  #operand(): Term {
    const token = this.reader.next
    switch (token.kind) {
      case 'string':
      case 'number':
        this.reader.take()
        return { kind: token.kind, text: token.text }
      case 'word':
      case 'quoted':
        return this.#pathOrCall(token)
      case 'keyword':
        return this.#keyword(token)
      case 'symbol':
        return this.#bracketed(token)
      case 'end':
        throw notWellFormed('Unexpected term')
      default:
        return token.kind satisfies never
    }
  }

  #keyword(token: Token): Term {
    switch (token.text) {
      case 'TRUE':
      case 'FALSE':
        this.reader.take()
        return { kind: 'boolean', value: token.text === 'TRUE' }
      case 'NULL':
        this.reader.take()
        return { kind: 'null' }
      case 'MISSING':
        this.reader.take()
        return { kind: 'missing' }
      case 'EXISTS': {
        const after = this.reader.ahead(1)
        if (after.kind === 'symbol' && after.text === '(') return this.#pathOrCall(token)
        throw notWellFormed('Unexpected keyword')
      }
      case 'IS':
      case 'IN':
      case 'LIKE':
      case 'BETWEEN':
      case 'AND':
      case 'OR':
        throw notWellFormed('Unexpected operator')
      default:
        throw notWellFormed('Unexpected keyword')
    }
  }

  #bracketed(token: Token): Term {
    this.reader.take()
    switch (token.text) {
      case '?':
        this.parameters += 1
        return { kind: 'parameter', index: this.parameters - 1 }
      case '-':
      case '+':
        return this.#signed(token.text)
      case '(':
        return this.#deeper(() => this.#parenthesised())
      case '[':
        return { kind: 'list', elements: this.#deeper(() => this.#elements(']')) }
      case '<<':
        return { kind: 'bag', elements: this.#deeper(() => this.#elements('>>')) }
      case '{':
        return { kind: 'map', entries: this.#deeper(() => this.#entries()) }
      default:
        throw notWellFormed('Unexpected term')
    }
  }

  #signed(sign: string): Term {
    const { kind, text } = this.reader.next
    if (kind !== 'number') throw notWellFormed('Unexpected term')
    this.reader.take()
    return { kind: 'number', text: sign === '-' ? `-${text}` : text }
  }

  /** A term in parentheses, or a list of several. */
  #parenthesised(): Term {
    const elements = this.#elements(')')
    const [first, second] = elements
    if (first === undefined) throw notWellFormed('Unexpected term')
    return second === undefined ? first : { kind: 'list', elements }
  }

  #elements(end: string): Term[] {
    const elements: Term[] = []
    if (this.reader.takeSymbol(end)) return elements
    do elements.push(this.term())
    while (this.reader.takeSymbol(','))
    this.reader.expectSymbol(end, 'Unexpected term')
    return elements
  }

  #entries(): [string, Term][] {
    const entries: [string, Term][] = []
    if (this.reader.takeSymbol('}')) return entries
    do {
      const { kind, text } = this.reader.next
      if (kind !== 'string') throw notWellFormed('Expected key of a tuple')
      this.reader.take()
      this.reader.expectSymbol(':', 'Expected ":" after the key of a tuple')
      entries.push([text, this.term()])
    } while (this.reader.takeSymbol(','))
    this.reader.expectSymbol('}', 'Unexpected term')
    return entries
  }

  #pathOrCall(token: Token): Term {
    const after = this.reader.ahead(1)
    if (token.kind !== 'quoted' && after.kind === 'symbol' && after.text === '(') {
      this.reader.take()
      this.reader.take()
      const args = this.#deeper(() => this.#elements(')'))
      return { kind: 'call', name: token.text.toLowerCase(), args, position: token.position }
    }
    return { kind: 'path', steps: this.path(), position: token.position }
  }

  /** An attribute, or a place inside one. */
  path(): Steps {
    const head = this.reader.next
    if (head.kind === 'keyword') throw notWellFormed('Unexpected keyword')
    if (head.kind !== 'word' && head.kind !== 'quoted') throw notWellFormed('Unexpected term')
    this.reader.take()
    const steps: (string | number)[] = [head.text]
    for (;;) {
      if (this.reader.takeSymbol('.')) {
        const { kind, text } = this.reader.next
        if (kind !== 'word' && kind !== 'quoted') throw notWellFormed('Invalid path dot component')
        this.reader.take()
        steps.push(text)
      } else if (this.reader.takeSymbol('[')) {
        const { kind, text } = this.reader.next
        if (kind !== 'number' && kind !== 'string') throw notWellFormed('Invalid path component')
        this.reader.take()
        steps.push(kind === 'number' ? Number(text) : text)
        this.reader.expectSymbol(']', 'Invalid path component')
      } else return steps
    }
  }

  #deeper<T>(inside: () => T): T {
    this.#level += 1
    if (this.#level > levelsMax) throw notWellFormed('Statement is too deeply nested')
    const result = inside()
    this.#level -= 1
    return result
  }
}
