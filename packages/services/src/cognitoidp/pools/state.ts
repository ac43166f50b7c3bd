import { orderedKey, table } from '@cloud-orrery/kernel'
import type {
  EmailMfaConfigType,
  SchemaAttributeType,
  SmsConfigurationType,
  UserPoolMfaType,
  UserPoolType,
} from '@cloud-orrery/models/cognitoidp'

/** What can be set and is answered as it was set, defaults filled in. */
export type PoolSettings = Pick<
  UserPoolType,
  | 'Policies'
  | 'DeletionProtection'
  | 'LambdaConfig'
  | 'AutoVerifiedAttributes'
  | 'AliasAttributes'
  | 'UsernameAttributes'
  | 'SmsVerificationMessage'
  | 'EmailVerificationMessage'
  | 'EmailVerificationSubject'
  | 'VerificationMessageTemplate'
  | 'SmsAuthenticationMessage'
  | 'UserAttributeUpdateSettings'
  | 'DeviceConfiguration'
  | 'EmailConfiguration'
  | 'AdminCreateUserConfig'
  | 'UsernameConfiguration'
  | 'AccountRecoverySetting'
  | 'UserPoolTier'
>

/** Which second factors a pool has. */
export interface PoolMfa {
  readonly configuration: UserPoolMfaType
  readonly softwareToken: boolean
  readonly sms: boolean
  readonly email?: EmailMfaConfigType
}

export interface Pool {
  /** `us-east-1_AbCdEfGhI` */
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  readonly settings: PoolSettings
  readonly smsConfiguration?: SmsConfigurationType
  /** Standard attributes, then those of the pool's own, names as tokens have them: `custom:tenant`. */
  readonly schema: readonly SchemaAttributeType[]
  readonly mfa: PoolMfa
  readonly tags: Readonly<Record<string, string>>
  /** From which the pool's two signing keys are made: eight 32-bit words. */
  readonly keySeed: readonly number[]
}

export const pools = table<Pool>('cognitoidp.pools', {
  key: ({ id }) => id,
  partition: 'region',
  resource: ({ arn }) => arn,
})

/** Where a pool or a client is found by its id alone: in tokens, and in calls that nobody signs. */
export interface Whereabouts {
  readonly id: string
  readonly accountId: string
  readonly region: string
}

export const whereabouts = table<Whereabouts>('cognitoidp.whereabouts', {
  key: ({ id }) => id,
  partition: 'cloud',
})

/** Mails of Cognito's own sender, by day. */
export interface MailsOfDay {
  readonly day: number
  readonly count: number
}

export const mailsOfDay = table<MailsOfDay>('cognitoidp.mailsOfDay', {
  key: ({ day }) => orderedKey(day),
  partition: 'account',
})

/** The pool's name in hash inputs of SRP and in the issuer: what follows the underscore. */
export const shortName = (poolId: string): string => poolId.slice(poolId.indexOf('_') + 1)

/** `iss` of the pool's tokens. */
export const issuerOf = (poolId: string): string =>
  `https://cognito-idp.${poolId.slice(0, poolId.indexOf('_'))}.amazonaws.com/${poolId}`
