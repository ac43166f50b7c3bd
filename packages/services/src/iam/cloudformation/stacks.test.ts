import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  AttachRolePolicyCommand,
  CreateGroupCommand,
  GetAccountAuthorizationDetailsCommand,
  type GetAccountAuthorizationDetailsResponse,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
} from '@aws-sdk/client-iam'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  type Bindings,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../../shared/recorded.test-support.ts'
import { answer } from '../recordings.test-support.ts'

const accountId = '111111111111'

/** Stacks in the recorder's account. */
function stacks(seed = 1) {
  const cloud = createCloud({ accountId, deepFreeze: true, seed })
  const cfn = client(cloud, CloudFormationClient)
  const iam = client(cloud, IAMClient)
  const settled = async (StackName: string) => {
    await cloud.advance({ minutes: 10 })
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
    const { StackStatus, Outputs = [] } = Stacks?.[0] ?? {}
    const outputs = Object.fromEntries(Outputs.map((it) => [it.OutputKey, it.OutputValue]))
    return { status: StackStatus, outputs }
  }
  const input = (StackName: string, template: object | string) => ({
    StackName,
    TemplateBody: typeof template === 'string' ? template : JSON.stringify(template),
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
  })
  return {
    cloud,
    cfn,
    iam,
    async create(name: string, template: object | string) {
      await cfn.send(new CreateStackCommand(input(name, template)))
      return settled(name)
    },
    async update(name: string, template: object | string) {
      await cfn.send(new UpdateStackCommand(input(name, template)))
      return settled(name)
    },
    async remove(name: string) {
      await cfn.send(new DeleteStackCommand({ StackName: name }))
      await cloud.advance({ minutes: 10 })
    },
    async reasons(StackName: string) {
      const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
      return StackEvents.flatMap(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
        ResourceStatus?.endsWith('_FAILED') === true
          ? [`${LogicalResourceId}: ${ResourceStatusReason}`]
          : [],
      )
    },
    /** What an account has of its own: the administrator aside. */
    async left() {
      const details = await iam.send(new GetAccountAuthorizationDetailsCommand({}))
      return namesOf(details)
    },
  }
}

function namesOf(details: GetAccountAuthorizationDetailsResponse): string[] {
  const { UserDetailList = [], GroupDetailList = [], RoleDetailList = [], Policies = [] } = details
  return [
    ...UserDetailList.map(({ UserName }) => UserName),
    ...GroupDetailList.map(({ GroupName }) => GroupName),
    ...RoleDetailList.map(({ RoleName }) => RoleName),
    ...Policies.flatMap(({ Arn, PolicyName }) => (Arn?.includes('::aws:') ? [] : [PolicyName])),
  ].flatMap((name) => (name === undefined || name === 'admin' ? [] : [name]))
}

const allowed = (Action: string, Resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
})

const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
}

/** One of each type that stands on its own. */
const everything = {
  Resources: {
    Group: {
      Type: 'AWS::IAM::Group',
      Properties: {
        Policies: [{ PolicyName: 'inline', PolicyDocument: allowed('sqs:*') }],
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      },
    },
    User: {
      Type: 'AWS::IAM::User',
      Properties: {
        UserName: 'someone',
        Groups: [{ Ref: 'Group' }],
        LoginProfile: { Password: 'Passw0rd!Passw0rd' },
        Policies: [{ PolicyName: 'inline', PolicyDocument: allowed('sns:*') }],
        Tags: [{ Key: 'team', Value: 'blue' }],
      },
    },
    Key: { Type: 'AWS::IAM::AccessKey', Properties: { UserName: { Ref: 'User' } } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust,
        Path: '/service/',
        MaxSessionDuration: 7200,
        Policies: [{ PolicyName: 'inline', PolicyDocument: allowed('s3:GetObject') }],
        ManagedPolicyArns: [{ Ref: 'Managed' }],
      },
    },
    Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'Role' }] } },
    Managed: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { Description: 'Reads', PolicyDocument: allowed('s3:ListBucket') },
    },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'shared',
        PolicyDocument: allowed('logs:PutLogEvents'),
        Roles: [{ Ref: 'Role' }],
        Users: [{ Ref: 'User' }],
      },
    },
    RolePolicy: {
      Type: 'AWS::IAM::RolePolicy',
      Properties: { RoleName: { Ref: 'Role' }, PolicyName: 'own', PolicyDocument: allowed('a:*') },
    },
    Addition: {
      Type: 'AWS::IAM::UserToGroupAddition',
      Properties: { GroupName: { Ref: 'Other' }, Users: [{ Ref: 'User' }] },
    },
    Other: { Type: 'AWS::IAM::Group' },
    Provider: {
      Type: 'AWS::IAM::OIDCProvider',
      Properties: { Url: 'https://token.example.com', ClientIdList: ['sts.amazonaws.com'] },
    },
    Linked: {
      Type: 'AWS::IAM::ServiceLinkedRole',
      Properties: { AWSServiceName: 'batch.amazonaws.com' },
    },
  },
  Outputs: {
    RoleName: { Value: { Ref: 'Role' } },
    RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    Managed: { Value: { Ref: 'Managed' } },
    Provider: { Value: { Ref: 'Provider' } },
    Linked: { Value: { Ref: 'Linked' } },
    RolePolicy: { Value: { Ref: 'RolePolicy' } },
    Policy: { Value: { Ref: 'Policy' } },
    Key: { Value: { Ref: 'Key' } },
    Secret: { Value: { 'Fn::GetAtt': ['Key', 'SecretAccessKey'] } },
  },
}

test('one stack of every type comes, answers its references, and goes without a trace', async () => {
  const { create, remove, left, iam } = stacks()
  const { status, outputs } = await create('identity', everything)
  expect(status).toBe('CREATE_COMPLETE')
  const name = expect.stringMatching(/^identity-Role-[A-Za-z0-9]{12}$/)
  expect(outputs).toEqual({
    RoleName: name,
    RoleArn: expect.stringMatching(
      /^arn:aws:iam::111111111111:role\/service\/identity-Role-\w{12}$/,
    ),
    Managed: expect.stringMatching(/^arn:aws:iam::111111111111:policy\/identity-Managed-\w{12}$/),
    Provider: 'arn:aws:iam::111111111111:oidc-provider/token.example.com',
    Linked: 'AWSServiceRoleForBatch',
    RolePolicy: expect.stringMatching(/^own\|identity-Role-\w{12}$/),
    Policy: expect.stringMatching(/^ident-Poli-\w{12}$/),
    Key: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    Secret: expect.stringMatching(/^[\w+/]{40}$/),
  })
  expect((await left()).length).toBe(6)
  const { PolicyNames } = await iam.send(new ListUserPoliciesCommand({ UserName: 'someone' }))
  expect(PolicyNames).toEqual(['inline', 'shared'])
  await remove('identity')
  expect(await left()).toEqual([])
})

test('an update changes policies in place and a name by replacement', async () => {
  const { create, update, iam } = stacks()
  const role = (properties: object) => ({
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: trust, ...properties },
      },
      Managed: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { PolicyDocument: allowed('s3:GetObject'), Roles: [{ Ref: 'Role' }] },
      },
    },
    Outputs: { Role: { Value: { Ref: 'Role' } }, Managed: { Value: { Ref: 'Managed' } } },
  })
  const inline = (action: string) => [{ PolicyName: 'own', PolicyDocument: allowed(action) }]
  const first = await create('s', role({ Policies: inline('sqs:*') }))
  const second = await update('s', role({ Policies: inline('sns:*'), Description: 'now' }))
  expect(second.outputs).toEqual(first.outputs)
  const RoleName = first.outputs['Role']
  const { PolicyDocument = '' } = await iam.send(
    new GetRolePolicyCommand({ RoleName, PolicyName: 'own' }),
  )
  expect(JSON.parse(decodeURIComponent(PolicyDocument))).toEqual(allowed('sns:*'))
  const third = await update('s', role({ RoleName: 'named' }))
  expect(third).toMatchObject({ status: 'UPDATE_COMPLETE', outputs: { Role: 'named' } })
})

test('every version of a managed policy that an update makes is the default, the oldest go', async () => {
  const { create, update, iam } = stacks()
  const policy = (action: string) => ({
    Resources: {
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allowed(action) } },
    },
    Outputs: { Arn: { Value: { Ref: 'Managed' } } },
  })
  const { outputs } = await create('s', policy('a:One'))
  for (const action of ['a:Two', 'a:Three', 'a:Four', 'a:Five', 'a:Six', 'a:Seven']) {
    expect((await update('s', policy(action))).status).toBe('UPDATE_COMPLETE')
  }
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: outputs['Arn'] }))
  expect(Policy?.DefaultVersionId).toBe('v7')
})

test('a role that fails halfway is taken back, and the stack says why', async () => {
  const { create, left, reasons } = stacks()
  const { status } = await create('s', {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'half',
          AssumeRolePolicyDocument: trust,
          Policies: [{ PolicyName: 'ok', PolicyDocument: allowed('a:*') }],
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/ThereIsNoSuchPolicy'],
        },
      },
    },
  })
  expect(status).toBe('ROLLBACK_COMPLETE')
  expect(await reasons('s')).toEqual([
    expect.stringMatching(
      /^Role: Resource handler returned message: "Policy arn:aws:iam::aws:policy\/ThereIsNoSuchPolicy does not exist or is not attachable\. \(Service: Iam, Status Code: 404, Request ID: [\w-]+\)" \(RequestToken: [\w-]+, HandlerErrorCode: NotFound\)$/,
    ),
  ])
  expect(await left()).toEqual([])
})

test('a role to which others attached a policy can not be deleted by its stack', async () => {
  const { create, remove, reasons, iam } = stacks()
  await create('s', {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { RoleName: 'held', AssumeRolePolicyDocument: trust },
      },
    },
  })
  const PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'held', PolicyArn }))
  await remove('s')
  expect((await reasons('s')).at(-1)).toMatch(
    /^Role: Resource handler returned message: "Cannot delete entity, must detach all policies first\. /,
  )
})

const folder = 'iam/resource_providers'
const recorded = test.skipIf(!recordingsPresent)
const bindings = (): Bindings =>
  new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])

recorded('a user is made with all its properties', async () => {
  const { create, iam } = stacks()
  for (const GroupName of ['group-1', 'group-2']) {
    await iam.send(new CreateGroupCommand({ GroupName }))
  }
  const content = recording(
    `${folder}/aws_iam_user/test_parity`,
    'TestParity::test_create_with_full_properties',
  )
  const UserName = 'user-1'
  const { outputs } = await create('s', {
    Resources: {
      MyUser: {
        Type: 'AWS::IAM::User',
        Properties: { UserName, Groups: ['group-1', 'group-2'], Path: '/' },
      },
    },
    Outputs: { MyRef: { Value: { Ref: 'MyUser' } } },
  })
  const bound = bindings()
  expectRecorded(outputs, content['stack-outputs'], bound)
  const user = await answer(iam.send(new GetUserCommand({ UserName })))
  expectRecorded(user, content['describe-user-resource'], bound)
  const groups = await answer(iam.send(new ListGroupsForUserCommand({ UserName })))
  expectRecorded(groups, content['describe-user-group-association'], bound)
})

const userTemplate = (properties: object) => ({
  Resources: { MyUserResource: { Type: 'AWS::IAM::User', Properties: properties } },
  Outputs: { MyRef: { Value: { Ref: 'MyUserResource' } } },
})

recorded('a user of another name is another user', async () => {
  const { create, update, iam } = stacks()
  const content = recording(
    `${folder}/aws_iam_user/test_basic_user`,
    'TestUpdates::test_update_without_replacement',
  )
  const bound = bindings()
  const first = await create('s', userTemplate({ UserName: 'user-1' }))
  expectRecorded(first.outputs, content['stack-outputs-before-update'], bound)
  const before = await answer(iam.send(new GetUserCommand({ UserName: 'user-1' })))
  expectRecorded(before, content['describe-resource-before-update'], bound)
  const second = await update('s', userTemplate({ UserName: 'user-1-updated' }))
  const after = await answer(iam.send(new GetUserCommand({ UserName: 'user-1-updated' })))
  expectRecorded(after, content['describe-resource-after-update'], bound)
  expectRecorded(second.outputs, content['stack-outputs-after-update'], bound)
})

recorded('a user without a name gets one', async () => {
  const { create, iam } = stacks()
  const content = recording(
    `${folder}/aws_iam_user/test_basic_user`,
    'TestBasicCRD::test_autogenerated_values',
  )
  const bound = bindings()
  const { outputs } = await create('s', userTemplate({}))
  expectRecorded(outputs, content['stack_outputs'], bound)
  const user = await answer(iam.send(new GetUserCommand({ UserName: outputs['MyRef'] })))
  expectRecorded(user, content['autogenerated-get-user'], bound)
})

recorded.each([
  { name: 'json_string', key: 'policy_document' },
  { name: 'multiline_yaml', key: 'policy_document_multiline' },
])('a policy document may be text made by Fn::Sub: $name', async ({ name, key }) => {
  const { create, iam } = stacks()
  const content = recording(`${folder}/test_iam`, `test_managedpolicy_with_fn_sub_${name}`)
  const sub =
    name === 'json_string'
      ? `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-my-cluster-\${AWS::Region}/*"}]}`
      : `{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Allow",\n      "Action": "eks:DescribeCluster",\n      "Resource": "arn:\${AWS::Partition}:eks:\${AWS::Region}:\${AWS::AccountId}:cluster/my-cluster"\n    }\n  ]\n}\n`
  const { outputs } = await create('s', {
    Resources: {
      Managed: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { PolicyDocument: { 'Fn::Sub': sub } },
      },
    },
    Outputs: { Arn: { Value: { Ref: 'Managed' } } },
  })
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn: outputs['Arn'], VersionId: 'v1' }),
  )
  const document: unknown = JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ''))
  expectRecorded(document, content[key], bindings())
})

recorded('an inline policy document may be text made by Fn::Sub', async () => {
  const { create, iam } = stacks()
  const content = recording(`${folder}/test_iam`, 'test_inline_policy_with_fn_sub_json_string')
  const sub = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::my-bucket-\${AWS::Region}/*"}]}`
  await create('s', {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'role-1',
          AssumeRolePolicyDocument: trust,
          Policies: [{ PolicyName: 'inline', PolicyDocument: { 'Fn::Sub': sub } }],
        },
      },
    },
  })
  const { PolicyDocument = '' } = await iam.send(
    new GetRolePolicyCommand({ RoleName: 'role-1', PolicyName: 'inline' }),
  )
  const document: unknown = JSON.parse(decodeURIComponent(PolicyDocument))
  expectRecorded(document, content['inline_policy_document'], bindings())
})
