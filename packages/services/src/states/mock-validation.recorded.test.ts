import { type MockResponseValidationMode, TestStateCommand } from '@aws-sdk/client-sfn'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { replaying } from './recorded-states.test-support.ts'

const putEvents = 'events:putEvents'
const start = 'states:startExecution'
const putItem = 'dynamodb:putItem'
const getObject = 'aws-sdk:s3:getObject'
const getFunction = 'aws-sdk:lambda:getFunction'
const encrypt = 'aws-sdk:kms:encrypt'
const noEntries = { Entries: 'Entries value should have been a list of entry objects' }
const wrongEntry = { Entries: [{ EventId: ['no string'] }] }
const secondWrong = { Entries: [{ EventId: 'a string' }, { EventId: ['no string'] }] }
const wrongMoment = { ExecutionArn: 'stringValueExecutionArn', StartDate: true }
const arnNumber = { ExecutionArn: 1, StartDate: 'stringValueStartDate' }
const camelCase = { executionArn: 'stringValueExecutionArn', startDate: 'stringValueStartDate' }
const epoch = { ExecutionArn: 'stringValueExecutionArn', StartDate: 1764103483 }
const capacity = { ConsumedCapacity: { CapacityUnits: '123.45' } }
const memory = (MemorySize: number) => ({ Configuration: { MemorySize } })

const strict = 'test_field_validation_mode'
const present = 'test_field_validation_mode_present'
const none = 'test_field_validation_mode_none'

test.skipIf(!recordingsPresent).each<[string, string, string, object]>([
  [
    strict,
    'mock_result_field_not_in_api_spec[field_not_part_of_api_spec]',
    putEvents,
    { random: 'json' },
  ],
  [strict, 'eventbridge_task[wrong_type_nested_field]', putEvents, wrongEntry],
  [strict, 'eventbridge_task[wrong_type_2nd_array_element]', putEvents, secondWrong],
  [strict, 'sfn_task[missing_required_fields]', start, {}],
  [strict, 'sfn_task[field_name_not_in_sfn_case]', start, camelCase],
  [strict, 'sfn_task[wrong_timestamp_type_number]', start, epoch],
  [strict, 'lambda_task[wrong_integer_type_string]', 'lambda:invoke', { StatusCode: '200' }],
  [strict, 'dynamodb_task[wrong_float_type_string]', putItem, capacity],
  [strict, 'aws_sdk_s3_task[wrong_long_type_string]', getObject, { ContentLength: '9000' }],
  [strict, 'aws_sdk_kms_task[wrong_blob_type_number]', encrypt, { CiphertextBlob: 123 }],
  [
    strict,
    'aws_sdk_lambda_get_function_task[integer_less_than_minimum_allowed]',
    getFunction,
    memory(127),
  ],
  [present, 'mock_result_field_not_in_api_spec[empty_json]', putEvents, {}],
  [present, 'eventbridge_task[wrong_type_top_level_field]', putEvents, noEntries],
  [present, 'eventbridge_task[wrong_type_nested_field]', putEvents, wrongEntry],
  [present, 'sfn_task_validation_fail[wrong_timestamp_type_bool]', start, wrongMoment],
  [present, 'sfn_task_validation_fail[wrong_string_type_number]', start, arnNumber],
  [present, 'lambda_task[wrong_integer_type_string]', 'lambda:invoke', { StatusCode: '200' }],
  [present, 'dynamodb_task[wrong_float_type_string]', putItem, capacity],
  [
    present,
    'aws_sdk_kms_task[wrong_blob_length_less_than_minimum]',
    encrypt,
    { CiphertextBlob: '' },
  ],
  [
    present,
    'aws_sdk_lambda_get_function_task[integer_more_than_maximum_allowed]',
    getFunction,
    memory(40_000), // Functions may have more memory now than when this was recorded.
  ],
  [none, 'sfn_task[missing_required_fields]', start, {}],
  [none, 'sfn_task[wrong_timestamp_type_bool]', start, wrongMoment],
])('%s: %s', async (file, name, resource, result) => {
  const mode = file === strict ? 'strict' : file === present ? 'present' : 'none'
  const it = replaying(`test_state/${file}`, `test_${mode}_mode_${name}`)
  const definition = JSON.stringify({
    Type: 'Task',
    Resource: `arn:aws:states:::${resource}`,
    Parameters: {},
    ...(file === none ? { ResultPath: '$.targetExecutionResult' } : {}),
    End: true,
  })
  const fieldValidationMode = mode.toUpperCase() as MockResponseValidationMode // One of the three.
  const mock = { result: JSON.stringify(result), fieldValidationMode }
  const [key = ''] = Object.keys(it.recorded)
  const { roleArn } = it
  await it.expect(
    key,
    it.sfn.send(new TestStateCommand({ definition, roleArn, input: '{}', mock })),
  )
})
