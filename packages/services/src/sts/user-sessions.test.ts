import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam'
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { accountId, allow, identityCloud, refusal } from '../iam/principals.test-support.ts'

/** What an answer's `Credentials` are to a client. */
function usable(credentials?: {
  AccessKeyId?: string | undefined
  SecretAccessKey?: string | undefined
  SessionToken?: string | undefined
}) {
  return {
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
  }
}

test('a session of a user is that user, for twelve hours', async () => {
  const { cloud, sts, as } = identityCloud()
  const { Credentials } = await sts.send(new GetSessionTokenCommand({}))
  expect(Credentials?.Expiration).toEqual(new Date('2026-01-01T12:00:00Z'))
  const session = as(STSClient, usable(Credentials))
  const { Arn } = await session.send(new GetCallerIdentityCommand({}))
  expect(Arn).toBe(`arn:aws:iam::${accountId}:user/admin`)
  await cloud.advance({ hours: 12 })
  expect((await refusal(session.send(new GetCallerIdentityCommand({})))).code).toBe('ExpiredToken')
})

test('a session of a user may assume roles, and nothing else of STS and IAM', async () => {
  const { sts, role, as } = identityCloud()
  const RoleArn = await role('R')
  const { Credentials } = await sts.send(new GetSessionTokenCommand({}))
  const session = as(STSClient, usable(Credentials))
  await session.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' }))
  expect(await refusal(session.send(new GetSessionTokenCommand({})))).toEqual({
    code: 'AccessDenied',
    message: 'Cannot call GetSessionToken with session credentials',
  })
  expect(await refusal(session.send(new GetFederationTokenCommand({ Name: 'eve' })))).toEqual({
    code: 'AccessDenied',
    message: 'Cannot call GetFederationToken with session credentials',
  })
  const iam = as(IAMClient, usable(Credentials))
  expect(await refusal(iam.send(new ListUsersCommand({})))).toEqual({
    code: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid',
  })
})

test('a federated user is known by its name, and may call no IAM', async () => {
  const { sts, as, role } = identityCloud()
  const { Credentials, FederatedUser } = await sts.send(
    new GetFederationTokenCommand({ Name: 'eve', Policy: allow('*') }),
  )
  const arn = `arn:aws:sts::${accountId}:federated-user/eve`
  expect(FederatedUser).toEqual({ Arn: arn, FederatedUserId: `${accountId}:eve` })
  const session = as(STSClient, usable(Credentials))
  const { $metadata, ...identity } = await session.send(new GetCallerIdentityCommand({}))
  expect(identity).toEqual({ Account: accountId, Arn: arn, UserId: `${accountId}:eve` })
  const RoleArn = await role('R')
  const assume = session.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' }))
  expect((await refusal(assume)).message).toBe('Cannot call AssumeRole with session credentials')
  const iam = as(IAMClient, usable(Credentials))
  expect((await refusal(iam.send(new ListUsersCommand({})))).code).toBe('InvalidClientTokenId')
})

test('GetFederationToken needs a permission, and GetSessionToken none', async () => {
  const { user, as } = identityCloud()
  const bob = as(STSClient, await user('bob'))
  await bob.send(new GetSessionTokenCommand({}))
  expect(await refusal(bob.send(new GetFederationTokenCommand({ Name: 'eve' })))).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:iam::${accountId}:user/bob is not authorized to perform: sts:GetFederationToken on resource: arn:aws:sts::${accountId}:federated-user/eve`,
  })
})

test('a key tells its account, even when it is of no one', async () => {
  const { user, sts, role, assume } = identityCloud()
  const info = async (AccessKeyId: string) =>
    (await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId }))).Account
  const bob = await user('bob')
  expect(await info(bob.accessKeyId)).toBe(accountId)
  const session = await assume({ RoleArn: await role('R') })
  expect(await info(session.accessKeyId)).toBe(accountId)
})

test('a policy too large for its session is refused by its size', async () => {
  const { role, assume } = identityCloud()
  const RoleArn = await role('R')
  const Policy = allow('s3:GetObject', `arn:aws:s3:::${'x'.repeat(2040)}`)
  expect(await refusal(assume({ RoleArn, Policy }))).toEqual({
    code: 'PackedPolicyTooLarge',
    message: 'Packed policy consumes 105% of allotted space, please use smaller policy.',
  })
  expect((await refusal(assume({ RoleArn, Policy: '{' }))).code).toBe('MalformedPolicyDocument')
})

test('web identities are refused by name', async () => {
  const { sts } = identityCloud()
  const call = sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: `arn:aws:iam::${accountId}:role/R`,
      RoleSessionName: 'me',
      WebIdentityToken: 'token',
    }),
  )
  expect(await refusal(call)).toEqual({
    code: 'NotImplemented',
    message:
      'Orrery does not model sts:AssumeRoleWithWebIdentity. The coverage page of sts lists what it does.',
  })
})
