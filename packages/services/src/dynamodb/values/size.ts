import type { AttributeValue, Item, LooseValue } from './attribute-value.ts'
import { decimalOf } from './numbers.ts'

/**
 * Bytes of an item: what capacity and the limit of 400 KB count. Source: DynamoDB Developer Guide, "DynamoDB item
 * sizes and formats"; numbers as observed on AWS (`numberSize`).
 */
export function sizeOf(item: Item): number {
  let size = 0
  for (const name in item) {
    const value = item[name]
    if (value !== undefined) size += textSize(name) + valueSize(value)
  }
  return size
}

/** Bytes of one value without its name. */
export function valueSize(value: AttributeValue): number {
  const { S, N, B, SS, NS, BS, L, M } = value as LooseValue // Asked member by member, without narrowing.
  if (S !== undefined) return textSize(S)
  if (N !== undefined) return numberSize(N)
  if (B !== undefined) return binarySize(B)
  if (M !== undefined) return 3 + Object.keys(M).length + sizeOf(M)
  if (L !== undefined) return L.reduce((sum, element) => sum + 1 + valueSize(element), 3)
  if (SS !== undefined) return SS.reduce((sum, element) => sum + textSize(element), 0)
  if (NS !== undefined) return NS.reduce((sum, element) => sum + numberSize(element), 0)
  if (BS !== undefined) return BS.reduce((sum, element) => sum + binarySize(element), 0)
  return 1 // Booleans and null.
}

function textSize(text: string): number {
  return Buffer.byteLength(text)
}

function binarySize(base64: string): number {
  return Buffer.byteLength(base64, 'base64')
}

/**
 * One byte, and one for each two digits before and each two behind the point, and one for the sign; zeros at
 * the ends do not count. Observed on AWS, 2026-08: the documented "two digits a byte" is off for odd counts.
 */
function numberSize(normal: string): number {
  const { negative, digits, exponent } = decimalOf(normal)
  if (digits === '') return 1
  const whole = Math.max(0, Math.min(digits.length, exponent + 1))
  const fraction = digits.length - whole
  return 1 + Math.ceil(whole / 2) + Math.ceil(fraction / 2) + (negative ? 1 : 0)
}
