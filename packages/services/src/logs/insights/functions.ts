import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import type { Row, Value } from './records.ts'
import { shownTime } from './records.ts'
import { type Expression, QueryError } from './syntax.ts'

export interface CallSurroundings {
  readonly nowMs: number
}

type Evaluated = (row: Row) => Value | undefined

type FunctionMaker = (
  args: readonly Expression[],
  around: CallSurroundings,
  compile: (arg: Expression) => Evaluated,
) => Evaluated

/** Functions of expressions. Source: Logs Insights, Supported operations and functions. */
const functions: Readonly<Record<string, FunctionMaker>> = {
  abs: numeric((value = 0) => Math.abs(value)),
  ceil: numeric((value = 0) => Math.ceil(value)),
  floor: numeric((value = 0) => Math.floor(value)),
  log: numeric((value = 0) => Math.log(value)),
  sqrt: numeric((value = 0) => Math.sqrt(value)),
  greatest: numeric((...values) => Math.max(...values)),
  least: numeric((...values) => Math.min(...values)),
  ispresent: of((value) => Number(value !== undefined)),
  isempty: of((value) => Number(value === undefined || value === '')),
  isblank: of((value) => Number(value === undefined || String(value).trim() === '')),
  coalesce: of((...values) => values.find((value) => value !== undefined)),
  concat: texts((...parts) => bounded(lengthOf(parts), () => parts.join(''))),
  trim: texts((text = '', characters) => trimmed(text, characters, true, true)),
  ltrim: texts((text = '', characters) => trimmed(text, characters, true, false)),
  rtrim: texts((text = '', characters) => trimmed(text, characters, false, true)),
  strlen: texts((text = '') => [...text].length),
  toupper: texts((text = '') => text.toUpperCase()),
  tolower: texts((text = '') => text.toLowerCase()),
  substr: texts((text = '', start = '0', length) =>
    [...text]
      .slice(Number(start), length === undefined ? undefined : Number(start) + Number(length))
      .join(''),
  ),
  replace: texts((text = '', from = '', to = '') => {
    const parts = text.split(from)
    return bounded(lengthOf(parts) + (parts.length - 1) * to.length, () => parts.join(to))
  }),
  strcontains: texts((text = '', part = '') => Number(text.includes(part))),
  isvalidip: texts((text = '') => Number(isIP(text) !== 0)),
  isvalidipv4: texts((text = '') => Number(isIPv4(text))),
  isvalidipv6: texts((text = '') => Number(isIPv6(text))),
  isipinsubnet: texts((text = '', subnet = '') => inSubnet(text, subnet, isIP(text))),
  isipv4insubnet: texts((text = '', subnet = '') => inSubnet(text, subnet, isIPv4(text) ? 4 : 0)),
  isipv6insubnet: texts((text = '', subnet = '') => inSubnet(text, subnet, isIPv6(text) ? 6 : 0)),
  now:
    (_, { nowMs }) =>
    () =>
      Math.floor(nowMs / 1000),
  frommillis: numeric((value = 0) => value),
  tomillis: numeric((value = 0) => value),
  // Without a field the time of the event.
  bin: (args) => {
    const period = periodOf(args[0])
    return (row) => floored(Number(row.get('@timestamp') ?? 0), period)
  },
  datefloor: (args, _, compile) => dated(args, compile, (atMs, period) => floored(atMs, period)),
  dateceil: (args, _, compile) =>
    dated(args, compile, (atMs, period) => {
      const start = floored(atMs, period)
      return start === atMs ? atMs : next(start, period)
    }),
}

/** Throws QueryError. Names such as `constructor` are no functions. */
export function functionNamed(name: string): FunctionMaker {
  const made = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (made === undefined) throw new QueryError(`Invalid function name ${name}`, 0, 0)
  return made
}

/** Characters of a text that a query makes: those of the largest event. The bound is ours; AWS names none. */
const textLengthMax = 1_048_576

/** A text that would be longer is not known, so that no query of doubled texts takes all memory. */
function bounded(length: number, text: () => string): string | undefined {
  return length > textLengthMax ? undefined : text()
}

function lengthOf(parts: readonly (string | undefined)[]): number {
  return parts.reduce((total, part) => total + (part?.length ?? 0), 0)
}

/** Functions whose value is a moment: results show it as one. */
export function isMoment(expression: Expression): boolean {
  if (expression.kind === 'field') {
    return expression.name === '@timestamp' || expression.name === '@ingestionTime'
  }
  return (
    expression.kind === 'call' &&
    ['bin', 'datefloor', 'dateceil', 'frommillis', 'earliest', 'latest', 'min', 'max'].includes(
      expression.name,
    ) &&
    (['bin', 'frommillis'].includes(expression.name) ||
      (expression.args[0] !== undefined && isMoment(expression.args[0])))
  )
}

/** ms since 1970: past it no calendar goes. */
const momentMax = 8.64e15

export function shown(value: Value, moment: boolean): string {
  if (moment && typeof value === 'number' && Math.abs(value) <= momentMax) return shownTime(value)
  // Longer fractions are cut, as results show them.
  return typeof value === 'number' ? String(Math.round(value * 10_000) / 10_000) : value
}

function of(work: (...values: readonly (Value | undefined)[]) => Value | undefined): FunctionMaker {
  return (args, _, compile) => {
    const given = args.map(compile)
    return (row) => work(...given.map((it) => it(row)))
  }
}

/** Undefined where one argument is no number. */
function numeric(work: (...values: readonly number[]) => number): FunctionMaker {
  return of((...values) => {
    const numbers = values.map((value) =>
      value === undefined || value === '' ? Number.NaN : Number(value),
    )
    if (numbers.some((number) => Number.isNaN(number))) return undefined
    const result = work(...numbers)
    return Number.isFinite(result) ? result : undefined
  })
}

/** Undefined where the first argument is missing. */
function texts(
  work: (...values: readonly (string | undefined)[]) => Value | undefined,
): FunctionMaker {
  return of((...values) =>
    values[0] === undefined
      ? undefined
      : work(...values.map((value) => (value === undefined ? undefined : String(value)))),
  )
}

function trimmed(text: string, characters = ' \t\n\r', left: boolean, right: boolean): string {
  const all = [...text]
  let [from, to] = [0, all.length]
  while (left && from < to && characters.includes(all[from] ?? '')) from += 1
  while (right && to > from && characters.includes(all[to - 1] ?? '')) to -= 1
  return all.slice(from, to).join('')
}

function inSubnet(text: string, subnet: string, family: number): number {
  const [network = '', bits = ''] = subnet.split('/')
  if (family === 0 || isIP(network) !== family) return 0
  const prefix = Number(bits)
  if (bits === '' || !(prefix >= 0 && prefix <= (family === 4 ? 32 : 128))) return 0
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, prefix, kind)
  return Number(list.check(text, kind))
}

interface PeriodLength {
  readonly count: number
  /** ms, or calendar months. */
  readonly unit: number | 'month'
}

const units: Readonly<Record<string, PeriodLength['unit']>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

const months: Readonly<Record<string, number>> = { mo: 1, q: 3, y: 12 }

/** `5m`, `1h`, `30s`, also `5min`, `1hour`. */
function periodOf(argument: Expression | undefined): PeriodLength {
  const written = argument?.kind === 'field' ? argument.name : ''
  const match =
    /^(\d+)(ms|msec|s|sec|m|min|h|hr|hour|d|day|w|week|mo|mon|month|q|qtr|quarter|y|yr|year)s?$/.exec(
      written,
    )
  if (match === null || Number(match[1]) === 0 || Number(match[1]) > 1e6) {
    throw new QueryError(`Invalid period ${written}`, 0, 0)
  }
  const word = match[2] ?? ''
  const unit = word.startsWith('mo') ? 'mo' : word.startsWith('ms') ? 'ms' : word.charAt(0)
  const calendar = months[unit]
  const count = Number(match[1])
  if (calendar !== undefined) return { count: count * calendar, unit: 'month' }
  return { count, unit: units[unit] ?? 1000 }
}

function floored(atMs: number, { count, unit }: PeriodLength): number {
  if (unit !== 'month') return Math.floor(atMs / (count * unit)) * count * unit
  const date = new Date(atMs)
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth()
  const start = Math.floor(month / count) * count
  return Date.UTC(Math.floor(start / 12), start % 12)
}

function next(startMs: number, { count, unit }: PeriodLength): number {
  if (unit !== 'month') return startMs + count * unit
  const date = new Date(startMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count)
}

function dated(
  args: readonly Expression[],
  compile: (arg: Expression) => Evaluated,
  work: (atMs: number, period: PeriodLength) => number,
): Evaluated {
  const [moment, written] = args
  if (moment === undefined) throw new QueryError('A moment and a period are expected', 0, 0)
  const period = periodOf(written)
  const value = compile(moment)
  return (row) => {
    const atMs = Number(value(row))
    return Math.abs(atMs) <= momentMax ? work(atMs, period) : undefined
  }
}
