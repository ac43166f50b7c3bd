import { orderedKey } from '@cloud-orrery/kernel'
import {
  AdminDeleteSoftwareToken,
  AdminGetUserAuthFactors,
  AdminSetUserMFAPreference,
  AdminSetUserSettings,
  AssociateSoftwareToken,
  GetUserAuthFactors,
  type GetUserAuthFactorsResponse,
  SetUserMFAPreference,
  type SetUserMFAPreferenceRequest,
  SetUserSettings,
  VerifySoftwareToken,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { findSession, sessionToken } from '../auth/sessions.ts'
import { type AuthSession, authSessions } from '../auth/state.ts'
import { base32, secretLength, stepOfCode } from '../auth/totp.ts'
import { sessionMs } from '../clients/validity.ts'
import {
  invalidParameter,
  notAuthorized,
  softwareTokenMismatch,
  softwareTokenNotFound,
} from '../errors.ts'
import { byAnyone, clientOf, onPool, poolOf, scopeOfToken } from '../pools/lookup.ts'
import type { Pool } from '../pools/state.ts'
import { verifyAccessToken } from '../tokens/verify.ts'
import { changeUser } from './creation.ts'
import { sameUser, userOf } from './lookup.ts'
import { mfaShown } from './mfa-shown.ts'
import type { MfaMethod, User, UserMfa } from './state.ts'

/** Who sets a factor up: by a token, or in the midst of a sign-in. */
interface Owner {
  readonly pool: Pool
  readonly user: User
  readonly session?: AuthSession
}

function ownerOf(
  ctx: Context,
  { AccessToken, Session }: { AccessToken?: string | undefined; Session?: string | undefined },
): Owner {
  if (AccessToken !== undefined) {
    const { pool, user } = verifyAccessToken(ctx, AccessToken)
    return { pool, user }
  }
  const session = findSession(ctx, Session)
  const isFresh = session !== undefined && session.expiresAtMs > ctx.now()
  if (!isFresh || session.challenge !== 'MFA_SETUP') {
    throw notAuthorized('Invalid session for the user.')
  }
  const user = sameUser(ctx, session)
  if (user === undefined) throw notAuthorized('Invalid session for the user.')
  return { pool: poolOf(ctx, session.poolId), user, session }
}

/** A session that goes on under a new name, as each answer has one. */
function renewed(ctx: Context, before: AuthSession, hasFactor: boolean): string {
  const { id, expiresAtMs, ...session } = before
  authSessions.delete(ctx, orderedKey(expiresAtMs, id))
  const next = authSessions.put(ctx, {
    ...session,
    hasFactor,
    id: ctx.ids.hex(32),
    expiresAtMs: ctx.now() + sessionMs(clientOf(ctx, session.clientId)),
  })
  return sessionToken(ctx, next)
}

export const associateSoftwareToken = operation(AssociateSoftwareToken, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  secretOutput: ['SecretCode'],
  run(ctx, input) {
    const { pool, user, session } = ownerOf(ctx, input)
    if (!pool.mfa.softwareToken) throw softwareTokenNotFound()
    const SecretCode = ctx.ids.from(base32, secretLength)
    const isInUse = user.softwareToken?.verified === true && session === undefined
    changeUser(ctx, user, {
      ...(isInUse
        ? { nextSoftwareToken: SecretCode }
        : { softwareToken: { secretCode: SecretCode, verified: false } }),
    })
    if (session === undefined) return { SecretCode }
    return { SecretCode, Session: renewed(ctx, session, false) }
  },
})

export const verifySoftwareToken = operation(VerifySoftwareToken, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, input) {
    const { user, session } = ownerOf(ctx, input)
    const secretCode = user.nextSoftwareToken || user.softwareToken?.secretCode
    if (secretCode === undefined) throw softwareTokenNotFound()
    const step = stepOfCode(secretCode, input.UserCode, ctx.now())
    if (step === undefined) throw softwareTokenMismatch()
    const { FriendlyDeviceName } = input
    changeUser(ctx, user, {
      softwareToken: {
        ...{ secretCode, verified: true },
        // A code that was verified with can still be signed in with, as on AWS.
        ...(FriendlyDeviceName === undefined ? {} : { friendlyName: FriendlyDeviceName }),
      },
      ...(session === undefined ? {} : { mfa: { ...user.mfa, softwareToken: true } }),
      ...(user.nextSoftwareToken === undefined ? {} : { nextSoftwareToken: '' }),
    })
    return {
      Status: 'SUCCESS',
      ...(session === undefined ? {} : { Session: renewed(ctx, session, true) }),
    }
  },
})

type Preference = Omit<SetUserMFAPreferenceRequest, 'AccessToken'>

export const setUserMfaPreference = operation(SetUserMFAPreference, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, input) {
    const { pool, user } = verifyAccessToken(ctx, input.AccessToken)
    changeUser(ctx, user, { mfa: preferenceOf(pool, user, input) })
    return {}
  },
})

export const adminSetUserMfaPreference = operation(AdminSetUserMFAPreference, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, input) {
    const pool = poolOf(ctx, input.UserPoolId)
    const user = userOf(ctx, pool, input.Username)
    changeUser(ctx, user, { mfa: preferenceOf(pool, user, input) })
    return {}
  },
})

function preferenceOf(pool: Pool, user: User, input: Preference): UserMfa {
  if (input.WebAuthnMfaSettings !== undefined) {
    throw notModelled('passkeys (WebAuthnMfaSettings) of Cognito user pools')
  }
  const { SMSMfaSettings: sms, SoftwareTokenMfaSettings: token, EmailMfaSettings: email } = input
  if (token?.Enabled === true && user.softwareToken?.verified !== true) {
    throw invalidParameter('User has not verified software token mfa')
  }
  if (sms?.Enabled === true && user.attributes['phone_number'] === undefined) {
    throw invalidParameter('User does not have delivery config set to turn on SMS_MFA')
  }
  if (email?.Enabled === true) {
    if (pool.mfa.email === undefined || user.attributes['email'] === undefined) {
      throw invalidParameter('User does not have delivery config set to turn on EMAIL_OTP')
    }
  }
  const chosen: (readonly [MfaMethod, Setting | undefined])[] = [
    ['SMS_MFA', sms],
    ['SOFTWARE_TOKEN_MFA', token],
    ['EMAIL_OTP', email],
  ]
  const preferred = chosen.filter(([, it]) => it?.PreferredMfa === true)
  if (preferred.length > 1) {
    throw invalidParameter('User cannot have more than one preferred MFA')
  }
  for (const [, it] of preferred) {
    if (it?.Enabled === false) throw invalidParameter('Preferred MFA must be enabled.')
  }
  const { preferred: before, ...rest } = user.mfa ?? {}
  const lost = chosen.some(([name, it]) => name === before && isLost(it))
  const next = preferred[0]?.[0] ?? (lost ? undefined : before)
  return {
    ...rest,
    ...(sms === undefined ? {} : { sms: sms.Enabled ?? false }),
    ...(token === undefined ? {} : { softwareToken: token.Enabled ?? false }),
    ...(email === undefined ? {} : { email: email.Enabled ?? false }),
    ...(next === undefined ? {} : { preferred: next }),
  }
}

interface Setting {
  readonly Enabled?: boolean | undefined
  readonly PreferredMfa?: boolean | undefined
}

const isLost = (setting: Setting | undefined): boolean =>
  setting !== undefined && (setting.Enabled !== true || setting.PreferredMfa === false)

/** The way of old, text messages alone. */
export const setUserSettings = operation(SetUserSettings, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken, MFAOptions }) {
    const { user } = verifyAccessToken(ctx, AccessToken)
    changeUser(ctx, user, { mfa: { ...user.mfa, sms: MFAOptions.length > 0 } })
    return {}
  },
})

export const adminSetUserSettings = operation(AdminSetUserSettings, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, MFAOptions }) {
    const user = userOf(ctx, poolOf(ctx, UserPoolId), Username)
    changeUser(ctx, user, { mfa: { ...user.mfa, sms: MFAOptions.length > 0 } })
    return {}
  },
})

export const adminDeleteSoftwareToken = operation(AdminDeleteSoftwareToken, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username }) {
    const user = userOf(ctx, poolOf(ctx, UserPoolId), Username)
    if (user.softwareToken === undefined) throw softwareTokenNotFound()
    const { preferred, ...mfa } = user.mfa ?? {}
    const keeps = preferred !== undefined && preferred !== 'SOFTWARE_TOKEN_MFA'
    const { secretCode } = user.softwareToken
    changeUser(ctx, user, {
      softwareToken: { secretCode, verified: false },
      mfa: { ...mfa, softwareToken: false, ...(keeps ? { preferred } : {}) },
    })
    return {}
  },
})

export const getUserAuthFactors = operation(GetUserAuthFactors, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken }) {
    const { pool, user } = verifyAccessToken(ctx, AccessToken)
    return factors(pool, user)
  },
})

export const adminGetUserAuthFactors = operation(AdminGetUserAuthFactors, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username }) {
    const pool = poolOf(ctx, UserPoolId)
    return factors(pool, userOf(ctx, pool, Username))
  },
})

function factors({ settings }: Pool, user: User): GetUserAuthFactorsResponse {
  const allowed = settings.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? ['PASSWORD']
  const has: Readonly<Record<string, boolean>> = {
    PASSWORD: user.password !== undefined,
    EMAIL_OTP: user.attributes['email_verified'] === 'true',
    SMS_OTP: user.attributes['phone_number_verified'] === 'true',
  }
  const { PreferredMfaSetting, UserMFASettingList } = mfaShown(user)
  return {
    Username: user.username,
    ...(PreferredMfaSetting === undefined ? {} : { PreferredMfaSetting }),
    ...(UserMFASettingList === undefined ? {} : { UserMFASettingList }),
    ConfiguredUserAuthFactors: allowed.filter((factor) => has[factor] === true),
  }
}
