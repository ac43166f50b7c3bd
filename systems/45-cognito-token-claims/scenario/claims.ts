import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthCommandInput,
} from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetItem, PutItem, UpdateItem } from '@cloud-orrery/models/dynamodb'
import { type Aws, system } from '@cloud-orrery/vitest/scenario'
import { decodeJwt } from 'jose'
import { addUser, type NewUser } from '../src/add-user/logic.ts'
import { type Outputs, outputsOf } from '../src/stack-outputs.ts'

export type { Outputs }

const folder = new URL('..', import.meta.url).pathname

export const idTokenStack = 'ProjectsInIdToken'
export const accessTokenStack = 'ProjectsInAccessToken'

export const password = 'Str0ng-enough-for-all'

const records = { D1: 'Ground plan', D2: 'Site diary' }

/** Both forms, each with records of three projects and `user1`, who has two of them. */
export const claims = system({
  name: '45-cognito-token-claims',
  async setUp(aws) {
    await aws.deploy(folder)
    const client = aws.client(CloudFormationClient)
    const post = await outputsOf(idTokenStack, client)
    const today = await outputsOf(accessTokenStack, client)
    for (const outputs of [post, today]) {
      await add(aws, outputs, { userName: 'user1', projects: 'P100,P200' })
      for (const projectId of ['P100', 'P200', 'P300']) await addRecords(aws, outputs, projectId)
    }
    return { post, today }
  },
})

async function addRecords(
  aws: Aws,
  { ItemsTable = '' }: Outputs,
  projectId: string,
): Promise<void> {
  for (const [itemId, title] of Object.entries(records)) {
    await aws.call(PutItem, {
      TableName: ItemsTable,
      Item: { projectId: { S: projectId }, itemId: { S: itemId }, title: { S: title } },
    })
  }
}

/** What the API answers of these projects. */
export function recordsOf(...projectIds: readonly string[]) {
  return projectIds.flatMap((projectId) =>
    Object.entries(records).map(([itemId, title]) => ({ projectId, itemId, title })),
  )
}

/** The operator's step, with the defaults of these scenarios. */
export async function add(
  aws: Aws,
  { UserPoolId = '', UserInfoTable = '' }: Outputs,
  user: Partial<NewUser> & Pick<NewUser, 'userName'>,
): Promise<void> {
  const clients = { cognito: cognito(aws), dynamodb: aws.client(DynamoDBClient) }
  const place = { userPoolId: UserPoolId, userInfoTable: UserInfoTable }
  const email = `${user.userName}@example.com`
  await addUser(clients, place, { email, password, projects: 'P100', ...user })
}

export function cognito(aws: Aws): CognitoIdentityProviderClient {
  return aws.client(CognitoIdentityProviderClient)
}

/** What is broken down is asked again, as people and their clients do. */
export const attemptsMax = 4

export interface Tokens {
  readonly idToken: string
  readonly accessToken: string
  readonly refreshToken: string
}

type Grant =
  | { readonly username: string; readonly metadata?: string }
  | { readonly refreshToken: string }

/** Tokens for a password or for a refresh token. */
export async function tokensFor(aws: Aws, { ClientId }: Outputs, grant: Grant): Promise<Tokens> {
  const input: Omit<InitiateAuthCommandInput, 'ClientId'> =
    'refreshToken' in grant
      ? {
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          AuthParameters: { REFRESH_TOKEN: grant.refreshToken },
        }
      : {
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: grant.username, PASSWORD: password },
          ClientMetadata: { projects: grant.metadata ?? '' },
        }
  const { AuthenticationResult } = await againWhenKilled(() =>
    cognito(aws).send(new InitiateAuthCommand({ ClientId, ...input })),
  )
  const { IdToken = '', AccessToken = '', RefreshToken = '' } = AuthenticationResult ?? {}
  return { idToken: IdToken, accessToken: AccessToken, refreshToken: RefreshToken }
}

/** A trigger whose process dies gives no token. */
async function againWhenKilled<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const isKilled = error instanceof Error && /Runtime exited|signal: killed/.test(error.message)
      if (!isKilled || attempt === attemptsMax) throw error
    }
  }
}

/** The claims of this system in a token; absent ones are left out. */
export function ours(token: string): Record<string, unknown> {
  const { userName, projects, projectsState } = decodeJwt(token)
  const found = Object.entries({ userName, projects, projectsState })
  return Object.fromEntries(found.filter(([, value]) => value !== undefined))
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
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
  const response = await againWhileDown(() => aws.fetch(`${Url}${path}`, { headers }))
  return { status: response.status, body: await response.json() }
}

/** Asks again while the function behind it breaks down: such an answer lets nobody in who may not come in. */
export async function againWhileDown<T extends { readonly status: number }>(
  ask: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask()
    if (answer.status < 500 || attempt === attemptsMax) return answer
  }
}

export const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized' } }

export function ok(...projectIds: readonly string[]): Answer {
  return { status: 200, body: { items: recordsOf(...projectIds) } }
}

export function forbidden(message: string): Answer {
  return { status: 403, body: { message } }
}

/** How often users' projects were read from the table, from the journal of all calls. */
export function lookups(aws: Aws, { UserInfoTable }: Outputs): number {
  return aws.journal.calls(GetItem).filter(({ input }) => input.TableName === UserInfoTable).length
}

/** The operator gives a user other projects. */
export async function setProjects(
  aws: Aws,
  { UserInfoTable = '' }: Outputs,
  userName: string,
  projects: string,
): Promise<void> {
  await aws.call(UpdateItem, {
    TableName: UserInfoTable,
    Key: { userName: { S: userName } },
    UpdateExpression: 'SET projects = :projects',
    ExpressionAttributeValues: { ':projects': { S: projects } },
  })
}
