import {
  type AttributeValue,
  attributeOf,
  type Item,
  type LooseValue,
} from '../values/attribute-value.ts'
import type { CompiledProjection, Path, PathTree } from './ast.ts'

/** The parts of an item that a projection names; list elements move together, in the list's order. */
export function project({ tree }: CompiledProjection, item: Item): Item {
  return pickedMap(item, tree) ?? {}
}

/** As `project`, for paths that no expression checked: where they overlap the wider one counts. */
export function pickPaths(paths: readonly Path[], item: Item): Item {
  return pickedMap(item, looseTree(paths)) ?? {}
}

interface LooseTree {
  end?: true
  steps?: Map<string | number, LooseTree>
}

function looseTree(paths: readonly Path[]): PathTree<true> {
  const root: LooseTree = {}
  for (const path of paths) {
    let node = root
    for (const step of path) {
      node.steps ??= new Map()
      let next = node.steps.get(step)
      if (next === undefined) {
        next = {}
        node.steps.set(step, next)
      }
      node = next
    }
    node.end = true
  }
  return root
}

function pickedMap(map: Item, tree: PathTree<true>): Item | undefined {
  const result: Record<string, AttributeValue> = {}
  let found = false
  for (const [step, next] of tree.steps ?? []) {
    const value = typeof step === 'string' ? attributeOf(map, step) : undefined
    const part = value === undefined ? undefined : picked(value, next)
    if (part === undefined) continue
    found = true
    Object.defineProperty(result, step, {
      value: part,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return found ? result : undefined
}

function picked(value: AttributeValue, tree: PathTree<true>): AttributeValue | undefined {
  if (tree.end !== undefined) return value
  const { M, L } = value as LooseValue // Whichever of the two it is.
  if (M !== undefined) {
    const map = pickedMap(M, tree)
    return map === undefined ? undefined : { M: map }
  }
  if (L === undefined) return undefined
  const steps = [...(tree.steps ?? [])].sort(([a], [b]) => Number(a) - Number(b))
  const elements: AttributeValue[] = []
  for (const [step, next] of steps) {
    const element = typeof step === 'number' ? L[step] : undefined
    const part = element === undefined ? undefined : picked(element, next)
    if (part !== undefined) elements.push(part)
  }
  return elements.length === 0 ? undefined : { L: elements }
}
