import { ExpressionProblem, words } from './errors.ts'
import { parsePath, type TextProblems } from './path-parser.ts'
import type { ActionSyntax, PathSyntax, UpdateOperandSyntax } from './syntax.ts'
import { TokenReader } from './tokens.ts'

const sections = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const

type Section = (typeof sections)[number]

const functions: ReadonlySet<string> = new Set(['if_not_exists', 'list_append'])

/** Levels of calls and parentheses; beyond it an expression is longer than allowed, or of needless parentheses. */
const levelsMax = 700

export interface ParsedUpdate {
  readonly tree: readonly ActionSyntax[]
  /** Operators and functions in it. */
  readonly operators: number
}

/** Reads an update expression. Throws `ExpressionProblem` for what the text alone shows. */
export function parseUpdateText(text: string): ParsedUpdate {
  return new UpdateParser(text).parse()
}

/** Reads a projection: paths with commas between them. Throws as above. */
export function parseProjectionText(text: string): readonly PathSyntax[] {
  const reader = new TokenReader(text)
  const problems: TextProblems = {}
  const paths = [parsePath(reader, problems)]
  while (reader.takeSymbol(',')) paths.push(parsePath(reader, problems))
  if (reader.next.kind !== 'end') throw reader.unexpected()
  if (problems.reserved !== undefined)
    throw new ExpressionProblem(words.reserved(problems.reserved))
  return paths
}

class UpdateParser {
  readonly #reader: TokenReader
  readonly #problems: TextProblems = {}
  #operators = 0
  #level = 0

  constructor(text: string) {
    this.#reader = new TokenReader(text)
  }

  parse(): ParsedUpdate {
    const tree: ActionSyntax[] = []
    const seen = new Set<Section>()
    do {
      const section = sections.find((name) => this.#reader.takeKeyword(name))
      if (section === undefined) throw this.#reader.unexpected()
      if (seen.has(section)) this.#problems.sectionTwice ??= section
      seen.add(section)
      do tree.push(this.#action(section))
      while (this.#reader.takeSymbol(','))
    } while (this.#reader.next.kind !== 'end')
    const { reserved, unknownFunction, sectionTwice } = this.#problems
    if (reserved !== undefined) throw new ExpressionProblem(words.reserved(reserved))
    if (unknownFunction !== undefined) {
      throw new ExpressionProblem(words.unknownFunction(unknownFunction))
    }
    if (sectionTwice !== undefined) throw new ExpressionProblem(words.sectionTwice(sectionTwice))
    return { tree, operators: this.#operators }
  }

  #action(kind: Section): ActionSyntax {
    const path = this.#path()
    if (kind === 'REMOVE') return { kind, path }
    if (kind === 'SET') {
      this.#reader.expectSymbol('=')
      return { kind, path, value: this.#sum() }
    }
    const { kind: next, text: name } = this.#reader.next
    if (next !== 'value') throw this.#reader.unexpected()
    this.#reader.take()
    return { kind, path, value: { kind: 'value', name } }
  }

  /** What SET gives: an operand, or two with a sign between them; in parentheses or not. */
  #sum(): UpdateOperandSyntax {
    const start = this.#reader.position
    if (this.#reader.isSymbol('(')) {
      // A pair of parentheses is around the whole or around the first operand: only what follows it tells.
      const whole = this.#parenthesised(() => this.#sum())
      if (!this.#reader.isSymbol('+') && !this.#reader.isSymbol('-')) return whole
      this.#reader.rewind(start)
    }
    const left = this.#operand()
    const sign = this.#reader.isSymbol('+') ? '+' : this.#reader.isSymbol('-') ? '-' : undefined
    if (sign === undefined) return left
    this.#reader.take()
    this.#operators += 1
    return { kind: sign, left, right: this.#operand() }
  }

  #operand(): UpdateOperandSyntax {
    if (this.#reader.isSymbol('(')) return this.#parenthesised(() => this.#operand())
    const { kind, text } = this.#reader.next
    if (kind === 'value') {
      this.#reader.take()
      return { kind: 'value', name: text }
    }
    const after = this.#reader.ahead(1)
    if (kind === 'word' && after.kind === 'symbol' && after.text === '(') return this.#call()
    return { kind: 'path', path: this.#path() }
  }

  #call(): UpdateOperandSyntax {
    const name = this.#reader.take().text
    this.#reader.take()
    this.#operators += 1
    if (!functions.has(name)) this.#problems.unknownFunction ??= name
    return this.#deeper(() => {
      const args = [this.#operand()]
      while (this.#reader.takeSymbol(',')) args.push(this.#operand())
      this.#reader.expectSymbol(')')
      return { kind: 'call', name, args }
    })
  }

  #path(): PathSyntax {
    const { kind, text } = this.#reader.next
    if (kind === 'word' && sections.some((name) => name === text.toUpperCase())) {
      throw this.#reader.unexpected()
    }
    return parsePath(this.#reader, this.#problems)
  }

  #parenthesised<N>(inside: () => N): N {
    this.#reader.expectSymbol('(')
    const node = this.#deeper(inside)
    this.#reader.expectSymbol(')')
    return node
  }

  #deeper<N>(inside: () => N): N {
    this.#level += 1
    if (this.#level > levelsMax) throw this.#reader.unexpected()
    const result = inside()
    this.#level -= 1
    return result
  }
}
