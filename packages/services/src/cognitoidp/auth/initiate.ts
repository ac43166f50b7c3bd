import type { ChallengeNameType } from '@cloud-orrery/models/cognitoidp'
import { notModelled } from '../../shared/not-modelled.ts'
import { checkSecretHash } from '../clients/secret-hash.ts'
import { invalidParameter, userNotFound, wrongCredentials } from '../errors.ts'
import { findUser } from '../users/lookup.ts'
import type { User } from '../users/state.ts'
import { startCustom } from './custom.ts'
import { about, askForFactor } from './next-step.ts'
import type { Outcome, SignIn } from './outcome.ts'
import { checkStatus, hidesUsers, signInByPassword } from './password.ts'
import { ask } from './sessions.ts'
import { neededOf, startSrp } from './srp-flow.ts'

type Texts = Readonly<Record<string, string>>

/** What a flow is called in a client's settings. */
const permissions: Readonly<Record<string, readonly string[]>> = {
  USER_PASSWORD_AUTH: ['ALLOW_USER_PASSWORD_AUTH', 'USER_PASSWORD_AUTH'],
  ADMIN_USER_PASSWORD_AUTH: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'],
  ADMIN_NO_SRP_AUTH: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'],
  USER_SRP_AUTH: ['ALLOW_USER_SRP_AUTH'],
  CUSTOM_AUTH: ['ALLOW_CUSTOM_AUTH', 'CUSTOM_AUTH_FLOW_ONLY'],
  USER_AUTH: ['ALLOW_USER_AUTH'],
  REFRESH_TOKEN_AUTH: ['ALLOW_REFRESH_TOKEN_AUTH'],
  REFRESH_TOKEN: ['ALLOW_REFRESH_TOKEN_AUTH'],
}

/** Throws InvalidParameterException where the client has not the flow. */
export function checkFlow({ client, flow }: Pick<SignIn, 'client' | 'flow'>): void {
  const { ExplicitAuthFlows } = client.settings
  if (isAllowed(ExplicitAuthFlows, flow)) return
  if (flow === 'USER_PASSWORD_AUTH') {
    throw invalidParameter('USER_PASSWORD_AUTH flow not enabled for this client')
  }
  throw invalidParameter('Auth flow not enabled for this client')
}

/** A client that names no flow, or only those of old, has SRP, custom flows and refresh. */
function isAllowed(flows: readonly string[] | undefined, flow: string): boolean {
  const named = permissions[flow] ?? []
  const isOld = flows === undefined || !flows.some((it) => it.startsWith('ALLOW_'))
  const usual = ['USER_SRP_AUTH', 'CUSTOM_AUTH', 'REFRESH_TOKEN_AUTH', 'REFRESH_TOKEN']
  const onlyCustom = flows?.includes('CUSTOM_AUTH_FLOW_ONLY') === true
  if (isOld && usual.includes(flow) && !(onlyCustom && flow === 'USER_SRP_AUTH')) return true
  return named.some((name) => flows?.includes(name) === true)
}

/** Begins a sign-in. Refreshes are another matter: `refresh.ts`. */
export async function initiate(signIn: SignIn, parameters: Texts): Promise<Outcome> {
  const { ctx, pool, client, flow, isAdmin } = signIn
  if (flow.startsWith('ADMIN_') && !isAdmin) {
    throw invalidParameter('Initiate Auth method not supported.')
  }
  checkFlow(signIn)
  const username = neededOf(parameters, 'USERNAME')
  checkSecretHash(client, [username], parameters['SECRET_HASH'])
  const deviceKey = parameters['DEVICE_KEY']
  switch (flow) {
    case 'USER_PASSWORD_AUTH':
    case 'ADMIN_USER_PASSWORD_AUTH':
    case 'ADMIN_NO_SRP_AUTH':
      return await signInByPassword(signIn, username, neededOf(parameters, 'PASSWORD'), deviceKey)
    case 'USER_SRP_AUTH': {
      const device = deviceKey === undefined ? {} : { deviceKey }
      return await startSrp(signIn, username, neededOf(parameters, 'SRP_A'), device)
    }
    case 'CUSTOM_AUTH':
      return await startCustom(signIn, username, srpOfCustom(parameters))
    case 'USER_AUTH': {
      const user = findUser(ctx, pool, username)
      // Deviation: where who exists is hidden, AWS asks unknown names one of the pool's challenges; here they are refused.
      if (user === undefined) throw hidesUsers(client) ? wrongCredentials() : userNotFound()
      checkStatus(signIn, user)
      return await startChoice(signIn, user, username, parameters)
    }
    default:
      throw invalidParameter('Initiate Auth method not supported.')
  }
}

function srpOfCustom(parameters: Texts): string | undefined {
  return parameters['CHALLENGE_NAME'] === 'SRP_A' ? neededOf(parameters, 'SRP_A') : undefined
}

/** First factors among which a user may choose. Source: "Authentication flows", choice-based sign-in. */
export function choicesFor({ pool }: SignIn, user: User): ChallengeNameType[] {
  const factors = pool.settings.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? ['PASSWORD']
  const choices: ChallengeNameType[] = []
  if (factors.includes('PASSWORD') && user.password !== undefined) {
    choices.push('PASSWORD', 'PASSWORD_SRP')
  }
  const { attributes } = user
  if (factors.includes('EMAIL_OTP') && attributes['email_verified'] === 'true') {
    choices.push('EMAIL_OTP')
  }
  if (factors.includes('SMS_OTP') && attributes['phone_number_verified'] === 'true') {
    choices.push('SMS_OTP')
  }
  return choices
}

async function startChoice(
  signIn: SignIn,
  user: User,
  username: string,
  parameters: Texts,
): Promise<Outcome> {
  const choices = choicesFor(signIn, user)
  const preferred = parameters['PREFERRED_CHALLENGE']
  if (preferred !== undefined && choices.includes(preferred)) {
    return await chosen(signIn, user, username, preferred, parameters)
  }
  return ask(signIn, 'SELECT_CHALLENGE', {}, { ...about(user, signIn), choices })
}

/** Goes on with the factor that was chosen; what it needs may have come along. */
export async function chosen(
  signIn: SignIn,
  user: User,
  username: string,
  choice: string,
  values: Texts,
): Promise<Outcome> {
  switch (choice) {
    case 'PASSWORD':
      return values['PASSWORD'] === undefined
        ? ask(signIn, 'PASSWORD', { USERNAME: user.username }, about(user, signIn))
        : await signInByPassword(signIn, username, values['PASSWORD'], values['DEVICE_KEY'])
    case 'PASSWORD_SRP':
      return await startSrp(signIn, username, neededOf(values, 'SRP_A'))
    case 'EMAIL_OTP':
    case 'SMS_OTP':
      return await askForFactor(signIn, user, choice)
    case 'WEB_AUTHN':
      throw notModelled('passkeys (WEB_AUTHN) of Cognito user pools')
    default:
      throw invalidParameter(`Invalid challenge: ${choice}`)
  }
}
