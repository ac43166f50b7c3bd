import {
  AddUserPoolClientSecretCommand,
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  type AdminCreateUserCommandInput,
  CreateGroupCommand,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { call } from '@cloud-orrery/cloud'
import { AddUserPoolClientSecret } from '@cloud-orrery/models/cognitoidp'
import { expect, test } from 'vitest'
import { decoded, refusal, start } from '../cognito.test-support.ts'

test('settings of a client that cannot be are refused', async () => {
  const { idp, UserPoolId, cloud } = await start()
  const made = (settings: Partial<CreateUserPoolClientCommandInput>) =>
    refusal(idp.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'c', ...settings })))
  const hosted = {
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code' as const],
    AllowedOAuthScopes: ['openid'],
  }
  expect(await made({ ...hosted, CallbackURLs: ['http://app.example.com/'] })).toEqual([
    'InvalidParameterException',
    'http://app.example.com/  cannot use the HTTP protocol.',
  ])
  const CallbackURLs = ['http://localhost:8081/']
  expect(await made({ ...hosted, CallbackURLs, AllowedOAuthScopes: ['api/read'] })).toEqual([
    'ScopeDoesNotExistException',
    'Invalid scope requested: api/read',
  ])
  expect(await made({ ...hosted, AllowedOAuthFlows: ['client_credentials'] })).toEqual([
    'InvalidOAuthFlowException',
    'client_credentials flow can not be selected if client does not have a client secret.',
  ])
  expect(
    (await made({ AccessTokenValidity: 2, TokenValidityUnits: { AccessToken: 'days' } }))[0],
  ).toBe('InvalidParameterException')
  expect(await made({ SupportedIdentityProviders: ['Google'] })).toEqual([
    'InvalidParameterException',
    `The provider Google does not exist for User Pool ${UserPoolId}.`,
  ])
  const Scopes = [{ ScopeName: 'read', ScopeDescription: 'r' }]
  const server = { UserPoolId, Identifier: 'api', Name: 'api', Scopes }
  await idp.send(new CreateResourceServerCommand(server))
  const { UserPoolClient } = await idp.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'machine',
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['api/read'],
    }),
  )
  const second = { UserPoolId, ClientId: UserPoolClient?.ClientId }
  const { ClientSecretDescriptor } = await idp.send(new AddUserPoolClientSecretCommand(second))
  expect(ClientSecretDescriptor?.ClientSecretValue).toMatch(/^[a-z0-9]{52}$/)
  // The SDK would try this again, after seconds.
  const ClientId = UserPoolClient?.ClientId ?? ''
  const third = call(cloud, AddUserPoolClientSecret, { UserPoolId, ClientId })
  expect((await refusal(third))[0]).toBe('LimitExceededException')
})

test('a domain is one everywhere, has no reserved word, and keeps its pool from being deleted', async () => {
  const { idp, UserPoolId, cloud } = await start()
  const other = await start({}, {}, cloud)
  const create = (Domain: string, id = UserPoolId) =>
    idp.send(new CreateUserPoolDomainCommand({ Domain, UserPoolId: id }))
  expect(await refusal(create('my-cognito-login'))).toEqual([
    'InvalidParameterException',
    'Domain cannot contain reserved word: cognito',
  ])
  await create('people')
  expect(await refusal(create('people', other.UserPoolId))).toEqual([
    'InvalidParameterException',
    'Domain already associated with another user pool.',
  ])
  expect(await refusal(idp.send(new DeleteUserPoolCommand({ UserPoolId })))).toEqual([
    'InvalidParameterException',
    'User pool cannot be deleted. It has a domain configured that should be deleted first.',
  ])
  const { UserPoolId: id } = other
  await idp.send(new UpdateUserPoolCommand({ UserPoolId: id, DeletionProtection: 'ACTIVE' }))
  expect(await refusal(idp.send(new DeleteUserPoolCommand({ UserPoolId: id })))).toEqual([
    'InvalidParameterException',
    'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
  ])
})

test('the group with the lowest precedence gives the preferred role', async () => {
  const { idp, UserPoolId, newUser, signIn } = await start()
  await newUser('ann')
  const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`
  for (const [GroupName, Precedence] of [
    ['guests', 9],
    ['admins', 1],
  ] as const) {
    const group = { UserPoolId, GroupName, Precedence, RoleArn: role(GroupName) }
    await idp.send(new CreateGroupCommand(group))
    await idp.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: 'ann', GroupName }))
  }
  const { AuthenticationResult } = await signIn('ann')
  const id = decoded(AuthenticationResult?.IdToken)
  expect([id['cognito:groups'], id['cognito:roles'], id['cognito:preferred_role']]).toEqual([
    ['admins', 'guests'],
    [role('admins'), role('guests')],
    role('admins'),
  ])
})

test('an alias is of one user alone, unless it is taken by force', async () => {
  const { idp, UserPoolId, signIn, newUser } = await start({ AliasAttributes: ['email'] })
  await newUser('ann', { email: 'ann@example.com', email_verified: 'true' })
  expect((await signIn('ann@example.com')).AuthenticationResult?.TokenType).toBe('Bearer')
  const UserAttributes = [
    { Name: 'email', Value: 'ann@example.com' },
    { Name: 'email_verified', Value: 'true' },
  ]
  const create = (more: Partial<AdminCreateUserCommandInput>) => {
    const user = { UserPoolId, Username: 'bob', UserAttributes, MessageAction: 'SUPPRESS' as const }
    return idp.send(new AdminCreateUserCommand({ ...user, ...more }))
  }
  expect(await refusal(create({}))).toEqual([
    'AliasExistsException',
    'An account with the email already exists.',
  ])
  expect(await refusal(create({ Username: 'x@example.com' }))).toEqual([
    'InvalidParameterException',
    'Username cannot be of email format, since user pool is configured for email alias.',
  ])
  await create({ ForceAliasCreation: true })
  expect((await refusal(signIn('ann@example.com')))[1]).toBe('Incorrect username or password.')
})

test('the plan Lite has no access token customization; an update sets back what it leaves out', async () => {
  const { idp, UserPoolId } = await start()
  const LambdaArn = 'arn:aws:lambda:us-east-1:123456789012:function:f'
  const PreTokenGenerationConfig = { LambdaVersion: 'V2_0' as const, LambdaArn }
  const lite = {
    PoolName: 'lite',
    UserPoolTier: 'LITE' as const,
    LambdaConfig: { PreTokenGenerationConfig },
  }
  expect((await refusal(idp.send(new CreateUserPoolCommand(lite))))[0]).toBe(
    'FeatureUnavailableInTierException',
  )
  const AutoVerifiedAttributes = ['email' as const]
  await idp.send(new UpdateUserPoolCommand({ UserPoolId, AutoVerifiedAttributes }))
  const read = async () => (await idp.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool
  expect((await read())?.AutoVerifiedAttributes).toEqual(['email'])
  await idp.send(new UpdateUserPoolCommand({ UserPoolId }))
  const pool = await read()
  expect([pool?.AutoVerifiedAttributes, pool?.UserPoolTier, pool?.Name]).toEqual([
    undefined,
    'ESSENTIALS',
    'people',
  ])
})
