import { isTooDeep } from '../../shared/json-depth.ts'
import { JsonProblem, JsonTokens } from '../../shared/json-tokens.ts'
import { invalidParameter } from '../errors.ts'
import { filterCombinationsMax, filterKeysMax } from '../limits.ts'
import { checkPolicy } from './check-policy.ts'
import type { Condition, FieldTest, Filter, FilterScope } from './filter.ts'

type Node = Readonly<Record<string, unknown>>

/**
 * Reads a filter policy for a scope. `prefix` stands before the reason: Subscribe names its `Attributes`.
 * Throws InvalidParameter. Recorded: sns, Subscribe and SetSubscriptionAttributes.
 */
export function readFilter(text: string, scope: FilterScope, prefix: string): Filter {
  const policy = parse(text, prefix)
  if (isTooDeep(text)) throw invalidParameter(`${prefix}FilterPolicy: Filter policy is too complex`)
  try {
    checkPolicy(new JsonTokens(JSON.stringify(policy))) // AWS's places are those in the text without spaces.
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error
    throw invalidParameter(`${prefix}FilterPolicy: ${error.message}`)
  }
  const node = policy as Node // The check let objects only through.
  if (Object.keys(node).length > filterKeysMax) {
    throw invalidParameter(
      `${prefix}FilterPolicy: Filter policy can not have more than ${filterKeysMax} keys`,
    )
  }
  if (scope === 'MessageAttributes' && isNested(node)) {
    throw invalidParameter(
      'Filter policy scope MessageAttributes does not support nested filter policy',
    )
  }
  if (combinations(node, 1, 1) > filterCombinationsMax) {
    throw invalidParameter(`${prefix}FilterPolicy: Filter policy is too complex`)
  }
  return { scope, branches: branchesOf(node, [], [[]]) }
}

/** Well-formedness is looked at by a newer reader, before the grammar. */
function parse(text: string, prefix: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidParameter(`${prefix}FilterPolicy: failed to parse JSON. ${jsonReason(text)}`)
  }
}

/** What is wrong with a text that is no JSON, in the words of AWS's newer reader. */
export function jsonReason(text: string): string {
  const tokens = new JsonTokens(text, 'redacted')
  try {
    while (tokens.next() !== 'end') tokens.text()
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error
    return error.message
  }
  return 'Unexpected content after the end'
}

function isNested(node: Node): boolean {
  return Object.entries(node).some(([name, value]) => {
    if (!Array.isArray(value)) return true
    return name === '$or' && value.some((part) => isNested(part as Node)) // Objects, by the grammar.
  })
}

/** Each list counts its values times the depth of its key. Source: SNS Developer Guide, "Filter policy constraints". */
function combinations(node: Node, depth: number, before: number): number {
  let count = before
  for (const [name, value] of Object.entries(node)) {
    if (!Array.isArray(value)) count = combinations(value as Node, depth + 1, count)
    else if (name === '$or') {
      const start = count
      count = 0
      for (const part of value) count += combinations(part as Node, depth, start)
    } else count *= value.length * depth
  }
  return count
}

type Branches = readonly (readonly FieldTest[])[]

/** Adds the fields of a node to every branch; `$or` multiplies the branches. */
function branchesOf(node: Node, path: readonly string[], before: Branches): Branches {
  let branches = before
  for (const [name, value] of Object.entries(node)) {
    if (name === '$or' && Array.isArray(value)) {
      const start = branches
      branches = value.flatMap((part) => branchesOf(part as Node, path, start))
    } else if (Array.isArray(value)) {
      const field = { path: [...path, name].join('.'), conditions: value as Condition[] }
      branches = branches.map((branch) => [...branch, field])
    } else branches = branchesOf(value as Node, [...path, name], branches)
  }
  return branches
}
