import {
  AwsIamRole,
  type AwsIamRoleProperties,
  CreateRole,
  DeleteRole,
  DeleteRolePermissionsBoundary,
  GetRole,
  GetRolePolicy,
  ListAttachedRolePolicies,
  ListRolePolicies,
  PutRolePermissionsBoundary,
  TagRole,
  UntagRole,
  UpdateAssumeRolePolicy,
  UpdateRole,
} from '@cloud-orrery/models/iam'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { applyPolicies, documentObject, documentText, roleCalls } from './entity-policies.ts'
import { unlessGone } from './gone.ts'
import { withName } from './named-type.ts'
import { tagChanges, tagsOf } from './tags.ts'

/** Seconds. Source: CloudFormation template reference, AWS::IAM::Role, `MaxSessionDuration`. */
const sessionSecondsDefault = 3600

export const roleType = resource(withName(AwsIamRole, 'RoleName'), {
  async create(ctx, properties) {
    const RoleName = properties.RoleName ?? ctx.physicalName({ lengthMax: 64 })
    const Tags = tagsOf(ctx, properties.Tags)
    const { Role } = await ctx.call(CreateRole, {
      RoleName,
      AssumeRolePolicyDocument: documentText(properties.AssumeRolePolicyDocument),
      Description: properties.Description,
      MaxSessionDuration: properties.MaxSessionDuration,
      Path: properties.Path,
      PermissionsBoundary: properties.PermissionsBoundary,
      ...(Tags.length === 0 ? {} : { Tags }),
    })
    const state = { RoleName, Arn: Role.Arn, RoleId: Role.RoleId }
    ctx.made(state)
    await applyPolicies(ctx, roleCalls, RoleName, properties)
    // CloudFormation looks at what it made: whoever deploys needs iam:GetRole.
    await ctx.call(GetRole, { RoleName })
    return state
  },
  async adopt(ctx, { RoleName = '' }) {
    const { Role } = await ctx.call(GetRole, { RoleName })
    return { RoleName, Arn: Role.Arn, RoleId: Role.RoleId }
  },
  async update(ctx, properties, previous, state) {
    const { RoleName } = state
    const trust = documentText(properties.AssumeRolePolicyDocument)
    if (trust !== documentText(previous.AssumeRolePolicyDocument)) {
      await ctx.call(UpdateAssumeRolePolicy, { RoleName, PolicyDocument: trust })
    }
    await updateSettings(ctx, RoleName, properties, previous)
    await applyPolicies(ctx, roleCalls, RoleName, properties, previous)
    const { Role } = await ctx.call(GetRole, { RoleName })
    const { set, gone } = tagChanges(Role.Tags ?? [], tagsOf(ctx, properties.Tags))
    if (gone.length > 0) await ctx.call(UntagRole, { RoleName, TagKeys: gone })
    if (set.length > 0) await ctx.call(TagRole, { RoleName, Tags: set })
    return state
  },
  async delete(ctx, { RoleName }, properties) {
    await applyPolicies(ctx, roleCalls, RoleName, {}, await stillThere(ctx, RoleName, properties))
    await ctx.call(DeleteRole, { RoleName })
  },
  async read(ctx, { RoleName }) {
    const { Role } = await ctx.call(GetRole, { RoleName })
    const policies = await currentPolicies(ctx, RoleName)
    return {
      RoleName,
      Path: Role.Path,
      AssumeRolePolicyDocument: documentObject(Role.AssumeRolePolicyDocument),
      MaxSessionDuration: Role.MaxSessionDuration,
      ...(Role.Description === undefined ? {} : { Description: Role.Description }),
      ...(Role.PermissionsBoundary === undefined
        ? {}
        : { PermissionsBoundary: Role.PermissionsBoundary.PermissionsBoundaryArn }),
      ...(Role.Tags === undefined ? {} : { Tags: Role.Tags }),
      ...policies,
    }
  },
})

async function updateSettings(
  ctx: ResourceContext,
  RoleName: string,
  now: AwsIamRoleProperties,
  before: AwsIamRoleProperties,
): Promise<void> {
  const settings = ({ Description = '', MaxSessionDuration }: AwsIamRoleProperties) => ({
    Description,
    MaxSessionDuration: MaxSessionDuration ?? sessionSecondsDefault,
  })
  if (JSON.stringify(settings(now)) !== JSON.stringify(settings(before))) {
    await ctx.call(UpdateRole, { RoleName, ...settings(now) })
  }
  const { PermissionsBoundary } = now
  if (PermissionsBoundary === before.PermissionsBoundary) return
  if (PermissionsBoundary === undefined) {
    await unlessGone(ctx.call(DeleteRolePermissionsBoundary, { RoleName }))
  } else await ctx.call(PutRolePermissionsBoundary, { RoleName, PermissionsBoundary })
}

/** Of the policies that the template gave, those that nobody has taken away since. */
async function stillThere(
  ctx: ResourceContext,
  RoleName: string,
  { Policies = [], ManagedPolicyArns = [] }: AwsIamRoleProperties,
) {
  const { PolicyNames } = await ctx.call(ListRolePolicies, { RoleName })
  const { AttachedPolicies = [] } = await ctx.call(ListAttachedRolePolicies, { RoleName })
  const arns = new Set(AttachedPolicies.map(({ PolicyArn }) => PolicyArn))
  return {
    Policies: Policies.filter(({ PolicyName }) => PolicyNames.includes(PolicyName)),
    ManagedPolicyArns: ManagedPolicyArns.filter((arn) => arns.has(arn)),
  }
}

async function currentPolicies(ctx: ResourceContext, RoleName: string) {
  const { PolicyNames } = await ctx.call(ListRolePolicies, { RoleName })
  const { AttachedPolicies = [] } = await ctx.call(ListAttachedRolePolicies, { RoleName })
  const Policies = []
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument } = await ctx.call(GetRolePolicy, { RoleName, PolicyName })
    Policies.push({ PolicyName, PolicyDocument: documentObject(PolicyDocument) })
  }
  return {
    ...(Policies.length === 0 ? {} : { Policies }),
    ...(AttachedPolicies.length === 0
      ? {}
      : { ManagedPolicyArns: AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn) }),
  }
}
