/**
 * A finite decimal: `digits` read as `d.ddd` times ten to the `exponent`. Without leading and trailing
 * zeros; zero has no digits, and the exponent that it was written with.
 */
export interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: number
}

const numeral = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

const zero: Decimal = { negative: false, digits: '', exponent: 0 }

/** The number that the text writes, exponents as they are; undefined where it writes none. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = numeral.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const all = whole + fraction
  let start = 0
  while (start < all.length && all.charCodeAt(start) === 48) start += 1
  if (start === all.length) return { ...zero, exponent: Number(exponent) }
  let end = all.length
  while (all.charCodeAt(end - 1) === 48) end -= 1
  return {
    negative: sign === '-',
    digits: all.slice(start, end),
    exponent: Number(exponent) + whole.length - 1 - start,
  }
}

/** Written without an exponent and without needless zeros: the one text that the number has in a table. */
export function formatDecimal({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0'
  const sign = negative ? '-' : ''
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0')
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

/** Negative where `a` is less, positive where it is more. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const signs = signOf(a) - signOf(b)
  if (signs !== 0) return signs
  if (a.digits === '') return 0
  const magnitude =
    a.exponent === b.exponent
      ? a.digits < b.digits
        ? -1
        : a.digits > b.digits
          ? 1
          : 0
      : a.exponent - b.exponent
  return a.negative ? -magnitude : magnitude
}

/** The exponent as written after the `e`, which may be past all numbers; undefined where there is none. */
export function writtenExponent(text: string): bigint | undefined {
  const exponent = numeral.exec(text)?.[4]
  return exponent === undefined ? undefined : BigInt(exponent)
}

function signOf({ negative, digits }: Decimal): number {
  if (digits === '') return 0
  return negative ? -1 : 1
}

/** The exact sum. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.digits === '') return b
  if (b.digits === '') return a
  const scale = Math.min(lowestPlace(a), lowestPlace(b))
  const sum = scaled(a, scale) + scaled(b, scale)
  const parsed = parseDecimal(`${sum}e${scale}`)
  return parsed ?? zero
}

export function negated(value: Decimal): Decimal {
  return { ...value, negative: !value.negative && value.digits !== '' }
}

function lowestPlace({ digits, exponent }: Decimal): number {
  return exponent - digits.length + 1
}

function scaled(value: Decimal, scale: number): bigint {
  const magnitude = BigInt(value.digits) * 10n ** BigInt(lowestPlace(value) - scale)
  return value.negative ? -magnitude : magnitude
}
