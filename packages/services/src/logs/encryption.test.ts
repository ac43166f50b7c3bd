import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DisassociateKmsKeyCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms'
import { call, client, createCloud } from '@cloud-orrery/cloud'
import { AssociateKmsKey, GetLogEvents } from '@cloud-orrery/models/logs'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../shared/outages.test-support.ts'

const logGroupName = '/app/a'
const groupArn = `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`
const denied = {
  name: 'AccessDeniedException',
  message: `The specified KMS key does not exist or is not allowed to be used with Arn '${groupArn}'`,
}

/** Statement that lets CloudWatch Logs use a key for the groups of a condition. */
const trust = (Condition?: object) => ({
  Effect: 'Allow',
  Principal: { Service: 'logs.us-east-1.amazonaws.com' },
  Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
  Resource: '*',
  ...(Condition === undefined ? {} : { Condition }),
})

async function world(...statements: object[]) {
  const cloud = createCloud({ deepFreeze: true })
  const kms = client(cloud, KMSClient)
  const logs = client(cloud, CloudWatchLogsClient)
  const policy = (...more: object[]) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::123456789012:root' },
          Action: 'kms:*',
          Resource: '*',
        },
        ...more,
      ],
    })
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy: policy(...statements) }))
  const { KeyId = '', Arn: kmsKeyId = '' } = KeyMetadata ?? {}
  const logStreamName = 's'
  return {
    cloud,
    kms,
    logs,
    KeyId,
    kmsKeyId,
    setPolicy: (...more: object[]) =>
      kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy(...more) })),
    create: (key?: string) => logs.send(new CreateLogGroupCommand({ logGroupName, kmsKeyId: key })),
    async write(message: string) {
      const logEvents = [{ timestamp: cloud.kernel.clock.nowMs, message }]
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
    },
    stream: () => logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })),
    read: async () =>
      (await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }))).events?.map(
        ({ message }) => message,
      ),
    keyOfGroup: async () =>
      (await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.[0]?.kmsKeyId,
  }
}

test('a group has a key whose policy trusts CloudWatch Logs in the Region', async () => {
  const { create, kmsKeyId, keyOfGroup, setPolicy } = await world()
  await expect(create(kmsKeyId)).rejects.toMatchObject(denied)
  expect(await keyOfGroup()).toBeUndefined()
  await setPolicy(trust())
  await create(kmsKeyId)
  expect(await keyOfGroup()).toBe(kmsKeyId)
})

test("the key's policy sees for which group it is asked", async () => {
  const forGroup = (arn: string) =>
    trust({ ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': arn } })
  const { create, kmsKeyId, setPolicy } = await world(forGroup(`${groupArn}b`))
  await expect(create(kmsKeyId)).rejects.toMatchObject(denied)
  await setPolicy(trust({ ArnEquals: { 'aws:SourceArn': `${groupArn}b` } }))
  await expect(create(kmsKeyId)).rejects.toMatchObject(denied)
  await setPolicy(forGroup(groupArn))
  await create(kmsKeyId)
})

test('a key is named by its ARN, and has to be there', async () => {
  const { create, KeyId, kmsKeyId } = await world(trust())
  await expect(create(KeyId)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'The specified KMS Key Id could not be found.',
  })
  const gone = kmsKeyId.replace(KeyId, '11111111-2222-4333-8444-555555555555')
  await expect(create(gone)).rejects.toMatchObject(denied)
})

test('a disabled key keeps what was written from its readers, for as long as it is', async () => {
  const { cloud, kms, logs, KeyId, kmsKeyId, create, stream, write, read } = await world(trust())
  await create()
  await logs.send(new AssociateKmsKeyCommand({ logGroupName, kmsKeyId }))
  await stream()
  await write('one')
  expect(await read()).toEqual(['one'])
  await kms.send(new DisableKeyCommand({ KeyId }))
  expect(await read()).toEqual(['one']) // The data key is still in use.
  await cloud.advance({ minutes: 5 })
  await expect(read()).rejects.toMatchObject(denied)
  await expect(logs.send(new FilterLogEventsCommand({ logGroupName }))).rejects.toMatchObject(
    denied,
  )
  await kms.send(new EnableKeyCommand({ KeyId }))
  expect(await read()).toEqual(['one'])
})

test('a group is rid of its key', async () => {
  const { logs, kmsKeyId, create, keyOfGroup } = await world(trust())
  await create(kmsKeyId)
  await logs.send(new DisassociateKmsKeyCommand({ resourceIdentifier: groupArn }))
  expect(await keyOfGroup()).toBeUndefined()
})

test('KMS that is busy or fails says nothing about the key', async () => {
  const { cloud, kmsKeyId, create, stream } = await world(trust())
  await create()
  await stream()
  const failures = [
    'ServiceUnavailableException: KMS: Busy.',
    'ServiceUnavailableException: KMS: Out.',
  ]
  const associate = () => call(cloud, AssociateKmsKey, { logGroupName, kmsKeyId })
  expect(await refusalsDuring(cloud, 'kms.GenerateDataKey', associate)).toEqual(failures)
  await associate()
  await cloud.advance({ minutes: 5 })
  const read = () => call(cloud, GetLogEvents, { logGroupName, logStreamName: 's' })
  expect(await refusalsDuring(cloud, 'kms.Decrypt', read)).toEqual(failures)
})
