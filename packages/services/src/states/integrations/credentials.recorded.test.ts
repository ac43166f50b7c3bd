import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { cloudOf, type TestHandler, zipOf } from '../../lambda/functions.test-support.ts'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { passResult, recordedAccount } from '../recorded-states.test-support.ts'
import {
  giveRole,
  makeMachine,
  runMachine,
  single,
  statesCloud,
} from '../states-cloud.test-support.ts'
import { recordedRun } from './recorded-runs.test-support.ts'

const otherAccount = '222222222222'
const trustedRole = `arn:aws:iam::${otherAccount}:role/trusted`
const file = 'credentials/test_credentials_base'
const handlers: Record<string, TestHandler> = { echo: (event: unknown) => event }

/** A role of the other account that the execution's role may assume. */
function trust(cloud: ReturnType<typeof cloudOf>, AWS: string) {
  giveRole(cloud, ['*'], 'trusted', { accountId: otherAccount, trusts: { AWS } })
}

test.skipIf(!recordingsPresent)('a function of another account is invoked', async () => {
  const cloud = cloudOf(handlers, { accountId: recordedAccount })
  const name = 'test_cross_account_service_lambda_invoke'
  const texts = {
    '<lambda_function_name>': `arn:aws:lambda:us-east-1:${otherAccount}:function:recorded`,
    '<trusted_role_arn>': trustedRole,
  }
  const it = recordedRun(file, name, texts, cloud)
  trust(cloud, it.roleArn)
  const Role = giveRole(cloud, ['*'], 'function', { accountId: otherAccount })
  await client(cloud, LambdaClient, { accountId: otherAccount }).send(
    new CreateFunctionCommand({
      FunctionName: 'recorded',
      Role,
      Runtime: 'nodejs22.x',
      Handler: 'echo',
      Code: { ZipFile: await zipOf({ 'index.js': '' }) },
    }),
  )
  await cloud.advance({ seconds: 1 })
  await it.expectHistory(await it.start())
})

test.skipIf(!recordingsPresent).each(['CONTEXT', 'JSONATA'])(
  'a workflow of another account is awaited: %s',
  async (kind) => {
    const path = kind === 'CONTEXT' ? 'PATH_CONTEXT' : 'JSONATA'
    const name = `test_cross_account_states_start_sync_execution[SFN_START_EXECUTION_SYNC_ROLE_ARN_${path}]`
    const it = recordedRun(file, name, {
      '<secondary_test_aws_account_id>': otherAccount,
      '<trusted_role_arn>': trustedRole,
      '<ArnPart_0idx>': 'target',
    })
    trust(it.cloud, it.roleArn)
    const roleArn = giveRole(it.cloud, ['*'], 'target', { accountId: otherAccount })
    await client(it.cloud, SFNClient, { accountId: otherAccount }).send(
      new CreateStateMachineCommand({
        name: 'target',
        definition: JSON.stringify(passResult),
        roleArn,
      }),
    )
    await it.expectHistory(await it.start())
  },
)

test('a role that does not trust the execution role can not be used', async () => {
  const made = statesCloud()
  giveRole(made.cloud, ['*'], 'trusted', { accountId: otherAccount, trusts: { AWS: otherAccount } })
  const definition = single({
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:sqs:listQueues',
    Credentials: { RoleArn: trustedRole },
    Parameters: {},
  })
  const arn = await makeMachine(made, definition)
  const { status, error, cause } = await runMachine(made, arn)
  expect([status, error]).toEqual(['FAILED', 'Sqs.SqsException'])
  expect(cause).toMatch(/is not authorized to perform: sts:AssumeRole on resource: .*role\/trusted/)
})
