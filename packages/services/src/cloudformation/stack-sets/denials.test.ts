import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackSetCommand,
  DescribeStackSetCommand,
} from '@aws-sdk/client-cloudformation'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { accountId, userWith } from '../stacks.test-support.ts'
import { administration, first, namedQueue, setWorld } from './stack-sets.test-support.ts'

const me = `User: arn:aws:iam::${accountId}:user/ana is not authorized to perform:`
const nobody = 'because no identity-based policy allows the'

async function ana(statements: readonly object[]) {
  const world = await setWorld()
  const { StackSetId } = await world.create()
  const credentials = userWith(world.cloud, statements)
  return { cfn: client(world.cloud, CloudFormationClient, { credentials }), StackSetId }
}

test('without a policy nothing about a stack set is told', async () => {
  const { cfn, StackSetId } = await ana([])
  await expect(cfn.send(new DescribeStackSetCommand({ StackSetName: 'set' }))).rejects.toThrow(
    `${me} cloudformation:DescribeStackSet on resource: arn:aws:cloudformation:us-east-1:${accountId}:stackset/${StackSetId} ${nobody} cloudformation:DescribeStackSet action`,
  )
  // Denied first, then not found.
  await expect(cfn.send(new DeleteStackSetCommand({ StackSetName: 'none' }))).rejects.toThrow(
    `${me} cloudformation:DeleteStackSet on resource: arn:aws:cloudformation:us-east-1:${accountId}:stackset/none:* ${nobody} cloudformation:DeleteStackSet action`,
  )
})

test('regions of instances can be bounded', async () => {
  const { cfn } = await ana([
    {
      Effect: 'Allow',
      Action: 'cloudformation:CreateStackInstances',
      Resource: '*',
      Condition: {
        'ForAllValues:StringEquals': { 'cloudformation:TargetRegion': ['eu-west-1'] },
      },
    },
  ])
  const create = (Region: string) =>
    cfn.send(
      new CreateStackInstancesCommand({
        StackSetName: 'set',
        Accounts: [first],
        Regions: [Region],
      }),
    )
  await expect(create('us-east-1')).rejects.toThrow(
    `${me} cloudformation:CreateStackInstances on resource:`,
  )
  expect((await create('eu-west-1')).OperationId).toMatch(/^[0-9a-f-]{36}$/)
})

test('an administration role of one’s own must be passed', async () => {
  const { cfn } = await ana([{ Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' }])
  const AdministrationRoleARN = `arn:aws:iam::${accountId}:role/${administration}`
  await expect(
    cfn.send(
      new CreateStackSetCommand({
        StackSetName: 'other',
        TemplateBody: JSON.stringify(namedQueue),
        Parameters: [{ ParameterKey: 'Name', ParameterValue: 'n' }],
        AdministrationRoleARN,
      }),
    ),
  ).rejects.toThrow(`${me} iam:PassRole on resource: ${AdministrationRoleARN}`)
})
