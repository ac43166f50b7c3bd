import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms'
import { expect, test } from 'vitest'
import { accountId, arnPrefix, bytes, refusal, text, world } from './keys.test-support.ts'

test('a disabled key does nothing until it is enabled again', async () => {
  const { kms, key } = world()
  const { KeyId, arn } = await key()
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('hi') }))
  await kms.send(new DisableKeyCommand({ KeyId }))
  const disabled = { code: 'DisabledException', message: `${arn} is disabled.`, status: 400 }
  for (const call of [
    kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('hi') })),
    kms.send(new DecryptCommand({ CiphertextBlob })),
    kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_128' })),
    kms.send(
      new CreateGrantCommand({
        KeyId,
        GranteePrincipal: `arn:aws:iam::${accountId}:user/admin`,
        Operations: ['Decrypt'],
      }),
    ),
  ]) {
    expect(await refusal(call)).toEqual(disabled)
  }
  await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'resting' }))
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }))
  expect(KeyMetadata).toMatchObject({
    KeyState: 'Disabled',
    Enabled: false,
    Description: 'resting',
  })
  await kms.send(new EnableKeyCommand({ KeyId }))
  expect(text((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext)).toBe('hi')
})

test('a key is deleted when its waiting period is over, with its aliases, grants and ciphertexts', async () => {
  const { cloud, kms, key } = world()
  const { KeyId, arn } = await key()
  const grantee = { GranteePrincipal: `arn:aws:iam::${accountId}:user/admin` }
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: KeyId }))
  await kms.send(new CreateGrantCommand({ KeyId, ...grantee, Operations: ['Decrypt'] }))
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: 'alias/a', Plaintext: bytes('hi') }),
  )
  const scheduled = await kms.send(
    new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }),
  )
  expect(scheduled).toMatchObject({
    KeyId: arn,
    DeletionDate: new Date('2026-01-08T00:00:00Z'),
    KeyState: 'PendingDeletion',
    PendingWindowInDays: 7,
  })
  const pending = {
    code: 'KMSInvalidStateException',
    message: `${arn} is pending deletion.`,
    status: 400,
  }
  for (const call of [
    kms.send(new DecryptCommand({ CiphertextBlob })),
    kms.send(new EnableKeyCommand({ KeyId })),
    kms.send(new DisableKeyCommand({ KeyId })),
    kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })),
    kms.send(new CreateAliasCommand({ AliasName: 'alias/b', TargetKeyId: KeyId })),
    kms.send(new ScheduleKeyDeletionCommand({ KeyId })),
  ]) {
    expect(await refusal(call)).toEqual(pending)
  }
  // What only looks, and the policy, are free.
  expect((await kms.send(new ListGrantsCommand({ KeyId }))).Grants).toHaveLength(1)
  await cloud.advance({ days: 7 })
  expect(await refusal(kms.send(new DescribeKeyCommand({ KeyId })))).toEqual({
    code: 'NotFoundException',
    message: `Key '${arn}' does not exist`,
    status: 400,
  })
  expect((await kms.send(new ListKeysCommand({}))).Keys).toEqual([])
  expect((await kms.send(new ListAliasesCommand({}))).Aliases).toEqual([])
  expect(await refusal(kms.send(new DecryptCommand({ CiphertextBlob })))).toEqual({
    code: 'AccessDeniedException',
    message:
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    status: 400,
  })
})

test('a deletion that is cancelled leaves the key disabled, for good', async () => {
  const { cloud, kms, key } = world()
  const { KeyId, arn } = await key()
  expect(await refusal(kms.send(new CancelKeyDeletionCommand({ KeyId })))).toEqual({
    code: 'KMSInvalidStateException',
    message: `${arn} is not pending deletion.`,
    status: 400,
  })
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId }))
  await cloud.advance({ days: 29 })
  expect((await kms.send(new CancelKeyDeletionCommand({ KeyId }))).KeyId).toBe(arn)
  await cloud.advance({ days: 365 })
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }))
  expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled' })
  expect(KeyMetadata?.DeletionDate).toBeUndefined()
})

test('a waiting period has 7 to 30 days', async () => {
  const { kms, key } = world()
  const { KeyId } = await key()
  for (const PendingWindowInDays of [6, 31]) {
    const call = kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }))
    expect((await refusal(call)).code).toBe('ValidationException')
  }
})

test('an alias is no key for what manages keys', async () => {
  const { kms, key } = world()
  const { KeyId } = await key()
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: KeyId }))
  expect(await refusal(kms.send(new DisableKeyCommand({ KeyId: 'alias/a' })))).toEqual({
    code: 'NotFoundException',
    message: "Invalid keyId 'alias/a'",
    status: 400,
  })
})

test('a policy has to leave the caller the right to change it', async () => {
  const { kms, key } = world()
  const { KeyId } = await key()
  const statement = (Principal: object) => ({
    Effect: 'Allow',
    Principal,
    Action: 'kms:*',
    Resource: '*',
  })
  const put = (Principal: object, BypassPolicyLockoutSafetyCheck?: boolean) =>
    kms.send(
      new PutKeyPolicyCommand({
        KeyId,
        Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement(Principal)] }),
        BypassPolicyLockoutSafetyCheck,
      }),
    )
  expect(await refusal(put({ Service: 's3.amazonaws.com' }))).toEqual({
    code: 'MalformedPolicyDocumentException',
    message: 'The new key policy will not allow you to update the key policy in the future.',
    status: 400,
  })
  expect(await refusal(put({ AWS: `arn:aws:iam::${accountId}:role/gone` }))).toEqual({
    code: 'MalformedPolicyDocumentException',
    message: 'Policy contains a statement with one or more invalid principals.',
    status: 400,
  })
  await put({ Service: 's3.amazonaws.com' }, true)
  // Now nobody of the account may do anything with the key, its administrator included.
  expect(await refusal(kms.send(new DescribeKeyCommand({ KeyId })))).toEqual({
    code: 'AccessDeniedException',
    message: `User: arn:aws:iam::${accountId}:user/admin is not authorized to perform: kms:DescribeKey on resource: ${arnPrefix}key/${KeyId} because no resource-based policy allows the kms:DescribeKey action`,
    status: 400,
  })
})
