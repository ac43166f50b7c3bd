/**
 * AWS's cron expressions, as EventBridge rules and EventBridge Scheduler read them: six fields, minutes,
 * hours, day of month, month, day of week, year. Source: EventBridge User Guide, "Cron expressions
 * reference". Times are a wall clock's, written as if it were UTC; a caller with a time zone converts.
 */
export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly months: readonly number[]
  readonly years: readonly number[]
  /** Days of a month that match, in order. `month` is 1 to 12. */
  readonly daysOf: (year: number, month: number) => readonly number[]
}

interface FieldRange {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const monthNames = [
  'JAN',
  'FEB',
  'MAR',
  'APR',
  'MAY',
  'JUN',
  'JUL',
  'AUG',
  'SEP',
  'OCT',
  'NOV',
  'DEC',
]
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const ranges = {
  minutes: { min: 0, max: 59 },
  hours: { min: 0, max: 23 },
  days: { min: 1, max: 31 },
  months: { min: 1, max: 12, names: monthNames },
  weekdays: { min: 1, max: 7, names: dayNames },
  years: { min: 1970, max: 2199 },
} as const satisfies Record<string, FieldRange>

const minuteMs = 60_000

type Days = (year: number, month: number) => Iterable<number>

/** Reads the inside of `cron(...)`; undefined where AWS refuses it. */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().split(/\s+/)
  const [
    minuteText = '',
    hourText = '',
    dayText = '',
    monthText = '',
    weekdayText = '',
    yearText = '',
  ] = fields
  // One of the two kinds of day must be left open, and not both.
  if (fields.length !== 6 || (dayText === '?') === (weekdayText === '?')) return undefined
  const minutes = numbers(minuteText, ranges.minutes)
  const hours = numbers(hourText, ranges.hours)
  const months = numbers(monthText, ranges.months)
  const years = numbers(yearText, ranges.years)
  const days = dayText === '?' ? weekdaysField(weekdayText) : daysField(dayText)
  if (!minutes || !hours || !months || !years || !days) return undefined
  return { minutes, hours, months, years, daysOf: (year, month) => sorted(days(year, month)) }
}

/** The first matching moment after one, in ms; undefined when there is none any more. */
export function nextCronMs(cron: Cron, afterMs: number): number | undefined {
  const from = new Date(Math.floor(afterMs / minuteMs) * minuteMs + minuteMs)
  const start = [from.getUTCFullYear(), from.getUTCMonth() + 1, from.getUTCDate()] as const
  const startMinute = from.getUTCHours() * 60 + from.getUTCMinutes()
  for (const year of cron.years) {
    if (year < start[0]) continue
    for (const month of cron.months) {
      if (year === start[0] && month < start[1]) continue
      const firstMonth = year === start[0] && month === start[1]
      for (const day of cron.daysOf(year, month)) {
        if (firstMonth && day < start[2]) continue
        const minute = minuteFrom(cron, firstMonth && day === start[2] ? startMinute : 0)
        if (minute !== undefined) return Date.UTC(year, month - 1, day, 0, minute)
      }
    }
  }
  return undefined
}

/** First matching minute of a day, counted from midnight, at or after one. */
function minuteFrom({ hours, minutes }: Cron, startMinute: number): number | undefined {
  for (const hour of hours) {
    for (const minute of minutes) {
      if (hour * 60 + minute >= startMinute) return hour * 60 + minute
    }
  }
  return undefined
}

function sorted(values: Iterable<number>): number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

/** `1,5-9,0/15,*`: the numbers that a field names; undefined where it is malformed. */
function numbers(text: string, range: FieldRange): readonly number[] | undefined {
  const found: number[] = []
  for (const part of text.split(',')) {
    const values = partNumbers(part, range)
    if (values === undefined) return undefined
    found.push(...values)
  }
  return sorted(found)
}

function partNumbers(part: string, range: FieldRange): readonly number[] | undefined {
  const [body = '', stepText, ...more] = part.split('/')
  const step = stepText === undefined ? 1 : whole(stepText)
  if (more.length > 0 || step === undefined || step < 1 || step > range.max) return undefined
  let [from, to]: (number | undefined)[] = [range.min, range.max]
  if (body !== '*') {
    const [first = '', last, ...rest] = body.split('-')
    if (rest.length > 0) return undefined
    from = numberOf(first, range)
    to = last === undefined ? (stepText === undefined ? from : range.max) : numberOf(last, range)
  }
  if (from === undefined || to === undefined) return undefined
  // A range may go past the end of its field: FRI-MON, 22-2.
  const length = to >= from ? to - from : range.max - from + 1 + (to - range.min)
  const values: number[] = []
  for (let at = 0; at <= length; at += step) {
    const value = from + at
    values.push(value > range.max ? value - range.max - 1 + range.min : value)
  }
  return values
}

function numberOf(text: string, range: FieldRange): number | undefined {
  const named = range.names?.indexOf(text.toUpperCase()) ?? -1
  const value = named === -1 ? whole(text) : named + range.min
  return value === undefined || value < range.min || value > range.max ? undefined : value
}

function whole(text: string): number | undefined {
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined
}

/** Day of month: numbers, `L` (the last), `LW` (the last weekday), `15W` (the weekday nearest to it). */
function daysField(text: string): Days | undefined {
  return allOf(text, (part) => {
    if (part === 'L') return (year, month) => [daysIn(year, month)]
    if (part === 'LW') return (year, month) => [nearestWeekday(year, month, daysIn(year, month))]
    const nearest = /^(\d{1,2})W$/.exec(part)
    if (nearest !== null) {
      const wanted = numberOf(nearest[1] ?? '', ranges.days)
      if (wanted === undefined) return undefined
      return (year, month) =>
        wanted > daysIn(year, month) ? [] : [nearestWeekday(year, month, wanted)]
    }
    const days = partNumbers(part, ranges.days)
    return days && ((year, month) => days.filter((day) => day <= daysIn(year, month)))
  })
}

/** Day of week: numbers or names (1 is Sunday), `L` (Saturday), `6L` (the last Friday), `6#3` (the third). */
function weekdaysField(text: string): Days | undefined {
  return allOf(text, (part) => {
    if (part === 'L') return (year, month) => weekdaysIn(year, month, 7)
    const last = /^(\d|[A-Za-z]{3})L$/.exec(part)
    if (last !== null) {
      const weekday = numberOf(last[1] ?? '', ranges.weekdays)
      return weekday && ((year, month) => weekdaysIn(year, month, weekday).slice(-1))
    }
    const nth = /^(\d|[A-Za-z]{3})#([1-5])$/.exec(part)
    if (nth !== null) {
      const weekday = numberOf(nth[1] ?? '', ranges.weekdays)
      const at = Number(nth[2]) - 1
      return weekday && ((year, month) => weekdaysIn(year, month, weekday).slice(at, at + 1))
    }
    const weekdays = partNumbers(part, ranges.weekdays)
    return (
      weekdays && ((year, month) => weekdays.flatMap((weekday) => weekdaysIn(year, month, weekday)))
    )
  })
}

function allOf(text: string, read: (part: string) => Days | 0 | undefined): Days | undefined {
  const parts: Days[] = []
  for (const part of text.split(',')) {
    const days = read(part)
    if (!days) return undefined
    parts.push(days)
  }
  return (year, month) => parts.flatMap((days) => [...days(year, month)])
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** 1 is Sunday. */
function weekdayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1
}

function weekdaysIn(year: number, month: number, weekday: number): number[] {
  const first = 1 + ((weekday - weekdayOf(year, month, 1) + 7) % 7)
  const days: number[] = []
  for (let day = first; day <= daysIn(year, month); day += 7) days.push(day)
  return days
}

/** Monday to Friday nearest to a day, without leaving the month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day)
  if (weekday === 7) return day === 1 ? day + 2 : day - 1
  if (weekday === 1) return day === daysIn(year, month) ? day - 2 : day + 1
  return day
}
