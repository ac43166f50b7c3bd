import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { client } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import { cloudOf, EndsAs, type TestHandler, zipOf } from '../../lambda/functions.test-support.ts'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type Replaying, recordedAccount } from '../recorded-states.test-support.ts'
import { recordedRun } from './recorded-runs.test-support.ts'

const stackTrace = [
  '  File "/var/task/handler.py", line 2, in handler\n    raise Exception("Some exception was raised.")\n',
]
/** JSON as Python's runtime writes it. */
function pythonText(value: object): string {
  return JSON.stringify(value).replaceAll('":', '": ').replaceAll(',"', ', "')
}

const raising: TestHandler = (_event, { invocation }) => {
  const { requestId } = invocation
  const errorMessage = 'Some exception was raised.'
  const error = { errorType: 'Exception', errorMessage }
  const payload = pythonText({ errorMessage, errorType: 'Exception', requestId, stackTrace })
  throw new EndsAs({ kind: 'failed', error, payload })
}
const custom: TestHandler = (_event, { invocation }) => {
  const { requestId } = invocation
  const trace = '  File "/var/task/handler.py", line 9, in handler\n    raise CustomException()\n'
  const error = { errorType: 'CustomException', errorMessage: '' }
  const payload = pythonText({
    errorMessage: '',
    errorType: 'CustomException',
    requestId,
    stackTrace: [trace],
  })
  throw new EndsAs({ kind: 'failed', error, payload })
}
const handlers: Record<string, TestHandler> = {
  echo: (event: unknown) => event,
  hello: () => 'HelloWorld',
  raising,
  custom,
}

async function ofFunction(
  file: string,
  name: string,
  handler: string,
  texts: Record<string, string> = {},
) {
  const cloud = cloudOf(handlers, { accountId: recordedAccount })
  const it = recordedRun(
    file,
    name,
    {
      '<lambda_function_name>': 'recorded-function',
      '<lambda_function_1_name>': 'recorded-function',
      lambda_function_name: 'recorded-function',
      ...texts,
    },
    cloud,
  )
  await makeFunction(it, 'recorded-function', handler)
  return it
}

async function makeFunction(it: Replaying, FunctionName: string, Handler: string) {
  await client(it.cloud, LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName,
      Role: it.roleArn,
      Runtime: 'nodejs22.x',
      Handler,
      Code: { ZipFile: await zipOf({ 'index.js': '' }) },
    }),
  )
  await it.cloud.advance({ seconds: 1 })
}

test.skipIf(!recordingsPresent).each(['0.0', 'True', 'json_value6', 'json_value7'])(
  'lambda:invoke answers any JSON value: %s',
  async (value) => {
    const name = `test_invoke_json_values[${value}]`
    const it = await ofFunction('services/test_lambda_task_service', name, 'echo')
    await it.expectHistory(await it.start())
  },
)

test.skipIf(!recordingsPresent).each(['0_1', 'None', 'json_value5', 'json_value7'])(
  'a function by its ARN gets the input as its event: %s',
  async (value) => {
    const name = `test_invoke_json_values[${value}]`
    const it = await ofFunction('services/test_lambda_task', name, 'echo')
    await it.expectHistory(await it.start())
  },
)

test.skipIf(!recordingsPresent).each([
  ['error_handling/test_task_service_lambda', 'test_raise_exception', 'raising'],
  ['error_handling/test_task_lambda', 'test_raise_custom_exception', 'custom'],
  ['error_handling/test_task_lambda', 'test_raise_exception_catch', 'raising'],
  ['error_handling/test_task_lambda', 'test_no_such_function', 'raising'],
  ['error_handling/test_task_lambda', 'test_no_such_function_catch', 'raising'],
] as const)("a function's error is the state's: %s %s", async (file, name, handler) => {
  const it = await ofFunction(file, name, handler)
  await it.expectHistory(await it.start())
})
