import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { TrustPolicy } from '../shared/identity/state.ts'

export type Tags = Readonly<Record<string, string>>

export interface SecretRecord {
  readonly name: string
  /** With the six characters that tell it from an earlier secret of the same name. */
  readonly arn: string
  readonly description?: string
  /** As the caller named it; absent: AWS's own key. */
  readonly kmsKeyId?: string
  readonly tags: Tags
  readonly createdAtMs: number
  readonly changedAtMs: number
  /** Start of the day on which a value was last read. */
  readonly accessedAtMs?: number
  /** When it goes for good; absent unless it is marked for deletion. */
  readonly deletionAtMs?: number
  readonly policy?: TrustPolicy
  readonly rotation?: Rotation
  /** Versions made so far: the number of the last one. */
  readonly versionsMade: number
  /** Of a replica and of a primary that has replicas. */
  readonly primaryRegion?: string
  readonly replicas: readonly Replica[]
}

/** Present once rotation was configured; it stays, switched off, when it is cancelled. */
export interface Rotation {
  readonly enabled: boolean
  readonly functionArn: string
  readonly rules?: RotationRules
  readonly lastAtMs?: number
  /** The end of the window in which the next one starts. */
  readonly nextAtMs?: number
  /** Of the rotation that is to come. */
  readonly taskId?: string
  /** The version that a rotation is making; absent when none is under way. */
  readonly pendingVersionId?: string
  /** The version that the last rotation made. */
  readonly lastVersionId?: string
}

export interface RotationRules {
  readonly AutomaticallyAfterDays?: number | undefined
  readonly Duration?: string | undefined
  readonly ScheduleExpression?: string | undefined
}

export interface Replica {
  readonly region: string
  readonly kmsKeyId?: string
  readonly status: 'InSync' | 'InProgress' | 'Failed'
  readonly statusMessage?: string
}

export interface VersionRecord {
  readonly name: string
  readonly versionId: string
  /** Counts up within the secret: older versions have smaller numbers. */
  readonly number: number
  readonly stages: readonly string[]
  readonly createdAtMs: number
  readonly accessedAtMs?: number
  readonly value?: SealedValue
}

/** Encrypted by a data key of KMS. */
export interface SealedValue {
  readonly kind: 'string' | 'binary'
  /** Base64. */
  readonly sealed: string
  /** As the secret named it then; absent: AWS's own key. */
  readonly kmsKeyId?: string
}

/** Orders in which ListSecrets goes through secrets. */
export type SecretOrder = 'created' | 'changed' | 'accessed'

export const secrets = table<SecretRecord, SecretOrder>('secretsmanager.secrets', {
  key: ({ name }) => name,
  partition: 'region',
  indexes: {
    created: ({ createdAtMs }) => orderedKey(createdAtMs),
    changed: ({ changedAtMs }) => orderedKey(changedAtMs),
    accessed: ({ accessedAtMs = 0 }) => orderedKey(accessedAtMs),
  },
  resource: ({ arn }) => arn,
})

export const versions = table<VersionRecord, 'id'>('secretsmanager.versions', {
  key: ({ name, number }) => orderedKey(name, number),
  partition: 'region',
  indexes: { id: ({ name, versionId }) => orderedKey(name, versionId) },
})

export function versionsOf(ctx: Context, name: string): VersionRecord[] {
  return [...versions.scan(ctx, { prefix: orderedKey(name, '') })]
}

export function versionOf(
  ctx: Context,
  name: string,
  versionId: string,
): VersionRecord | undefined {
  return versions.first(ctx, 'id', orderedKey(name, versionId))
}

/** The version that has a label. */
export function stagedVersion(
  ctx: Context,
  name: string,
  stage: string,
): VersionRecord | undefined {
  return versionsOf(ctx, name).find(({ stages }) => stages.includes(stage))
}

/** Labels by version, of versions that have any. */
export function stagesByVersion(
  ctx: Context,
  name: string,
): Record<string, readonly string[]> | undefined {
  const staged = versionsOf(ctx, name).filter(({ stages }) => stages.length > 0)
  if (staged.length === 0) return undefined
  return Object.fromEntries(staged.map(({ versionId, stages }) => [versionId, stages]))
}

export function secretArn({ partition, region, accountId }: Context, id: string): string {
  return `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${id}`
}
