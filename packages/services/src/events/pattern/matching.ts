import { type FieldTest, holds, type Leaf } from './value-tests.ts'

/** A field that a pattern looks at, by the names that lead to it. */
export interface Field {
  readonly steps: readonly string[]
  readonly test: FieldTest
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
  for (const { steps, test } of fields) {
    const found: Found[] = []
    collect(event, steps, 0, undefined, found)
    if (found.length === 0) {
      if (test.absent) continue
      return false
    }
    const fitting = found.filter(({ value }) => holds(test, value))
    if (fitting.length === 0) return false
    if (fitting.every(({ membership }) => membership !== undefined)) {
      grouped ??= []
      grouped.push(fitting)
    }
  }
  return grouped === undefined || grouped.length < 2 || agree(grouped, 0, new Map())
}

/** Values at the end of a path. A name with dots is the same as nested names. */
function collect(
  node: unknown,
  steps: readonly string[],
  from: number,
  membership: Membership | undefined,
  found: Found[],
): void {
  if (Array.isArray(node)) {
    for (const [index, element] of node.entries()) {
      const nested = typeof element === 'object' && element !== null
      collect(
        element,
        steps,
        from,
        nested ? { array: node, index, outer: membership } : membership,
        found,
      )
    }
    return
  }
  if (typeof node !== 'object' || node === null) {
    // JSON has no other values than these at the end of a path.
    if (from === steps.length) found.push({ value: node as Leaf, membership })
    return
  }
  let name = ''
  for (let at = from; at < steps.length; at += 1) {
    name = at === from ? (steps[at] ?? '') : `${name}.${steps[at]}`
    if (Object.hasOwn(node, name)) {
      // Own names of a value parsed from JSON.
      collect((node as Record<string, unknown>)[name], steps, at + 1, membership, found)
    }
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
