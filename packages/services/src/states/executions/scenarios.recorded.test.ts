import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type RecordedRun, replayRun } from './recorded-runs.test-support.ts'

const pass = { Type: 'Pass', End: true }
const inline = { Mode: 'INLINE' }

function machine(...states: readonly (readonly [string, object])[]): object {
  return { StartAt: states[0]?.[0], States: Object.fromEntries(states) }
}

const failing = {
  Type: 'Fail',
  Error: 'HandleItemFailError',
  Cause: 'HandleItemFailCause',
}

function failingMap(failure: object, legacy = false): object {
  const block = { StartAt: 'HandleItemFail', States: { HandleItemFail: failure } }
  const processor = legacy
    ? { Iterator: block }
    : { ItemProcessor: { ...block, ProcessorConfig: inline } }
  return machine(
    ['StartState', { Type: 'Pass', Result: [1], ResultPath: '$.arr', Next: 'MapState' }],
    [
      'MapState',
      {
        Type: 'Map',
        InputPath: '$.arr',
        MaxConcurrency: 1,
        ...processor,
        Catch: [{ ErrorEquals: ['HandleItemFailError'], Next: 'FinalCaught' }],
        Next: 'Final',
      },
    ],
    ['FinalCaught', pass],
    ['Final', pass],
  )
}

const shipped = [
  { prod: 'R31', 'dest-code': 9511, quantity: 1344 },
  { prod: 'S39', 'dest-code': 9511, quantity: 40 },
  { prod: 'R31', 'dest-code': 9833, quantity: 12 },
  { prod: 'R40', 'dest-code': 9860, quantity: 887 },
  { prod: 'R40', 'dest-code': 9511, quantity: 1220 },
]

function selecting(items: unknown, field: 'ItemSelector' | 'Parameters', legacy: boolean): object {
  const block = { StartAt: 'HandleItem', States: { HandleItem: pass } }
  const detail = { 'delivery-partner': 'UQS', shipped: items }
  return machine(
    ['StartState', { Type: 'Pass', Result: { detail }, Next: 'MapState' }],
    [
      'MapState',
      {
        Type: 'Map',
        ResultPath: '$.detail.shipped_output',
        InputPath: '$.detail',
        ItemsPath: '$.shipped',
        MaxConcurrency: 1,
        [field]: {
          'original_input.$': '$',
          'iteration_input_value.$': '$$.Map.Item.Value',
          'iteration_index.$': '$$.Map.Item.Index',
          'from_input_constant.$': '$.delivery-partner',
          constant_value: 'HelloWorld',
        },
        ...(legacy
          ? { Iterator: block }
          : { ItemProcessor: { ...block, ProcessorConfig: inline } }),
        Next: 'Final',
      },
    ],
    ['Final', pass],
  )
}

const breaking = machine(
  [
    'StartState',
    { Type: 'Pass', Result: [1, 'Hello', {}, 3.3, 3, 4, 5], ResultPath: '$.arr', Next: 'MapState' },
  ],
  [
    'MapState',
    {
      Type: 'Map',
      ResultPath: null,
      InputPath: '$.arr',
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: inline,
        StartAt: 'Equals3',
        States: {
          Equals3: {
            Type: 'Choice',
            Choices: [{ Variable: '$', NumericEquals: 3, Next: 'Break' }],
            Default: 'Pass',
          },
          Break: {
            Type: 'Fail',
            Error: 'SomeFailure',
            Cause: "This state machines raises a 'SomeFailure' failure.",
          },
          Pass: pass,
        },
      },
      Next: 'Final',
    },
  ],
  ['Final', pass],
)

const nested = machine([
  'MapL1',
  {
    Type: 'Map',
    MaxConcurrency: 1,
    ItemProcessor: {
      ProcessorConfig: inline,
      StartAt: 'MapL2',
      States: {
        MapL2: {
          Type: 'Map',
          MaxConcurrency: 1,
          ItemProcessor: {
            ProcessorConfig: inline,
            StartAt: 'MapL2Pass',
            States: { MapL2Pass: pass },
          },
          End: true,
        },
      },
    },
    End: true,
  },
])

function concurrencyBy(): object {
  return machine(
    [
      'MapState',
      {
        Type: 'Map',
        ItemsPath: '$.Values',
        MaxConcurrencyPath: '$.MaxConcurrencyValue',
        ItemProcessor: {
          ProcessorConfig: inline,
          StartAt: 'HandleItem',
          States: { HandleItem: pass },
        },
        Next: 'Final',
      },
    ],
    ['Final', pass],
  )
}

const iteratePass = {
  Type: 'Map',
  MaxConcurrency: 1,
  ItemProcessor: { ProcessorConfig: inline, StartAt: 'Pass', States: { Pass: pass } },
  End: true,
}

/** A Map state over what the state before it hands on. */
const overInput = {
  QueryLanguage: 'JSONata',
  ...machine(
    ['Start', { Type: 'Pass', Output: '{% $states.input.items %}', Next: 'MapIterateState' }],
    ['MapIterateState', iteratePass],
  ),
}

function overVariable(value: unknown): object {
  return {
    QueryLanguage: 'JSONata',
    ...machine(
      ['Start', { Type: 'Pass', Assign: { ItemsVar: value }, Next: 'MapIterateState' }],
      ['MapIterateState', { ...iteratePass, Items: '{% $ItemsVar %}' }],
    ),
  }
}

function overExpression(expression: string): object {
  return {
    QueryLanguage: 'JSONata',
    ...machine(['MapIterateState', { ...iteratePass, Items: `{% ${expression} %}` }]),
  }
}

function scenario(test: string, definition: object, input?: unknown): RecordedRun {
  const file = 'scenarios/test_base_scenarios'
  return { file, test: `TestBaseScenarios::${test}`, definition, input }
}

const waitingUntil = {
  ...machine(['WaitUntil', { Type: 'Wait', TimestampPath: '$.TimestampValue', End: true }]),
}
const waitingJsonata = {
  QueryLanguage: 'JSONata',
  ...machine([
    'WaitState',
    { Type: 'Wait', Timestamp: '{% $states.input.TimestampValue %}', End: true },
  ]),
}

const variableItems = [
  ['test_map_state_items_eval_jsonata_variable_sampling_fail[string]', 'string'],
  ['test_map_state_items_eval_jsonata_variable_sampling_fail[object]', { foo: 'bar' }],
  ['test_map_state_items_eval_jsonata_variable_sampling_fail[null]', null],
  ['test_map_state_items_variable_sampling[number]', 1],
  ['test_map_state_items_variable_sampling[string]', 'string'],
] as const

const timeInputs = {
  SECONDS: '2016-03-14T01:59:00Z',
  NANOSECONDS: '2016-03-14T01:59:00.123456789Z',
  NO_Z: '2016-12-05T21:29:29',
  INVALID_DATE: '2016-13-05T21:29:29Z',
  INVALID_TIME: '2016-12-05T25:29:29Z',
  INVALID_ISO: '05-12-2016T21:29:29Z',
}

const runs: readonly RecordedRun[] = [
  scenario('test_map_state_catch', failingMap(failing)),
  scenario('test_map_state_catch_legacy', failingMap(failing, true)),
  scenario('test_map_state_catch_empty_fail', failingMap({ Type: 'Fail' })),
  scenario('test_map_state_item_selector', selecting(shipped, 'ItemSelector', false)),
  scenario(
    'test_map_state_item_selector[MAP_STATE_ITEM_SELECTOR]',
    selecting(shipped, 'ItemSelector', false),
  ),
  scenario('test_map_state_parameters_legacy', selecting(shipped, 'Parameters', true)),
  scenario(
    'test_map_state_parameters_singleton_legacy',
    selecting(['A', 'B', 'C'], 'Parameters', true),
  ),
  scenario('test_map_state_break_condition', breaking),
  { ...scenario('test_map_state_nested', nested), inputText: '[[1, 2, 3], [4, 5, 6]]' },
  scenario('test_max_concurrency_path[NoNumber]', concurrencyBy(), {
    MaxConcurrencyValue: 'NoNumber',
    Values: ['HelloWorld'],
  }),
  scenario('test_max_concurrency_path[max_concurrency_value0]', concurrencyBy(), {
    MaxConcurrencyValue: {},
    Values: ['HelloWorld'],
  }),
  scenario('test_max_concurrency_path[0]', concurrencyBy(), {
    MaxConcurrencyValue: 0,
    Values: ['HelloWorld'],
  }),
  scenario(
    'test_parallel_state_fail',
    machine([
      'ParallelState',
      {
        Type: 'Parallel',
        Branches: [machine(['Branch1', { Type: 'Fail', Error: 'FailureType' }])],
        End: true,
      },
    ]),
  ),
  scenario(
    'test_parallel_state_retry',
    machine([
      'ParallelState',
      {
        Type: 'Parallel',
        Branches: [
          machine(['Branch1', { Type: 'Fail', Error: 'FailureType', Cause: 'Cause description' }]),
        ],
        Retry: [{ ErrorEquals: ['FailureType'], IntervalSeconds: 1, MaxAttempts: 2 }],
        End: true,
      },
    ]),
  ),
  scenario(
    'test_fail_error_jsonata',
    {
      QueryLanguage: 'JSONata',
      ...machine(['FailState', { Type: 'Fail', Error: '{% $states.input.error %}' }]),
    },
    { error: 'Exception' },
  ),
  scenario(
    'test_fail_cause_jsonata',
    {
      QueryLanguage: 'JSONata',
      ...machine(['FailState', { Type: 'Fail', Cause: '{% $states.input.cause %}' }]),
    },
    { cause: 'This failed to due an Exception.' },
  ),
  scenario(
    'test_wait_timestamp',
    machine(['WaitUntil', { Type: 'Wait', Timestamp: '2016-03-14T01:59:00Z', End: true }]),
  ),
  scenario(
    'test_wait_timestamp[NANOSECONDS]',
    machine([
      'WaitUntil',
      { Type: 'Wait', Timestamp: '2016-03-14T01:59:00.123456789Z', End: true },
    ]),
  ),
  scenario(
    'test_wait_seconds_jsonata',
    {
      QueryLanguage: 'JSONata',
      ...machine([
        'WaitState',
        { Type: 'Wait', Seconds: '{% $states.input.waitSeconds %}', End: true },
      ]),
    },
    { waitSeconds: 0 },
  ),
  ...(
    ['NO_Z', 'INVALID_DATE', 'INVALID_TIME', 'INVALID_ISO', 'SECONDS', 'NANOSECONDS'] as const
  ).map((kind) =>
    scenario(`test_wait_timestamp_path[${kind}]`, waitingUntil, {
      TimestampValue: timeInputs[kind],
    }),
  ),
  ...(['NO_Z', 'INVALID_ISO', 'SECONDS', 'NANOSECONDS'] as const).map((kind) =>
    scenario(`test_wait_timestamp_jsonata[${kind}]`, waitingJsonata, {
      TimestampValue: timeInputs[kind],
    }),
  ),
  scenario('test_map_state_items_input_types[number]', overInput, { items: 1 }),
  scenario('test_map_state_items_input_types[boolean]', overInput, { items: true }),
  scenario('test_map_state_items_input_types[object]', overInput, { items: { foo: 'bar' } }),
  scenario('test_map_state_items_input_types[null]', overInput, { items: null }),
  scenario('test_map_state_items_input_array[mixed]', overInput, { items: [1, 'two', true] }),
  ...variableItems.map(([name, value]) => scenario(name, overVariable(value))),
  scenario('test_map_state_items_eval_jsonata_fail[boolean]', overExpression('true')),
  scenario('test_map_state_items_eval_jsonata_fail[null]', overExpression('null')),
  scenario(
    'test_choice_singleton_composite[CHOICE_STATE_SINGLETON_COMPOSITE_JSONATA]',
    machine(
      [
        'ChoiceState',
        {
          Type: 'Choice',
          QueryLanguage: 'JSONata',
          Choices: [{ Condition: "{% $states.input.type = 'Public' %}", Next: 'Public' }],
          Default: 'DefaultState',
        },
      ],
      ['Public', pass],
      ['DefaultState', { Type: 'Fail', Cause: 'No Matches!' }],
    ),
    { type: 'Public', value: 22 },
  ),
]

describe.skipIf(!recordingsPresent)('histories of scenarios, as recorded', () => {
  test.each(runs.map((run) => [run.test, run] as const))('%s', async (_name, run) => {
    await replayRun(run)
  })
})
