import { momentOf, offsetMs } from './zone.ts'

const RealDate = Date
const realTimezoneOffset = RealDate.prototype.getTimezoneOffset
const RealDateTimeFormat = Intl.DateTimeFormat

const fields = ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'] as const
const textOptions: Record<string, Intl.DateTimeFormatOptions> = {
  toLocaleString: {},
  toLocaleDateString: {},
  toLocaleTimeString: {},
}

/** Text of a date without a place: it is local time, unless it is a date alone. Source: ECMAScript, `Date.parse`. */
const zoned = /(Z|[+-]\d\d:?\d\d|GMT|UTC|\b[ECMP][SD]T\b)\s*(\([^)]*\))?\s*$/i
const dateAlone = /^[+-]?\d{4,6}(-\d\d(-\d\d)?)?$/

/**
 * Makes `Date` and the formats of `Intl` go by the model's clock and by the zone of the environment, whatever the
 * zone of this machine is.
 */
export function replaceDate(nowMs: () => number, zone: string): void {
  const parse = (text: string): number => {
    const parsed = RealDate.parse(text)
    if (zoned.test(text) || dateAlone.test(text.trim()) || Number.isNaN(parsed)) return parsed
    // The machine took it for its own local time; what it showed there is what was written.
    const minutes = Reflect.apply(realTimezoneOffset, new RealDate(parsed), [])
    return momentOf(zone, parsed - minutes * 60_000)
  }

  const ModelDate = function (this: unknown, ...args: unknown[]) {
    if (new.target === undefined) return new Date(nowMs()).toString()
    const [first] = args
    let timeMs: unknown = first
    if (args.length === 0) timeMs = Math.floor(nowMs())
    else if (args.length > 1) timeMs = momentOf(zone, Reflect.apply(RealDate.UTC, RealDate, args))
    else if (typeof first === 'string') timeMs = parse(first)
    else if (typeof first === 'object' && first !== null && !(first instanceof RealDate)) {
      const primitive = primitiveOf(first)
      timeMs = typeof primitive === 'string' ? parse(primitive) : primitive
    }
    return Reflect.construct(RealDate, [timeMs], new.target)
  }
  Object.defineProperties(ModelDate, {
    name: { value: 'Date' },
    length: { value: 7 },
    prototype: { value: RealDate.prototype, writable: false },
    now: { value: () => Math.floor(nowMs()), writable: true, configurable: true },
    parse: { value: parse, writable: true, configurable: true },
    UTC: { value: RealDate.UTC, writable: true, configurable: true },
  })
  const { prototype } = RealDate
  define(prototype, 'constructor', ModelDate)
  define(globalThis, 'Date', ModelDate)
  replaceFields(prototype, zone)
  replaceTexts(prototype, zone)
  replaceFormats(nowMs, zone)
}

function primitiveOf(value: object): unknown {
  const convert: unknown = Reflect.get(value, Symbol.toPrimitive)
  if (typeof convert === 'function') return Reflect.apply(convert, value, ['default'])
  const plain: unknown = value.valueOf()
  return typeof plain === 'object' ? String(value) : plain
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  })
}

/** Readers and writers of local fields work on a date that shows the zone's wall clock as UTC. */
function replaceFields(prototype: Date, zone: string): void {
  const shownOf = (date: Date) => new RealDate(date.getTime() + offsetMs(zone, date.getTime()))
  for (const field of [...fields, 'Day'] as const) {
    const read = Reflect.get(prototype, `getUTC${field}`)
    define(prototype, `get${field}`, function (this: Date) {
      return Reflect.apply(read, shownOf(this), [])
    })
  }
  for (const field of fields) {
    const write = Reflect.get(prototype, `setUTC${field}`)
    define(prototype, `set${field}`, function (this: Date, ...args: unknown[]) {
      const shown = Number.isNaN(this.getTime()) ? new RealDate(0) : shownOf(this)
      if (Number.isNaN(this.getTime()) && field !== 'FullYear') return Number.NaN
      return this.setTime(momentOf(zone, Reflect.apply(write, shown, args)))
    })
  }
  define(prototype, 'getYear', function (this: Date) {
    return this.getFullYear() - 1900
  })
  define(prototype, 'getTimezoneOffset', function (this: Date) {
    const minutes = -offsetMs(zone, this.getTime()) / 60_000
    return Number.isNaN(this.getTime()) ? Number.NaN : minutes || 0
  })
}

function replaceTexts(prototype: Date, zone: string): void {
  const zoneName = (date: Date) => {
    const style = { timeZone: zone, timeZoneName: 'long' } as const
    const parts = new RealDateTimeFormat('en-US', style).formatToParts(date)
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone
  }
  const shownText = (date: Date) => {
    const offset = offsetMs(zone, date.getTime())
    const minutes = Math.abs(offset) / 60_000
    const pad = (value: number) => String(Math.floor(value)).padStart(2, '0')
    const sign = offset < 0 ? '-' : '+'
    const shown = new RealDate(date.getTime() + offset)
    // `Thu, 01 Jan 2026 00:00:00 GMT`
    const [week = '', day, month, year, time] = shown.toUTCString().split(' ')
    return {
      date: `${week.replace(',', '')} ${month} ${day} ${year}`,
      time: `${time} GMT${sign}${pad(minutes / 60)}${pad(minutes % 60)} (${zoneName(date)})`,
    }
  }
  const invalid = 'Invalid Date'
  define(prototype, 'toDateString', function (this: Date) {
    return Number.isNaN(this.getTime()) ? invalid : shownText(this).date
  })
  define(prototype, 'toTimeString', function (this: Date) {
    return Number.isNaN(this.getTime()) ? invalid : shownText(this).time
  })
  define(prototype, 'toString', function (this: Date) {
    if (Number.isNaN(this.getTime())) return invalid
    const { date, time } = shownText(this)
    return `${date} ${time}`
  })
  for (const name of Object.keys(textOptions)) {
    const real = Reflect.get(prototype, name)
    define(prototype, name, function (this: Date, locales?: unknown, options?: object) {
      return Reflect.apply(real, this, [locales, { timeZone: zone, ...options }])
    })
  }
}

function replaceFormats(nowMs: () => number, zone: string): void {
  class DateTimeFormat extends RealDateTimeFormat {
    constructor(
      locales?: Intl.LocalesArgument,
      { timeZone = zone, ...options }: Intl.DateTimeFormatOptions = {},
    ) {
      super(locales, { timeZone, ...options })
    }
    override formatToParts(date?: Date | number) {
      return super.formatToParts(date ?? nowMs())
    }
  }
  const realFormat = Object.getOwnPropertyDescriptor(RealDateTimeFormat.prototype, 'format')
  Object.defineProperty(DateTimeFormat.prototype, 'format', {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      const format = Reflect.apply(realFormat?.get ?? (() => undefined), this, [])
      return (date?: Date | number) => Reflect.apply(format, undefined, [date ?? nowMs()])
    },
  })
  // It can be called without `new`, as a class cannot.
  const callable = new Proxy(DateTimeFormat, {
    apply: (target, _, args) => Reflect.construct(target, args),
  })
  define(Intl, 'DateTimeFormat', callable)
}
