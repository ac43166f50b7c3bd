import { JsonProblem, type JsonTokens } from '../json-tokens.ts'
import { cidrTest } from './address.ts'
import {
  butString,
  comparableBounds,
  isComparable,
  type Leaf,
  ofString,
  within,
} from './value-tests.ts'
import { WildcardProblem, wildcardTest } from './wildcard.ts'

/** One member of a field's list. */
export interface MatchValue {
  readonly exact?: Leaf
  readonly test?: (value: Leaf) => boolean
  readonly absent?: boolean
}

type TextTest = (text: string) => boolean

const oneKey = 'Only one key allowed in match expression'
const tooMany = 'Too many elements in numeric expression'

/** Reads `{"prefix": "x"}` and its like, whose opening brace has been read. */
export function readMatchExpression(tokens: JsonTokens): MatchValue {
  if (tokens.next() !== 'name') throw tokens.problem('Match expression name not found')
  const name = tokens.text()
  switch (name) {
    case 'exactly':
      return { exact: closed(tokens, textOf(tokens, 'exact match pattern must be a string')) }
    case 'prefix':
    case 'suffix':
      return { test: ofString(edge(tokens, name)) }
    case 'numeric':
      return { test: numeric(tokens) }
    case 'anything-but':
      return { test: anythingBut(tokens) }
    case 'exists':
      return exists(tokens)
    case 'cidr':
      // AWS's own words for a CIDR that is no string. Recorded: EventBridge, TestEventPattern.
      return {
        test: ofString(
          closed(tokens, cidrTest(textOf(tokens, 'prefix match pattern must be a string'))),
        ),
      }
    case 'equals-ignore-case':
      return { test: ofString(closed(tokens, ignoringCase(tokens))) }
    case 'wildcard':
      return { test: ofString(closed(tokens, wildcard(tokens))) }
    default:
      throw tokens.problem(`Unrecognized match type ${name}`)
  }
}

/** The text of the next token, which must be a string. */
function textOf(tokens: JsonTokens, otherwise: string): string {
  if (tokens.next() !== 'string') throw tokens.problem(otherwise)
  return tokens.text()
}

/** Goes past the end of the expression. */
function closed<T>(tokens: JsonTokens, value: T, otherwise = oneKey): T {
  if (tokens.next() !== 'endObject') throw tokens.problem(otherwise)
  return value
}

function edge(tokens: JsonTokens, side: 'prefix' | 'suffix'): TextTest {
  const kind = tokens.next()
  if (kind === 'startObject') {
    const called = side === 'prefix' ? 'Prefix' : 'Suffix'
    if (tokens.next() !== 'name') throw tokens.problem(`${called} expression name not found`)
    const operator = tokens.text()
    if (operator !== 'equals-ignore-case') {
      throw tokens.problem(`Unsupported ${side} pattern: ${operator}`)
    }
    const part = folded(textOf(tokens, 'equals-ignore-case match pattern must be a string'))
    closed(tokens, undefined)
    return closed(tokens, (text) =>
      side === 'prefix' ? folded(text).startsWith(part) : folded(text).endsWith(part),
    )
  }
  if (kind !== 'string') throw tokens.problem(`${side} match pattern must be a string`)
  return closed(tokens, edgeTest(tokens.text(), side))
}

function edgeTest(part: string, side: 'prefix' | 'suffix'): TextTest {
  return side === 'prefix' ? (text) => text.startsWith(part) : (text) => text.endsWith(part)
}

function ignoringCase(tokens: JsonTokens): TextTest {
  const wanted = folded(textOf(tokens, 'equals-ignore-case match pattern must be a string'))
  return (text) => folded(text) === wanted
}

function folded(text: string): string {
  return text.toLowerCase()
}

function wildcard(tokens: JsonTokens): TextTest {
  return compiledWildcard(tokens, textOf(tokens, 'wildcard match pattern must be a string'))
}

function compiledWildcard(tokens: JsonTokens, pattern: string): TextTest {
  try {
    return wildcardTest(pattern)
  } catch (error) {
    if (error instanceof WildcardProblem) throw tokens.problem(error.message)
    throw error
  }
}

function exists(tokens: JsonTokens): MatchValue {
  const kind = tokens.next()
  if (kind !== 'true' && kind !== 'false') {
    throw tokens.problem('exists match pattern must be either true or false.')
  }
  return closed(tokens, kind === 'true' ? { test: () => true } : { absent: true })
}

function numeric(tokens: JsonTokens): (value: Leaf) => boolean {
  if (tokens.next() !== 'startArray') throw tokens.problem('Value of numeric must be an array.')
  if (tokens.next() !== 'string') {
    throw tokens.problem(`Invalid member in numeric match: ${tokens.text()}`)
  }
  const operator = tokens.text()
  const kind = tokens.next()
  if (!['=', '<', '<=', '>', '>='].includes(operator)) {
    throw tokens.problem(`Unrecognized numeric range operator: ${operator}`)
  }
  const called = operator === '=' ? 'equals' : operator
  if (kind !== 'number') throw tokens.problem(`Value of ${called} must be numeric`)
  const bound = comparable(tokens)
  const { bottom, top } = comparableBounds
  const next = tokens.next()
  if (next === 'endArray') {
    switch (operator) {
      case '=':
        return closed(tokens, within(bound, false, bound, false), tooMany)
      case '<':
      case '<=':
        return closed(tokens, within(bottom, false, bound, operator === '<'), tooMany)
      default:
        return closed(tokens, within(bound, operator === '>', top, false), tooMany)
    }
  }
  if (operator !== '>' && operator !== '>=') throw tokens.problem(tooMany)
  if (next !== 'string') throw tokens.problem(`Bad value in numeric range: ${tokens.text()}`)
  return closed(tokens, range(tokens, bound, operator === '>'), tooMany)
}

/** The upper end of a range, up to the end of the list. */
function range(tokens: JsonTokens, bottom: number, openBottom: boolean): (value: Leaf) => boolean {
  const operator = tokens.text()
  if (operator !== '<' && operator !== '<=') {
    throw tokens.problem(`Bad numeric range operator: ${operator}`)
  }
  if (tokens.next() !== 'number') throw tokens.problem(`Value of ${operator} must be numeric`)
  const top = comparable(tokens)
  if (tokens.next() !== 'endArray') {
    throw tokens.problem('Too many terms in numeric range expression')
  }
  if (top <= bottom) throw tokens.problem('Bottom must be less than top')
  return within(bottom, openBottom, top, operator === '<')
}

/**
 * The number that the reader is at.
 * Deviation: numbers are compared as doubles; AWS compares six digits behind the point.
 */
function comparable(tokens: JsonTokens): number {
  const value = Number(tokens.text())
  if (!isComparable(value)) {
    throw tokens.problem('Value must be between -5.0E9 and 5.0E9, inclusive')
  }
  return value
}

type Nested = 'prefix' | 'suffix' | 'equals-ignore-case' | 'wildcard'

function anythingBut(tokens: JsonTokens): (value: Leaf) => boolean {
  let kind = tokens.next()
  let nested: Nested | undefined
  if (kind === 'startObject') {
    if (tokens.next() !== 'name') throw tokens.problem('Anything-But expression name not found')
    nested = nestedOperator(tokens)
    kind = tokens.next()
  }
  if (kind !== 'startArray' && kind !== 'string' && kind !== 'number') {
    throw tokens.problem('Value of anything-but must be an array or single string/number value.')
  }
  let test: (value: Leaf) => boolean
  if (nested !== undefined) {
    const found =
      kind === 'startArray' ? nestedList(tokens, nested) : [nestedOne(tokens, nested, kind)]
    test = butString((text) => found.some((one) => one(text)))
    closed(tokens, undefined, tooMany)
  } else test = kind === 'startArray' ? butList(tokens) : butOne(tokens, kind)
  return closed(tokens, test, tooMany)
}

function nestedOperator(tokens: JsonTokens): Nested {
  const operator = tokens.text()
  switch (operator) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'wildcard':
      return operator
    default:
      throw tokens.problem(`Unsupported anything-but pattern: ${operator}`)
  }
}

function butOne(tokens: JsonTokens, kind: 'string' | 'number'): (value: Leaf) => boolean {
  const text = tokens.text()
  if (kind === 'string') return (value) => value !== text
  const number = Number(text)
  if (!isComparable(number)) {
    throw new JsonProblem('Value must be between -5.0E9 and 5.0E9, inclusive')
  }
  return (value) => value !== number
}

function butList(tokens: JsonTokens): (value: Leaf) => boolean {
  const values = new Set<Leaf>()
  const kinds = new Set<string>()
  inList(tokens, () => {
    for (let kind = tokens.next(); kind !== 'endArray'; kind = tokens.next()) {
      if (kind === 'string') values.add(tokens.text())
      else if (kind === 'number') values.add(comparable(tokens))
      else throw tokens.problem('Inside anything but list, start|null|boolean is not supported.')
      kinds.add(kind)
    }
  })
  if (kinds.size !== 1) {
    throw tokens.problem(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    )
  }
  return (value) => !values.has(value)
}

function nestedList(tokens: JsonTokens, operator: Nested): readonly TextTest[] {
  const tests: TextTest[] = []
  inList(tokens, () => {
    for (let kind = tokens.next(); kind !== 'endArray'; kind = tokens.next()) {
      tests.push(nestedOne(tokens, operator, kind))
    }
  })
  return tests
}

/** AWS says the place of a problem inside these lists twice. Recorded: EventBridge, TestEventPattern. */
function inList(tokens: JsonTokens, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (error instanceof JsonProblem) throw tokens.problem(error.message)
    throw error
  }
}

function nestedOne(tokens: JsonTokens, operator: Nested, kind: string): TextTest {
  if (kind !== 'string') throw tokens.problem(notText(operator))
  const text = tokens.text()
  switch (operator) {
    case 'prefix':
    case 'suffix':
      if (text === '') throw tokens.problem('Null prefix/suffix not allowed')
      return edgeTest(text, operator)
    case 'equals-ignore-case': {
      const wanted = folded(text)
      return (other) => folded(other) === wanted
    }
    case 'wildcard':
      return compiledWildcard(tokens, text)
  }
}

function notText(operator: Nested): string {
  if (operator === 'equals-ignore-case') {
    return 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.'
  }
  return operator === 'wildcard'
    ? 'wildcard match pattern must be a string'
    : 'prefix/suffix match pattern must be a string'
}
