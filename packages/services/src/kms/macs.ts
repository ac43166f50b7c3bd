import { createHmac, timingSafeEqual } from 'node:crypto'
import { GenerateMac, VerifyMac } from '@cloud-orrery/models/kms'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { onKey } from './access.ts'
import { incompatibleAlgorithm, invalidMac } from './errors.ts'
import { macAlgorithmOf } from './keys.ts'
import { currentMaterial } from './materials.ts'
import { ownerOf } from './references.ts'
import type { KeyRecord } from './state.ts'
import { checkRequest, usableKey } from './use.ts'

export const generateMac = operation(GenerateMac, {
  authorize: ({ KeyId, MacAlgorithm }, ctx) =>
    onKey(ctx, KeyId, { 'kms:MacAlgorithm': MacAlgorithm }),
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'recorded',
  trail: { readOnly: true },
  run(ctx, input) {
    const key = usableKey(ctx, input.KeyId, 'GenerateMac', 'GENERATE_VERIFY_MAC')
    const Mac = macOf(ctx, key, input.MacAlgorithm, input.Message)
    checkRequest(ctx, input)
    return { Mac, MacAlgorithm: input.MacAlgorithm, KeyId: key.arn }
  },
})

export const verifyMac = operation(VerifyMac, {
  authorize: ({ KeyId, MacAlgorithm }, ctx) =>
    onKey(ctx, KeyId, { 'kms:MacAlgorithm': MacAlgorithm }),
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'recorded',
  trail: { readOnly: true },
  run(ctx, input) {
    const key = usableKey(ctx, input.KeyId, 'VerifyMac', 'GENERATE_VERIFY_MAC')
    const mac = macOf(ctx, key, input.MacAlgorithm, input.Message)
    checkRequest(ctx, input)
    if (mac.length !== input.Mac.length || !timingSafeEqual(mac, input.Mac)) throw invalidMac()
    return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm }
  },
})

/** `HMAC_SHA_256` is SHA-256's. Each key has one algorithm. */
function macOf(ctx: Context, key: KeyRecord, algorithm: string, message: Uint8Array): Uint8Array {
  if (macAlgorithmOf(key.spec) !== algorithm) throw incompatibleAlgorithm(algorithm, key.spec)
  const hash = algorithm.replace('HMAC_SHA_', 'sha')
  const secret = Buffer.from(currentMaterial(ctx, key).bytes, 'base64')
  return new Uint8Array(createHmac(hash, secret).update(message).digest())
}
