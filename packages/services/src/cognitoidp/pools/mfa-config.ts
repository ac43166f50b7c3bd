import {
  GetUserPoolMfaConfig,
  type GetUserPoolMfaConfigResponse,
  SetUserPoolMfaConfig,
} from '@cloud-orrery/models/cognitoidp'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidParameter, tierLacks } from '../errors.ts'
import { onPool, poolOf } from './lookup.ts'
import { defined } from './settings.ts'
import { type Pool, pools } from './state.ts'

export const setUserPoolMfaConfig = operation(SetUserPoolMfaConfig, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, input) {
    const { SmsMfaConfiguration, SoftwareTokenMfaConfiguration, EmailMfaConfiguration } = input
    if (input.WebAuthnConfiguration !== undefined) {
      throw notModelled('passkeys (WebAuthnConfiguration) of Cognito user pools')
    }
    const pool = poolOf(ctx, input.UserPoolId)
    const configuration = input.MfaConfiguration ?? pool.mfa.configuration
    const smsConfiguration = SmsMfaConfiguration?.SmsConfiguration ?? pool.smsConfiguration
    const sms = SmsMfaConfiguration !== undefined && smsConfiguration !== undefined
    const softwareToken = SoftwareTokenMfaConfiguration?.Enabled === true
    if (SmsMfaConfiguration !== undefined && smsConfiguration === undefined) {
      throw invalidParameter('SMS configuration is required when SMS MFA is enabled.')
    }
    checkEmail(pool, EmailMfaConfiguration !== undefined)
    if (configuration !== 'OFF' && !sms && !softwareToken && EmailMfaConfiguration === undefined) {
      throw invalidParameter(
        "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
      )
    }
    const message = SmsMfaConfiguration?.SmsAuthenticationMessage
    const next = pools.put(ctx, {
      ...pool,
      ...(smsConfiguration === undefined ? {} : { smsConfiguration }),
      ...(message === undefined
        ? {}
        : { settings: { ...pool.settings, SmsAuthenticationMessage: message } }),
      mfa: {
        ...{ configuration, softwareToken, sms },
        ...(EmailMfaConfiguration === undefined ? {} : { email: EmailMfaConfiguration }),
      },
      modifiedAtMs: ctx.now(),
    })
    return shown(next)
  },
})

/** Source: "SMS and email message MFA": not in the plan Lite, and only with SES. */
function checkEmail({ settings }: Pool, wanted: boolean): void {
  if (!wanted) return
  if (settings.UserPoolTier === 'LITE') {
    throw tierLacks('Email MFA is not available in your current tier.')
  }
  if (settings.EmailConfiguration?.EmailSendingAccount !== 'DEVELOPER') {
    throw invalidParameter(
      'Email MFA requires the user pool to be configured with a developer email account.',
    )
  }
}

export const getUserPoolMfaConfig = operation(GetUserPoolMfaConfig, {
  authorize: onPool,
  provenance: 'modelled',
  run: (ctx, { UserPoolId }) => shown(poolOf(ctx, UserPoolId)),
})

function shown({ mfa, smsConfiguration, settings }: Pool): GetUserPoolMfaConfigResponse {
  return defined({
    SmsMfaConfiguration: mfa.sms
      ? defined({
          SmsAuthenticationMessage: settings.SmsAuthenticationMessage,
          SmsConfiguration: smsConfiguration,
        })
      : undefined,
    SoftwareTokenMfaConfiguration: { Enabled: mfa.softwareToken },
    EmailMfaConfiguration: mfa.email,
    MfaConfiguration: mfa.configuration,
  })
}
