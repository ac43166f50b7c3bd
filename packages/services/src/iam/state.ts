import { table } from '@cloud-orrery/kernel'
import type { Tags } from '../shared/identity/state.ts'

/** A user's password for the console, as a record: nothing signs in with it. */
export interface LoginProfileRecord {
  readonly userName: string
  readonly createdAtMs: number
  readonly password: string
  readonly passwordResetRequired: boolean
}

export const loginProfiles = table<LoginProfileRecord>('iam.loginProfiles', {
  key: (profile) => profile.userName.toLowerCase(),
  partition: 'account',
})

/** A user name and password for one service: Git over HTTPS, Keyspaces. */
export interface ServiceCredentialRecord {
  /** `ACCA...` */
  readonly id: string
  readonly userName: string
  readonly serviceName: string
  readonly serviceUserName: string
  readonly password: string
  readonly status: 'Active' | 'Inactive'
  readonly createdAtMs: number
}

export const serviceCredentials = table<ServiceCredentialRecord, 'user'>('iam.serviceCredentials', {
  key: (credential) => credential.id,
  partition: 'account',
  indexes: { user: (credential) => credential.userName.toLowerCase() },
})

/** An OpenID Connect provider that an account trusts. */
export interface OidcProviderRecord {
  readonly arn: string
  /** Without its scheme: `server.example.com/path`. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly createdAtMs: number
  readonly tags: Tags
}

export const oidcProviders = table<OidcProviderRecord>('iam.oidcProviders', {
  key: (provider) => provider.arn,
  resource: (provider) => provider.arn,
  partition: 'account',
})

export interface SamlProviderRecord {
  readonly arn: string
  readonly metadata: string
  readonly uuid: string
  readonly createdAtMs: number
  readonly validUntilMs: number
  readonly tags: Tags
}

export const samlProviders = table<SamlProviderRecord>('iam.samlProviders', {
  key: (provider) => provider.arn,
  resource: (provider) => provider.arn,
  partition: 'account',
})

/** An account's name in sign-in addresses; no two accounts have the same. */
export interface AccountAliasRecord {
  readonly alias: string
  readonly accountId: string
}

export const accountAliases = table<AccountAliasRecord, 'account'>('iam.accountAliases', {
  key: (record) => record.alias,
  partition: 'cloud',
  indexes: { account: (record) => record.accountId },
})

export interface PasswordPolicyRecord {
  readonly accountId: string
  readonly minimumLength: number
  readonly symbols: boolean
  readonly numbers: boolean
  readonly upperCase: boolean
  readonly lowerCase: boolean
  readonly usersMayChange: boolean
  readonly ageDaysMax?: number
  readonly reusePrevention?: number
  readonly hardExpiry?: boolean
}

export const passwordPolicies = table<PasswordPolicyRecord>('iam.passwordPolicies', {
  key: (policy) => policy.accountId,
  partition: 'account',
})

/** The removal of a service-linked role, which IAM does in its own time. */
export interface RoleDeletionRecord {
  /** `task/aws-service-role/<service>/<role>/<uuid>` */
  readonly id: string
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED'
}

export const roleDeletions = table<RoleDeletionRecord>('iam.roleDeletions', {
  key: (deletion) => deletion.id,
  partition: 'account',
})
