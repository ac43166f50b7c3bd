import { type FieldTest, holds, type Leaf } from './value-tests.ts'

/** A name under which an event may go on, and the step that follows it. */
interface Way {
  readonly name: string
  readonly next: number
}

/** A field that a pattern looks at, by the names that lead to it. */
export interface Field {
  /** For each step: its name, and the same joined with those behind it, since `a.b` is `b` within `a`. */
  readonly ways: readonly (readonly Way[])[]
  readonly test: FieldTest
}

/** The field of a dotted path. */
export function fieldOf(path: string, test: FieldTest): Field {
  const steps = path.split('.')
  const ways = steps.map((_, from) =>
    steps.slice(from).map((_name, i) => ({
      name: steps.slice(from, from + i + 1).join('.'),
      next: from + i + 1,
    })),
  )
  return { ways, test }
}

/** A compiled pattern: an event matches when all fields of one of the branches do. `$or` makes branches. */
export interface CompiledPattern {
  readonly branches: readonly (readonly Field[])[]
}

/** Which element of which array a value lies in. Values of two fields must not lie in different ones. */
interface Membership {
  readonly array: object
  readonly index: number
  readonly outer: Membership | undefined
}

interface Found {
  readonly value: Leaf
  readonly membership: Membership | undefined
}

/** Whether an event, as parsed from JSON, matches. Source: EventBridge User Guide, "Event patterns". */
export function matches(pattern: CompiledPattern, event: object): boolean {
  for (const fields of pattern.branches) if (matchesAll(fields, event)) return true
  return false
}

function matchesAll(fields: readonly Field[], event: object): boolean {
  let grouped: Found[][] | undefined
  for (const { ways, test } of fields) {
    const found: Found[] = []
    collect(event, ways, 0, undefined, found)
    if (found.length === 0) {
      if (test.absent) continue
      return false
    }
    const fitting = fittingOf(found, test)
    if (fitting === 'none') return false
    if (fitting === 'anywhere') continue
    grouped ??= []
    grouped.push(fitting)
  }
  return grouped === undefined || grouped.length < 2 || agree(grouped, 0, new Map())
}

/** The values for which a test holds, unless there are none or one that lies in no element of an array. */
function fittingOf(found: readonly Found[], test: FieldTest): Found[] | 'none' | 'anywhere' {
  let fitting: Found[] | undefined
  for (const one of found) {
    if (!holds(test, one.value)) continue
    if (one.membership === undefined) return 'anywhere'
    fitting ??= []
    fitting.push(one)
  }
  return fitting ?? 'none'
}

/** Values at the end of a path. A name with dots is the same as nested names. */
function collect(
  node: unknown,
  ways: Field['ways'],
  from: number,
  membership: Membership | undefined,
  found: Found[],
): void {
  if (typeof node !== 'object' || node === null) {
    // JSON has no other values than these at the end of a path.
    if (from === ways.length) found.push({ value: node as Leaf, membership })
    return
  }
  if (Array.isArray(node)) {
    for (let index = 0; index < node.length; index += 1) {
      const element: unknown = node[index]
      const nested = typeof element === 'object' && element !== null
      const inner = nested ? { array: node, index, outer: membership } : membership
      collect(element, ways, from, inner, found)
    }
    return
  }
  const here = ways[from]
  if (here === undefined) return
  for (const { name, next } of here) {
    if (!Object.hasOwn(node, name)) continue
    // Own names of a value parsed from JSON.
    collect((node as Record<string, unknown>)[name], ways, next, membership, found)
  }
}

/** Chooses one value for each field so that no two lie in different elements of one array. */
function agree(groups: readonly Found[][], at: number, chosen: Map<object, number>): boolean {
  const group = groups[at]
  if (group === undefined) return true
  for (const { membership } of group) {
    const added: object[] = []
    let fits = true
    for (let one = membership; one !== undefined && fits; one = one.outer) {
      const index = chosen.get(one.array)
      if (index === undefined) {
        chosen.set(one.array, one.index)
        added.push(one.array)
      } else fits = index === one.index
    }
    if (fits && agree(groups, at + 1, chosen)) return true
    for (const array of added) chosen.delete(array)
  }
  return false
}
