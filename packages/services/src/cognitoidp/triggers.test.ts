import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  CreateGroupCommand,
  InitiateAuthCommand,
  type LambdaConfigType,
  RespondToAuthChallengeCommand,
  SignUpCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import {
  makeFunction,
  start as startFunctions,
  type TestHandler,
} from '../lambda/functions.test-support.ts'
import { decoded, password, refusal, start } from './cognito.test-support.ts'

type TriggerEvent = Record<string, unknown> & {
  request: Record<string, unknown>
  response: Record<string, unknown>
  triggerSource: string
}

/** A pool whose triggers are handlers of the test, called by their names. */
async function withTriggers(
  handlers: Partial<
    Record<
      keyof LambdaConfigType,
      (event: TriggerEvent, context: { sleep(ms: number): Promise<void> }) => unknown
    >
  >,
  more: Partial<LambdaConfigType> = {},
  permit = true,
) {
  const seen: TriggerEvent[] = []
  const watched = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]): [string, TestHandler] => [
      name,
      (event: TriggerEvent, context) => {
        seen.push(structuredClone(event))
        return handler(event, context)
      },
    ]),
  )
  const made = await startFunctions(watched as never)
  const config: Record<string, string> = {}
  for (const name of Object.keys(handlers)) {
    const { FunctionArn = '' } = await makeFunction(made, name, { Handler: name, Timeout: 60 })
    config[name] = FunctionArn
    if (!permit) continue
    await made.lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: 'cognito',
        Action: 'lambda:InvokeFunction',
        Principal: 'cognito-idp.amazonaws.com',
      }),
    )
  }
  const begun = await start({}, {}, made.cloud)
  const { PreTokenGeneration } = config
  const { PreTokenGenerationConfig, ...rest } = more
  await begun.idp.send(
    new UpdateUserPoolCommand({
      UserPoolId: begun.UserPoolId,
      LambdaConfig: {
        ...config,
        ...rest,
        ...(PreTokenGenerationConfig === undefined
          ? {}
          : {
              PreTokenGenerationConfig: {
                ...PreTokenGenerationConfig,
                LambdaArn: PreTokenGeneration,
              },
            }),
      },
    }),
  )
  return { ...begun, seen, lambda: made.lambda }
}

test('pre token generation, version 1: the ID token alone gets claims, and none of those that are kept', async () => {
  const { newUser, signIn, seen, idp, UserPoolId, ClientId } = await withTriggers({
    PreTokenGeneration: (event) => ({
      ...event,
      response: {
        claimsOverrideDetails: {
          claimsToAddOrOverride: { projects: 'P100,P200', sub: 'forged', aud: 'forged' },
          claimsToSuppress: ['email'],
        },
      },
    }),
  })
  await newUser('user1', { email: 'user1@example.com' })
  await idp.send(new CreateGroupCommand({ UserPoolId, GroupName: 'admin', Precedence: 1 }))
  await idp.send(
    new AdminAddUserToGroupCommand({ UserPoolId, Username: 'user1', GroupName: 'admin' }),
  )
  const { AuthenticationResult = {} } = await signIn('user1')
  const id = decoded(AuthenticationResult.IdToken)
  expect([id['projects'], id['email'], id['aud'], id['cognito:groups']]).toEqual([
    'P100,P200',
    undefined,
    ClientId,
    ['admin'],
  ])
  expect(id['sub']).toMatch(/^[0-9a-f-]{36}$/)
  expect(decoded(AuthenticationResult.AccessToken)['projects']).toBeUndefined()
  expect(seen).toEqual([
    {
      version: '1',
      region: 'us-east-1',
      userPoolId: UserPoolId,
      userName: 'user1',
      callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: ClientId },
      triggerSource: 'TokenGeneration_Authentication',
      request: {
        userAttributes: {
          sub: id['sub'],
          'cognito:user_status': 'CONFIRMED',
          email: 'user1@example.com',
        },
        groupConfiguration: {
          groupsToOverride: ['admin'],
          iamRolesToOverride: [],
          preferredRole: null,
        },
      },
      response: { claimsOverrideDetails: null },
    },
  ])
})

test('pre token generation, version 2: the access token gets claims and scopes', async () => {
  const { newUser, signIn, idp, ClientId, seen } = await withTriggers(
    {
      PreTokenGeneration: (event) => ({
        ...event,
        response: {
          claimsAndScopeOverrideDetails: {
            accessTokenGeneration: {
              claimsToAddOrOverride: { tenant: { id: 7 } },
              scopesToAdd: ['items/read'],
              scopesToSuppress: ['aws.cognito.signin.user.admin'],
            },
          },
        },
      }),
    },
    { PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn: undefined } },
  )
  await newUser('ann')
  const { AuthenticationResult = {} } = await signIn('ann')
  const { tenant, scope } = decoded(AuthenticationResult.AccessToken)
  expect([tenant, scope]).toEqual([{ id: 7 }, 'items/read'])
  const AuthParameters = { REFRESH_TOKEN: AuthenticationResult.RefreshToken ?? '' }
  await idp.send(
    new InitiateAuthCommand({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters }),
  )
  expect(
    seen.map(({ version, triggerSource, request }) => [version, triggerSource, request['scopes']]),
  ).toEqual([
    ['2', 'TokenGeneration_Authentication', ['aws.cognito.signin.user.admin']],
    ['2', 'TokenGeneration_RefreshTokens', ['aws.cognito.signin.user.admin']],
  ])
})

test('a trigger that throws, is not allowed, answers nonsense or nothing in time refuses the sign-in', async () => {
  const throwing = await withTriggers({
    PreAuthentication: () => {
      throw new Error('Not today')
    },
  })
  await throwing.newUser('ann')
  expect(await refusal(throwing.signIn('ann'))).toEqual([
    'UserLambdaValidationException',
    'PreAuthentication failed with error Not today.',
  ])

  const denied = await withTriggers({ PreAuthentication: (event) => event }, {}, false)
  await denied.newUser('ann')
  expect(await refusal(denied.signIn('ann'))).toEqual([
    'UnexpectedLambdaException',
    'PreAuthentication invocation failed due to error AccessDeniedException.',
  ])

  const nonsense = await withTriggers({ PreAuthentication: () => 'yes' })
  await nonsense.newUser('ann')
  expect(await refusal(nonsense.signIn('ann'))).toEqual([
    'InvalidLambdaResponseException',
    'Unrecognizable lambda output',
  ])

  const slow = await withTriggers({
    PreTokenGeneration: async (event, { sleep }) => {
      await sleep(6_000)
      return event
    },
  })
  await slow.newUser('ann')
  expect(await refusal(slow.signIn('ann'))).toEqual([
    'UnexpectedLambdaException',
    'PreTokenGeneration invocation failed due to error Socket timeout while invoking Lambda function.',
  ])
  expect(slow.seen.length).toBe(3)
})

test('pre sign-up confirms, post confirmation hears of it, and a custom message words the invitation', async () => {
  const { idp, ClientId, UserPoolId, seen, signIn, cloud } = await withTriggers({
    PreSignUp: (event) => ({
      ...event,
      response: { autoConfirmUser: true, autoVerifyEmail: true, autoVerifyPhone: false },
    }),
    PostConfirmation: (event) => event,
    CustomMessage: (event) => ({
      ...event,
      response: {
        ...event.response,
        emailSubject: 'Come in',
        emailMessage: 'Hello {username}, say {####} at the door.',
      },
    }),
  })
  const UserAttributes = [{ Name: 'email', Value: 'ann@example.com' }]
  const signUp = { ClientId, Username: 'ann', Password: password, UserAttributes }
  const { UserConfirmed } = await idp.send(new SignUpCommand(signUp))
  expect(UserConfirmed).toBe(true)
  await signIn('ann')
  await idp.send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username: 'bob',
      UserAttributes,
      TemporaryPassword: 'Xy-123456',
    }),
  )
  expect(seen.map(({ triggerSource }) => triggerSource)).toEqual([
    'PreSignUp_SignUp',
    'PostConfirmation_ConfirmSignUp',
    'PreSignUp_AdminCreateUser',
    'CustomMessage_AdminCreateUser',
  ])
  const mail = cloud.kernel.journal.entries.findLast(({ kind }) => kind === 'mail')
  expect(mail?.name).toBe('Come in')
})

test('a custom flow asks what the functions say, and ends as they say', async () => {
  const { newUser, idp, ClientId, seen } = await withTriggers({
    DefineAuthChallenge: (event) => {
      const session = event.request['session'] as { challengeResult: boolean }[]
      const last = session.at(-1)
      return {
        ...event,
        response:
          last === undefined
            ? { challengeName: 'CUSTOM_CHALLENGE', issueTokens: false, failAuthentication: false }
            : {
                challengeName: null,
                issueTokens: last.challengeResult,
                failAuthentication: !last.challengeResult,
              },
      }
    },
    CreateAuthChallenge: (event) => ({
      ...event,
      response: {
        publicChallengeParameters: { question: '2 + 2' },
        privateChallengeParameters: { answer: '4' },
        challengeMetadata: 'SUM',
      },
    }),
    VerifyAuthChallengeResponse: (event) => {
      const { privateChallengeParameters, challengeAnswer } = event.request
      const { answer } = privateChallengeParameters as { answer: string }
      return { ...event, response: { answerCorrect: challengeAnswer === answer } }
    },
  })
  await newUser('ann')
  const begin = () =>
    idp.send(
      new InitiateAuthCommand({
        ClientId,
        AuthFlow: 'CUSTOM_AUTH',
        AuthParameters: { USERNAME: 'ann' },
      }),
    )
  const answer = (Session: string | undefined, ANSWER: string) =>
    idp.send(
      new RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session,
        ChallengeResponses: { USERNAME: 'ann', ANSWER },
      }),
    )
  const first = await begin()
  expect([first.ChallengeName, first.ChallengeParameters]).toEqual([
    'CUSTOM_CHALLENGE',
    { USERNAME: 'ann', question: '2 + 2' },
  ])
  expect(await refusal(answer(first.Session, '5'))).toEqual([
    'NotAuthorizedException',
    'Incorrect username or password.',
  ])
  const { Session } = await begin()
  const { AuthenticationResult } = await answer(Session, '4')
  expect(decoded(AuthenticationResult?.AccessToken)['username']).toBe('ann')
  expect(seen.at(-1)?.request['session']).toEqual([
    { challengeName: 'CUSTOM_CHALLENGE', challengeResult: true, challengeMetadata: 'SUM' },
  ])
  expect(await refusal(answer(Session, '4'))).toEqual([
    'NotAuthorizedException',
    'Invalid session for the user.',
  ])
})

test('a user whom another directory knows comes over at the first sign-in', async () => {
  const { idp, signIn, UserPoolId, ClientId, seen } = await withTriggers({
    UserMigration: (event) => {
      if (event.request['password'] !== password) return event
      return {
        ...event,
        response: {
          userAttributes: { email: 'old@example.com', email_verified: 'true' },
          finalUserStatus: 'CONFIRMED',
          messageAction: 'SUPPRESS',
        },
      }
    },
  })
  expect(await refusal(signIn('old', 'Wrong-pass-1'))).toEqual([
    'UserNotFoundException',
    'User does not exist.',
  ])
  const { AuthenticationResult } = await signIn('old')
  expect(decoded(AuthenticationResult?.IdToken)['email']).toBe('old@example.com')
  await idp.send(
    new AdminInitiateAuthCommand({
      UserPoolId,
      ClientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'old', PASSWORD: password },
    }),
  )
  expect(seen.length).toBe(2)
})

test('a function that is busy is tried three times, and its name is told', async () => {
  const { newUser, signIn, cloud, seen } = await withTriggers({
    PreAuthentication: (event) => event,
  })
  await newUser('ann')
  const outage = cloud.armFault('lambda.Invoke', {
    kind: 'error',
    code: 'TooManyRequestsException',
  })
  expect(await refusal(signIn('ann'))).toEqual([
    'UnexpectedLambdaException',
    'PreAuthentication invocation failed due to error TooManyRequestsException.',
  ])
  cloud.endFault(outage)
  await signIn('ann')
  expect(seen.length).toBe(1)
})
