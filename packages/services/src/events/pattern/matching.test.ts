import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePattern } from '../../shared/event-pattern/compilation.ts'
import { matches } from '../../shared/event-pattern/matching.ts'
import { JsonProblem } from '../../shared/json-tokens.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
type Operator = { readonly [name: string]: Json }

/** A value, its dotted path, and the elements of arrays in which it lies. */
interface Flat {
  readonly path: string
  readonly value: Json
  readonly within: Readonly<Record<string, number>>
}

/** The reference: every value of the event with its path, as the documentation describes it. */
function flatten(node: Json, path: string, place: string, within: Flat['within']): Flat[] {
  if (Array.isArray(node)) {
    return node.flatMap((element: Json, i) => {
      const nested = typeof element === 'object' && element !== null
      const inner = nested ? { ...within, [place]: i } : within
      return flatten(element, path, `${place}[${i}]`, inner)
    })
  }
  if (typeof node !== 'object' || node === null) return [{ path, value: node, within }]
  return Object.entries(node).flatMap(([name, child]) =>
    flatten(child, path === '' ? name : `${path}.${name}`, `${place}/${name}`, within),
  )
}

type Conditions = readonly (readonly [path: string, list: readonly Json[]])[]

/** All the ways in which `$or` lets a pattern be read. */
function alternatives(pattern: { readonly [name: string]: Json }, path: string): Conditions[] {
  let found: Conditions[] = [[]]
  for (const [name, value] of Object.entries(pattern)) {
    const at = path === '' ? name : `${path}.${name}`
    let own: Conditions[]
    if (name === '$or') own = (value as Operator[]).flatMap((one) => alternatives(one, path))
    else if (Array.isArray(value)) own = [[[at, value]]]
    else own = alternatives(value as Operator, at)
    found = found.flatMap((left) => own.map((right) => [...left, ...right]))
  }
  return found
}

function naive(pattern: Operator, event: Json): boolean {
  const flat = flatten(event, '', '', {})
  return alternatives(pattern, '').some((conditions) => choose([...conditions], flat, {}))
}

function choose(conditions: Conditions[number][], flat: Flat[], within: Flat['within']): boolean {
  const [first, ...rest] = conditions
  if (first === undefined) return true
  const [path, list] = first
  const candidates = flat.filter((one) => one.path === path)
  if (candidates.length === 0) return list.some(isAbsence) && choose(rest, flat, within)
  return candidates.some(
    (one) =>
      list.some((wanted) => fits(wanted, one.value)) &&
      Object.entries(one.within).every(([place, i]) => (within[place] ?? i) === i) &&
      choose(rest, flat, { ...within, ...one.within }),
  )
}

function isAbsence(wanted: Json): boolean {
  return typeof wanted === 'object' && wanted !== null && (wanted as Operator)['exists'] === false
}

function fits(wanted: Json, value: Json): boolean {
  if (typeof wanted !== 'object' || wanted === null) return wanted === value
  const [[name, operand] = ['', null]] = Object.entries(wanted)
  switch (name) {
    case 'exists':
      return operand === true
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(operand))
    case 'suffix':
      return typeof value === 'string' && value.endsWith(String(operand))
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase()
    case 'wildcard':
      return typeof value === 'string' && wildcard(String(operand), value)
    case 'numeric': {
      const [operator, bound] = operand as [string, number]
      if (typeof value !== 'number') return false
      return operator === '<' ? value < bound : operator === '>=' ? value >= bound : value === bound
    }
    case 'anything-but':
      if (Array.isArray(operand)) return !operand.includes(value)
      if (typeof operand === 'object') return !fits(operand, value)
      return operand !== value
    default:
      throw new Error(`the reference does not know ${name}`)
  }
}

function wildcard(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern.startsWith('*')) {
    return wildcard(pattern.slice(1), text) || (text !== '' && wildcard(pattern, text.slice(1)))
  }
  return pattern[0] === text[0] && wildcard(pattern.slice(1), text.slice(1))
}

const name = fc.constantFrom('a', 'b', 'c', 'a.b')
const word = fc.stringMatching(/^[abA]{0,3}$/)
const leaf = fc.oneof(word, fc.integer({ min: -2, max: 2 }), fc.boolean(), fc.constant(null))
const event = fc.letrec<{ node: Json; object: { [name: string]: Json } }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(name, tie('node'), { maxKeys: 3 }),
})).object

const nonEmpty = fc.stringMatching(/^[abA]{1,3}$/)
const stars = fc.stringMatching(/^(\*?[ab]){0,3}\*?$/)
const operator: fc.Arbitrary<Json> = fc.oneof(
  leaf,
  fc.record({ exists: fc.boolean() }),
  fc.record({ prefix: word }),
  fc.record({ suffix: word }),
  fc.record({ 'equals-ignore-case': word }),
  fc.record({ wildcard: stars }),
  fc.record({
    numeric: fc.tuple(fc.constantFrom('<', '=', '>='), fc.integer({ min: -2, max: 2 })),
  }),
  fc.record({
    'anything-but': fc.oneof<fc.Arbitrary<Json>[]>(
      word,
      fc.array(word, { minLength: 1, maxLength: 2 }),
      fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 2 }),
      fc.record({ prefix: nonEmpty }),
      fc.record({ suffix: nonEmpty }),
      fc.record({ wildcard: stars }),
      fc.record({ 'equals-ignore-case': word }),
    ),
  }),
)
const list = fc.array(operator, { minLength: 1, maxLength: 3 })
const pattern = fc.letrec<{ node: Json; object: Operator; or: Json }>((tie) => ({
  node: fc.oneof({ maxDepth: 2, withCrossShrink: true }, list, tie('object')),
  or: fc.array(fc.dictionary(fc.constantFrom('d', 'e'), list, { minKeys: 1 }), {
    minLength: 2,
    maxLength: 2,
  }),
  object: fc
    .tuple(
      fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 3 }),
      fc.option(tie('or'), { nil: undefined }),
    )
    .map(([fields, or]) => (or === undefined ? fields : { ...fields, $or: or })),
})).object

/** A path that is named twice is compared with what was said last; the reference does not model that. */
function isSimple(one: Operator): boolean {
  const found = alternatives(one, '')
  if (found.length > 100) return false
  return found.every((some) => new Set(some.map(([path]) => path)).size === some.length)
}

test('a compiled pattern matches what a naive reading of it matches', () => {
  fc.assert(
    fc.property(pattern.filter(isSimple), event, (wanted, given) => {
      expect(matches(compilePattern(JSON.stringify(wanted)), given)).toBe(naive(wanted, given))
    }),
    { numRuns: 3000, seed: 20260101 },
  )
})

test('values of two fields match only within one element of an array', () => {
  const wanted = compilePattern('{"list":{"a":[1],"b":[2]}}')
  expect(matches(wanted, { list: [{ a: 1, b: 2 }] })).toBe(true)
  expect(matches(wanted, { list: [{ a: 1 }, { b: 2 }] })).toBe(false)
  expect(matches(wanted, { list: [{ a: [0, 1], b: [2, 3] }] })).toBe(true)
})

test('any text is read as a pattern or refused with a reason', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        compilePattern(text)
      } catch (error) {
        if (!(error instanceof JsonProblem)) throw error
      }
    }),
    { numRuns: 2000, seed: 20260101 },
  )
})

test('a pattern with more than a thousand alternatives is refused', () => {
  const or = (depth: number): object => ({
    $or: [{ [`x${depth}`]: [1] }, { [`y${depth}`]: [1] }],
  })
  const levels = Array.from({ length: 11 }, (_, depth) => [`l${depth}`, or(depth)])
  expect(() => compilePattern(JSON.stringify(Object.fromEntries(levels)))).toThrow(JsonProblem)
})
