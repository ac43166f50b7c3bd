import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, call, client, createCloud } from '@cloud-orrery/cloud'
import { SendMessage } from '@cloud-orrery/models/sqs'
import { accessKeys, users } from '@cloud-orrery/services'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../shared/outages.test-support.ts'
import { accountId, arnOf, queueOf, refusal, withQueue } from './queues.test-support.ts'

const note = (code: string) =>
  `\\(Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: [0-9a-f-]{36}; Proxy: null\\)$`

/** A queue with a key of the customer's own, whose data keys are used for a minute. */
async function encryptedQueue(attributes: Record<string, string> = {}) {
  const cloud = createCloud({ deepFreeze: true })
  const kms = client(cloud, KMSClient)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const { KeyId = '', Arn = '' } = KeyMetadata ?? {}
  const KmsDataKeyReusePeriodSeconds = '60'
  const settings = { KmsMasterKeyId: KeyId, KmsDataKeyReusePeriodSeconds, ...attributes }
  return { kms, KeyId, Arn, ...(await withQueue(settings, cloud)) }
}

/** What KMS was asked for. */
function kmsCalls(cloud: Cloud): string[] {
  return cloud.kernel.journal.entries.flatMap(({ kind, name }) =>
    kind === 'call' && /^kms\.(Decrypt|GenerateDataKey)$/.test(name) ? [name] : [],
  )
}

function userOf(cloud: Cloud, Action: string[], account = accountId): SQSClient {
  const scope = cloud.scope(account, 'us-east-1')
  const userName = `user${users.count(scope)}`
  const document = {
    Version: '2012-10-17' as const,
    Statement: [{ Effect: 'Allow' as const, Action, Resource: '*' }],
  }
  users.put(scope, {
    userName,
    userId: `AIDA${userName}`,
    path: '/',
    arn: `arn:aws:iam::${account}:user/${userName}`,
    createdAtMs: 0,
    inlinePolicies: { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  const accessKeyId = `AKIA${userName.toUpperCase()}${account}`
  const secretAccessKey = 'secret'
  accessKeys.put(scope, {
    accessKeyId,
    secretAccessKey,
    accountId: account,
    userName,
    status: 'Active',
    createdAtMs: 0,
  })
  return client(cloud, SQSClient, { credentials: { accessKeyId, secretAccessKey } })
}

test('a data key is used again until its period is over', async () => {
  const { cloud, send, bodies } = await encryptedQueue()
  for (const body of ['a', 'b']) await send(body)
  expect(await bodies()).toEqual(['a', 'b'])
  expect(kmsCalls(cloud)).toEqual(['kms.GenerateDataKey', 'kms.Decrypt'])
  await cloud.advance({ seconds: 60 })
  await send('c')
  expect(kmsCalls(cloud)).toHaveLength(4)
  expect(await bodies()).toEqual(['a', 'b', 'c'])
})

test('a producer needs GenerateDataKey and Decrypt, a consumer Decrypt, of the key of the queue', async () => {
  const { cloud, Arn, QueueUrl, send } = await encryptedQueue()
  await send('hi')
  const messageOf = (of: SQSClient) =>
    of.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
  const receive = (of: SQSClient) => of.send(new ReceiveMessageCommand({ QueueUrl }))
  const denied = (user: number, action: string) => ({
    code: 'KMS.AccessDeniedException',
    message: expect.stringMatching(
      `^User: arn:aws:iam::${accountId}:user/user${user} is not authorized to perform: kms:${action} on resource: ${Arn} because no identity-based policy allows the kms:${action} action ${note('AccessDeniedException')}`,
    ),
  })
  const plain = userOf(cloud, ['sqs:*'])
  expect(await refusal(messageOf(plain))).toEqual(denied(1, 'GenerateDataKey'))
  expect(await refusal(receive(plain))).toEqual(denied(1, 'Decrypt'))
  const half = userOf(cloud, ['sqs:*', 'kms:GenerateDataKey'])
  expect(await refusal(messageOf(half))).toEqual(denied(2, 'Decrypt'))
  const consumer = userOf(cloud, ['sqs:*', 'kms:Decrypt'])
  expect((await receive(consumer)).Messages?.map(({ Body }) => Body)).toEqual(['hi'])
})

test('a key that is disabled, doomed or unknown stops what is sent and received', async () => {
  const { cloud, kms, KeyId, Arn, send, set, bodies } = await encryptedQueue({
    VisibilityTimeout: '0',
  })
  await send('hi')
  await kms.send(new DisableKeyCommand({ KeyId }))
  expect(await bodies()).toEqual(['hi']) // The data key is still in use.
  await cloud.advance({ seconds: 60 })
  const refused = (code: string, words: string, kmsCode: string) => ({
    code,
    message: expect.stringMatching(`^${words} ${note(kmsCode)}`),
  })
  const disabled = refused('KMS.DisabledException', `${Arn} is disabled.`, 'DisabledException')
  expect(await refusal(send('x'))).toEqual(disabled)
  expect(await refusal(bodies())).toEqual(disabled)
  await kms.send(new EnableKeyCommand({ KeyId }))
  expect(await bodies()).toEqual(['hi'])
  await cloud.advance({ seconds: 60 })
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
  const doomed = refused(
    'KMS.InvalidStateException',
    `${Arn} is pending deletion.`,
    'KMSInvalidStateException',
  )
  expect(await refusal(send('x'))).toEqual(doomed)
  await set({ KmsMasterKeyId: 'alias/gone' })
  expect(await refusal(send('x'))).toEqual(
    refused(
      'KMS.NotFoundException',
      `Alias arn:aws:kms:us-east-1:${accountId}:alias/gone is not found.`,
      'NotFoundException',
    ),
  )
})

test("another account sends with the queue's key where both sides allow it", async () => {
  const { cloud, kms, KeyId, QueueUrl, set, bodies } = await encryptedQueue()
  const other = '222222222222'
  const root = (of: string) => ({ AWS: `arn:aws:iam::${of}:root` })
  const statement = (Principal: object, Action: string[]) => ({
    Effect: 'Allow',
    Principal,
    Action,
    Resource: '*',
  })
  const queuePolicy = { Version: '2012-10-17', Statement: [statement(root(other), ['sqs:*'])] }
  await set({
    Policy: JSON.stringify(queuePolicy).replace(
      '"Resource":"*"',
      `"Resource":"${arnOf('orders')}"`,
    ),
  })
  const bob = userOf(cloud, ['sqs:*', 'kms:*'], other)
  const send = () => bob.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  expect((await refusal(send())).code).toBe('KMS.AccessDeniedException')
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      statement(root(accountId), ['kms:*']),
      {
        ...statement(root(other), ['kms:GenerateDataKey', 'kms:Decrypt']),
        Condition: {
          StringEquals: {
            'kms:ViaService': 'sqs.us-east-1.amazonaws.com',
            'kms:EncryptionContext:aws:sqs:arn': arnOf('orders'),
          },
        },
      },
    ],
  })
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy }))
  await send()
  expect(await bodies()).toEqual(['hi'])
})

test('a topic delivers to an encrypted queue where the key trusts SNS, for that topic', async () => {
  const { cloud, kms, KeyId, sqs, QueueUrl, set, bodies } = await encryptedQueue()
  const dead = await queueOf(sqs, 'dead')
  const sns = client(cloud, SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }))
  const Principal = { Service: 'sns.amazonaws.com' }
  const allowSns = (queue: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: arnOf(queue) },
      ],
    })
  await set({ Policy: allowSns('orders') })
  await dead.set({ Policy: allowSns('dead') })
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: arnOf('orders'),
      Attributes: {
        RawMessageDelivery: 'true',
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead') }),
      },
    }),
  )
  const publish = async (Message: string) => {
    await sns.send(new PublishCommand({ TopicArn, Message }))
    await cloud.advance({ seconds: 1 })
  }
  await publish('refused')
  expect([await bodies(), await dead.bodies()]).toEqual([[], ['refused']])
  const trust = (source: string) =>
    kms.send(
      new PutKeyPolicyCommand({
        KeyId,
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${accountId}:root` },
              Action: 'kms:*',
              Resource: '*',
            },
            {
              Effect: 'Allow',
              Principal,
              Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
              Resource: '*',
              Condition: { ArnEquals: { 'aws:SourceArn': source } },
            },
          ],
        }),
      }),
    )
  // The confused deputy: another topic is trusted, not this one.
  await trust(`${TopicArn}-of-others`)
  await publish('refused too')
  expect(await bodies()).toEqual([])
  await trust(TopicArn)
  await publish('delivered')
  expect(await bodies()).toEqual(['delivered'])
  expect(QueueUrl).toContain('orders')
})

test("AWS's own key serves everyone of the account through SQS, no service and no other account", async () => {
  const { cloud, QueueUrl, send, bodies } = await withQueue({ KmsMasterKeyId: 'alias/aws/sqs' })
  await send('hi')
  const bob = userOf(cloud, ['sqs:*'])
  const { Messages } = await bob.send(new ReceiveMessageCommand({ QueueUrl }))
  expect(Messages?.map(({ Body }) => Body)).toEqual(['hi'])
  await cloud.advance({ seconds: 30 })
  expect(await bodies()).toEqual(['hi'])
})

test('an outage of KMS is one of SQS, and loses no message', async () => {
  const { cloud, send, bodies } = await encryptedQueue({ VisibilityTimeout: '0' })
  await send('hi')
  await cloud.advance({ seconds: 60 })
  const outage = cloud.armFault('kms.Decrypt', { kind: 'error', code: 'KMSInternalException' })
  expect((await refusal(bodies())).code).toBe('InternalFailure')
  cloud.endFault(outage)
  expect(await bodies()).toEqual(['hi'])
})

test('the same seed gives the same journal, keys and all', async () => {
  const digests = await Promise.all(
    [1, 2].map(async () => {
      const { cloud, send, bodies } = await encryptedQueue()
      await send('a')
      await bodies()
      await cloud.advance({ hours: 1 })
      return cloud.kernel.journal.digest()
    }),
  )
  expect(digests[0]).toBe(digests[1])
})

test('KMS that is busy or fails says nothing about the key', async () => {
  const { cloud, QueueUrl } = await encryptedQueue()
  const send = () => call(cloud, SendMessage, { QueueUrl, MessageBody: 'hi' })
  expect(await refusalsDuring(cloud, 'kms.GenerateDataKey', send)).toEqual([
    expect.stringMatching(`^KmsThrottled: Busy\\. ${note('ThrottlingException')}`),
    expect.stringMatching(/^InternalFailure: Out\. /),
  ])
})
