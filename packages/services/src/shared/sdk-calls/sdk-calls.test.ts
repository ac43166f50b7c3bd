import { awsError, commonError } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { javaServiceName, sdkError } from './error-names.ts'
import { inputFromJson, type Json, outputToJson } from './json.ts'
import { sdkCall } from './sdk-call.ts'

function called(service: string, action: string) {
  const found = sdkCall(service, action)
  if (found.kind !== 'call') throw new Error(`${service}:${action} is ${found.kind}`)
  return found.operation
}

test('services have the names of the SDK for Java 2, actions begin with a small letter', () => {
  expect(called('dynamodb', 'getItem')).toEqual({
    kind: 'operation',
    service: 'dynamodb',
    name: 'GetItem',
  })
  expect([
    called('sfn', 'startExecution').service,
    called('cloudwatchlogs', 'putLogEvents').service,
    called('eventbridge', 'putEvents').service,
    called('cloudwatch', 'putMetricData').service,
    called('sesv2', 'sendEmail').service,
    called('secretsmanager', 'listSecrets').service,
    called('resourcegroupstaggingapi', 'getResources').service,
  ]).toEqual(['states', 'logs', 'events', 'cloudwatch', 'sesv2', 'secretsmanager', 'tagging'])
})

test('names that AWS does not know are told from services that are not modelled', () => {
  expect([
    sdkCall('stepfunctions', 'startExecution'),
    sdkCall('events', 'putEvents'),
    sdkCall('dynamodb', 'GetItem'),
    sdkCall('dynamodb', 'constructor'),
    sdkCall('glacier', 'listVaults'),
  ]).toEqual([
    { kind: 'unknown', reason: 'service' },
    { kind: 'unknown', reason: 'service' },
    { kind: 'unknown', reason: 'action' },
    { kind: 'unknown', reason: 'action' },
    { kind: 'notModelled', service: 'glacier', action: 'listVaults' },
  ])
})

test('parameters are in PascalCase whatever the spelling of the API', () => {
  const json: Json = { StateMachineArn: 'a', Input: { key: 'value' }, Name: null }
  expect(inputFromJson(called('sfn', 'startExecution'), json)).toEqual({
    kind: 'input',
    input: { stateMachineArn: 'a', input: '{"key":"value"}' },
  })
  expect(inputFromJson(called('sfn', 'startExecution'), { stateMachineArn: 'a' })).toEqual({
    kind: 'wrong',
    problems: ["The field 'stateMachineArn' is not supported by Step Functions"],
  })
})

test('a body is the JSON text of its value', () => {
  const body = (Body: Json) => {
    const of = inputFromJson(called('s3', 'putObject'), { Bucket: 'b', Key: 'k', Body })
    return of.kind === 'input' && String(of.input['Body'])
  }
  expect([body('text data'), body({ Dict: 'Value' }), body(['List', 'Data']), body(false)]).toEqual(
    ['"text data"', '{"Dict":"Value"}', '["List","Data"]', 'false'],
  )
})

test('a value of another type is refused by the name of its field', () => {
  const of = inputFromJson(called('dynamodb', 'putItem'), { TableName: 't', Item: ['a'] })
  expect(of).toEqual({
    kind: 'wrong',
    problems: ["The value for the field 'Item' must be an OBJECT"],
  })
})

test('outputs are in PascalCase, moments as ISO text', () => {
  const output = { executionArn: 'a', startDate: 1767225600000 }
  expect(outputToJson(called('sfn', 'startExecution'), output)).toEqual({
    ExecutionArn: 'a',
    StartDate: '2026-01-01T00:00:00Z',
  })
  const object = { Body: Buffer.from('text'), LastModified: 1767225600250 }
  expect(outputToJson(called('s3', 'getObject'), object)).toEqual({
    Body: 'text',
    LastModified: '2026-01-01T00:00:00.250Z',
    Metadata: {},
  })
})

test('modelled errors have the name of their exception, others that of the service', () => {
  const failed = awsError(commonError('NoSuchKey', 404), 'The specified key does not exist.')
  expect(sdkError(called('s3', 'getObject'), failed, 'r').error).toBe('S3.NoSuchKeyException')
  const invalid = awsError(commonError('ValidationException', 400), 'Wrong.')
  expect(sdkError(called('dynamodb', 'putItem'), invalid, 'r')).toEqual({
    error: 'DynamoDb.DynamoDbException',
    cause: 'Wrong. (Service: DynamoDb, Status Code: 400, Request ID: r)',
  })
})

test('services are called in Java as their ids say', () => {
  const ids = [
    'DynamoDB',
    'SESv2',
    'SFN',
    'S3',
    'Secrets Manager',
    'CloudWatch Logs',
    'EventBridge',
  ]
  expect(ids.map(javaServiceName)).toEqual([
    'DynamoDb',
    'SesV2',
    'Sfn',
    'S3',
    'SecretsManager',
    'CloudWatchLogs',
    'EventBridge',
  ])
})
