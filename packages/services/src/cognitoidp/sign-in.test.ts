import {
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { decoded, password, refusal, start } from './cognito.test-support.ts'

test('a user signs up, confirms by a code of the mail, signs in and refreshes', async () => {
  const { idp, ClientId, UserPoolId, signIn, codeTo, cloud, document } = await start({
    AutoVerifiedAttributes: ['email'],
  })
  const signUp = await idp.send(
    new SignUpCommand({
      ClientId,
      Username: 'ann',
      Password: password,
      UserAttributes: [{ Name: 'email', Value: 'ann@example.com' }],
    }),
  )
  expect(signUp.CodeDeliveryDetails).toEqual({
    Destination: 'a***@e***',
    DeliveryMedium: 'EMAIL',
    AttributeName: 'email',
  })
  expect(await refusal(signIn('ann'))).toEqual([
    'UserNotConfirmedException',
    'User is not confirmed.',
  ])
  const ConfirmationCode = codeTo('ann@example.com')
  await idp.send(new ConfirmSignUpCommand({ ClientId, Username: 'ann', ConfirmationCode }))
  const { AuthenticationResult: tokens = {} } = await signIn('ann')
  const iss = `https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`
  const id = decoded(tokens.IdToken)
  expect(id).toEqual({
    sub: signUp.UserSub,
    email: 'ann@example.com',
    email_verified: true,
    iss,
    'cognito:username': 'ann',
    origin_jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    aud: ClientId,
    event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    token_use: 'id',
    auth_time: 1767225600,
    exp: 1767229200,
    iat: 1767225600,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(decoded(tokens.AccessToken)).toEqual({
    sub: signUp.UserSub,
    iss,
    client_id: ClientId,
    origin_jti: id['origin_jti'],
    event_id: id['event_id'],
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    auth_time: 1767225600,
    exp: 1767229200,
    iat: 1767225600,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    username: 'ann',
  })
  const keys = createLocalJWKSet((await document('jwks.json')) as never)
  const currentDate = new Date(cloud.kernel.clock.nowMs)
  await jwtVerify(tokens.IdToken ?? '', keys, { issuer: iss, audience: ClientId, currentDate })
  await jwtVerify(tokens.AccessToken ?? '', keys, { issuer: iss, currentDate })
  await cloud.advance({ minutes: 10 })
  const AuthParameters = { REFRESH_TOKEN: tokens.RefreshToken ?? '' }
  const refreshed = await idp.send(
    new InitiateAuthCommand({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters }),
  )
  expect(refreshed.AuthenticationResult?.RefreshToken).toBeUndefined()
  expect(decoded(refreshed.AuthenticationResult?.IdToken)).toMatchObject({
    auth_time: 1767225600,
    iat: 1767226200,
    origin_jti: id['origin_jti'],
  })
})
