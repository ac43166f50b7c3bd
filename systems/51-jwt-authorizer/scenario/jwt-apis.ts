import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  type AuthenticationResultType,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { Invoke } from '@cloud-orrery/models/lambda'
import { type Aws, system } from '@cloud-orrery/vitest/scenario'
import { audience, idpHost, issuer, OtherIssuer } from './other-issuer.ts'

const folder = new URL('..', import.meta.url).pathname

// The app makes the third stack for an issuer that its environment names.
process.env['OTHER_ISSUER'] = issuer
process.env['OTHER_AUDIENCE'] = audience

export const idTokenStack = 'JwtIdTokenApi'
export const accessTokenStack = 'JwtAccessTokenApi'
export const otherIssuerStack = 'JwtOtherIssuerApi'

export const password = 'Str0ng-enough-for-all'

/** The outputs of a stack: `Url`, `AccessLog`, and of those with a pool `UserPoolId`, `ClientId`, `Issuer`. */
export type Outputs = Readonly<Record<string, string>>

/** Both pools with their people and APIs, and the API of the other issuer. */
export const jwtApis = system({
  name: '51-jwt-authorizer',
  async setUp(aws) {
    aws.internet.host(idpHost, new OtherIssuer().answer)
    await aws.deploy(folder)
    const a = await outputsOf(aws, idTokenStack)
    const b = await outputsOf(aws, accessTokenStack)
    const other = await outputsOf(aws, otherIssuerStack)
    for (const outputs of [a, b]) {
      for (const username of ['adminuser', 'regularuser']) await setPassword(aws, outputs, username)
    }
    return { a, b, other }
  },
})

async function outputsOf(aws: Aws, StackName: string): Promise<Outputs> {
  const { Stacks: [stack] = [] } = await aws
    .client(CloudFormationClient)
    .send(new DescribeStacksCommand({ StackName }))
  const entries = (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
    OutputKey,
    OutputValue,
  ])
  return Object.fromEntries(entries)
}

export function cognito(aws: Aws): CognitoIdentityProviderClient {
  return aws.client(CognitoIdentityProviderClient)
}

async function setPassword(aws: Aws, { UserPoolId }: Outputs, Username: string): Promise<void> {
  await cognito(aws).send(
    new AdminSetUserPasswordCommand({
      UserPoolId,
      Username,
      Password: password,
      Permanent: true,
    }),
  )
}

/** Another person, in the given groups, who can sign in at once. */
export async function addPerson(
  aws: Aws,
  outputs: Outputs,
  Username: string,
  groups: readonly string[],
): Promise<void> {
  const { UserPoolId } = outputs
  const MessageAction = 'SUPPRESS'
  await cognito(aws).send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction }))
  await setPassword(aws, outputs, Username)
  for (const GroupName of groups) {
    await cognito(aws).send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }))
  }
}

/** `aws cognito-idp initiate-auth --auth-flow USER_PASSWORD_AUTH ...`, which needs no credentials. */
export async function signIn(
  aws: Aws,
  { ClientId }: Outputs,
  USERNAME: string,
  PASSWORD = password,
): Promise<Required<Pick<AuthenticationResultType, 'IdToken' | 'AccessToken' | 'RefreshToken'>>> {
  const { AuthenticationResult } = await againWhenKilled(() =>
    cognito(aws).send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId,
        AuthParameters: { USERNAME, PASSWORD },
      }),
    ),
  )
  const { IdToken = '', AccessToken = '', RefreshToken = '' } = AuthenticationResult ?? {}
  return { IdToken, AccessToken, RefreshToken }
}

/** What breaks down is asked again, as people and their clients do. */
const attemptsMax = 4

/** A trigger whose process dies gives no token. */
export async function againWhenKilled<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const isKilled = error instanceof Error && /Runtime exited|signal: killed/.test(error.message)
      if (!isKilled || attempt === attemptsMax) throw error
    }
  }
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** `curl -H "Authorization: ..." URL/path` */
export async function get(
  aws: Aws,
  { Url = '' }: Outputs,
  path: string,
  authorization?: string,
): Promise<Answer> {
  const response = await asked(aws, `${Url}${path}`, authorization)
  return { status: response.status, body: await response.json() }
}

/** The status and what the challenge says is wrong. */
export async function refusal(
  aws: Aws,
  { Url = '' }: Outputs,
  path: string,
  authorization: string,
): Promise<readonly [status: number, description: string | undefined]> {
  const response = await asked(aws, `${Url}${path}`, authorization)
  const challenge = response.headers.get('www-authenticate') ?? ''
  return [response.status, /error_description="(.*)"/.exec(challenge)?.[1]]
}

async function asked(aws: Aws, url: string, authorization: string | undefined): Promise<Response> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
  for (let attempt = 1; ; attempt += 1) {
    const response = await aws.fetch(url, { headers })
    // A function that breaks down lets nobody in who may not come in.
    if (response.status < 500 || attempt === attemptsMax) return response
  }
}

export const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized' } }
export const forbidden: Answer = { status: 403, body: { message: 'Forbidden' } }
export const helloAdmin: Answer = { status: 200, body: 'Hello from Admin User' }
export const helloRegular: Answer = { status: 200, body: 'Hello from Regular User' }

/** How often functions behind routes ran: triggers are not among them. */
export function routeInvocations(aws: Aws): number {
  return aws.journal.calls(Invoke).filter(({ caller }) => caller.startsWith('apigateway')).length
}
