import {
  AwsIamManagedPolicy,
  type AwsIamManagedPolicyAttributes,
  type AwsIamManagedPolicyProperties,
  CreatePolicy,
  CreatePolicyVersion,
  DeletePolicy,
  DeletePolicyVersion,
  GetPolicy,
  GetPolicyVersion,
  ListEntitiesForPolicy,
  ListPolicyVersions,
  type Policy,
} from '@cloud-orrery/models/iam'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { versionsPerPolicyMax } from '../limits.ts'
import {
  difference,
  documentObject,
  documentText,
  groupCalls,
  roleCalls,
  userCalls,
} from './entity-policies.ts'

export const managedPolicyType = resource(AwsIamManagedPolicy, {
  async create(ctx, properties) {
    const {
      ManagedPolicyName = ctx.physicalName({ lengthMax: 128 }),
      Description,
      Path,
    } = properties
    const { Policy } = await ctx.call(CreatePolicy, {
      PolicyName: ManagedPolicyName,
      PolicyDocument: documentText(properties.PolicyDocument),
      Description,
      Path,
    })
    const PolicyArn = Policy?.Arn ?? ''
    ctx.made({ PolicyArn })
    await attachTo(ctx, PolicyArn, properties, {})
    return await attributesOf(ctx, PolicyArn)
  },
  async update(ctx, properties, previous, { PolicyArn }) {
    const text = documentText(properties.PolicyDocument)
    if (text !== documentText(previous.PolicyDocument)) await newVersion(ctx, PolicyArn, text)
    await attachTo(ctx, PolicyArn, properties, previous)
    return await attributesOf(ctx, PolicyArn)
  },
  async delete(ctx, { PolicyArn }, properties) {
    await attachTo(ctx, PolicyArn, {}, await stillAttached(ctx, PolicyArn, properties))
    for (const { VersionId = '', IsDefaultVersion } of await versionsOf(ctx, PolicyArn)) {
      if (IsDefaultVersion !== true) await ctx.call(DeletePolicyVersion, { PolicyArn, VersionId })
    }
    await ctx.call(DeletePolicy, { PolicyArn })
  },
  async read(ctx, { PolicyArn }) {
    const { Policy } = await ctx.call(GetPolicy, { PolicyArn })
    const { DefaultVersionId: VersionId = '' } = Policy ?? {}
    const { PolicyVersion } = await ctx.call(GetPolicyVersion, { PolicyArn, VersionId })
    const {
      PolicyRoles = [],
      PolicyUsers = [],
      PolicyGroups = [],
    } = await ctx.call(ListEntitiesForPolicy, { PolicyArn, PolicyUsageFilter: 'PermissionsPolicy' })
    return {
      ManagedPolicyName: Policy?.PolicyName,
      Path: Policy?.Path,
      ...(Policy?.Description === undefined ? {} : { Description: Policy.Description }),
      PolicyDocument: documentObject(PolicyVersion?.Document),
      ...(PolicyRoles.length === 0 ? {} : { Roles: PolicyRoles.map((it) => it.RoleName ?? '') }),
      ...(PolicyUsers.length === 0 ? {} : { Users: PolicyUsers.map((it) => it.UserName ?? '') }),
      ...(PolicyGroups.length === 0
        ? {}
        : { Groups: PolicyGroups.map((it) => it.GroupName ?? '') }),
    }
  },
})

type Bearers = Pick<AwsIamManagedPolicyProperties, 'Groups' | 'Roles' | 'Users'>

async function attachTo(
  ctx: ResourceContext,
  arn: string,
  now: Bearers,
  before: Bearers,
): Promise<void> {
  const kinds = [
    { calls: groupCalls, ...difference(before.Groups, now.Groups) },
    { calls: roleCalls, ...difference(before.Roles, now.Roles) },
    { calls: userCalls, ...difference(before.Users, now.Users) },
  ]
  for (const { calls, gone, added } of kinds) {
    for (const name of gone) await calls.detach(ctx, name, arn)
    for (const name of added) await calls.attach(ctx, name, arn)
  }
}

/** Of the entities that the template named, those that still have the policy. */
async function stillAttached(
  ctx: ResourceContext,
  PolicyArn: string,
  { Groups = [], Roles = [], Users = [] }: Bearers,
): Promise<Bearers> {
  const {
    PolicyGroups = [],
    PolicyRoles = [],
    PolicyUsers = [],
  } = await ctx.call(ListEntitiesForPolicy, { PolicyArn, PolicyUsageFilter: 'PermissionsPolicy' })
  const has = (names: readonly (string | undefined)[]) => (name: string) => names.includes(name)
  return {
    Groups: Groups.filter(has(PolicyGroups.map(({ GroupName }) => GroupName))),
    Roles: Roles.filter(has(PolicyRoles.map(({ RoleName }) => RoleName))),
    Users: Users.filter(has(PolicyUsers.map(({ UserName }) => UserName))),
  }
}

/** A policy has five versions at most: the oldest that is not the default makes room. */
async function newVersion(ctx: ResourceContext, PolicyArn: string, text: string): Promise<void> {
  const versions = await versionsOf(ctx, PolicyArn)
  if (versions.length >= versionsPerPolicyMax) {
    const oldest = versions.findLast(({ IsDefaultVersion }) => IsDefaultVersion !== true)
    await ctx.call(DeletePolicyVersion, { PolicyArn, VersionId: oldest?.VersionId ?? '' })
  }
  const input = { PolicyArn, PolicyDocument: text, SetAsDefault: true }
  await ctx.call(CreatePolicyVersion, input)
}

/** Newest first. */
async function versionsOf(ctx: ResourceContext, PolicyArn: string) {
  const { Versions = [] } = await ctx.call(ListPolicyVersions, { PolicyArn })
  return Versions
}

async function attributesOf(
  ctx: ResourceContext,
  PolicyArn: string,
): Promise<AwsIamManagedPolicyAttributes> {
  const { Policy = {} as Policy } = await ctx.call(GetPolicy, { PolicyArn }) // All its members are optional.
  return {
    PolicyArn,
    PolicyId: Policy.PolicyId ?? '',
    AttachmentCount: Policy.AttachmentCount ?? 0,
    PermissionsBoundaryUsageCount: Policy.PermissionsBoundaryUsageCount ?? 0,
    DefaultVersionId: Policy.DefaultVersionId ?? '',
    IsAttachable: Policy.IsAttachable ?? true,
    CreateDate: new Date(Policy.CreateDate ?? 0).toISOString(),
    UpdateDate: new Date(Policy.UpdateDate ?? 0).toISOString(),
  }
}
