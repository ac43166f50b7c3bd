/** Readers of the typed values that condition operators compare. All are pure. */

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

/** A number as `Numeric*` reads it; undefined when the text is none. */
export function readNumber(text: string): number | undefined {
  return decimal.test(text) ? Number(text) : undefined
}

const iso =
  /^(-?\d{1,4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[tT](?:(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?)?(?:(Z|z)|([+-])(\d{2})(?::?(\d{2}))?)?$/
const epochSecondsMax = 9_223_372_036_854_775_807n // AWS reads them into 64 bits.

/**
 * Milliseconds since 1970 of an ISO 8601 date or of epoch seconds; undefined when it is neither.
 * Four digits are a year; any other whole number is epoch seconds.
 * Source: IAM User Guide, "Condition operators", Date; limits as AWS was seen to accept them.
 */
export function readDate(text: string): number | undefined {
  if (/^-?\d+$/.test(text) && !/^\d{4}$/.test(text)) {
    const seconds = BigInt(text)
    return seconds > epochSecondsMax || seconds < -epochSecondsMax
      ? undefined
      : Number(seconds) * 1000
  }
  const match = iso.exec(text)
  if (match === null) return undefined
  const [, year = '0', month = '1', day = '1', hour = '0', minute = '0', second = '0'] = match
  const [fraction = '', , sign, zoneHour = '0', zoneMinute = '0'] = match.slice(7)
  const inRange =
    between(month, 1, 12) &&
    between(day, 1, 31) &&
    between(hour, 0, 24) &&
    between(minute, 0, 59) &&
    between(second, 0, 60) &&
    between(zoneHour, 0, 23) &&
    between(zoneMinute, 0, 59)
  if (!inRange) return undefined
  const ms = Date.UTC(2000, Number(month) - 1, Number(day), Number(hour), Number(minute))
  // Date.UTC reads years below 100 as 19xx, so the year is put in afterwards.
  const whole = new Date(ms).setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const zoneMs = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000 * (sign === '-' ? -1 : 1)
  return whole + Number(second) * 1000 + Number(`0.${fraction || '0'}`) * 1000 - zoneMs
}

function between(text: string, min: number, max: number): boolean {
  const value = Number(text)
  return value >= min && value <= max
}

/** An address block: its bytes as one number, and how many leading bits count. */
export interface Cidr {
  readonly bits: 32 | 128
  readonly network: bigint
  readonly prefix: number
}

/** An IPv4 or IPv6 address, or a block in CIDR form; a bare address is a block of one. */
export function readCidr(text: string): Cidr | undefined {
  const [address = '', prefixText, ...rest] = text.split('/')
  if (rest.length > 0) return undefined
  const bits = address.includes(':') ? 128 : 32
  const network = bits === 128 ? readV6(address) : readV4(address)
  if (network === undefined) return undefined
  if (prefixText === undefined) return { bits, network, prefix: bits }
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > bits) return undefined
  return { bits, network, prefix: Number(prefixText) }
}

/** True when the address lies in the block; addresses of the other family never do. */
export function contains(block: Cidr, address: Cidr): boolean {
  if (block.bits !== address.bits || address.prefix < block.prefix) return false
  const shift = BigInt(block.bits - block.prefix)
  return block.network >> shift === address.network >> shift
}

function readV4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0n
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined
    value = (value << 8n) | BigInt(part)
  }
  return value
}

function readV6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = readGroups(halves[0] ?? '')
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '') : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail]
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n)
}

/** Groups of sixteen bits; a dotted IPv4 tail counts as two. */
function readGroups(text: string): readonly number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    const v4 = i === parts.length - 1 && part.includes('.') ? readV4(part) : undefined
    if (v4 !== undefined) groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn))
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}
