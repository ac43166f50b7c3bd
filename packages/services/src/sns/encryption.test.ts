import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import {
  GetTopicAttributesCommand,
  PublishBatchCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns'
import { call, client } from '@cloud-orrery/cloud'
import { Publish } from '@cloud-orrery/models/sns'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../shared/outages.test-support.ts'
import { receivedBodies, refusal, topicWithQueue, world } from './topics-and-queues.test-support.ts'

const note = (code: string) =>
  `\\(Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: [0-9a-f-]{36}; Proxy: null\\)$`

/** A topic with a key of the customer's own, and a queue that hears it. */
async function encryptedTopic() {
  const aws = world()
  const kms = client(aws.cloud, KMSClient)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const { KeyId = '', Arn = '' } = KeyMetadata ?? {}
  const { topicArn: TopicArn, queueUrl } = await topicWithQueue(aws)
  const useKey = (AttributeValue: string) =>
    aws.sns.send(
      new SetTopicAttributesCommand({ TopicArn, AttributeName: 'KmsMasterKeyId', AttributeValue }),
    )
  await useKey(KeyId)
  return {
    ...aws,
    kms,
    KeyId,
    Arn,
    TopicArn,
    useKey,
    publish: (Message = 'hi', sns: SNSClient = aws.sns) =>
      sns.send(new PublishCommand({ TopicArn, Message })),
    received: async () => {
      await aws.cloud.advance({ seconds: 1 })
      return receivedBodies(aws, queueUrl)
    },
  }
}

test('what an encrypted topic is sent is delivered in clear', async () => {
  const { sns, publish, received, TopicArn, KeyId, useKey } = await encryptedTopic()
  await publish('one')
  const PublishBatchRequestEntries = [{ Id: 'a', Message: 'two' }]
  await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }))
  expect(await received()).toEqual(['one', 'two'])
  const attributes = async () =>
    (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.['KmsMasterKeyId']
  expect(await attributes()).toBe(KeyId)
  await useKey('')
  expect(await attributes()).toBeUndefined()
})

test('a publisher needs GenerateDataKey and Decrypt of the key', async () => {
  const { cloud, publish, Arn } = await encryptedTopic()
  const iam = client(cloud, IAMClient)
  const UserName = 'bob'
  await iam.send(new CreateUserCommand({ UserName }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const bob = client(cloud, SNSClient, {
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    },
  })
  const may = (...Action: string[]) => {
    const Statement = [{ Effect: 'Allow', Action, Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    return iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
  }
  for (const [allowed, missing] of [
    [['sns:Publish'], 'GenerateDataKey'],
    [['sns:Publish', 'kms:GenerateDataKey'], 'Decrypt'],
  ] as const) {
    await may(...allowed)
    const [code, message] = await refusal(publish('hi', bob))
    expect(code).toBe('KMSAccessDeniedException')
    expect(message).toMatch(
      new RegExp(
        `^User: arn:aws:iam::123456789012:user/bob is not authorized to perform: kms:${missing} on resource: ${Arn} because no identity-based policy allows the kms:${missing} action ${note('AccessDeniedException')}`,
      ),
    )
  }
  await may('sns:Publish', 'kms:GenerateDataKey', 'kms:Decrypt')
  await publish('hi', bob)
})

test('a key that is disabled, doomed or unknown stops publishing when its data key is five minutes old', async () => {
  const { cloud, kms, KeyId, Arn, publish, useKey } = await encryptedTopic()
  await publish()
  await kms.send(new DisableKeyCommand({ KeyId }))
  await publish()
  await cloud.advance({ minutes: 5 })
  const refused = async (code: string, words: string, kmsCode: string) => {
    const [told, message] = await refusal(publish())
    expect(told).toBe(code)
    expect(message).toMatch(new RegExp(`^${words} ${note(kmsCode)}`))
  }
  await refused('KMSDisabledException', `${Arn} is disabled.`, 'DisabledException')
  await kms.send(new EnableKeyCommand({ KeyId }))
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId }))
  await refused(
    'KMSInvalidStateException',
    `${Arn} is pending deletion.`,
    'KMSInvalidStateException',
  )
  await useKey('none')
  await refused('KMSNotFoundException', "Invalid keyId 'none'", 'NotFoundException')
})

test('EventBridge publishes to an encrypted topic when the key trusts it', async () => {
  const { cloud, sns, kms, KeyId, TopicArn, received } = await encryptedTopic()
  const Principal = { Service: 'events.amazonaws.com' }
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sns:Publish', Resource: TopicArn }],
  })
  await sns.send(
    new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue: Policy }),
  )
  const events = client(cloud, EventBridgeClient)
  await events.send(
    new PutRuleCommand({ Name: 'r', EventPattern: JSON.stringify({ source: ['app'] }) }),
  )
  await events.send(
    new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 't', Arn: TopicArn, Input: '"rang"' }] }),
  )
  const ring = () =>
    events.send(
      new PutEventsCommand({ Entries: [{ Source: 'app', DetailType: 'Bell', Detail: '{}' }] }),
    )
  await ring()
  expect(await received()).toEqual([])
  await kms.send(
    new PutKeyPolicyCommand({
      KeyId,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::123456789012:root' },
            Action: 'kms:*',
            Resource: '*',
          },
          {
            Effect: 'Allow',
            Principal,
            Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
            Resource: '*',
          },
        ],
      }),
    }),
  )
  await ring()
  expect(await received()).toEqual(['"rang"'])
})

test('KMS that is busy or fails says nothing about the key', async () => {
  const { cloud, TopicArn } = await encryptedTopic()
  const publish = () => call(cloud, Publish, { TopicArn, Message: 'hi' })
  expect(await refusalsDuring(cloud, 'kms.GenerateDataKey', publish)).toEqual([
    expect.stringMatching(`^KMSThrottlingException: Busy\\. ${note('ThrottlingException')}`),
    expect.stringMatching(/^InternalFailure: Out\. /),
  ])
})
