import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { giveRole, statesCloud } from '../states-cloud.test-support.ts'

const definition = JSON.stringify({
  StartAt: 'Send',
  States: {
    Send: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Parameters: {
        QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/q',
        MessageBody: 'hi',
      },
      End: true,
    },
  },
})

test.each(['states.amazonaws.com', 'states.us-east-1.amazonaws.com'])(
  'a role that trusts %s works for a machine of that name',
  async (Service) => {
    const { cloud, sfn } = statesCloud()
    await client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'q' }))
    const roleArn = giveRole(cloud, ['sqs:*'], 'trusting', { trusts: { Service } })
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({ name: 'm', definition, roleArn }),
    )
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }))
    await cloud.settle()
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
    expect(status).toBe('SUCCEEDED')
    const assumed = cloud.kernel.journal.entries.filter(({ name }) => name === 'sts.AssumeRole')
    expect(assumed.length).toBeGreaterThan(1)
  },
)
