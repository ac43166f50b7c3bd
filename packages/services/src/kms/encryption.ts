import {
  Decrypt,
  type DecryptRequest,
  Encrypt,
  ReEncrypt,
  type ReEncryptRequest,
} from '@cloud-orrery/models/kms'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { type EncryptionContext, encryptionContextKeys, onKey } from './access.ts'
import { materialIdOf, materialOf, open, seal } from './ciphertexts.ts'
import {
  ciphertextKeyDenied,
  incompatibleAlgorithm,
  incorrectKey,
  invalid,
  invalidCiphertext,
  wrongUsage,
} from './errors.ts'
import { ensureForService } from './managed-keys.ts'
import { currentMaterial } from './materials.ts'
import { aliasIn, ownerOf, theKey } from './references.ts'
import { type KeyRecord, keyArn, keys, type MaterialRecord } from './state.ts'
import { checkRequest, checkState, usableKey } from './use.ts'

/** The only algorithm of symmetric keys. */
const symmetric = 'SYMMETRIC_DEFAULT'

export const encrypt = operation(Encrypt, {
  authorize({ KeyId, EncryptionContext, EncryptionAlgorithm = symmetric }, ctx) {
    ensureForService(ctx, aliasIn(KeyId))
    return onKey(ctx, KeyId, cryptographic(EncryptionAlgorithm, EncryptionContext))
  },
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'recorded',
  trail: { readOnly: true },
  run(ctx, input) {
    const key = usableKey(ctx, input.KeyId, 'Encrypt')
    checkAlgorithm(input.EncryptionAlgorithm, key)
    checkRequest(ctx, input)
    return {
      CiphertextBlob: seal(
        ctx,
        currentMaterial(ctx, key),
        input.Plaintext,
        input.EncryptionContext,
      ),
      KeyId: key.arn,
      EncryptionAlgorithm: symmetric,
    }
  },
})

export const decrypt = operation(Decrypt, {
  authorize({ KeyId, CiphertextBlob, EncryptionContext, EncryptionAlgorithm = symmetric }, ctx) {
    return (
      onSource(
        ctx,
        KeyId,
        CiphertextBlob,
        cryptographic(EncryptionAlgorithm, EncryptionContext),
      ) ?? {
        none: 'what names no key is no ciphertext, and refused as such',
      }
    )
  },
  scope: ({ KeyId, CiphertextBlob }, ctx) => sourceScope(ctx, KeyId, CiphertextBlob),
  provenance: 'recorded',
  trail: { readOnly: true },
  refuses: ['Recipient', 'DryRunModifiers'],
  secretOutput: ['Plaintext'],
  run(ctx, input) {
    const { key, plaintext, material } = opened(ctx, {
      KeyId: input.KeyId,
      CiphertextBlob: input.CiphertextBlob,
      context: input.EncryptionContext,
      algorithm: input.EncryptionAlgorithm,
      operationName: 'Decrypt',
    })
    checkRequest(ctx, input)
    return {
      KeyId: key.arn,
      Plaintext: plaintext(),
      EncryptionAlgorithm: symmetric,
      KeyMaterialId: material.materialId,
    }
  },
})

export const reEncrypt = operation(ReEncrypt, {
  authorize(input, ctx) {
    const { DestinationKeyId, DestinationEncryptionContext, SourceEncryptionContext } = input
    ensureForService(ctx, aliasIn(DestinationKeyId))
    const to = onKey(ctx, DestinationKeyId, {
      ...cryptographic(
        input.DestinationEncryptionAlgorithm ?? symmetric,
        DestinationEncryptionContext,
      ),
    })
    const from = onSource(
      ctx,
      input.SourceKeyId,
      input.CiphertextBlob,
      cryptographic(input.SourceEncryptionAlgorithm ?? symmetric, SourceEncryptionContext),
    )
    const same = { 'kms:ReEncryptOnSameKey': from?.resource === to.resource }
    const both: Authorization[] = [
      { ...to, action: 'kms:ReEncryptTo', context: { ...to.context, ...same } },
    ]
    if (from === undefined) return both
    return [
      { ...from, action: 'kms:ReEncryptFrom', context: { ...from.context, ...same } },
      ...both,
    ]
  },
  scope: ({ DestinationKeyId }) => ownerOf(DestinationKeyId),
  provenance: 'recorded',
  trail: { readOnly: true },
  refuses: ['DryRunModifiers'],
  run(ctx, input: ReEncryptRequest) {
    const source = opened(ctx, {
      KeyId: input.SourceKeyId,
      CiphertextBlob: input.CiphertextBlob,
      context: input.SourceEncryptionContext,
      algorithm: input.SourceEncryptionAlgorithm,
      operationName: 'ReEncrypt',
    })
    const key = usableKey(ctx, input.DestinationKeyId, 'ReEncrypt')
    checkAlgorithm(input.DestinationEncryptionAlgorithm, key)
    checkRequest(ctx, input)
    const material = currentMaterial(ctx, key)
    return {
      CiphertextBlob: seal(ctx, material, source.plaintext(), input.DestinationEncryptionContext),
      SourceKeyId: source.key.arn,
      KeyId: key.arn,
      SourceEncryptionAlgorithm: symmetric,
      DestinationEncryptionAlgorithm: symmetric,
      SourceKeyMaterialId: source.material.materialId,
      DestinationKeyMaterialId: material.materialId,
    }
  },
})

/** Condition keys of an operation that encrypts or decrypts. */
export function cryptographic(algorithm: string, context: EncryptionContext | undefined) {
  return { 'kms:EncryptionAlgorithm': algorithm, ...encryptionContextKeys(context) }
}

function checkAlgorithm(algorithm: string = symmetric, { spec }: KeyRecord): void {
  if (algorithm !== symmetric) throw incompatibleAlgorithm(algorithm, spec)
}

/** The key that is judged for reading a ciphertext: the one that is named, or the one that made it. */
function onSource(
  ctx: Context,
  reference: string | undefined,
  ciphertext: Uint8Array | undefined,
  context: ReturnType<typeof cryptographic>,
): Authorization | undefined {
  if (reference !== undefined) {
    ensureForService(ctx, aliasIn(reference))
    return onKey(ctx, reference, context)
  }
  const material = ciphertext === undefined ? undefined : materialOf(ctx, ciphertext)
  if (material === undefined || material.region !== ctx.region) return undefined
  const { accountId, region, keyId } = material
  return onKey(ctx, keyArn({ accountId, region, partition: ctx.partition }, keyId), context)
}

/** Asked before the input is checked: what is no ciphertext has no owner. */
function sourceScope(
  ctx: Context,
  reference: string | undefined,
  ciphertext: DecryptRequest['CiphertextBlob'],
) {
  if (typeof reference === 'string') return ownerOf(reference)
  if (!(ciphertext instanceof Uint8Array)) return {}
  const material = materialOf(ctx, ciphertext)
  return material?.region === ctx.region ? { accountId: material.accountId } : {}
}

interface Source {
  readonly KeyId: string | undefined
  readonly CiphertextBlob: Uint8Array | undefined
  readonly context: EncryptionContext | undefined
  readonly algorithm: string | undefined
  readonly operationName: string
}

interface Opened {
  readonly key: KeyRecord
  readonly material: MaterialRecord
  /** Decrypts: after all that may yet refuse the call. */
  readonly plaintext: () => Uint8Array
}

/** Finds the key of a ciphertext and checks that it may be used. */
function opened(ctx: Context, source: Source): Opened {
  const { KeyId, CiphertextBlob, context, algorithm, operationName } = source
  if (CiphertextBlob === undefined) {
    throw invalid(
      "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    )
  }
  const named = KeyId === undefined ? undefined : theKey(ctx, KeyId, true)
  if (materialIdOf(CiphertextBlob) === undefined) throw invalidCiphertext()
  const material = materialOf(ctx, CiphertextBlob)
  const key = material === undefined ? undefined : keyOf(ctx, material)
  if (material === undefined || key === undefined || material.region !== ctx.region) {
    throw named === undefined ? ciphertextKeyDenied() : incorrectKey()
  }
  if (named !== undefined && named.arn !== key.arn) throw incorrectKey()
  checkState(key)
  if (key.usage !== 'ENCRYPT_DECRYPT') throw wrongUsage(key.arn, key.usage, operationName)
  checkAlgorithm(algorithm, key)
  return { key, material, plaintext: () => open(material, CiphertextBlob, context) }
}

function keyOf(ctx: Context, { accountId, region, keyId }: MaterialRecord): KeyRecord | undefined {
  return keys.get(ctx.at({ accountId, region }), keyId)
}
