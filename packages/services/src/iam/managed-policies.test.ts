import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeleteGroupCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  ListUsersCommand,
  PutRolePermissionsBoundaryCommand,
  RemoveUserFromGroupCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
} from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { accountId, allow, identityCloud, policy, refusal } from './principals.test-support.ts'

const PolicyArn = `arn:aws:iam::${accountId}:policy/P`

async function withPolicy() {
  const made = identityCloud()
  const PolicyDocument = allow('s3:GetObject')
  await made.iam.send(new CreatePolicyCommand({ PolicyName: 'P', PolicyDocument }))
  const version = (SetAsDefault = false) =>
    made.iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault }))
  const versions = async () => {
    const { Versions = [] } = await made.iam.send(new ListPolicyVersionsCommand({ PolicyArn }))
    return Versions.map(({ VersionId, IsDefaultVersion }) =>
      IsDefaultVersion === true ? `${VersionId}*` : VersionId,
    )
  }
  return { ...made, version, versions }
}

test('a policy has five versions at most, and numbers are not given twice', async () => {
  const { iam, version, versions } = await withPolicy()
  for (let i = 0; i < 4; i += 1) await version()
  expect(await refusal(version())).toEqual({
    code: 'LimitExceeded',
    message:
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
  })
  await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v5' }))
  await version(true)
  expect(await versions()).toEqual(['v6*', 'v4', 'v3', 'v2', 'v1'])
  const deletion = new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v6' })
  expect(await refusal(iam.send(deletion))).toEqual({
    code: 'DeleteConflict',
    message: 'Cannot delete the default version of a policy.',
  })
  await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))
  expect((await refusal(iam.send(new DeletePolicyCommand({ PolicyArn })))).code).toBe(
    'DeleteConflict',
  )
})

test('a version that there is not', async () => {
  const { iam } = await withPolicy()
  const missing = { PolicyArn, VersionId: 'v9' }
  const message = `Policy ${PolicyArn} version v9 does not exist or is not attachable.`
  const refused = { code: 'NoSuchEntity', message }
  expect(await refusal(iam.send(new GetPolicyVersionCommand(missing)))).toEqual(refused)
  expect(await refusal(iam.send(new SetDefaultPolicyVersionCommand(missing)))).toEqual(refused)
  expect(await refusal(iam.send(new DeletePolicyVersionCommand(missing)))).toEqual(refused)
  const form = iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: '1' }))
  expect((await refusal(form)).message).toBe(
    "1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
  )
})

test('the default version is what counts', async () => {
  const { iam, role, assume, as } = identityCloud()
  const create = { PolicyName: 'P', PolicyDocument: allow('iam:ListRoles') }
  await iam.send(new CreatePolicyCommand(create))
  const credentials = await assume({ RoleArn: await role('R') })
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'R', PolicyArn }))
  const list = () => as(IAMClient, credentials).send(new ListUsersCommand({}))
  expect((await refusal(list())).code).toBe('AccessDenied')
  const next = { PolicyArn, PolicyDocument: allow('iam:ListUsers') }
  await iam.send(new CreatePolicyVersionCommand(next))
  expect((await refusal(list())).code).toBe('AccessDenied')
  await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }))
  await list()
})

test('tag keys of a policy differ by letter case, and are listed in order', async () => {
  const { iam } = await withPolicy()
  const Tags = [
    { Key: 'a', Value: 'lowercase' },
    { Key: 'A', Value: 'uppercase' },
  ]
  await iam.send(new TagPolicyCommand({ PolicyArn, Tags }))
  const listed = await iam.send(new ListPolicyTagsCommand({ PolicyArn }))
  expect(listed.Tags).toEqual(Tags.toReversed())
  const twice = [...Tags, { Key: 'a', Value: '' }]
  expect((await refusal(iam.send(new TagPolicyCommand({ PolicyArn, Tags: twice })))).message).toBe(
    'Duplicate tag keys found.',
  )
})

test('a document is read before it is kept', async () => {
  const { iam } = await withPolicy()
  const create = (PolicyDocument: string, PolicyName = 'Q') =>
    refusal(iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument })))
  expect(await create('{')).toEqual({
    code: 'MalformedPolicyDocument',
    message: 'Syntax errors in policy.',
  })
  expect((await create(policy({ Effect: 'Allow', Resource: '*' }))).message).toBe(
    'Policy statement must contain actions.',
  )
  const big = allow('s3:GetObject', `arn:aws:s3:::${'x'.repeat(6144)}`)
  expect(await create(big)).toEqual({
    code: 'LimitExceeded',
    message: 'Cannot exceed quota for PolicySize: 6144',
  })
  expect(await create(allow('s3:*'), 'p')).toEqual({
    code: 'EntityAlreadyExists',
    message: 'A policy called p already exists. Duplicate names are not allowed.',
  })
})

test('a policy knows what it is attached to, and stays while it is', async () => {
  const { iam, role } = await withPolicy()
  await role('R')
  await role('S')
  await iam.send(new CreateGroupCommand({ GroupName: 'G' }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'R', PolicyArn }))
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'G', PolicyArn }))
  await iam.send(
    new PutRolePermissionsBoundaryCommand({ RoleName: 'S', PermissionsBoundary: PolicyArn }),
  )
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }))
  expect([Policy?.AttachmentCount, Policy?.PermissionsBoundaryUsageCount]).toEqual([2, 1])
  const entities = async (input: object) => {
    const found = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, ...input }))
    return [
      ...(found.PolicyGroups ?? []).map(({ GroupName }) => GroupName),
      ...(found.PolicyRoles ?? []).map(({ RoleName }) => RoleName),
    ]
  }
  expect(await entities({})).toEqual(['G', 'R', 'S'])
  expect(await entities({ PolicyUsageFilter: 'PermissionsPolicy' })).toEqual(['G', 'R'])
  expect(await entities({ EntityFilter: 'Role' })).toEqual(['R', 'S'])
  const deletion = () => refusal(iam.send(new DeletePolicyCommand({ PolicyArn })))
  expect((await deletion()).message).toBe('Cannot delete a policy attached to entities.')
  await iam.send(new DetachRolePolicyCommand({ RoleName: 'R', PolicyArn }))
  const again = new DetachRolePolicyCommand({ RoleName: 'R', PolicyArn })
  expect((await refusal(iam.send(again))).message).toBe(`Policy ${PolicyArn} was not found.`)
})

test('the policies of AWS are there to read, and not to change', async () => {
  const { iam } = identityCloud()
  const arn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: arn }))
  expect(Policy).toMatchObject({ Path: '/', AttachmentCount: 1, IsAttachable: true, Tags: [] })
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId }),
  )
  expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ''))).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  })
  expect((await refusal(iam.send(new DeletePolicyCommand({ PolicyArn: arn })))).code).toBe(
    'NoSuchEntity',
  )
  const attached = await iam.send(new ListPoliciesCommand({ OnlyAttached: true }))
  expect(attached.Policies?.map(({ Arn }) => Arn)).toEqual([arn])
  let count = 0
  let Marker: string | undefined
  do {
    const page = await iam.send(new ListPoliciesCommand({ Scope: 'AWS', MaxItems: 1000, Marker }))
    count += page.Policies?.length ?? 0
    Marker = page.Marker
  } while (Marker !== undefined)
  expect(count).toBeGreaterThan(1000)
})

test('a group gives its policies to its members, and stays while it has any', async () => {
  const { iam, user, as } = identityCloud()
  const bob = as(IAMClient, await user('bob'))
  const GroupName = 'readers'
  await iam.send(new CreateGroupCommand({ GroupName }))
  const readOnly = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
  await iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn: readOnly }))
  const list = () => bob.send(new ListUsersCommand({}))
  expect((await refusal(list())).code).toBe('AccessDenied')
  await iam.send(new AddUserToGroupCommand({ GroupName, UserName: 'bob' }))
  await list()
  expect((await refusal(iam.send(new DeleteGroupCommand({ GroupName })))).message).toBe(
    'Cannot delete entity, must remove users from group first.',
  )
  await iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName: 'bob' }))
  expect((await refusal(list())).code).toBe('AccessDenied')
})
