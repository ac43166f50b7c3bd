import type { AwsError } from '@cloud-orrery/models'
import type { AttributeValue as ModelValue } from '@cloud-orrery/models/dynamodb'
import type { AttributeValue, Item } from './attribute-value.ts'
import { problems, ValueProblem, validationException } from './errors.ts'
import { nestingLevelsMax } from './limits.ts'
import { normalNumber } from './numbers.ts'

/** Puts the place where a value stands around what is wrong with it: 'ExpressionAttributeValues contains ...'. */
export type Place = (problem: string) => string

type ModelItem = Readonly<Record<string, ModelValue>>

/** A request's value as tables hold it. Throws `ValidationException`, in the words that `place` makes of the problem. */
export function fromModel(value: ModelValue, place?: Place): AttributeValue {
  return placed(() => stored(value, 0), place)
}

/** A request's item, key or map as tables hold it. Throws as `fromModel`. */
export function itemFromModel(item: ModelItem, place?: Place): Item {
  return placed(() => storedItem(item, 0), place)
}

/** Runs what may find a problem with a value; the problem becomes DynamoDB's error. */
export function placed<T>(read: () => T, place: Place = (problem) => problem): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ValueProblem) throw inPlace(error, place)
    throw error
  }
}

function inPlace(problem: ValueProblem, place: Place): AwsError {
  return validationException(place(problem.message))
}

function storedItem(item: ModelItem, level: number): Item {
  const result: Record<string, AttributeValue> = {}
  for (const name in item) {
    const value = item[name]
    if (value === undefined) continue
    if (name === '__proto__') define(result, name, stored(value, level))
    else result[name] = stored(value, level)
  }
  return result
}

function define(item: Record<string, AttributeValue>, name: string, value: AttributeValue): void {
  Object.defineProperty(item, name, { value, enumerable: true, configurable: true, writable: true })
}

function stored(value: ModelValue, level: number): AttributeValue {
  let result: AttributeValue | undefined
  let types = 0
  for (const type in value) {
    // The model's members, whichever this one is.
    const member = (value as Record<string, unknown>)[type]
    if (member === undefined || member === null) continue
    types += 1
    result = storedMember(type, value, level)
  }
  if (result === undefined) throw problems.empty()
  if (types > 1) throw problems.severalTypes()
  return result
}

function storedMember(type: string, value: ModelValue, level: number): AttributeValue | undefined {
  switch (type) {
    case 'S':
      return { S: value.S ?? '' }
    case 'N':
      return { N: normalNumber(value.N ?? '') }
    case 'B':
      return { B: base64(value.B) }
    case 'BOOL':
      return { BOOL: value.BOOL === true }
    case 'NULL':
      // Observed on AWS: regions differ in whether they take `false`; where they do, it is stored as null.
      if (value.NULL !== true) throw problems.nullIsFalse()
      return { NULL: true }
    case 'SS':
      return { SS: stringSet(value.SS ?? []) }
    case 'NS':
      return { NS: numberSet(value.NS ?? []) }
    case 'BS':
      return { BS: binarySet(value.BS ?? []) }
    case 'L':
      if (level >= nestingLevelsMax) throw problems.tooDeep()
      return { L: (value.L ?? []).map((element) => stored(element, level + 1)) }
    case 'M':
      if (level >= nestingLevelsMax) throw problems.tooDeep()
      return { M: storedItem(value.M ?? {}, level + 1) }
    default:
      return undefined
  }
}

function stringSet(elements: readonly string[]): readonly string[] {
  if (elements.length === 0) throw problems.emptyStringSet()
  if (hasDuplicates(elements)) throw problems.duplicateStrings(`[${elements.join(', ')}]`)
  return elements
}

function numberSet(elements: readonly string[]): readonly string[] {
  if (elements.length === 0) throw problems.emptyNumberSet()
  const numbers = elements.map(normalNumber)
  if (hasDuplicates(numbers)) throw problems.duplicateNumbers()
  return numbers
}

function binarySet(elements: readonly Uint8Array[]): readonly string[] {
  if (elements.length === 0) throw problems.emptyBinarySet()
  const texts = elements.map(base64)
  if (hasDuplicates(texts)) throw problems.duplicateBinaries(`[${texts.join(', ')}]`)
  return texts
}

function hasDuplicates(elements: readonly string[]): boolean {
  return elements.length > 1 && new Set(elements).size < elements.length
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
