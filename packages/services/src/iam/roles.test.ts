import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  IAMClient,
  ListInstanceProfilesForRoleCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  accountId,
  allow,
  identityCloud,
  policy,
  refusal,
  trust,
} from './principals.test-support.ts'

const RoleName = 'R'
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

test('a role tells when and where it was last used', async () => {
  const { cloud, iam, role, assume } = identityCloud()
  const credentials = await assume({ RoleArn: await role(RoleName, trust(), allow('iam:*')) })
  const lastUsed = async () => (await iam.send(new GetRoleCommand({ RoleName }))).Role?.RoleLastUsed
  expect(await lastUsed()).toEqual({})
  await cloud.advance({ minutes: 10 })
  await client(cloud, IAMClient, { credentials }).send(new ListRolesCommand({}))
  expect(await lastUsed()).toEqual({
    LastUsedDate: new Date('2026-01-01T00:10:00Z'),
    Region: 'us-east-1',
  })
})

test('a role goes when all that hangs on it is gone', async () => {
  const { iam, role } = identityCloud()
  await role(RoleName, trust(), allow('s3:*'))
  const profile = { InstanceProfileName: 'web', RoleName }
  await iam.send(new CreateInstanceProfileCommand(profile))
  await iam.send(new AddRoleToInstanceProfileCommand(profile))
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: readOnly }))
  const refused = async () => (await refusal(iam.send(new DeleteRoleCommand({ RoleName })))).message
  expect(await refused()).toBe(
    'Cannot delete entity, must remove roles from instance profile first.',
  )
  await iam.send(new RemoveRoleFromInstanceProfileCommand(profile))
  expect(await refused()).toBe('Cannot delete entity, must detach all policies first.')
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: readOnly }))
  expect(await refused()).toBe('Cannot delete entity, must delete policies first.')
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'own' }))
  await iam.send(new DeleteRoleCommand({ RoleName }))
  expect(await refused()).toBe('The role with name R cannot be found.')
})

test('an instance profile holds one role', async () => {
  const { iam, role } = identityCloud()
  await role('R')
  await role('S')
  const InstanceProfileName = 'web'
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }))
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }))
  const second = { InstanceProfileName, RoleName: 'S' }
  expect(await refusal(iam.send(new AddRoleToInstanceProfileCommand(second)))).toEqual({
    code: 'LimitExceeded',
    message: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
  })
  expect(await refusal(iam.send(new RemoveRoleFromInstanceProfileCommand(second)))).toEqual({
    code: 'NoSuchEntity',
    message: 'Role S in Instance Profile web cannot be found.',
  })
  const deletion = iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }))
  expect((await refusal(deletion)).message).toBe(
    'Cannot delete entity, must remove roles from instance profile first.',
  )
  const { InstanceProfiles } = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }))
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))
  expect(InstanceProfile).toEqual({ ...InstanceProfiles?.[0], Tags: [] })
})

test('a trust policy names entities that exist', async () => {
  const { iam } = identityCloud()
  const nobody = `arn:aws:iam::${accountId}:user/nobody`
  const create = (document: string) =>
    refusal(iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document })))
  expect(await create(trust({ AWS: nobody }))).toEqual({
    code: 'MalformedPolicyDocument',
    message: `Invalid principal in policy: "AWS":"${nobody}"`,
  })
})

test('a trust policy is of its own grammar', async () => {
  const { iam, role } = identityCloud()
  await role(RoleName)
  const update = async (PolicyDocument: string) =>
    (await refusal(iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))))
      .message
  const statement = { Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' }
  expect(await update('{"not json')).toBe('This policy contains invalid Json')
  expect(await update(policy({ ...statement, Action: 's3:GetObject' }))).toBe(
    'AssumeRole policy may only specify STS AssumeRole actions.',
  )
  expect(await update(policy({ ...statement, Resource: '*' }))).toBe(
    'Has prohibited field Resource',
  )
  const Sid = 'x'.repeat(2048)
  expect(await update(policy({ ...statement, Sid }))).toBe(
    'Cannot exceed quota for ACLSizePerRole: 2048',
  )
})

test('an update that says nothing changes nothing', async () => {
  const { iam } = identityCloud()
  await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(), Description: 'first' }),
  )
  const shown = async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
    return [Role?.Description, Role?.MaxSessionDuration]
  }
  await iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 }))
  expect(await shown()).toEqual(['first', 7200])
  await iam.send(new UpdateRoleCommand({ RoleName }))
  expect(await shown()).toEqual(['first', 7200])
  const { Role } = await iam.send(
    new UpdateRoleDescriptionCommand({ RoleName, Description: 'second' }),
  )
  expect(Role).toEqual({
    Arn: `arn:aws:iam::${accountId}:role/R`,
    AssumeRolePolicyDocument: encodeURIComponent(trust()),
    CreateDate: new Date('2026-01-01T00:00:00Z'),
    Description: 'second',
    Path: '/',
    RoleId: Role?.RoleId,
    RoleName: 'R',
  })
})

test('a boundary is a policy that exists', async () => {
  const { iam, role } = identityCloud()
  await role(RoleName)
  const put = (PermissionsBoundary: string) =>
    refusal(iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary })))
  expect(await put(`arn:aws:iam::${accountId}:not_a_policy/invalid`)).toEqual({
    code: 'InvalidInput',
    message: `ARN arn:aws:iam::${accountId}:not_a_policy/invalid is not valid.`,
  })
  expect(await put(`arn:aws:iam::${accountId}:policy/none`)).toEqual({
    code: 'NoSuchEntity',
    message: `Scope ARN: arn:aws:iam::${accountId}:policy/none does not exist or is not attachable.`,
  })
})

test('a service-linked role is changed by its service alone', async () => {
  const { iam } = identityCloud()
  await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'batch.amazonaws.com' }))
  const linked = 'AWSServiceRoleForBatch'
  const message = `Cannot perform the operation on the protected role '${linked}' - this role is only modifiable by AWS`
  const refused = { code: 'UnmodifiableEntity', message }
  expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName: linked })))).toEqual(refused)
  const attach = new AttachRolePolicyCommand({ RoleName: linked, PolicyArn: readOnly })
  expect(await refusal(iam.send(attach))).toEqual(refused)
})

test('a role has fifty tags, ten managed policies and 10,240 characters of its own', async () => {
  const { iam, role } = identityCloud()
  await role(RoleName)
  const tags = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ Key: `k${from + i}`, Value: '' }))
  await iam.send(new TagRoleCommand({ RoleName, Tags: tags(0, 50) }))
  expect(await refusal(iam.send(new TagRoleCommand({ RoleName, Tags: tags(50, 1) })))).toEqual({
    code: 'LimitExceeded',
    message: 'The number of tags has reached the maximum limit.',
  })
  expect(await refusal(iam.send(new TagRoleCommand({ RoleName, Tags: tags(0, 51) })))).toEqual({
    code: 'ValidationError',
    message:
      "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
  })
  const many = ['ReadOnlyAccess', 'PowerUserAccess', 'AdministratorAccess', 'AmazonS3FullAccess']
    .concat('AmazonSQSFullAccess', 'AmazonSNSFullAccess', 'IAMFullAccess', 'AmazonEC2FullAccess')
    .concat('CloudWatchFullAccess', 'AmazonSSMFullAccess')
  const attach = (name: string) =>
    iam.send(
      new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${name}` }),
    )
  for (const name of many) await attach(name)
  expect(await refusal(attach('IAMReadOnlyAccess'))).toEqual({
    code: 'LimitExceeded',
    message: 'Cannot exceed quota for PoliciesPerRole: 10',
  })
  const PolicyDocument = policy(
    Array.from({ length: 140 }, (_, i) => ({
      Sid: `s${i}`,
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::a',
    })),
  )
  const put = new PutRolePolicyCommand({ RoleName, PolicyName: 'big', PolicyDocument })
  expect(await refusal(iam.send(put))).toEqual({
    code: 'LimitExceeded',
    message: 'Maximum policy size of 10240 bytes exceeded for role R',
  })
})
