import { createHash } from 'node:crypto'
import { invariant, type Scope } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import {
  type KeyRecord,
  type KeySpec,
  type MaterialRecord,
  materialOwner,
  materials,
} from './state.ts'

/** Length of a key's material, in bytes. Source: KMS Developer Guide, "Key spec reference". */
const materialBytes: Readonly<Record<KeySpec, number>> = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
}

/** Draws a key's next material from the seed. */
export function drawMaterial(
  ctx: Context,
  { keyId, spec, version }: { keyId: string; spec: KeySpec; version: number },
  rotation?: 'AUTOMATIC' | 'ON_DEMAND',
): MaterialRecord {
  const bytes = Buffer.from(ctx.random.bytes(materialBytes[spec]))
  const { accountId, region } = ctx
  const materialId = createHash('sha256')
    .update(`${accountId} ${region} ${keyId} ${version} `)
    .update(bytes)
    .digest('hex')
  return materials.put(ctx, {
    materialId,
    accountId,
    region,
    keyId,
    version,
    bytes: bytes.toString('base64'),
    madeAtMs: ctx.now(),
    ...(rotation === undefined ? {} : { rotation }),
  })
}

/** All materials of a key, the oldest first. */
export function materialsOf(ctx: Context, { accountId, keyId }: KeyRecord): MaterialRecord[] {
  const owner = materialOwner({ accountId, region: ctx.region }, keyId)
  return [...materials.where(ctx, 'key', owner)].sort((a, b) => a.version - b.version)
}

export function currentMaterial(ctx: Context, { materialId }: KeyRecord): MaterialRecord {
  const material = materials.get(ctx, materialId)
  invariant(material !== undefined, 'a key has the material that it names')
  return material
}

/** What is lost with a key: nothing that it encrypted can be read again. */
export function destroyMaterials(ctx: Context, scope: Scope, keyId: string): void {
  for (const { materialId } of [...materials.where(ctx, 'key', materialOwner(scope, keyId))]) {
    materials.delete(ctx, materialId)
  }
}
