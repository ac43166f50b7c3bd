import {
  AdminCreateUser,
  type AdminCreateUserRequest,
  AdminDeleteUser,
  AdminDisableUser,
  AdminEnableUser,
  AdminGetUser,
  AdminResetUserPassword,
  AdminSetUserPassword,
  AdminUserGlobalSignOut,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { invalidParameter, notAuthorized, unsupportedUserState, userNotFound } from '../errors.ts'
import { temporaryPasswordDays } from '../limits.ts'
import { deliverCode, invite, type Medium } from '../messages/deliver.ts'
import { onPool, poolOf } from '../pools/lookup.ts'
import type { Pool } from '../pools/state.ts'
import { endSessions } from '../tokens/sessions.ts'
import { preSignUp } from '../triggers/sign-up.ts'
import { checkAlias, takeAlias } from './aliases.ts'
import { checkAttributes } from './attributes.ts'
import { addUser, changeUser, nameOf } from './creation.ts'
import { deleteUser } from './deletion.ts'
import { attributeList, findUser, shownUser, userOf } from './lookup.ts'
import { mfaShown } from './mfa-shown.ts'
import { checkPasswordPolicy, newPassword, passwordRecord, temporaryPassword } from './passwords.ts'
import { textsOf } from './sign-up.ts'
import type { User } from './state.ts'

export const adminCreateUser = operation(AdminCreateUser, {
  authorize: onPool,
  provenance: 'modelled',
  async run(ctx, input) {
    const pool = poolOf(ctx, input.UserPoolId)
    if (input.MessageAction === 'RESEND') return { User: shownUser(await resent(ctx, pool, input)) }
    const { TemporaryPassword, Username } = input
    if (TemporaryPassword !== undefined) checkPasswordPolicy(pool, TemporaryPassword, 'admin')
    const named = nameFor(ctx, pool, input)
    await preSignUp(ctx, pool, {
      source: 'AdminCreateUser',
      username: named.username,
      attributes: named.attributes,
      validationData: textsOf(input.ValidationData),
      clientMetadata: input.ClientMetadata,
    })
    // Someone else may have taken the name while the function ran.
    const { attributes } = nameFor(ctx, pool, input)
    const aliases = ['email', 'phone_number'].filter(
      (name) => attributes[`${name}_verified`] === 'true',
    )
    const force = input.ForceAliasCreation === true
    for (const name of aliases) checkAlias(ctx, pool, undefined, name, attributes[name], force)
    const password = TemporaryPassword ?? temporaryPassword(ctx, pool)
    for (const name of aliases) takeAlias(ctx, pool, undefined, name, attributes[name])
    const user = addUser(
      ctx,
      pool,
      { ...named, attributes },
      { status: 'FORCE_CHANGE_PASSWORD', passwordExpiresAtMs: ctx.now() + validityMs(pool) },
    )
    const ready = changeUser(ctx, user, { password: passwordRecord(ctx, user, password) })
    if (input.MessageAction !== 'SUPPRESS') {
      await tell(ctx, pool, input, ready, password, Username)
    }
    return { User: shownUser(ready) }
  },
})

function nameFor(
  ctx: Context,
  pool: Pool,
  { Username, UserAttributes = [] }: AdminCreateUserRequest,
) {
  const { UsernameAttributes = [] } = pool.settings
  const standsFor = UsernameAttributes.find(
    (attribute) => (attribute === 'email') === Username.includes('@'),
  )
  const isGiven = standsFor === undefined || UserAttributes.some(({ Name }) => Name === standsFor)
  const all = isGiven ? UserAttributes : [...UserAttributes, { Name: standsFor, Value: Username }]
  // Required attributes may come later, with the new password.
  const given = checkAttributes({ ...pool, schema: optional(pool) }, all)
  const attributes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  return nameOf(ctx, pool, Username, attributes, { message: 'User account already exists' })
}

const optional = ({ schema }: Pool) => schema.map((one) => ({ ...one, Required: false }))

function validityMs({ settings }: Pool): number {
  const days = settings.Policies?.PasswordPolicy?.TemporaryPasswordValidityDays
  return (days || temporaryPasswordDays) * 86_400_000
}

/** Where no medium is asked for, AWS sends a text message. Source: AdminCreateUser, `DesiredDeliveryMediums`. */
async function tell(
  ctx: Context,
  pool: Pool,
  { DesiredDeliveryMediums, ClientMetadata }: AdminCreateUserRequest,
  user: User,
  password: string,
  name: string,
): Promise<void> {
  const { email, phone_number: phone } = user.attributes
  const asked = DesiredDeliveryMediums ?? (phone === undefined ? ['EMAIL'] : ['SMS'])
  for (const medium of asked as readonly Medium[]) {
    if ((medium === 'EMAIL' ? email : phone) === undefined) {
      if (DesiredDeliveryMediums === undefined) continue
      throw invalidParameter(
        medium === 'EMAIL'
          ? 'User does not have an email address.'
          : 'User does not have a phone number.',
      )
    }
    await invite(ctx, pool, { user, medium, password, name, clientMetadata: ClientMetadata })
  }
}

async function resent(ctx: Context, pool: Pool, input: AdminCreateUserRequest): Promise<User> {
  const user = userOf(ctx, pool, input.Username)
  if (user.status !== 'FORCE_CHANGE_PASSWORD') {
    throw unsupportedUserState(
      `Resend not possible. ${user.username} status is not FORCE_CHANGE_PASSWORD`,
    )
  }
  const password = input.TemporaryPassword ?? temporaryPassword(ctx, pool)
  checkPasswordPolicy(pool, password, 'admin')
  const changed = changeUser(ctx, user, {
    password: passwordRecord(ctx, user, password),
    passwordExpiresAtMs: ctx.now() + validityMs(pool),
  })
  await tell(ctx, pool, input, changed, password, input.Username)
  return changed
}

export const adminGetUser = operation(AdminGetUser, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username }) {
    const user = userOf(ctx, poolOf(ctx, UserPoolId), Username)
    return {
      Username: user.username,
      UserAttributes: attributeList(user),
      UserCreateDate: user.createdAtMs,
      UserLastModifiedDate: user.modifiedAtMs,
      Enabled: user.enabled,
      UserStatus: user.status,
      ...mfaShown(user),
    }
  },
})

export const adminDeleteUser = operation(AdminDeleteUser, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username }) {
    deleteUser(ctx, userOf(ctx, poolOf(ctx, UserPoolId), Username))
    return {}
  },
})

export const adminSetUserPassword = operation(AdminSetUserPassword, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, Password, Permanent = false }) {
    const pool = poolOf(ctx, UserPoolId)
    const user = findUser(ctx, pool, Username)
    if (user === undefined) throw userNotFound()
    checkPasswordPolicy(pool, Password, 'admin')
    const { password, ...rest } = newPassword(ctx, pool, user, Password)
    changeUser(ctx, user, {
      ...rest,
      ...(password === undefined ? {} : { password }),
      ...(Permanent
        ? { status: 'CONFIRMED' }
        : {
            status: 'FORCE_CHANGE_PASSWORD',
            passwordExpiresAtMs: ctx.now() + validityMs(pool),
          }),
    })
    return {}
  },
})

export const adminResetUserPassword = operation(AdminResetUserPassword, {
  authorize: onPool,
  provenance: 'modelled',
  async run(ctx, { UserPoolId, Username, ClientMetadata }) {
    const pool = poolOf(ctx, UserPoolId)
    const user = userOf(ctx, pool, Username)
    if (user.status !== 'CONFIRMED' && user.status !== 'RESET_REQUIRED') {
      throw notAuthorized('User password cannot be reset in the current state.')
    }
    const sent = await deliverCode(ctx, pool, {
      ...{ user, purpose: 'reset' as const },
      clientMetadata: ClientMetadata,
    })
    if (sent === undefined) throw noAddress()
    changeUser(ctx, user, { status: 'RESET_REQUIRED' })
    return {}
  },
})

export const noAddress = () =>
  invalidParameter(
    'Cannot reset password for the user as there is no registered/verified email or phone_number',
  )

export const adminDisableUser = operation(AdminDisableUser, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username }) {
    const user = userOf(ctx, poolOf(ctx, UserPoolId), Username)
    endSessions(ctx, changeUser(ctx, user, { enabled: false, signedOutAtMs: ctx.now() }))
    return {}
  },
})

export const adminEnableUser = operation(AdminEnableUser, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username }) {
    changeUser(ctx, userOf(ctx, poolOf(ctx, UserPoolId), Username), { enabled: true })
    return {}
  },
})

export const adminUserGlobalSignOut = operation(AdminUserGlobalSignOut, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username }) {
    const user = userOf(ctx, poolOf(ctx, UserPoolId), Username)
    endSessions(ctx, changeUser(ctx, user, { signedOutAtMs: ctx.now() }))
    return {}
  },
})
