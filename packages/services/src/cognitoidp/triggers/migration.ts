import type { SignIn } from '../auth/outcome.ts'
import { lambdaUnreadable } from '../errors.ts'
import { deliverCode } from '../messages/deliver.ts'
import type { Pool } from '../pools/state.ts'
import { checkAttributes } from '../users/attributes.ts'
import { addUser, changeUser, nameOf } from '../users/creation.ts'
import { passwordRecord } from '../users/passwords.ts'
import type { User } from '../users/state.ts'
import { asObject, callTrigger } from './invoke.ts'

/**
 * Asks the user migration trigger for a user that the pool does not have: at a sign-in with a password, and (without
 * one) when a password was forgotten. Undefined where there is no trigger, or it knows none.
 */
export async function migratedUser(
  { ctx, pool, client, clientMetadata }: Pick<SignIn, 'ctx' | 'pool' | 'client' | 'clientMetadata'>,
  username: string,
  password: string | undefined,
): Promise<User | undefined> {
  const response = await callTrigger(ctx, pool, {
    name: 'UserMigration',
    source:
      password === undefined ? 'UserMigration_ForgotPassword' : 'UserMigration_Authentication',
    clientId: client.id,
    username,
    request: {
      ...(password === undefined ? {} : { password }),
      validationData: clientMetadata ?? null,
      userAttributes: null,
    },
    response: {
      userAttributes: null,
      finalUserStatus: null,
      messageAction: null,
      desiredDeliveryMediums: null,
      forceAliasCreation: null,
    },
  })
  if (response === undefined) return undefined
  const attributes = attributesOf(pool, response['userAttributes'])
  if (attributes === undefined) return undefined
  const named = nameOf(ctx, pool, username, attributes, { message: 'User already exists' })
  const { finalUserStatus, messageAction } = response
  const status =
    password === undefined || finalUserStatus === 'RESET_REQUIRED' ? 'RESET_REQUIRED' : 'CONFIRMED'
  const user = addUser(ctx, pool, named, { status })
  if (status === 'CONFIRMED' && password !== undefined) {
    return withPassword(ctx, user, password)
  }
  if (messageAction !== 'SUPPRESS' && password !== undefined) {
    await deliverCode(ctx, pool, { user, client, purpose: 'reset', clientMetadata })
  }
  return user
}

function attributesOf(pool: Pool, given: unknown): Record<string, string> | undefined {
  if (given === null || given === undefined) return undefined
  const object = asObject(given)
  if (object === undefined) throw lambdaUnreadable()
  const list = Object.entries(object)
    .filter(([name]) => name !== 'username' && name !== 'sub')
    .map(([Name, value]) => ({ Name, Value: String(value) }))
  return checkAttributes(pool, list)
}

function withPassword(ctx: SignIn['ctx'], user: User, password: string): User {
  return changeUser(ctx, user, { password: passwordRecord(ctx, user, password) })
}
