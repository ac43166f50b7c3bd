import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  EncryptCommand,
  GenerateMacCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

const admin = 'arn:aws:iam::123456789012:user/admin'
const MacAlgorithm = 'HMAC_SHA_256'

/** A key with a tag, an alias, a grant and a ciphertext; one for MACs; one that waits for its deletion. */
export async function arrangeKms(cloud: Cloud): Promise<KnownValues> {
  const kms = client(cloud, KMSClient)
  const key = async (input: object = {}) =>
    (await kms.send(new CreateKeyCommand(input))).KeyMetadata?.KeyId ?? ''
  const KeyId = await key()
  const macKeyId = await key({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  const doomed = await key()
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: doomed }))
  await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'ring', TagValue: 'one' }] }))
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/ring', TargetKeyId: KeyId }))
  const { GrantId, GrantToken } = await kms.send(
    new CreateGrantCommand({ KeyId, GranteePrincipal: admin, Operations: ['Decrypt'] }),
  )
  const Plaintext = new Uint8Array(Buffer.from('ring'))
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext }))
  const Message = Plaintext
  const { Mac } = await kms.send(new GenerateMacCommand({ KeyId: macKeyId, Message, MacAlgorithm }))
  return {
    KeyId,
    TargetKeyId: KeyId,
    SourceKeyId: KeyId,
    DestinationKeyId: KeyId,
    CiphertextBlob,
    GrantId,
    GrantToken,
    'GrantTokens[]': GrantToken,
    AliasName: 'alias/ring',
    'CreateAlias.AliasName': 'alias/new',
    'CancelKeyDeletion.KeyId': doomed,
    PolicyName: 'default',
    'CreateGrant.GranteePrincipal': admin,
    'CreateGrant.': { KeyId, GranteePrincipal: admin, Operations: ['Decrypt'] },
    'CreateGrant.RetiringPrincipal': admin,
    'CreateGrant.Operations[]': 'Decrypt',
    'ListRetirableGrants.': { RetiringPrincipal: admin },
    RetiringPrincipal: admin,
    'GenerateDataKey.': { KeyId, NumberOfBytes: 32 },
    'GenerateDataKeyWithoutPlaintext.': { KeyId, NumberOfBytes: 32 },
    'GenerateRandom.': { NumberOfBytes: 32 },
    'Decrypt.': { CiphertextBlob },
    'ReEncrypt.': { CiphertextBlob, DestinationKeyId: KeyId },
    'GenerateMac.KeyId': macKeyId,
    'VerifyMac.KeyId': macKeyId,
    'GenerateMac.MacAlgorithm': MacAlgorithm,
    'VerifyMac.MacAlgorithm': MacAlgorithm,
    'VerifyMac.Message': Message,
    'VerifyMac.Mac': Mac,
  }
}
