import { ExpressionProblem, words } from './errors.ts'
import { inOperandsMax } from './limits.ts'
import { parsePath, type TextProblems } from './path-parser.ts'
import type { CallSyntax, Comparator, ConditionSyntax, OperandSyntax } from './syntax.ts'
import { TokenReader } from './tokens.ts'

const comparators: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])

const keywords: ReadonlySet<string> = new Set(['BETWEEN', 'IN', 'AND', 'OR', 'NOT'])

const functions: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
])

/**
 * Levels that the parser goes down. Only what is refused anyhow is deeper: a useful level has an operator, and 300
 * of them are allowed.
 */
const levelsMax = 700

type Node = ConditionSyntax | OperandSyntax

export interface ParsedCondition {
  readonly tree: ConditionSyntax
  /** Operators and functions in it. */
  readonly operators: number
}

/** Reads a condition, filter or key condition. Throws `ExpressionProblem` for what the text alone shows. */
export function parseConditionText(text: string): ParsedCondition {
  const parser = new ConditionParser(text)
  return parser.parse()
}

class ConditionParser {
  readonly #reader: TokenReader
  readonly #problems: TextProblems = {}
  #operators = 0
  #level = 0
  /** The last pair of parentheses that was closed, as token positions. */
  #closed = { start: -1, end: -1 }

  constructor(text: string) {
    this.#reader = new TokenReader(text)
  }

  parse(): ParsedCondition {
    const node = this.#or(false)
    if (this.#reader.next.kind !== 'end') throw this.#reader.unexpected()
    const tree = this.#condition(node)
    const { redundantParentheses, unknownFunction, misusedFunction, reserved } = this.#problems
    if (redundantParentheses) throw new ExpressionProblem(words.redundantParentheses)
    if (unknownFunction !== undefined) {
      throw new ExpressionProblem(words.unknownFunction(unknownFunction))
    }
    if (misusedFunction !== undefined) {
      throw new ExpressionProblem(words.misusedFunction(misusedFunction))
    }
    if (reserved !== undefined) throw new ExpressionProblem(words.reserved(reserved))
    return { tree, operators: this.#operators }
  }

  /** In parentheses an operand may stand alone, for what follows them may compare it. */
  #or(isInParentheses: boolean): Node {
    return this.#joined(
      'or',
      () => this.#joined('and', () => this.#not(isInParentheses), isInParentheses),
      isInParentheses,
    )
  }

  #joined(kind: 'and' | 'or', operand: () => Node, isInParentheses: boolean): Node {
    const first = operand()
    const keyword = kind.toUpperCase()
    if (!this.#reader.isKeyword(keyword)) {
      if (!isInParentheses) this.#condition(first)
      return first
    }
    const operands = [this.#condition(first)]
    while (this.#reader.takeKeyword(keyword)) {
      this.#operators += 1
      operands.push(this.#condition(operand()))
    }
    return { kind, operands }
  }

  #not(isInParentheses: boolean): Node {
    if (!this.#reader.isKeyword('NOT')) return this.#comparison(isInParentheses)
    this.#reader.take()
    this.#operators += 1
    return this.#deeper(() => ({ kind: 'not', operand: this.#condition(this.#not(false)) }))
  }

  #comparison(isInParentheses: boolean): Node {
    const left = this.#primary()
    const { kind, text } = this.#reader.next
    const isComparator = kind === 'symbol' && comparators.has(text)
    if (isComparator || this.#reader.isKeyword('BETWEEN') || this.#reader.isKeyword('IN')) {
      if (!isOperand(left)) throw this.#reader.unexpected()
      this.#operators += 1
      const operator = this.#reader.take().text
      // The set holds the comparators, and nothing else.
      if (isComparator) return this.#compared(left, operator as Comparator)
      return operator.toUpperCase() === 'IN' ? this.#in(left) : this.#between(left)
    }
    if (isOperand(left) && left.kind !== 'call') {
      if (!(isInParentheses && this.#reader.isSymbol(')'))) throw this.#reader.unexpected()
    }
    return left
  }

  #compared(left: OperandSyntax, comparator: Comparator): Node {
    const right = this.#operand()
    this.#noteMisuse([left, right])
    return { kind: 'compare', comparator, left, right }
  }

  #between(operand: OperandSyntax): Node {
    const low = this.#operand()
    this.#reader.expectKeyword('AND')
    const high = this.#operand()
    this.#noteMisuse([operand, low, high])
    return { kind: 'between', operand, low, high }
  }

  #in(operand: OperandSyntax): Node {
    this.#reader.expectSymbol('(')
    const list = this.#operands()
    if (list.length > inOperandsMax) {
      throw new ExpressionProblem(words.tooManyInOperands(list.length))
    }
    this.#noteMisuse([operand, ...list])
    return { kind: 'in', operand, list }
  }

  /** An operand, or a condition in parentheses. */
  #primary(): Node {
    if (!this.#reader.isSymbol('(')) return this.#plainOperand()
    return this.#parenthesised(() => this.#or(true))
  }

  #operand(): OperandSyntax {
    if (!this.#reader.isSymbol('(')) return this.#plainOperand()
    return this.#parenthesised(() => this.#operand())
  }

  #parenthesised<N>(inside: () => N): N {
    const start = this.#reader.position
    this.#reader.take()
    const node = this.#deeper(inside)
    const { start: innerStart, end: innerEnd } = this.#closed
    if (innerStart === start + 1 && innerEnd === this.#reader.position) {
      this.#problems.redundantParentheses = true
    }
    this.#reader.expectSymbol(')')
    this.#closed = { start, end: this.#reader.position }
    return node
  }

  #plainOperand(): OperandSyntax {
    const { kind, text } = this.#reader.next
    if (kind === 'value') {
      this.#reader.take()
      return { kind: 'value', name: text }
    }
    if (kind === 'word') {
      if (keywords.has(text.toUpperCase())) throw this.#reader.unexpected()
      const after = this.#reader.ahead(1)
      if (after.kind === 'symbol' && after.text === '(') return this.#call()
    }
    return { kind: 'path', path: parsePath(this.#reader, this.#problems) }
  }

  #call(): CallSyntax {
    const name = this.#reader.take().text
    this.#reader.take()
    this.#operators += 1
    if (!functions.has(name)) this.#problems.unknownFunction ??= name
    const args = this.#deeper(() => this.#operands())
    this.#noteMisuse(args)
    return { kind: 'call', name, args }
  }

  /** A list up to its closing parenthesis. */
  #operands(): OperandSyntax[] {
    const list = [this.#operand()]
    while (this.#reader.takeSymbol(',')) list.push(this.#operand())
    this.#reader.expectSymbol(')')
    return list
  }

  /** Of the functions only `size` gives something that can be compared. */
  #noteMisuse(operands: readonly OperandSyntax[]): void {
    for (const operand of operands) {
      if (operand.kind === 'call' && operand.name !== 'size') {
        this.#problems.misusedFunction ??= operand.name
      }
    }
  }

  #condition(node: Node): ConditionSyntax {
    if (isOperand(node)) {
      if (node.kind !== 'call') throw this.#reader.unexpected()
      if (node.name === 'size') this.#problems.misusedFunction ??= node.name
      return node
    }
    return node
  }

  #deeper<N>(inside: () => N): N {
    this.#level += 1
    if (this.#level > levelsMax) throw new ExpressionProblem(words.redundantParentheses)
    const result = inside()
    this.#level -= 1
    return result
  }
}

function isOperand(node: Node): node is OperandSyntax {
  return node.kind === 'path' || node.kind === 'value' || node.kind === 'call'
}
