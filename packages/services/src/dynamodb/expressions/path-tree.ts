import type { Action, NamedAttributes, Path, PathTree } from './ast.ts'
import { ExpressionProblem, words } from './errors.ts'
import { pathText } from './path-parser.ts'

interface Growing<A> {
  end?: A
  steps?: Map<string | number, Growing<A>>
}

/** The tree of the paths. Throws `ExpressionProblem` where two of them overlap or disagree about what is a list. */
export function pathTree(paths: readonly Path[]): PathTree<true> {
  return tree(paths.map((path) => ({ path, end: true as const })))
}

/** The tree of an update's actions. Throws as `pathTree`. */
export function updateTree(actions: readonly Action[]): PathTree<Action> {
  return tree(actions.map((action) => ({ path: action.path, end: action })))
}

/** Throws as `pathTree`. */
export function checkPaths(paths: readonly Path[]): void {
  if (paths.length > 1) pathTree(paths)
}

function tree<A>(entries: readonly { readonly path: Path; readonly end: A }[]): PathTree<A> {
  const root: Growing<A> = {}
  let clash = false
  for (const { path, end } of entries) {
    let node = root
    for (const step of path) {
      if (node.end !== undefined) clash = true
      node.steps ??= new Map()
      let next = node.steps.get(step)
      if (next === undefined) {
        const other = node.steps.size > 0 ? node.steps.keys().next().value : step
        if (typeof other !== typeof step) clash = true
        next = {}
        node.steps.set(step, next)
      }
      node = next
    }
    if (node.end !== undefined || node.steps !== undefined) clash = true
    node.end = end
  }
  if (clash) throw clashOf(entries.map(({ path }) => path))
  return root
}

/** Overlaps are told before conflicts, and the earlier path first. */
function clashOf(paths: readonly Path[]): ExpressionProblem {
  let conflict: string | undefined
  for (const [i, second] of paths.entries()) {
    for (const first of paths.slice(0, i)) {
      const relation = relationOf(first, second)
      if (relation === 'overlap') {
        return new ExpressionProblem(words.overlap(pathText(first), pathText(second)))
      }
      if (relation === 'conflict') {
        conflict ??= words.conflict(pathText(first), pathText(second))
      }
    }
  }
  return new ExpressionProblem(conflict ?? words.empty)
}

function relationOf(a: Path, b: Path): 'overlap' | 'conflict' | undefined {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    if (typeof a[i] !== typeof b[i]) return 'conflict'
    if (a[i] !== b[i]) return undefined
  }
  return 'overlap'
}

/** The attributes that the paths begin with. */
export function attributesOf(paths: readonly Path[]): NamedAttributes {
  const attributes = new Set<string>()
  const nested = new Set<string>()
  for (const [head, ...rest] of paths) {
    if (typeof head !== 'string') continue
    attributes.add(head)
    if (rest.length > 0) nested.add(head)
  }
  return { attributes: [...attributes], nestedAttributes: [...nested] }
}
