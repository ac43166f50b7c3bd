import { describe, expect, test } from 'vitest'
import { recording, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { ruleHolds } from './choice.ts'
import { isObject, type Json, parsedJson } from './json.ts'
import { newParsedTexts, type Surroundings } from './surroundings.ts'

/** Recorded tests of Choice operators, by file: the test's name without `test_`, in words, is the operator. */
const operators: Readonly<Record<string, readonly string[]>> = {
  'test_boolean_equals|TestBooleanEquals': ['boolean_equals', 'boolean_equals_path'],
  'test_is_operators|TestIsOperators': ['is_null', 'is_present', 'is_string'],
  'test_numeric|TestNumerics': [
    ...['numeric_equals', 'numeric_equals_path', 'numeric_greater_than_path'],
    ...['numeric_greater_than_equals', 'numeric_greater_than_equals_path'],
    ...['numeric_less_than_equals', 'numeric_less_than_equals_path'],
  ],
  'test_string_operators|TestStrings': [
    ...['string_equals', 'string_equals_path', 'string_greater_than', 'string_greater_than_path'],
    ...['string_greater_than_equals', 'string_greater_than_equals_path'],
    ...['string_less_than_path', 'string_less_than_equals_path'],
  ],
  'test_timestamp_operators|TestTimestamps': [
    ...['timestamp_greater_than', 'timestamp_equals', 'timestamp_greater_than_equals'],
    ...['timestamp_greater_than_equals_path', 'timestamp_less_than_path'],
    'timestamp_less_than_equals_path',
  ],
}

const tests = Object.entries(operators).flatMap(([file, names]) =>
  names.map((name) => [operatorOf(name), file, name] as const),
)

function operatorOf(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function around(input: Json): Surroundings {
  return {
    input,
    context: () => ({}),
    variables: {},
    chance: { uuid: () => '', float: () => 0 },
    nowMs: 0,
    parsed: newParsedTexts(),
  }
}

const [t0, t1] = ['2012-10-09T19:00:55Z', '2012-10-09T19:00:56Z']

/** Recordings show every time as `date`: these are the pairs that were compared, counted from the last. */
const pairs: Readonly<Record<number, readonly [string, string]>> = {
  1: [t1, t0],
  2: [t0, t1],
  3: [t0, t0],
}

function withTimes(operator: string, input: Json, fromLast: number): Json {
  if (!isObject(input) || input['Value'] !== 'date') return input
  if (input['Variable'] !== 'date') return { ...input, Value: t0 }
  const isSingle = operator.endsWith('Path') && !operator.includes('Less')
  const [Variable, Value] = (isSingle ? pairs[2] : pairs[fromLast]) ?? [t0, t0]
  return { Variable, Value }
}

interface Case {
  readonly input: Json
  readonly output: { readonly 'TestResult.$': string }
}

describe.skipIf(!recordingsPresent)('Choice operators, as recorded', () => {
  test.each(tests)('%s', (operator, place, name) => {
    const [file, group] = place.split('|')
    const { cases } = recording(
      `stepfunctions/v2/choice_operators/${file}`,
      `${group}::test_${name}`,
    ) as { cases: readonly Case[] } // All recordings of these files have this shape.
    const answers = cases.map(({ input }, index) => {
      const shown = typeof input === 'string' ? (parsedJson(input) ?? null) : input
      const given = withTimes(operator, shown, cases.length - index)
      const value = isObject(given) ? (given['Value'] ?? null) : null
      const operand = operator.endsWith('Path') ? '$.Value' : value
      const holds = ruleHolds({ Variable: '$.Variable', [operator]: operand }, around(given))
      return { input, output: { 'TestResult.$': holds ? 'ConditionTrue' : 'ConditionFalse' } }
    })
    expect(answers).toEqual(cases.map(({ input, output }) => ({ input, output })))
  })
})
