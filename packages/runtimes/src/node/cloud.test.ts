import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { zipOf } from './code.test-support.ts'

/** Node functions in a whole cloud. */

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
})

async function withFunction(cloud: Cloud, code: string, timeoutSeconds = 900) {
  const iam = client(cloud, IAMClient)
  const lambda = client(cloud, LambdaClient)
  const sqs = client(cloud, SQSClient)
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust }),
  )
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn }))
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }))
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: Role?.Arn,
      Timeout: timeoutSeconds,
      Environment: { Variables: { QUEUE_URL: QueueUrl ?? '' } },
      Code: { ZipFile: await zipOf({ 'index.js': code }) },
    }),
  )
  await cloud.kernel.scheduler.advanceTo(cloud.kernel.clock.nowMs + 30_000)
  return { lambda, sqs, QueueUrl }
}

/** Three concurrent invocations that sleep ten minutes each and send a message. */
async function run(seed: number) {
  const cloud = createCloud({ seed })
  const { lambda, sqs, QueueUrl } = await withFunction(
    cloud,
    `const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs')
    const sqs = new SQSClient()
    exports.handler = async ({ n }) => {
      await new Promise((resolve) => setTimeout(resolve, 600_000))
      console.log('woke', n, Math.random())
      const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: String(n) }))
      return MessageId
    }`,
  )
  const startMs = cloud.kernel.clock.nowMs
  const answers = await Promise.all(
    [1, 2, 3].map((n) =>
      lambda.send(
        new InvokeCommand({ FunctionName: 'f', Payload: Buffer.from(JSON.stringify({ n })) }),
      ),
    ),
  )
  const sleptMs = cloud.kernel.clock.nowMs - startMs
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  )
  const digest = cloud.kernel.journal.digest()
  cloud.close()
  return {
    digest,
    sleptMs,
    errors: answers.map(({ FunctionError }) => FunctionError),
    bodies: Messages.map(({ Body }) => Body).toSorted(),
  }
}

test('the same seed gives the same journal with functions in it', async () => {
  const [one, same, other] = [await run(1), await run(1), await run(2)]
  expect(one).toEqual({
    digest: same.digest,
    sleptMs: 600_000,
    errors: [undefined, undefined, undefined],
    bodies: ['1', '2', '3'],
  })
  expect(other.digest).not.toBe(one.digest)
}, 60_000)

test('a queue’s messages all come to their function', async () => {
  const cloud = createCloud()
  const { lambda, sqs, QueueUrl } = await withFunction(
    cloud,
    'exports.handler = async ({ Records }) => { console.log(Records.length) }',
    30,
  )
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  )
  const EventSourceArn = Attributes?.['QueueArn']
  await lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: 'f', EventSourceArn, BatchSize: 10 }),
  )
  for (let batch = 0; batch < 20; batch += 1) {
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `${n}`, MessageBody: `${n}` }))
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
  await cloud.kernel.scheduler.advanceTo(cloud.kernel.clock.nowMs + 120_000)
  const left = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  )
  expect(left.Attributes).toEqual({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  })
  cloud.close()
}, 60_000)
