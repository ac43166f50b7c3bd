import { addDecimals, type Decimal, formatDecimal, negated, parseDecimal } from './decimal.ts'
import { problems } from './errors.ts'
import { exponentMax, exponentMin, significantDigitsMax } from './limits.ts'

/** Integers that need no work: as written is as stored, and a double holds them exactly. */
const plainInteger = /^(?:0|-?[1-9]\d{0,14})$/

/** The text under which the number is stored. Throws `ValueProblem`. */
export function normalNumber(text: string): string {
  if (plainInteger.test(text)) return text
  if (text === '') throw problems.emptyNumber()
  const decimal = parseDecimal(text)
  if (decimal === undefined) throw problems.notANumber(text)
  return storedNumber(decimal)
}

function storedNumber(decimal: Decimal): string {
  if (decimal.digits !== '') {
    if (decimal.exponent > exponentMax) throw problems.overflow()
    if (decimal.exponent < exponentMin) throw problems.underflow()
    if (decimal.digits.length > significantDigitsMax) throw problems.tooManyDigits()
  }
  return formatDecimal(decimal)
}

/** A stored number's parts. */
export function decimalOf(normal: string): Decimal {
  const decimal = parseDecimal(normal)
  if (decimal === undefined) throw problems.notANumber(normal)
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
