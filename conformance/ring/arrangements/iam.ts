import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreateLoginProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateServiceLinkedRoleCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  DeleteServiceLinkedRoleCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

export const allowAll = statement({ Action: '*', Resource: '*' })
export const accountTrust = trust({ AWS: 'arn:aws:iam::123456789012:root' })

export function serviceTrust(service: string): string {
  return trust({ Service: `${service}.amazonaws.com` })
}

function trust(Principal: object): string {
  return statement({ Principal, Action: 'sts:AssumeRole' })
}

function statement(rest: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...rest }] })
}

const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const metadata = `<EntityDescriptor entityID="https://idp.example.com">${' '.repeat(1000)}</EntityDescriptor>`
const thumbprint = '9e99a48a9960b14926bb7f3b02e22da2b0ab7280'

/** One of each: a user in a group, roles, policies, keys, providers, an instance profile. */
export async function arrangeIam(cloud: Cloud): Promise<KnownValues> {
  const iam = client(cloud, IAMClient)
  const inline = { PolicyName: 'inline', PolicyDocument: allowAll }
  const linked = await arrangePrincipals(iam)
  await iam.send(new PutUserPolicyCommand({ UserName: 'ring', ...inline }))
  await iam.send(new PutGroupPolicyCommand({ GroupName: 'ring', ...inline }))
  await iam.send(new PutRolePolicyCommand({ RoleName: 'ring', ...inline }))
  const boundary = { PermissionsBoundary: readOnly }
  await iam.send(new PutUserPermissionsBoundaryCommand({ UserName: 'ring', ...boundary }))
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'ring', ...boundary }))
  await iam.send(new AttachUserPolicyCommand({ UserName: 'ring', PolicyArn: readOnly }))
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'ring', PolicyArn: readOnly }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'ring', PolicyArn: readOnly }))
  const document = { PolicyDocument: allowAll }
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'ring', ...document }))
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn: Policy?.Arn, ...document }))
  const { Policy: spare } = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'spare', ...document }),
  )
  return {
    ...(await arrangeProviders(iam)),
    ...(await arrangeCredentials(iam)),
    UserName: 'ring',
    GroupName: 'ring',
    RoleName: 'ring',
    'CreateUser.UserName': 'ring-new',
    'CreateGroup.GroupName': 'ring-new',
    'CreateRole.RoleName': 'ring-new',
    'DeleteUser.UserName': 'ring-spare',
    'DeleteGroup.GroupName': 'ring-spare',
    'DeleteRole.RoleName': 'ring-spare',
    'AddUserToGroup.GroupName': 'ring-spare',
    'AddRoleToInstanceProfile.InstanceProfileName': 'ring-spare',
    'CreateInstanceProfile.InstanceProfileName': 'ring-new',
    'DeleteInstanceProfile.InstanceProfileName': 'ring-spare',
    InstanceProfileName: 'ring',
    AssumeRolePolicyDocument: accountTrust,
    'UpdateAssumeRolePolicy.PolicyDocument': accountTrust,
    PolicyDocument: allowAll,
    PolicyName: 'inline',
    'CreatePolicy.PolicyName': 'ring-new',
    PolicyArn: Policy?.Arn,
    'DeletePolicy.PolicyArn': spare?.Arn,
    'DetachUserPolicy.PolicyArn': readOnly,
    'DetachGroupPolicy.PolicyArn': readOnly,
    'DetachRolePolicy.PolicyArn': readOnly,
    VersionId: 'v2',
    PermissionsBoundary: readOnly,
    Path: '/ring/',
    NewPath: '/ring/',
    PathPrefix: '/',
    'PolicyInputList[]': allowAll,
    'PermissionsBoundaryPolicyInputList[]': allowAll,
    'ActionNames[]': 's3:GetObject',
    'ResourceArns[]': 'arn:aws:s3:::ring/one',
    PolicySourceArn: 'arn:aws:iam::123456789012:user/ring',
    CallerArn: 'arn:aws:iam::123456789012:user/ring',
    AWSServiceName: 'elasticbeanstalk.amazonaws.com',
    'DeleteServiceLinkedRole.RoleName': linked,
  }
}

/** Gives the name of a service-linked role. */
async function arrangePrincipals(iam: IAMClient): Promise<string | undefined> {
  for (const name of ['ring', 'ring-spare']) {
    await iam.send(new CreateUserCommand({ UserName: name }))
    await iam.send(new CreateGroupCommand({ GroupName: name }))
    const role = { RoleName: name, AssumeRolePolicyDocument: accountTrust }
    await iam.send(new CreateRoleCommand(role))
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }))
  }
  await iam.send(new AddUserToGroupCommand({ GroupName: 'ring', UserName: 'ring' }))
  const profile = { InstanceProfileName: 'ring', RoleName: 'ring' }
  await iam.send(new AddRoleToInstanceProfileCommand(profile))
  const service = { AWSServiceName: 'autoscaling.amazonaws.com' }
  const { Role } = await iam.send(new CreateServiceLinkedRoleCommand(service))
  return Role?.RoleName
}

async function arrangeCredentials(iam: IAMClient): Promise<KnownValues> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ring' }))
  const service = { UserName: 'ring', ServiceName: 'codecommit.amazonaws.com' }
  const { ServiceSpecificCredential } = await iam.send(
    new CreateServiceSpecificCredentialCommand(service),
  )
  const login = { UserName: 'ring', Password: 'Ring-2026-ring!' }
  await iam.send(new CreateLoginProfileCommand(login))
  await iam.send(new UpdateAccountPasswordPolicyCommand({ MinimumPasswordLength: 8 }))
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'ring-alias' }))
  const other = { AWSServiceName: 'spot.amazonaws.com' }
  const { Role } = await iam.send(new CreateServiceLinkedRoleCommand(other))
  const { DeletionTaskId } = await iam.send(
    new DeleteServiceLinkedRoleCommand({ RoleName: Role?.RoleName }),
  )
  const credential = {
    UserName: 'ring',
    ServiceSpecificCredentialId: ServiceSpecificCredential?.ServiceSpecificCredentialId,
  }
  return {
    AccessKeyId: AccessKey?.AccessKeyId,
    'UpdateAccessKey.': {
      UserName: 'ring',
      AccessKeyId: AccessKey?.AccessKeyId,
      Status: 'Inactive',
    },
    'DeleteAccessKey.': { UserName: 'ring', AccessKeyId: AccessKey?.AccessKeyId },
    ServiceName: service.ServiceName,
    ...credential,
    'UpdateServiceSpecificCredential.': { ...credential, Status: 'Inactive' },
    'ResetServiceSpecificCredential.': credential,
    'DeleteServiceSpecificCredential.': credential,
    'CreateLoginProfile.': { UserName: 'ring-spare', Password: login.Password },
    'GetLoginProfile.': { UserName: 'ring' },
    'DeleteLoginProfile.': { UserName: 'ring' },
    Password: login.Password,
    AccountAlias: 'ring-alias',
    'CreateAccountAlias.AccountAlias': 'ring-other',
    DeletionTaskId,
  }
}

async function arrangeProviders(iam: IAMClient): Promise<KnownValues> {
  const { OpenIDConnectProviderArn } = await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: 'https://idp.example.com',
      ClientIDList: ['ring'],
      ThumbprintList: [thumbprint],
    }),
  )
  const { SAMLProviderArn } = await iam.send(
    new CreateSAMLProviderCommand({ Name: 'ring', SAMLMetadataDocument: metadata }),
  )
  return {
    OpenIDConnectProviderArn,
    SAMLProviderArn,
    Url: 'https://other.example.com',
    ClientID: 'ring',
    'ThumbprintList[]': thumbprint,
    SAMLMetadataDocument: metadata,
    'CreateSAMLProvider.Name': 'ring-new',
  }
}
