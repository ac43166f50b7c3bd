import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { ListQueues } from '@cloud-orrery/models/sqs'
import { type Aws, expect, test } from './index.ts'

/** Credentials of a user who may do nothing. */
async function stranger(aws: Aws) {
  const iam = aws.client(IAMClient)
  await iam.send(new CreateUserCommand({ UserName: 'ana' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ana' }))
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {}
  return { credentials: { accessKeyId, secretAccessKey } }
}

test('a denial is known in every protocol and by every code that AWS has for it', async ({
  aws,
}) => {
  await aws.client(S3Client).send(new CreateBucketCommand({ Bucket: 'pages' }))
  const ana = await stranger(aws)
  const RoleArn = 'arn:aws:iam::123456789012:role/deployer'
  const calls: [string, () => Promise<unknown>][] = [
    [
      'sqs:CreateQueue',
      () => aws.client(SQSClient, ana).send(new CreateQueueCommand({ QueueName: 'q' })),
    ],
    [
      'SNS:CreateTopic',
      () => aws.client(SNSClient, ana).send(new CreateTopicCommand({ Name: 't' })),
    ],
    [
      's3:GetObject',
      () => aws.client(S3Client, ana).send(new GetObjectCommand({ Bucket: 'pages', Key: 'k' })),
    ],
    [
      'ssm:GetParameter',
      () => aws.client(SSMClient, ana).send(new GetParameterCommand({ Name: 'p' })),
    ],
    [
      'events:ListEventBuses',
      () => aws.client(EventBridgeClient, ana).send(new ListEventBusesCommand({})),
    ],
    [
      'iam:CreateUser',
      () => aws.client(IAMClient, ana).send(new CreateUserCommand({ UserName: 'bo' })),
    ],
    [
      'sts:AssumeRole',
      () =>
        aws.client(STSClient, ana).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'ci' })),
    ],
  ]
  for (const [action, call] of calls) await expect(call()).toBeDenied(action)
})

test('a denial without a body has no action to name', async ({ aws }) => {
  await aws.client(S3Client).send(new CreateBucketCommand({ Bucket: 'pages' }))
  const s3 = aws.client(S3Client, await stranger(aws))
  const head = () => s3.send(new HeadBucketCommand({ Bucket: 'pages' }))
  await expect(head()).toBeDenied()
  await expect(head()).not.toBeDenied('s3:ListBucket')
})

test('a denial of another action, another failure and a success are no such denial', async ({
  aws,
}) => {
  const ana = aws.client(SQSClient, await stranger(aws))
  const denied = () => ana.send(new CreateQueueCommand({ QueueName: 'q' }))
  const sqs = aws.client(SQSClient)
  const invalid = () => sqs.send(new CreateQueueCommand({ QueueName: 'no spaces' }))
  await expect(denied()).not.toBeDenied('sqs:DeleteQueue')
  await expect(invalid()).not.toBeDenied()
  await expect(aws.call(ListQueues, {})).not.toBeDenied()

  await expect(expect(invalid()).toBeDenied()).rejects.toThrow(
    /^wanted a denial, or not; got InvalidParameterValue: Can only include alphanumeric/,
  )
  await expect(expect(aws.call(ListQueues, {})).toFailWith('Throttling')).rejects.toThrow(
    'wanted Throttling, but the call succeeded',
  )
  await expect(expect(denied()).not.toBeDenied()).rejects.toThrow(/sqs:createqueue/)
})

test('a matcher that is not given the call says so', async () => {
  // @ts-expect-error: A function is not a call.
  const call: Promise<unknown> = () => {}
  await expect(expect(call).toBeDenied()).rejects.toThrow(/needs the call itself, a promise/)
})
