import { orderedKey, table } from '@cloud-orrery/kernel'
import type { UserStatusType } from '@cloud-orrery/models/cognitoidp'

/** A user's choice among second factors. */
export interface UserMfa {
  readonly sms?: boolean
  readonly softwareToken?: boolean
  readonly email?: boolean
  readonly preferred?: MfaMethod
}

export type MfaMethod = 'SMS_MFA' | 'SOFTWARE_TOKEN_MFA' | 'EMAIL_OTP'

export interface SoftwareToken {
  /** Base32. */
  readonly secretCode: string
  readonly verified: boolean
  /** The time step of the last code taken: none is taken twice. */
  readonly lastStep?: number
  readonly friendlyName?: string
}

/** A user of a provider outside that stands for this one. */
export interface LinkedIdentity {
  readonly providerName: string
  readonly providerType: string
  readonly userId: string
  readonly issuer: string | null
  readonly primary: boolean
  readonly dateCreated: number
}

export interface User {
  readonly poolId: string
  /** As tokens and answers show it. */
  readonly username: string
  /** `username`, in lower case where the pool does not tell cases apart. */
  readonly key: string
  readonly sub: string
  /** Standard ones and `custom:`, without `sub`. All values are strings. */
  readonly attributes: Readonly<Record<string, string>>
  readonly status: UserStatusType
  readonly enabled: boolean
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  /** `salt:x` of SRP, in hex: it proves a password and gives the verifier. Absent: none was set. */
  readonly password?: string
  /** Until when an administrator's temporary password holds. */
  readonly passwordExpiresAtMs?: number
  /** Earlier passwords, newest first, as `password`. */
  readonly passwordHistory?: readonly string[]
  /** Failed sign-ins since the last success. */
  readonly failures?: number
  readonly lockedUntilMs?: number
  /** When codes for a forgotten password were asked for in the last hour. */
  readonly recoveriesAtMs?: readonly number[]
  readonly mfa?: UserMfa
  readonly softwareToken?: SoftwareToken
  /** A secret that is to replace the one in use once a code of it comes back; empty: none is. */
  readonly nextSoftwareToken?: string
  readonly identities?: readonly LinkedIdentity[]
  /** Values that replace attributes once their codes come back, by name. */
  readonly pendingAttributes?: Readonly<Record<string, string>>
  /** Tokens issued before are void: global sign-out. */
  readonly signedOutAtMs?: number
}

/** Attributes by whose values a user is found without looking at all users. */
export const foundBy = ['email', 'phone_number', 'preferred_username'] as const

export const users = table<User, 'value' | 'identity'>('cognitoidp.users', {
  key: ({ poolId, key }) => orderedKey(poolId, key),
  partition: 'region',
  indexes: {
    value: ({ poolId, sub, attributes }) => {
      const values = [orderedKey(poolId, 'sub', sub)]
      for (const name of foundBy) {
        const value = attributes[name]
        if (value !== undefined) values.push(orderedKey(poolId, name, value.toLowerCase()))
      }
      return values
    },
    identity: ({ poolId, identities = [] }) =>
      identities.map(({ providerName, userId }) => orderedKey(poolId, providerName, userId)),
  },
})

/** How many users a pool has: what DescribeUserPool estimates. */
export interface UserCount {
  readonly poolId: string
  readonly count: number
}

export const userCounts = table<UserCount>('cognitoidp.userCounts', {
  key: ({ poolId }) => poolId,
  partition: 'region',
  derived: true,
})

/** What a code is for: a new account, a forgotten password, an attribute. */
export type CodePurpose = 'sign-up' | 'reset' | `attribute:${string}`

/** A code that was sent and has not come back. */
export interface Code {
  readonly poolId: string
  /** Of the user. */
  readonly key: string
  readonly purpose: CodePurpose
  readonly code: string
  readonly sentAtMs: number
  readonly expiresAtMs: number
  /** Wrong ones that came instead. */
  readonly wrong: number
  /** The attribute that the code verifies when it comes back: to which it was sent. */
  readonly attribute?: string
}

export const codes = table<Code>('cognitoidp.codes', {
  key: ({ poolId, key, purpose }) => orderedKey(poolId, key, purpose),
  partition: 'region',
})

export interface Group {
  readonly poolId: string
  readonly name: string
  readonly description?: string
  readonly roleArn?: string
  readonly precedence?: number
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

export const groups = table<Group>('cognitoidp.groups', {
  key: ({ poolId, name }) => orderedKey(poolId, name),
  partition: 'region',
})

export interface Membership {
  readonly poolId: string
  /** Of the user. */
  readonly key: string
  readonly group: string
}

export const memberships = table<Membership, 'group'>('cognitoidp.memberships', {
  key: ({ poolId, key, group }) => orderedKey(poolId, key, group),
  partition: 'region',
  indexes: { group: ({ poolId, group }) => orderedKey(poolId, group) },
})

/** A device of a user: confirmed once `verifier` is there. */
export interface Device {
  readonly poolId: string
  /** Of the user. */
  readonly key: string
  /** `us-east-1_<uuid>` */
  readonly deviceKey: string
  readonly groupKey: string
  readonly name?: string
  /** Hex, and the salt: SRP of the device. */
  readonly verifier?: string
  readonly salt?: string
  readonly remembered: boolean
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  readonly authenticatedAtMs: number
  readonly lastIp?: string
}

export const devices = table<Device, 'unconfirmed'>('cognitoidp.devices', {
  key: ({ poolId, key, deviceKey }) => orderedKey(poolId, key, deviceKey),
  partition: 'region',
  indexes: {
    unconfirmed: ({ poolId, key, createdAtMs, verifier }) =>
      verifier === undefined ? orderedKey(poolId, key, createdAtMs) : undefined,
  },
})
