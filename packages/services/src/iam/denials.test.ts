import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  GetAccountSummaryCommand,
  GetInstanceProfileCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  ListPoliciesCommand,
  ListRolesCommand,
  ListUsersCommand,
  PutUserPermissionsBoundaryCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import {
  accountId,
  allow,
  identityCloud,
  policy,
  refusal,
  trust,
} from './principals.test-support.ts'

const bobArn = `arn:aws:iam::${accountId}:user/bob`

/** The cloud with bob, who may do what the policy says. */
async function bobWith(document?: string) {
  const made = identityCloud()
  const bob = made.as(IAMClient, await made.user('bob', document))
  return { ...made, bob }
}

test('a denial names what it is about in the words of IAM', async () => {
  const { bob } = await bobWith()
  const arn = `arn:aws:iam::${accountId}`
  const AssumeRolePolicyDocument = trust()
  const PolicyDocument = allow('s3:GetObject')
  const calls = {
    'iam:GetUser on resource: user bob': new GetUserCommand({}),
    'iam:GetRole on resource: role Deploy': new GetRoleCommand({ RoleName: 'Deploy' }),
    'iam:CreateAccessKey on resource: user bob': new CreateAccessKeyCommand({}),
    [`iam:CreateUser on resource: ${arn}:user/eve`]: new CreateUserCommand({ UserName: 'eve' }),
    [`iam:CreateRole on resource: ${arn}:role/a/R`]: new CreateRoleCommand({
      RoleName: 'R',
      Path: '/a/',
      AssumeRolePolicyDocument,
    }),
    [`iam:ListUsers on resource: ${arn}:user/`]: new ListUsersCommand({}),
    [`iam:ListRoles on resource: ${arn}:role/`]: new ListRolesCommand({}),
    'iam:CreatePolicy on resource: policy P': new CreatePolicyCommand({
      PolicyName: 'P',
      PolicyDocument,
    }),
    'iam:ListPolicies on resource: policy path /': new ListPoliciesCommand({}),
    'iam:GetPolicy on resource: policy arn:aws:iam::aws:policy/ReadOnlyAccess':
      new GetPolicyCommand({
        PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      }),
    'iam:GetInstanceProfile on resource: instance profile web': new GetInstanceProfileCommand({
      InstanceProfileName: 'web',
    }),
    'iam:GetAccountSummary on resource: *': new GetAccountSummaryCommand({}),
  }
  for (const [what, command] of Object.entries(calls)) {
    const action = what.split(' ')[0]
    expect(await refusal(bob.send(command as GetUserCommand))).toEqual({
      code: 'AccessDenied',
      message: `User: ${bobArn} is not authorized to perform: ${what} because no identity-based policy allows the ${action} action`,
    })
  }
})

test('a deny says where it stands', async () => {
  const { bob } = await bobWith(
    policy([
      { Effect: 'Allow', Action: 'iam:*', Resource: '*' },
      { Effect: 'Deny', Action: 'iam:ListRoles', Resource: '*' },
    ]),
  )
  expect((await refusal(bob.send(new ListRolesCommand({})))).message).toBe(
    `User: ${bobArn} is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::${accountId}:role/ with an explicit deny in an identity-based policy`,
  )
})

test('a permissions boundary limits what its user may do', async () => {
  const { iam, bob } = await bobWith(allow('iam:*'))
  const PolicyDocument = allow('iam:ListUsers')
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'edge', PolicyDocument }))
  await iam.send(
    new PutUserPermissionsBoundaryCommand({ UserName: 'bob', PermissionsBoundary: Policy?.Arn }),
  )
  await bob.send(new ListUsersCommand({}))
  expect((await refusal(bob.send(new ListRolesCommand({})))).message).toBe(
    `User: ${bobArn} is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::${accountId}:role/ because no permissions boundary allows the iam:ListRoles action`,
  )
  const { Policy: bounding } = await iam.send(new GetPolicyCommand({ PolicyArn: Policy?.Arn }))
  expect(bounding?.PermissionsBoundaryUsageCount).toBe(1)
  const deletion = iam.send(new DeletePolicyCommand({ PolicyArn: Policy?.Arn }))
  expect((await refusal(deletion)).code).toBe('DeleteConflict')
})

test('iam:PermissionsBoundary lets a delegate make only bounded roles', async () => {
  const boundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  const Condition = { StringEquals: { 'iam:PermissionsBoundary': boundary } }
  const { bob } = await bobWith(
    allow(['iam:CreateRole', 'iam:AttachRolePolicy'], '*', { Condition }),
  )
  const role = { AssumeRolePolicyDocument: trust() }
  await bob.send(
    new CreateRoleCommand({ ...role, RoleName: 'bounded', PermissionsBoundary: boundary }),
  )
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await bob.send(new AttachRolePolicyCommand({ RoleName: 'bounded', PolicyArn }))
  const free = bob.send(new CreateRoleCommand({ ...role, RoleName: 'free' }))
  expect((await refusal(free)).code).toBe('AccessDenied')
})

test('iam:PolicyARN lets a delegate attach only one policy', async () => {
  const one = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  const Condition = { ArnEquals: { 'iam:PolicyARN': one } }
  const { bob, role } = await bobWith(allow('iam:AttachRolePolicy', '*', { Condition }))
  await role('R')
  await bob.send(new AttachRolePolicyCommand({ RoleName: 'R', PolicyArn: one }))
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  const other = bob.send(new AttachRolePolicyCommand({ RoleName: 'R', PolicyArn }))
  expect((await refusal(other)).code).toBe('AccessDenied')
})

test('tags of the call and of the role decide', async () => {
  const { iam, bob, role } = await bobWith(
    allow('iam:TagRole', '*', {
      Condition: {
        StringEquals: { 'aws:ResourceTag/team': 'blue', 'iam:ResourceTag/team': 'blue' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['cost'] },
        Null: { 'aws:RequestTag/cost': 'false' },
      },
    }),
  )
  await role('R')
  const tag = (Key: string) =>
    bob.send(new TagRoleCommand({ RoleName: 'R', Tags: [{ Key, Value: '1' }] }))
  expect((await refusal(tag('cost'))).code).toBe('AccessDenied')
  await iam.send(new TagRoleCommand({ RoleName: 'R', Tags: [{ Key: 'team', Value: 'blue' }] }))
  await tag('cost')
  expect((await refusal(tag('team'))).code).toBe('AccessDenied')
})

test('a role that is made with tags needs the permission to tag it', async () => {
  const { as, user } = await bobWith()
  const create = async (name: string, document: string) =>
    as(IAMClient, await user(name, document)).send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: trust(),
        Tags: [{ Key: 'team', Value: 'blue' }],
      }),
    )
  expect((await refusal(create('one', allow('iam:CreateRole')))).message).toBe(
    `User: arn:aws:iam::${accountId}:user/one is not authorized to perform: iam:TagRole on resource: role one because no identity-based policy allows the iam:TagRole action`,
  )
  await create('two', allow(['iam:CreateRole', 'iam:TagRole']))
})

test('a role is put into an instance profile only by who may pass it to EC2', async () => {
  const pass = (service: string) => ({
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: '*',
    Condition: { StringEquals: { 'iam:PassedToService': service } },
  })
  const profiles = {
    Effect: 'Allow',
    Action: ['iam:CreateInstanceProfile', 'iam:AddRoleToInstanceProfile'],
    Resource: '*',
  }
  const { as, user, role } = await bobWith()
  await role('R')
  const member = { InstanceProfileName: 'web', RoleName: 'R' }
  const wrong = as(IAMClient, await user('wrong', policy([profiles, pass('lambda.amazonaws.com')])))
  const right = as(IAMClient, await user('right', policy([profiles, pass('ec2.amazonaws.com')])))
  await right.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }))
  expect(await refusal(wrong.send(new AddRoleToInstanceProfileCommand(member)))).toEqual({
    code: 'AccessDenied',
    message: `User: arn:aws:iam::${accountId}:user/wrong is not authorized to perform: iam:PassRole on resource: arn:aws:iam::${accountId}:role/R because no identity-based policy allows the iam:PassRole action`,
  })
  await right.send(new AddRoleToInstanceProfileCommand(member))
})
