import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { passResult, type Replaying } from '../recorded-states.test-support.ts'
import { recordedRun } from './recorded-runs.test-support.ts'

async function table(it: Replaying, TableName: string) {
  await client(it.cloud, DynamoDBClient).send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await it.cloud.advance({ minutes: 1 })
}

test.skipIf(!recordingsPresent).each([
  ['services/test_aws_sdk_task_service', 'test_dynamodb_put_delete_item', '<test-table>'],
  ['services/test_aws_sdk_task_service', 'test_dynamodb_put_update_get_item', '<test-table>'],
  ['error_handling/test_task_service_dynamodb', 'test_invalid_param', '<test-table>'],
  ['error_handling/test_aws_sdk', 'test_dynamodb_invalid_param', '<test-table>'],
  [
    'services/test_dynamodb_task_service',
    'test_base_integrations[DYNAMODB_PUT_GET_ITEM]',
    'table-name',
  ],
  [
    'services/test_dynamodb_task_service',
    'test_base_integrations[DYNAMODB_PUT_DELETE_ITEM]',
    'table-name',
  ],
])('items: %s %s', async (file, name, placeholder) => {
  const it = recordedRun(file, name, { [placeholder]: 'recorded-table' })
  await table(it, 'recorded-table')
  await it.expectHistory(await it.start())
})

test.skipIf(!recordingsPresent)('aws-sdk:secretsmanager:listSecrets', async () => {
  const it = recordedRun('services/test_aws_sdk_task_service', 'test_list_secrets')
  await it.expectHistory(await it.start())
})

test.skipIf(!recordingsPresent).each([
  ['empty_str', ''],
  ['str', 'text data'],
  ['binary', 'binary data'],
])('aws-sdk:s3:getObject[%s]', async (name, Body) => {
  const it = recordedRun('services/test_aws_sdk_task_service', `test_s3_get_object[${name}]`)
  const s3 = client(it.cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket-name' }))
  const file = {
    Bucket: 'bucket-name',
    Key: 'file_key',
    ContentType: 'binary/octet-stream',
  }
  await s3.send(new PutObjectCommand({ ...file, Body }))
  await it.expectHistory(await it.start())
})

test.skipIf(!recordingsPresent).each(['str', 'dict', 'list', 'bool', 'num'])(
  'aws-sdk:s3:putObject[%s]',
  async (name) => {
    const it = recordedRun('services/test_aws_sdk_task_service', `test_s3_put_object[${name}]`)
    await client(it.cloud, S3Client).send(new CreateBucketCommand({ Bucket: 'bucket-name' }))
    await it.expectHistory(await it.start())
  },
)

test.skipIf(!recordingsPresent)('a bucket that is not there', async () => {
  const it = recordedRun('error_handling/test_aws_sdk', 'test_no_such_bucket')
  await it.expectHistory(await it.start())
})

test.skipIf(!recordingsPresent)('an object that is not there', async () => {
  const it = recordedRun('error_handling/test_aws_sdk', 'test_s3_no_such_key')
  await client(it.cloud, S3Client).send(new CreateBucketCommand({ Bucket: 'bucket-name' }))
  await it.expectHistory(await it.start())
})

async function target(it: Replaying, name = 'target') {
  await it.sfn.send(
    new CreateStateMachineCommand({
      name,
      definition: JSON.stringify(passResult),
      roleArn: it.roleArn,
    }),
  )
}

test.skipIf(!recordingsPresent).each([
  ['services/test_aws_sdk_task_service', 'test_sfn_start_execution'],
  ['services/test_sfn_task_service', 'test_start_execution_input_json'],
])('startExecution: %s %s', async (file, name) => {
  const it = recordedRun(file, name, { '<ArnPart_0idx>': 'target' })
  await target(it)
  await it.expectHistory(await it.start())
})

test.skipIf(!recordingsPresent)('startExecution of a machine that is not there', async () => {
  const it = recordedRun(
    'error_handling/test_task_service_sfn',
    'test_start_execution_no_such_arn',
    { '<ArnPart_0idx><random_arn_part>': 'no-such-machine' },
  )
  await it.expectHistory(await it.start())
})

test('an integration that AWS has and Orrery has not fails its state by name', async () => {
  const { runMachine, makeMachine, single, statesCloud } = await import(
    '../states-cloud.test-support.ts'
  )
  const made = statesCloud()
  const Resource = 'arn:aws:states:::aws-sdk:glacier:listVaults'
  const arn = await makeMachine(made, single({ Type: 'Task', Resource, Parameters: {} }))
  const { status, error, cause } = await runMachine(made, arn)
  expect([status, error, cause]).toEqual([
    'FAILED',
    'Orrery.NotImplemented',
    'Orrery does not model the integration aws-sdk:glacier:listVaults of states.',
  ])
})
