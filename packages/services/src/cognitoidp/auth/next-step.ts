import { orderedKey } from '@cloud-orrery/kernel'
import type { ChallengeNameType } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { notAuthorized } from '../errors.ts'
import { deliverMfaCode } from '../messages/deliver.ts'
import { masked } from '../messages/masking.ts'
import type { Pool } from '../pools/state.ts'
import { postAuthentication } from '../triggers/authentication.ts'
import type { TokenGeneration } from '../triggers/pre-token.ts'
import { userWithKey } from '../users/lookup.ts'
import { type Device, devices, type MfaMethod, type User } from '../users/state.ts'
import { forgetFailures } from './attempts.ts'
import type { Authenticated, Outcome, SignIn } from './outcome.ts'
import { ask, type SessionFields } from './sessions.ts'

/** The name that SRP's hashes are made with. */
const forSrp = ({ username }: User) => ({ USER_ID_FOR_SRP: username })

/** What a session always knows. */
export function about(user: User, { clientMetadata }: SignIn): SessionFields {
  return {
    key: user.key,
    sub: user.sub,
    username: user.username,
    ...(clientMetadata === undefined ? {} : { clientMetadata }),
  }
}

/** The password is proved: a new one, a device's proof, a second factor, or nothing is asked for. */
export async function afterPassword(
  signIn: SignIn,
  user: User,
  deviceKey?: string,
): Promise<Outcome> {
  if (user.status === 'FORCE_CHANGE_PASSWORD') return askForNewPassword(signIn, user)
  const device = deviceKey === undefined ? undefined : confirmedDevice(signIn, user, deviceKey)
  if (device !== undefined) {
    return ask(signIn, 'DEVICE_SRP_AUTH', forSrp(user), {
      ...about(user, signIn),
      deviceKey: device.deviceKey,
    })
  }
  return await secondFactor(signIn, user)
}

function confirmedDevice({ ctx, pool }: SignIn, user: User, deviceKey: string): Device | undefined {
  if (pool.settings.DeviceConfiguration === undefined) return undefined
  const device = devices.get(ctx, orderedKey(pool.id, user.key, deviceKey))
  return device?.verifier === undefined || !device.remembered ? undefined : device
}

function askForNewPassword(signIn: SignIn, user: User): Outcome {
  const { pool } = signIn
  const requiredAttributes = pool.schema
    .filter(({ Name = '', Required }) => Required === true && Name !== 'sub')
    .filter(({ Name = '' }) => user.attributes[Name] === undefined)
    .map(({ Name }) => `userAttributes.${Name}`)
  return ask(
    signIn,
    'NEW_PASSWORD_REQUIRED',
    {
      ...forSrp(user),
      requiredAttributes: JSON.stringify(requiredAttributes),
      userAttributes: JSON.stringify(user.attributes),
    },
    about(user, signIn),
  )
}

/** Second factors that the pool has and the user can be asked for. */
export function factorsOf({ mfa }: Pool, user: User): MfaMethod[] {
  if (mfa.configuration === 'OFF') return []
  const { sms, softwareToken, email } = user.mfa ?? {}
  const found: MfaMethod[] = []
  if (mfa.sms && sms === true && user.attributes['phone_number'] !== undefined) {
    found.push('SMS_MFA')
  }
  if (mfa.softwareToken && softwareToken === true && user.softwareToken?.verified === true) {
    found.push('SOFTWARE_TOKEN_MFA')
  }
  if (mfa.email !== undefined && email === true && user.attributes['email'] !== undefined) {
    found.push('EMAIL_OTP')
  }
  if (found.length > 0 || mfa.configuration !== 'ON') return found
  return required(mfa, user)
}

/** Where MFA is required, an address or a number is a factor without anyone having chosen it. */
function required(mfa: Pool['mfa'], { attributes }: User): MfaMethod[] {
  if (mfa.sms && attributes['phone_number'] !== undefined) return ['SMS_MFA']
  if (mfa.email !== undefined && attributes['email'] !== undefined) return ['EMAIL_OTP']
  return []
}

export async function secondFactor(
  signIn: SignIn,
  user: User,
  generation: TokenGeneration = 'Authentication',
): Promise<Outcome> {
  const { pool } = signIn
  const factors = factorsOf(pool, user)
  const preferred = user.mfa?.preferred
  const [only] = factors
  if (preferred !== undefined && factors.includes(preferred)) {
    return await askForFactor(signIn, user, preferred)
  }
  if (factors.length > 1) {
    return ask(
      signIn,
      'SELECT_MFA_TYPE',
      { ...forSrp(user), MFAS_CAN_CHOOSE: JSON.stringify(factors) },
      about(user, signIn),
    )
  }
  if (only !== undefined) return await askForFactor(signIn, user, only)
  if (pool.mfa.configuration !== 'ON') return await complete(signIn, user, generation)
  const setUp = [
    ...(pool.mfa.sms ? ['SMS_MFA'] : []),
    ...(pool.mfa.softwareToken ? ['SOFTWARE_TOKEN_MFA'] : []),
    ...(pool.mfa.email === undefined ? [] : ['EMAIL_OTP']),
  ]
  return ask(
    signIn,
    'MFA_SETUP',
    { ...forSrp(user), MFAS_CAN_SETUP: JSON.stringify(setUp) },
    about(user, signIn),
  )
}

/** Asks for one factor; codes go out. */
export async function askForFactor(
  signIn: SignIn,
  user: User,
  factor: MfaMethod | 'SMS_OTP',
  choices?: readonly ChallengeNameType[],
): Promise<Outcome> {
  const more = choices === undefined ? {} : { choices }
  if (factor === 'SOFTWARE_TOKEN_MFA') {
    const { friendlyName } = user.softwareToken ?? {}
    const parameters = {
      ...forSrp(user),
      ...(friendlyName === undefined ? {} : { FRIENDLY_DEVICE_NAME: friendlyName }),
    }
    return ask(signIn, factor, parameters, { ...about(user, signIn), ...more })
  }
  const medium = factor === 'EMAIL_OTP' ? 'EMAIL' : 'SMS'
  const address = user.attributes[medium === 'EMAIL' ? 'email' : 'phone_number']
  if (address === undefined) {
    throw notAuthorized('The user has no address for the requested authentication factor.')
  }
  const { ctx, pool, client, clientMetadata } = signIn
  const code = ctx.ids.from('0123456789', 6)
  await deliverMfaCode(ctx, pool, { user, client, medium, code, clientMetadata })
  return ask(
    signIn,
    factor,
    {
      CODE_DELIVERY_DELIVERY_MEDIUM: medium,
      CODE_DELIVERY_DESTINATION: masked(address),
      ...forSrp(user),
    },
    { ...about(user, signIn), code, ...more },
  )
}

/** All is answered: the post authentication trigger, a device for the app to confirm. */
export async function complete(
  signIn: SignIn,
  before: User,
  generation: TokenGeneration = 'Authentication',
  deviceKey?: string,
): Promise<Authenticated> {
  const { ctx, pool } = signIn
  forgetFailures(ctx, before)
  const isTracked = pool.settings.DeviceConfiguration !== undefined
  const isNew = isTracked && deviceKey === undefined
  const user = userWithKey(ctx, pool.id, before.key) ?? before
  await postAuthentication(signIn, user, isNew)
  const newDevice = isNew && signIn.hosted !== true ? newDeviceOf(signIn, user) : undefined
  const taking = deviceKey ?? newDevice?.deviceKey
  return {
    kind: 'authenticated',
    user: userWithKey(ctx, pool.id, before.key) ?? user,
    generation,
    ...(taking === undefined ? {} : { deviceKey: taking }),
    ...(newDevice === undefined ? {} : { newDevice }),
  }
}

/** For how long an app may confirm a device: as long as the longest access token of the sign-in lasts. */
const confirmableMs = 86_400_000

/** Removes a few of a user's devices that no app has confirmed: every sign-in of one that never does makes one. */
function forgetUnconfirmed(ctx: Context, { poolId, key }: User): void {
  const over: string[] = []
  const prefix = orderedKey(poolId, key, '')
  for (const { createdAtMs, deviceKey } of devices.scanIndex(ctx, 'unconfirmed', { prefix })) {
    if (createdAtMs > ctx.now() - confirmableMs || over.length === 4) break
    over.push(deviceKey)
  }
  for (const deviceKey of over) devices.delete(ctx, orderedKey(poolId, key, deviceKey))
}

function newDeviceOf({ ctx, pool }: SignIn, user: User): { deviceKey: string; groupKey: string } {
  forgetUnconfirmed(ctx, user)
  const device = devices.put(ctx, {
    poolId: pool.id,
    key: user.key,
    deviceKey: `${ctx.region}_${ctx.ids.uuid()}`,
    groupKey: `-${ctx.ids.alphanumeric(8)}`,
    remembered: false,
    createdAtMs: ctx.now(),
    modifiedAtMs: ctx.now(),
    authenticatedAtMs: ctx.now(),
    lastIp: ctx.caller.sourceIp ?? '127.0.0.1',
  })
  return device
}
