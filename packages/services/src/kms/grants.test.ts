import {
  CreateGrantCommand,
  type CreateGrantCommandInput,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ListGrantsCommand,
  ListRetirableGrantsCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  accountId,
  bytes,
  otherAccountId,
  refusal,
  text,
  userWho,
  world,
} from './keys.test-support.ts'

const userArn = (name: string, account = accountId) => `arn:aws:iam::${account}:user/${name}`

/** A key, users without permissions, and short ways to give and use grants. */
async function granting(...names: string[]) {
  const { cloud, kms, key } = world()
  const { KeyId, arn } = await key()
  const users: Record<string, KMSClient> = {}
  for (const name of names) users[name] = client(cloud, KMSClient, await userWho(cloud, name))
  return {
    cloud,
    kms,
    KeyId,
    arn,
    as: (name: string): KMSClient => users[name] ?? kms,
    grant: (input: Partial<CreateGrantCommandInput>, of = kms) =>
      of.send(
        new CreateGrantCommand({
          KeyId: arn,
          GranteePrincipal: userArn('bob'),
          Operations: ['Encrypt', 'Decrypt'],
          ...input,
        }),
      ),
    encrypt: (of: KMSClient, EncryptionContext?: Record<string, string>) =>
      of.send(new EncryptCommand({ KeyId: arn, Plaintext: bytes('hi'), EncryptionContext })),
    listed: async () => (await kms.send(new ListGrantsCommand({ KeyId }))).Grants ?? [],
  }
}

const denied = { code: 'AccessDeniedException' }

test('a grant allows its operations until it is revoked', async () => {
  const { kms, as, arn, KeyId, grant, encrypt, listed } = await granting('bob')
  expect(await refusal(encrypt(as('bob')))).toMatchObject(denied)
  const { GrantId, GrantToken } = await grant({ Name: 'work' })
  expect(await listed()).toEqual([
    {
      KeyId: arn,
      GrantId,
      Name: 'work',
      CreationDate: new Date('2026-01-01T00:00:00Z'),
      GranteePrincipal: userArn('bob'),
      IssuingAccount: `arn:aws:iam::${accountId}:root`,
      Operations: ['Encrypt', 'Decrypt'],
    },
  ])
  const { CiphertextBlob } = await encrypt(as('bob'))
  const decrypted = await as('bob').send(
    new DecryptCommand({ CiphertextBlob, GrantTokens: [GrantToken ?? ''] }),
  )
  expect(text(decrypted.Plaintext)).toBe('hi')
  const make = new GenerateDataKeyCommand({ KeyId: arn, KeySpec: 'AES_256' })
  expect(await refusal(as('bob').send(make))).toMatchObject(denied)
  await kms.send(new RevokeGrantCommand({ KeyId, GrantId }))
  expect(await refusal(encrypt(as('bob')))).toMatchObject(denied)
  expect(await listed()).toEqual([])
})

test('the same grant of the same name is made once', async () => {
  const { grant, listed } = await granting('bob')
  const first = await grant({ Name: 'work' })
  expect((await grant({ Name: 'work' })).GrantId).toBe(first.GrantId)
  await grant({ Name: 'work', Operations: ['Encrypt'] })
  await grant({})
  await grant({})
  expect(await listed()).toHaveLength(4)
})

test('a constraint binds what is encrypted, not what is looked at', async () => {
  const { as, arn, grant, encrypt } = await granting('bob', 'ana')
  const Operations = ['Encrypt', 'DescribeKey'] as const
  const pairs = { Tenant: 'a', ['${aws:username}']: '${aws:username}' }
  await grant({
    Operations: [...Operations],
    Constraints: { EncryptionContextSubset: pairs },
  })
  await grant({
    GranteePrincipal: userArn('ana'),
    Operations: [...Operations],
    Constraints: { EncryptionContextEquals: pairs },
  })
  for (const [name, isExact] of [
    ['bob', false],
    ['ana', true],
  ] as const) {
    await as(name).send(new DescribeKeyCommand({ KeyId: arn }))
    await encrypt(as(name), pairs)
    expect(await refusal(encrypt(as(name)))).toMatchObject(denied)
    expect(await refusal(encrypt(as(name), { ...pairs, Tenant: 'b' }))).toMatchObject(denied)
    const more = encrypt(as(name), { ...pairs, more: 'x' })
    if (isExact) expect(await refusal(more)).toMatchObject(denied)
    else await more
  }
})

test('a deny wins over a grant', async () => {
  const { kms, KeyId, as, grant, encrypt } = await granting('bob')
  await grant({})
  await encrypt(as('bob'))
  const statement = (Effect: string, Principal: object) => ({
    Effect,
    Principal,
    Action: 'kms:*',
    Resource: '*',
  })
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      statement('Allow', { AWS: `arn:aws:iam::${accountId}:root` }),
      statement('Deny', { AWS: userArn('bob') }),
    ],
  })
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy }))
  const { message } = await refusal(encrypt(as('bob')))
  expect(message).toMatch(/ with an explicit deny in a resource-based policy$/)
})

test('a grant is retired by whom it names, and by nobody else', async () => {
  const { cloud, kms, as, arn, grant, listed } = await granting('bob', 'ret', 'eve')
  const { GrantId } = await grant({ RetiringPrincipal: userArn('ret') })
  const retire = (of: KMSClient) => of.send(new RetireGrantCommand({ KeyId: arn, GrantId }))
  expect(await refusal(retire(as('eve')))).toMatchObject(denied)
  // The grantee only if the grant says so.
  expect(await refusal(retire(as('bob')))).toMatchObject(denied)
  const retirable = await kms.send(
    new ListRetirableGrantsCommand({ RetiringPrincipal: userArn('ret') }),
  )
  expect(retirable.Grants?.map((it) => it.GrantId)).toEqual([GrantId])
  await retire(as('ret'))
  expect(await listed()).toEqual([])
  const own = await grant({ Operations: ['Decrypt', 'RetireGrant'] })
  await as('bob').send(new RetireGrantCommand({ GrantToken: own.GrantToken }))
  expect(await listed()).toEqual([])
  expect(
    (await refusal(kms.send(new RetireGrantCommand({ GrantToken: own.GrantToken })))).code,
  ).toBe('InvalidGrantTokenException')
  expect(cloud.kernel.journal.entries.at(-1)?.name).toBe('kms.RetireGrant')
})

test('who grants by a grant alone passes on no more than that', async () => {
  const { as, grant, encrypt } = await granting('bob', 'ana')
  const Constraints = { EncryptionContextSubset: { tenant: 'a' } }
  await grant({ Operations: ['Encrypt', 'CreateGrant'], Constraints })
  const passOn = (input: Partial<CreateGrantCommandInput>) =>
    grant({ GranteePrincipal: userArn('ana'), Operations: ['Encrypt'], ...input }, as('bob'))
  expect(await refusal(passOn({ Operations: ['Decrypt'], Constraints }))).toMatchObject(denied)
  expect(await refusal(passOn({}))).toMatchObject(denied)
  await passOn({ Constraints: { EncryptionContextEquals: { tenant: 'a', more: 'x' } } })
  await encrypt(as('ana'), { tenant: 'a', more: 'x' })
})

test('a grantee of another account needs its own permission too', async () => {
  const { cloud, arn, grant, encrypt } = await granting()
  const may = [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }]
  const ben = client(cloud, KMSClient, await userWho(cloud, 'ben', may, otherAccountId))
  const eve = client(cloud, KMSClient, await userWho(cloud, 'eve', [], otherAccountId))
  expect((await refusal(encrypt(ben))).message).toContain('does not exist in this Region')
  await grant({ GranteePrincipal: userArn('ben', otherAccountId) })
  await grant({ GranteePrincipal: userArn('eve', otherAccountId) })
  expect((await encrypt(ben)).KeyId).toBe(arn)
  expect((await refusal(encrypt(eve))).message).toContain('no identity-based policy allows')
})

test('a grant names principals that are there, and operations that its key has', async () => {
  const { grant } = await granting()
  const gone = userArn('gone')
  expect(await refusal(grant({ GranteePrincipal: gone }))).toEqual({
    code: 'InvalidArnException',
    message: `ARN does not refer to a valid principal: ${gone}`,
    status: 400,
  })
  const admin = { GranteePrincipal: userArn('admin') }
  expect((await refusal(grant({ ...admin, Operations: ['Sign'] }))).code).toBe(
    'ValidationException',
  )
})

test('a policy bounds the grants that may be made', async () => {
  const { cloud, arn } = await granting('bob')
  const Condition = {
    'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt'] },
    StringEquals: { 'kms:GranteePrincipal': userArn('bob') },
    Bool: { 'kms:GrantIsForAWSResource': 'false' },
  }
  const may = [{ Effect: 'Allow', Action: 'kms:CreateGrant', Resource: arn, Condition }]
  const mia = client(cloud, KMSClient, await userWho(cloud, 'mia', may))
  const create = (Operations: CreateGrantCommandInput['Operations'], name: string) =>
    mia.send(new CreateGrantCommand({ KeyId: arn, GranteePrincipal: userArn(name), Operations }))
  await create(['Decrypt'], 'bob')
  expect(await refusal(create(['Decrypt', 'Encrypt'], 'bob'))).toMatchObject(denied)
  expect(await refusal(create(['Decrypt'], 'mia'))).toMatchObject(denied)
})
