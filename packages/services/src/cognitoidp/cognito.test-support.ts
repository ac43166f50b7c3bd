import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Cloud, client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { AwsError } from '@cloud-orrery/models'
import { mailbox } from '../shared/mailbox.ts'

export const password = 'Correct-horse-1'

/** A pool with a client that has all flows but refresh rotation. */
export async function start(
  pool: Partial<CreateUserPoolCommandInput> = {},
  app: Partial<CreateUserPoolClientCommandInput> = {},
  cloud: Cloud = createCloud({ deepFreeze: true }),
) {
  const idp = client(cloud, CognitoIdentityProviderClient)
  const { UserPool } = await idp.send(new CreateUserPoolCommand({ PoolName: 'people', ...pool }))
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await idp.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'app',
      ExplicitAuthFlows: allFlows,
      ...app,
    }),
  )
  const ClientId = UserPoolClient?.ClientId ?? ''
  return {
    cloud,
    idp,
    pool: UserPool,
    UserPoolId,
    ClientId,
    clientSecret: UserPoolClient?.ClientSecret ?? '',
    /** A user who can sign in. */
    async newUser(Username: string, attributes: Record<string, string> = {}) {
      const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
      const MessageAction = 'SUPPRESS' as const
      await idp.send(
        new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction }),
      )
      const set = { UserPoolId, Username, Password: password, Permanent: true }
      await idp.send(new AdminSetUserPasswordCommand(set))
    },
    signIn: (USERNAME: string, PASSWORD = password, more: Record<string, string> = {}) =>
      idp.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME, PASSWORD, ...more },
        }),
      ),
    mailsTo: (address: string) => mailbox.to(cloud.scope('123456789012', 'us-east-1'), address),
    /** The last number in the last mail to an address. */
    codeTo(address: string): string {
      const mail = mailbox.to(cloud.scope('123456789012', 'us-east-1'), address).at(-1)
      return /\d{6}/.exec(mail?.text ?? '')?.[0] ?? ''
    },
    /** The text of the last message to a number. */
    lastSms(): string {
      const entry = cloud.kernel.journal.entries.findLast(({ kind }) => String(kind) === 'sms')
      return String(entry?.data['message'])
    },
    document: async (name: string) =>
      await (
        await fetchFromCloud(
          cloud,
          `https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}/.well-known/${name}`,
          {},
        )
      ).json(),
  }
}

export const allFlows: NonNullable<CreateUserPoolClientCommandInput['ExplicitAuthFlows']> = [
  'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  'ALLOW_CUSTOM_AUTH',
  'ALLOW_USER_PASSWORD_AUTH',
  'ALLOW_USER_SRP_AUTH',
  'ALLOW_REFRESH_TOKEN_AUTH',
  'ALLOW_USER_AUTH',
]

/** The claims of a token, unverified. */
export function decoded(token: string | undefined): Record<string, unknown> {
  const [, payload = ''] = (token ?? '').split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
}

/** Name and text of a refusal. */
export async function refusal(work: Promise<unknown>): Promise<[string, string]> {
  try {
    await work
  } catch (error) {
    // Calls without the SDK have the code apart.
    if (error instanceof AwsError) return [error.code, error.message]
    if (error instanceof Error) return [error.name, error.message]
    throw error
  }
  throw new Error('it was not refused')
}
