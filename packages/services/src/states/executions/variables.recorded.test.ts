import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type RecordedRun, replayRun } from './recorded-runs.test-support.ts'

const pass = (more: object) => ({ Type: 'Pass', ...more })

/** States in their order, each going on to the next, where it says nothing else. */
function machine(states: Readonly<Record<string, object>>, more: object = {}): object {
  const names = Object.keys(states)
  const [StartAt] = names
  const linked = Object.entries(states).map(([name, state], at) => {
    const goesOn = 'Next' in state || 'End' in state || 'Default' in state
    const Next = names[at + 1]
    const isFail = 'Type' in state && state.Type === 'Fail'
    return [name, goesOn || isFail ? state : { ...state, ...(Next ? { Next } : { End: true }) }]
  })
  return { StartAt, States: Object.fromEntries(linked), ...more }
}

const texts = {
  constant_str: 'constant string',
  constant_str_path_root: '$',
  constant_str_path: '$.no.such.path',
  constant_str_contextpath_root: '$$',
  constant_str_contextpath: '$$.Execution.Id',
  constant_str_var: '$noSuchVar',
  constant_str_var_expr: '$noSuchVar.noSuchMember',
  constant_str_intrinsic_func: "States.Format('Format Func {}', $varname)",
  constant_str_jsonata_expr: '{% $varname.varfield %}',
}
const list = [
  ...[null, 0, 0.1, true, '$.no.such.path', '$varname', '{% $varname %}', '$$'],
  ...["States.Format('{}', $varname)", [], { constant: 0 }],
]
const constants = {
  constant_null: null,
  constant_int: 0,
  constant_float: 0.1,
  constant_bool: true,
  ...texts,
  constant_lst_empty: [],
  constant_lst: list,
  constant_obj_empty: {},
}
const inObject = Object.entries({ ...constants, constant_obj: { constant: 0 } })
const literals = {
  ...constants,
  constant_obj: Object.fromEntries(inObject.map(([name, value]) => [`in_obj_${name}`, value])),
}
const copies = Object.keys(literals).map((name) => [`varname${name}.$`, `$${name}`])

function assigned(test: string, definition: object, input: unknown = {}): RecordedRun {
  const file = 'assign/test_assign_base'
  return { file, test: `TestAssignBase::${test}`, definition, input }
}

function referred(test: string, definition: object, more: Partial<RecordedRun> = {}): RecordedRun {
  const file = 'assign/test_assign_reference_variables'
  const test_ = `TestAssignReferenceVariables::${test}`
  return { file, test: test_, definition, input: {}, ...more }
}

const choosing = {
  QueryLanguage: 'JSONata',
  StartAt: 'ChoiceState',
  States: {
    ChoiceState: {
      Type: 'Choice',
      Choices: [
        {
          Condition: '{% $states.input.condition %}',
          Next: 'ConditionTrue',
          Assign: { Assignment: 'Condition assignment' },
        },
      ],
      Default: 'DefaultState',
      Assign: { Assignment: 'Default Assignment' },
    },
    ConditionTrue: pass({ End: true }),
    DefaultState: { Type: 'Fail', Cause: 'Condition is false' },
  },
}

const guessing = {
  StartAt: 'CheckInputState',
  States: {
    CheckInputState: {
      Type: 'Choice',
      Choices: [
        {
          Variable: '$.input_value',
          IsPresent: false,
          Assign: { status: 'UNKNOWN' },
          Next: 'FinalState',
        },
        {
          Variable: '$.input_value',
          NumericEquals: 42,
          Assign: { status: 'CORRECT' },
          Next: 'FinalState',
        },
      ],
      Assign: { status: 'INCORRECT', 'guess.$': '$.input_value' },
      Default: 'FinalState',
    },
    FinalState: pass({ Parameters: { 'result.$': '$status' }, End: true }),
  },
}

const values = {
  inputArray: [1, 2, 3, 4, 5, 6],
  duplicateArray: [1, 2, 2, 3, 3, 4],
  rawString: 'Hello World',
  encodedString: 'SGVsbG8gV29ybGQ=',
  inputString: 'Hash this string',
  json1: { a: 1, b: 2 },
  json2: { c: 3, d: 4 },
  jsonString: '{"key":"value"}',
  jsonObject: { test: 'object' },
  value1: 5,
  value2: 3,
  csvString: 'a,b,c,d,e',
  name: 'John',
  place: 'LocalStack',
  additionalInfo: { age: 30, role: 'developer' },
}

/** Calls of intrinsic functions over those values, read from the input (`$.`) or from variables (`$`). */
const operations = (at: string) => ({
  encodingOps: {
    'encoded.$': `States.Base64Encode(${at}rawString)`,
    'decoded.$': `States.Base64Decode(${at}encodedString)`,
  },
  hashOps: { 'hashValue.$': `States.Hash(${at}inputString, 'SHA-256')` },
  jsonOps: {
    'mergedJson.$': `States.JsonMerge(${at}json1, ${at}json2, false)`,
    'parsedJson.$': `States.StringToJson(${at}jsonString)`,
    'stringifiedJson.$': `States.JsonToString(${at}jsonObject)`,
  },
  mathOps: { 'sum.$': `States.MathAdd(${at}value1, ${at}value2)` },
  stringOps: {
    'splitString.$': `States.StringSplit(${at}csvString, ',')`,
    'formattedString.$': `States.Format('Hello {}, welcome to {}!', ${at}name, ${at}place)`,
  },
  uuidOp: { 'uniqueId.$': 'States.UUID()' },
})

const arrayOperations = {
  'simpleArray.$': "States.Array('a', 'b', 'c')",
  'partitionedArray.$': 'States.ArrayPartition($.inputArray, 2)',
  'containsElement.$': 'States.ArrayContains($.inputArray, 5)',
  'numberRange.$': 'States.ArrayRange(1, 10, 2)',
  'thirdElement.$': 'States.ArrayGetItem($.inputArray, 2)',
  'arraySize.$': 'States.ArrayLength($.inputArray)',
  'uniqueValues.$': 'States.ArrayUnique($.duplicateArray)',
}

const inline = (states: Readonly<Record<string, object>>) => ({
  ...machine(states),
  ProcessorConfig: { Mode: 'INLINE' },
})
const answers = inline({
  Pass: pass({ Parameters: { 'Question.$': '$Question', 'Answer.$': '$.AnnouncePokemon' } }),
})
const distributed = (name: string) => ({
  ...machine({ [name]: pass({}) }),
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
})
const overValues = (name: string, variables: object, map: object) =>
  machine({
    Start: pass({ Assign: variables, Result: { Values: [1, 2, 3] } }),
    [name]: { Type: 'Map', ItemsPath: '$.Values', ...map },
  })

const names = ['Charizard', 'Pikachu', 'Squirtle']
const question = { Question: "Who's that Pokemon?" }

const jsonata = { QueryLanguage: 'JSONata' }
const invoke = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' }
const missing = '{% $doesNotExist %}'

const inputValue = { input_value: 'input_value_literal' }

const runs: readonly RecordedRun[] = [
  assigned('test_base_cases[BASE_EMPTY]', machine({ State0: pass({ Assign: {} }) }), inputValue),
  assigned(
    'test_base_cases[BASE_CONSTANT_LITERALS]',
    machine({ State0: pass({ Assign: literals }) }),
    inputValue,
  ),
  assigned(
    'test_base_cases[BASE_PATHS]',
    machine({
      State0: pass({
        Assign: {
          'str_path_root.$': '$',
          'str_path.$': '$.input_value',
          'str_contextpath_root.$': '$$',
          'str_contextpath.$': '$$.Execution.Id',
          'str_intrinsic_func.$': "States.Format('Format Func {}', $.input_value)",
        },
      }),
    }),
    inputValue,
  ),
  assigned(
    'test_base_cases[BASE_VAR]',
    machine({
      State0: pass({ Assign: { 'varname.$': '$.input_value', ...literals } }),
      State1: pass({
        Assign: {
          varname2: 'varname2',
          ...Object.fromEntries(copies),
          'varnameconstant_obj_access.$': '$constant_obj.in_obj_constant_lst',
        },
      }),
    }),
    inputValue,
  ),
  assigned('test_assign_in_choice[CONDITION_TRUE]', choosing, { condition: true }),
  referred(
    'test_reference_assign[BASE_REFERENCE_IN_PARAMETERS]',
    machine({
      State0: pass({ Parameters: { result: '$result' }, Assign: { result: 'foobar' } }),
      State1: pass({ ResultPath: '$.result', Parameters: { 'result.$': '$result' } }),
    }),
  ),
  referred(
    'test_reference_assign[BASE_REFERENCE_IN_OUTPUTPATH]',
    machine({
      State0: pass({ Result: { answer: 42 }, Assign: { 'theAnswer.$': '$.answer' } }),
      State1: pass({ OutputPath: '$theAnswer' }),
    }),
  ),
  referred(
    'test_reference_assign[BASE_REFERENCE_IN_WAIT]',
    machine({
      Start: pass({ Assign: { waitTime: 0, startAt: '2024-11-06T09:42:03Z' } }),
      WaitSecondsState: { Type: 'Wait', SecondsPath: '$waitTime' },
      WaitUntilState: { Type: 'Wait', TimestampPath: '$startAt' },
    }),
    // The recording shows every moment as `date`.
    { ignore: ['events[2].stateExitedEventDetails.assignedVariables.startAt'] },
  ),
  referred(
    'test_reference_assign[BASE_REFERENCE_IN_INTRINSIC_FUNCTION]',
    machine({
      State0: pass({ Assign: { ...values, inputArray: [1, 2, 3, 4, 5, 6, 7, 8, 9] } }),
      State1: pass({ Parameters: operations('$') }),
    }),
  ),
  referred(
    'test_reference_assign[BASE_REFERENCE_IN_FAIL]',
    machine({
      Pass: pass({ Assign: { errorVar: 'Exception', causeVar: 'An Exception was encountered' } }),
      Fail: { Type: 'Fail', CausePath: '$causeVar', ErrorPath: '$errorVar' },
    }),
  ),
  referred(
    'test_assign_from_value[BASE_ASSIGN_FROM_RESULT]',
    machine({ State0: pass({ Result: { answer: 42 }, Assign: { 'theAnswer.$': '$.answer' } }) }),
  ),
  referred(
    'test_assign_from_value[BASE_ASSIGN_FROM_INTRINSIC_FUNCTION]',
    machine({
      State0: pass({
        Result: values,
        Assign: { arrayOps: arrayOperations, ...operations('$.') },
      }),
    }),
  ),
  referred('test_assign_in_choice_state[CORRECT]', guessing, { input: { input_value: '42' } }),
  referred('test_assign_in_choice_state[INCORRECT]', guessing, { input: { input_value: '0' } }),
  referred(
    'test_assign_in_wait_state',
    machine({ WaitState: { Type: 'Wait', Seconds: 0, Assign: { foo: 'oof' } } }),
  ),
  referred(
    'test_reference_in_map_state[MAP_STATE_REFERENCE_IN_INTRINSIC_FUNCTION]',
    machine({
      Start: pass({ Assign: { AnswerTemplate: "It's {}!", ...question }, Result: names }),
      MapIterateState: {
        Type: 'Map',
        MaxConcurrency: 1,
        ItemSelector: {
          'AnnouncePokemon.$': 'States.Format($AnswerTemplate, $$.Map.Item.Value)',
        },
        ItemProcessor: answers,
      },
    }),
  ),
  referred(
    'test_reference_in_map_state[MAP_STATE_REFERENCE_IN_ITEMS_PATH]',
    machine({
      Start: pass({
        Assign: { ...question, PokemonList: names },
        Result: { AnswerTemplate: "It's {}!" },
      }),
      MapIterateState: {
        Type: 'Map',
        MaxConcurrency: 1,
        ItemsPath: '$PokemonList',
        ItemSelector: {
          'AnnouncePokemon.$': 'States.Format($.AnswerTemplate, $$.Map.Item.Value)',
        },
        ItemProcessor: answers,
      },
    }),
  ),
  referred(
    'test_reference_in_map_state[MAP_STATE_REFERENCE_IN_MAX_CONCURRENCY_PATH]',
    overValues(
      'MapState',
      { maxConcurrency: '1' },
      {
        MaxConcurrencyPath: '$maxConcurrency',
        ItemProcessor: inline({ HandleItem: pass({}) }),
      },
    ),
  ),
  referred(
    'test_reference_in_map_state[MAP_STATE_REFERENCE_IN_TOLERATED_FAILURE_PATH]',
    overValues(
      'MapState',
      { toleratedFailurePercentage: '1', toleratedFailureCount: '1' },
      {
        MaxConcurrency: 1,
        ItemProcessor: distributed('HandleItem'),
        ToleratedFailurePercentagePath: '$toleratedFailurePercentage',
        ToleratedFailureCountPath: '$toleratedFailureCount',
      },
    ),
  ),
  referred(
    'test_reference_in_map_state[MAP_STATE_REFERENCE_IN_ITEM_SELECTOR]',
    overValues(
      'MapState',
      { bucket: 'test-name' },
      {
        MaxConcurrency: 1,
        ItemSelector: { 'value.$': '$$.Map.Item.Value', bucketName: '$bucket' },
        ItemProcessor: distributed('MapPass'),
      },
    ),
  ),
  referred(
    'test_undefined_reference[BASE_UNDEFINED_OUTPUT_FIELD]',
    machine({ State0: pass({ Output: { result: missing } }) }, jsonata),
  ),
  referred(
    'test_undefined_reference[BASE_UNDEFINED_OUTPUT_MULTIPLE_STATES]',
    machine(
      { State0: pass({}), State1: pass({}), State2: pass({ Output: { result: missing } }) },
      jsonata,
    ),
  ),
  referred(
    'test_undefined_reference[BASE_UNDEFINED_ASSIGN]',
    machine({ State0: pass({ Assign: { result: missing } }) }, jsonata),
  ),
  referred(
    'test_undefined_reference[BASE_UNDEFINED_ARGUMENTS]',
    machine({ State0: { ...invoke, Arguments: missing } }, jsonata),
  ),
  referred(
    'test_undefined_reference[BASE_UNDEFINED_ARGUMENTS_FIELD]',
    machine({ State0: { ...invoke, Arguments: { FunctionName: missing } } }, jsonata),
  ),
]

const outputInput = { input_value: 'string literal', input_values: [1, 2, 3] }
const outputTexts = {
  constant_not_jsonata: ' {% states.input %} ',
  constant_varpath_states: '$states.input',
  constant_varpath: '$no.such.var.path',
}
const outputList = [
  ...[null, 0, 0.1, true, [], { constant: 0 }, ' {% states.input %} ', '$states.input'],
  '$no.such.var.path',
]
const outputPlain = {
  constant_null: null,
  constant_int: 0,
  constant_float: 0.1,
  constant_bool: true,
  constant_str: 'constant string',
}
const outputInner = {
  ...outputPlain,
  constant_not_jsonata: outputTexts.constant_not_jsonata,
  constant_lst_empty: [],
  constant_lst: outputList,
  constant_obj_empty: {},
  constant_obj: { constant: 0 },
}

function output(test: string, definition: object, input: unknown = outputInput): RecordedRun {
  const file = 'outputdecl/test_output'
  return { file, test: `TestArgumentsBase::${test}`, definition, input }
}

const choosingOutput = {
  ...choosing,
  States: {
    ...choosing.States,
    ChoiceState: {
      Type: 'Choice',
      Choices: [
        {
          Condition: '{% $states.input.condition %}',
          Next: 'ConditionTrue',
          Output: 'Condition Output block',
        },
      ],
      Default: 'DefaultState',
      Output: 'Default Output block',
    },
  },
}

function mixed(test: string, definition: object, input: unknown = {}): RecordedRun {
  const file = 'query_language/test_mixed_query_language'
  return { file, test: `TestMixedQueryLanguageFlow::${test}`, definition, input }
}

function base(test: string, definition: object): RecordedRun {
  const file = 'query_language/test_base_query_language'
  return { file, test: `TestBaseQueryLanguage::${test}`, definition, input: {} }
}

function context(test: string, definition: object, input: unknown): RecordedRun {
  const file = 'context_object/test_context_object'
  return { file, test: `TestSnfBase::${test}`, definition, input }
}

function evaluated(test: string, state: object, input: unknown = {}): RecordedRun {
  const file = 'evaluate_jsonata/test_base_evaluate_expressions'
  const definition = machine({ Start: state }, jsonata)
  return { file, test: `TestBaseEvaluateJsonata::${test}`, definition, input }
}

const mapping = {
  Type: 'Map',
  MaxConcurrency: 1,
  ItemProcessor: inline({ Process: pass({}) }),
}
const inOne = (name: string) => ({ Items: '{% [1] %}', [name]: '{% 1 %}' })

const others: readonly RecordedRun[] = [
  output('test_base_cases[BASE_EMPTY]', machine({ State0: pass({ ...jsonata, Output: {} }) })),
  output(
    'test_base_cases[BASE_LITERALS]',
    machine({
      State0: pass({
        ...jsonata,
        Output: {
          ...outputPlain,
          ...outputTexts,
          constant_jp_input: '$',
          'constant_jp_input.$': '$',
          constant_jp_input_path: '$.input_value',
          constant_jp_context: '$$',
          constant_if: "States.Format('Format:{}', 101)",
          constant_lst_empty: [],
          constant_lst: outputList,
          constant_obj_empty: {},
          constant_obj: Object.fromEntries(
            Object.entries(outputInner).map(([name, value]) => [`in_obj_${name}`, value]),
          ),
        },
      }),
    }),
  ),
  output(
    'test_base_cases[BASE_DIRECT_EXPR]',
    machine({
      Init: pass({ Assign: { var_constant_1: 1 } }),
      State0: pass({
        ...jsonata,
        Output: '{% $sum($states.input.input_values) + $var_constant_1 %}',
      }),
    }),
  ),
  output(
    'test_base_output_any_non_dict[LIST_RICH]',
    machine({
      State0: pass({
        ...jsonata,
        Output: [
          ...[null, 0, 0.1, true, 'string', [], '$nosuchvar', '$.no.such.path'],
          ...['{% $states.input %}', { key: true }],
        ],
      }),
    }),
    { input_value: 'stringliteral' },
  ),
  output('test_output_in_choice[CONDITION_TRUE]', choosingOutput, { condition: true }),
  output('test_output_in_choice[CONDITION_FALSE]', choosingOutput, { condition: false }),
  base('test_base_query_language_field[JSONATA]', machine({ StartState: pass({}) }, jsonata)),
  base(
    'test_query_language_field_override[JSONATA_OVERRIDE]',
    machine({ StartState: pass(jsonata) }, { QueryLanguage: 'JSONPath' }),
  ),
  mixed(
    'test_variable_sampling[JSONPATH_ASSIGN_JSONATA_REF]',
    machine({
      JSONPathState: pass({ Assign: { theAnswer: 42 } }),
      JSONataState: pass({ ...jsonata, Assign: { theAnswer: 18, oldAnswer: '{% $theAnswer %}' } }),
    }),
  ),
  mixed(
    'test_output_to_state[JSONATA_OUTPUT_TO_JSONPATH]',
    machine({
      JSONataState: pass({ ...jsonata, Output: { foo: 'foobar', bar: '{% $states.input %}' } }),
      JSONPathState: pass({}),
    }),
    { input_data: 'test' },
  ),
  context('test_output_path[$$]', machine({ TestState: pass({ OutputPath: '$$' }) }), {
    'input-value': 0,
  }),
  context(
    'test_variable',
    machine({
      TestState: {
        Type: 'Choice',
        Choices: [
          {
            Variable: '$$.Execution.Input.input-value',
            NumericLessThanEquals: 0,
            Next: 'QuitChoiceMatched',
          },
        ],
        Default: 'QuitNoChoiceMatched',
      },
      QuitChoiceMatched: pass({ End: true }),
      QuitNoChoiceMatched: pass({}),
    }),
    { 'input-value': 0 },
  ),
  context(
    'test_items_path',
    machine({
      TestState: {
        ...mapping,
        ItemsPath: '$$.Execution.Input.input-values',
        ItemProcessor: inline({ HandleItem: pass({}) }),
      },
    }),
    { 'input-values': ['item-0'] },
  ),
  context(
    'test_error_cause_path',
    machine({
      StartState: {
        Type: 'Fail',
        ErrorPath: '$$.State.Name',
        CausePath: '$$.StateMachine.Name',
      },
    }),
    {},
  ),
  evaluated(
    'test_base_jsonata_regular_expressions[BASE]',
    pass({ Output: '{% $contains("hello world", /wo/) %}' }),
  ),
  evaluated('test_base_map[ITEMS]', { ...mapping, Items: '{% [1,2,3] %}' }),
  evaluated('test_base_map[TOLERATED_FAILURE_PERCENTAGE]', {
    ...mapping,
    ...inOne('ToleratedFailurePercentage'),
  }),
  evaluated(
    'test_base_map_from_input[ITEMS]',
    { ...mapping, Items: '{% $states.input.input_value %}' },
    { input_value: [1, 2, 3] },
  ),
]

describe.skipIf(!recordingsPresent)('variables, outputs and languages, as recorded', () => {
  test.each([...runs, ...others].map((run) => [run.test, run] as const))(
    '%s',
    async (_name, run) => {
      await replayRun(run)
    },
  )
})
