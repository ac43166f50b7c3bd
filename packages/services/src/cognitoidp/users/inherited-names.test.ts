import {
  AddCustomAttributesCommand,
  AdminAddUserToGroupCommand,
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
  CreateGroupCommand,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  SignUpCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { expect, test } from 'vitest'
import { decoded, password, refusal, start } from '../cognito.test-support.ts'
import { startHosted } from '../hosted/browser.test-support.ts'

/** Names that every object of the language has: to AWS they are names like others. */
const names = ['__proto__', 'constructor', 'toString']

test('users and groups may have them, and tokens name them', async () => {
  const { idp, UserPoolId, newUser, signIn } = await start()
  for (const Username of names) {
    await newUser(Username)
    for (const GroupName of names) {
      if (Username === '__proto__') {
        await idp.send(new CreateGroupCommand({ UserPoolId, GroupName }))
      }
      await idp.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }))
    }
    const { AuthenticationResult } = await signIn(Username)
    const claims = decoded(AuthenticationResult?.IdToken)
    expect([claims['cognito:username'], claims['cognito:groups']]).toEqual([
      Username,
      expect.arrayContaining(names),
    ])
  }
})

test('custom attributes may have them; others are unknown', async () => {
  const { idp, UserPoolId, ClientId, newUser, signIn } = await start()
  await idp.send(
    new AddCustomAttributesCommand({
      UserPoolId,
      CustomAttributes: names.map((Name) => ({ Name, AttributeDataType: 'String', Mutable: true })),
    }),
  )
  await newUser('ana')
  const UserAttributes = names.map((name) => ({ Name: `custom:${name}`, Value: name }))
  await idp.send(
    new AdminUpdateUserAttributesCommand({ UserPoolId, Username: 'ana', UserAttributes }),
  )
  const user = await idp.send(new AdminGetUserCommand({ UserPoolId, Username: 'ana' }))
  expect(user.UserAttributes).toEqual(expect.arrayContaining(UserAttributes))
  const claims = decoded((await signIn('ana')).AuthenticationResult?.IdToken)
  expect(names.map((name) => claims[`custom:${name}`])).toEqual(names)
  for (const Name of names) {
    const given = { UserPoolId, Username: 'ana', UserAttributes: [{ Name, Value: 'x' }] }
    const set = idp.send(new AdminUpdateUserAttributesCommand(given))
    expect((await refusal(set))[0]).toBe('InvalidParameterException')
    const signUp = { ClientId, Username: 'bob', Password: password }
    const made = idp.send(new SignUpCommand({ ...signUp, UserAttributes: [{ Name, Value: 'x' }] }))
    expect((await refusal(made))[0]).toBe('InvalidParameterException')
  }
})

test('resource servers, scopes, and what callers say besides may have them', async () => {
  const { idp, UserPoolId, pool, post, signIn, newUser } = await startHosted()
  const Scopes = names.map((ScopeName) => ({ ScopeName, ScopeDescription: ScopeName }))
  for (const Identifier of names) {
    await idp.send(new CreateResourceServerCommand({ UserPoolId, Identifier, Name: 'x', Scopes }))
  }
  const AllowedOAuthScopes = names.flatMap((it) => names.map((scope) => `${it}/${scope}`))
  const { UserPoolClient } = await idp.send(
    new CreateUserPoolClientCommand({
      ...{ UserPoolId, ClientName: '__proto__', GenerateSecret: true, AllowedOAuthScopes },
      ...{ AllowedOAuthFlows: ['client_credentials'], AllowedOAuthFlowsUserPoolClient: true },
    }),
  )
  const { ClientId: id = '', ClientSecret: secret = '' } = UserPoolClient ?? {}
  const { status, body } = await post('/oauth2/token', {
    ...{ grant_type: 'client_credentials', client_id: id, client_secret: secret },
    ...{ scope: '__proto__/__proto__', aws_client_metadata: '{"__proto__": "x"}' },
  })
  expect([status, decoded(String(body?.['access_token']))['scope']]).toEqual([
    200,
    '__proto__/__proto__',
  ])
  await idp.send(
    new TagResourceCommand({ ResourceArn: pool?.Arn, Tags: { constructor: 'x', toString: 'y' } }),
  )
  await newUser('ana')
  const more = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Record<string, string>
  expect((await signIn('ana', password, more)).AuthenticationResult).toBeDefined()
  for (const ClientId of names) {
    const describe = idp.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }))
    expect((await refusal(describe))[0]).toBe('ResourceNotFoundException')
  }
})
