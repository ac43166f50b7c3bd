import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { call, client } from '@cloud-orrery/cloud'
import { CreateStateMachine, DescribeStateMachine } from '@cloud-orrery/models/states'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../shared/outages.test-support.ts'
import {
  eventsOf,
  giveRole,
  giveUser,
  makeMachine,
  passing,
  runMachine,
  single,
  statesCloud,
} from './states-cloud.test-support.ts'

const bob = 'arn:aws:iam::123456789012:user/bob'
const machine = 'arn:aws:states:us-east-1:123456789012:stateMachine:machine'

test('who has no permission does not start an execution', async () => {
  const made = statesCloud()
  const stateMachineArn = await makeMachine(made)
  const credentials = giveUser(made.cloud, undefined)
  const sfn = client(made.cloud, SFNClient, { credentials })
  await expect(sfn.send(new StartExecutionCommand({ stateMachineArn }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: ${bob} is not authorized to perform: states:StartExecution on resource: ${machine} because no identity-based policy allows the states:StartExecution action`,
  })
})

test('a permission may be for one alias', async () => {
  const made = statesCloud()
  await makeMachine(made, passing, { publish: true })
  const credentials = giveUser(made.cloud, {
    Action: 'states:StartExecution',
    Resource: machine,
    Condition: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': '1' } },
  })
  const sfn = client(made.cloud, SFNClient, { credentials })
  const start = (stateMachineArn: string) =>
    sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'first' }))
  await expect(start(machine)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  expect((await start(`${machine}:1`)).executionArn).toMatch(/:execution:machine:first$/)
})

test('whoever makes a machine must be allowed to pass its role', async () => {
  const made = statesCloud()
  const credentials = giveUser(made.cloud, { Action: 'states:*', Resource: '*' })
  const sfn = client(made.cloud, SFNClient, { credentials })
  const create = new CreateStateMachineCommand({
    name: 'machine',
    definition: passing,
    roleArn: made.roleArn,
  })
  await expect(sfn.send(create)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: ${bob} is not authorized to perform: iam:PassRole on resource: ${made.roleArn} because no identity-based policy allows the iam:PassRole action`,
  })
})

test('a role that does not trust Step Functions is refused', async () => {
  const made = statesCloud()
  const roleArn = giveRole(made.cloud, ['*'], 'other', {
    trusts: { Service: 'lambda.amazonaws.com' },
  })
  await expect(makeMachine(made, passing, { roleArn })).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message:
      'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.',
  })
})

test('a task fails with what the execution role may not do', async () => {
  const made = statesCloud([])
  const definition = single({
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:sqs:listQueues',
    Parameters: {},
  })
  const ended = await runMachine(made, await makeMachine(made, definition))
  expect([ended.status, ended.error]).toEqual(['FAILED', 'Sqs.SqsException'])
  expect(ended.cause).toMatch(
    /^User: arn:aws:sts::123456789012:assumed-role\/states-role\/[A-Za-z]{32} is not authorized to perform: sqs:listqueues .* \(Service: Sqs, Status Code: 40[03], Request ID: [0-9a-f-]{36}\)$/,
  )
  const events = await eventsOf(made, ended.executionArn)
  expect(events.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskFailed',
    'ExecutionFailed',
  ])
})

test("a machine with a customer's key shows its definition to those who may decrypt", async () => {
  const made = statesCloud()
  const kms = client(made.cloud, KMSClient)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const kmsKeyId = KeyMetadata?.Arn ?? ''
  const stateMachineArn = await makeMachine(made, passing, {
    encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId },
  })
  const credentials = giveUser(made.cloud, { Action: 'states:*', Resource: '*' })
  const sfn = client(made.cloud, SFNClient, { credentials })
  const describe = (more = {}) =>
    sfn.send(new DescribeStateMachineCommand({ stateMachineArn, ...more }))
  await expect(describe()).rejects.toMatchObject({ name: 'KmsAccessDeniedException' })
  expect(await describe({ includedData: 'METADATA_ONLY' })).toMatchObject({
    definition: '{}',
    encryptionConfiguration: { kmsKeyId, kmsDataKeyReusePeriodSeconds: 300 },
  })
  await kms.send(new DisableKeyCommand({ KeyId: kmsKeyId }))
  await expect(made.sfn.send(new StartExecutionCommand({ stateMachineArn }))).rejects.toMatchObject(
    { name: 'KmsInvalidStateException', kmsKeyState: 'DISABLED' },
  )
})

test('an execution of another account is not read', async () => {
  const made = statesCloud()
  const { executionArn } = await runMachine(made, await makeMachine(made))
  const other = client(made.cloud, SFNClient, { accountId: '222222222222' })
  await expect(other.send(new GetExecutionHistoryCommand({ executionArn }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
})

test('STS that is busy or fails says nothing about the role', async () => {
  const { cloud, roleArn } = statesCloud()
  const input = { name: 'machine', definition: passing, roleArn }
  const create = () => call(cloud, CreateStateMachine, input)
  expect(await refusalsDuring(cloud, 'sts.AssumeRole', create)).toEqual([
    'InternalFailure: STS: Busy.',
    'InternalFailure: STS: Out.',
  ])
  await create()
})

test('KMS that is busy or fails says nothing about the key', async () => {
  const made = statesCloud()
  const { KeyMetadata } = await client(made.cloud, KMSClient).send(new CreateKeyCommand({}))
  const kmsKeyId = KeyMetadata?.Arn ?? ''
  const stateMachineArn = await makeMachine(made, passing, {
    encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId },
  })
  const describe = () => call(made.cloud, DescribeStateMachine, { stateMachineArn })
  expect(await refusalsDuring(made.cloud, 'kms.Decrypt', describe)).toEqual([
    'KmsThrottlingException: Busy.',
    'InternalFailure: KMS: Out.',
  ])
})
