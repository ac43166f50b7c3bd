import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { client } from '@cloud-orrery/cloud'
import { describe, test } from 'vitest'
import { cloudOf, EndsAs, type TestHandler, zipOf } from '../../lambda/functions.test-support.ts'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type Replaying, recordedAccount, replaying } from '../recorded-states.test-support.ts'
import { expectHistory, started } from './recorded-runs.test-support.ts'

const raising: TestHandler = (_event, { invocation }) => {
  const { requestId } = invocation
  const errorMessage = 'Some exception was raised.'
  const trace =
    '  File "/var/task/handler.py", line 2, in handler\n    raise Exception("Some exception was raised.")\n'
  const payload = JSON.stringify({
    errorMessage,
    errorType: 'Exception',
    requestId,
    stackTrace: [trace],
  })
  throw new EndsAs({ kind: 'failed', error: { errorType: 'Exception', errorMessage }, payload })
}
const handlers: Record<string, TestHandler> = {
  raising,
  echo: (event: unknown) => event,
  large: () => '\u{1f600}'.repeat(257 * 1024),
  slow: (_event, { sleep }) => sleep(60_000),
}
const functionArn = `arn:aws:lambda:us-east-1:${recordedAccount}:function:recorded-function`

async function withFunction(file: string, name: string, Handler: string) {
  const cloud = cloudOf(handlers, { accountId: recordedAccount })
  const texts = {
    'arn:<partition>:lambda:<region>:111111111111:function:<lambda-function-name>': functionArn,
    '<lambda_function_name>': 'recorded-function',
    '<lambda_function_1_name>': 'recorded-function',
  }
  const it = replaying(file, name, texts, cloud)
  await client(cloud, LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName: 'recorded-function',
      Role: it.roleArn,
      Runtime: 'nodejs22.x',
      Timeout: 60,
      Handler,
      Code: { ZipFile: await zipOf({ 'index.js': '' }) },
    }),
  )
  await cloud.advance({ seconds: 1 })
  return it
}

/** With the recorded input, for ten seconds of model time. */
async function runs(it: Replaying, definition: object): Promise<void> {
  const { events } = it.recorded['get_execution_history'] as {
    events: { executionStartedEventDetails?: { input: unknown } }[] // Each history begins with it.
  }
  const input = JSON.stringify(events[0]?.executionStartedEventDetails?.input)
    .replace(/arn:<partition>:lambda[^"]*/, functionArn)
    .replace(/<lambda_function(_1)?_name>/, 'recorded-function')
  const executionArn = await started(it.sfn, it.roleArn, definition, input)
  await it.cloud.advance({ seconds: 10 })
  await expectHistory(it, executionArn)
}

const jsonata = { QueryLanguage: 'JSONata' }
const invoke = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: functionArn, Payload: { foo: 'foobar' } },
}
const outputs = {
  Output: { stateInput: '{% $states.input %}', stateError: '{% $states.errorOutput %}' },
}
const variables = {
  Assign: { inputVar: '{% $states.input %}', errorVar: '{% $states.errorOutput %}' },
}
const retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }]
const caught = (more: object) => [{ ErrorEquals: ['States.ALL'], ...more, Next: 'Fallback' }]

/** A task whose failure is caught with outputs or variables, and what follows. */
function task(name: string, catches: object, fallback: object, more: object = {}) {
  return {
    StartAt: name,
    States: {
      [name]: { ...invoke, ...more, Catch: caught(catches), Next: 'Finish' },
      Fallback: { Type: 'Pass', ...fallback, End: true },
      Finish: { Type: 'Pass', End: true },
    },
  }
}

function overItems(processor: object) {
  const ProcessItems = {
    Type: 'Map',
    Items: '{% $states.input.items %}',
    MaxConcurrency: 1,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...processor },
    End: true,
  }
  return { ...jsonata, StartAt: 'ProcessItems', States: { ProcessItems } }
}

const catching: readonly (readonly [string, object])[] = [
  [
    'test_task_catch_error_output[TASK_CATCH_ERROR_OUTPUT]',
    task('Task', outputs, { ...jsonata, Output: { error: '{% $states.input %}' } }, jsonata),
  ],
  [
    'test_task_catch_error_output[TASK_CATCH_ERROR_OUTPUT_TO_JSONPATH]',
    task('Task', outputs, {}, jsonata),
  ],
  [
    'test_catch_error_variable_sampling[TASK_CATCH_ERROR_VARIABLE_SAMPLING]',
    { ...jsonata, ...task('Task', variables, { Output: { error: '{% $errorVar %}' } }) },
  ],
  [
    'test_catch_error_variable_sampling[TASK_CATCH_ERROR_VARIABLE_SAMPLING_TO_JSONPATH]',
    task('Task', variables, { OutputPath: '$errorVar' }, jsonata),
  ],
  [
    'test_task_catch_error_with_retry[TASK_CATCH_ERROR_OUTPUT_WITH_RETRY]',
    task(
      'Task',
      outputs,
      { ...jsonata, Output: { error: '{% $states.input %}' } },
      { ...jsonata, Retry: retry },
    ),
  ],
  [
    'test_task_catch_error_with_retry[TASK_CATCH_ERROR_OUTPUT_WITH_RETRY_TO_JSONPATH]',
    task('Task', outputs, {}, { ...jsonata, Retry: retry }),
  ],
  [
    'test_map_catch_error[MAP_CATCH_ERROR_OUTPUT_WITH_RETRY]',
    overItems(
      task('ProcessItem', outputs, { Output: { error: '{% $stateError %}' } }, { Retry: retry }),
    ),
  ],
  [
    'test_map_catch_error[MAP_CATCH_ERROR_VARIABLE_SAMPLING]',
    overItems(task('ProcessItem', variables, { Assign: { error: '{% $errorVar %}' } })),
  ],
]

const waits: readonly (readonly [string, object])[] = [
  [
    'test_base_wait_seconds_path[1]',
    {
      StartAt: 'WaitState',
      States: { WaitState: { Type: 'Wait', SecondsPath: '$.input.waitSeconds', End: true } },
    },
  ],
  [
    'test_base_wait_seconds_path[-1.5]',
    {
      StartAt: 'WaitState',
      States: { WaitState: { Type: 'Wait', SecondsPath: '$.input.waitSeconds', End: true } },
    },
  ],
]

const tooLarge: readonly (readonly [string, boolean, string])[] = [
  ['service_task_lambada_data_limit_exceeded', true, 'HandleDataLimitExceeded'],
  ['task_lambda_data_limit_exceeded', false, 'HandleDataLimitExceeded'],
  ['task_lambda_catch_state_all_data_limit_exceeded', false, 'HandleGeneralError'],
]

describe.skipIf(!recordingsPresent)('failures and waits, as recorded', () => {
  test.each(catching)('%s', async (name, definition) => {
    const file = 'states_variables/test_error_output'
    const it = await withFunction(file, `TestStateVariablesTemplate::${name}`, 'raising')
    await runs(it, definition)
  })

  test('a variable is assigned in a catcher', async () => {
    const file = 'assign/test_assign_reference_variables'
    const it = await withFunction(file, 'test_assign_in_catch_state', 'raising')
    const catcher = { Assign: { result: '{% $states.errorOutput %}' }, Next: 'fallback' }
    await runs(it, {
      StartAt: 'Task',
      States: {
        Task: {
          ...jsonata,
          Type: 'Task',
          Assign: { result: 'SUCCESS' },
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: { FunctionName: '{% $states.input.input_value %}', Payload: { foo: 'oof' } },
          Catch: [{ ErrorEquals: ['States.ALL'], ...catcher }],
          End: true,
        },
        fallback: { Type: 'Pass', End: true },
      },
    })
  })

  test.each(waits)('%s', async (name, definition) => {
    const it = replaying('base/test_wait', `TestSfnWait::${name}`)
    await runs(it, definition)
  })

  test.each(['', '_with_path'])('a function that takes too long%s', async (how) => {
    const name = `TestTimeouts::test_fixed_timeout_service_lambda${how}`
    const it = await withFunction('timeouts/test_timeouts', name, 'slow')
    const timeout =
      how === '' ? { TimeoutSeconds: 5 } : { TimeoutSecondsPath: '$.TimeoutSecondsValue' }
    const Parameters = { 'FunctionName.$': '$.FunctionName', 'Payload.$': '$.Payload' }
    const Start = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters,
      ...timeout,
      End: true,
    }
    await runs(it, { StartAt: 'Start', States: { Start } })
  })

  test.each(tooLarge)('%s', async (name, isService, handling) => {
    const file = 'error_handling/test_states_errors'
    const full = `TestStatesErrors::test_${name}_on_large_utf8_response`
    const it = await withFunction(file, full, 'large')
    const resource = isService
      ? {
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { 'FunctionName.$': '$.FunctionName', 'Payload.$': '$.Payload' },
        }
      : { Resource: functionArn }
    const error = handling === 'HandleGeneralError' ? 'States.ALL' : 'States.DataLimitExceeded'
    await runs(it, {
      StartAt: 'InvokeLambda',
      States: {
        InvokeLambda: {
          Type: 'Task',
          ...resource,
          Catch: [{ ErrorEquals: [error], Next: handling }],
          End: true,
        },
        [handling]: { Type: 'Pass', End: true },
      },
    })
  })
})
