import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { type Aws, expect, test } from './index.ts'

const trust = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: { Ref: 'AWS::AccountId' } },
    Action: 'sts:AssumeRole',
  },
}

/** A queue, a bucket and a role with the statements given. */
function template(...Statement: object[]) {
  const PolicyDocument = { Version: '2012-10-17', Statement }
  return {
    Resources: {
      Jobs: { Type: 'AWS::SQS::Queue' },
      Data: { Type: 'AWS::S3::Bucket' },
      Worker: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: trust,
          Policies: [{ PolicyName: 'own', PolicyDocument }],
        },
      },
    },
    Outputs: {
      Url: { Value: { Ref: 'Jobs' } },
      Bucket: { Value: { Ref: 'Data' } },
      Role: { Value: { 'Fn::GetAtt': ['Worker', 'Arn'] } },
    },
  }
}

const jobs = { 'Fn::GetAtt': ['Jobs', 'Arn'] }
const objects = { 'Fn::Sub': '${Data.Arn}/*' }

/** Clients with the credentials of a session of the stack's role. */
async function asWorker(aws: Aws, RoleArn: string | undefined) {
  const { Credentials } = await aws
    .client(STSClient)
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }))
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }
  return {
    sqs: aws.client(SQSClient, { credentials }),
    s3: aws.client(S3Client, { credentials }),
  }
}

test('the least policy of a role is what it did, by the names of its stack', async ({ aws }) => {
  const { outputs } = await aws.deploy(
    template({ Effect: 'Allow', Action: ['sqs:*', 's3:*'], Resource: '*' }),
    { stackName: 'shop' },
  )
  const { sqs, s3 } = await asWorker(aws, outputs['Role'])
  await sqs.send(new SendMessageCommand({ QueueUrl: outputs['Url'], MessageBody: 'hi' }))
  await sqs.send(new ReceiveMessageCommand({ QueueUrl: outputs['Url'] }))
  await s3.send(new PutObjectCommand({ Bucket: outputs['Bucket'], Key: 'in/a.txt', Body: 'a' }))
  const { document, template: written } = aws.policies.least('Worker', {
    stacks: ['shop'],
    template: true,
  })
  expect(document).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${outputs['Bucket']}/in/a.txt`,
      },
      {
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:SendMessage'],
        Resource: `arn:aws:sqs:us-east-1:123456789012:${outputs['Url']?.split('/').at(-1)}`,
      },
    ],
  })
  expect(written).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:PutObject', Resource: { 'Fn::Sub': '${Data.Arn}/in/a.txt' } },
      { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:SendMessage'], Resource: jobs },
    ],
  })
})

test('calls that were refused are no part of it, and told apart', async ({ aws }) => {
  const { outputs } = await aws.deploy(
    template({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: jobs }),
    { stackName: 'shop' },
  )
  const { sqs } = await asWorker(aws, outputs['Role'])
  await sqs.send(new SendMessageCommand({ QueueUrl: outputs['Url'], MessageBody: 'hi' }))
  await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl: outputs['Url'] }))).toBeDenied(
    'sqs:ReceiveMessage',
  )
  const { document, refused, widened } = aws.policies.least(outputs['Role'] ?? '')
  expect(document.Statement.map(({ Action }) => Action)).toEqual(['sqs:SendMessage'])
  expect(refused.map(({ action, uses }) => ({ action, uses }))).toEqual([
    { action: 'sqs:ReceiveMessage', uses: 1 },
  ])
  expect(widened).toEqual([])
})

test('unused grants are named until something uses them', async ({ aws }) => {
  const { outputs } = await aws.deploy(
    template(
      { Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:PurgeQueue'], Resource: jobs },
      { Effect: 'Allow', Action: 's3:PutObject', Resource: objects },
    ),
    { stackName: 'shop' },
  )
  const { sqs, s3 } = await asWorker(aws, outputs['Role'])
  await sqs.send(new SendMessageCommand({ QueueUrl: outputs['Url'], MessageBody: 'hi' }))
  const name = outputs['Role']?.split('/').at(-1)
  const own = `inline policy "own" of role ${name}`
  expect(aws.policies.unusedGrants({ stacks: ['shop'] })).toEqual([
    `${own}, statement 1: Action sqs:PurgeQueue never used`,
    `${own}, statement 2: the whole statement never used`,
  ])
  expect(() => expect(aws).toHaveNoUnusedGrants('shop')).toThrow(/Action sqs:PurgeQueue never used/)

  await s3.send(new PutObjectCommand({ Bucket: outputs['Bucket'], Key: 'a.txt', Body: 'a' }))
  expect(aws.policies.unusedGrants({ stacks: ['shop'] })).toEqual([
    `${own}, statement 1: Action sqs:PurgeQueue never used`,
  ])
})

test('a stack of which everything is used has no unused grants', async ({ aws }) => {
  const { outputs } = await aws.deploy(
    template({ Effect: 'Allow', Action: 's3:PutObject', Resource: objects }),
    { stackName: 'shop' },
  )
  const { s3 } = await asWorker(aws, outputs['Role'])
  await s3.send(new PutObjectCommand({ Bucket: outputs['Bucket'], Key: 'a.txt', Body: 'a' }))
  expect(aws).toHaveNoUnusedGrants('shop')
  expect(aws).toHaveNoUnusedGrants()
  const used = aws.policies.coverage({ stacks: ['shop'] }).statements
  expect(used.map(({ policy, state, uses }) => ({ policy, state, uses }))).toEqual([
    { policy: 'identity', state: 'used', uses: 1 },
    { policy: 'trust', state: 'used', uses: 1 },
  ])
})

test('asking changes nothing in the run', async ({ aws }) => {
  await aws.deploy(template({ Effect: 'Allow', Action: '*', Resource: '*' }), { stackName: 'shop' })
  const before = aws.journal.digest()
  aws.policies.coverage({ stacks: ['shop'] })
  aws.policies.least('Worker', { stacks: ['shop'], template: true })
  expect(aws.journal.digest()).toBe(before)
})

test('who did nothing needs nothing; who is not there is told who is', async ({ aws }) => {
  await aws.deploy(template({ Effect: 'Allow', Action: '*', Resource: '*' }), { stackName: 'shop' })
  expect(aws.policies.least('Worker', { stacks: ['shop'] }).document.Statement).toEqual([])
  expect(() => aws.policies.least('nobody')).toThrow("There is no user or role 'nobody'.")
  expect(() => aws.policies.coverage({ stacks: ['none'] })).toThrow('There is no stack none.')
})
