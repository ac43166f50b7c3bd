import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const greetings = {
  Resources: {
    First: { Type: 'Orrery::Hello::Greeting', Properties: { Text: 'Good morning' } },
    Second: {
      Type: 'Orrery::Hello::Greeting',
      Properties: { Name: 'second', Text: { 'Fn::Join': ['', ['after ', { Ref: 'First' }]] } },
    },
  },
  Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Second', 'Arn'] } } },
}

function cloudWithClient() {
  const cloud = createCloud({ deepFreeze: true })
  return { cloud, cfn: client(cloud, CloudFormationClient) }
}

async function eventsOf(cfn: CloudFormationClient, StackName: string) {
  const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
  return StackEvents.toReversed().map(
    ({ LogicalResourceId, ResourceStatus, ResourceStatusReason, PhysicalResourceId }) =>
      [
        LogicalResourceId,
        ResourceStatus,
        ResourceStatusReason,
        LogicalResourceId === StackName
          ? ''
          : PhysicalResourceId?.replace(/-[a-zA-Z0-9]{12}$/, '-*'),
      ].filter((each) => each !== undefined),
  )
}

test('a stack is created in the order of its references, and deleted in the opposite one', async () => {
  const { cloud, cfn } = cloudWithClient()
  const { StackId = '' } = await cfn.send(
    new CreateStackCommand({ StackName: 'hello', TemplateBody: JSON.stringify(greetings) }),
  )
  await cloud.advance({ minutes: 1 })
  const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName: 'hello' }))
  expect(Stacks?.[0]).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
    Outputs: [
      { OutputKey: 'Arn', OutputValue: 'arn:aws:hello:us-east-1:123456789012:greeting/second' },
    ],
  })
  expect(await eventsOf(cfn, 'hello')).toEqual([
    ['hello', 'CREATE_IN_PROGRESS', 'User Initiated', ''],
    ['First', 'CREATE_IN_PROGRESS', ''],
    ['First', 'CREATE_IN_PROGRESS', 'Resource creation Initiated', 'hello-First-*'],
    ['First', 'CREATE_COMPLETE', 'hello-First-*'],
    ['Second', 'CREATE_IN_PROGRESS', ''],
    ['Second', 'CREATE_IN_PROGRESS', 'Resource creation Initiated', 'second'],
    ['Second', 'CREATE_COMPLETE', 'second'],
    ['hello', 'CREATE_COMPLETE', ''],
  ])
  await cfn.send(new DeleteStackCommand({ StackName: 'hello' }))
  await cloud.advance({ minutes: 1 })
  const { StackResources = [] } = await cfn.send(
    new DescribeStackResourcesCommand({ StackName: StackId }),
  )
  expect(StackResources.map(({ ResourceStatus }) => ResourceStatus)).toEqual([
    'DELETE_COMPLETE',
    'DELETE_COMPLETE',
  ])
})
