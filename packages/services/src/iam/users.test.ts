import {
  AttachUserPolicyCommand,
  ChangePasswordCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { accessKeys } from '../shared/identity/state.ts'
import { accountId, allow, identityCloud, refusal } from './principals.test-support.ts'

const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

test('an account starts with its administrator', async () => {
  const { iam } = identityCloud()
  const { Users, IsTruncated } = await iam.send(new ListUsersCommand({}))
  expect(Users?.map(({ Arn }) => Arn)).toEqual([`arn:aws:iam::${accountId}:user/admin`])
  expect(IsTruncated).toBe(false)
  const deletion = iam.send(new DeleteUserCommand({ UserName: 'admin' }))
  expect(await refusal(deletion)).toEqual({
    code: 'DeleteConflict',
    message: 'Cannot delete entity, must delete access keys first.',
  })
})

test('names differ in more than letter case', async () => {
  const { iam } = identityCloud()
  await iam.send(new CreateUserCommand({ UserName: 'Bob' }))
  expect(await refusal(iam.send(new CreateUserCommand({ UserName: 'bOB' })))).toEqual({
    code: 'EntityAlreadyExists',
    message: 'User with name bOB already exists.',
  })
  const { User } = await iam.send(new GetUserCommand({ UserName: 'BOB' }))
  expect(User?.UserName).toBe('Bob')
})

test('a listing goes by path, in pages', async () => {
  const { iam } = identityCloud()
  for (const [UserName, Path] of Object.entries({ c: '/z/', b: '/a/', a: '/a/', d: '/a/b/' })) {
    await iam.send(new CreateUserCommand({ UserName, Path }))
  }
  const { Users: under } = await iam.send(new ListUsersCommand({ PathPrefix: '/a' }))
  expect(under?.map(({ UserName }) => UserName)).toEqual(['a', 'b', 'd'])
  const seen: (string | undefined)[] = []
  let Marker: string | undefined
  do {
    const page = await iam.send(new ListUsersCommand({ MaxItems: 2, Marker }))
    expect(page.IsTruncated).toBe(page.Marker !== undefined)
    seen.push(...(page.Users ?? []).map(({ UserName }) => UserName))
    Marker = page.Marker
  } while (Marker !== undefined)
  expect(seen).toEqual(['admin', 'a', 'b', 'd', 'c'])
  expect(await refusal(iam.send(new ListUsersCommand({ Marker: 'nonsense' })))).toEqual({
    code: 'ValidationError',
    message: 'Invalid Marker.',
  })
})

test('a name or a path of the wrong form is told without the value', async () => {
  const { iam } = identityCloud()
  const create = (input: object) =>
    refusal(iam.send(new CreateUserCommand({ UserName: 'bob', ...input })))
  expect((await create({ UserName: 'no spaces' })).message).toBe(
    'The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
  )
  expect((await create({ Path: 'no-slash' })).message).toBe(
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  )
  expect((await create({ UserName: 'x'.repeat(65) })).message).toBe(
    "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
  )
})

test('a user has two access keys at most', async () => {
  const { iam, user } = identityCloud()
  await user('bob')
  await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }))
  const third = iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }))
  expect(await refusal(third)).toEqual({
    code: 'LimitExceeded',
    message: 'Cannot exceed quota for AccessKeysPerUser: 2',
  })
})

test('an inactive key opens nothing until it is active again', async () => {
  const { iam, user, as } = identityCloud()
  const bob = await user('bob')
  const key = { UserName: 'bob', AccessKeyId: bob.accessKeyId }
  const whoAmI = () => as(STSClient, bob).send(new GetCallerIdentityCommand({}))
  await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }))
  expect(await refusal(whoAmI())).toEqual({
    code: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid.',
  })
  await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }))
  await whoAmI()
  await iam.send(new DeleteAccessKeyCommand(key))
  expect((await refusal(whoAmI())).code).toBe('InvalidClientTokenId')
})

test('the last use of a key is noted, by service and region', async () => {
  const { cloud, iam, user } = identityCloud()
  const bob = await user('bob', allow('iam:*'))
  const lastUsed = async () => {
    const { $metadata, ...answer } = await iam.send(
      new GetAccessKeyLastUsedCommand({ AccessKeyId: bob.accessKeyId }),
    )
    return answer
  }
  expect(await lastUsed()).toEqual({
    UserName: 'bob',
    AccessKeyLastUsed: { Region: 'N/A', ServiceName: 'N/A' },
  })
  await cloud.advance({ minutes: 5 })
  const sts = client(cloud, STSClient, { credentials: bob, region: 'eu-west-1' })
  await sts.send(new GetCallerIdentityCommand({}))
  expect(await lastUsed()).toEqual({
    UserName: 'bob',
    AccessKeyLastUsed: {
      LastUsedDate: new Date('2026-01-01T00:05:00Z'),
      Region: 'eu-west-1',
      ServiceName: 'sts',
    },
  })
})

test('a key of no one or of another account may not be asked about', async () => {
  const { iam } = identityCloud()
  const AccessKeyId = 'AKIAIOSFODNN7EXAMPLE'
  expect(await refusal(iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId })))).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:iam::${accountId}:user/admin is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${AccessKeyId}`,
  })
  const update = new UpdateAccessKeyCommand({ UserName: 'admin', AccessKeyId, Status: 'Active' })
  expect(await refusal(iam.send(update))).toEqual({
    code: 'NoSuchEntity',
    message: `The Access Key with id ${AccessKeyId} cannot be found.`,
  })
})

test('calls without a name are about the user who calls, and a role is none', async () => {
  const { user, role, assume, as } = identityCloud()
  const bob = await user('bob', allow('iam:*'))
  const { User } = await as(IAMClient, bob).send(new GetUserCommand({}))
  expect(User?.UserName).toBe('bob')
  const { AccessKeyMetadata } = await as(IAMClient, bob).send(new ListAccessKeysCommand({}))
  expect(AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId)).toEqual([bob.accessKeyId])
  const session = as(IAMClient, await assume({ RoleArn: await role('R') }))
  expect(await refusal(session.send(new GetUserCommand({})))).toEqual({
    code: 'ValidationError',
    message: 'Must specify userName when calling with non-User credentials',
  })
})

test('root has keys of its own, and every permission', async () => {
  const { cloud, as } = identityCloud()
  const root = { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: 'root' }
  const record = { ...root, accountId, status: 'Active' as const, createdAtMs: 0 }
  accessKeys.put(cloud.scope(accountId, 'us-east-1'), record)
  const iam = as(IAMClient, root)
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({}))
  const second = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const { Arn } = await as(STSClient, second).send(new GetCallerIdentityCommand({}))
  expect(Arn).toBe(`arn:aws:iam::${accountId}:root`)
  const { User } = await as(IAMClient, second).send(new GetUserCommand({}))
  expect(User).toEqual({
    Arn: `arn:aws:iam::${accountId}:root`,
    CreateDate: new Date('2026-01-01T00:00:00Z'),
    UserId: accountId,
  })
})

test('a renamed user is the same user, with its keys and its password', async () => {
  const { iam, user, as } = identityCloud()
  const bob = await user('bob')
  await iam.send(new CreateLoginProfileCommand({ UserName: 'bob', Password: 'Sesame-open-1' }))
  const before = await as(STSClient, bob).send(new GetCallerIdentityCommand({}))
  await iam.send(new UpdateUserCommand({ UserName: 'bob', NewUserName: 'rob', NewPath: '/x/' }))
  const after = await as(STSClient, bob).send(new GetCallerIdentityCommand({}))
  expect(after.UserId).toBe(before.UserId)
  expect(after.Arn).toBe(`arn:aws:iam::${accountId}:user/x/rob`)
  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'rob' }))
  expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: bob.accessKeyId, UserName: 'rob' }])
  const { LoginProfile } = await iam.send(new GetLoginProfileCommand({ UserName: 'rob' }))
  expect(LoginProfile?.UserName).toBe('rob')
  expect((await refusal(iam.send(new GetUserCommand({ UserName: 'bob' })))).message).toBe(
    'The user with name bob cannot be found.',
  )
})

test('a user goes when all that hangs on it is gone', async () => {
  const { iam, user } = identityCloud()
  const { accessKeyId } = await user('bob')
  const UserName = 'bob'
  await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'Sesame-open-1' }))
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: readOnly }))
  const refused = async () => (await refusal(iam.send(new DeleteUserCommand({ UserName })))).message
  expect(await refused()).toBe('Cannot delete entity, must delete login profile first.')
  await iam.send(new DeleteLoginProfileCommand({ UserName }))
  expect(await refused()).toBe('Cannot delete entity, must delete access keys first.')
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: accessKeyId }))
  expect(await refused()).toBe('Cannot delete entity, must detach all policies first.')
  await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn: readOnly }))
  await iam.send(new DeleteUserCommand({ UserName }))
})

test('tag keys of a user are one in any letter case', async () => {
  const { iam, user } = identityCloud()
  await user('bob')
  const UserName = 'bob'
  const Tags = [
    { Key: 'Team', Value: 'blue' },
    { Key: 'cost', Value: '1' },
  ]
  await iam.send(new TagUserCommand({ UserName, Tags }))
  await iam.send(new TagUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'red' }] }))
  const listed = async () => (await iam.send(new ListUserTagsCommand({ UserName }))).Tags
  expect(await listed()).toEqual([
    { Key: 'cost', Value: '1' },
    { Key: 'team', Value: 'red' },
  ])
  await iam.send(new UntagUserCommand({ UserName, TagKeys: ['COST', 'TEAM'] }))
  expect(await listed()).toEqual([])
  const twice = [...Tags, { Key: 'COST', Value: '2' }]
  expect(await refusal(iam.send(new TagUserCommand({ UserName, Tags: twice })))).toEqual({
    code: 'InvalidInput',
    message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  })
})

test('a password is of the form that the account asks for, and its owner changes it', async () => {
  const { iam, user, as } = identityCloud()
  const bob = as(IAMClient, await user('bob', allow('iam:ChangePassword')))
  const UserName = 'bob'
  const create = (Password: string) =>
    iam.send(new CreateLoginProfileCommand({ UserName, Password }))
  expect(await refusal(create('password'))).toEqual({
    code: 'PasswordPolicyViolation',
    message: 'Password does not conform to the account password policy.',
  })
  await create('Sesame-open-1')
  expect((await refusal(create('Sesame-open-1'))).message).toBe(
    'Login Profile for user bob already exists.',
  )
  const change = (OldPassword: string) =>
    bob.send(new ChangePasswordCommand({ OldPassword, NewPassword: 'Sesame-open-2' }))
  expect(await refusal(change('wrong'))).toEqual({
    code: 'AccessDenied',
    message: 'The old password was incorrect.',
  })
  await change('Sesame-open-1')
})
