import { table } from '@cloud-orrery/kernel'
import type { PolicyDocument } from '@cloud-orrery/policy'
import type { Caller } from '../../context.ts'

/** A policy as its author wrote it and as the engine reads it. */
export interface StoredPolicy {
  readonly text: string
  readonly document: PolicyDocument
}

export type Tags = Readonly<Record<string, string>>

interface Entity {
  readonly path: string
  readonly arn: string
  readonly createdAtMs: number
  readonly inlinePolicies: Readonly<Record<string, StoredPolicy>>
  /** ARNs, in the order of attachment. */
  readonly attachedPolicies: readonly string[]
}

export interface UserRecord extends Entity {
  readonly userName: string
  /** `AIDA...` */
  readonly userId: string
  readonly tags: Tags
  readonly boundaryArn?: string
  readonly passwordLastUsedAtMs?: number
}

export interface GroupRecord extends Entity {
  readonly groupName: string
  /** `AGPA...` */
  readonly groupId: string
  /** User names, in the order they joined. */
  readonly members: readonly string[]
}

export interface RoleRecord extends Entity {
  readonly roleName: string
  /** `AROA...` */
  readonly roleId: string
  readonly trustPolicy: StoredPolicy
  readonly description?: string
  readonly maxSessionDurationSeconds: number
  readonly tags: Tags
  readonly boundaryArn?: string
  readonly lastUsed?: { readonly atMs: number; readonly region: string }
  /** The service that alone may use a service-linked role. */
  readonly linkedService?: string
}

export interface PolicyVersion extends StoredPolicy {
  /** `v1` */
  readonly versionId: string
  readonly createdAtMs: number
}

/** A customer managed policy. */
export interface PolicyRecord {
  readonly policyName: string
  /** `ANPA...` */
  readonly policyId: string
  readonly arn: string
  readonly path: string
  readonly description?: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly defaultVersionId: string
  /** The highest version number ever given; versions are never numbered twice. */
  readonly lastVersionNumber: number
  readonly versions: readonly PolicyVersion[]
  readonly tags: Tags
}

export interface AccessKeyRecord {
  /** `AKIA...` */
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly accountId: string
  /** Absent: a key of the account's root. */
  readonly userName?: string
  readonly status: 'Active' | 'Inactive'
  readonly createdAtMs: number
  readonly lastUsed?: { readonly atMs: number; readonly region: string; readonly service: string }
}

/** Temporary credentials. */
export interface SessionRecord {
  /** `ASIA...` */
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly accountId: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  /** Who the session is, session policies included. */
  readonly caller: Caller
}

export const users = table<UserRecord, 'userId'>('iam.users', {
  key: (user) => user.userName.toLowerCase(),
  partition: 'account',
  indexes: { userId: (user) => user.userId },
})

export const groups = table<GroupRecord, 'member'>('iam.groups', {
  key: (group) => group.groupName.toLowerCase(),
  partition: 'account',
  indexes: { member: (group) => group.members.map((name) => name.toLowerCase()) },
})

export const roles = table<RoleRecord, 'roleId'>('iam.roles', {
  key: (role) => role.roleName.toLowerCase(),
  partition: 'account',
  indexes: { roleId: (role) => role.roleId },
})

export const policies = table<PolicyRecord, 'name'>('iam.policies', {
  key: (policy) => policy.arn,
  partition: 'account',
  indexes: { name: (policy) => policy.policyName.toLowerCase() },
})

export const accessKeys = table<AccessKeyRecord, 'user'>('iam.accessKeys', {
  key: (key) => key.accessKeyId,
  partition: 'cloud',
  indexes: { user: (key) => `${key.accountId}/${key.userName?.toLowerCase() ?? ''}` },
})

export const sessions = table<SessionRecord>('sts.sessions', {
  key: (session) => session.accessKeyId,
  partition: 'cloud',
})
