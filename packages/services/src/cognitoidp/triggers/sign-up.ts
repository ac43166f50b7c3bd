import type { Context } from '../../context.ts'
import type { Client } from '../clients/state.ts'
import type { Pool } from '../pools/state.ts'
import { triggerAttributes } from '../users/lookup.ts'
import type { User } from '../users/state.ts'
import { callTrigger } from './invoke.ts'

type Texts = Readonly<Record<string, string>>

export interface SignUpVerdict {
  readonly confirm: boolean
  readonly verifyEmail: boolean
  readonly verifyPhone: boolean
}

/** Lets the pool's function refuse a new user, or confirm it. */
export async function preSignUp(
  ctx: Context,
  pool: Pool,
  about: {
    readonly source: 'SignUp' | 'AdminCreateUser' | 'ExternalProvider'
    readonly client?: Client
    readonly username: string
    readonly attributes: Texts
    readonly validationData: Texts | null
    readonly clientMetadata?: Texts | undefined
  },
): Promise<SignUpVerdict> {
  const { source, client, username, attributes, validationData, clientMetadata } = about
  const response = await callTrigger(ctx, pool, {
    name: 'PreSignUp',
    source: `PreSignUp_${source}`,
    clientId: client?.id,
    username,
    request: {
      userAttributes: attributes,
      validationData,
      ...(clientMetadata === undefined ? {} : { clientMetadata }),
    },
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  })
  return {
    confirm: response?.['autoConfirmUser'] === true,
    verifyEmail: response?.['autoVerifyEmail'] === true,
    verifyPhone: response?.['autoVerifyPhone'] === true,
  }
}

export async function postConfirmation(
  ctx: Context,
  pool: Pool,
  about: {
    readonly source: 'ConfirmSignUp' | 'ConfirmForgotPassword'
    readonly client?: Client
    readonly user: User
    readonly clientMetadata?: Texts | undefined
  },
): Promise<void> {
  const { source, client, user, clientMetadata } = about
  await callTrigger(ctx, pool, {
    name: 'PostConfirmation',
    source: `PostConfirmation_${source}`,
    clientId: client?.id,
    username: user.username,
    request: {
      userAttributes: triggerAttributes(user),
      ...(clientMetadata === undefined ? {} : { clientMetadata }),
    },
    response: {},
  })
}
