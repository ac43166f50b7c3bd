import { isObject, type Json, type JsonObject } from './json.ts'
import { foundAt, notFound } from './payload.ts'
import type { Surroundings } from './surroundings.ts'
import { timestampMs } from './timestamps.ts'

type Test = (value: Json, operand: Json) => boolean

function comparison(
  type: 'Numeric' | 'String' | 'Timestamp',
  holds: (order: number) => boolean,
): Test {
  return (value, operand) => {
    const order = orderOf(type, value, operand)
    return order !== undefined && holds(order)
  }
}

function orderOf(
  type: 'Numeric' | 'String' | 'Timestamp',
  value: Json,
  operand: Json,
): number | undefined {
  if (type === 'Numeric') {
    return typeof value === 'number' && typeof operand === 'number' ? value - operand : undefined
  }
  if (typeof value !== 'string' || typeof operand !== 'string') return undefined
  if (type === 'String') return value < operand ? -1 : value > operand ? 1 : 0
  const [left, right] = [timestampMs(value), timestampMs(operand)]
  return left === undefined || right === undefined ? undefined : left - right
}

const relations: Readonly<Record<string, (order: number) => boolean>> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  GreaterThan: (order) => order > 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThanEquals: (order) => order >= 0,
}

/** Operators that compare with a value; each but the last also comes with `Path`. */
const comparisons: Readonly<Record<string, Test>> = {
  ...Object.fromEntries(
    (['Numeric', 'String', 'Timestamp'] as const).flatMap((type) =>
      Object.entries(relations).map(([name, holds]) => [`${type}${name}`, comparison(type, holds)]),
    ),
  ),
  BooleanEquals: (value, operand) => typeof value === 'boolean' && value === operand,
  StringMatches: (value, operand) =>
    typeof value === 'string' && typeof operand === 'string' && matchesWildcards(value, operand),
}

const typeTests: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === 'number',
  IsString: (value) => typeof value === 'string',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => typeof value === 'string' && timestampMs(value) !== undefined,
}

/** Names of all operators, those with `Path` among them. */
export const choiceOperators: ReadonlySet<string> = new Set([
  'IsPresent',
  ...Object.keys(typeTests),
  ...Object.keys(comparisons).flatMap((name) =>
    name === 'StringMatches' ? [name] : [name, `${name}Path`],
  ),
])

/** Whether a rule of a JSONPath Choice state holds. Throws `FieldFailure` where a path leads nowhere. */
export function ruleHolds(rule: JsonObject, around: Surroundings): boolean {
  const { And, Or, Not } = rule
  if (Array.isArray(And)) return And.every((part) => isObject(part) && ruleHolds(part, around))
  if (Array.isArray(Or)) return Or.some((part) => isObject(part) && ruleHolds(part, around))
  if (isObject(Not)) return !ruleHolds(Not, around)
  const variable = String(rule['Variable'])
  const found = foundAt(variable, around)
  for (const [name, operand = null] of Object.entries(rule)) {
    if (!choiceOperators.has(name)) continue
    if (name === 'IsPresent') return (found !== undefined) === operand
    if (found === undefined) throw notReferenced(variable, around)
    return testHolds(name, found, operand, around)
  }
  return false
}

function testHolds(name: string, value: Json, operand: Json, around: Surroundings): boolean {
  const typeTest = typeTests[name]
  if (typeTest !== undefined) return typeTest(value) === operand
  const direct = comparisons[name]
  if (direct !== undefined) return direct(value, operand)
  const test = comparisons[name.slice(0, -'Path'.length)]
  const path = String(operand)
  const other = foundAt(path, around)
  if (other === undefined) throw notReferenced(path, around)
  return test?.(value, other) ?? false
}

function notReferenced(path: string, around: Surroundings): Error {
  return notFound(path, 'Variable', around)
}

/** `*` stands for any characters; `\*` and `\\` are escapes. Source: Amazon States Language, StringMatches. */
function matchesWildcards(text: string, pattern: string): boolean {
  const tokens: (string | undefined)[] = []
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] === '*') tokens.push(undefined)
    else if (pattern[at] === '\\' && (pattern[at + 1] === '*' || pattern[at + 1] === '\\')) {
      at += 1
      tokens.push(pattern[at] ?? '')
    } else tokens.push(pattern[at] ?? '')
  }
  return matchesTokens(text, tokens)
}

/** Greedy with one place to go back to: the last star. */
function matchesTokens(text: string, tokens: readonly (string | undefined)[]): boolean {
  let [at, token] = [0, 0]
  let [starAt, starToken] = [0, -1]
  while (at < text.length) {
    if (token < tokens.length && tokens[token] === undefined) {
      starAt = at
      starToken = token
      token += 1
    } else if (token < tokens.length && tokens[token] === text[at]) {
      at += 1
      token += 1
    } else if (starToken >= 0) {
      starAt += 1
      at = starAt
      token = starToken + 1
    } else return false
  }
  while (token < tokens.length && tokens[token] === undefined) token += 1
  return token === tokens.length
}
