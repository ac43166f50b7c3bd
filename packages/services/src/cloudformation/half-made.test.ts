import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { resourcesOf, stackWorld } from './stacks.test-support.ts'

const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
  ],
}

/** A role that is made, and to which nothing can be attached. */
const role = resourcesOf({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'half',
      AssumeRolePolicyDocument: trust,
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/NoSuchPolicy'],
    },
  },
})

test('what fails after its first call has a physical id, and the rollback deletes it', async () => {
  const world = stackWorld()
  await world.create(role, { Capabilities: ['CAPABILITY_NAMED_IAM'] })
  const { StackEvents = [] } = await world.cfn.send(
    new DescribeStackEventsCommand({ StackName: 's' }),
  )
  const seen = StackEvents.filter(({ LogicalResourceId }) => LogicalResourceId === 'Role')
    .reverse()
    .map(({ ResourceStatus, PhysicalResourceId }) => [ResourceStatus, PhysicalResourceId])
  expect(seen).toEqual([
    ['CREATE_IN_PROGRESS', ''],
    ['CREATE_FAILED', 'half'],
    ['DELETE_IN_PROGRESS', 'half'],
    ['DELETE_COMPLETE', 'half'],
  ])
  expect(world.cloud.inventory().filter((arn) => arn.includes('half'))).toEqual([])
})

test('what the rollback cannot delete is still known, and goes with the stack', async () => {
  const world = stackWorld()
  const outage = world.cloud.armFault('iam.DeleteRole', {
    kind: 'error',
    code: 'ServiceFailureException',
  })
  await world.create(role, { Capabilities: ['CAPABILITY_NAMED_IAM'] })
  expect(await world.resources()).toEqual({ Role: 'DELETE_FAILED' })
  world.cloud.endFault(outage)
  await world.remove()
  expect(world.cloud.inventory().filter((arn) => arn.includes('half'))).toEqual([])
})

test('dynamic references have a type when they are resolved, and no message tells what they name', async () => {
  const world = stackWorld()
  for (const [Name, Value] of [
    ['delay', '7'],
    ['word', 'verysecret'],
  ]) {
    await world.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }))
  }
  const queue = (DelaySeconds: string) =>
    resourcesOf({ Q: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds } } })
  await world.create(queue('{{resolve:ssm:delay}}'))
  expect(await world.resources()).toEqual({ Q: 'CREATE_COMPLETE' })
  await world.create(queue('{{resolve:ssm:word}}'), {}, 'wrong')
  const { StackEvents = [] } = await world.cfn.send(
    new DescribeStackEventsCommand({ StackName: 'wrong' }),
  )
  const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')
  expect(failed?.ResourceStatusReason).toBe(
    'Properties validation failed for resource Q with message:\n#/DelaySeconds: expected type: Integer, found: String',
  )
  expect(JSON.stringify(StackEvents)).not.toContain('verysecret')
})
