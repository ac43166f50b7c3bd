import {
  addDecimals,
  type Decimal,
  formatDecimal,
  negated,
  parseDecimal,
  writtenExponent,
} from './decimal.ts'
import { problems, type ValueCheck } from './errors.ts'
import { exponentMax, exponentMin, significantDigitsMax } from './limits.ts'

/** Integers that need no work: as written is as stored, and a double holds them exactly. */
const plainInteger = /^(?:0|-?[1-9]\d{0,14})$/

/** The text under which the number is stored. Throws `ValueProblem`. */
export function normalNumber(text: string, check: ValueCheck = 'current'): string {
  if (plainInteger.test(text)) return text
  const decimal = parseDecimal(text)
  if (decimal === undefined) throw problems.notANumber(text, check)
  const exponent = writtenExponent(text)
  if (exponent !== undefined) checkWritten(text, exponent, check)
  return storedNumber(decimal)
}

const integer32Max = 2n ** 31n - 1n
const integer64Max = 2n ** 63n - 1n

/**
 * An exponent must fit an integer, of 64 bits or, in the older way, 32, where the largest one wraps round.
 * Observed on AWS, 2026-10.
 */
function checkWritten(text: string, exponent: bigint, check: ValueCheck): void {
  const max = check === 'older' ? integer32Max : integer64Max
  if (exponent > max || exponent < -max) throw problems.notANumber(text, check)
  if (check === 'older' && exponent === integer32Max) throw problems.underflow()
}

function storedNumber(decimal: Decimal): string {
  if (decimal.exponent > exponentMax) throw problems.overflow()
  if (decimal.exponent < exponentMin) throw problems.underflow()
  if (decimal.digits.length > significantDigitsMax) throw problems.tooManyDigits()
  return formatDecimal(decimal)
}

/** A stored number's parts. */
export function decimalOf(normal: string): Decimal {
  const decimal = parseDecimal(normal)
  if (decimal === undefined) throw problems.notANumber(normal, 'current')
  return decimal
}

/** The sum of two stored numbers as it is stored. Throws `ValueProblem` where no number can hold it. */
export function addNumbers(a: string, b: string): string {
  if (plainInteger.test(a) && plainInteger.test(b)) return String(Number(a) + Number(b))
  return storedNumber(addDecimals(decimalOf(a), decimalOf(b)))
}

/** As `addNumbers`, for `a` less `b`. */
export function subtractNumbers(a: string, b: string): string {
  if (plainInteger.test(a) && plainInteger.test(b)) return String(Number(a) - Number(b))
  return storedNumber(addDecimals(decimalOf(a), negated(decimalOf(b))))
}

/** Whether a double holds the stored number exactly. */
export function isPlainInteger(normal: string): boolean {
  return plainInteger.test(normal)
}
