import { orderedKey, type Scope, table } from '@cloud-orrery/kernel'
import type { GrantConstraints, GrantOperation } from '@cloud-orrery/models/kms'
import type { Tags, TrustPolicy } from '../shared/identity/state.ts'

export type HmacSpec = 'HMAC_224' | 'HMAC_256' | 'HMAC_384' | 'HMAC_512'
export type KeySpec = 'SYMMETRIC_DEFAULT' | HmacSpec
export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion'

/** A rotation that comes by itself. */
export interface AutomaticRotation {
  readonly periodDays: number
  readonly nextAtMs: number
  readonly taskId: string
}

export interface PendingDeletion {
  readonly windowDays: number
  readonly atMs: number
  readonly taskId: string
}

export interface KeyRecord {
  /** A UUID. */
  readonly keyId: string
  readonly arn: string
  readonly accountId: string
  readonly createdAtMs: number
  readonly description: string
  readonly manager: 'CUSTOMER' | 'AWS'
  readonly spec: KeySpec
  readonly usage: 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC'
  readonly state: KeyState
  readonly deletion?: PendingDeletion
  /** Tied to the very users and roles that it names. */
  readonly policy: TrustPolicy
  readonly tags: Tags
  /** Id of the material that encrypts; HMAC keys have one too, which AWS does not show. */
  readonly materialId: string
  /** How many materials the key has had. */
  readonly materials: number
  readonly rotation?: AutomaticRotation
  readonly onDemandRotations: number
  /** When the rotation on demand that is under way began. */
  readonly onDemandStartedAtMs?: number
}

export const keys = table<KeyRecord>('kms.keys', {
  key: ({ keyId }) => keyId,
  partition: 'region',
  // Keys that wait for their deletion are gone for inventories, as a stack's deletion leaves them.
  resource: ({ arn, state, manager }) =>
    state === 'PendingDeletion' || manager === 'AWS' ? undefined : arn,
})

/** What encrypts: one of a key's generations. Found by its id, which each ciphertext carries. */
export interface MaterialRecord extends Scope {
  /** 64 hex digits. */
  readonly materialId: string
  readonly keyId: string
  /** Number of the generation, from 1. */
  readonly version: number
  /** Base64. */
  readonly bytes: string
  readonly madeAtMs: number
  /** How it came to be, if not with its key. */
  readonly rotation?: 'AUTOMATIC' | 'ON_DEMAND'
}

export const materials = table<MaterialRecord, 'key'>('kms.materials', {
  key: ({ materialId }) => materialId,
  partition: 'cloud',
  indexes: { key: ({ accountId, region, keyId }) => materialOwner({ accountId, region }, keyId) },
})

export function materialOwner({ accountId, region }: Scope, keyId: string): string {
  return `${accountId}/${region}/${keyId}`
}

export interface AliasRecord {
  /** `alias/name` */
  readonly name: string
  readonly arn: string
  readonly targetKeyId: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export const aliases = table<AliasRecord, 'target'>('kms.aliases', {
  key: ({ name }) => name,
  partition: 'region',
  indexes: { target: ({ targetKeyId }) => targetKeyId },
  resource: ({ arn, name }) => (name.startsWith('alias/aws/') ? undefined : arn),
})

export interface GrantRecord {
  /** 64 hex digits. */
  readonly grantId: string
  readonly token: string
  readonly keyId: string
  readonly keyArn: string
  readonly name?: string
  readonly createdAtMs: number
  /** ARN, or a service's name. */
  readonly grantee: string
  /** Who that is: a user's or role's unique id, or the same again. */
  readonly granteeId: string
  readonly retiring?: string
  readonly operations: readonly GrantOperation[]
  readonly constraints?: GrantConstraints
  /** ARN of the account whose principal made it. */
  readonly issuingAccount: string
}

/** `grantee`: by key, operation and grantee, which each use of a key asks for. */
export const grants = table<GrantRecord, 'grantee' | 'named' | 'retiring' | 'token'>('kms.grants', {
  key: ({ keyId, grantId }) => grantKey(keyId, grantId),
  partition: 'region',
  indexes: {
    grantee: ({ keyId, granteeId, operations }) =>
      operations.map((operation) => granteeIndex(keyId, operation, granteeId)),
    named: ({ keyId, name }) => (name === undefined ? undefined : `${keyId} ${name}`),
    retiring: ({ retiring }) => retiring,
    token: ({ token }) => token,
  },
})

export function granteeIndex(keyId: string, operation: string, granteeId: string): string {
  return `${keyId} ${operation} ${granteeId}`
}

export function grantKey(keyId: string, grantId: string): string {
  return orderedKey(keyId, grantId)
}

export function keyArn(ctx: Scope & { partition: string }, keyId: string): string {
  return `arn:${ctx.partition}:kms:${ctx.region}:${ctx.accountId}:key/${keyId}`
}

/** `name`: with its `alias/`. */
export function aliasArn(ctx: Scope & { partition: string }, name: string): string {
  return `arn:${ctx.partition}:kms:${ctx.region}:${ctx.accountId}:${name}`
}
