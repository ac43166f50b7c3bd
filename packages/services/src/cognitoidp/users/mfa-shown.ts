import type { AdminGetUserResponse } from '@cloud-orrery/models/cognitoidp'
import type { User } from './state.ts'

/** A user's second factors as GetUser and AdminGetUser show them; nothing where there are none. */
export function mfaShown({
  mfa,
}: User): Pick<AdminGetUserResponse, 'MFAOptions' | 'PreferredMfaSetting' | 'UserMFASettingList'> {
  if (mfa === undefined) return {}
  const list = [
    ...(mfa.sms === true ? ['SMS_MFA'] : []),
    ...(mfa.softwareToken === true ? ['SOFTWARE_TOKEN_MFA'] : []),
    ...(mfa.email === true ? ['EMAIL_OTP'] : []),
  ]
  return {
    ...(mfa.preferred === undefined ? {} : { PreferredMfaSetting: mfa.preferred }),
    ...(list.length === 0 ? {} : { UserMFASettingList: list }),
  }
}
