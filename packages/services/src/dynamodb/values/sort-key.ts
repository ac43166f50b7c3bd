import type { AttributeValue, LooseValue } from './attribute-value.ts'
import { decimalOf } from './numbers.ts'

/**
 * A string for ordered tables: among keys of one type, JavaScript's order of these strings is DynamoDB's order of
 * the values, equal strings are equal values, and a string or binary begins with another exactly when its key
 * does. Free of U+0000, so that keys can be joined by it.
 */
export function sortKey(value: AttributeValue): string {
  const { S, N, B } = value as LooseValue // Keys have one of these three types.
  if (S !== undefined) return textKey(S)
  if (N !== undefined) return numberKey(N)
  return escaped(Buffer.from(B ?? '', 'base64').toString('latin1'))
}

const needsCare = /[\uD800-\uDFFF\uFFFF]/

/** As written, but the characters outside the basic plane behind all others, where UTF-8 has them. */
function textKey(text: string): string {
  if (!needsCare.test(text)) return escaped(text)
  return escaped(text.replaceAll('\uFFFF', '\uFFFF\u0002')).replace(
    /[\uD800-\uDBFF]/g,
    (high) => `\uFFFF\u0003${high}`,
  )
}

function escaped(text: string): string {
  if (!text.includes('\0') && !text.includes('\x01')) return text
  return text.replaceAll('\x01', '\x01\x02').replaceAll('\0', '\x01\x01')
}

/** Sign, exponent, digits; for negative numbers all of them turned round. */
function numberKey(normal: string): string {
  const { negative, digits, exponent } = decimalOf(normal)
  if (digits === '') return '1'
  if (!negative) return `2${String(exponent + 500)}${digits}`
  let complement = ''
  for (let i = 0; i < digits.length; i += 1) complement += 9 - (digits.charCodeAt(i) - 48)
  return `0${String(499 - exponent)}${complement}~` // The end of a negative number is behind its further digits.
}
