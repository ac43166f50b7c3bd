import {
  CancelKeyDeletion,
  DisableKey,
  EnableKey,
  ScheduleKeyDeletion,
} from '@cloud-orrery/models/kms'
import { operation, task } from '../define.ts'
import { onKey, theOwnKey } from './access.ts'
import { invalid, notPendingDeletion, pendingDeletion } from './errors.ts'
import { dayMs, deletionWindowDays } from './limits.ts'
import { destroyMaterials } from './materials.ts'
import { rotateIfOverdue } from './rotation-schedule.ts'
import { aliases, grantKey, grants, keys } from './state.ts'

export const enableKey = operation(EnableKey, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'modelled',
  run(ctx, { KeyId }) {
    const key = theOwnKey(ctx, KeyId, 'EnableKey')
    if (key.state === 'PendingDeletion') throw pendingDeletion(key.arn)
    rotateIfOverdue(ctx, keys.update(ctx, key.keyId, { state: 'Enabled' }))
    return {}
  },
})

export const disableKey = operation(DisableKey, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'modelled',
  run(ctx, { KeyId }) {
    const key = theOwnKey(ctx, KeyId, 'DisableKey')
    if (key.state === 'PendingDeletion') throw pendingDeletion(key.arn)
    keys.update(ctx, key.keyId, { state: 'Disabled' })
    return {}
  },
})

export const scheduleKeyDeletion = operation(ScheduleKeyDeletion, {
  authorize: ({ KeyId, PendingWindowInDays = deletionWindowDays.most }, ctx) =>
    onKey(ctx, KeyId, { 'kms:ScheduleKeyDeletionPendingWindowInDays': PendingWindowInDays }),
  provenance: 'modelled',
  run(ctx, { KeyId, PendingWindowInDays: days = deletionWindowDays.most }) {
    const key = theOwnKey(ctx, KeyId, 'ScheduleKeyDeletion')
    const { least, most } = deletionWindowDays
    if (days < least || days > most) {
      throw invalid(`PendingWindowInDays must be between ${least} and ${most} days (inclusive).`)
    }
    if (key.state === 'PendingDeletion') throw pendingDeletion(key.arn)
    // Deviation: AWS may delete up to a day later than the date it tells.
    const taskId = ctx.after(days * dayMs, deleteKey, { keyId: key.keyId })
    const atMs = ctx.now() + days * dayMs
    keys.update(ctx, key.keyId, {
      state: 'PendingDeletion',
      deletion: { windowDays: days, atMs, taskId },
    })
    return {
      KeyId: key.arn,
      DeletionDate: atMs,
      KeyState: 'PendingDeletion',
      PendingWindowInDays: days,
    }
  },
})

export const cancelKeyDeletion = operation(CancelKeyDeletion, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'modelled',
  run(ctx, { KeyId }) {
    const { deletion, ...key } = theOwnKey(ctx, KeyId, 'CancelKeyDeletion')
    if (deletion === undefined) throw notPendingDeletion(key.arn)
    ctx.cancel(deletion.taskId)
    keys.put(ctx, { ...key, state: 'Disabled' })
    return { KeyId: key.arn }
  },
})

/** The end of a key: its material, aliases and grants go with it. */
export const deleteKey = task<{ keyId: string }>('kms.deleteKey', {
  run(ctx, { keyId }) {
    const key = keys.get(ctx, keyId)
    if (key?.state !== 'PendingDeletion') return
    if (key.rotation !== undefined) ctx.cancel(key.rotation.taskId)
    for (const { name } of [...aliases.where(ctx, 'target', keyId)]) aliases.delete(ctx, name)
    for (const { grantId } of [...grants.scan(ctx, { prefix: grantKey(keyId, '') })]) {
      grants.delete(ctx, grantKey(keyId, grantId))
    }
    destroyMaterials(ctx, ctx, keyId)
    keys.delete(ctx, keyId)
    ctx.emit({
      source: 'aws.kms',
      detailType: 'KMS CMK Deletion',
      resources: [key.arn],
      detail: { 'key-id': keyId },
    })
  },
})
