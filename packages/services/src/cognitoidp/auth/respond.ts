import { orderedKey } from '@cloud-orrery/kernel'
import type { ChallengeNameType } from '@cloud-orrery/models/cognitoidp'
import { notModelled } from '../../shared/not-modelled.ts'
import { checkSecretHash } from '../clients/secret-hash.ts'
import { codeExpired, codeMismatch, invalidParameter, notAuthorized } from '../errors.ts'
import { checkAttributes, checkWritable } from '../users/attributes.ts'
import { changeUser } from '../users/creation.ts'
import { checkPasswordPolicy, newPassword } from '../users/passwords.ts'
import { devices, type MfaMethod, type User } from '../users/state.ts'
import { checkLockout, countFailure } from './attempts.ts'
import { answerCustom, continueCustom } from './custom.ts'
import { chosen } from './initiate.ts'
import { afterPassword, askForFactor, complete, factorsOf, secondFactor } from './next-step.ts'
import type { Outcome, SignIn } from './outcome.ts'
import { signInByPassword } from './password.ts'
import { ask, keepSession, takeSession } from './sessions.ts'
import { isProof, publicValue } from './srp.ts'
import { neededOf, sessionUser, verifySrp } from './srp-flow.ts'
import type { AuthSession } from './state.ts'
import { stepOfCode } from './totp.ts'

type Texts = Readonly<Record<string, string>>

/** Answers a challenge. The session is used up, whatever comes of it, but for a wrong code, which may be tried again. */
export async function respond(
  asking: Omit<SignIn, 'flow'>,
  challenge: ChallengeNameType,
  token: string | undefined,
  responses: Texts,
): Promise<Outcome> {
  const { ctx, client } = asking
  if (challenge === 'WEB_AUTHN') throw notModelled('passkeys (WEB_AUTHN) of Cognito user pools')
  const username = neededOf(responses, 'USERNAME')
  checkSecretHash(client, [username], responses['SECRET_HASH'])
  const session = takeSession(ctx, client, token, challenge)
  const signIn: SignIn = { ...asking, flow: session.flow }
  switch (challenge) {
    case 'PASSWORD_VERIFIER': {
      const user = verifySrp(signIn, session, responses)
      if (session.steps !== undefined) return await continueCustom(signIn, user, session)
      return await afterPassword(signIn, user, responses['DEVICE_KEY'] ?? session.deviceKey)
    }
    case 'CUSTOM_CHALLENGE':
      return await answerCustom(signIn, session, neededOf(responses, 'ANSWER'))
    case 'NEW_PASSWORD_REQUIRED':
      return await answerNewPassword(signIn, session, responses)
    case 'SMS_MFA':
    case 'EMAIL_OTP':
    case 'SMS_OTP':
      return await answerCode(signIn, session, responses)
    case 'SOFTWARE_TOKEN_MFA':
      return await answerSoftwareToken(signIn, session, responses)
    case 'SELECT_MFA_TYPE':
      return await answerMfaType(signIn, session, responses)
    case 'MFA_SETUP':
      return await answerMfaSetup(signIn, session)
    case 'SELECT_CHALLENGE': {
      const choice = neededOf(responses, 'ANSWER')
      if (session.choices?.includes(choice) !== true) {
        throw invalidParameter(`Invalid challenge: ${choice}`)
      }
      return await chosen(signIn, sessionUser(signIn, session), username, choice, responses)
    }
    case 'PASSWORD':
      return await signInByPassword(signIn, username, neededOf(responses, 'PASSWORD'))
    case 'DEVICE_SRP_AUTH':
      return startDeviceSrp(signIn, session, responses)
    case 'DEVICE_PASSWORD_VERIFIER':
      return await answerDeviceSrp(signIn, session, responses)
    default:
      throw invalidParameter(`Invalid challenge name: ${challenge}`)
  }
}

async function answerNewPassword(
  signIn: SignIn,
  session: AuthSession,
  responses: Texts,
): Promise<Outcome> {
  const { ctx } = signIn
  const user = sessionUser(signIn, session)
  const fields = checkedFields(signIn, user, session, responses)
  const changed = changeUser(ctx, user, { ...fields, status: 'CONFIRMED' })
  return await secondFactor(signIn, changed, 'NewPasswordChallenge')
}

/** The new password and attributes; where they cannot be, the session is good for another try. */
function checkedFields(
  signIn: SignIn,
  user: User,
  session: AuthSession,
  responses: Texts,
): Partial<User> {
  try {
    return newFields(signIn, user, responses)
  } catch (error) {
    keepSession(signIn.ctx, session)
    throw error
  }
}

function newFields({ ctx, pool, client }: SignIn, user: User, responses: Texts): Partial<User> {
  const password = neededOf(responses, 'NEW_PASSWORD')
  const given = Object.entries(responses)
    .filter(([name]) => name.startsWith('userAttributes.'))
    .map(([name, Value]) => ({ Name: name.slice('userAttributes.'.length), Value }))
  checkWritable(
    client,
    given.map(({ Name }) => Name),
  )
  const attributes = { ...user.attributes, ...checkAttributes(pool, given, user) }
  for (const { Name = '', Required } of pool.schema) {
    if (Required === true && Name !== 'sub' && !attributes[Name]) {
      throw invalidParameter(`Invalid attributes given, ${Name} is missing`)
    }
  }
  checkPasswordPolicy(pool, password, 'user')
  return { ...newPassword(ctx, pool, user, password), attributes }
}

const codeNames: Readonly<Record<string, string>> = {
  SMS_MFA: 'SMS_MFA_CODE',
  SMS_OTP: 'SMS_OTP_CODE',
  EMAIL_OTP: 'EMAIL_OTP_CODE',
}

async function answerCode(
  signIn: SignIn,
  session: AuthSession,
  responses: Texts,
): Promise<Outcome> {
  const user = sessionUser(signIn, session)
  checkLockout(signIn.ctx, user)
  const code = neededOf(responses, codeNames[session.challenge] ?? '')
  if (code !== session.code) wrongCode(signIn, session, user)
  const isFirstFactor = signIn.flow === 'USER_AUTH' && session.challenge !== 'SMS_MFA'
  return isFirstFactor && session.hosted !== true
    ? await afterPassword(signIn, user)
    : await complete(signIn, user)
}

async function answerSoftwareToken(
  signIn: SignIn,
  session: AuthSession,
  responses: Texts,
): Promise<Outcome> {
  const { ctx } = signIn
  const user = sessionUser(signIn, session)
  checkLockout(ctx, user)
  const code = neededOf(responses, 'SOFTWARE_TOKEN_MFA_CODE')
  const { softwareToken } = user
  if (softwareToken === undefined) throw notAuthorized('Software token MFA is not set up.')
  const step = stepOfCode(softwareToken.secretCode, code, ctx.now())
  if (step === undefined) wrongCode(signIn, session, user)
  if (step <= (softwareToken.lastStep ?? 0)) {
    keepSession(signIn.ctx, session)
    throw codeExpired('Your software token has already been used once.')
  }
  const used = changeUser(ctx, user, { softwareToken: { ...softwareToken, lastStep: step } })
  return await complete(signIn, used)
}

/** A wrong code counts as a failed sign-in; the same session takes another. */
function wrongCode(signIn: SignIn, session: AuthSession, user: User): never {
  keepSession(signIn.ctx, session)
  countFailure(signIn.ctx, user)
  throw codeMismatch('Invalid code or auth state for the user.')
}

async function answerMfaType(
  signIn: SignIn,
  session: AuthSession,
  responses: Texts,
): Promise<Outcome> {
  const user = sessionUser(signIn, session)
  const answer = neededOf(responses, 'ANSWER')
  const factor = factorsOf(signIn.pool, user).find((one): one is MfaMethod => one === answer)
  if (factor === undefined) throw invalidParameter(`Invalid MFA type: ${answer}`)
  return await askForFactor(signIn, user, factor)
}

/** The factor was set up in this sign-in: AssociateSoftwareToken and VerifySoftwareToken came with its session. */
async function answerMfaSetup(signIn: SignIn, session: AuthSession): Promise<Outcome> {
  const user = sessionUser(signIn, session)
  // One that was proved at another time may be switched off: it says nothing of who signs in now.
  if (session.hasFactor !== true || user.softwareToken?.verified !== true) {
    throw notAuthorized('Invalid session for the user. MFA is not set up.')
  }
  return await complete(signIn, user)
}

function startDeviceSrp(signIn: SignIn, session: AuthSession, responses: Texts): Outcome {
  const { ctx } = signIn
  const user = sessionUser(signIn, session)
  const device = deviceOf(signIn, user, neededOf(responses, 'DEVICE_KEY'))
  const srpA = neededOf(responses, 'SRP_A')
  const b = ctx.ids.hex(64)
  const B = publicValue(srpA, b, device.verifier)
  if (B === undefined) throw invalidParameter('SRP_A is not a valid value.')
  const block = Buffer.from(ctx.random.bytes(64)).toString('base64')
  return ask(
    signIn,
    'DEVICE_PASSWORD_VERIFIER',
    {
      SALT: device.salt,
      SECRET_BLOCK: block,
      SRP_B: B,
      USERNAME: user.username,
      DEVICE_KEY: device.deviceKey,
    },
    {
      key: user.key,
      sub: user.sub,
      username: user.username,
      deviceKey: device.deviceKey,
      srp: { a: srpA, b, block },
    },
  )
}

async function answerDeviceSrp(
  signIn: SignIn,
  session: AuthSession,
  responses: Texts,
): Promise<Outcome> {
  const { ctx, pool } = signIn
  const user = sessionUser(signIn, session)
  const device = deviceOf(signIn, user, session.deviceKey ?? '')
  const claim = {
    group: device.groupKey,
    identity: device.deviceKey,
    block: neededOf(responses, 'PASSWORD_CLAIM_SECRET_BLOCK'),
    timestamp: neededOf(responses, 'TIMESTAMP'),
    signature: neededOf(responses, 'PASSWORD_CLAIM_SIGNATURE'),
  }
  const isOurs = claim.block === session.srp?.block
  if (session.srp === undefined || !isOurs || !isProof(session.srp, device.verifier, claim)) {
    countFailure(ctx, user)
    throw notAuthorized('Incorrect username or password.')
  }
  devices.update(ctx, orderedKey(pool.id, user.key, device.deviceKey), {
    authenticatedAtMs: ctx.now(),
    lastIp: ctx.caller.sourceIp ?? '127.0.0.1',
  })
  return await complete(signIn, user, 'AuthenticateDevice', device.deviceKey)
}

function deviceOf({ ctx, pool }: SignIn, user: User, deviceKey: string) {
  const device = devices.get(ctx, orderedKey(pool.id, user.key, deviceKey))
  if (device?.verifier === undefined || device.salt === undefined) {
    throw notAuthorized('Device does not exist.')
  }
  return { ...device, verifier: device.verifier, salt: device.salt }
}
