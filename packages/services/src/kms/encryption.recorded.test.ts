import {
  DecryptCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  GetKeyRotationStatusCommand,
  type MacAlgorithmSpec,
  ReEncryptCommand,
  RotateKeyOnDemandCommand,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms'
import { expect } from 'vitest'
import { bytes, recorded, replayed, text } from './keys.test-support.ts'

recorded('random bytes need their number', async () => {
  const name = 'TestKMS::test_generate_random_invalid_number_of_bytes[None]'
  const { kms, answers } = replayed(name)
  await answers('generate-random-exc', kms.send(new GenerateRandomCommand({})))
})

recorded('random bytes come as many as asked', async () => {
  const { kms, is } = replayed('TestKMS::test_generate_random[91]')
  const { Plaintext } = await kms.send(new GenerateRandomCommand({ NumberOfBytes: 91 }))
  is('result_length', Plaintext?.length)
})

recorded('a data key comes plain and encrypted', async () => {
  const { kms, key, answers } = replayed('TestKMSGenerateKeys::test_generate_data_key')
  const { KeyId } = await key()
  const made = kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))
  // The recording names the bytes, which differ, and is of before key material had ids.
  await answers('generate-data-key-result', made, ['CiphertextBlob', 'Plaintext', 'KeyMaterialId'])
  const { Plaintext, CiphertextBlob } = await made
  const { Plaintext: opened } = await kms.send(new DecryptCommand({ CiphertextBlob }))
  expect(opened).toEqual(Plaintext)
})

recorded('what is encrypted with a context is decrypted with it alone', async () => {
  const { kms, key, answers } = replayed('TestKMS::test_encrypt_decrypt_encryption_context')
  const { KeyId } = await key()
  const EncryptionContext = { context: 'test' }
  const encrypted = kms.send(
    new EncryptCommand({ KeyId, Plaintext: bytes('message'), EncryptionContext }),
  )
  await answers('encrypt_response', encrypted, ['CiphertextBlob'])
  const { CiphertextBlob = new Uint8Array() } = await encrypted
  const decrypt = (input: object) =>
    kms.send(new DecryptCommand({ CiphertextBlob, KeyId, EncryptionContext, ...input }))
  await answers('decrypt_response_with_encryption_context', decrypt({}), ['Plaintext'])
  expect(text((await decrypt({})).Plaintext)).toBe('message')
  // The SDK for JavaScript says UnknownError where AWS gives no message; boto3 gives an empty one.
  const noWords = ['Error.Message']
  await answers(
    'decrypt_response_without_encryption_context',
    decrypt({ EncryptionContext: undefined }),
    noWords,
  )
  const cut = { CiphertextBlob: bytes('bad').subarray(0, 2) }
  await answers('decrypt_response_with_invalid_ciphertext', decrypt(cut), noWords)
})

recorded('a ciphertext is decrypted by its own key alone', async () => {
  const { kms, key, answers } = replayed('TestKMS::test_re_encrypt_incorrect_source_key')
  const [source, other] = [await key(), await key()]
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: source.KeyId, Plaintext: bytes('test data') }),
  )
  const input = { CiphertextBlob, DestinationKeyId: other.KeyId, SourceKeyId: other.KeyId }
  await answers('incorrect-source-key', kms.send(new ReEncryptCommand(input)))
})

recorded('a key is used for its purpose', async () => {
  const name = 'TestKMS::test_error_messaging_for_invalid_keys'
  const { kms, key, answers, bindings } = replayed(name)
  const hmac = await key({ KeySpec: 'HMAC_224', KeyUsage: 'GENERATE_VERIFY_MAC' })
  const symmetric = await key()
  bindings.set('<key-arn>', symmetric.arn)
  const MacAlgorithm = 'HMAC_SHA_224'
  const Message = bytes('test message 123!@#')
  await answers(
    'generate-mac-invalid-key-id',
    kms.send(new GenerateMacCommand({ KeyId: symmetric.KeyId, Message, MacAlgorithm })),
  )
  const SigningAlgorithm = 'RSASSA_PSS_SHA_256'
  await answers(
    'verify-invalid-key-id',
    kms.send(
      new VerifyCommand({
        KeyId: symmetric.KeyId,
        Message,
        Signature: bytes('random-signature'),
        SigningAlgorithm,
      }),
    ),
  )
  bindings.set('<key-arn>', hmac.arn)
  await answers(
    'sign-invalid-key-id',
    kms.send(new SignCommand({ KeyId: hmac.KeyId, Message, SigningAlgorithm })),
  )
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: symmetric.KeyId, Plaintext: Message }),
  )
  await answers(
    'decrypt-invalid-key-id',
    kms.send(new DecryptCommand({ KeyId: hmac.KeyId, CiphertextBlob })),
  )
  // `encrypt-invalid-key-id` is of an RSA key, which is refused by name.
})

recorded.each([
  ['HMAC_224', 'HMAC_SHA_224'],
  ['HMAC_384', 'HMAC_SHA_384'],
  ['HMAC_512', 'HMAC_SHA_512'],
] as const)('a MAC by %s is verified', async (KeySpec, MacAlgorithm) => {
  const name = `TestKMS::test_generate_and_verify_mac[${KeySpec}-${MacAlgorithm}]`
  const { kms, key, answers, bindings } = replayed(name)
  const { KeyId, arn } = await key({ KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' })
  bindings.set('<key-id:1>', arn)
  const input = { KeyId, Message: bytes('some important message'), MacAlgorithm }
  const made = kms.send(new GenerateMacCommand(input))
  await answers('generate-mac', made, ['Mac'])
  const { Mac } = await made
  expect(Mac?.length).toBe(Number(KeySpec.slice('HMAC_'.length)) / 8)
  await answers('verify-mac', kms.send(new VerifyMacCommand({ ...input, Mac })))
  const unknown = { ...input, KeyId: 'key_id' }
  await answers('generate-mac-invalid-key-id', kms.send(new GenerateMacCommand(unknown)))
  await answers('verify-mac-invalid-key-id', kms.send(new VerifyMacCommand({ ...unknown, Mac })))
})

/** Values that the SDK's types don't have. */
const algorithm = (name: string) => name as MacAlgorithmSpec

recorded('a MAC is made by an algorithm that there is', async () => {
  const { kms, key, answers } = replayed('TestKMS::test_invalid_generate_mac[HMAC_256-INVALID]')
  const { KeyId } = await key({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  const input = { KeyId, Message: bytes('m'), MacAlgorithm: algorithm('INVALID') }
  await answers('generate-mac', kms.send(new GenerateMacCommand(input)))
})

recorded.each(['HMAC_SHA_512', 'INVALID'])(
  'a MAC is verified by its own algorithm, not %s',
  async (other) => {
    const name = `TestKMS::test_invalid_verify_mac[HMAC_256-${other}-some important message]`
    const { kms, key, answers, bindings } = replayed(name)
    const { KeyId, arn } = await key({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
    bindings.set('<key-id:1>', arn)
    const input = { KeyId, Message: bytes('some important message') }
    const made = kms.send(new GenerateMacCommand({ ...input, MacAlgorithm: 'HMAC_SHA_256' }))
    await answers('generate-mac', made, ['Mac'])
    const { Mac } = await made
    const verify = new VerifyMacCommand({ ...input, MacAlgorithm: algorithm(other), Mac })
    await answers('verify-mac', kms.send(verify))
  },
)

recorded('a key is rotated on demand', async () => {
  const name =
    'TestKMS::test_rotate_key_on_demand_with_symmetric_key_and_automatic_rotation_disabled'
  const { cloud, kms, key, answers, bindings } = replayed(name)
  const { KeyId, arn } = await key()
  bindings.set('<key-id:1>', arn)
  await answers('rotate-on-demand-response', kms.send(new RotateKeyOnDemandCommand({ KeyId })))
  await cloud.advance({ seconds: 10 })
  await answers(
    'rotation-status-response-after-rotation',
    kms.send(new GetKeyRotationStatusCommand({ KeyId })),
  )
})

recorded('a rotation answers with the ARN of the key', async () => {
  const { kms, key, answers, bindings } = replayed(
    'TestKMS::test_rotate_on_demand_returns_arn_for_key_id',
  )
  const { KeyId, arn } = await key()
  bindings.set('<key-id:1>', arn)
  await answers('rotate-on-demand-aws-key', kms.send(new RotateKeyOnDemandCommand({ KeyId })))
})

recorded('a disabled key is not rotated', async () => {
  const name = 'TestKMS::test_rotate_key_on_demand_raises_error_given_key_is_disabled'
  const { kms, key, answers, bindings } = replayed(name)
  const { KeyId, arn } = await key()
  bindings.set('<key-arn>', arn)
  await kms.send(new DisableKeyCommand({ KeyId }))
  await answers('error-response', kms.send(new RotateKeyOnDemandCommand({ KeyId })))
})

recorded('a ciphertext outlives rotations, a spoilt one does not', async () => {
  const name = 'TestKMS::test_key_rotations_encryption_decryption'
  const { cloud, kms, key, answers } = replayed(name)
  const { KeyId } = await key()
  const encrypt = async () =>
    (await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('message') }))).CiphertextBlob
  const before = await encrypt()
  await kms.send(new RotateKeyOnDemandCommand({ KeyId }))
  await cloud.advance({ seconds: 10 })
  const after = await encrypt()
  const decrypt = (CiphertextBlob?: Uint8Array) =>
    kms.send(new DecryptCommand({ KeyId, CiphertextBlob }))
  for (const ciphertext of [before, after]) {
    expect(text((await decrypt(ciphertext)).Plaintext)).toBe('message')
  }
  const spoilt = new Uint8Array(after ?? [])
  spoilt[spoilt.length - 20] = (spoilt[spoilt.length - 20] ?? 0) ^ 1
  await answers('bad-ciphertext', decrypt(spoilt), ['Error.Message'])
})
