import { table } from '@cloud-orrery/kernel'

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
