import type { Member, Shape } from '@cloud-orrery/models'
import { longestText, matches, matchingText, shortestText } from './pattern-text.ts'

/** The constraints of one member; its own override those of its shape. */
export interface Limits {
  readonly lengthMin: number
  /** Whether the model names a least length, be it 0. */
  readonly lengthMinGiven: boolean
  /** Infinity where the model names none. */
  readonly lengthMax: number
  readonly rangeMin: number | undefined
  readonly rangeMax: number | undefined
  readonly pattern: string | undefined
  readonly enum: readonly string[] | undefined
}

export function limitsOf({ shape, ...own }: Member): Limits {
  return {
    lengthMin: own.lengthMin ?? shape.lengthMin ?? 0,
    lengthMinGiven: (own.lengthMin ?? shape.lengthMin) !== undefined,
    lengthMax: own.lengthMax ?? shape.lengthMax ?? Infinity,
    rangeMin: own.rangeMin ?? shape.rangeMin,
    rangeMax: own.rangeMax ?? shape.rangeMax,
    pattern: own.pattern ?? shape.pattern,
    enum: shape.type === 'enum' ? shape.enum : undefined,
  }
}

/** What the arranged cloud knows: a value by `Operation.Member[].Inner`, or by `Member[].Inner` for all operations. */
export type KnownValues = Readonly<Record<string, unknown>>

/** All timestamps of the ring: a whole second, so that every wire format can carry it. */
const moment = new Date('2026-01-01T00:00:00Z')
/** Length of a text that the model leaves free. */
const freeLength = 8

/** Makes the least valid values of a service's shapes, preferring those that the arranged cloud knows. */
export class ValidValues {
  readonly #known: KnownValues
  readonly #operation: string

  constructor(operation: string, known: KnownValues) {
    this.#operation = operation
    this.#known = known
  }

  /**
   * A valid value: required members only, one element in lists and maps unless more are needed.
   * `path` is in the model's words: `Tags[].Key`, `Attributes.key`. `index` makes elements differ.
   */
  of(member: Member, path: string, index = 0): unknown {
    const known = this.#lookUp(path)
    if (known !== undefined && (index === 0 || typeof known !== 'string')) return known
    if (known !== undefined) return distinct(String(known), limitsOf(member), index)
    return this.#made(member, path, index)
  }

  /** The members that have to be there; of a union its first, or the one asked for. */
  structure(shape: Shape, path: string, index = 0): Record<string, unknown> {
    const known = this.#lookUp(path)
    if (typeof known === 'object' && known !== null) return { ...known }
    const members = Object.values(shape.members ?? {})
    const required = members.filter((member) => member.required)
    // A union has one member; an element with none could not be written in a form.
    const isOne = shape.type === 'union' || (required.length === 0 && path.endsWith('[]'))
    const chosen = isOne ? members.slice(0, 1) : required
    return Object.fromEntries(
      chosen.map((member) => [member.name, this.of(member, join(path, member.name), index)]),
    )
  }

  elements(member: Member, path: string, count: number): unknown[] {
    return Array.from({ length: count }, (_, index) => this.of(member, `${path}[]`, index))
  }

  entries({ key, value }: Shape, path: string, count: number): Record<string, unknown> {
    if (key === undefined || value === undefined) return {}
    const entries: Record<string, unknown> = {}
    for (let index = 0; index < count; index++) {
      // The known key first, then the others that the model names.
      const first = this.of(key, `${path}.key`)
      const values = key.shape.enum?.filter((it) => it !== first)
      const other = (): unknown =>
        values === undefined ? this.of(key, `${path}.key`, index) : values[index - 1]
      const name = index === 0 ? first : other()
      if (typeof name === 'string') entries[name] = this.of(value, `${path}.value`, 0)
    }
    return entries
  }

  #lookUp(path: string): unknown {
    const own = this.#known[`${this.#operation}.${path}`]
    if (own !== undefined) return own
    return path === '' ? undefined : this.#known[path]
  }

  #made(member: Member, path: string, index: number): unknown {
    const { shape } = member
    const limits = limitsOf(member)
    const count = Math.max(limits.lengthMin, 1)
    switch (shape.type) {
      case 'structure':
      case 'union':
        return this.structure(shape, path, index)
      case 'list':
        return shape.member === undefined ? [] : this.elements(shape.member, path, count)
      case 'map':
        return this.entries(shape, path, count)
      case 'boolean':
        return true
      case 'timestamp':
        return moment
      case 'blob':
        return new Uint8Array(Math.min(count, limits.lengthMax)).fill(97)
      case 'document':
        return { ring: 'document' }
      case 'string':
      case 'enum':
        return validText(limits, index)
      default:
        return numberIn(limits)
    }
  }
}

function numberIn({ rangeMin, rangeMax }: Limits): number {
  if (rangeMin !== undefined) return rangeMin
  return rangeMax === undefined ? 1 : Math.min(1, rangeMax)
}

/** A string that the constraints take. Throws where none can be found: the ring then needs a known value. */
export function validText(limits: Limits, index = 0): string {
  const { enum: values, pattern, lengthMin, lengthMax } = limits
  if (values !== undefined) return values[index % values.length] ?? ''
  const length = Math.min(Math.max(lengthMin, freeLength), lengthMax)
  const text = pattern === undefined ? freeText(length) : patternText(pattern, limits, length)
  if (text === undefined) throw new Error(`no text of ${lengthMin} to ${lengthMax} for ${pattern}`)
  return index === 0 ? text : distinct(text, limits, index)
}

function patternText(pattern: string, { lengthMin, lengthMax }: Limits, wanted: number) {
  return (
    matchingText(pattern, wanted) ??
    shortestText(pattern, Math.max(lengthMin, 1), lengthMax) ??
    longestText(pattern, lengthMax)
  )
}

/** Exactly that long; undefined where the pattern has no such string. */
export function textOfLength({ pattern }: Limits, length: number): string | undefined {
  return pattern === undefined ? freeText(length) : matchingText(pattern, length)
}

export function freeText(length: number): string {
  return 'ring'.repeat(Math.ceil(length / 4)).slice(0, length)
}

/** The same text with a number at its end, or before its last character, or longer: still within the constraints. */
function distinct(
  text: string,
  { pattern, lengthMin, lengthMax, enum: values }: Limits,
  index: number,
): string {
  if (values !== undefined) return values[index % values.length] ?? text
  const number = String(index)
  const tries = [
    text.slice(0, Math.max(0, text.length - number.length)) + number,
    text + number,
    text.slice(0, -1) + number + text.slice(-1),
    pattern === undefined ? undefined : matchingText(pattern, text.length + index),
  ]
  const fits = (it: string | undefined): it is string =>
    it !== undefined &&
    it.length >= lengthMin &&
    it.length <= lengthMax &&
    (pattern === undefined || matches(pattern, it))
  return tries.find(fits) ?? text
}

export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
