import { describe, expect, test } from 'vitest'
import { recording, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { isObject, type Json, type JsonObject, parsedJson } from './json.ts'
import { evaluateTemplate } from './jsonata.ts'
import { payloadValue } from './payload.ts'
import { newParsedTexts, run, type Surroundings } from './surroundings.ts'

const fst = '$.FunctionInput.fst'
const snd = '$.FunctionInput.snd'
const trd = '$.FunctionInput.trd'

/** The recorded test, and the call that it makes. Source: the recorded inputs and outputs. */
const calls: readonly (readonly [string, string, string])[] = [
  ['test_array', 'test_array_get_item', `States.ArrayGetItem(${fst}, ${snd})`],
  ['test_array', 'test_array_length', 'States.ArrayLength($.FunctionInput)'],
  ['test_array', 'test_array_2', `States.Array(${fst}, ${snd})`],
  ['test_array', 'test_array_range', `States.ArrayRange(${fst}, ${snd}, ${trd})`],
  ['test_encode_decode', 'test_base_64_encode', 'States.Base64Encode($.FunctionInput)'],
  ['test_encode_decode', 'test_base_64_decode', 'States.Base64Decode($.FunctionInput)'],
  ['test_generic', 'test_format_1', "States.Format('Formatting argument {}.', $.FunctionInput)"],
  [
    'test_generic',
    'test_format_2',
    `States.Format('Formatting arguments fst={} and snd={}.', ${fst}, ${snd})`,
  ],
  ['test_hash_calculations', 'test_hash', `States.Hash(${fst}, ${snd})`],
  ['test_json_manipulation', 'test_string_to_json', 'States.StringToJson($.FunctionInput)'],
  ['test_json_manipulation', 'test_json_to_string', 'States.JsonToString($.FunctionInput)'],
  ['test_math_operations', 'test_math_add', `States.MathAdd(${fst}, ${snd})`],
  [
    'test_string_operations',
    'test_string_split_context_object',
    "States.StringSplit($.FunctionInput, ',')",
  ],
]

const expressions: readonly (readonly [string, string])[] = [
  [
    'test_array_partition',
    '$partition($states.input.FunctionInput.fst, $states.input.FunctionInput.snd)',
  ],
  [
    'test_array_range',
    '$range($states.input.FunctionInput.fst, $states.input.FunctionInput.snd, $states.input.FunctionInput.trd)',
  ],
]

interface History {
  readonly events: readonly {
    readonly executionStartedEventDetails?: { readonly input: Json }
    readonly executionSucceededEventDetails?: { readonly output: Json }
  }[]
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

/** Inputs and outputs of all runs of a recorded test. Recordings show JSON texts as what they say. */
function runsOf(file: string, name: string): { input: Json; output: Json }[] {
  const recorded = recording(`stepfunctions/v2/intrinsic_functions/${file}`, `::${name}`.slice(2))
  return Object.values(recorded).flatMap((history) => {
    const { events } = history as History // All recordings of these files are histories.
    const input = events[0]?.executionStartedEventDetails?.input
    const output = events.at(-1)?.executionSucceededEventDetails?.output
    return input === undefined || output === undefined ? [] : [{ input, output }]
  })
}

function shown(value: Json): Json {
  return typeof value === 'string' ? (parsedJson(value) ?? value) : value
}

describe.skipIf(!recordingsPresent)('intrinsic functions, as recorded', () => {
  test.each(calls)('%s: %s', (file, name, call) => {
    const runs = runsOf(file, name)
    const results = runs.map(({ input }) => {
      const { FunctionResult = null } = payloadValue(
        { 'FunctionResult.$': call },
        around(input),
      ) as JsonObject // A template that is an object gives one.
      return { FunctionResult: FunctionResult === 0 ? 0 : FunctionResult }
    })
    expect(results).toEqual(runs.map(({ output }) => output))
  })

  test.each(expressions)('in JSONata: %s', async (name, expression) => {
    for (const { input, output } of runsOf('test_array_jsonata', name)) {
      const template = `{% ${expression} %}`
      const result = await run(evaluateTemplate(template, 'Output', around(input), {}))
      expect(result).toEqual(shown(output))
    }
  })

  test('MathRandom draws from the first number to below the second', () => {
    const { FunctionResult } = payloadValue(
      { 'FunctionResult.$': 'States.MathRandom(1, 999)' },
      { ...around({}), chance: { uuid: () => '', float: () => 0.999_999 } },
    ) as JsonObject // As above.
    expect(FunctionResult).toBe(998)
    expect(isObject(FunctionResult)).toBe(false)
  })
})
