import { orderedKey, table } from '@cloud-orrery/kernel'
import type { PolicyDocument } from '@cloud-orrery/policy'
import type { Caller } from '../../context.ts'

/** A policy as its author wrote it and as the engine reads it. */
export interface StoredPolicy {
  readonly text: string
  readonly document: PolicyDocument
}

/**
 * A trust policy. IAM ties it to the very users and roles that it names, not to their names: in `document`
 * their ARNs stand replaced by their unique ids, and `principals` keeps which ARN was which id.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal", IAM role principals.
 */
export interface TrustPolicy extends StoredPolicy {
  readonly principals?: Readonly<Record<string, string>>
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
  readonly trustPolicy: TrustPolicy
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
  /** How it came to be; GetSessionToken's and GetFederationToken's sessions may call less. */
  readonly madeBy?: 'AssumeRole' | 'GetSessionToken' | 'GetFederationToken'
  /** Session tags that go on to the next role in a chain. */
  readonly transitiveTagKeys?: readonly string[]
}

/** What the `path` indexes sort by. A prefix of paths never reaches into the names. */
export function pathKey(path: string, name: string): string {
  return `${path}\u0001${name}`
}

/**
 * `path`: path and name, the order in which IAM lists. `policy`, `boundary`: by the ARN of a managed policy,
 * for what it is attached to.
 */
export const users = table<UserRecord, 'userId' | 'path' | 'policy' | 'boundary'>('iam.users', {
  key: (user) => user.userName.toLowerCase(),
  resource: (user) => user.arn,
  partition: 'account',
  indexes: {
    userId: (user) => user.userId,
    path: (user) => pathKey(user.path, user.userName),
    policy: (user) => user.attachedPolicies,
    boundary: (user) => user.boundaryArn,
  },
})

export const groups = table<GroupRecord, 'member' | 'path' | 'policy'>('iam.groups', {
  key: (group) => group.groupName.toLowerCase(),
  resource: (group) => group.arn,
  partition: 'account',
  indexes: {
    member: (group) => group.members.map((name) => name.toLowerCase()),
    path: (group) => pathKey(group.path, group.groupName),
    policy: (group) => group.attachedPolicies,
  },
})

export const roles = table<RoleRecord, 'roleId' | 'path' | 'policy' | 'boundary'>('iam.roles', {
  key: (role) => role.roleName.toLowerCase(),
  resource: (role) => role.arn,
  partition: 'account',
  indexes: {
    roleId: (role) => role.roleId,
    path: (role) => pathKey(role.path, role.roleName),
    policy: (role) => role.attachedPolicies,
    boundary: (role) => role.boundaryArn,
  },
})

export const policies = table<PolicyRecord, 'name' | 'path'>('iam.policies', {
  key: (policy) => policy.arn,
  resource: (policy) => policy.arn,
  partition: 'account',
  indexes: {
    name: (policy) => policy.policyName.toLowerCase(),
    path: (policy) => pathKey(policy.path, policy.policyName),
  },
})

export const accessKeys = table<AccessKeyRecord, 'user'>('iam.accessKeys', {
  key: (key) => key.accessKeyId,
  partition: 'cloud',
  indexes: { user: (key) => `${key.accountId}/${key.userName?.toLowerCase() ?? ''}` },
})

/** `expiry`: by the moment of their end, so that those long gone are found without looking at the others. */
export const sessions = table<SessionRecord, 'expiry'>('sts.sessions', {
  key: (session) => session.accessKeyId,
  partition: 'cloud',
  indexes: { expiry: (session) => orderedKey(session.expiresAtMs) },
})

export interface InstanceProfileRecord {
  readonly instanceProfileName: string
  /** `AIPA...` */
  readonly instanceProfileId: string
  readonly path: string
  readonly arn: string
  readonly createdAtMs: number
  /** At most one. */
  readonly roleName?: string
  readonly tags: Tags
}

export const instanceProfiles = table<InstanceProfileRecord, 'path' | 'role'>(
  'iam.instanceProfiles',
  {
    key: (profile) => profile.instanceProfileName.toLowerCase(),
    resource: (profile) => profile.arn,
    partition: 'account',
    indexes: {
      path: (profile) => pathKey(profile.path, profile.instanceProfileName),
      role: (profile) => profile.roleName?.toLowerCase(),
    },
  },
)

/** Tables of things that a cloud has from its first moment, whether its IAM was ever called or not. */
export const identityTables = [users, groups, roles, policies, instanceProfiles] as const
