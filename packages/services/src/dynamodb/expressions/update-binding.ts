import { type AttributeType, typeOf } from '../values/attribute-value.ts'
import type { Action, CompiledProjection, CompiledUpdate, Path, UpdateOperand } from './ast.ts'
import { bindPath, bindValue } from './condition-binding.ts'
import { ExpressionProblem, words } from './errors.ts'
import { attributesOf, checkPaths, pathTree, updateTree } from './path-tree.ts'
import type { Substitutions } from './substitutions.ts'
import type { ActionSyntax, PathSyntax, UpdateOperandSyntax } from './syntax.ts'

/** Puts names and values into a parsed update. Throws `ExpressionProblem`. */
export function bindUpdate(tree: readonly ActionSyntax[], given: Substitutions): CompiledUpdate {
  // AWS complains of all names before any value, then of paths, then of the types of operands.
  const paths: Path[] = []
  for (const action of tree) {
    bindPath(action.path, given)
    if (action.kind !== 'REMOVE')
      eachPath(action.value, (path) => paths.push(bindPath(path, given)))
  }
  for (const action of tree) {
    if (action.kind !== 'REMOVE') eachValue(action.value, (name) => bindValue(name, given))
  }
  const targets = tree.map((action) => bindPath(action.path, given))
  checkPaths(targets)
  for (const action of tree) checkSetType(action, given)
  const actions = tree.map((action, i) => bindAction(action, targets[i] ?? [], given))
  return { actions, tree: updateTree(actions), ...attributesOf([...targets, ...paths]) }
}

/** Puts names into a parsed projection. Throws `ExpressionProblem`. */
export function bindProjection(
  syntax: readonly PathSyntax[],
  given: Substitutions,
): CompiledProjection {
  const paths = syntax.map((path) => bindPath(path, given))
  return { paths, tree: pathTree(paths), ...attributesOf(paths) }
}

function eachPath(node: UpdateOperandSyntax, visit: (path: PathSyntax) => void): void {
  if (node.kind === 'path') visit(node.path)
  for (const child of childrenOf(node)) eachPath(child, visit)
}

function eachValue(node: UpdateOperandSyntax, visit: (name: string) => void): void {
  if (node.kind === 'value') visit(node.name)
  for (const child of childrenOf(node)) eachValue(child, visit)
}

function childrenOf(node: UpdateOperandSyntax): readonly UpdateOperandSyntax[] {
  if (node.kind === 'call') return node.args
  return node.kind === '+' || node.kind === '-' ? [node.left, node.right] : []
}

const actionTypes: Partial<Record<AttributeType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
}

/** ADD takes numbers and sets, DELETE sets. */
function checkSetType(action: ActionSyntax, given: Substitutions): void {
  if (action.kind !== 'ADD' && action.kind !== 'DELETE') return
  if (action.value.kind !== 'value') return
  const type = typeOf(bindValue(action.value.name, given))
  const name = actionTypes[type]
  if (name !== undefined && !(action.kind === 'ADD' && type === 'N')) {
    throw new ExpressionProblem(words.actionType(action.kind, name))
  }
}

function bindAction(action: ActionSyntax, path: Path, given: Substitutions): Action {
  if (action.kind === 'REMOVE') return { kind: 'REMOVE', path }
  if (action.kind === 'SET') return { kind: 'SET', path, operand: bindOperand(action.value, given) }
  // The parser takes nothing but a value here.
  const name = action.value.kind === 'value' ? action.value.name : ''
  return { kind: action.kind, path, value: bindValue(name, given) }
}

function bindOperand(node: UpdateOperandSyntax, given: Substitutions): UpdateOperand {
  switch (node.kind) {
    case 'path':
      return { kind: 'path', path: bindPath(node.path, given) }
    case 'value':
      return { kind: 'value', value: bindValue(node.name, given) }
    case '+':
    case '-': {
      const [left, right] = [bindOperand(node.left, given), bindOperand(node.right, given)]
      for (const operand of [left, right]) requireType(node.kind, operand, 'N')
      return { kind: node.kind, left, right }
    }
    case 'call': {
      const args = node.args.map((arg) => bindOperand(arg, given))
      const [left, right] = args
      if (left === undefined || right === undefined || args.length !== 2) {
        throw new ExpressionProblem(words.operandCount(node.name, args.length))
      }
      if (node.name === 'if_not_exists') {
        if (left.kind !== 'path') throw new ExpressionProblem(words.pathRequired(node.name))
        return { kind: 'ifNotExists', path: left.path, otherwise: right }
      }
      for (const operand of [left, right]) requireType(node.name, operand, 'L')
      return { kind: 'listAppend', left, right }
    }
    default:
      return node satisfies never
  }
}

/** Values are judged here, what the item holds when the update meets it. */
function requireType(name: string, operand: UpdateOperand, required: AttributeType): void {
  if (operand.kind !== 'value') return
  const type = typeOf(operand.value)
  if (type !== required) throw new ExpressionProblem(words.operandType(name, type))
}
