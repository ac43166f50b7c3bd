import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { dayMs } from './limits.ts'
import { drawMaterial } from './materials.ts'
import { type AutomaticRotation, type KeyRecord, keys } from './state.ts'

export const rotate = task<{ keyId: string }>('kms.rotate', {
  run(ctx, { keyId }) {
    const key = keys.get(ctx, keyId)
    if (key?.rotation === undefined) return
    // A key that is not enabled is rotated as soon as it is again: `rotateIfOverdue`.
    if (key.state === 'Enabled') rotateByItself(ctx, key, key.rotation)
  },
})

export const finishRotation = task<{ keyId: string }>('kms.finishRotation', {
  run(ctx, { keyId }) {
    const key = keys.get(ctx, keyId)
    if (key?.onDemandStartedAtMs === undefined) return
    const { onDemandStartedAtMs: _, ...rested } = key
    // A key that was disabled or condemned meanwhile stays as it is.
    keys.put(ctx, key.state === 'Enabled' ? renewed(ctx, rested, 'ON_DEMAND') : rested)
  },
})

/** The next rotation, a period after a moment. */
export function scheduleRotation(
  ctx: Context,
  keyId: string,
  periodDays: number,
  fromMs: number,
): AutomaticRotation {
  const nextAtMs = fromMs + periodDays * dayMs
  return { periodDays, nextAtMs, taskId: ctx.after(nextAtMs - ctx.now(), rotate, { keyId }) }
}

/**
 * Catches up with a rotation that fell due while the key was not enabled.
 * Source: KMS Developer Guide, "Rotating AWS KMS keys", disabled keys and keys pending deletion.
 */
export function rotateIfOverdue(ctx: Context, key: KeyRecord): void {
  const { rotation } = key
  if (rotation === undefined || rotation.nextAtMs > ctx.now()) return
  rotateByItself(ctx, key, rotation)
}

function rotateByItself(ctx: Context, key: KeyRecord, { periodDays }: AutomaticRotation): void {
  const rotation = scheduleRotation(ctx, key.keyId, periodDays, ctx.now())
  keys.put(ctx, { ...renewed(ctx, key, 'AUTOMATIC'), rotation })
}

/** The key with new material. What older ones encrypted stays readable. */
function renewed(ctx: Context, key: KeyRecord, kind: 'AUTOMATIC' | 'ON_DEMAND'): KeyRecord {
  const version = key.materials + 1
  const { materialId } = drawMaterial(ctx, { keyId: key.keyId, spec: key.spec, version }, kind)
  ctx.emit({
    source: 'aws.kms',
    detailType: 'KMS CMK Rotation',
    resources: [key.arn],
    detail: { 'key-id': key.keyId },
  })
  return { ...key, materialId, materials: version }
}
