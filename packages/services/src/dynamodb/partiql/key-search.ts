import type { RangeCondition } from '../expressions/key-condition.ts'
import type { KeyNames } from '../state.ts'
import {
  type AttributeType,
  type AttributeValue,
  type Item,
  setAttribute,
  typeOf,
} from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { sortKey } from '../values/sort-key.ts'
import { constantOf, isConstant, type Parameters } from './literals.ts'
import type { Comparator, Term } from './syntax.ts'

/** Reads that one statement may come to. Observed on AWS. */
const readsMax = 50

/** One part of a table or index that a SELECT must read. */
export interface PartitionRead {
  readonly hash: AttributeValue
  readonly range?: RangeCondition
}

/** The operands of AND; the term itself where it is none. */
export function conjuncts(where: Term | undefined): readonly Term[] {
  if (where === undefined) return []
  return where.kind === 'and' ? where.operands.flatMap(conjuncts) : [where]
}

/**
 * The whole key, where every attribute of it is asked for by `=`; and what is asked beside that. Undefined where
 * the clause does not name one item.
 */
export function keyIn(
  where: Term | undefined,
  { hash, range }: KeyNames,
  parameters: Parameters,
): { readonly key: Item; readonly rest: readonly Term[] } | undefined {
  const names = range === undefined ? [hash] : [hash, range]
  const key: Record<string, AttributeValue> = {}
  const rest: Term[] = []
  for (const term of conjuncts(where)) {
    const asked = equality(term, parameters)
    if (asked !== undefined && names.includes(asked.name) && !Object.hasOwn(key, asked.name)) {
      setAttribute(key, asked.name, asked.value)
    } else rest.push(term)
  }
  return names.every((name) => Object.hasOwn(key, name)) ? { key, rest } : undefined
}

function equality(
  term: Term,
  parameters: Parameters,
): { readonly name: string; readonly value: AttributeValue } | undefined {
  const asked = comparison(term, parameters)
  return asked?.comparator === '=' ? asked : undefined
}

const turned: Readonly<Record<Comparator, Comparator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

/** A comparison of one attribute with a value, on whichever side it stands. */
function comparison(term: Term, parameters: Parameters) {
  if (term.kind !== 'compare') return undefined
  const { left, right, comparator } = term
  const isTurned = left.kind !== 'path'
  const [path, constant] = isTurned ? [right, left] : [left, right]
  const name = nameIn(path)
  if (name === undefined || !isConstant(constant)) return undefined
  return {
    name,
    comparator: isTurned ? turned[comparator] : comparator,
    value: constantOf(constant, parameters),
  }
}

function nameIn(term: Term | undefined): string | undefined {
  if (term?.kind !== 'path' || term.steps.length !== 1) return undefined
  const [name] = term.steps
  return typeof name === 'string' ? name : undefined
}

/**
 * The partitions that hold all that the clause can find, in its order; undefined where the table must be read
 * from end to end. Throws `ValidationException` where they are too many or meet each other.
 */
export function partitionReads(
  where: Term | undefined,
  key: KeyNames,
  types: Readonly<Record<string, AttributeType>>,
  parameters: Parameters,
): readonly PartitionRead[] | undefined {
  if (where === undefined) return undefined
  const branches = where.kind === 'or' ? where.operands : [where]
  const found: Branch[] = []
  for (const branch of branches) {
    const reads = branchReads(conjuncts(branch), key, types, parameters)
    if (reads === undefined) return undefined
    found.push(reads)
  }
  const reads = merged(found)
  if (reads.length > readsMax) {
    throw validationException('Too many decomposed read operations for a given query.')
  }
  return reads
}

interface Branch {
  readonly hashes: readonly AttributeValue[]
  readonly ranges: readonly RangeCondition[]
  /** It says what the sort key is not: nothing can be told of where that lies. */
  readonly isNegated: boolean
}

function branchReads(
  terms: readonly Term[],
  { hash, range }: KeyNames,
  types: Readonly<Record<string, AttributeType>>,
  parameters: Parameters,
): Branch | undefined {
  let hashes: readonly AttributeValue[] | undefined
  let ranges: readonly RangeCondition[] = []
  let isNegated = false
  for (const term of terms) {
    const values = valuesAsked(term, hash, parameters)
    if (hashes === undefined && values !== undefined) hashes = values
    if (range === undefined) continue
    isNegated ||= term.kind === 'not' || comparison(term, parameters)?.comparator === '<>'
    if (ranges.length === 0) ranges = rangesAsked(term, range, parameters)
  }
  if (hashes === undefined) return undefined
  // A value of another type than the key's is in no partition.
  const fits = (name: string | undefined) => (value: AttributeValue) =>
    name !== undefined && typeOf(value) === types[name]
  return {
    hashes: hashes.filter(fits(hash)),
    ranges: ranges.every(({ values }) => values.every(fits(range))) ? ranges : [],
    isNegated,
  }
}

/** The values of `name = value` or `name IN [...]`. */
function valuesAsked(
  term: Term,
  name: string,
  parameters: Parameters,
): readonly AttributeValue[] | undefined {
  const asked = equality(term, parameters)
  if (asked !== undefined) return asked.name === name ? [asked.value] : undefined
  if (term.kind !== 'in' || nameIn(term.operand) !== name) return undefined
  const { list } = term
  if (list.kind !== 'list' && list.kind !== 'bag') return undefined
  if (!list.elements.every(isConstant)) return undefined
  return list.elements.map((element) => constantOf(element, parameters))
}

function rangesAsked(term: Term, name: string, parameters: Parameters): readonly RangeCondition[] {
  const values = valuesAsked(term, name, parameters)
  if (values !== undefined) return values.map((value) => ({ op: '=', values: [value] }))
  const asked = comparison(term, parameters)
  if (asked !== undefined && asked.name === name && asked.comparator !== '<>') {
    return [{ op: asked.comparator, values: [asked.value] }]
  }
  if (term.kind === 'between' && nameIn(term.operand) === name) {
    if (!isConstant(term.low) || !isConstant(term.high)) return []
    return [
      {
        op: 'between',
        values: [constantOf(term.low, parameters), constantOf(term.high, parameters)],
      },
    ]
  }
  if (term.kind !== 'call' || term.name !== 'begins_with' || nameIn(term.args[0]) !== name)
    return []
  const [, prefix] = term.args
  if (prefix === undefined || !isConstant(prefix)) return []
  return [{ op: 'begins_with', values: [constantOf(prefix, parameters)] }]
}

/** One read for each part; branches of one partition that cannot be told apart read it once. */
function merged(branches: readonly Branch[]): readonly PartitionRead[] {
  const byHash = new Map<string, { hash: AttributeValue; branches: Branch[] }>()
  for (const branch of branches) {
    for (const hash of branch.hashes) {
      const id = sortKey(hash)
      const entry = byHash.get(id) ?? { hash, branches: [] }
      byHash.set(id, entry)
      if (!entry.branches.includes(branch)) entry.branches.push(branch)
    }
  }
  return [...byHash.values()].flatMap(({ hash, branches: own }) => {
    if (own.some(({ isNegated }) => isNegated))
      return own.length === 1 ? readsOf(hash, own) : [{ hash }]
    if (own.every(({ ranges }) => ranges.length === 0)) return [{ hash }]
    checkApart(own)
    return readsOf(hash, own)
  })
}

function readsOf(hash: AttributeValue, branches: readonly Branch[]): readonly PartitionRead[] {
  const ranges = branches.flatMap((branch) => branch.ranges)
  if (ranges.length === 0) return [{ hash }]
  const seen = new Set<string>()
  return ranges
    .filter((range) => {
      const id = JSON.stringify(range)
      if (seen.has(id)) return false
      seen.add(id)
      return true
    })
    .map((range) => ({ hash, range }))
}

function checkApart(branches: readonly Branch[]): void {
  for (const [i, one] of branches.entries()) {
    for (const other of branches.slice(i + 1)) {
      const isApart =
        one.ranges.length > 0 &&
        other.ranges.length > 0 &&
        one.ranges.every((a) => other.ranges.every((b) => areApart(a, b)))
      if (!isApart) {
        throw validationException(
          'Overlapping conditions with range keys are not supported in where clause',
        )
      }
    }
  }
}

/** The ends of a range as sort keys; undefined is open. */
function endsOf({
  op,
  values: [low, high],
}: RangeCondition): readonly [string | undefined, string | undefined] {
  const at = low === undefined ? undefined : sortKey(low)
  switch (op) {
    case '=':
      return [at, at]
    case '<':
    case '<=':
      return [undefined, at]
    case '>':
    case '>=':
      return [at, undefined]
    case 'between':
      return [at, high === undefined ? undefined : sortKey(high)]
    case 'begins_with':
      return [at, `${at}\uFFFF`]
    default:
      return op satisfies never
  }
}

function areApart(a: RangeCondition, b: RangeCondition): boolean {
  const [[aLow, aHigh], [bLow, bHigh]] = [endsOf(a), endsOf(b)]
  const isBefore = (high: string | undefined, low: string | undefined, open: boolean) =>
    high !== undefined && low !== undefined && (high < low || (open && high === low))
  const isOpen = [a, b].some(({ op }) => op === '<' || op === '>')
  return isBefore(aHigh, bLow, isOpen) || isBefore(bHigh, aLow, isOpen)
}
