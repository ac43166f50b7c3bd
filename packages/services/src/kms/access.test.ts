import {
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  GetUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam'
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms'
import { client, explainEntry } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  accountId,
  arnPrefix,
  bytes,
  newKey,
  otherAccountId,
  refusal,
  text,
  userWho,
  world,
} from './keys.test-support.ts'

const allow = (Action: string | string[], Resource = '*', Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
})
const root = (of: string) => ({ AWS: `arn:aws:iam::${of}:root` })
const keyPolicy = (...Statement: object[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ ...allow('kms:*'), Principal: root(accountId) }, ...Statement],
  })

test('who may nothing is told what, on which key, before anything is looked up', async () => {
  const { cloud, kms, key } = world()
  const { KeyId, arn } = await key()
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: KeyId }))
  const bob = client(cloud, KMSClient, await userWho(cloud, 'bob'))
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('hi') }))
  const denied = (action: string, resource: string) => ({
    code: 'AccessDeniedException',
    message: `User: arn:aws:iam::${accountId}:user/bob is not authorized to perform: kms:${action} on resource: ${resource} because no identity-based policy allows the kms:${action} action`,
    status: 400,
  })
  const gone = '11111111-2222-4333-8444-555555555555'
  for (const [call, action, resource] of [
    [bob.send(new DescribeKeyCommand({ KeyId })), 'DescribeKey', arn],
    [bob.send(new DescribeKeyCommand({ KeyId: 'alias/a' })), 'DescribeKey', arn],
    [bob.send(new DescribeKeyCommand({ KeyId: gone })), 'DescribeKey', `${arnPrefix}key/${gone}`],
    [bob.send(new DecryptCommand({ CiphertextBlob })), 'Decrypt', arn],
    [bob.send(new CreateKeyCommand({})), 'CreateKey', '*'],
    [bob.send(new ListKeysCommand({})), 'ListKeys', '*'],
    [
      bob.send(new CreateAliasCommand({ AliasName: 'alias/b', TargetKeyId: KeyId })),
      'CreateAlias',
      `${arnPrefix}alias/b`,
    ],
    [
      bob.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: KeyId })),
      'ReEncryptFrom',
      arn,
    ],
  ] as const) {
    expect(await refusal(call)).toEqual(denied(action, resource))
  }
})

test('a denial names the change that would allow it', async () => {
  const { cloud, key } = world()
  const { KeyId, arn } = await key()
  const bob = client(cloud, KMSClient, await userWho(cloud, 'bob'))
  await refusal(bob.send(new EncryptCommand({ KeyId, Plaintext: bytes('hi') })))
  const { text: told } = explainEntry(cloud)
  expect(told).toContain('kms:Encrypt')
  expect(told).toContain(arn)
  expect(told).toContain(`resource policy of ${arn}`)
})

test('the encryption context is a condition', async () => {
  const { cloud, kms, key } = world()
  const { KeyId } = await key()
  const Condition = {
    StringEquals: { 'kms:EncryptionContext:tenant': 'a' },
    'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['tenant'] },
  }
  const bob = client(
    cloud,
    KMSClient,
    await userWho(cloud, 'bob', [allow('kms:Decrypt', '*', Condition)]),
  )
  const encrypt = async (EncryptionContext: Record<string, string>) =>
    (await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('hi'), EncryptionContext })))
      .CiphertextBlob
  for (const [EncryptionContext, isAllowed] of [
    [{ tenant: 'a' }, true],
    [{ tenant: 'b' }, false],
    [{ tenant: 'a', more: 'x' }, false],
  ] as [Record<string, string>, boolean][]) {
    const input = { CiphertextBlob: await encrypt(EncryptionContext), EncryptionContext }
    const decrypted = bob.send(new DecryptCommand(input)).then(
      ({ Plaintext }) => text(Plaintext),
      (error: Error) => error.name,
    )
    expect(await decrypted).toBe(isAllowed ? 'hi' : 'AccessDeniedException')
  }
})

test('a policy names keys by their aliases, their tags and the alias of the request', async () => {
  const { cloud, kms, key } = world()
  const mine = await key()
  const yours = await key()
  for (const [AliasName, { KeyId }] of [
    ['alias/mine', mine],
    ['alias/yours', yours],
  ] as const) {
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId }))
  }
  const Tags = [{ TagKey: 'team', TagValue: 'a' }]
  await kms.send(new TagResourceCommand({ KeyId: mine.KeyId, Tags }))
  const conditions: [string, object][] = [
    ['ana', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/mine' } }],
    ['ben', { StringEquals: { 'aws:ResourceTag/team': 'a' } }],
    ['cat', { StringEquals: { 'kms:RequestAlias': 'alias/mine' } }],
  ]
  for (const [name, Condition] of conditions) {
    const user = client(
      cloud,
      KMSClient,
      await userWho(cloud, name, [allow('kms:GenerateDataKey', '*', Condition)]),
    )
    const make = (KeyId: string) =>
      user.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))
    expect((await make('alias/mine')).KeyId).toBe(mine.arn)
    expect((await refusal(make('alias/yours'))).code).toBe('AccessDeniedException')
    const byId = make(mine.KeyId).then(
      () => 'allowed',
      () => 'denied',
    )
    expect(await byId).toBe(name === 'cat' ? 'denied' : 'allowed')
  }
})

test('another account uses a key by its ARN, where both sides allow it', async () => {
  const { cloud, kms, key } = world()
  const { KeyId, arn } = await key()
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/shared', TargetKeyId: KeyId }))
  const aliasArn = `${arnPrefix}alias/shared`
  const bob = client(
    cloud,
    KMSClient,
    await userWho(cloud, 'bob', [allow('kms:*')], otherAccountId),
  )
  const encrypt = (of: string, as = bob) =>
    as.send(new EncryptCommand({ KeyId: of, Plaintext: bytes('hi') }))
  // The owner does not tell whether there is such a key.
  const hidden = (action: string) => ({
    code: 'AccessDeniedException',
    message: `User: arn:aws:iam::${otherAccountId}:user/bob is not authorized to perform: kms:${action} on resource: ${arn} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    status: 400,
  })
  expect(await refusal(encrypt(arn))).toEqual(hidden('Encrypt'))
  const Action = ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey', 'kms:DisableKey']
  const shared = { ...allow(Action), Principal: root(otherAccountId) }
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: keyPolicy(shared) }))
  for (const reference of [arn, aliasArn]) {
    const { CiphertextBlob, KeyId: used } = await encrypt(reference)
    expect(used).toBe(arn)
    // Whose key made a ciphertext stands in it.
    const { Plaintext } = await bob.send(new DecryptCommand({ CiphertextBlob }))
    expect(text(Plaintext)).toBe('hi')
  }
  const { KeyMetadata } = await bob.send(new DescribeKeyCommand({ KeyId: arn }))
  expect(KeyMetadata).toMatchObject({ AWSAccountId: accountId, Arn: arn })
  // A bare id or alias is one of the caller's own account.
  expect((await refusal(encrypt('alias/shared'))).message).toBe(
    `Alias arn:aws:kms:us-east-1:${otherAccountId}:alias/shared is not found.`,
  )
  // What manages keys stays in the account, whatever the policy says.
  expect(await refusal(bob.send(new DisableKeyCommand({ KeyId: arn })))).toEqual(
    hidden('DisableKey'),
  )
  const eve = client(cloud, KMSClient, await userWho(cloud, 'eve', [], otherAccountId))
  expect((await refusal(encrypt(arn, eve))).message).toBe(
    `User: arn:aws:iam::${otherAccountId}:user/eve is not authorized to perform: kms:Encrypt on resource: ${arn} because no identity-based policy allows the kms:Encrypt action`,
  )
})

test('a ciphertext is moved to the key of another account', async () => {
  const { cloud, kms, key } = world()
  const { KeyId } = await key()
  const there = client(cloud, KMSClient, { accountId: otherAccountId })
  const shared = { ...allow('kms:ReEncrypt*'), Principal: root(accountId) }
  const theirs = await newKey(there, {
    Policy: keyPolicy(shared).replace(accountId, otherAccountId),
  })
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId, Plaintext: bytes('hi'), EncryptionContext: { a: 'b' } }),
  )
  const moved = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob,
      SourceEncryptionContext: { a: 'b' },
      DestinationKeyId: theirs.arn,
    }),
  )
  const { Plaintext } = await there.send(
    new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }),
  )
  expect(text(Plaintext)).toBe('hi')
})

test("AWS's own keys are made by the first use, and only their services use them", async () => {
  const { kms } = world()
  const KeyId = 'alias/aws/s3'
  const encrypt = () => kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('hi') }))
  expect((await refusal(encrypt())).message).toBe(`Alias ${arnPrefix}alias/aws/s3 is not found.`)
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }))
  expect(KeyMetadata).toMatchObject({
    KeyManager: 'AWS',
    Description: 'Default key that protects my S3 objects when no other key is defined',
  })
  const arn = KeyMetadata?.Arn ?? ''
  const denied = (action: string) => ({
    code: 'AccessDeniedException',
    message: `User: arn:aws:iam::${accountId}:user/admin is not authorized to perform: kms:${action} on resource: ${arn} because no resource-based policy allows the kms:${action} action`,
    status: 400,
  })
  expect(await refusal(encrypt())).toEqual(denied('Encrypt'))
  expect(await refusal(kms.send(new DisableKeyCommand({ KeyId: arn })))).toEqual(
    denied('DisableKey'),
  )
  const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: arn }))
  expect(JSON.parse(Policy)).toMatchObject({ Id: 'auto-s3-1' })
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({}))
  expect(Aliases.map(({ AliasName }) => AliasName)).toEqual([KeyId])
})

test('who is made anew under a name is not who the policy and the grants named', async () => {
  const { cloud, kms, key } = world()
  const { KeyId, arn } = await key()
  const iam = client(cloud, IAMClient)
  const bobArn = `arn:aws:iam::${accountId}:user/bob`
  const first = await userWho(cloud, 'bob')
  const { User } = await iam.send(new GetUserCommand({ UserName: 'bob' }))
  const named = { ...allow('kms:Encrypt'), Principal: { AWS: bobArn } }
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: keyPolicy(named) }))
  await kms.send(
    new CreateGrantCommand({ KeyId, GranteePrincipal: bobArn, Operations: ['GenerateDataKey'] }),
  )
  const use = async (as: Awaited<ReturnType<typeof userWho>>) => {
    const bob = client(cloud, KMSClient, as)
    await bob.send(new EncryptCommand({ KeyId: arn, Plaintext: bytes('hi') }))
    await bob.send(new GenerateDataKeyCommand({ KeyId: arn, KeySpec: 'AES_256' }))
  }
  await use(first)
  const AccessKeyId = first.credentials.accessKeyId
  await iam.send(new DeleteAccessKeyCommand({ UserName: 'bob', AccessKeyId }))
  await iam.send(new DeleteUserCommand({ UserName: 'bob' }))
  const second = await userWho(cloud, 'bob')
  expect((await refusal(use(second))).code).toBe('AccessDeniedException')
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId }))
  expect(Policy).toContain(`{"AWS":"${User?.UserId}"}`)
  const { Grants } = await kms.send(new ListGrantsCommand({ KeyId }))
  expect(Grants?.map(({ GranteePrincipal }) => GranteePrincipal)).toEqual([User?.UserId])
})
