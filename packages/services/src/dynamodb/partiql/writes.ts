import type { CompiledCondition, CompiledUpdate } from '../expressions/ast.ts'
import { bindCondition } from '../expressions/condition-binding.ts'
import type {
  ActionSyntax,
  ConditionSyntax,
  PathSyntax,
  UpdateOperandSyntax,
} from '../expressions/syntax.ts'
import { bindUpdate } from '../expressions/update-binding.ts'
import type { ItemWrite } from '../item-writes.ts'
import type { TableRecord } from '../state.ts'
import { typeOf } from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { inStatement, Translation } from './conditions.ts'
import { keyRequired } from './errors.ts'
import { keyIn } from './key-search.ts'
import { constantOf, isConstant, type Parameters } from './literals.ts'
import type { CallTerm, Delete, Exists, Insert, Steps, Term, Update } from './syntax.ts'
import type { Position } from './tokens.ts'

/** A statement that writes, as the one write of one item that it is. Throws `ValidationException`. */
export function writeOf(
  statement: Insert | Update | Delete | Exists,
  table: TableRecord,
  parameters: Parameters,
): ItemWrite {
  switch (statement.kind) {
    case 'insert':
      return inserted(statement, table, parameters)
    case 'update':
      return updated(statement, table, parameters)
    case 'delete':
      return deleted(statement, table, parameters)
    case 'exists':
      return checked(statement, table, parameters)
    default:
      return statement satisfies never
  }
}

/** Only into an empty place. */
function inserted({ item }: Insert, table: TableRecord, parameters: Parameters): ItemWrite {
  const value =
    item.kind === 'map'
      ? {
          M: Object.fromEntries(
            item.entries.map(([name, term]) => [name, constantOf(term, parameters)]),
          ),
        }
      : constantOf(item, parameters)
  if (!('M' in value)) throw validationException('INSERT takes one tuple as its VALUE')
  const root = { kind: 'notExists', path: [table.key.hash] } as const
  const condition = { root, attributes: [], nestedAttributes: [] }
  return { kind: 'put', item: value.M, condition }
}

/** Only of an item that is there. */
function updated(
  { assignments, where }: Update,
  table: TableRecord,
  parameters: Parameters,
): ItemWrite {
  const found = keyIn(where, table.key, parameters)
  if (found === undefined) throw keyRequired()
  const update = inStatement((): CompiledUpdate => {
    const translation = new Translation(parameters)
    const actions = assignments.map((assignment): ActionSyntax => {
      const path = translation.path(assignment.steps)
      if (assignment.kind === 'remove') return { kind: 'REMOVE', path }
      return assigned(translation, path, assignment.steps, assignment.value, parameters)
    })
    return bindUpdate(actions, translation.given)
  })
  const condition = conditionOn(table, found.rest, parameters, true)
  return { kind: 'update', item: found.key, condition, update }
}

function deleted(
  { where, returning }: Delete,
  table: TableRecord,
  parameters: Parameters,
): ItemWrite {
  if (returning !== undefined && (returning.which !== 'ALL' || returning.when !== 'OLD')) {
    throw validationException(
      `Invalid returning clause: RETURNING ${returning.which} ${returning.when} *. Only RETURNING ALL OLD * is allowed in DELETE statements.`,
    )
  }
  const found = keyIn(where, table.key, parameters)
  if (found === undefined) throw keyRequired()
  const condition = conditionOn(table, found.rest, parameters, false)
  return { kind: 'delete', item: found.key, condition }
}

function checked({ select }: Exists, table: TableRecord, parameters: Parameters): ItemWrite {
  const found = keyIn(select.where, table.key, parameters)
  if (found === undefined || found.rest.length === 0) {
    throw validationException('EXISTS() must contain a single item read with additional condition')
  }
  const condition = conditionOn(table, found.rest, parameters, true)
  return { kind: 'check', item: found.key, condition }
}

/** What the clause asks beside the key; where the item must be there, that as well. */
function conditionOn(
  table: TableRecord,
  rest: readonly Term[],
  parameters: Parameters,
  mustExist: boolean,
): CompiledCondition | undefined {
  if (rest.length === 0 && !mustExist) return undefined
  return inStatement(() => {
    const translation = new Translation(parameters)
    const operands: ConditionSyntax[] = rest.map((term) => translation.condition(term))
    if (mustExist) {
      const path = { kind: 'path', path: translation.path([table.key.hash]) } as const
      operands.unshift({ kind: 'call', name: 'attribute_exists', args: [path] })
    }
    return bindCondition({ kind: 'and', operands }, translation.given)
  })
}

function assigned(
  translation: Translation,
  path: PathSyntax,
  steps: Steps,
  value: Term,
  parameters: Parameters,
): ActionSyntax {
  if (value.kind === 'call' && (value.name === 'set_add' || value.name === 'set_delete')) {
    const elements = elementsOf(value, steps, parameters)
    const kind = value.name === 'set_add' ? 'ADD' : 'DELETE'
    return { kind, path, value: translation.value(elements) }
  }
  return { kind: 'SET', path, value: operandOf(translation, value) }
}

function operandOf(translation: Translation, term: Term): UpdateOperandSyntax {
  if (term.kind === 'path') return { kind: 'path', path: translation.path(term.steps) }
  if (isConstant(term)) return translation.value(term)
  if (term.kind === '+' || term.kind === '-') {
    return {
      kind: term.kind,
      left: operandOf(translation, term.left),
      right: operandOf(translation, term.right),
    }
  }
  if (term.kind !== 'call') throw validationException(`Unsupported operation: ${term.kind}`)
  if (term.name !== 'list_append') {
    throw validationException(`Unrecognized function: ${term.name} at ${shown(term.position)}`)
  }
  return {
    kind: 'call',
    name: term.name,
    args: term.args.map((arg) => operandOf(translation, arg)),
  }
}

/** The second argument of `set_add` or `set_delete`, whose first is the attribute itself. */
function elementsOf(
  { name, args, position }: CallTerm,
  steps: Steps,
  parameters: Parameters,
): Term {
  const shownName = name.toUpperCase()
  const [first, second] = args
  if (first === undefined || second === undefined || args.length !== 2) {
    throw validationException(`${shownName} must have exactly two arguments at ${shown(position)}`)
  }
  if (first.kind !== 'path' || first.steps.join('.') !== steps.join('.')) {
    throw validationException(
      `The first argument to ${shownName} must equal the assignment value at ${shown(position)}`,
    )
  }
  const type = isConstant(second) ? typeOf(constantOf(second, parameters)) : undefined
  if (type !== 'SS' && type !== 'NS' && type !== 'BS') {
    throw validationException(
      `The second argument to ${shownName} must be a value with type SET at ${shown(first.position)}`,
    )
  }
  return second
}

function shown({ line, column, length }: Position): string {
  return `${line}:${column}:${length}`
}
