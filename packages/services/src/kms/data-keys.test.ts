import { createCipheriv, createDecipheriv } from 'node:crypto'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import {
  CreateAliasCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ReEncryptCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms'
import { client, createCloud, shownEntry } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { accountId, bytes, newKey, refusal, text, world } from './keys.test-support.ts'

test('a data key has the size that is asked for, and comes back by its ciphertext', async () => {
  const { kms, key } = world()
  const { KeyId, arn } = await key()
  const EncryptionContext = { file: 'a' }
  for (const [asked, size] of [
    [{ KeySpec: 'AES_128' }, 16],
    [{ KeySpec: 'AES_256' }, 32],
    [{ NumberOfBytes: 7 }, 7],
  ] as const) {
    const made = await kms.send(new GenerateDataKeyCommand({ KeyId, EncryptionContext, ...asked }))
    expect([made.KeyId, made.Plaintext?.length]).toEqual([arn, size])
    const { CiphertextBlob } = made
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))
    expect(opened.Plaintext).toEqual(made.Plaintext)
  }
  const hidden = await kms.send(
    new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' }),
  )
  expect(Object.keys(hidden)).not.toContain('Plaintext')
  const { CiphertextBlob } = hidden
  expect((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext?.length).toBe(32)
  for (const asked of [{}, { KeySpec: 'AES_256', NumberOfBytes: 32 }] as const) {
    expect(await refusal(kms.send(new GenerateDataKeyCommand({ KeyId, ...asked })))).toEqual({
      code: 'ValidationException',
      message: 'Please specify either number of bytes or key spec.',
      status: 400,
    })
  }
})

test('KMS itself encrypts up to 4096 bytes', async () => {
  const { kms, key } = world()
  const { KeyId } = await key()
  const encrypt = (length: number) =>
    kms.send(new EncryptCommand({ KeyId, Plaintext: new Uint8Array(length) }))
  await encrypt(4096)
  expect(await refusal(encrypt(4097))).toEqual({
    code: 'ValidationException',
    message:
      "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
    status: 400,
  })
})

test('a ciphertext that was changed, cut or never one is invalid, whatever the change', async () => {
  const { kms, key } = world()
  const { KeyId } = await key()
  const { CiphertextBlob = new Uint8Array() } = await kms.send(
    new EncryptCommand({ KeyId, Plaintext: bytes('hi') }),
  )
  const decrypt = (blob: Uint8Array) => kms.send(new DecryptCommand({ CiphertextBlob: blob }))
  for (let at = 0; at < CiphertextBlob.length; at += 1) {
    const spoilt = new Uint8Array(CiphertextBlob)
    spoilt[at] = (spoilt[at] ?? 0) ^ 0x10
    expect((await refusal(decrypt(spoilt))).code).toBe('InvalidCiphertextException')
  }
  for (const blob of [CiphertextBlob.subarray(0, 40), bytes('x'), new Uint8Array(6144)]) {
    expect((await refusal(decrypt(blob))).code).toBe('InvalidCiphertextException')
  }
})

test('the order of the encryption context has no meaning, its letters have', async () => {
  const { kms, key } = world()
  const { KeyId } = await key()
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId, Plaintext: bytes('hi'), EncryptionContext: { a: '1', b: '2' } }),
  )
  const decrypt = (EncryptionContext: Record<string, string>) =>
    kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))
  expect(text((await decrypt({ b: '2', a: '1' })).Plaintext)).toBe('hi')
  const others: Record<string, string>[] = [
    { a: '1' },
    { A: '1', b: '2' },
    { a: '1', b: '2', c: '3' },
  ]
  for (const other of others) {
    expect((await refusal(decrypt(other))).code).toBe('InvalidCiphertextException')
  }
})

test('a dry run says that the call would have done, after all that refuses it', async () => {
  const { kms, key } = world()
  const { KeyId } = await key()
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('hi') }))
  const mac = await key({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  const Message = bytes('m')
  const macInput = { KeyId: mac.KeyId, Message, MacAlgorithm: 'HMAC_SHA_256' as const }
  const { Mac } = await kms.send(new GenerateMacCommand(macInput))
  const DryRun = true
  for (const call of [
    kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('hi'), DryRun })),
    kms.send(new DecryptCommand({ CiphertextBlob, DryRun })),
    kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: KeyId, DryRun })),
    kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', DryRun })),
    kms.send(new GenerateMacCommand({ ...macInput, DryRun })),
    kms.send(new VerifyMacCommand({ ...macInput, Mac, DryRun })),
  ]) {
    expect(await refusal(call)).toEqual({
      code: 'DryRunOperationException',
      message: 'The request would have succeeded, but the DryRun option is set.',
      status: 400,
    })
  }
})

test('a MAC that is another is invalid', async () => {
  const { kms, key } = world()
  const { KeyId } = await key({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  const input = { KeyId, Message: bytes('m'), MacAlgorithm: 'HMAC_SHA_256' as const }
  const { Mac } = await kms.send(new GenerateMacCommand(input))
  const verify = (other: object) => kms.send(new VerifyMacCommand({ ...input, Mac, ...other }))
  expect((await verify({})).MacValid).toBe(true)
  for (const other of [{ Message: bytes('n') }, { Mac: Mac?.subarray(1) }]) {
    expect((await refusal(verify(other))).code).toBe('KMSInvalidMacException')
  }
})

test('keys, aliases and tags come in pages', async () => {
  const { kms, key } = world()
  const made: string[] = []
  const Tags = [...'abc'].map((TagKey) => ({ TagKey, TagValue: '' }))
  for (let n = 0; n < 5; n += 1) made.push((await key({ Tags })).KeyId)
  for (const [n, TargetKeyId] of made.entries()) {
    await kms.send(new CreateAliasCommand({ AliasName: `alias/${n}`, TargetKeyId }))
  }
  const all: (string | undefined)[] = []
  let Marker: string | undefined
  do {
    const page = await kms.send(new ListKeysCommand({ Limit: 2, Marker }))
    expect(page.Truncated).toBe(page.NextMarker !== undefined)
    all.push(...(page.Keys ?? []).map(({ KeyId }) => KeyId))
    Marker = page.NextMarker
  } while (Marker !== undefined)
  expect(all).toEqual([...made].sort())
  const first = await kms.send(new ListAliasesCommand({ Limit: 3 }))
  const second = await kms.send(new ListAliasesCommand({ Limit: 3, Marker: first.NextMarker }))
  expect(second.Aliases?.map(({ AliasName }) => AliasName)).toEqual(['alias/3', 'alias/4'])
  const KeyId = made[0] ?? ''
  expect((await kms.send(new ListAliasesCommand({ KeyId }))).Aliases).toHaveLength(1)
  const tags = await kms.send(new ListResourceTagsCommand({ KeyId, Limit: 2 }))
  expect([tags.Tags?.length, tags.Truncated]).toEqual([2, true])
  const other = kms.send(new ListKeysCommand({ Marker: first.NextMarker }))
  expect((await refusal(other)).code).toBe('InvalidMarkerException')
})

test('no plaintext and no data key is in the journal', async () => {
  const { cloud, kms, key } = world()
  const { KeyId, arn } = await key()
  const secret = 'my-long-and-dear-secret'
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes(secret) }))
  await kms.send(new DecryptCommand({ CiphertextBlob }))
  const { Plaintext } = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))
  const random = await kms.send(new GenerateRandomCommand({ NumberOfBytes: 24 }))
  const { entries } = cloud.kernel.journal
  const shown = entries.map(shownEntry).join('\n')
  for (const opened of [bytes(secret), Plaintext, random.Plaintext]) {
    const as = Buffer.from(opened ?? [])
    for (const encoding of ['utf8', 'base64', 'hex'] as const) {
      expect(shown).not.toContain(as.toString(encoding))
    }
  }
  // What was answered is not kept at all; what was asked is, so that a recording can be replayed.
  for (const { data } of entries) {
    const { Plaintext: kept } = (data['output'] ?? {}) as { Plaintext?: unknown }
    expect(kept instanceof Uint8Array).toBe(false)
  }
  const trail = client(cloud, CloudTrailClient)
  await cloud.advance({ minutes: 15 })
  const { Events = [] } = await trail.send(new LookupEventsCommand({}))
  const encrypted = Events.find(({ EventName }) => EventName === 'Encrypt')
  const record = JSON.parse(encrypted?.CloudTrailEvent ?? '{}') as Record<string, unknown>
  expect(record).toMatchObject({
    eventSource: 'kms.amazonaws.com',
    readOnly: true,
    responseElements: null,
    resources: [{ accountId, type: 'AWS::KMS::Key', ARN: arn }],
  })
  expect(record['requestParameters']).toEqual({ keyId: KeyId })
})

test('the same seed gives the same keys, ciphertexts and journal', async () => {
  const runs = await Promise.all(
    [7, 7, 8].map(async (seed) => {
      const cloud = createCloud({ seed, deepFreeze: true })
      const kms = client(cloud, KMSClient)
      const { KeyId } = await newKey(kms)
      const { CiphertextBlob = [] } = await kms.send(
        new EncryptCommand({ KeyId, Plaintext: bytes('hi') }),
      )
      return [KeyId, Buffer.from(CiphertextBlob).toString('hex'), cloud.kernel.journal.digest()]
    }),
  )
  expect(runs[0]).toEqual(runs[1])
  expect(runs[0]).not.toEqual(runs[2])
})

test('an envelope made with a data key is opened by anybody who may decrypt', async () => {
  const { kms, key } = world()
  const { KeyId } = await key()
  const { Plaintext, CiphertextBlob } = await kms.send(
    new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }),
  )
  const nonce = Buffer.alloc(12)
  const cipher = createCipheriv('aes-256-gcm', Plaintext ?? '', nonce)
  const sealed = Buffer.concat([cipher.update('a letter'), cipher.final()])
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob }))
  const decipher = createDecipheriv('aes-256-gcm', opened.Plaintext ?? '', nonce)
  decipher.setAuthTag(cipher.getAuthTag())
  expect(Buffer.concat([decipher.update(sealed), decipher.final()]).toString()).toBe('a letter')
})
