import {
  AdminSetUserMFAPreferenceCommand,
  AssociateSoftwareTokenCommand,
  type AuthFactorType,
  type ChallengeNameType,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SetUserMFAPreferenceCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { decoded, refusal, start } from '../cognito.test-support.ts'
import { totp } from './totp.ts'

type Begun = Awaited<ReturnType<typeof start>>

const answering =
  ({ idp, ClientId }: Begun, USERNAME: string) =>
  (
    ChallengeName: ChallengeNameType,
    Session: string | undefined,
    responses: Record<string, string>,
  ) =>
    idp.send(
      new RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName,
        Session,
        ChallengeResponses: { USERNAME, ...responses },
      }),
    )

test('where MFA is required, the first sign-in sets up an authenticator, and each code is taken once', async () => {
  const begun = await start()
  const { idp, UserPoolId, newUser, signIn, cloud } = begun
  await idp.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId,
      SoftwareTokenMfaConfiguration: { Enabled: true },
      MfaConfiguration: 'ON',
    }),
  )
  await newUser('ann')
  const answer = answering(begun, 'ann')
  const first = await signIn('ann')
  expect([first.ChallengeName, first.ChallengeParameters]).toEqual([
    'MFA_SETUP',
    { USER_ID_FOR_SRP: 'ann', MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
  ])
  expect((await refusal(answer('MFA_SETUP', first.Session, {})))[0]).toBe('NotAuthorizedException')
  const { Session } = await signIn('ann')
  const associated = await idp.send(new AssociateSoftwareTokenCommand({ Session }))
  const secret = associated.SecretCode ?? ''
  const code = () => totp(secret, cloud.kernel.clock.nowMs)
  const wrong = { Session: associated.Session, UserCode: '000000' }
  expect(await refusal(idp.send(new VerifySoftwareTokenCommand(wrong)))).toEqual([
    'EnableSoftwareTokenMFAException',
    'Code mismatch',
  ])
  const verified = await idp.send(
    new VerifySoftwareTokenCommand({ Session: associated.Session, UserCode: code() }),
  )
  const { AuthenticationResult } = await answer('MFA_SETUP', verified.Session, {})
  expect(decoded(AuthenticationResult?.AccessToken)['username']).toBe('ann')

  const again = await signIn('ann')
  expect(again.ChallengeName).toBe('SOFTWARE_TOKEN_MFA')
  const responses = { SOFTWARE_TOKEN_MFA_CODE: '000000' }
  expect(await refusal(answer('SOFTWARE_TOKEN_MFA', again.Session, responses))).toEqual([
    'CodeMismatchException',
    'Invalid code or auth state for the user.',
  ])
  const SOFTWARE_TOKEN_MFA_CODE = code()
  await answer('SOFTWARE_TOKEN_MFA', again.Session, { SOFTWARE_TOKEN_MFA_CODE })
  const third = await signIn('ann')
  const used = answer('SOFTWARE_TOKEN_MFA', third.Session, { SOFTWARE_TOKEN_MFA_CODE })
  expect(await refusal(used)).toEqual([
    'ExpiredCodeException',
    'Your software token has already been used once.',
  ])
  await cloud.advance({ seconds: 30 })
  await answer('SOFTWARE_TOKEN_MFA', third.Session, { SOFTWARE_TOKEN_MFA_CODE: code() })
  const fourth = await signIn('ann')
  await cloud.advance({ minutes: 3 })
  expect(
    await refusal(
      answer('SOFTWARE_TOKEN_MFA', fourth.Session, { SOFTWARE_TOKEN_MFA_CODE: code() }),
    ),
  ).toEqual(['NotAuthorizedException', 'Invalid session for the user, session is expired.'])
})

/** A role with which Cognito may publish, if the condition of its trust policy holds. */
async function smsRole(cloud: Begun['cloud'], externalId: string): Promise<string> {
  const iam = client(cloud, IAMClient)
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'cognito-idp.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': externalId } },
    },
  })
  const RoleName = 'texts'
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sns:Publish', Resource: '*' },
  })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
  return Role?.Arn ?? ''
}

test('text messages go out with the role of the pool, which has to trust Cognito', async () => {
  const begun = await start()
  const { idp, UserPoolId, newUser, signIn, lastSms, cloud } = begun
  const SnsCallerArn = await smsRole(cloud, 'the-pool')
  const set = (ExternalId: string) =>
    idp.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId,
        SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn, ExternalId } },
        SoftwareTokenMfaConfiguration: { Enabled: true },
        MfaConfiguration: 'OPTIONAL',
      }),
    )
  await set('another')
  await newUser('ann', { phone_number: '+15550001234' })
  const SMSMfaSettings = { Enabled: true, PreferredMfa: true }
  const prefer = { UserPoolId, Username: 'ann', SMSMfaSettings }
  await idp.send(new AdminSetUserMFAPreferenceCommand(prefer))
  expect((await refusal(signIn('ann')))[0]).toBe('InvalidSmsRoleTrustRelationshipException')
  await set('the-pool')
  const challenge = await signIn('ann')
  expect([challenge.ChallengeName, challenge.ChallengeParameters]).toEqual([
    'SMS_MFA',
    {
      CODE_DELIVERY_DELIVERY_MEDIUM: 'SMS',
      CODE_DELIVERY_DESTINATION: '+*******1234',
      USER_ID_FOR_SRP: 'ann',
    },
  ])
  const SMS_MFA_CODE = /\d{6}/.exec(lastSms())?.[0] ?? ''
  const answer = answering(begun, 'ann')
  const { AuthenticationResult } = await answer('SMS_MFA', challenge.Session, { SMS_MFA_CODE })
  const { AccessToken } = AuthenticationResult ?? {}
  const SoftwareTokenMfaSettings = { Enabled: true }
  const unready = new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings })
  expect(await refusal(idp.send(unready))).toEqual([
    'InvalidParameterException',
    'User has not verified software token mfa',
  ])
  const { SecretCode = '' } = await idp.send(new AssociateSoftwareTokenCommand({ AccessToken }))
  const UserCode = totp(SecretCode, cloud.kernel.clock.nowMs)
  await idp.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode }))
  const both = { SoftwareTokenMfaSettings, SMSMfaSettings: { Enabled: true, PreferredMfa: false } }
  await idp.send(new SetUserMFAPreferenceCommand({ AccessToken, ...both }))
  const choice = await signIn('ann')
  expect([choice.ChallengeName, choice.ChallengeParameters]).toEqual([
    'SELECT_MFA_TYPE',
    { USER_ID_FOR_SRP: 'ann', MFAS_CAN_CHOOSE: '["SMS_MFA","SOFTWARE_TOKEN_MFA"]' },
  ])
  const chosen = await answer('SELECT_MFA_TYPE', choice.Session, { ANSWER: 'SOFTWARE_TOKEN_MFA' })
  expect(chosen.ChallengeName).toBe('SOFTWARE_TOKEN_MFA')
})

test('a sign-in by choice: a code by mail from the identity of the pool, without any password', async () => {
  const factors: AuthFactorType[] = ['PASSWORD', 'EMAIL_OTP']
  const Policies = { SignInPolicy: { AllowedFirstAuthFactors: factors } }
  const begun = await start({ Policies })
  const { idp, UserPoolId, ClientId, newUser, codeTo, mailsTo, cloud } = begun
  const ses = client(cloud, SESv2Client)
  const EmailIdentity = 'login@example.com'
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity }))
  await newUser('ann', { email: 'success@simulator.amazonses.com', email_verified: 'true' })
  const begin = () =>
    idp.send(
      new InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_AUTH',
        AuthParameters: { USERNAME: 'ann' },
      }),
    )
  const choice = await begin()
  expect([choice.ChallengeName, choice.AvailableChallenges]).toEqual([
    'SELECT_CHALLENGE',
    ['PASSWORD', 'PASSWORD_SRP', 'EMAIL_OTP'],
  ])
  const answer = answering(begun, 'ann')
  const otp = await answer('SELECT_CHALLENGE', choice.Session, { ANSWER: 'EMAIL_OTP' })
  const EMAIL_OTP_CODE = codeTo('success@simulator.amazonses.com')
  const { AuthenticationResult } = await answer('EMAIL_OTP', otp.Session, { EMAIL_OTP_CODE })
  expect(decoded(AuthenticationResult?.AccessToken)['username']).toBe('ann')

  const SourceArn = `arn:aws:ses:us-east-1:123456789012:identity/${EmailIdentity}`
  const EmailConfiguration = { EmailSendingAccount: 'DEVELOPER' as const, SourceArn }
  await idp.send(new UpdateUserPoolCommand({ UserPoolId, EmailConfiguration, Policies }))
  const next = await begin()
  const refused = answer('SELECT_CHALLENGE', next.Session, { ANSWER: 'EMAIL_OTP' })
  expect(await refusal(refused)).toEqual([
    'CodeDeliveryFailureException',
    'Email address is not verified. The following identities failed the check in region US-EAST-1: login@example.com',
  ])
  const { links = [] } = mailsTo(EmailIdentity)[0] ?? {}
  await fetchFromCloud(cloud, links[0] ?? '', {})
  const last = await begin()
  await answer('SELECT_CHALLENGE', last.Session, { ANSWER: 'EMAIL_OTP' })
  expect(mailsTo('success@simulator.amazonses.com').map(({ from }) => from)).toEqual([
    'no-reply@verificationemail.com',
    EmailIdentity,
  ])
})

test('a sign-in by choice goes by password too', async () => {
  const begun = await start()
  await begun.newUser('ann')
  const { idp, ClientId } = begun
  const AuthParameters = { USERNAME: 'ann', PREFERRED_CHALLENGE: 'PASSWORD' }
  const { Session, ChallengeName } = await idp.send(
    new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_AUTH', AuthParameters }),
  )
  expect(ChallengeName).toBe('PASSWORD')
  const answer = answering(begun, 'ann')
  const { AuthenticationResult } = await answer('PASSWORD', Session, {
    PASSWORD: 'Correct-horse-1',
  })
  expect(AuthenticationResult?.TokenType).toBe('Bearer')
})
