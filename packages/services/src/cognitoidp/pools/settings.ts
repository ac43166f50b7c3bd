import type {
  CreateUserPoolRequest,
  LambdaConfigType,
  UpdateUserPoolRequest,
  UserPoolTierType,
} from '@cloud-orrery/models/cognitoidp'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidParameter, tierLacks } from '../errors.ts'
import { temporaryPasswordDays } from '../limits.ts'
import type { Pool, PoolSettings } from './state.ts'

type Given = Omit<CreateUserPoolRequest, 'PoolName' | 'Schema'> | UpdateUserPoolRequest

/**
 * Settings as given, the rest as AWS sets it where nothing is said: an update too sets back what it leaves out.
 * Source: CreateUserPool; UpdateUserPool, "if you don't provide a value for an attribute …".
 */
export function settingsOf(given: Given, tier: UserPoolTierType): PoolSettings {
  refuseUnbuilt(given)
  checkTier(given, tier)
  const { PasswordPolicy = {}, SignInPolicy } = given.Policies ?? {}
  const config = given.AdminCreateUserConfig ?? {}
  const validityDays =
    PasswordPolicy.TemporaryPasswordValidityDays ?? config.UnusedAccountValidityDays
  const template = given.VerificationMessageTemplate ?? {}
  const EmailVerificationMessage = given.EmailVerificationMessage ?? template.EmailMessage
  const EmailVerificationSubject = given.EmailVerificationSubject ?? template.EmailSubject
  const SmsVerificationMessage = given.SmsVerificationMessage ?? template.SmsMessage
  return defined({
    Policies: {
      PasswordPolicy: defined({
        MinimumLength: PasswordPolicy.MinimumLength ?? 8,
        RequireUppercase: PasswordPolicy.RequireUppercase ?? given.Policies === undefined,
        RequireLowercase: PasswordPolicy.RequireLowercase ?? given.Policies === undefined,
        RequireNumbers: PasswordPolicy.RequireNumbers ?? given.Policies === undefined,
        RequireSymbols: PasswordPolicy.RequireSymbols ?? given.Policies === undefined,
        PasswordHistorySize: PasswordPolicy.PasswordHistorySize,
        TemporaryPasswordValidityDays: validityDays ?? temporaryPasswordDays,
      }),
      SignInPolicy: SignInPolicy ?? { AllowedFirstAuthFactors: ['PASSWORD'] },
    },
    DeletionProtection: given.DeletionProtection ?? 'INACTIVE',
    LambdaConfig: triggersOf(given.LambdaConfig),
    AutoVerifiedAttributes: given.AutoVerifiedAttributes,
    SmsVerificationMessage,
    EmailVerificationMessage,
    EmailVerificationSubject,
    VerificationMessageTemplate: defined({
      ...template,
      SmsMessage: SmsVerificationMessage,
      EmailMessage: EmailVerificationMessage,
      EmailSubject: EmailVerificationSubject,
      DefaultEmailOption: template.DefaultEmailOption ?? 'CONFIRM_WITH_CODE',
    }),
    SmsAuthenticationMessage: given.SmsAuthenticationMessage,
    UserAttributeUpdateSettings: given.UserAttributeUpdateSettings ?? {
      AttributesRequireVerificationBeforeUpdate: [],
    },
    DeviceConfiguration: given.DeviceConfiguration,
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT', ...given.EmailConfiguration },
    AdminCreateUserConfig: defined({
      AllowAdminCreateUserOnly: config.AllowAdminCreateUserOnly ?? false,
      UnusedAccountValidityDays: validityDays ?? temporaryPasswordDays,
      InviteMessageTemplate: config.InviteMessageTemplate,
    }),
    AccountRecoverySetting: given.AccountRecoverySetting,
    UserPoolTier: tier,
  })
}

/** What only CreateUserPool can say. */
export function lastingSettingsOf(given: CreateUserPoolRequest): PoolSettings {
  const { AliasAttributes, UsernameAttributes, UsernameConfiguration } = given
  if (AliasAttributes !== undefined && UsernameAttributes !== undefined) {
    if (AliasAttributes.length > 0 && UsernameAttributes.length > 0) {
      throw invalidParameter(
        'Only one of aliasAttributes or usernameAttributes can be set in a user pool.',
      )
    }
  }
  return defined({ AliasAttributes, UsernameAttributes, UsernameConfiguration })
}

export function lastingSettings({ settings }: Pool): PoolSettings {
  const { AliasAttributes, UsernameAttributes, UsernameConfiguration } = settings
  return defined({ AliasAttributes, UsernameAttributes, UsernameConfiguration })
}

function refuseUnbuilt(given: Given): void {
  const { LambdaConfig = {}, UserPoolAddOns, SmsConfiguration } = given
  for (const name of ['CustomSMSSender', 'CustomEmailSender', 'InboundFederation'] as const) {
    if (LambdaConfig[name] !== undefined) {
      throw notModelled(`the trigger ${name} of Cognito user pools`)
    }
  }
  if (UserPoolAddOns !== undefined && UserPoolAddOns.AdvancedSecurityMode !== 'OFF') {
    throw notModelled('advanced security (UserPoolAddOns) of Cognito user pools')
  }
  if (SmsConfiguration?.EumsSms !== undefined) {
    throw notModelled('AWS End User Messaging (EumsSms) of Cognito user pools')
  }
  const factors = given.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? []
  if (factors.includes('WEB_AUTHN')) throw notModelled('passkeys (WEB_AUTHN) of Cognito user pools')
}

/** Source: "User pool feature plans". The words are ours. */
function checkTier(given: Given, tier: UserPoolTierType): void {
  if (tier !== 'LITE') return
  const { LambdaConfig, Policies } = given
  const version = LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0'
  if (version !== 'V1_0') {
    throw tierLacks('Access token customization is not available in your current tier.')
  }
  const factors = Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? ['PASSWORD']
  if (factors.some((factor) => factor !== 'PASSWORD')) {
    throw tierLacks('Choice-based authentication is not available in your current tier.')
  }
  if ((Policies?.PasswordPolicy?.PasswordHistorySize ?? 0) > 0) {
    throw tierLacks('Password history is not available in your current tier.')
  }
}

/** The pre token generation trigger is there in its old place and in its new one. */
function triggersOf(given: LambdaConfigType = {}): LambdaConfigType {
  const { PreTokenGeneration, PreTokenGenerationConfig } = given
  if (PreTokenGenerationConfig !== undefined) {
    const { LambdaArn } = PreTokenGenerationConfig
    if (PreTokenGeneration !== undefined && PreTokenGeneration !== LambdaArn) {
      throw invalidParameter(
        'PreTokenGeneration and PreTokenGenerationConfig must have the same Lambda ARN.',
      )
    }
    return defined({ ...given, PreTokenGeneration: LambdaArn })
  }
  if (PreTokenGeneration === undefined) return defined({ ...given })
  return defined({
    ...given,
    PreTokenGenerationConfig: { LambdaVersion: 'V1_0', LambdaArn: PreTokenGeneration },
  })
}

/** Without the members that are undefined. */
export function defined<T extends object>(value: T): T {
  // The same object, less what it says nothing of.
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as T
}
