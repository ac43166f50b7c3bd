import {
  ChangePassword,
  ConfirmForgotPassword,
  DeleteUser,
  ForgotPassword,
  GetUser,
  GlobalSignOut,
  RevokeToken,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { checkLockout, countFailure, forgetFailures } from '../auth/attempts.ts'
import { hidesUsers } from '../auth/password.ts'
import { checkSecretHash, isClientSecret } from '../clients/secret-hash.ts'
import type { Client } from '../clients/state.ts'
import {
  codeMismatch,
  limitExceeded,
  notAuthorized,
  revocationDisabled,
  tokenUnauthorized,
  unsupportedTokenType,
  userDisabled,
  userNotFound,
  wrongCredentials,
} from '../errors.ts'
import { deliverCode } from '../messages/deliver.ts'
import { byAnyone, clientOf, poolOf, scopeOfClient, scopeOfToken } from '../pools/lookup.ts'
import type { Pool } from '../pools/state.ts'
import { endSessions, hashOf } from '../tokens/sessions.ts'
import { tokenSessions } from '../tokens/state.ts'
import { verifyAccessToken } from '../tokens/verify.ts'
import { migratedUser } from '../triggers/migration.ts'
import { postConfirmation } from '../triggers/sign-up.ts'
import { noAddress } from './admin.ts'
import { isReadable } from './attributes.ts'
import { takeCode } from './codes.ts'
import { changeUser } from './creation.ts'
import { deleteUser } from './deletion.ts'
import { attributeList, findUser } from './lookup.ts'
import { mfaShown } from './mfa-shown.ts'
import { checkPasswordPolicy, newPassword, provesPassword } from './passwords.ts'
import { simulatedDelivery } from './sign-up.ts'
import type { User } from './state.ts'

export const getUser = operation(GetUser, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken }) {
    const { user, client } = verifyAccessToken(ctx, AccessToken)
    return {
      Username: user.username,
      UserAttributes: attributeList(user, (name) => isReadable(client, name)),
      ...mfaShown(user),
    }
  },
})

export const deleteUserOfToken = operation(DeleteUser, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken }) {
    deleteUser(ctx, verifyAccessToken(ctx, AccessToken).user)
    return {}
  },
})

export const changePassword = operation(ChangePassword, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  // A wrong password counts, so nothing may be undone: asynchronous handlers are not.
  async run(ctx, { AccessToken, PreviousPassword, ProposedPassword }) {
    const { pool, user } = verifyAccessToken(ctx, AccessToken)
    checkLockout(ctx, user)
    if (user.password !== undefined && !provesPassword(user, PreviousPassword ?? '')) {
      countFailure(ctx, user)
      throw wrongCredentials()
    }
    checkPasswordPolicy(pool, ProposedPassword, 'user')
    changeUser(ctx, user, newPassword(ctx, pool, user, ProposedPassword))
    return {}
  },
})

export const globalSignOut = operation(GlobalSignOut, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken }) {
    const { user } = verifyAccessToken(ctx, AccessToken)
    endSessions(ctx, changeUser(ctx, user, { signedOutAtMs: ctx.now() }))
    return {}
  },
})

export const revokeToken = operation(RevokeToken, {
  scope: scopeOfClient,
  authorize: byAnyone,
  provenance: 'modelled',
  refuses: ['RevokeAssociatedSessions'],
  run(ctx, { ClientId, ClientSecret, Token }) {
    const client = clientOf(ctx, ClientId)
    if (!isClientSecret(client, ClientSecret)) throw tokenUnauthorized('Invalid client secret.')
    revokeRefreshToken(ctx, client, Token)
    return {}
  },
})

/** Ends the sign-in of a refresh token, and with it all its access tokens. Unknown tokens are no error (RFC 7009). */
export function revokeRefreshToken(ctx: Context, client: Client, token: string): void {
  if (client.settings.EnableTokenRevocation === false) throw revocationDisabled()
  if (token.split('.').length === 3) throw unsupportedTokenType()
  const session = tokenSessions.first(ctx, 'refresh', hashOf(token))
  if (session === undefined) return
  if (session.clientId !== client.id) {
    throw tokenUnauthorized('The token was not issued to this client.')
  }
  tokenSessions.update(ctx, session.id, { revoked: true })
}

export const forgotPassword = operation(ForgotPassword, {
  scope: scopeOfClient,
  authorize: byAnyone,
  provenance: 'modelled',
  async run(ctx, { ClientId, SecretHash, Username, ClientMetadata }) {
    const client = clientOf(ctx, ClientId)
    const pool = poolOf(ctx, client.poolId)
    checkSecretHash(client, [Username], SecretHash)
    // Before the user is looked for: who asks learns of the pool alone.
    onlyAdmin(pool)
    const about = { ctx, pool, client, clientMetadata: ClientMetadata }
    const user = findUser(ctx, pool, Username) ?? (await migratedUser(about, Username, undefined))
    if (user === undefined || !canRecover(user)) {
      if (hidesUsers(client)) return { CodeDeliveryDetails: simulatedDelivery(Username) }
      if (user === undefined) throw userNotFound()
      if (!user.enabled) throw userDisabled()
      throw notAuthorized('User password cannot be reset in the current state.')
    }
    checkRecoveries(ctx, user)
    const CodeDeliveryDetails = await deliverCode(ctx, pool, {
      ...{ user, client, purpose: 'reset' as const },
      clientMetadata: ClientMetadata,
    })
    if (CodeDeliveryDetails === undefined) {
      if (hidesUsers(client)) return { CodeDeliveryDetails: simulatedDelivery(Username) }
      throw noAddress()
    }
    return { CodeDeliveryDetails }
  },
})

const canRecover = ({ enabled, status }: User): boolean =>
  enabled && (status === 'CONFIRMED' || status === 'RESET_REQUIRED')

function onlyAdmin({ settings }: Pool): void {
  const mechanisms = settings.AccountRecoverySetting?.RecoveryMechanisms ?? []
  if (mechanisms.some(({ Name }) => Name === 'admin_only')) {
    throw notAuthorized('Contact administrator to reset password.')
  }
}

/** Codes for forgotten passwords that a user may ask for in an hour. Source: "Quotas in Amazon Cognito". */
const recoveriesMax = 20
const hourMs = 3_600_000

function checkRecoveries(ctx: Context, user: User): void {
  const recent = (user.recoveriesAtMs ?? []).filter((atMs) => atMs > ctx.now() - hourMs)
  if (recent.length >= recoveriesMax) {
    throw limitExceeded('Attempt limit exceeded, please try after some time.')
  }
  changeUser(ctx, user, {
    recoveriesAtMs: [...recent, ctx.now()],
    modifiedAtMs: user.modifiedAtMs,
  })
}

export const confirmForgotPassword = operation(ConfirmForgotPassword, {
  scope: scopeOfClient,
  authorize: byAnyone,
  provenance: 'modelled',
  async run(ctx, input) {
    const { ClientId, SecretHash, Username, ConfirmationCode, Password, ClientMetadata } = input
    const client = clientOf(ctx, ClientId)
    const pool = poolOf(ctx, client.poolId)
    checkSecretHash(client, [Username], SecretHash)
    // Before the user is looked for: a password that is none is refused for everyone.
    checkPasswordPolicy(pool, Password, 'user')
    const user = findUser(ctx, pool, Username)
    // Source: "Managing user existence error responses", ConfirmForgotPassword.
    if (user?.enabled !== true && hidesUsers(client)) throw codeMismatch()
    if (user === undefined) throw userNotFound()
    if (!user.enabled) throw userDisabled()
    const fields = newPassword(ctx, pool, user, Password)
    const { attribute = 'email' } = takeCode(ctx, user, 'reset', ConfirmationCode)
    const changed = changeUser(ctx, user, {
      ...fields,
      status: 'CONFIRMED',
      attributes: { ...user.attributes, [`${attribute}_verified`]: 'true' },
    })
    forgetFailures(ctx, changed)
    endSessions(ctx, changed)
    await postConfirmation(ctx, pool, {
      source: 'ConfirmForgotPassword',
      client,
      user: changed,
      clientMetadata: ClientMetadata,
    })
    return {}
  },
})
