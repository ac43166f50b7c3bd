import { createHash } from 'node:crypto'
import { invalidParameter, notAuthorized, userNotFound, wrongCredentials } from '../errors.ts'
import { shortName } from '../pools/state.ts'
import { preAuthentication } from '../triggers/authentication.ts'
import { findUser, sameUser } from '../users/lookup.ts'
import { srpSecrets } from '../users/passwords.ts'
import type { User } from '../users/state.ts'
import { checkLockout, countFailure } from './attempts.ts'
import { about } from './next-step.ts'
import type { Challenge, SignIn } from './outcome.ts'
import { checkStatus, hidesUsers } from './password.ts'
import { ask, type SessionFields } from './sessions.ts'
import { isProof, momentOf, publicValue, verifierOf } from './srp.ts'
import type { AuthSession } from './state.ts'

/** First half of SRP: the pool's public value, the salt, a block to sign. */
export async function startSrp(
  signIn: SignIn,
  username: string,
  srpA: string,
  more: Partial<SessionFields> = {},
): Promise<Challenge> {
  const { ctx, pool, client } = signIn
  const user = findUser(ctx, pool, username)
  await preAuthentication(signIn, user, username)
  if (user === undefined && !hidesUsers(client)) throw userNotFound()
  if (user !== undefined) checkLockout(ctx, user)
  const secrets = user === undefined ? undefined : srpSecrets(user)
  if (user === undefined || secrets === undefined) return phantom(signIn, username, srpA, more)
  const b = ctx.ids.hex(64)
  const B = publicValue(srpA, b, verifierOf(secrets.x))
  if (B === undefined) throw invalidParameter('SRP_A is not a valid value.')
  return asked(
    signIn,
    { B, b, a: srpA, salt: secrets.salt, name: user.username, username },
    {
      ...about(user, signIn),
      ...more,
    },
  )
}

/** A user that does not exist is answered as one that does: always the same salt. Source: RFC 5054, 2.5.1.3. */
function phantom(
  signIn: SignIn,
  username: string,
  srpA: string,
  more: Partial<SessionFields>,
): Challenge {
  const { ctx, pool } = signIn
  const digest = createHash('sha256').update(`${pool.keySeed.join()}/${username}`).digest('hex')
  const b = ctx.ids.hex(64)
  const B = publicValue(srpA, b, verifierOf(digest))
  if (B === undefined) throw invalidParameter('SRP_A is not a valid value.')
  const salt = `1${digest.slice(1, 32)}`
  return asked(
    signIn,
    { B, b, a: srpA, salt, name: username, username },
    {
      ...{ key: username, sub: '', username, phantom: true },
      ...more,
    },
  )
}

function asked(
  signIn: SignIn,
  srp: { B: string; b: string; a: string; salt: string; name: string; username: string },
  fields: SessionFields,
): Challenge {
  const block = Buffer.from(signIn.ctx.random.bytes(64)).toString('base64')
  const { a, b } = srp
  return ask(
    signIn,
    'PASSWORD_VERIFIER',
    {
      SALT: srp.salt,
      SECRET_BLOCK: block,
      SRP_B: srp.B,
      USERNAME: srp.name,
      USER_ID_FOR_SRP: srp.name,
    },
    { ...fields, srp: { a, b, block } },
  )
}

/** Second half: the proof. Gives the user whose password it was. */
export function verifySrp(
  signIn: SignIn,
  session: AuthSession,
  responses: Readonly<Record<string, string>>,
): User {
  const { ctx, pool } = signIn
  const user = session.phantom ? undefined : sameUser(ctx, session)
  const secrets = user === undefined ? undefined : srpSecrets(user)
  if (user === undefined || secrets === undefined || session.srp === undefined) {
    throw wrongCredentials()
  }
  checkLockout(ctx, user)
  const timestamp = neededOf(responses, 'TIMESTAMP')
  const moment = momentOf(timestamp)
  if (moment === undefined)
    throw invalidParameter('TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.')
  const claim = {
    group: shortName(pool.id),
    identity: user.username,
    block: neededOf(responses, 'PASSWORD_CLAIM_SECRET_BLOCK'),
    timestamp,
    signature: neededOf(responses, 'PASSWORD_CLAIM_SIGNATURE'),
  }
  const isOurs = claim.block === session.srp.block
  if (!isOurs || !isProof(session.srp, verifierOf(secrets.x), claim)) {
    countFailure(ctx, user)
    throw wrongCredentials()
  }
  checkStatus(signIn, user)
  return user
}

export function neededOf(values: Readonly<Record<string, string>>, name: string): string {
  const value = values[name]
  if (value === undefined || value === '') {
    throw invalidParameter(`Missing required parameter ${name}`)
  }
  return value
}

export const sessionUser = ({ ctx }: SignIn, session: AuthSession): User => {
  const user = sameUser(ctx, session)
  if (user === undefined) throw userNotFound()
  if (!user.enabled) throw notAuthorized('User is disabled.')
  return user
}
