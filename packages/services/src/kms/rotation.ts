import {
  DisableKeyRotation,
  EnableKeyRotation,
  GetKeyRotationStatus,
  ListKeyRotations,
  RotateKeyOnDemand,
} from '@cloud-orrery/models/kms'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { onKey, theOwnKey } from './access.ts'
import {
  disabled,
  limitExceeded,
  pendingDeletion,
  rotationUnderWay,
  rotationUnsupported,
} from './errors.ts'
import {
  onDemandRotationMs,
  onDemandRotationsMax,
  pageItems,
  rotationPeriodDays,
} from './limits.ts'
import { materialsOf } from './materials.ts'
import { page } from './pages.ts'
import { ownerOf } from './references.ts'
import { finishRotation, scheduleRotation } from './rotation-schedule.ts'
import { type KeyRecord, keys } from './state.ts'

export const enableKeyRotation = operation(EnableKeyRotation, {
  authorize: ({ KeyId, RotationPeriodInDays = rotationPeriodDays }, ctx) =>
    onKey(ctx, KeyId, { 'kms:RotationPeriodInDays': RotationPeriodInDays }),
  provenance: 'modelled',
  run(ctx, { KeyId, RotationPeriodInDays }) {
    const key = changeable(ctx, KeyId, 'EnableKeyRotation')
    const before = key.rotation
    const periodDays = RotationPeriodInDays ?? before?.periodDays ?? rotationPeriodDays
    if (before?.periodDays === periodDays) return {}
    if (before !== undefined) ctx.cancel(before.taskId)
    keys.update(ctx, key.keyId, {
      rotation: scheduleRotation(ctx, key.keyId, periodDays, ctx.now()),
    })
    return {}
  },
})

export const disableKeyRotation = operation(DisableKeyRotation, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'modelled',
  run(ctx, { KeyId }) {
    const { rotation, ...key } = changeable(ctx, KeyId, 'DisableKeyRotation')
    if (rotation === undefined) return {}
    ctx.cancel(rotation.taskId)
    keys.put(ctx, key)
    return {}
  },
})

export const getKeyRotationStatus = operation(GetKeyRotationStatus, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'recorded',
  run(ctx, { KeyId }) {
    const key = rotatable(ctx, KeyId, 'GetKeyRotationStatus')
    // What waits for its deletion is told not to rotate. Source: KMS Developer Guide, "Rotating AWS KMS keys".
    const rotation = key.state === 'PendingDeletion' ? undefined : key.rotation
    return {
      KeyId: key.arn,
      KeyRotationEnabled: rotation !== undefined,
      ...(rotation === undefined
        ? {}
        : { RotationPeriodInDays: rotation.periodDays, NextRotationDate: rotation.nextAtMs }),
      ...(key.onDemandStartedAtMs === undefined
        ? {}
        : { OnDemandRotationStartDate: key.onDemandStartedAtMs }),
    }
  },
})

export const rotateKeyOnDemand = operation(RotateKeyOnDemand, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'recorded',
  run(ctx, { KeyId }) {
    const key = changeable(ctx, KeyId, 'RotateKeyOnDemand')
    if (key.onDemandStartedAtMs !== undefined) throw rotationUnderWay()
    if (key.onDemandRotations >= onDemandRotationsMax) {
      throw limitExceeded(
        `The key has been rotated on demand ${onDemandRotationsMax} times, which is the limit.`,
      )
    }
    keys.update(ctx, key.keyId, {
      onDemandStartedAtMs: ctx.now(),
      onDemandRotations: key.onDemandRotations + 1,
    })
    ctx.after(onDemandRotationMs, finishRotation, { keyId: key.keyId })
    return { KeyId: key.arn }
  },
})

export const listKeyRotations = operation(ListKeyRotations, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'modelled',
  run(ctx, { KeyId, IncludeKeyMaterial, Limit = pageItems.rotations, Marker }) {
    const key = rotatable(ctx, KeyId, 'ListKeyRotations')
    const all = IncludeKeyMaterial === 'ALL_KEY_MATERIAL'
    const listed = materialsOf(ctx, key).filter(({ rotation }) => all || rotation !== undefined)
    const { items, ...rest } = page({
      list: ({ after }) => listed.filter(({ version }) => version > Number(after ?? 0)),
      positionOf: ({ version }) => String(version),
      itemsMax: Limit,
      token: Marker,
      request: ['ListKeyRotations', KeyId, all],
    })
    return {
      Rotations: items.map(({ materialId, rotation, madeAtMs }) => ({
        KeyId: key.arn,
        KeyMaterialId: materialId,
        KeyMaterialState: materialId === key.materialId ? 'CURRENT' : 'NON_CURRENT',
        ...(rotation === undefined ? {} : { RotationDate: madeAtMs, RotationType: rotation }),
      })),
      ...rest,
    }
  },
})

function rotatable(ctx: Context, reference: string, operationName: string): KeyRecord {
  const key = theOwnKey(ctx, reference, operationName)
  if (key.spec !== 'SYMMETRIC_DEFAULT') throw rotationUnsupported(key.arn, key.spec)
  return key
}

function changeable(ctx: Context, reference: string, operationName: string): KeyRecord {
  const key = rotatable(ctx, reference, operationName)
  if (key.state === 'Disabled') throw disabled(key.arn)
  if (key.state === 'PendingDeletion') throw pendingDeletion(key.arn)
  return key
}
