import {
  type InspectionLevel,
  TestStateCommand,
  type TestStateCommandInput,
} from '@aws-sdk/client-sfn'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { replaying } from '../recorded-states.test-support.ts'

const pass = { Type: 'Pass', End: true }
const result = { ...pass, Result: { resultKey: 'result value' } }
const io = {
  Type: 'Pass',
  InputPath: '$.initialData',
  Parameters: { staticValue: 'some value', 'inputValue.$': '$.fieldFromInput' },
  ResultPath: '$.modifiedData',
  End: true,
}
const fail = {
  Type: 'Fail',
  Error: 'SomeFailure',
  Cause: "This state machines raises a 'SomeFailure' failure.",
}
const choice = {
  Type: 'Choice',
  Choices: [
    { Not: { Variable: '$.type', StringEquals: 'Private' }, Next: 'Public' },
    {
      And: [
        { Variable: '$.value', IsPresent: true },
        { Variable: '$.value', NumericGreaterThanEquals: 20 },
        { Variable: '$.value', NumericLessThan: 30 },
      ],
      Next: 'ValueInTwenties',
    },
  ],
  Default: 'DefaultState',
}

const greeting = { Value: 'HelloWorld' }
const ioInput = {
  initialData: { fieldFromInput: 'value from input', otherField: 'other' },
  unrelatedData: { someOtherField: 1234 },
}

const scenarios: readonly (readonly [string, object, object, InspectionLevel])[] = [
  ['info[BASE_PASS_STATE]', pass, greeting, 'INFO'],
  ['info[BASE_RESULT_PASS_STATE]', result, greeting, 'INFO'],
  ['info[BASE_FAIL_STATE]', fail, greeting, 'INFO'],
  ['info[BASE_SUCCEED_STATE]', { Type: 'Succeed' }, greeting, 'INFO'],
  ['debug[BASE_RESULT_PASS_STATE]', result, greeting, 'DEBUG'],
  ['debug[IO_PASS_STATE]', io, ioInput, 'DEBUG'],
  ['debug[IO_RESULT_PASS_STATE]', { ...result, ResultPath: '$.modifiedData' }, ioInput, 'DEBUG'],
  ['debug[BASE_FAIL_STATE]', fail, greeting, 'DEBUG'],
  ['debug[BASE_SUCCEED_STATE]', { Type: 'Succeed' }, greeting, 'DEBUG'],
  ['trace[BASE_PASS_STATE]', pass, greeting, 'TRACE'],
  ['trace[BASE_RESULT_PASS_STATE]', result, greeting, 'TRACE'],
  ['trace[BASE_FAIL_STATE]', fail, greeting, 'TRACE'],
  ['trace[BASE_CHOICE_STATE]', choice, { type: 'Private', value: 22 }, 'TRACE'],
]

const mockedMap = {
  Type: 'Map',
  ItemsPath: '$.Values',
  ItemProcessor: { StartAt: 'Inner', States: { Inner: pass } },
  End: true,
}
const mockedParallel = {
  Type: 'Parallel',
  Branches: [{ StartAt: 'Inner', States: { Inner: pass } }],
  End: true,
}
const retried = {
  Type: 'Task',
  QueryLanguage: 'JSONata',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'foo', Payload: 'bar' },
  Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 4 }],
  End: true,
}
const mockError = {
  errorOutput: { error: 'MockException', cause: 'Mock the cause of the error.' },
}

type Asked = Partial<TestStateCommandInput> & { readonly state: object }

/** File, test, member of the recording, what was asked. */
const others: readonly (readonly [string, string, string, Asked])[] = [
  ...(['PassState', 'SucceedState'] as const).flatMap((name) => {
    const state = name === 'PassState' ? pass : { Type: 'Succeed' }
    const test = 'TestStateMockValidation::test_state_type_does_not_accept_mock'
    const file = 'test_state_mock_validation'
    return [
      [
        file,
        `${test}[mock_result-${name}]`,
        'validation_exception',
        { state, mock: { result: '{}' } },
      ],
      [
        file,
        `${test}[mock_error_output-${name}]`,
        'validation_exception',
        { state, mock: mockError },
      ],
    ] as const
  }),
  ...(['MapState', 'ParallelState'] as const).map(
    (name) =>
      [
        'test_state_mock_validation',
        `TestStateMockValidation::test_state_type_requires_mock[${name}]`,
        'validation_exception',
        { state: name === 'MapState' ? mockedMap : mockedParallel },
      ] as const,
  ),
  [
    'test_state_mock_validation',
    'TestStateMockValidation::test_mock_result_is_not_array_on_map_state_without_result_writer',
    'validation_exception',
    { state: mockedMap, mock: { result: '{"a": 1}' } },
  ],
  [
    'test_state_mock_validation',
    'TestStateMockValidation::test_mock_result_is_not_array_on_parallel_state',
    'validation_exception',
    { state: mockedParallel, mock: { result: '{"a": 1}' } },
  ],
  [
    'test_state_mock_validation',
    'TestStateMockValidation::test_reveal_secrets_is_true_and_mock_result_is_set',
    'validation_exception',
    { state: retried, mock: { result: '{}' }, revealSecrets: true },
  ],
  ...(['DEBUG', 'TRACE'] as const).flatMap((inspectionLevel) => {
    const test = `TestStateConfiguration::test_state_configuration_retrier_retry_count[${inspectionLevel}]`
    const asked = {
      state: retried,
      input: '{"Values": ["first", "second", "third"]}',
      mock: mockError,
      inspectionLevel,
    }
    const file = 'test_state_configuration'
    return [
      [
        file,
        test,
        'below_tolerated_retry_count_with_backoff',
        { ...asked, stateConfiguration: { retrierRetryCount: 3 } },
      ],
      [
        file,
        test,
        'exceeds_tolerated_retry_count',
        { ...asked, stateConfiguration: { retrierRetryCount: 4 } },
      ],
    ] as const
  }),
  ...(['DEBUG', 'TRACE'] as const).map(
    (inspectionLevel) =>
      [
        'test_test_state_mock_scenarios',
        `TestStateMockScenarios::test_base_parallel_state_mock_success[${inspectionLevel}]`,
        'test_case_response',
        {
          state: mockedParallel,
          input: '{"key": "value"}',
          mock: { result: '[{"branch1": "result"}, {"branch2": "result"}]' },
          inspectionLevel,
        },
      ] as const,
  ),
]

describe.skipIf(!recordingsPresent)('TestState, as recorded', () => {
  test.each(scenarios)('inspection level %s', async (name, state, input, inspectionLevel) => {
    const replay = replaying(
      'test_state/test_test_state_scenarios',
      `TestStateCaseScenarios::test_base_inspection_level_${name}`,
    )
    const command = new TestStateCommand({
      definition: JSON.stringify(state),
      roleArn: replay.roleArn,
      input: JSON.stringify(input),
      inspectionLevel,
    })
    await replay.expect('test_case_response', replay.sfn.send(command))
  })

  test.each(others)('%s %s: %s', async (file, name, member, { state, ...asked }) => {
    const replay = replaying(`test_state/${file}`, name)
    const command = new TestStateCommand({
      definition: JSON.stringify(state),
      roleArn: replay.roleArn,
      ...asked,
    })
    await replay.expect(member, replay.sfn.send(command))
  })
})
