import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { type Cloud, call, client, createCloud, shownEntry } from '@cloud-orrery/cloud'
import { GetParameter } from '@cloud-orrery/models/ssm'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../../shared/outages.test-support.ts'

const Name = '/app/password'
const arn = `arn:aws:ssm:us-east-1:123456789012:parameter${Name}`
const note = (code: string) =>
  `\\(Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: [0-9a-f-]{36}; Proxy: null\\)$`

function world() {
  const cloud = createCloud({ deepFreeze: true })
  const ssm = client(cloud, SSMClient)
  const kms = client(cloud, KMSClient)
  return {
    cloud,
    ssm,
    kms,
    put: (more: Partial<PutParameterCommandInput> = {}) =>
      ssm.send(new PutParameterCommand({ Name, Value: 's3cret', Type: 'SecureString', ...more })),
    get: async (WithDecryption = true, of = ssm) =>
      (await of.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter,
    key: async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '',
  }
}

async function userWho(cloud: Cloud, ...Action: string[]): Promise<SSMClient> {
  const iam = client(cloud, IAMClient)
  await iam.send(new CreateUserCommand({ UserName: 'bob' }))
  const Statement = [{ Effect: 'Allow', Action, Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'own', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }))
  return client(cloud, SSMClient, {
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    },
  })
}

test('a SecureString is read as ciphertext, or decrypted where that is asked for', async () => {
  const { kms, put, get } = world()
  await put()
  const cipher = Buffer.from((await get(false))?.Value ?? '', 'base64')
  const EncryptionContext = { PARAMETER_ARN: arn }
  expect((await get())?.Value).toBe('s3cret')
  expect(cipher.toString()).not.toContain('s3cret')
  // Its key is AWS's own, made by this first use, which nobody may use but through Systems Manager.
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/ssm' }))
  expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' })
  await expect(
    kms.send(new DecryptCommand({ CiphertextBlob: cipher, EncryptionContext })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::123456789012:user/admin is not authorized to perform: kms:Decrypt on resource: ${KeyMetadata?.Arn} because no resource-based policy allows the kms:Decrypt action`,
  })
})

test("with a key of one's own the ciphertext is that of KMS, bound to the parameter", async () => {
  const { kms, put, get, key } = world()
  await put({ KeyId: await key() })
  const CiphertextBlob = Buffer.from((await get(false))?.Value ?? '', 'base64')
  const EncryptionContext = { PARAMETER_ARN: arn }
  const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))
  expect(Buffer.from(Plaintext ?? []).toString()).toBe('s3cret')
  await expect(
    kms.send(
      new DecryptCommand({ CiphertextBlob, EncryptionContext: { PARAMETER_ARN: `${arn}2` } }),
    ),
  ).rejects.toMatchObject({ name: 'InvalidCiphertextException' })
})

test('an advanced SecureString is longer than KMS itself encrypts', async () => {
  const { put, get } = world()
  const Value = 'ß'.repeat(4000)
  await put({ Value, Tier: 'Advanced' })
  expect((await get())?.Value).toBe(Value)
})

test('whoever may not decrypt with the key is refused in the words of KMS', async () => {
  const { cloud, kms, put, get, key } = world()
  const KeyId = await key()
  await put({ KeyId })
  const bob = await userWho(cloud, 'ssm:*')
  expect((await get(false, bob))?.Type).toBe('SecureString')
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }))
  await expect(get(true, bob)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(
      `^User: arn:aws:iam::123456789012:user/bob is not authorized to perform: kms:Decrypt on resource: ${KeyMetadata?.Arn} because no identity-based policy allows the kms:Decrypt action ${note('AccessDeniedException')}`,
    ),
  })
  await expect(
    bob.send(new PutParameterCommand({ Name: 'b', Value: 'x', Type: 'SecureString', KeyId })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('kms:Encrypt'),
  })
})

test("AWS's own key is for everybody of the account who may read the parameter", async () => {
  const { cloud, put, get } = world()
  await put()
  const bob = await userWho(cloud, 'ssm:GetParameter')
  expect((await get(true, bob))?.Value).toBe('s3cret')
})

test('a key that is disabled, doomed or not there is an invalid key', async () => {
  const { cloud, kms, put, get, key } = world()
  const KeyId = await key()
  const keyArn = `arn:aws:kms:us-east-1:123456789012:key/${KeyId}`
  await put({ KeyId })
  const refused = (call: Promise<unknown>, words: string, code: string) =>
    expect(call).rejects.toMatchObject({
      name: 'InvalidKeyId',
      message: expect.stringMatching(`^${words} ${note(code)}`),
    })
  await kms.send(new DisableKeyCommand({ KeyId }))
  await refused(get(), `${keyArn} is disabled.`, 'DisabledException')
  await kms.send(new EnableKeyCommand({ KeyId }))
  expect((await get())?.Value).toBe('s3cret')
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
  await refused(get(), `${keyArn} is pending deletion.`, 'KMSInvalidStateException')
  const gone = 'arn:aws:kms:us-east-1:123456789012:alias/gone'
  await refused(
    put({ Overwrite: true, KeyId: 'alias/gone' }),
    `Alias ${gone} is not found.`,
    'NotFoundException',
  )
  await cloud.advance({ days: 8 })
  await expect(get()).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('The ciphertext refers to a customer master key'),
  })
})

test('listings decrypt all or nothing; the key is told beside', async () => {
  const { ssm, kms, put, key } = world()
  const KeyId = await key()
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: KeyId }))
  await put({ KeyId: 'alias/mine' })
  await put({ KeyId: 'alias/mine', Value: 'second', Overwrite: true })
  await put({ Name: '/app/url', Type: 'String', Value: 'http' })
  const both = new GetParametersCommand({ Names: [Name, '/app/url'], WithDecryption: true })
  const { Parameters } = await ssm.send(both)
  expect(Parameters?.map(({ Value }) => Value)).toEqual(['second', 'http'])
  const below = await ssm.send(
    new GetParametersByPathCommand({ Path: '/app', WithDecryption: true }),
  )
  expect(below.Parameters?.map(({ Value }) => Value)).toEqual(['second', 'http'])
  const past = await ssm.send(new GetParameterHistoryCommand({ Name, WithDecryption: true }))
  expect(past.Parameters?.map(({ Value, KeyId: of }) => [Value, of])).toEqual([
    ['s3cret', 'alias/mine'],
    ['second', 'alias/mine'],
  ])
  const { Parameters: listed } = await ssm.send(
    new DescribeParametersCommand({
      ParameterFilters: [{ Key: 'KeyId', Values: ['alias/mine'] }],
    }),
  )
  expect(listed?.map(({ Name: name, KeyId: of }) => [name, of])).toEqual([[Name, 'alias/mine']])
  await kms.send(new DisableKeyCommand({ KeyId }))
  await expect(ssm.send(both)).rejects.toMatchObject({ name: 'InvalidKeyId' })
})

test('the journal that people see has no secret in it, and keeps no decrypted one', async () => {
  const { cloud, put, get } = world()
  await put()
  await put({ Value: 's3cret', Type: undefined, Overwrite: true })
  await get()
  const { entries } = cloud.kernel.journal
  expect(entries.map(shownEntry).join('\n')).not.toContain('s3cret')
  const answers = entries.map(({ data }) => JSON.stringify(data['output'] ?? null))
  expect(answers.join('\n')).not.toContain('s3cret')
})

test('KMS that is busy or fails says nothing about the key', async () => {
  const { cloud, put } = world()
  await put()
  const get = () => call(cloud, GetParameter, { Name, WithDecryption: true })
  expect(await refusalsDuring(cloud, 'kms.Decrypt', get)).toEqual([
    expect.stringMatching(`^ThrottlingException: Busy\\. ${note('ThrottlingException')}`),
    expect.stringMatching(
      /^InternalServerError: Out\. \(Service: AWSKMS; Status Code: 500; Error Code: InternalError; /,
    ),
  ])
})
