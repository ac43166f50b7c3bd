import { orderedKey } from '@cloud-orrery/kernel'
import { DeleteSecret, RestoreSecret } from '@cloud-orrery/models/secretsmanager'
import type { Context } from '../context.ts'
import { operation, task } from '../define.ts'
import { hasReplicas, invalidParameter, markedForDeletion } from './errors.ts'
import { recoveryDays } from './limits.ts'
import { checkName, checkPrimary, findSecret, judged, scopeOf, theSecret } from './references.ts'
import { scheduleRotation } from './rotation-schedule.ts'
import { secretArn, secrets, versions, versionsOf } from './state.ts'

const dayMs = 24 * 60 * 60_000

export const deleteSecret = operation(DeleteSecret, {
  scope: scopeOf,
  authorize: ({ SecretId, ForceDeleteWithoutRecovery, RecoveryWindowInDays }, ctx) =>
    judged(ctx, SecretId, {
      ...(ForceDeleteWithoutRecovery === undefined
        ? {}
        : { 'secretsmanager:ForceDeleteWithoutRecovery': ForceDeleteWithoutRecovery }),
      ...(RecoveryWindowInDays === undefined
        ? {}
        : { 'secretsmanager:RecoveryWindowInDays': RecoveryWindowInDays }),
    }),
  provenance: 'recorded',
  run(ctx, { SecretId, ForceDeleteWithoutRecovery = false, RecoveryWindowInDays }) {
    if (!SecretId.startsWith('arn:')) checkName(SecretId)
    checkWindow(ForceDeleteWithoutRecovery, RecoveryWindowInDays)
    if (ForceDeleteWithoutRecovery && findSecret(ctx, SecretId) === undefined) {
      // Source: DeleteSecret, `ForceDeleteWithoutRecovery`: no error of a secret that is not there.
      const ARN = SecretId.startsWith('arn:') ? SecretId : secretArn(ctx, SecretId)
      return { ARN, Name: SecretId, DeletionDate: ctx.now() }
    }
    const secret = theSecret(ctx, SecretId)
    checkPrimary(ctx, secret)
    const { arn, name, replicas } = secret
    if (replicas.length > 0) {
      throw hasReplicas(
        arn,
        replicas.map(({ region }) => region),
      )
    }
    if (ForceDeleteWithoutRecovery) {
      purge(ctx, name)
      return { ARN: arn, Name: name, DeletionDate: ctx.now() }
    }
    if (secret.deletionAtMs !== undefined) throw markedForDeletion()
    const delayMs = (RecoveryWindowInDays ?? recoveryDays.usual) * dayMs
    const deletionAtMs = ctx.now() + delayMs
    secrets.update(ctx, name, { deletionAtMs })
    scheduleRotation(ctx, name)
    ctx.after(delayMs, deleteForGood, { name, arn, deletionAtMs })
    return { ARN: arn, Name: name, DeletionDate: deletionAtMs }
  },
})

/** The words are those of users' reports. */
function checkWindow(isForced: boolean, days: number | undefined): void {
  if (days === undefined) return
  if (isForced) {
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    )
  }
  if (days < recoveryDays.min || days > recoveryDays.max) {
    throw invalidParameter(
      `The RecoveryWindowInDays value must be between ${recoveryDays.min} and ${recoveryDays.max} days (inclusive).`,
    )
  }
}

interface Doomed {
  readonly name: string
  readonly arn: string
  /** A deletion that was taken back, and ordered anew, has another. */
  readonly deletionAtMs: number
}

export const deleteForGood = task<Doomed>('secretsmanager.delete', {
  run(ctx, { name, arn, deletionAtMs }) {
    const secret = secrets.get(ctx, name)
    if (secret?.arn === arn && secret.deletionAtMs === deletionAtMs) purge(ctx, name)
  },
})

/** Nothing of a secret is left. */
export function purge(ctx: Context, name: string): void {
  const task = secrets.get(ctx, name)?.rotation?.taskId
  if (task !== undefined) ctx.cancel(task)
  for (const { number } of versionsOf(ctx, name)) versions.delete(ctx, orderedKey(name, number))
  secrets.delete(ctx, name)
}

export const restoreSecret = operation(RestoreSecret, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) => judged(ctx, SecretId),
  provenance: 'modelled',
  run(ctx, { SecretId }) {
    const secret = theSecret(ctx, SecretId)
    checkPrimary(ctx, secret)
    const { deletionAtMs: _, ...restored } = secret
    secrets.put(ctx, restored)
    scheduleRotation(ctx, secret.name)
    return { ARN: secret.arn, Name: secret.name }
  },
})
