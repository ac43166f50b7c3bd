import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
} from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { accessKeys, users } from '../shared/identity/state.ts'
import { accountId, arnOf, queueOf, refusal, withQueue } from './queues.test-support.ts'

const allow = (Action: string | string[], Resource: string, rest: object = {}) => ({
  Effect: 'Allow' as const,
  Action,
  Resource,
  ...rest,
})

/** A client of a user with one policy, put straight into the records of IAM. */
function userOf(cloud: Cloud, statement: object, owner = accountId): SQSClient {
  const scope = cloud.scope(owner, 'us-east-1')
  const document = { Version: '2012-10-17' as const, Statement: [statement as never] }
  users.put(scope, {
    userName: 'ana',
    userId: 'AIDAANAEXAMPLE0000001',
    path: '/',
    arn: `arn:aws:iam::${owner}:user/ana`,
    createdAtMs: 0,
    inlinePolicies: { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  const credentials = {
    accessKeyId: `AKIA${owner}ANA`,
    secretAccessKey: 'secret',
  }
  accessKeys.put(scope, {
    ...credentials,
    accountId: owner,
    userName: 'ana',
    status: 'Active',
    createdAtMs: 0,
  })
  return client(cloud, SQSClient, { credentials })
}

const denied = (action: string, resource: string, why: string, owner = accountId) => ({
  code: 'AccessDenied',
  message: `User: arn:aws:iam::${owner}:user/ana is not authorized to perform: sqs:${action} on resource: ${resource} ${why}`,
})

const noIdentityPolicy = (action: string) =>
  `because no identity-based policy allows the sqs:${action} action`

test('a user may do what the policy names and nothing else', async () => {
  const { cloud, QueueUrl } = await withQueue()
  const ana = userOf(cloud, allow('sqs:ReceiveMessage', arnOf('orders')))
  const send = new SendMessageCommand({ QueueUrl, MessageBody: 'hi' })
  const refused = denied('sendmessage', arnOf('orders'), noIdentityPolicy('sendmessage'))
  expect(await refusal(ana.send(send))).toEqual(refused)
  const Entries = [{ Id: '1', MessageBody: 'hi' }]
  const batch = new SendMessageBatchCommand({ QueueUrl, Entries })
  expect(await refusal(ana.send(batch))).toEqual(refused)
  expect(await refusal(ana.send(new ListQueuesCommand({})))).toEqual(
    denied('listqueues', '*', noIdentityPolicy('listqueues')),
  )
})

test('a queue that is not there is denied before it is missed', async () => {
  const { cloud } = await withQueue()
  const ana = userOf(cloud, allow('sqs:*', arnOf('orders')))
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${accountId}/nowhere`
  const send = new SendMessageCommand({ QueueUrl, MessageBody: 'hi' })
  expect(await refusal(ana.send(send))).toEqual(
    denied('sendmessage', arnOf('nowhere'), noIdentityPolicy('sendmessage')),
  )
})

test('a denial answers 403 in JSON', async () => {
  const { cloud, QueueUrl } = await withQueue()
  const ana = userOf(cloud, allow('sqs:ReceiveMessage', arnOf('orders')))
  const error = await ana
    .send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
    .catch((thrown: { $metadata: { httpStatusCode: number } }) => thrown)
  expect(error.$metadata.httpStatusCode).toBe(403)
})

test('a policy may ask for tags of the queue and of the request', async () => {
  const { cloud, sqs } = await withQueue()
  const blue = { StringEquals: { 'aws:ResourceTag/team': 'blue' } }
  const ana = userOf(cloud, allow(['sqs:SendMessage', 'sqs:TagQueue'], '*', { Condition: blue }))
  const input = { QueueName: 'blue', tags: { team: 'blue' } }
  const { QueueUrl } = await sqs.send(new CreateQueueCommand(input))
  const red = await queueOf(sqs, 'red')
  await ana.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  const send = new SendMessageCommand({ QueueUrl: red.QueueUrl, MessageBody: 'hi' })
  expect((await refusal(ana.send(send))).code).toBe('AccessDenied')
  const Tags = { team: 'blue' }
  const tag = new TagQueueCommand({ QueueUrl: red.QueueUrl, Tags })
  expect((await refusal(ana.send(tag))).code).toBe('AccessDenied')
})

test('tags at creation need the permission to tag', async () => {
  const { cloud } = await withQueue()
  const ana = userOf(cloud, allow('sqs:CreateQueue', '*'))
  const input = { QueueName: 'tagged', tags: { team: 'blue' } }
  expect(await refusal(ana.send(new CreateQueueCommand(input)))).toEqual(
    denied('tagqueue', arnOf('tagged'), noIdentityPolicy('tagqueue')),
  )
  const { QueueUrl } = await ana.send(new CreateQueueCommand({ QueueName: 'plain' }))
  expect(QueueUrl).toMatch(/\/plain$/)
})

const other = '222222222222'

function document(...Statement: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

test('another account needs the permission of both', async () => {
  const { cloud, QueueUrl, set, bodies } = await withQueue()
  const ana = userOf(cloud, allow('sqs:*', '*'), other)
  const send = () => ana.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  expect(await refusal(send())).toEqual(
    denied(
      'sendmessage',
      arnOf('orders'),
      'because no resource-based policy allows the sqs:sendmessage action',
      other,
    ),
  )
  const Principal = { AWS: `arn:aws:iam::${other}:root` }
  await set({ Policy: document(allow('SQS:SendMessage', arnOf('orders'), { Principal })) })
  await send()
  expect(await bodies()).toEqual(['hi'])
  const get = { QueueName: 'orders', QueueOwnerAWSAccountId: accountId }
  expect((await refusal(ana.send(new GetQueueUrlCommand(get)))).code).toBe('AccessDenied')
  // What the other account may do it does in the queue's account.
  const mine = client(cloud, SQSClient, { accountId: other })
  expect((await mine.send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined()
})

test('what concerns a queue itself no policy gives to another account', async () => {
  const { cloud, QueueUrl, set } = await withQueue()
  const Principal = { AWS: `arn:aws:iam::${other}:root` }
  await set({ Policy: document(allow('sqs:*', arnOf('orders'), { Principal })) })
  const ana = userOf(cloud, allow('sqs:*', '*'), other)
  await ana.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  expect(await refusal(ana.send(new DeleteQueueCommand({ QueueUrl })))).toEqual(
    denied(
      'deletequeue',
      arnOf('orders'),
      'because no resource-based policy allows the sqs:deletequeue action',
      other,
    ),
  )
})

test("a queue's policy can take away what an identity policy gives", async () => {
  const { cloud, QueueUrl, set } = await withQueue()
  const ana = userOf(cloud, allow('sqs:*', '*'))
  const deny = {
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:SendMessage',
    Resource: arnOf('orders'),
    Condition: { Bool: { 'aws:SecureTransport': 'true' } },
  }
  await set({ Policy: document(deny) })
  const send = new SendMessageCommand({ QueueUrl, MessageBody: 'hi' })
  expect(await refusal(ana.send(send))).toEqual(
    denied('sendmessage', arnOf('orders'), 'with an explicit deny in a resource-based policy'),
  )
})

test("a queue's policy alone suffices within the account", async () => {
  const { cloud, QueueUrl, set, bodies } = await withQueue()
  const ana = userOf(cloud, allow('sqs:ListQueues', '*'))
  const Principal = { AWS: `arn:aws:iam::${accountId}:user/ana` }
  await set({ Policy: document(allow('sqs:SendMessage', arnOf('orders'), { Principal })) })
  await ana.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  expect(await bodies()).toEqual(['hi'])
})

test('a move task needs permission at both ends', async () => {
  const { cloud, sqs } = await withQueue()
  await queueOf(sqs, 'dead')
  const deadLetterTargetArn = arnOf('dead')
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 })
  await queueOf(sqs, 'source', { RedrivePolicy })
  const ana = userOf(cloud, allow('sqs:*', arnOf('dead')))
  const task = { SourceArn: arnOf('dead'), DestinationArn: arnOf('orders') }
  expect(await refusal(ana.send(new StartMessageMoveTaskCommand(task)))).toEqual(
    denied('sendmessage', arnOf('orders'), noIdentityPolicy('sendmessage')),
  )
  const back = new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead') })
  expect(await refusal(ana.send(back))).toEqual(
    denied('sendmessage', arnOf('source'), noIdentityPolicy('sendmessage')),
  )
})

test("a key of AWS's own serves the queue's account and nobody else", async () => {
  const { cloud, QueueUrl, set } = await withQueue({ KmsMasterKeyId: 'alias/aws/sqs' })
  const Principal = { AWS: `arn:aws:iam::${other}:root` }
  await set({ Policy: document(allow('sqs:SendMessage', arnOf('orders'), { Principal })) })
  const ana = userOf(cloud, allow('sqs:*', '*'), other)
  const send = new SendMessageCommand({ QueueUrl, MessageBody: 'hi' })
  expect((await refusal(ana.send(send))).code).toBe('KMS.AccessDeniedException')
})
