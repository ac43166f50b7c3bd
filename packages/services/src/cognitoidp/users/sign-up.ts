import {
  AdminConfirmSignUp,
  type AttributeType,
  type CodeDeliveryDetailsType,
  ConfirmSignUp,
  ResendConfirmationCode,
  SignUp,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { hidesUsers } from '../auth/password.ts'
import { checkSecretHash } from '../clients/secret-hash.ts'
import type { Client } from '../clients/state.ts'
import { codeExpired, invalidParameter, notAuthorized, userNotFound } from '../errors.ts'
import { deliverCode, forgetCode } from '../messages/deliver.ts'
import { masked } from '../messages/masking.ts'
import { byAnyone, clientOf, onPool, poolOf, scopeOfClient } from '../pools/lookup.ts'
import type { Pool } from '../pools/state.ts'
import { postConfirmation, preSignUp, type SignUpVerdict } from '../triggers/sign-up.ts'
import { checkAlias, takeAlias } from './aliases.ts'
import { checkAttributes, checkWritable } from './attributes.ts'
import { checkCode } from './codes.ts'
import { addUser, changeUser, nameOf } from './creation.ts'
import { deleteUser } from './deletion.ts'
import { findUser, userOf } from './lookup.ts'
import { checkPasswordPolicy, passwordRecord } from './passwords.ts'
import type { User } from './state.ts'

export const signUp = operation(SignUp, {
  scope: scopeOfClient,
  authorize: byAnyone,
  provenance: 'modelled',
  async run(ctx, input) {
    const { ClientId, SecretHash, Username, Password, UserAttributes = [], ClientMetadata } = input
    const client = clientOf(ctx, ClientId)
    const pool = poolOf(ctx, client.poolId)
    checkSecretHash(client, [Username], SecretHash)
    if (pool.settings.AdminCreateUserConfig?.AllowAdminCreateUserOnly === true) {
      throw notAuthorized('SignUp is not permitted for this user pool')
    }
    checkWritable(
      client,
      UserAttributes.map(({ Name }) => Name),
    )
    if (Password === undefined) checkPasswordless(pool)
    else checkPasswordPolicy(pool, Password, 'user')
    const named = nameFor(ctx, pool, Username, UserAttributes)
    const verdict = await preSignUp(ctx, pool, {
      source: 'SignUp',
      client,
      username: named.username,
      attributes: named.attributes,
      validationData: textsOf(input.ValidationData),
      clientMetadata: ClientMetadata,
    })
    // Someone else may have taken the name while the function ran.
    const again = nameFor(ctx, pool, Username, UserAttributes)
    const user = made(ctx, pool, { ...again, ...namesOf(named) }, Password, verdict)
    return await welcomed(ctx, pool, client, user, verdict, ClientMetadata)
  },
})

const namesOf = ({ username, sub }: { username: string; sub: string }) => ({ username, sub })

/** Source: "Signing up and confirming user accounts": without a password where the pool has codes as first factor. */
function checkPasswordless({ settings }: Pool): void {
  const factors = settings.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? []
  if (!factors.some((factor) => factor !== 'PASSWORD')) {
    throw invalidParameter('Missing required parameter: Password')
  }
}

function nameFor(ctx: Context, pool: Pool, name: string, given: readonly AttributeType[]) {
  const { UsernameAttributes = [] } = pool.settings
  const standsFor = UsernameAttributes.find(
    (attribute) => (attribute === 'email') === name.includes('@'),
  )
  const isGiven = standsFor === undefined || given.some(({ Name }) => Name === standsFor)
  const all = isGiven ? given : [...given, { Name: standsFor, Value: name }]
  const attributes = checkAttributes(pool, all)
  return nameOf(ctx, pool, name, nonEmpty(attributes), { message: 'User already exists' })
}

const nonEmpty = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))

function made(
  ctx: Context,
  pool: Pool,
  named: { username: string; sub: string; attributes: Readonly<Record<string, string>> },
  password: string | undefined,
  { confirm, verifyEmail, verifyPhone }: SignUpVerdict,
): User {
  const { attributes } = named
  const flags: Record<string, string> = {}
  if (attributes['email'] !== undefined) flags['email_verified'] = String(verifyEmail)
  if (attributes['phone_number'] !== undefined) flags['phone_number_verified'] = String(verifyPhone)
  const user = addUser(
    ctx,
    pool,
    { ...named, attributes: { ...attributes, ...flags } },
    { status: confirm ? 'CONFIRMED' : 'UNCONFIRMED' },
  )
  if (password === undefined) return user
  return changeUser(ctx, user, { password: passwordRecord(ctx, user, password) })
}

async function welcomed(
  ctx: Context,
  pool: Pool,
  client: Client,
  user: User,
  { confirm }: SignUpVerdict,
  clientMetadata: Readonly<Record<string, string>> | undefined,
) {
  if (confirm) {
    await postConfirmation(ctx, pool, { source: 'ConfirmSignUp', client, user, clientMetadata })
    return { UserConfirmed: true, UserSub: user.sub }
  }
  let CodeDeliveryDetails: CodeDeliveryDetailsType | undefined
  try {
    CodeDeliveryDetails = await deliverCode(ctx, pool, {
      ...{ user, client, purpose: 'sign-up' },
      clientMetadata,
    })
  } catch (error) {
    // Whoever could not be told a code has no account.
    deleteUser(ctx, user)
    throw error
  }
  return {
    UserConfirmed: false,
    ...(CodeDeliveryDetails === undefined ? {} : { CodeDeliveryDetails }),
    UserSub: user.sub,
  }
}

export function textsOf(list: readonly AttributeType[] | undefined): Record<string, string> | null {
  if (list === undefined) return null
  return Object.fromEntries(list.map(({ Name, Value = '' }) => [Name, Value]))
}

export const confirmSignUp = operation(ConfirmSignUp, {
  scope: scopeOfClient,
  authorize: byAnyone,
  provenance: 'modelled',
  refuses: ['Session'],
  async run(ctx, input) {
    const { ClientId, SecretHash, Username, ConfirmationCode, ForceAliasCreation } = input
    const client = clientOf(ctx, ClientId)
    const pool = poolOf(ctx, client.poolId)
    checkSecretHash(client, [Username], SecretHash)
    const user = findUser(ctx, pool, Username)
    if (user === undefined) throw hidesUsers(client) ? codeExpired() : userNotFound()
    await confirmUser(ctx, pool, client, user, {
      code: ConfirmationCode,
      forceAlias: ForceAliasCreation === true,
      clientMetadata: input.ClientMetadata,
    })
    return {}
  },
})

/** Confirms a new account by its code: of the API and of the link in the mail. */
export async function confirmUser(
  ctx: Context,
  pool: Pool,
  client: Client,
  user: User,
  given: {
    readonly code: string
    readonly forceAlias?: boolean
    readonly clientMetadata?: Readonly<Record<string, string>> | undefined
  },
): Promise<void> {
  if (user.status !== 'UNCONFIRMED') {
    throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`)
  }
  const { attribute = '' } = checkCode(ctx, user, 'sign-up', given.code)
  const value = user.attributes[attribute]
  // The code is good for another try where the address has to be taken by force.
  checkAlias(ctx, pool, user, attribute, value, given.forceAlias === true)
  forgetCode(ctx, user, 'sign-up')
  takeAlias(ctx, pool, user, attribute, value)
  const confirmed = changeUser(ctx, user, {
    status: 'CONFIRMED',
    attributes: { ...user.attributes, [`${attribute}_verified`]: 'true' },
  })
  await postConfirmation(ctx, pool, {
    source: 'ConfirmSignUp',
    client,
    user: confirmed,
    clientMetadata: given.clientMetadata,
  })
}

export const adminConfirmSignUp = operation(AdminConfirmSignUp, {
  authorize: onPool,
  provenance: 'modelled',
  async run(ctx, { UserPoolId, Username, ClientMetadata }) {
    const pool = poolOf(ctx, UserPoolId)
    const user = userOf(ctx, pool, Username)
    if (user.status !== 'UNCONFIRMED') {
      throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`)
    }
    const confirmed = changeUser(ctx, user, { status: 'CONFIRMED' })
    forgetCode(ctx, user, 'sign-up')
    await postConfirmation(ctx, pool, {
      source: 'ConfirmSignUp',
      user: confirmed,
      clientMetadata: ClientMetadata,
    })
    return {}
  },
})

export const resendConfirmationCode = operation(ResendConfirmationCode, {
  scope: scopeOfClient,
  authorize: byAnyone,
  provenance: 'modelled',
  async run(ctx, { ClientId, SecretHash, Username, ClientMetadata }) {
    const client = clientOf(ctx, ClientId)
    const pool = poolOf(ctx, client.poolId)
    checkSecretHash(client, [Username], SecretHash)
    const user = findUser(ctx, pool, Username)
    if (user === undefined) {
      if (!hidesUsers(client)) throw userNotFound()
      return { CodeDeliveryDetails: simulatedDelivery(Username) }
    }
    if (user.status === 'CONFIRMED') throw invalidParameter('User is already confirmed.')
    const CodeDeliveryDetails = await deliverCode(ctx, pool, {
      ...{ user, client, purpose: 'sign-up', kind: 'ResendCode' },
      clientMetadata: ClientMetadata,
    })
    if (CodeDeliveryDetails === undefined) {
      throw invalidParameter('Cannot resend codes. Auto verification not turned on.')
    }
    return { CodeDeliveryDetails }
  },
})

/** What is answered for users that do not exist, where nobody is to know: always the same for a name. */
export function simulatedDelivery(username: string): CodeDeliveryDetailsType {
  const name = username.includes('@') ? username : `${username.slice(0, 1)}@example.com`
  return { Destination: masked(name), DeliveryMedium: 'EMAIL', AttributeName: 'email' }
}
