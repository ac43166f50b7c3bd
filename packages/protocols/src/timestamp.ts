import type { Member, TimestampFormat } from '@cloud-orrery/models'
import { DecodeProblem, type Place } from './problem.ts'

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const monthNames = [
  ...['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'],
  ...['Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
] as const

/** The format that a member is written in: its own, its target's, or what its place demands. */
export function timestampFormat(member: Member, fallback: TimestampFormat): TimestampFormat {
  return member.timestampFormat ?? member.shape.timestampFormat ?? fallback
}

const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?([Zz]|[+-]\d\d:?\d\d)?$/
const httpPattern =
  /^(?:[A-Za-z]{3,9},? )?(\d{1,2})[ -]([A-Za-z]{3})[ -](\d{4}|\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: (?:GMT|UTC|[+-]0000))?$/
const numberPattern = /^-?\d{1,15}(?:\.\d{1,9})?(?:[eE]\+?\d{1,2})?$/
const basicPattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/**
 * Epoch milliseconds of a timestamp as text, whatever format its member declares: AWS reads ISO 8601 with or
 * without fraction and offset, HTTP dates and epoch seconds alike. `undefined` where it is none of these.
 */
export function timestampOfText(text: string): number | undefined {
  const iso = isoPattern.exec(text)
  if (iso !== null) return isoMilliseconds(iso)
  if (numberPattern.test(text)) return milliseconds(Number(text))
  const http = httpPattern.exec(text)
  if (http !== null) return httpMilliseconds(http)
  return amzDateMilliseconds(text)
}

/** Epoch milliseconds of `20150830T123600Z`, or undefined. */
export function amzDateMilliseconds(text: string): number | undefined {
  const basic = basicPattern.exec(text)
  if (basic === null) return undefined
  const [, year, month, day, hour, minute, second] = basic.map(Number)
  return calendar(year ?? 0, month ?? 0, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0, 0)
}

/** The furthest moment that a date can be, in ms either side of 1970. Source: ECMAScript, "Time Values". */
const momentMax = 8.64e15

/** Seconds as epoch milliseconds: rounded, as fractions are binary. Undefined past the year 275760. */
export function milliseconds(seconds: number): number | undefined {
  const ms = Math.round(seconds * 1000)
  return Math.abs(ms) <= momentMax ? ms : undefined
}

export function readTimestampText(text: string, place: Place, member?: string): number {
  const value = timestampOfText(text)
  if (value === undefined) {
    throw new DecodeProblem('timestamp', `Invalid timestamp: ${text}`, place, member)
  }
  return value
}

function isoMilliseconds(match: RegExpExecArray): number | undefined {
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  const local = calendar(
    Number(year),
    Number(month),
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    fractionMilliseconds(fraction),
  )
  return local === undefined ? undefined : local - offsetMilliseconds(zone)
}

function httpMilliseconds(match: RegExpExecArray): number | undefined {
  const [, day, monthName = '', yearText = '', hour, minute, second, fraction] = match
  const month = monthNames.findIndex((name) => name.toLowerCase() === monthName.toLowerCase()) + 1
  // Two digits are RFC 850's years: a figure past 69 is of the last century.
  const short = Number(yearText)
  const year = yearText.length === 4 ? short : short + (short > 69 ? 1900 : 2000)
  const ms = fractionMilliseconds(fraction)
  return calendar(year, month, Number(day), Number(hour), Number(minute), Number(second), ms)
}

function fractionMilliseconds(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.padEnd(3, '0').slice(0, 3))
}

function offsetMilliseconds(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/** UTC milliseconds; undefined where the calendar has no such moment. A leap second counts as the next. */
function calendar(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60)
    return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1) return undefined
  return date.setUTCHours(hour, minute, second, ms)
}

/** `2014-04-29T18:30:38Z`; milliseconds only where there are any, or always with `fraction`. */
export function writeDateTime(ms: number, fraction = false): string {
  const text = new Date(ms).toISOString()
  return !fraction && text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

/** `Tue, 29 Apr 2014 18:30:38 GMT`: whole seconds, as AWS's headers have. */
export function writeHttpDate(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${dayNames[date.getUTCDay()]}, ${two(date.getUTCDate())} ${monthNames[date.getUTCMonth()]}`
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  return `${day} ${year} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} GMT`
}

/** `20150830T123600Z`. */
export function writeAmzDate(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
}

/** A timestamp as the text of its format. */
export function writeTimestamp(ms: number, format: TimestampFormat, fraction = false): string {
  switch (format) {
    case 'date-time':
      return writeDateTime(ms, fraction)
    case 'http-date':
      return writeHttpDate(ms)
    case 'epoch-seconds':
      return String(ms / 1000)
    default:
      return format satisfies never
  }
}
