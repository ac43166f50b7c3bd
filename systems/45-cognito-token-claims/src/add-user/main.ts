import { createInterface } from 'node:readline/promises'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { outputsOf } from '../stack-outputs.ts'
import { AddUserError, addUser } from './logic.ts'

// npm run add-user [-- STACK]: asks for a user's name, email, password and projects, and adds the user.
const { UserPoolId = '', UserInfoTable = '' } = await outputsOf(
  process.argv[2] ?? 'ProjectsInAccessToken',
)
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const user = {
  userName: await terminal.question('User name: '),
  email: await terminal.question('Email: '),
  password: await terminal.question('Password (12 characters or more, it is shown): '),
  projects: await terminal.question('Projects (P100,P200): '),
}
terminal.close()
const clients = {
  cognito: new CognitoIdentityProviderClient({}),
  dynamodb: new DynamoDBClient({}),
}
try {
  await addUser(clients, { userPoolId: UserPoolId, userInfoTable: UserInfoTable }, user)
  console.log(`${user.userName} may sign in.`)
} catch (error) {
  if (!(error instanceof AddUserError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
