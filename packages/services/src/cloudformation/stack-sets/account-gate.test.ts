import { ListStackSetOperationResultsCommand } from '@aws-sdk/client-cloudformation'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { busy } from '../../shared/outages.test-support.ts'
import { first, type SetWorld, setWorld } from './stack-sets.test-support.ts'

async function zipped(text: string): Promise<Buffer> {
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from(text), 'index.js')
  zip.end()
  const pieces: Buffer[] = []
  for await (const piece of zip.outputStream) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

/** A function by which an account says whether it is ready. */
async function gate({ cloud }: SetWorld, answer: string): Promise<void> {
  const iam = client(cloud, IAMClient, { accountId: first })
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'gate',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      }),
    }),
  )
  await client(cloud, LambdaClient, { accountId: first }).send(
    new CreateFunctionCommand({
      FunctionName: 'AWSCloudFormationStackSetAccountGate',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: Role?.Arn,
      Code: { ZipFile: await zipped(`exports.handler = async () => (${answer})`) },
    }),
  )
  await cloud.advance({ minutes: 1 })
}

async function resultWith(answer: string | undefined) {
  const world = await setWorld()
  if (answer !== undefined) await gate(world, answer)
  await world.create()
  const OperationId = await world.instances({ Accounts: [first], Regions: ['us-east-1'] })
  const { Summaries = [] } = await world.cfn.send(
    new ListStackSetOperationResultsCommand({ StackSetName: 'set', OperationId }),
  )
  return Summaries.map(({ Status, AccountGateResult }) => [Status, AccountGateResult])
}

test('without an account gate its check is skipped', async () => {
  const arn = `arn:aws:lambda:us-east-1:${first}:function:AWSCloudFormationStackSetAccountGate`
  expect(await resultWith(undefined)).toEqual([
    ['SUCCEEDED', { Status: 'SKIPPED', StatusReason: `Function not found: ${arn}` }],
  ])
})

test('an account that says that it is ready gets its stack', async () => {
  expect(await resultWith("{ Status: 'SUCCEEDED' }")).toEqual([
    ['SUCCEEDED', { Status: 'SUCCEEDED' }],
  ])
})

test('an account that says that it is not ready fails', async () => {
  expect(await resultWith("{ Status: 'FAILED' }")).toEqual([
    [
      'FAILED',
      {
        Status: 'FAILED',
        StatusReason: 'The account gate function answered {"Status":"FAILED"}',
      },
    ],
  ])
})

test('a gate that Lambda is too busy to ask lets nothing through', async () => {
  const world = await setWorld()
  await gate(world, "{ Status: 'SUCCEEDED' }")
  world.cloud.armFault('lambda.Invoke', busy)
  await world.create()
  const OperationId = await world.instances({ Accounts: [first], Regions: ['us-east-1'] })
  const { Summaries = [] } = await world.cfn.send(
    new ListStackSetOperationResultsCommand({ StackSetName: 'set', OperationId }),
  )
  expect(Summaries.map((it) => it.AccountGateResult)).toEqual([
    { Status: 'FAILED', StatusReason: 'Busy.' },
  ])
})
