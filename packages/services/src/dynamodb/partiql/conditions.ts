import type { CompiledCondition } from '../expressions/ast.ts'
import { bindCondition } from '../expressions/condition-binding.ts'
import { ExpressionProblem } from '../expressions/errors.ts'
import { noSubstitutions, type Substitutions } from '../expressions/substitutions.ts'
import type {
  CallSyntax,
  ConditionSyntax,
  OperandSyntax,
  PathSyntax,
} from '../expressions/syntax.ts'
import type { AttributeType, AttributeValue } from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { notWellFormed } from './errors.ts'
import { constantOf, isConstant, type Parameters } from './literals.ts'
import type { CallTerm, Steps, Term } from './syntax.ts'

/** Runs what may find a problem with an expression; PartiQL says it without the name of a parameter. */
export function inStatement<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ExpressionProblem) throw validationException(error.message)
    throw error
  }
}

/** A WHERE clause as a condition. Throws `ValidationException`. */
export function conditionOf(where: Term, parameters: Parameters): CompiledCondition {
  return inStatement(() => {
    const translation = new Translation(parameters)
    return bindCondition(translation.condition(where), translation.given)
  })
}

const typesOfNames: Readonly<Record<string, readonly AttributeType[]>> = {
  NULL: ['NULL'],
  BOOL: ['BOOL'],
  BOOLEAN: ['BOOL'],
  STRING: ['S'],
  CHAR: ['S'],
  CHARACTER: ['S'],
  CHARACTER_VARYING: ['S'],
  VARCHAR: ['S'],
  SYMBOL: ['S'],
  CLOB: ['S'],
  BLOB: ['B'],
  BINARY: ['B'],
  LIST: ['L'],
  SEXP: ['L'],
  STRUCT: ['M'],
  TUPLE: ['M'],
  MAP: ['M'],
  BAG: ['SS', 'NS', 'BS'],
}

const conditionFunctions: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
])

/** PartiQL's terms in the terms of expressions, whose names and values are put in beside them. */
export class Translation {
  readonly given: Substitutions
  readonly #names: Record<string, string> = {}
  readonly #values: Record<string, AttributeValue> = {}
  readonly #parameters: Parameters
  #count = 0

  constructor(parameters: Parameters) {
    this.#parameters = parameters
    this.given = { ...noSubstitutions(), names: this.#names, values: this.#values }
  }

  condition(term: Term): ConditionSyntax {
    switch (term.kind) {
      case 'and':
      case 'or':
        return {
          kind: term.kind,
          operands: term.operands.map((operand) => this.condition(operand)),
        }
      case 'not':
        return { kind: 'not', operand: this.condition(term.operand) }
      case 'compare':
        return this.#compared(term)
      case 'between':
        return {
          kind: 'between',
          operand: this.#operand(term.operand),
          low: this.#operand(term.low),
          high: this.#operand(term.high),
        }
      case 'in':
        return this.#in(term.operand, term.list)
      case 'is':
        return this.#typed(term)
      case 'call':
        return this.#call(term)
      default:
        throw notWellFormed('Unexpected term')
    }
  }

  /** The path with all its names replaced: none of them is reserved here. */
  path(steps: Steps): PathSyntax {
    return steps.map((step) => {
      if (typeof step === 'number') return step
      const key = `#${this.#count}`
      this.#count += 1
      this.#names[key] = step
      return key
    })
  }

  value(term: Term): { readonly kind: 'value'; readonly name: string } {
    const name = `:${this.#count}`
    this.#count += 1
    this.#values[name] = constantOf(term, this.#parameters)
    return { kind: 'value', name }
  }

  /** A function that is a condition may be compared with true or false. */
  #compared(term: Extract<Term, { kind: 'compare' }>): ConditionSyntax {
    const { comparator, left, right } = term
    if (left.kind === 'call' && left.name !== 'size' && right.kind === 'boolean') {
      const call = this.#call(left)
      const isSame = comparator === '='
      if (isSame || comparator === '<>') {
        return right.value === isSame ? call : { kind: 'not', operand: call }
      }
    }
    return {
      kind: 'compare',
      comparator,
      left: this.#operand(left),
      right: this.#operand(right),
    }
  }

  #in(operand: Term, list: Term): ConditionSyntax {
    const elements = list.kind === 'list' || list.kind === 'bag' ? list.elements : [list]
    return {
      kind: 'in',
      operand: this.#operand(operand),
      list: elements.map((element) => this.#operand(element)),
    }
  }

  #typed({ operand, type, not }: Extract<Term, { kind: 'is' }>): ConditionSyntax {
    if (type === 'MISSING') {
      const name = not ? 'attribute_exists' : 'attribute_not_exists'
      return { kind: 'call', name, args: [this.#operand(operand)] }
    }
    const tests = (typesOfNames[type] ?? ['N']).map(
      (code): ConditionSyntax => ({
        kind: 'call',
        name: 'attribute_type',
        args: [this.#operand(operand), this.value({ kind: 'string', text: code })],
      }),
    )
    const [first] = tests
    const test: ConditionSyntax =
      first !== undefined && tests.length === 1 ? first : { kind: 'or', operands: tests }
    return not ? { kind: 'not', operand: test } : test
  }

  #call({ name, args, position }: CallTerm): CallSyntax {
    if (!conditionFunctions.has(name)) {
      const { line, column, length } = position
      throw validationException(`Unrecognized function: ${name} at ${line}:${column}:${length}`)
    }
    return { kind: 'call', name, args: args.map((arg) => this.#operand(arg)) }
  }

  #operand(term: Term): OperandSyntax {
    if (term.kind === 'path') return { kind: 'path', path: this.path(term.steps) }
    if (isConstant(term)) return this.value(term)
    if (term.kind !== 'call') throw validationException(`Unsupported operation: ${term.kind}`)
    if (term.name === 'size') {
      return { kind: 'call', name: 'size', args: term.args.map((arg) => this.#operand(arg)) }
    }
    return this.#call(term)
  }
}
