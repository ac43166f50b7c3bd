import { isTooDeep, tooDeepProblem } from './asl/json.ts'

/** What a JSON reader expects next. */
type Expected =
  | 'value'
  | 'firstName'
  | 'name'
  | 'colon'
  | 'objectEnd'
  | 'arrayEnd'
  | 'firstItem'
  | 'end'

const values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

/**
 * What is wrong with a text that is no JSON, in the words of AWS's JSON reader; undefined for JSON.
 * Recorded: states, StartExecution, 2023.
 */
// Deviation: positions, and the words for rarer mistakes within numbers and strings, are not those of AWS.
export function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text)
    return isTooDeep(text) ? tooDeepProblem : undefined
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return firstProblem(text)
  }
}

function firstProblem(text: string): string {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = 0
  const closed = (): Expected => {
    const around = open.at(-1)
    return around === undefined ? 'end' : around === '{' ? 'objectEnd' : 'arrayEnd'
  }
  for (;;) {
    at = nextAt(text, at)
    const character = text.charAt(at)
    if (character === '') return endOf(open)
    const problem = expectation(expected, character, open.at(-1))
    if (problem !== undefined) return unexpected(character, problem)
    if (expected === 'colon') {
      expected = 'value'
      at += 1
    } else if (character === '}' || character === ']') {
      open.pop()
      expected = closed()
      at += 1
    } else if (character === ',') {
      expected = open.at(-1) === '{' ? 'name' : 'value'
      at += 1
    } else if (character === '{' || character === '[') {
      open.push(character)
      expected = character === '{' ? 'firstName' : 'firstItem'
      at += 1
    } else {
      const token = tokenAt(text, at)
      if (typeof token === 'string') return token
      expected = namesAField(expected) ? 'colon' : closed()
      at = token.end
    }
  }
}

function namesAField(expected: Expected): boolean {
  return expected === 'firstName' || expected === 'name'
}

function expectation(
  expected: Expected,
  character: string,
  around: '{' | '[' | undefined,
): string | undefined {
  switch (expected) {
    case 'firstName':
      return character === '"' || character === '}'
        ? undefined
        : 'was expecting double-quote to start field name'
    case 'name':
      return character === '"' ? undefined : 'was expecting double-quote to start field name'
    case 'colon':
      return character === ':'
        ? undefined
        : 'was expecting a colon to separate field name and value'
    case 'objectEnd':
      return /[,}]/.test(character) ? undefined : 'was expecting comma to separate Object entries'
    case 'arrayEnd':
      return /[,\]]/.test(character) ? undefined : 'was expecting comma to separate Array entries'
    case 'firstItem':
      return character === ']' || /["{[\w$-]/.test(character)
        ? undefined
        : `expected a valid value ${values}`
    case 'value':
      return /["{[\w$-]/.test(character) ? undefined : `expected a valid value ${values}`
    case 'end':
      return around === undefined ? `was expecting end of input` : undefined
  }
}

/** Where a string, number or word ends, or what is wrong with it. */
function tokenAt(text: string, at: number): { readonly end: number } | string {
  if (text.charAt(at) === '"') {
    const found = /"(?:[^"\\]|\\.)*"/sy
    found.lastIndex = at
    const string = found.exec(text)?.[0]
    if (string === undefined)
      return 'Unexpected end-of-input: was expecting closing quote for a string value'
    return valid(string)
      ? { end: at + string.length }
      : 'Illegal character or escape within a string value'
  }
  const word = /[\w$.+-]+/y
  word.lastIndex = at
  const token = word.exec(text)?.[0] ?? ''
  if (valid(token)) return { end: at + token.length }
  if (/^[\d-]/.test(token)) return `Unexpected character within a number: '${token}'`
  return `Unrecognized token '${token}': was expecting ${values}`
}

function valid(token: string): boolean {
  try {
    JSON.parse(token)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

function unexpected(character: string, problem: string): string {
  return `Unexpected character ('${character}' (code ${character.charCodeAt(0)})): ${problem}`
}

function endOf(open: readonly ('{' | '[')[]): string {
  const last = open.at(-1)
  if (last === undefined) return 'No content to map due to end-of-input'
  return `Unexpected end-of-input: expected close marker for ${last === '{' ? 'Object' : 'Array'}`
}

/** The next character that is no white space. */
function nextAt(text: string, at: number): number {
  const space = /[ \t\r\n]*/y
  space.lastIndex = at
  return at + (space.exec(text)?.[0].length ?? 0)
}
