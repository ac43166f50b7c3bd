import type { Member, OperationModel, Shape } from '@cloud-orrery/models'
import { longestText, richText, shortestText, strangeText } from './pattern-text.ts'
import {
  freeText,
  join,
  type KnownValues,
  type Limits,
  limitsOf,
  textOfLength,
  ValidValues,
} from './valid-values.ts'
import { bracket, words } from './words.ts'

/** What a case breaks on purpose, as AWS names it. */
export interface Breach {
  /** `tags.1.member.key` */
  readonly path: string
  readonly kind: 'required' | 'length' | 'range' | 'pattern' | 'enum' | 'members'
  /** `Member must not be null` */
  readonly constraint: string
}

/** One request at a boundary, or just beyond it. */
export interface Case {
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
  /** Absent: every constraint of the model is kept. */
  readonly breaks?: Breach
}

type Put = (value: unknown) => Record<string, unknown>

/** Where a value lies: as AWS names it, as known values name it, and how a whole input is made with it. */
interface Place {
  readonly path: string
  readonly modelPath: string
  readonly put: Put
  /** Shapes around it, so that one that contains itself is gone into once. */
  readonly around: readonly Shape[]
}

/** Longer values than this are not sent: a bound beyond it is noted as not reached. */
const lengthSentMax = 1_100_000
/** All sorts of characters that some wire format or other has to escape. */
const richest = `ring <&>"' +%2F=?#/\\ \t é漢😀 {}[];,:@$*!~|^\``
const richHeader = `ring<&>"'+%2F=?#/\\{}[];,:@$*!~|^\``
/** What the name of a header may have. */
const richToken = "ring!#$%&'*+-.^_`|~"

/** A request at and beyond every boundary of an operation's input, in the model's order. The first is the least valid one. */
export function casesOf(operation: OperationModel, known: KnownValues): Case[] {
  return [...new Cases(operation, known).all()]
}

class Cases {
  readonly #operation: OperationModel
  readonly #values: ValidValues

  constructor(operation: OperationModel, known: KnownValues) {
    this.#operation = operation
    this.#values = new ValidValues(operation.name, known)
  }

  *all(): Generator<Case> {
    const { input } = this.#operation
    yield { name: 'least valid request', input: this.#values.structure(input, '') }
    const put: Put = (value) => value as Record<string, unknown> // Inputs are structures.
    yield* this.#structure(input, { path: '', modelPath: '', put, around: [] })
  }

  *#structure(shape: Shape, place: Place): Generator<Case> {
    const base = this.#values.structure(shape, place.modelPath)
    for (const member of Object.values(shape.members ?? {})) {
      const path = join(place.path, lowerFirst(member.name))
      const modelPath = join(place.modelPath, member.name)
      const put: Put = (value) =>
        place.put(
          shape.type === 'union' ? { [member.name]: value } : { ...base, [member.name]: value },
        )
      if (member.required === true) {
        const { [member.name]: _, ...rest } = base
        yield {
          name: `${path} missing`,
          input: place.put(rest),
          breaks: { path, kind: 'required', constraint: words.required },
        }
      }
      yield* this.#value(member, { path, modelPath, put, around: [...place.around, shape] })
    }
  }

  *#value(member: Member, place: Place): Generator<Case> {
    const { shape } = member
    if (place.around.includes(shape)) return
    const { path, put } = place
    const within = member.location === 'prefixHeaders' ? { key: richToken, value: richHeader } : {}
    yield { name: `${path} present`, input: put(this.#values.of(member, place.modelPath)) }
    const inner = { ...place, around: [...place.around, shape] }
    switch (shape.type) {
      case 'structure':
      case 'union':
        return yield* this.#structure(shape, place)
      case 'list':
        yield* this.#sizes(member, place)
        return yield* this.#elements(shape, inner)
      case 'map':
        yield* this.#sizes(member, place)
        return yield* this.#entries(shape, inner, within)
      default:
        for (const { name, value, breaks } of this.#plain(member)) {
          yield {
            name: `${path} ${name}`,
            input: put(value),
            ...(breaks === undefined ? {} : { breaks: { path, ...breaks } }),
          }
        }
    }
  }

  /** Lists and maps with as few and as many elements as the model takes, and one more or less. */
  *#sizes(member: Member, { path, modelPath, put }: Place): Generator<Case> {
    const { lengthMin, lengthMax } = limitsOf(member)
    const { shape } = member
    const sized = (count: number): unknown =>
      shape.type === 'map'
        ? this.#values.entries(shape, modelPath, count)
        : shape.member === undefined
          ? []
          : this.#values.elements(shape.member, modelPath, count)
    const most = shape.type === 'map' ? (shape.key?.shape.enum?.length ?? Infinity) : Infinity
    if (lengthMin > 1) yield { name: `${path} of ${lengthMin}`, input: put(sized(lengthMin)) }
    if (lengthMin > 0) {
      yield {
        name: `${path} of ${lengthMin - 1}`,
        input: put(sized(lengthMin - 1)),
        breaks: { path, kind: 'length', constraint: words.lengthMin(lengthMin) },
      }
    } else if (member.location !== 'query') {
      // An empty list in a query is nothing at all.
      yield { name: `${path} empty`, input: put(sized(0)) }
    }
    if (lengthMax > Math.min(most, lengthSentMax)) {
      yield { name: `${path} of 3`, input: put(sized(Math.min(3, most))) }
      return
    }
    yield { name: `${path} of ${lengthMax}`, input: put(sized(lengthMax)) }
    if (lengthMax + 1 > most) return
    yield {
      name: `${path} of ${lengthMax + 1}`,
      input: put(sized(lengthMax + 1)),
      breaks: { path, kind: 'length', constraint: words.lengthMax(lengthMax) },
    }
  }

  *#elements(shape: Shape, place: Place): Generator<Case> {
    const { member } = shape
    if (member === undefined) return
    const { path, put } = place
    const modelPath = `${place.modelPath}[]`
    if (isNested(member.shape)) {
      const inner = { ...place, path: `${path}.1.member`, put: (value: unknown) => put([value]) }
      return yield* this.#nested(member, inner, modelPath)
    }
    const constraint = bracket('Member', limitsOf(member))
    const lengthMin = Math.max(shape.lengthMin ?? 0, 1)
    for (const { name, value, breaks } of this.#plain(member)) {
      yield {
        name: `${path} with an element ${name}`,
        input: put(Array.from({ length: breaks === undefined ? lengthMin : 1 }, () => value)),
        ...(breaks === undefined ? {} : { breaks: { path, kind: 'members', constraint } }),
      }
    }
  }

  *#entries(
    shape: Shape,
    place: Place,
    rich: { key?: string; value?: string } = {},
  ): Generator<Case> {
    const { key, value, lengthMin = 0 } = shape
    if (key === undefined || value === undefined) return
    const { path, modelPath } = place
    const others = Object.entries(this.#values.entries(shape, modelPath, lengthMin)).slice(1)
    const put: Put = (entry) => place.put({ ...Object.fromEntries(others), ...(entry as object) })
    const keyPath = `${modelPath}.key`
    const valuePath = `${modelPath}.value`
    const usualKey = String(this.#values.of(key, keyPath))
    const usual = this.#values.of(value, valuePath)
    const members = (head: 'Map keys' | 'Map value', of: Member) =>
      ({ path, kind: 'members', constraint: bracket(head, limitsOf(of)) }) as const
    for (const { name, value: text, breaks } of this.#plain(key, rich.key)) {
      yield {
        name: `${path} with a key ${name}`,
        input: put({ [String(text)]: usual }),
        ...(breaks === undefined ? {} : { breaks: members('Map keys', key) }),
      }
    }
    if (isNested(value.shape)) {
      const inner = {
        ...place,
        path: `${path}.${usualKey}.member`,
        put: (it: unknown) => put({ [usualKey]: it }),
      }
      return yield* this.#nested(value, inner, valuePath)
    }
    for (const { name, value: it, breaks } of this.#plain(value, rich.value)) {
      yield {
        name: `${path} with a value ${name}`,
        input: put({ [usualKey]: it }),
        ...(breaks === undefined ? {} : { breaks: members('Map value', value) }),
      }
    }
  }

  /** Structures, lists and maps inside of a list or map: their own sizes are not checked by AWS's words. */
  *#nested({ shape }: Member, place: Place, modelPath: string): Generator<Case> {
    if (shape.type === 'list') yield* this.#elements(shape, { ...place, modelPath })
    else if (shape.type === 'map') yield* this.#entries(shape, { ...place, modelPath })
    else if (!place.around.includes(shape)) yield* this.#structure(shape, { ...place, modelPath })
  }

  *#plain(member: Member, rich = richestOf(member)): Generator<PlainCase> {
    const limits = limitsOf(member)
    switch (member.shape.type) {
      case 'string':
        return yield* texts(limits, rich)
      case 'enum':
        return yield* enumValues(limits)
      case 'blob':
        return yield* blobs(limits)
      case 'boolean':
        return yield { name: 'false', value: false }
      case 'timestamp':
      case 'document':
        return
      default:
        return yield* numbers(limits)
    }
  }
}

interface PlainCase {
  readonly name: string
  readonly value: unknown
  readonly breaks?: Omit<Breach, 'path'>
}

function richestOf({ location }: Member): string {
  return location === undefined || location === 'query' ? richest : richHeader
}

function isNested({ type }: Shape): boolean {
  return type === 'structure' || type === 'union' || type === 'list' || type === 'map'
}

function* texts(limits: Limits, rich: string): Generator<PlainCase> {
  const { lengthMin, lengthMax, pattern } = limits
  yield* shortTexts(limits)
  if (lengthMax <= lengthSentMax) {
    const longest = pattern === undefined ? freeText(lengthMax) : longestText(pattern, lengthMax)
    if (longest !== undefined) yield { name: `of ${longest.length}`, value: longest }
    yield {
      name: `of ${lengthMax + 1}`,
      value: textOfLength(limits, lengthMax + 1) ?? freeText(lengthMax + 1),
      breaks: { kind: 'length', constraint: words.lengthMax(lengthMax) },
    }
  }
  if (pattern === undefined) {
    const text = rich.padEnd(lengthMin, rich)
    if (text.length <= lengthMax) yield { name: 'of many sorts', value: text }
    return
  }
  const many = richText(pattern, Math.min(lengthMax, 200))
  if (many !== undefined && many.length >= lengthMin) yield { name: 'of many sorts', value: many }
  const valid = shortestText(pattern, Math.max(1, lengthMin), lengthMax) ?? ''
  const strange = strangeText(pattern, valid, { min: lengthMin, max: lengthMax })
  if (strange !== undefined) {
    const breaks = { kind: 'pattern', constraint: words.pattern(pattern) } as const
    yield { name: `strange`, value: strange, breaks }
  }
}

function* shortTexts(limits: Limits): Generator<PlainCase> {
  const { lengthMin, pattern } = limits
  const shortest =
    pattern === undefined ? freeText(lengthMin) : shortestText(pattern, lengthMin, lengthMin + 64)
  if (shortest !== undefined) yield { name: `of ${shortest.length}`, value: shortest }
  if (lengthMin === 0) return
  yield {
    name: `of ${lengthMin - 1}`,
    value: textOfLength(limits, lengthMin - 1) ?? freeText(lengthMin - 1),
    breaks: { kind: 'length', constraint: words.lengthMin(lengthMin) },
  }
}

function* enumValues({ enum: values = [] }: Limits): Generator<PlainCase> {
  for (const value of values) yield { name: value, value }
  const breaks = { kind: 'enum', constraint: words.enum(values) } as const
  yield { name: 'unknown', value: 'ring-unknown', breaks }
}

function* blobs({ lengthMin, lengthMax }: Limits): Generator<PlainCase> {
  const bytes = (count: number): Uint8Array => new Uint8Array(count).fill(97)
  yield { name: 'of all bytes', value: Uint8Array.from({ length: 256 }, (_, it) => it) }
  yield { name: `of ${lengthMin}`, value: bytes(lengthMin) }
  if (lengthMax > lengthSentMax) return
  yield { name: `of ${lengthMax}`, value: bytes(lengthMax) }
  yield {
    name: `of ${lengthMax + 1}`,
    value: bytes(lengthMax + 1),
    breaks: { kind: 'length', constraint: words.lengthMax(lengthMax) },
  }
}

function* numbers({ rangeMin, rangeMax }: Limits): Generator<PlainCase> {
  if (rangeMin !== undefined) {
    yield { name: `${rangeMin}`, value: rangeMin }
    const breaks = { kind: 'range', constraint: words.rangeMin(rangeMin) } as const
    yield { name: `${rangeMin - 1}`, value: rangeMin - 1, breaks }
  } else yield { name: '0', value: 0 }
  if (rangeMax === undefined || rangeMax >= Number.MAX_SAFE_INTEGER) return
  yield { name: `${rangeMax}`, value: rangeMax }
  const breaks = { kind: 'range', constraint: words.rangeMax(rangeMax) } as const
  yield { name: `${rangeMax + 1}`, value: rangeMax + 1, breaks }
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
