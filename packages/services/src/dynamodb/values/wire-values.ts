import type { AttributeValue as ModelValue } from '@cloud-orrery/models/dynamodb'
import type { AttributeValue, Item } from './attribute-value.ts'
import { compareBinaries, compareText } from './comparison.ts'
import { problems, type ValueCheck, ValueProblem, validationException } from './errors.ts'
import { nestingLevelsMax } from './limits.ts'
import { normalNumber } from './numbers.ts'

/** Puts the place where a value stands around what is wrong with it: 'ExpressionAttributeValues contains ...'. */
export type Place = (problem: string) => string

type ModelItem = Readonly<Record<string, ModelValue>>

/** A request's value as tables hold it. Throws `ValidationException`, in the words that `place` makes of the problem. */
export function fromModel(value: ModelValue, place?: Place, check?: ValueCheck): AttributeValue {
  return placed(() => stored(value, 0, check ?? 'current'), place)
}

/** A request's item, key or map as tables hold it. Throws as `fromModel`. */
export function itemFromModel(item: ModelItem, place?: Place, check?: ValueCheck): Item {
  return placed(() => storedItem(item, 0, check ?? 'current'), place)
}

/** Runs what may find a problem with a value; the problem becomes DynamoDB's error. */
export function placed<T>(read: () => T, place: Place = (problem) => problem): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ValueProblem) throw validationException(place(error.message))
    throw error
  }
}

function storedItem(item: ModelItem, level: number, check: ValueCheck): Item {
  const result: Record<string, AttributeValue> = {}
  for (const name in item) {
    const value = item[name]
    if (value === undefined) continue
    if (name === '__proto__') define(result, name, stored(value, level, check))
    else result[name] = stored(value, level, check)
  }
  return result
}

function define(item: Record<string, AttributeValue>, name: string, value: AttributeValue): void {
  Object.defineProperty(item, name, { value, enumerable: true, configurable: true, writable: true })
}

function stored(value: ModelValue, level: number, check: ValueCheck): AttributeValue {
  let result: AttributeValue | undefined
  let types = 0
  for (const type in value) {
    // The model's members, whichever this one is.
    const member = (value as Record<string, unknown>)[type]
    if (member === undefined || member === null) continue
    types += 1
    result = storedMember(type, value, level, check)
  }
  if (result === undefined) throw problems.empty()
  if (types > 1) throw problems.severalTypes()
  return result
}

function storedMember(
  type: string,
  value: ModelValue,
  level: number,
  check: ValueCheck,
): AttributeValue | undefined {
  switch (type) {
    case 'S':
      return { S: value.S ?? '' }
    case 'N':
      return { N: normalNumber(value.N ?? '', check) }
    case 'B':
      return { B: base64(value.B) }
    case 'BOOL':
      return { BOOL: value.BOOL === true }
    case 'NULL':
      return { NULL: true } // Also for `false`. Observed on AWS, 2026-06.
    case 'SS':
      return { SS: stringSet(value.SS ?? [], check) }
    case 'NS':
      return { NS: numberSet(value.NS ?? [], check) }
    case 'BS':
      return { BS: binarySet(value.BS ?? [], check) }
    case 'L':
      checkLevel(level)
      return { L: (value.L ?? []).map((element) => stored(element, level + 1, check)) }
    case 'M':
      checkLevel(level)
      return { M: storedItem(value.M ?? {}, level + 1, check) }
    default:
      return undefined
  }
}

function checkLevel(level: number): void {
  if (level >= nestingLevelsMax - 1) throw problems.tooDeep()
}

function stringSet(elements: readonly string[], check: ValueCheck): readonly string[] {
  if (elements.length === 0) throw problems.emptyStringSet()
  if (hasDuplicates(elements)) {
    throw problems.duplicateStrings(
      check === 'older'
        ? `[${elements.join(', ')}]`
        : `[${shownDuplicates(elements, compareText).join(', ')}]`,
    )
  }
  return elements
}

function numberSet(elements: readonly string[], check: ValueCheck): readonly string[] {
  if (elements.length === 0) throw problems.emptyNumberSet()
  const numbers = elements.map((element) => normalNumber(element, check))
  if (hasDuplicates(numbers)) throw problems.duplicateNumbers(check)
  return numbers
}

function binarySet(elements: readonly Uint8Array[], check: ValueCheck): readonly string[] {
  if (elements.length === 0) throw problems.emptyBinarySet()
  const texts = elements.map(base64)
  if (hasDuplicates(texts)) {
    throw problems.duplicateBinaries(
      check === 'older'
        ? `[${texts.join(', ')}]`
        : `[${shownDuplicates(texts, compareBinaries).join(',')}]`,
    )
  }
  return texts
}

function hasDuplicates(elements: readonly string[]): boolean {
  return elements.length > 1 && new Set(elements).size < elements.length
}

/** Up to the first element that comes again they are in order, from there as sent. Observed on AWS, 2026-10. */
function shownDuplicates(
  elements: readonly string[],
  compare: (a: string, b: string) => number,
): readonly string[] {
  const again = elements.findIndex((element, i) => elements.indexOf(element) < i)
  return [...elements.slice(0, again).sort(compare), ...elements.slice(again)].map(
    (element) => `"${element}"`,
  )
}

function base64(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return ''
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** A stored value as answers give it. What holds no binary is the same object. */
export function toModel(value: AttributeValue): ModelValue {
  if ('B' in value) return { B: Buffer.from(value.B, 'base64') }
  if ('BS' in value) return { BS: value.BS.map((text) => Buffer.from(text, 'base64')) }
  if ('L' in value) return { L: value.L.map(toModel) }
  if ('M' in value) return { M: itemToModel(value.M) }
  return value
}

/** A stored item as answers give it. */
export function itemToModel(item: Item): Record<string, ModelValue> {
  const result: Record<string, ModelValue> = {}
  for (const name in item) {
    const value = item[name]
    if (value === undefined) continue
    if (name === '__proto__') {
      Object.defineProperty(result, name, { value: toModel(value), enumerable: true })
    } else result[name] = toModel(value)
  }
  return result
}
