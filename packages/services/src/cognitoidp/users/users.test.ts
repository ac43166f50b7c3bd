import { createHmac } from 'node:crypto'
import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminResetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  DeleteUserCommand,
  ForgotPasswordCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
  VerifyUserAttributeCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { call } from '@cloud-orrery/cloud'
import { ConfirmForgotPassword } from '@cloud-orrery/models/cognitoidp'
import { expect, test } from 'vitest'
import { decoded, password, refusal, start } from '../cognito.test-support.ts'

test('an administrator makes a user, the mail tells the password, and the first sign-in asks for another', async () => {
  const { idp, UserPoolId, ClientId, signIn, cloud, mailsTo } = await start({
    Schema: [{ Name: 'name', Required: true, Mutable: true, AttributeDataType: 'String' }],
  })
  const UserAttributes = [{ Name: 'email', Value: 'ann@example.com' }]
  const create = new AdminCreateUserCommand({ UserPoolId, Username: 'ann', UserAttributes })
  const { User } = await idp.send(create)
  expect([User?.UserStatus, User?.Enabled]).toEqual(['FORCE_CHANGE_PASSWORD', true])
  const [mail] = mailsTo('ann@example.com')
  expect([mail?.from, mail?.subject]).toEqual([
    'no-reply@verificationemail.com',
    'Your temporary password',
  ])
  const [, name, temporary = ''] =
    /^Your username is (\S+) and temporary password is (\S+)\.$/.exec(mail?.text ?? '') ?? []
  expect(name).toBe('ann')
  const challenge = await signIn('ann', temporary)
  expect([challenge.ChallengeName, challenge.ChallengeParameters]).toEqual([
    'NEW_PASSWORD_REQUIRED',
    {
      USER_ID_FOR_SRP: 'ann',
      requiredAttributes: '["userAttributes.name"]',
      userAttributes: '{"email":"ann@example.com"}',
    },
  ])
  const answered = await idp.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: challenge.Session,
      ChallengeResponses: {
        USERNAME: 'ann',
        NEW_PASSWORD: password,
        'userAttributes.name': 'Ann',
      },
    }),
  )
  expect(decoded(answered.AuthenticationResult?.IdToken)['name']).toBe('Ann')
  expect(await refusal(idp.send(create))).toEqual([
    'UsernameExistsException',
    'User account already exists',
  ])
  const late = { UserPoolId, Username: 'bob', TemporaryPassword: 'Abcdef-123' }
  await idp.send(new AdminCreateUserCommand(late))
  await cloud.advance({ days: 7 })
  expect(await refusal(signIn('bob', 'Abcdef-123'))).toEqual([
    'NotAuthorizedException',
    'Temporary password has expired and must be reset by an administrator.',
  ])
})

test('the fifth wrong password locks a user out for a second, each further one for twice as long', async () => {
  const { newUser, signIn, cloud } = await start()
  await newUser('ann')
  const wrong = ['NotAuthorizedException', 'Incorrect username or password.']
  const locked = ['NotAuthorizedException', 'Password attempts exceeded']
  for (let i = 0; i < 5; i += 1) expect(await refusal(signIn('ann', 'Wrong-1'))).toEqual(wrong)
  expect(await refusal(signIn('ann'))).toEqual(locked)
  await cloud.advance({ seconds: 1 })
  expect(await refusal(signIn('ann', 'Wrong-1'))).toEqual(wrong)
  await cloud.advance({ seconds: 1 })
  expect(await refusal(signIn('ann'))).toEqual(locked)
  await cloud.advance({ seconds: 1 })
  expect((await signIn('ann')).AuthenticationResult?.TokenType).toBe('Bearer')
  expect(await refusal(signIn('ann', 'Wrong-1'))).toEqual(wrong)
  expect((await signIn('ann')).AuthenticationResult?.TokenType).toBe('Bearer')
})

test('a client that hides users answers for those that do not exist as for those that do', async () => {
  const { idp, ClientId, newUser, signIn } = await start(
    {},
    { PreventUserExistenceErrors: 'ENABLED' },
  )
  await newUser('ann')
  expect(await refusal(signIn('nobody'))).toEqual(await refusal(signIn('ann', 'Wrong-1')))
  const { CodeDeliveryDetails } = await idp.send(
    new ForgotPasswordCommand({ ClientId, Username: 'nobody' }),
  )
  expect(CodeDeliveryDetails?.DeliveryMedium).toBe('EMAIL')
  const open = await start()
  expect(await refusal(open.signIn('nobody'))).toEqual([
    'UserNotFoundException',
    'User does not exist.',
  ])
})

test('a client with a secret proves that it knows it', async () => {
  const { newUser, signIn, clientSecret, ClientId } = await start({}, { GenerateSecret: true })
  await newUser('ann')
  expect(await refusal(signIn('ann'))).toEqual([
    'NotAuthorizedException',
    `Client ${ClientId} is configured with secret but SECRET_HASH was not received`,
  ])
  expect(await refusal(signIn('ann', password, { SECRET_HASH: 'x' }))).toEqual([
    'NotAuthorizedException',
    `Unable to verify secret hash for client ${ClientId}`,
  ])
  const SECRET_HASH = createHmac('sha256', clientSecret).update(`ann${ClientId}`).digest('base64')
  const { AuthenticationResult } = await signIn('ann', password, { SECRET_HASH })
  expect(AuthenticationResult?.ExpiresIn).toBe(3600)
})

test('people whose name is their mail address sign in with it, and have a username of their own', async () => {
  const { idp, ClientId, signIn, codeTo } = await start({
    UsernameAttributes: ['email'],
    AutoVerifiedAttributes: ['email'],
    UsernameConfiguration: { CaseSensitive: false },
  })
  const signUp = { ClientId, Username: 'ann@example.com', Password: password }
  const { UserSub } = await idp.send(new SignUpCommand(signUp))
  const ConfirmationCode = codeTo('ann@example.com')
  await idp.send(new ConfirmSignUpCommand({ ClientId, Username: UserSub, ConfirmationCode }))
  const { AuthenticationResult } = await signIn('ANN@example.com')
  expect(decoded(AuthenticationResult?.AccessToken)['username']).toBe(UserSub)
  expect(await refusal(idp.send(new SignUpCommand(signUp)))).toEqual([
    'UsernameExistsException',
    'An account with the given email already exists.',
  ])
  expect(await refusal(idp.send(new SignUpCommand({ ...signUp, Username: 'ann' })))).toEqual([
    'InvalidParameterException',
    'Username should be an email.',
  ])
})

test('passwords that the policy forbids, and attributes that the schema does not have, are refused', async () => {
  const { idp, ClientId } = await start()
  const signUp = (Password: string, UserAttributes: { Name: string; Value: string }[] = []) =>
    refusal(idp.send(new SignUpCommand({ ClientId, Username: 'ann', Password, UserAttributes })))
  const policy = (text: string) => [
    'InvalidPasswordException',
    `Password did not conform with policy: ${text}`,
  ]
  expect(await signUp('short')).toEqual(policy('Password not long enough'))
  expect(await signUp('lowercase-1')).toEqual(policy('Password must have uppercase characters'))
  expect(await signUp('UPPERCASE-1')).toEqual(policy('Password must have lowercase characters'))
  expect(await signUp('No-numbers')).toEqual(policy('Password must have numeric characters'))
  expect(await signUp('NoSymbols1')).toEqual(policy('Password must have symbol characters'))
  expect(await signUp(password, [{ Name: 'custom:none', Value: 'x' }])).toEqual([
    'InvalidParameterException',
    'Attributes did not conform to the schema: custom:none: Attribute does not exist in the schema.\n',
  ])
  expect(await signUp(password, [{ Name: 'email', Value: 'no mail' }])).toEqual([
    'InvalidParameterException',
    'Invalid email address format.',
  ])
  expect(await signUp(password, [{ Name: 'email_verified', Value: 'true' }])).toEqual([
    'NotAuthorizedException',
    'A client attempted to write unauthorized attribute',
  ])
})

test('a forgotten password: a code, five wrong ones at most, an hour of life', async () => {
  const { idp, ClientId, UserPoolId, newUser, signIn, codeTo, cloud } = await start()
  const email = 'ann@example.com'
  await newUser('ann', { email, email_verified: 'true' })
  await newUser('bob')
  const forgot = (Username: string) => idp.send(new ForgotPasswordCommand({ ClientId, Username }))
  const confirm = (ConfirmationCode: string, Password = 'Another-horse-1') =>
    idp.send(
      new ConfirmForgotPasswordCommand({ ClientId, Username: 'ann', ConfirmationCode, Password }),
    )
  expect(await refusal(forgot('bob'))).toEqual([
    'InvalidParameterException',
    'Cannot reset password for the user as there is no registered/verified email or phone_number',
  ])
  await forgot('ann')
  for (let i = 0; i < 5; i += 1) {
    expect(await refusal(confirm('none'))).toEqual([
      'CodeMismatchException',
      'Invalid verification code provided, please try again.',
    ])
  }
  // The SDK would try this again, after seconds.
  const sixth = { ClientId, Username: 'ann', Password: password, ConfirmationCode: codeTo(email) }
  expect(await refusal(call(cloud, ConfirmForgotPassword, sixth))).toEqual([
    'LimitExceededException',
    'Attempt limit exceeded, please try after some time.',
  ])
  await forgot('ann')
  await cloud.advance({ hours: 1 })
  expect(await refusal(confirm(codeTo(email)))).toEqual([
    'ExpiredCodeException',
    'Invalid code provided, please request a code again.',
  ])
  await forgot('ann')
  await confirm(codeTo(email))
  await signIn('ann', 'Another-horse-1')
  await idp.send(new AdminResetUserPasswordCommand({ UserPoolId, Username: 'ann' }))
  expect(await refusal(signIn('ann', 'Another-horse-1'))).toEqual([
    'PasswordResetRequiredException',
    'Password reset required for the user',
  ])
  await confirm(codeTo(email))
  await signIn('ann', 'Another-horse-1')
})

test('access tokens end by their time, by revocation, by global sign-out, and with the user', async () => {
  const { idp, ClientId, UserPoolId, newUser, signIn, cloud } = await start()
  await newUser('ann')
  const tokens = async () => (await signIn('ann')).AuthenticationResult ?? {}
  const read = (AccessToken = '') => idp.send(new GetUserCommand({ AccessToken }))
  const refreshed = (RefreshToken = '') =>
    idp.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }))
  const denied = (message: string) => ['NotAuthorizedException', message]
  const first = await tokens()
  expect((await read(first.AccessToken)).Username).toBe('ann')
  expect(await refusal(read(first.IdToken))).toEqual(denied('Invalid Access Token'))
  expect(await refusal(read(`${first.AccessToken}x`))).toEqual(denied('Invalid Access Token'))
  await idp.send(new RevokeTokenCommand({ ClientId, Token: first.RefreshToken }))
  expect(await refusal(read(first.AccessToken))).toEqual(denied('Access Token has been revoked'))
  expect(await refusal(refreshed(first.RefreshToken))).toEqual(
    denied('Refresh Token has been revoked'),
  )
  const second = await tokens()
  await idp.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username: 'ann' }))
  expect(await refusal(read(second.AccessToken))).toEqual(denied('Access Token has been revoked'))
  const third = await tokens()
  await cloud.advance({ hours: 1 })
  expect(await refusal(read(third.AccessToken))).toEqual(denied('Access Token has expired'))
  expect((await refreshed(third.RefreshToken)).AuthenticationResult?.TokenType).toBe('Bearer')
  await cloud.advance({ days: 30 })
  expect(await refusal(refreshed(third.RefreshToken))).toEqual(denied('Refresh Token has expired'))
  const fourth = await tokens()
  const { AccessToken } = fourth
  const ProposedPassword = 'Another-horse-1'
  const change = { AccessToken, PreviousPassword: password, ProposedPassword }
  await idp.send(new ChangePasswordCommand(change))
  expect(await refusal(signIn('ann'))).toEqual(denied('Incorrect username or password.'))
  await idp.send(new DeleteUserCommand({ AccessToken }))
  expect(await refusal(read(AccessToken))).toEqual([
    'UserNotFoundException',
    'User does not exist.',
  ])
})

test('a client that rotates gives a new refresh token each time; the old one lasts for its grace', async () => {
  const { idp, ClientId, newUser, signIn, cloud } = await start(
    {},
    {
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 30 },
    },
  )
  await newUser('ann')
  const first = (await signIn('ann')).AuthenticationResult?.RefreshToken ?? ''
  const refresh = (RefreshToken: string) =>
    idp.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }))
  const second = (await refresh(first)).AuthenticationResult?.RefreshToken ?? ''
  expect(second).not.toBe(first)
  // Whoever got no answer tries again, and once more.
  await cloud.advance({ seconds: 20 })
  const third = (await refresh(first)).AuthenticationResult?.RefreshToken ?? ''
  const fourth = (await refresh(first)).AuthenticationResult?.RefreshToken ?? ''
  expect(new Set([first, second, third, fourth]).size).toBe(4)
  await cloud.advance({ seconds: 10 })
  expect((await refusal(refresh(first)))[0]).toBe('RefreshTokenReuseException')
  expect((await refresh(second)).AuthenticationResult?.TokenType).toBe('Bearer')
  const AuthParameters = { REFRESH_TOKEN: second }
  const old = new InitiateAuthCommand({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters })
  expect((await refusal(idp.send(old)))[0]).toBe('InvalidParameterException')
})

test('a new address counts once its code has come back, and until then the old one stays', async () => {
  const { idp, UserPoolId, newUser, signIn, codeTo } = await start({
    AutoVerifiedAttributes: ['email'],
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
  })
  await newUser('ann', { email: 'old@example.com', email_verified: 'true' })
  const { AccessToken } = (await signIn('ann')).AuthenticationResult ?? {}
  const UserAttributes = [{ Name: 'email', Value: 'new@example.com' }]
  const update = new UpdateUserAttributesCommand({ AccessToken, UserAttributes })
  expect((await idp.send(update)).CodeDeliveryDetailsList).toEqual([
    { Destination: 'n***@e***', DeliveryMedium: 'EMAIL', AttributeName: 'email' },
  ])
  const email = async () => {
    const user = await idp.send(new AdminGetUserCommand({ UserPoolId, Username: 'ann' }))
    return user.UserAttributes?.slice(1)
  }
  expect(await email()).toEqual([
    { Name: 'email', Value: 'old@example.com' },
    { Name: 'email_verified', Value: 'true' },
  ])
  const Code = codeTo('new@example.com')
  await idp.send(new VerifyUserAttributeCommand({ AccessToken, AttributeName: 'email', Code }))
  expect(await email()).toEqual([
    { Name: 'email', Value: 'new@example.com' },
    { Name: 'email_verified', Value: 'true' },
  ])
})

test('users are listed in order of their names, page by page, and found by their attributes', async () => {
  const { idp, UserPoolId, newUser } = await start()
  for (const name of ['cleo', 'ann', 'bob', 'bert']) {
    await newUser(name, { email: `${name}@example.com` })
  }
  await idp.send(new AdminDisableUserCommand({ UserPoolId, Username: 'bert' }))
  const list = async (Filter?: string, Limit?: number, PaginationToken?: string) => {
    const page = { UserPoolId, Filter, Limit, PaginationToken }
    const found = await idp.send(new ListUsersCommand(page))
    return { names: found.Users?.map(({ Username }) => Username), next: found.PaginationToken }
  }
  const first = await list(undefined, 3)
  expect(first.names).toEqual(['ann', 'bert', 'bob'])
  expect(await list(undefined, 3, first.next)).toEqual({ names: ['cleo'], next: undefined })
  expect((await list('email = "bob@example.com"')).names).toEqual(['bob'])
  expect((await list('username ^= "b"')).names).toEqual(['bert', 'bob'])
  expect((await list('status = "Disabled"')).names).toEqual(['bert'])
  const byMail = await list('email ^= "b"', 1)
  expect(byMail.names).toEqual(['bert'])
  expect(await list('email ^= "b"', 1, byMail.next)).toEqual({ names: ['bob'], next: undefined })
  expect(await refusal(list('name like "x"'))).toEqual([
    'InvalidParameterException',
    'Error while parsing filter.',
  ])
})
