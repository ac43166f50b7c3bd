import {
  type AttributeValue,
  attributeOf,
  type Item,
  type LooseValue,
  typeOf,
} from './attribute-value.ts'
import { compareDecimals } from './decimal.ts'
import { decimalOf, isPlainInteger } from './numbers.ts'

/**
 * DynamoDB's order of two values of one ordered type (numbers by value, strings by their UTF-8, binaries by
 * their unsigned bytes): negative, zero or positive. Undefined where there is none.
 */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  const [left, right] = [a as LooseValue, b as LooseValue] // Asked member by member, without narrowing.
  if (left.S !== undefined && right.S !== undefined) return compareText(left.S, right.S)
  if (left.N !== undefined && right.N !== undefined) return compareNumbers(left.N, right.N)
  if (left.B !== undefined && right.B !== undefined) return compareBinaries(left.B, right.B)
  return undefined
}

export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0
  if (isPlainInteger(a) && isPlainInteger(b)) return Number(a) - Number(b)
  return compareDecimals(decimalOf(a), decimalOf(b))
}

export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return utf8Rank(x) - utf8Rank(y)
  }
  return a.length - b.length
}

/** UTF-16 puts surrogates before the last 8,192 characters of the basic plane, UTF-8 after them. */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

/** Two binaries, in base64. */
export function compareBinaries(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'base64'), Buffer.from(b, 'base64'))
}

/** Whether two values are the same; sets whatever the order of their elements. */
export function equals(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true
  const type = typeOf(a)
  if (type !== typeOf(b)) return false
  const [left, right] = [a as LooseValue, b as LooseValue] // Both of the same type, which the switch names.
  switch (type) {
    case 'S':
      return left.S === right.S
    case 'N':
      return left.N === right.N
    case 'B':
      return left.B === right.B
    case 'BOOL':
      return left.BOOL === right.BOOL
    case 'NULL':
      return true
    case 'SS':
      return sameElements(left.SS, right.SS)
    case 'NS':
      return sameElements(left.NS, right.NS)
    case 'BS':
      return sameElements(left.BS, right.BS)
    case 'L':
      return sameLists(left.L, right.L)
    case 'M':
      return sameItems(left.M, right.M)
    default:
      return type satisfies never
  }
}

function sameElements(a: readonly string[] = [], b: readonly string[] = []): boolean {
  if (a.length !== b.length) return false
  if (a.length < 8) return a.every((element) => b.includes(element))
  const other = new Set(b)
  return a.every((element) => other.has(element))
}

function sameLists(a: readonly AttributeValue[] = [], b: readonly AttributeValue[] = []): boolean {
  if (a.length !== b.length) return false
  return a.every((element, i) => {
    const other = b[i]
    return other !== undefined && equals(element, other)
  })
}

/** Whether two items or maps have the same attributes. */
export function sameItems(a: Item = {}, b: Item = {}): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => {
    const [left, right] = [attributeOf(a, name), attributeOf(b, name)]
    return left !== undefined && right !== undefined && equals(left, right)
  })
}
