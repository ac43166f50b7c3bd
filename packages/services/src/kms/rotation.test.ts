import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import {
  CancelKeyDeletionCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListKeyRotationsCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { accountId, bytes, refusal, text, world } from './keys.test-support.ts'

/** Dates and kinds of a key's rotations. */
async function rotationsOf(kms: KMSClient, KeyId: string) {
  const { Rotations = [] } = await kms.send(new ListKeyRotationsCommand({ KeyId }))
  return Rotations.map(({ RotationDate, RotationType }) => [
    RotationDate?.toISOString().slice(0, 10),
    RotationType,
  ])
}

const materialOf = async (kms: KMSClient, KeyId: string) =>
  (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.CurrentKeyMaterialId

test('a key is rotated every year, and reads what its older materials wrote', async () => {
  const { cloud, kms, key } = world()
  const { KeyId, arn } = await key()
  await kms.send(new EnableKeyRotationCommand({ KeyId }))
  expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({
    KeyId: arn,
    KeyRotationEnabled: true,
    RotationPeriodInDays: 365,
    NextRotationDate: new Date('2027-01-01T00:00:00Z'),
  })
  const before = await materialOf(kms, KeyId)
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('2026') }))
  await cloud.advance({ days: 730 })
  expect(await rotationsOf(kms, KeyId)).toEqual([
    ['2027-01-01', 'AUTOMATIC'],
    ['2028-01-01', 'AUTOMATIC'],
  ])
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob }))
  expect([text(opened.Plaintext), opened.KeyMaterialId]).toEqual(['2026', before])
  expect(await materialOf(kms, KeyId)).not.toBe(before)
})

test('a period of its own counts from the change; rotation can be ended', async () => {
  const { cloud, kms, key } = world()
  const { KeyId } = await key()
  await kms.send(new EnableKeyRotationCommand({ KeyId }))
  await cloud.advance({ days: 10 })
  await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }))
  await cloud.advance({ days: 90 })
  expect(await rotationsOf(kms, KeyId)).toEqual([['2026-04-11', 'AUTOMATIC']])
  await kms.send(new DisableKeyRotationCommand({ KeyId }))
  await cloud.advance({ days: 400 })
  expect(await rotationsOf(kms, KeyId)).toHaveLength(1)
})

test('a key that rests or is doomed is rotated when it is enabled again', async () => {
  const { cloud, kms, key } = world()
  const { KeyId } = await key()
  await kms.send(new EnableKeyRotationCommand({ KeyId }))
  await kms.send(new DisableKeyCommand({ KeyId }))
  await cloud.advance({ days: 400 })
  expect(await rotationsOf(kms, KeyId)).toEqual([])
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId }))
  expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({
    KeyRotationEnabled: false,
  })
  await kms.send(new CancelKeyDeletionCommand({ KeyId }))
  await kms.send(new EnableKeyCommand({ KeyId }))
  expect(await rotationsOf(kms, KeyId)).toEqual([['2027-02-05', 'AUTOMATIC']])
  await cloud.advance({ days: 365 })
  expect(await rotationsOf(kms, KeyId)).toEqual([
    ['2027-02-05', 'AUTOMATIC'],
    ['2028-02-05', 'AUTOMATIC'],
  ])
})

test('a rotation on demand takes its time, one after the other', async () => {
  const { cloud, kms, key } = world()
  const { KeyId } = await key()
  await kms.send(new RotateKeyOnDemandCommand({ KeyId }))
  expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({
    OnDemandRotationStartDate: new Date('2026-01-01T00:00:00Z'),
  })
  const again = () => kms.send(new RotateKeyOnDemandCommand({ KeyId }))
  expect((await refusal(again())).code).toBe('ConflictException')
  await cloud.advance({ seconds: 10 })
  expect(await rotationsOf(kms, KeyId)).toEqual([['2026-01-01', 'ON_DEMAND']])
  for (let rotation = 1; rotation < 25; rotation += 1) {
    await again()
    await cloud.advance({ seconds: 10 })
  }
  expect((await refusal(again())).code).toBe('LimitExceededException')
})

test('HMAC keys are not rotated', async () => {
  const { kms, key } = world()
  const { KeyId } = await key({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  expect((await refusal(kms.send(new EnableKeyRotationCommand({ KeyId })))).code).toBe(
    'UnsupportedOperationException',
  )
})

test('EventBridge hears of rotations and deletions', async () => {
  const { cloud, kms, key } = world()
  const { KeyId, arn } = await key()
  const events = client(cloud, EventBridgeClient)
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'heard' }))
  const queueArn = `arn:aws:sqs:us-east-1:${accountId}:heard`
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  const EventPattern = JSON.stringify({ source: ['aws.kms'] })
  await events.send(new PutRuleCommand({ Name: 'keys', EventPattern }))
  await events.send(new PutTargetsCommand({ Rule: 'keys', Targets: [{ Id: 'q', Arn: queueArn }] }))
  const heard = async () => {
    await cloud.advance({ seconds: 1 })
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
    for (const { ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
    return Messages.map(({ Body = '' }) => {
      const event = JSON.parse(Body) as Record<string, unknown>
      return [event['detail-type'], event['resources'], event['detail']]
    })
  }
  await kms.send(new RotateKeyOnDemandCommand({ KeyId }))
  await cloud.advance({ seconds: 10 })
  expect(await heard()).toEqual([['KMS CMK Rotation', [arn], { 'key-id': KeyId }]])
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
  await cloud.advance({ days: 7 })
  expect(await heard()).toEqual([['KMS CMK Deletion', [arn], { 'key-id': KeyId }]])
})
