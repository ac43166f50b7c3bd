import {
  GenerateDataKey,
  type GenerateDataKeyRequest,
  GenerateDataKeyWithoutPlaintext,
  GenerateRandom,
} from '@cloud-orrery/models/kms'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { callerContext, onKey } from './access.ts'
import { seal } from './ciphertexts.ts'
import { cryptographic } from './encryption.ts'
import { dataKeySizeRequired, numberOfBytesRequired } from './errors.ts'
import { ensureForService } from './managed-keys.ts'
import { currentMaterial } from './materials.ts'
import { aliasIn, ownerOf } from './references.ts'
import { checkRequest, usableKey } from './use.ts'

export const generateDataKey = operation(GenerateDataKey, {
  authorize: (input, ctx) => judged(ctx, input),
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'recorded',
  trail: { readOnly: true },
  refuses: ['Recipient'],
  secretOutput: ['Plaintext'],
  run: (ctx, input) => made(ctx, input, 'GenerateDataKey'),
})

export const generateDataKeyWithoutPlaintext = operation(GenerateDataKeyWithoutPlaintext, {
  authorize: (input, ctx) => judged(ctx, input),
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'modelled',
  trail: { readOnly: true },
  run(ctx, input) {
    const { Plaintext: _, ...rest } = made(ctx, input, 'GenerateDataKeyWithoutPlaintext')
    return rest
  },
})

export const generateRandom = operation(GenerateRandom, {
  authorize: (_input, ctx) => ({ resource: '*', context: callerContext(ctx) }),
  provenance: 'recorded',
  trail: { readOnly: true },
  refuses: ['CustomKeyStoreId', 'Recipient'],
  secretOutput: ['Plaintext'],
  run(ctx, { NumberOfBytes }) {
    if (NumberOfBytes === undefined) throw numberOfBytesRequired()
    return { Plaintext: ctx.random.bytes(NumberOfBytes) }
  },
})

type Request = Omit<GenerateDataKeyRequest, 'Recipient'>

function judged(ctx: Context, { KeyId, EncryptionContext }: Request): Authorization {
  ensureForService(ctx, aliasIn(KeyId))
  return onKey(ctx, KeyId, cryptographic('SYMMETRIC_DEFAULT', EncryptionContext))
}

function made(ctx: Context, input: Request, operationName: string) {
  const { KeySpec, NumberOfBytes } = input
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) throw dataKeySizeRequired()
  const key = usableKey(ctx, input.KeyId, operationName)
  checkRequest(ctx, input)
  const bytes = NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32)
  const plaintext = ctx.random.bytes(bytes)
  const material = currentMaterial(ctx, key)
  return {
    CiphertextBlob: seal(ctx, material, plaintext, input.EncryptionContext),
    Plaintext: plaintext,
    KeyId: key.arn,
    KeyMaterialId: material.materialId,
  }
}
