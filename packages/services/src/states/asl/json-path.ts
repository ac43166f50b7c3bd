import { isArray, isObject, type Json } from './json.ts'
import type { FilterExpression, Operand, Segment } from './json-path-parser.ts'
import { JsonPathParser } from './json-path-parser.ts'
import { MeteredPattern } from './patterns/machine.ts'

/** A JSONPath that is none. The words are those of the Java library that AWS uses. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError'
}

/** Nothing is there. */
export class NoResults extends Error {
  override readonly name = 'NoResults'
}

export interface JsonPath {
  readonly text: string
  readonly segments: readonly Segment[]
  /** Names one place at most: no wildcard, slice, filter, list of names or descent. */
  readonly definite: boolean
  /** `length()`, `sum()`, ... at its end. */
  readonly call: string | undefined
}

/** Most values that one path may look at, so that `$..*` on deep data stays bounded. */
const visitedMax = 1_000_000

export function parseJsonPath(text: string): JsonPath {
  const { segments, call } = new JsonPathParser(
    text,
    (message) => new JsonPathError(message),
  ).path()
  return { text, segments, definite: segments.every(isDefinite), call }
}

function isDefinite(segment: Segment): boolean {
  if (segment.kind === 'names') return segment.names.length === 1
  return segment.kind === 'indexes' && segment.indexes.length === 1
}

/** What stands at a path: the value, or a list of values where the path is indefinite. Throws `NoResults`. */
export function readPath(path: JsonPath, root: Json): Json {
  const found = path.definite ? readDefinite(path, root) : readAll(path, root)
  return path.call === undefined ? found : called(path.call, found, path)
}

/** As `readPath`, undefined where nothing is there. */
export function findPath(path: JsonPath, root: Json): Json | undefined {
  try {
    return readPath(path, root)
  } catch (error) {
    if (error instanceof NoResults) return undefined
    throw error
  }
}

function readDefinite(path: JsonPath, root: Json): Json {
  let value = root
  for (const [at, segment] of path.segments.entries()) {
    const next = step(segment, value)
    if (next === undefined) {
      const isLast = at === path.segments.length - 1
      const shown = shownPath(path.segments.slice(0, at + 1))
      if (isLast) throw new NoResults(`No results for path: ${shownPath(path.segments)}`)
      throw new NoResults(`Missing property in path ${shown}`)
    }
    value = next
  }
  return value
}

function step(segment: Segment, value: Json): Json | undefined {
  if (segment.kind === 'names') {
    const [name = ''] = segment.names
    if (!isObject(value)) return undefined
    return Object.hasOwn(value, name) ? value[name] : undefined
  }
  if (segment.kind !== 'indexes' || !isArray(value)) return undefined
  return value.at(segment.indexes[0] ?? 0)
}

/** `$['a'][0]`: how the library shows where it is. */
export function shownPath(segments: readonly Segment[]): string {
  return `$${segments
    .map((segment) => {
      if (segment.kind === 'names') return `[${segment.names.map((name) => `'${name}'`).join(',')}]`
      if (segment.kind === 'indexes') return `[${segment.indexes.join(',')}]`
      if (segment.kind === 'slice') return `[${segment.from ?? ''}:${segment.to ?? ''}]`
      return segment.kind === 'filter' ? '[?]' : segment.kind === 'wildcard' ? '[*]' : '..'
    })
    .join('')}`
}

function readAll(path: JsonPath, root: Json): Json[] {
  let values: Json[] = [root]
  let visited = 0
  for (const segment of path.segments) {
    const next: Json[] = []
    for (const value of values) {
      for (const found of select(segment, value, root)) {
        visited += 1
        if (visited > visitedMax) throw new JsonPathError('The path looks at too many values')
        next.push(found)
      }
    }
    values = next
  }
  return values
}

function* select(segment: Segment, value: Json, root: Json): Generator<Json, void, undefined> {
  switch (segment.kind) {
    case 'names':
      if (!isObject(value)) return
      if (segment.names.length > 1) yield picked(value, segment.names)
      else yield* picks(value, segment.names)
      return
    case 'indexes':
      if (isArray(value)) yield* segment.indexes.flatMap((index) => listed(value.at(index)))
      return
    case 'slice':
      if (isArray(value)) yield* value.slice(segment.from, segment.to)
      return
    case 'wildcard':
      yield* childrenOf(value)
      return
    case 'descent':
      yield* descendants(value)
      return
    case 'filter':
      for (const child of isArray(value) ? value : [value]) {
        if (holds(segment.expression, child, root)) yield child
      }
  }
}

function picked(value: Readonly<Record<string, Json>>, names: readonly string[]): Json {
  return Object.fromEntries(names.flatMap((name) => listed(value[name]).map((one) => [name, one])))
}

function picks(value: Readonly<Record<string, Json>>, names: readonly string[]): Json[] {
  return names.flatMap((name) => (Object.hasOwn(value, name) ? listed(value[name]) : []))
}

function listed(value: Json | undefined): Json[] {
  return value === undefined ? [] : [value]
}

function childrenOf(value: Json): readonly Json[] {
  if (isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}

function* descendants(value: Json): Generator<Json, void, undefined> {
  const stack: Json[] = [value]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next
    stack.push(...childrenOf(next).toReversed())
  }
}

function holds(expression: FilterExpression, current: Json, root: Json): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.parts.every((part) => holds(part, current, root))
    case 'or':
      return expression.parts.some((part) => holds(part, current, root))
    case 'not':
      return !holds(expression.part, current, root)
    case 'exists':
      return operandValue(expression.operand, current, root) !== undefined
    case 'pattern':
      return matchesPattern(operandValue(expression.operand, current, root), expression.pattern)
    case 'comparison':
      return compares(
        operandValue(expression.left, current, root),
        expression.operator,
        operandValue(expression.right, current, root),
      )
  }
}

/** Steps of one match: beyond them no pattern of good faith goes. */
const patternStepsMax = 200_000

/** `=~`: the whole text, or that of a number or boolean, has the pattern's form. Source: Jayway JsonPath, filter operators. */
function matchesPattern(value: Json | undefined, pattern: RegExp): boolean {
  if (value === undefined || typeof value === 'object') return false
  let steps = 0
  const metered = new MeteredPattern(pattern, () => {
    steps += 1
    if (steps > patternStepsMax) throw new JsonPathError('The pattern takes too many steps')
  })
  return metered.exec(String(value)) !== null
}

function operandValue(operand: Operand, current: Json, root: Json): Json | undefined {
  if (operand.kind === 'literal') return operand.value
  const path: JsonPath = {
    text: '',
    segments: operand.segments,
    definite: operand.segments.every(isDefinite),
    call: undefined,
  }
  const found = findPath(path, operand.from === '@' ? current : root)
  return !path.definite && isArray(found) && found.length === 0 ? undefined : found
}

function compares(left: Json | undefined, operator: string, right: Json | undefined): boolean {
  switch (operator) {
    case '==':
      return isSame(left, right)
    case '!=':
      return !isSame(left, right)
    case 'in':
      return isArray(right) && right.some((one) => isSame(one, left))
    case 'nin':
      return isArray(right) && !right.some((one) => isSame(one, left))
  }
  const order = ordered(left, right)
  if (order === undefined) return false
  if (operator === '<') return order < 0
  if (operator === '<=') return order <= 0
  return operator === '>' ? order > 0 : order >= 0
}

function ordered(left: Json | undefined, right: Json | undefined): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left !== 'string' || typeof right !== 'string') return undefined
  return left < right ? -1 : left > right ? 1 : 0
}

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object') return false
  return JSON.stringify(left) === JSON.stringify(right)
}

function called(call: string, found: Json, path: JsonPath): Json {
  if (call === 'length') {
    if (isArray(found)) return found.length
    if (isObject(found)) return Object.keys(found).length
    if (typeof found === 'string') return found.length
    throw new NoResults(`No results for path: ${shownPath(path.segments)}`)
  }
  if (call === 'keys' && isObject(found)) return Object.keys(found)
  const numbers = (isArray(found) ? found : [found]).filter((one) => typeof one === 'number')
  if (numbers.length === 0) {
    throw new JsonPathError('Aggregation function attempted to calculate value using empty array')
  }
  const sum = numbers.reduce((total, one) => total + one, 0)
  switch (call) {
    case 'sum':
      return sum
    case 'avg':
      return sum / numbers.length
    case 'min':
      return Math.min(...numbers)
    case 'max':
      return Math.max(...numbers)
    default:
      throw new JsonPathError(`Function with name: ${call} does not exist.`)
  }
}
