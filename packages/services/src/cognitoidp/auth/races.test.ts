import {
  AdminDeleteUserCommand,
  AdminUserGlobalSignOutCommand,
  AssociateSoftwareTokenCommand,
  CreateUserPoolClientCommand,
  GetTokensFromRefreshTokenCommand,
  InitiateAuthCommand,
  type LambdaConfigType,
  RespondToAuthChallengeCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { makeFunction, start as startFunctions } from '../../lambda/functions.test-support.ts'
import { password, refusal, start } from '../cognito.test-support.ts'
import { callback, startHosted } from '../hosted/browser.test-support.ts'
import { totp } from './totp.ts'

type Handler = (event: { readonly response: object; readonly triggerSource: string }) => unknown

/** A pool with one trigger, and a client that rotates refresh tokens without grace. */
async function withTrigger(name: keyof LambdaConfigType, handler: Handler) {
  const made = await startFunctions({ [name]: handler } as never)
  const { FunctionArn } = await makeFunction(made, name, { Handler: name, Timeout: 60 })
  await made.lambda.send(
    new AddPermissionCommand({
      ...{ FunctionName: name, StatementId: 'cognito', Action: 'lambda:InvokeFunction' },
      Principal: 'cognito-idp.amazonaws.com',
    }),
  )
  const begun = await start({}, {}, made.cloud)
  const { idp, UserPoolId } = begun
  await idp.send(new UpdateUserPoolCommand({ UserPoolId, LambdaConfig: { [name]: FunctionArn } }))
  const { UserPoolClient } = await idp.send(
    new CreateUserPoolClientCommand({
      ...{ UserPoolId, ClientName: 'rotating' },
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
    }),
  )
  const ClientId = UserPoolClient?.ClientId ?? ''
  const signIn = (PASSWORD = password) =>
    idp.send(
      new InitiateAuthCommand({
        ...{ ClientId, AuthFlow: 'USER_PASSWORD_AUTH' },
        AuthParameters: { USERNAME: 'ann', PASSWORD },
      }),
    )
  const refresh = (RefreshToken = '') =>
    idp.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }))
  return { ...begun, signIn, refresh }
}

/** What the next call of a function waits for. */
let during: () => Promise<unknown> = async () => undefined

const slow: Handler = async (event) => {
  const work = during
  during = async () => undefined
  await work()
  return event
}

test('of two refreshes at once with one rotating token, one comes through', async () => {
  const { newUser, signIn, refresh } = await withTrigger('PreTokenGeneration', slow)
  await newUser('ann')
  const { AuthenticationResult } = await signIn()
  const token = AuthenticationResult?.RefreshToken
  let inner: Awaited<ReturnType<typeof refresh>> | undefined
  during = async () => {
    inner = await refresh(token)
  }
  expect((await refusal(refresh(token)))[0]).toBe('RefreshTokenReuseException')
  const next = await refresh(inner?.AuthenticationResult?.RefreshToken)
  expect(next.AuthenticationResult?.RefreshToken).toBeDefined()
})

test('a sign-out during a refresh holds', async () => {
  const { newUser, signIn, refresh, idp, UserPoolId } = await withTrigger(
    'PreTokenGeneration',
    slow,
  )
  await newUser('ann')
  const { AuthenticationResult } = await signIn()
  const token = AuthenticationResult?.RefreshToken
  during = () => idp.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username: 'ann' }))
  const revoked = ['NotAuthorizedException', 'Refresh Token has been revoked']
  expect(await refusal(refresh(token))).toEqual(revoked)
  expect(await refusal(refresh(token))).toEqual(revoked)
})

test('a user deleted during a sign-in gets no tokens', async () => {
  const { newUser, signIn, idp, UserPoolId } = await withTrigger('PreTokenGeneration', slow)
  await newUser('ann')
  during = () => idp.send(new AdminDeleteUserCommand({ UserPoolId, Username: 'ann' }))
  expect((await refusal(signIn()))[0]).toBe('UserNotFoundException')
})

test('guesses that wait for a function together count as those that come one by one', async () => {
  const { newUser, signIn } = await withTrigger('PreAuthentication', slow)
  await newUser('ann')
  const guesses = [1, 2, 3, 4, 5, 6, 7].map((guess) => refusal(signIn(`Wrong-guess-${guess}`)))
  const refusals = (await Promise.all(guesses)).map(([, text]) => text)
  expect(refusals.filter((text) => text === 'Password attempts exceeded').length).toBe(2)
})

test('what was begun for a deleted user opens nothing to another one of the name', async () => {
  const begun = await startHosted()
  const { idp, UserPoolId, ClientId, newUser, browser } = begun
  await newUser('ann')
  await browser.open(begun.authorizeUrl())
  const { url } = await browser.submit({ username: 'ann', password })
  const code = url.searchParams.get('code')
  expect(code).not.toBeNull()
  await idp.send(
    new SetUserPoolMfaConfigCommand({
      ...{ UserPoolId, MfaConfiguration: 'ON' },
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  const { Session } = await begun.signIn('ann')
  await idp.send(new AdminDeleteUserCommand({ UserPoolId, Username: 'ann' }))
  await newUser('ann')
  expect((await refusal(idp.send(new AssociateSoftwareTokenCommand({ Session }))))[0]).toBe(
    'NotAuthorizedException',
  )
  const { status } = await begun.post('/oauth2/token', {
    ...{ grant_type: 'authorization_code', client_id: ClientId, code: code ?? '' },
    redirect_uri: callback,
  })
  expect(status).toBe(400)
  const again = await browser.open(begun.authorizeUrl())
  expect(again.url.pathname).toBe('/login')
})

test('an authenticator that was verified some day does not stand for one that is shown now', async () => {
  const { idp, UserPoolId, ClientId, newUser, signIn, cloud } = await start()
  const mfa = (MfaConfiguration: 'ON' | 'OPTIONAL') =>
    idp.send(
      new SetUserPoolMfaConfigCommand({
        ...{ UserPoolId, MfaConfiguration },
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    )
  await mfa('OPTIONAL')
  await newUser('ann')
  const { AuthenticationResult } = await signIn('ann')
  const AccessToken = AuthenticationResult?.AccessToken
  const { SecretCode = '' } = await idp.send(new AssociateSoftwareTokenCommand({ AccessToken }))
  const UserCode = totp(SecretCode, cloud.kernel.clock.nowMs)
  await idp.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode }))
  await mfa('ON')
  const { ChallengeName, Session } = await signIn('ann')
  expect(ChallengeName).toBe('MFA_SETUP')
  const answer = new RespondToAuthChallengeCommand({
    ...{ ClientId, ChallengeName, Session },
    ChallengeResponses: { USERNAME: 'ann' },
  })
  expect((await refusal(idp.send(answer)))[0]).toBe('NotAuthorizedException')
})

test('a factor that a custom flow asks for is not passed over where the user has none', async () => {
  const { newUser, idp, ClientId } = await withTrigger('DefineAuthChallenge', (event) => ({
    ...event,
    response: { challengeName: 'SMS_MFA', issueTokens: false, failAuthentication: false },
  }))
  await newUser('ann')
  const begin = new InitiateAuthCommand({
    ...{ ClientId, AuthFlow: 'CUSTOM_AUTH' },
    AuthParameters: { USERNAME: 'ann' },
  })
  expect((await refusal(idp.send(begin)))[0]).toBe('InvalidLambdaResponseException')
})
