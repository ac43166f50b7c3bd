import type { Client } from '../clients/state.ts'
import {
  notAuthorized,
  passwordResetRequired,
  userDisabled,
  userNotConfirmed,
  userNotFound,
  wrongCredentials,
} from '../errors.ts'
import { preAuthentication } from '../triggers/authentication.ts'
import { migratedUser } from '../triggers/migration.ts'
import { findUser, sameUser } from '../users/lookup.ts'
import { provesPassword } from '../users/passwords.ts'
import type { User } from '../users/state.ts'
import { checkLockout, countFailure } from './attempts.ts'
import { afterPassword } from './next-step.ts'
import type { Outcome, SignIn } from './outcome.ts'

/** Whether this client's users learn who exists. */
export const hidesUsers = ({ settings }: Client): boolean =>
  settings.PreventUserExistenceErrors === 'ENABLED'

/** Signs in with username and password, in one step: USER_PASSWORD_AUTH and its like. */
export async function signInByPassword(
  signIn: SignIn,
  username: string,
  password: string,
  deviceKey?: string,
): Promise<Outcome> {
  const { ctx, pool, client } = signIn
  const found = findUser(ctx, pool, username) ?? (await migratedUser(signIn, username, password))
  if (found !== undefined) {
    checkLockout(ctx, found)
    if (!found.enabled) throw userDisabled()
  }
  await preAuthentication(signIn, found, username)
  // While the pool's function ran, others may have guessed too, or the password was changed.
  const user = found === undefined ? undefined : sameUser(ctx, found)
  if (user === undefined) throw hidesUsers(client) ? wrongCredentials() : userNotFound()
  checkLockout(ctx, user)
  if (user.status === 'RESET_REQUIRED') throw passwordResetRequired()
  if (!provesPassword(user, password)) {
    countFailure(ctx, user)
    throw wrongCredentials()
  }
  checkStatus(signIn, user)
  return await afterPassword(signIn, user, deviceKey)
}

/** What keeps a user who has proved the password from signing in. */
export function checkStatus({ ctx }: SignIn, user: User): void {
  if (!user.enabled) throw userDisabled()
  if (user.status === 'UNCONFIRMED') throw userNotConfirmed()
  if (user.status === 'RESET_REQUIRED') throw passwordResetRequired()
  const { status, passwordExpiresAtMs = Number.POSITIVE_INFINITY } = user
  if (status === 'FORCE_CHANGE_PASSWORD' && passwordExpiresAtMs <= ctx.now()) {
    throw notAuthorized('Temporary password has expired and must be reset by an administrator.')
  }
}
