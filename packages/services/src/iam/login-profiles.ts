import {
  ChangePassword,
  CreateLoginProfile,
  DeleteLoginProfile,
  GetLoginProfile,
  type LoginProfile,
  UpdateLoginProfile,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { aboutEntity, findUser, needsUser, userNameOrCaller } from './entities.ts'
import {
  changeNotAllowed,
  entityAlreadyExists,
  noSuchEntity,
  oldPasswordIncorrect,
  passwordViolation,
  validationError,
} from './errors.ts'
import { conforms, passwordPolicyOf } from './password-policy.ts'
import { type LoginProfileRecord, loginProfiles } from './state.ts'

export const createLoginProfile = operation(CreateLoginProfile, {
  authorize: ({ UserName }, ctx) => aboutEntity(ctx, 'user', userNameOrCaller(ctx, UserName)),
  provenance: 'modelled',
  run(ctx, { UserName, Password, PasswordResetRequired = false }) {
    const { userName } = findUser(ctx, userNameOrCaller(ctx, UserName))
    if (Password === undefined) throw validationError('Password is required.')
    if (loginProfiles.has(ctx, userName.toLowerCase())) {
      throw entityAlreadyExists(`Login Profile for user ${userName} already exists.`)
    }
    if (!conforms(ctx, Password)) throw passwordViolation()
    const profile = loginProfiles.put(ctx, {
      userName,
      createdAtMs: thisSecond(ctx),
      password: Password,
      passwordResetRequired: PasswordResetRequired,
    })
    return { LoginProfile: shown(profile) }
  },
})

export const getLoginProfile = operation(GetLoginProfile, {
  authorize: ({ UserName }, ctx) => aboutEntity(ctx, 'user', userNameOrCaller(ctx, UserName)),
  provenance: 'modelled',
  run: (ctx, { UserName }) => ({ LoginProfile: shown(findProfile(ctx, UserName)) }),
})

export const updateLoginProfile = operation(UpdateLoginProfile, {
  authorize: ({ UserName }, ctx) => aboutEntity(ctx, 'user', UserName),
  provenance: 'modelled',
  run(ctx, { UserName, Password, PasswordResetRequired }) {
    const profile = findProfile(ctx, UserName)
    if (Password !== undefined && !conforms(ctx, Password)) throw passwordViolation()
    loginProfiles.put(ctx, {
      ...profile,
      ...(Password === undefined ? {} : { password: Password }),
      ...(PasswordResetRequired === undefined
        ? {}
        : { passwordResetRequired: PasswordResetRequired }),
    })
    return {}
  },
})

export const deleteLoginProfile = operation(DeleteLoginProfile, {
  authorize: ({ UserName }, ctx) => aboutEntity(ctx, 'user', userNameOrCaller(ctx, UserName)),
  provenance: 'modelled',
  run(ctx, { UserName }) {
    loginProfiles.delete(ctx, findProfile(ctx, UserName).userName.toLowerCase())
    return {}
  },
})

/**
 * Users change their own password where the account's policy lets them, whatever their permissions say.
 * Deviation: earlier passwords are not kept, so that reuse is not refused.
 */
export const changePassword = operation(ChangePassword, {
  authorize: (_input, ctx) => aboutEntity(ctx, 'user', needsUser(ctx.caller.principal).userName),
  provenance: 'simplified',
  run(ctx, { OldPassword, NewPassword }) {
    const profile = findProfile(ctx, undefined)
    if (!passwordPolicyOf(ctx).usersMayChange) throw changeNotAllowed()
    if (profile.password !== OldPassword) throw oldPasswordIncorrect()
    if (!conforms(ctx, NewPassword)) throw passwordViolation()
    loginProfiles.put(ctx, { ...profile, password: NewPassword, passwordResetRequired: false })
    return {}
  },
})

function findProfile(ctx: Context, name: string | undefined): LoginProfileRecord {
  const { userName } = findUser(ctx, userNameOrCaller(ctx, name))
  const profile = loginProfiles.get(ctx, userName.toLowerCase())
  if (profile === undefined) {
    throw noSuchEntity(`Login Profile for User ${userName} cannot be found.`)
  }
  return profile
}

function shown(profile: LoginProfileRecord): LoginProfile {
  return {
    UserName: profile.userName,
    CreateDate: profile.createdAtMs,
    PasswordResetRequired: profile.passwordResetRequired,
  }
}
