import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider'
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'

export interface NewUser {
  readonly userName: string
  readonly email: string
  readonly password: string
  /** `P100,P200` */
  readonly projects: string
}

/** Where a user goes: both are outputs of the stack. */
export interface Place {
  readonly userPoolId: string
  readonly userInfoTable: string
}

export interface Clients {
  readonly cognito: CognitoIdentityProviderClient
  readonly dynamodb: DynamoDBClient
}

/** What went wrong, in words for whoever typed the name. */
export class AddUserError extends Error {}

/**
 * Adds one user to the pool and to the table, or to neither: where a later step fails, the pool's user is removed again.
 * Throws AddUserError.
 */
export async function addUser(clients: Clients, place: Place, user: NewUser): Promise<void> {
  await create(clients, place, user)
  try {
    await setPassword(clients, place, user)
    await putItem(clients, place, user)
  } catch (error) {
    await clients.cognito.send(
      new AdminDeleteUserCommand({ UserPoolId: place.userPoolId, Username: user.userName }),
    )
    const reason = error instanceof Error ? error.message : String(error)
    throw new AddUserError(`${user.userName} was not added: ${reason}`, { cause: error })
  }
}

async function create({ cognito }: Clients, { userPoolId }: Place, user: NewUser): Promise<void> {
  const { userName, email } = user
  try {
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: userPoolId,
        Username: userName,
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
        ],
        MessageAction: 'SUPPRESS',
      }),
    )
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error
    throw new AddUserError(`There is a user ${userName} already. Nothing was changed.`, {
      cause: error,
    })
  }
}

async function setPassword(
  { cognito }: Clients,
  { userPoolId }: Place,
  { userName, password }: NewUser,
): Promise<void> {
  await cognito.send(
    new AdminSetUserPasswordCommand({
      UserPoolId: userPoolId,
      Username: userName,
      Password: password,
      Permanent: true,
    }),
  )
}

async function putItem(
  { dynamodb }: Clients,
  { userInfoTable }: Place,
  { userName, projects }: NewUser,
): Promise<void> {
  await dynamodb.send(
    new PutItemCommand({
      TableName: userInfoTable,
      Item: { userName: { S: userName }, projects: { S: projects } },
      // Rights that were left from a user of that name before are not handed on.
      ConditionExpression: 'attribute_not_exists(userName)',
    }),
  )
}
