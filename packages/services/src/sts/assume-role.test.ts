import {
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  ListUsersCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  accountId,
  allow,
  identityCloud,
  policy,
  refusal,
  trust,
} from '../iam/principals.test-support.ts'

const roleArn = `arn:aws:iam::${accountId}:role/Role`

test('a role that trusts the account is assumed by whoever may, for an hour', async () => {
  const { cloud, role, assume, as } = identityCloud()
  await role('Role', trust(), allow('iam:ListRoles'))
  const credentials = await assume({ RoleArn: roleArn, RoleSessionName: 'me' })
  const session = as(STSClient, credentials)
  const { $metadata, ...identity } = await session.send(new GetCallerIdentityCommand({}))
  expect(identity).toEqual({
    Account: accountId,
    Arn: `arn:aws:sts::${accountId}:assumed-role/Role/me`,
    UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:me$/),
  })
  await as(IAMClient, credentials).send(new ListRolesCommand({}))
  expect(await refusal(as(IAMClient, credentials).send(new ListUsersCommand({})))).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:sts::${accountId}:assumed-role/Role/me is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::${accountId}:user/ because no identity-based policy allows the iam:ListUsers action`,
  })
  await cloud.advance({ hours: 1 })
  expect(await refusal(session.send(new GetCallerIdentityCommand({})))).toEqual({
    code: 'ExpiredToken',
    message: 'The security token included in the request is expired',
  })
})

test('the ARN of a session leaves out the path of its role', async () => {
  const { iam, sts, cloud } = identityCloud()
  await iam.send(
    new CreateRoleCommand({ RoleName: 'Deep', Path: '/a/b/', AssumeRolePolicyDocument: trust() }),
  )
  const { AssumedRoleUser } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${accountId}:role/a/b/Deep`,
      RoleSessionName: 'me',
    }),
  )
  expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${accountId}:assumed-role/Deep/me`)
  expect(
    await refusal(
      client(cloud, STSClient).send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::${accountId}:role/Deep`,
          RoleSessionName: 'me',
        }),
      ),
    ),
  ).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:iam::${accountId}:user/admin is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${accountId}:role/Deep`,
  })
})

test('a role that does not exist is refused in the words of one that may not be assumed', async () => {
  const { sts, user, as } = identityCloud()
  const bob = await user('bob', allow('iam:*'))
  const call = { RoleArn: `arn:aws:iam::${accountId}:role/Nobody`, RoleSessionName: 'me' }
  const denied = (name: string) => ({
    code: 'AccessDenied',
    message: `User: arn:aws:iam::${accountId}:user/${name} is not authorized to perform: sts:AssumeRole on resource: ${call.RoleArn}`,
  })
  expect(await refusal(sts.send(new AssumeRoleCommand(call)))).toEqual(denied('admin'))
  expect(await refusal(as(STSClient, bob).send(new AssumeRoleCommand(call)))).toEqual(denied('bob'))
})

test('trust in the account leaves the decision to the policies of its users', async () => {
  const { role, user, assume } = identityCloud()
  await role('Role')
  const bob = await user('bob')
  const eve = await user('eve', allow('sts:AssumeRole', roleArn))
  expect(await refusal(assume({ RoleArn: roleArn }, bob))).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:iam::${accountId}:user/bob is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
  })
  await assume({ RoleArn: roleArn }, eve)
})

test('trust in a user needs no further policy', async () => {
  const { role, user, assume } = identityCloud()
  const bob = await user('bob')
  await role('Role', trust({ AWS: `arn:aws:iam::${accountId}:user/bob` }))
  await assume({ RoleArn: roleArn }, bob)
})

test('across accounts both the trust policy and the policy of the caller must allow', async () => {
  const { cloud, role } = identityCloud()
  await role('Role', trust({ AWS: '222222222222' }))
  const outsider = (id: string) =>
    client(cloud, STSClient, { accountId: id }).send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'me' }),
    )
  expect((await outsider('222222222222')).AssumedRoleUser?.Arn).toBe(
    `arn:aws:sts::${accountId}:assumed-role/Role/me`,
  )
  expect(await refusal(outsider('333333333333'))).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:iam::333333333333:user/admin is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
  })
})

test('an external id that the trust policy asks for must be given', async () => {
  const { role, assume } = identityCloud()
  const Condition = { StringEquals: { 'sts:ExternalId': 'secret-42' } }
  await role('Role', trust({ AWS: accountId }, 'sts:AssumeRole', { Condition }))
  expect((await refusal(assume({ RoleArn: roleArn }))).code).toBe('AccessDenied')
  expect((await refusal(assume({ RoleArn: roleArn, ExternalId: 'wrong' }))).code).toBe(
    'AccessDenied',
  )
  await assume({ RoleArn: roleArn, ExternalId: 'secret-42' })
})

test('a role that was deleted and made anew is another role to its old sessions', async () => {
  const { iam, role, assume, as } = identityCloud()
  await role('Role', trust(), allow('iam:GetRole'))
  const credentials = await assume({ RoleArn: roleArn })
  await as(IAMClient, credentials).send(new GetRoleCommand({ RoleName: 'Role' }))
  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'Role', PolicyName: 'own' }))
  await iam.send(new DeleteRoleCommand({ RoleName: 'Role' }))
  await role('Role', trust(), allow('iam:GetRole'))
  expect(
    (await refusal(as(IAMClient, credentials).send(new GetRoleCommand({ RoleName: 'Role' })))).code,
  ).toBe('AccessDenied')
})

test('a user who was deleted and made anew is not the one that a role trusts', async () => {
  const { iam, role, user, assume } = identityCloud()
  const { User: old } = await iam.send(new CreateUserCommand({ UserName: 'bob' }))
  await role('Role', trust({ AWS: `arn:aws:iam::${accountId}:user/bob` }))
  await iam.send(new DeleteUserCommand({ UserName: 'bob' }))
  const bob = await user('bob')
  expect((await refusal(assume({ RoleArn: roleArn }, bob))).code).toBe('AccessDenied')
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'Role' }))
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trust({ AWS: old?.UserId }))
})

test('a session lasts no longer than the role allows, and an hour in a chain', async () => {
  const { iam, role, assume, cloud, as } = identityCloud()
  await role('Role', trust(), allow('sts:AssumeRole'))
  const long = { RoleArn: roleArn, DurationSeconds: 7200 }
  expect(await refusal(assume(long))).toEqual({
    code: 'ValidationError',
    message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  })
  await iam.send(new UpdateRoleCommand({ RoleName: 'Role', MaxSessionDuration: 43_200 }))
  const first = await assume(long)
  expect(await refusal(assume(long, first))).toEqual({
    code: 'ValidationError',
    message:
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
  })
  await assume({ RoleArn: roleArn, DurationSeconds: 3600 }, first)
  await cloud.advance({ minutes: 119 })
  await as(STSClient, first).send(new GetCallerIdentityCommand({}))
})

test('a session policy limits the session, whatever the role may do', async () => {
  const { role, assume, as } = identityCloud()
  await role('Role', trust(), allow('iam:*'))
  const credentials = await assume({ RoleArn: roleArn, Policy: allow('iam:ListUsers') })
  await as(IAMClient, credentials).send(new ListUsersCommand({}))
  expect(await refusal(as(IAMClient, credentials).send(new ListRolesCommand({})))).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:sts::${accountId}:assumed-role/Role/session is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::${accountId}:role/ because no session policy allows the iam:ListRoles action`,
  })
})

test('a managed policy can be a session policy', async () => {
  const { role, assume, as } = identityCloud()
  await role('Role', trust(), allow('iam:*'))
  const arn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
  const credentials = await assume({ RoleArn: roleArn, PolicyArns: [{ arn }] })
  await as(IAMClient, credentials).send(new ListUsersCommand({}))
  const deletion = as(IAMClient, credentials).send(new DeleteUserCommand({ UserName: 'admin' }))
  expect((await refusal(deletion)).code).toBe('AccessDenied')
})

test('a source identity needs its own permission, stays, and goes down the chain', async () => {
  const { role, assume, session } = identityCloud()
  const both = ['sts:AssumeRole', 'sts:SetSourceIdentity']
  await role('Plain')
  expect(
    await refusal(
      assume({ RoleArn: `arn:aws:iam::${accountId}:role/Plain`, SourceIdentity: 'alice' }),
    ),
  ).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:iam::${accountId}:user/admin is not authorized to perform: sts:SetSourceIdentity on resource: arn:aws:iam::${accountId}:role/Plain`,
  })
  await role('Role', trust({ AWS: accountId }, both), allow(both))
  const first = await assume({ RoleArn: roleArn, SourceIdentity: 'alice' })
  const second = await assume({ RoleArn: roleArn }, first)
  expect(session(second)?.caller.principal).toMatchObject({ sourceIdentity: 'alice' })
  const other = assume({ RoleArn: roleArn, SourceIdentity: 'mallory' }, first)
  expect((await refusal(other)).code).toBe('AccessDenied')
})

test('transitive tags go down the chain, others stay', async () => {
  const { role, assume, session } = identityCloud()
  const both = ['sts:AssumeRole', 'sts:TagSession']
  await role('Role', trust({ AWS: accountId }, both), allow(both))
  const Tags = [
    { Key: 'team', Value: 'blue' },
    { Key: 'cost', Value: '42' },
  ]
  const first = await assume({ RoleArn: roleArn, Tags, TransitiveTagKeys: ['team'] })
  expect(session(first)?.caller.principal).toMatchObject({
    sessionTags: { team: 'blue', cost: '42' },
  })
  const second = await assume({ RoleArn: roleArn }, first)
  const third = await assume({ RoleArn: roleArn, Tags: [{ Key: 'cost', Value: '7' }] }, second)
  expect(session(second)?.caller.principal).toMatchObject({ sessionTags: { team: 'blue' } })
  expect(session(third)?.caller.principal).toMatchObject({
    sessionTags: { team: 'blue', cost: '7' },
  })
})

test('session tags decide by aws:PrincipalTag what the session may do', async () => {
  const { role, assume, as } = identityCloud()
  const both = ['sts:AssumeRole', 'sts:TagSession']
  const statement = {
    Effect: 'Allow',
    Action: 'iam:ListUsers',
    Resource: '*',
    Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue' } },
  }
  await role('Role', trust({ AWS: accountId }, both), policy(statement))
  const listUsers = async (team: string) => {
    const credentials = await assume({ RoleArn: roleArn, Tags: [{ Key: 'team', Value: team }] })
    return as(IAMClient, credentials).send(new ListUsersCommand({}))
  }
  await listUsers('blue')
  expect((await refusal(listUsers('red'))).code).toBe('AccessDenied')
})

test('tags need sts:TagSession from both sides', async () => {
  const { role, assume } = identityCloud()
  await role('Role')
  expect(
    await refusal(assume({ RoleArn: roleArn, Tags: [{ Key: 'team', Value: 'blue' }] })),
  ).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:iam::${accountId}:user/admin is not authorized to perform: sts:TagSession on resource: ${roleArn}`,
  })
})

test('a deny is named, as a missing allow is not', async () => {
  const { role, user, assume } = identityCloud()
  await role('Role')
  const Deny = { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' }
  const bob = await user('bob', policy(Deny))
  expect((await refusal(assume({ RoleArn: roleArn }, bob))).message).toBe(
    `User: arn:aws:iam::${accountId}:user/bob is not authorized to perform: sts:AssumeRole on resource: ${roleArn} with an explicit deny in an identity-based policy`,
  )
})

test('sessions long past are forgotten as new ones come', async () => {
  const { cloud, role, assume, session } = identityCloud()
  await role('Role')
  const old = await assume({ RoleArn: roleArn })
  await cloud.advance({ hours: 24 })
  await assume({ RoleArn: roleArn })
  expect(session(old)?.accessKeyId).toBe(old.accessKeyId)
  await cloud.advance({ hours: 2 })
  await assume({ RoleArn: roleArn })
  expect(session(old)).toBe(undefined)
})

test('the same seed gives the same credentials and the same journal', async () => {
  const digests = []
  for (let run = 0; run < 2; run += 1) {
    const { cloud, role, assume } = identityCloud()
    await role('Role')
    await assume({ RoleArn: roleArn })
    digests.push(cloud.kernel.journal.digest())
  }
  expect(digests[0]).toBe(digests[1])
})
