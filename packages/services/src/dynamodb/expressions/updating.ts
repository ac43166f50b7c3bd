import {
  type AttributeValue,
  attributeOf,
  type Item,
  type LooseValue,
  setAttribute,
} from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { nestingLevelsMax } from '../values/limits.ts'
import { addNumbers, subtractNumbers } from '../values/numbers.ts'
import { placed } from '../values/wire-values.ts'
import type { Action, CompiledUpdate, Path, PathTree, UpdateOperand } from './ast.ts'
import { updateProblems } from './errors.ts'
import { valueAt } from './matching.ts'

export interface Updated {
  readonly item: Item
  /** The places that the update named, in its order: what UPDATED_OLD and UPDATED_NEW show of either item. */
  readonly updatedPaths: readonly Path[]
}

/**
 * The item after the update; one that is not there yet begins as its key. Everything is computed from the item as
 * it was. Throws `ValidationException`.
 */
export function applyUpdate(update: CompiledUpdate, item: Item | undefined, key: Item): Updated {
  const before = item ?? key
  const after = placed(() => updatedMap(before, update.tree, before, update.isLegacy === true))
  return { item: after, updatedPaths: update.actions.map(({ path }) => path) }
}

function updatedMap(map: Item, tree: PathTree<Action>, root: Item, isLegacy: boolean): Item {
  const result: Record<string, AttributeValue> = { ...map }
  for (const [step, next] of tree.steps ?? []) {
    if (typeof step === 'number') throw updateProblems.invalidPath()
    const value = updatedValue(attributeOf(map, step), next, root, isLegacy)
    if (value === undefined) delete result[step]
    else setAttribute(result, step, value)
  }
  return result
}

function updatedValue(
  value: AttributeValue | undefined,
  tree: PathTree<Action>,
  root: Item,
  isLegacy: boolean,
): AttributeValue | undefined {
  if (tree.end !== undefined) return acted(value, tree.end, root, isLegacy)
  if (value === undefined) throw updateProblems.invalidPath()
  const { M, L } = value as LooseValue // Whichever of the two it is.
  const [first] = tree.steps?.keys() ?? []
  if (typeof first === 'number') {
    if (L === undefined) throw updateProblems.invalidPath()
    return { L: updatedList(L, tree, root, isLegacy) }
  }
  if (M === undefined) throw updateProblems.invalidPath()
  return { M: updatedMap(M, tree, root, isLegacy) }
}

/** Elements keep their places until all is done; what is put past the end follows the last element. */
function updatedList(
  list: readonly AttributeValue[],
  tree: PathTree<Action>,
  root: Item,
  isLegacy: boolean,
): readonly AttributeValue[] {
  const result: (AttributeValue | undefined)[] = [...list]
  const steps = [...(tree.steps ?? [])].sort(([a], [b]) => Number(a) - Number(b))
  for (const [step, next] of steps) {
    const index = Number(step)
    const value = updatedValue(list[index], next, root, isLegacy)
    if (index < list.length) result[index] = value
    else result.push(value)
  }
  return result.filter((value) => value !== undefined)
}

function acted(
  value: AttributeValue | undefined,
  action: Action,
  root: Item,
  isLegacy: boolean,
): AttributeValue | undefined {
  switch (action.kind) {
    case 'SET': {
      const result = operandValue(action.operand, root)
      if (depthOf(result) + action.path.length - 1 > nestingLevelsMax - 1) {
        throw updateProblems.tooDeep()
      }
      return result
    }
    case 'REMOVE':
      return undefined
    case 'ADD':
      return added(value, action.value, isLegacy)
    case 'DELETE':
      return withoutElements(value, action.value, isLegacy)
    default:
      return action satisfies never
  }
}

function operandValue(operand: UpdateOperand, root: Item): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value
    case 'path': {
      const value = valueAt(operand.path, root)
      if (value === undefined) throw updateProblems.missingAttribute()
      return value
    }
    case 'ifNotExists':
      return valueAt(operand.path, root) ?? operandValue(operand.otherwise, root)
    case 'listAppend': {
      const [left, right] = operandPair(operand, root)
      if (left.L === undefined || right.L === undefined) throw updateProblems.operandType()
      return { L: [...left.L, ...right.L] }
    }
    case '+':
    case '-': {
      const [left, right] = operandPair(operand, root)
      if (left.N === undefined || right.N === undefined) throw updateProblems.operandType()
      return { N: (operand.kind === '+' ? addNumbers : subtractNumbers)(left.N, right.N) }
    }
    default:
      return operand satisfies never
  }
}

function operandPair(
  { left, right }: { left: UpdateOperand; right: UpdateOperand },
  root: Item,
): readonly [LooseValue, LooseValue] {
  return [operandValue(left, root), operandValue(right, root)]
}

function mismatch(isLegacy: boolean): Error {
  return isLegacy
    ? validationException('Type mismatch for attribute to update')
    : updateProblems.operandType()
}

/** A number grows by the value, a set takes in its elements; with the old parameters a list does so too. */
function added(
  value: AttributeValue | undefined,
  addend: AttributeValue,
  isLegacy: boolean,
): AttributeValue {
  if (value === undefined) return addend
  const [old, more] = [value as LooseValue, addend as LooseValue] // Asked member by member.
  if (old.N !== undefined && more.N !== undefined) return { N: addNumbers(old.N, more.N) }
  if (old.SS !== undefined && more.SS !== undefined) return { SS: union(old.SS, more.SS) }
  if (old.NS !== undefined && more.NS !== undefined) return { NS: union(old.NS, more.NS) }
  if (old.BS !== undefined && more.BS !== undefined) return { BS: union(old.BS, more.BS) }
  if (isLegacy && old.L !== undefined && more.L !== undefined) return { L: [...old.L, ...more.L] }
  throw mismatch(isLegacy)
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])]
}

/** The set without the elements; an empty set is no attribute. */
function withoutElements(
  value: AttributeValue | undefined,
  elements: AttributeValue,
  isLegacy: boolean,
): AttributeValue | undefined {
  if (value === undefined) return undefined
  const [old, gone] = [value as LooseValue, elements as LooseValue] // Asked member by member.
  if (old.SS !== undefined && gone.SS !== undefined) {
    const SS = difference(old.SS, gone.SS)
    return SS.length === 0 ? undefined : { SS }
  }
  if (old.NS !== undefined && gone.NS !== undefined) {
    const NS = difference(old.NS, gone.NS)
    return NS.length === 0 ? undefined : { NS }
  }
  if (old.BS !== undefined && gone.BS !== undefined) {
    const BS = difference(old.BS, gone.BS)
    return BS.length === 0 ? undefined : { BS }
  }
  throw mismatch(isLegacy)
}

function difference(a: readonly string[], b: readonly string[]): readonly string[] {
  const gone = new Set(b)
  return a.filter((element) => !gone.has(element))
}

/** Levels of lists and maps in a value. */
function depthOf(value: AttributeValue): number {
  const { L, M } = value as LooseValue // Whichever of the two it is.
  if (L !== undefined) return 1 + L.reduce((most, element) => Math.max(most, depthOf(element)), 0)
  if (M === undefined) return 0
  return 1 + Object.values(M).reduce((most, element) => Math.max(most, depthOf(element)), 0)
}
