import { templateOutputMax, templateStepsMax } from '../limits.ts'
import { TemplateError } from './ast.ts'
import { javaPattern } from './patterns.ts'
import { areEqual, fitting, isMap, JavaList, shownText, tooLarge, type VtlMap } from './values.ts'

export type Method = (...args: unknown[]) => unknown

/** A method of a value by its name in Java; undefined where values of its kind have none. */
export function methodOf(value: unknown, name: string): Method | undefined {
  if (typeof value === 'string') return own(stringMethods(value), name)
  if (typeof value === 'number') return own(numberMethods(value), name)
  if (typeof value === 'boolean') return own({ toString: () => String(value) }, name)
  if (Array.isArray(value)) return own(listMethods(value), name)
  if (isMap(value)) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined
    // Only functions that Orrery put there: JSON has none.
    if (typeof member === 'function') return member as Method
    return own(mapMethods(value), name)
  }
  return undefined
}

function own(methods: Record<string, Method>, name: string): Method | undefined {
  return Object.hasOwn(methods, name) ? methods[name] : undefined
}

function text(value: unknown): string {
  return shownText(value)
}

function list(items: Iterable<unknown>): JavaList {
  const made = new JavaList()
  for (const item of items) made.push(item)
  return made
}

function stringMethods(value: string): Record<string, Method> {
  const patternOf = (source: unknown, flags: string) =>
    javaPattern(text(source), flags, value.length)
  return {
    length: () => value.length,
    isEmpty: () => value === '',
    isBlank: () => value.trim() === '',
    substring: (from, to) =>
      value.substring(Number(from), to === undefined ? undefined : Number(to)),
    contains: (part) => value.includes(text(part)),
    startsWith: (part) => value.startsWith(text(part)),
    endsWith: (part) => value.endsWith(text(part)),
    indexOf: (part, from) =>
      value.indexOf(text(part), from === undefined ? undefined : Number(from)),
    lastIndexOf: (part) => value.lastIndexOf(text(part)),
    replace: (from, to) => replaced(value, text(from), () => text(to)),
    replaceAll: (from, to) => replaced(value, patternOf(from, 'g'), filledBy(text(to))),
    replaceFirst: (from, to) => replaced(value, patternOf(from, ''), filledBy(text(to))),
    matches: (whole) => {
      const pattern = javaPattern(`^(?:${text(whole)})$`, '', value.length)
      return withinStack(() => pattern.test(value))
    },
    split: (by) => {
      const separator = javaPattern(text(by), '', value.length)
      const parts = withinStack(() => value.split(separator))
      while (parts.length > 1 && parts.at(-1) === '') parts.pop() // As Java does.
      return list(parts)
    },
    toLowerCase: () => value.toLowerCase(),
    toUpperCase: () => value.toUpperCase(),
    trim: () => value.trim(),
    strip: () => value.trim(),
    concat: (more) => fitting(value + text(more)),
    charAt: (at) => value.charAt(Number(at)),
    equals: (other) => value === other,
    equalsIgnoreCase: (other) => value.toLowerCase() === text(other).toLowerCase(),
    compareTo: (other) => (value < text(other) ? -1 : value > text(other) ? 1 : 0),
    toString: () => value,
  }
}

type Replacement = (groups: readonly unknown[]) => string

/** A text whose parts are replaced: refused before it is larger than what a template may put out. */
function replaced(value: string, from: string | RegExp, to: Replacement): string {
  let length = 0
  const counted = (...groups: readonly unknown[]): string => {
    const part = to(groups)
    length += part.length
    if (length > templateOutputMax) throw tooLarge()
    return part
  }
  const made = withinStack(() =>
    typeof from === 'string' ? value.replaceAll(from, counted) : value.replace(from, counted),
  )
  return fitting(made)
}

/** V8 gives up on a pattern whose way back through a long text is longer than its stack. */
function withinStack<T>(match: () => T): T {
  try {
    return match()
  } catch (error) {
    throw error instanceof RangeError ? tooLarge() : error
  }
}

/** `$1` is the first group, and a backslash takes the next character as it is. Source: Java, `Matcher.replaceAll`. */
function filledBy(template: string): Replacement {
  if (!/[\\$]/.test(template)) return () => template
  return (groups) =>
    template.replace(/\\(.)|\$(\d)/g, (_, literal?: string, group?: string) =>
      literal === undefined ? String(groups[Number(group)] ?? '') : literal,
    )
}

function numberMethods(value: number): Record<string, Method> {
  return {
    toString: () => text(value),
    intValue: () => Math.trunc(value),
    longValue: () => Math.trunc(value),
    doubleValue: () => value,
    equals: (other) => value === other,
    parseInt: (digits) => Number.parseInt(text(digits), 10),
    compareTo: (other) => Math.sign(value - Number(other)),
  }
}

function listMethods(value: unknown[]): Record<string, Method> {
  return {
    size: () => value.length,
    isEmpty: () => value.length === 0,
    get: (at) => value[Number(at)],
    contains: (item) => value.some((it) => areEqual(it, item)),
    indexOf: (item) => value.findIndex((it) => areEqual(it, item)),
    add: (...args) => {
      const [first, second] = args
      if (args.length > 1) value.splice(Number(first), 0, second)
      else value.push(first)
      return args.length > 1 ? undefined : true
    },
    addAll: (items) => {
      if (!Array.isArray(items)) return true
      if (value.length + items.length > templateStepsMax) {
        throw new TemplateError('A list is too long')
      }
      for (const item of [...items]) value.push(item)
      return true
    },
    set: (at, item) => {
      const before = value[Number(at)]
      value[Number(at)] = item
      return before
    },
    remove: (at) => value.splice(Number(at), 1)[0],
    clear: () => void value.splice(0),
    subList: (from, to) => list(value.slice(Number(from), Number(to))),
    iterator: () => value,
    toString: () => text(value),
    equals: (other) => text(value) === text(other),
  }
}

function mapMethods(value: VtlMap): Record<string, Method> {
  return {
    get: (key) => (Object.hasOwn(value, text(key)) ? value[text(key)] : undefined),
    put: (key, item) => {
      const before = Object.hasOwn(value, text(key)) ? value[text(key)] : undefined
      define(value, text(key), item)
      return before
    },
    putAll: (more) => {
      for (const [key, item] of Object.entries(isMap(more) ? more : {})) define(value, key, item)
    },
    getOrDefault: (key, other) => (Object.hasOwn(value, text(key)) ? value[text(key)] : other),
    containsKey: (key) => Object.hasOwn(value, text(key)),
    containsValue: (item) => Object.values(value).some((it) => areEqual(it, item)),
    keySet: () => list(Object.keys(value)),
    values: () => list(Object.values(value)),
    entrySet: () =>
      list(
        Object.entries(value).map(([key, item]) => ({
          key,
          value: item,
          getKey: () => key,
          getValue: () => item,
        })),
      ),
    size: () => Object.keys(value).length,
    isEmpty: () => Object.keys(value).length === 0,
    remove: (key) => {
      const before = value[text(key)]
      delete value[text(key)]
      return before
    },
    toString: () => text(value),
    equals: (other) => text(value) === text(other),
  }
}

/** A member of any name, `__proto__` too, as one of the map's own. */
export function define(map: VtlMap, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true })
}
