import { AwsError } from '@cloud-orrery/models'
import {
  AddUserToGroup,
  AwsIamUser,
  type AwsIamUserProperties,
  CreateLoginProfile,
  CreateUser,
  DeleteLoginProfile,
  DeleteUser,
  DeleteUserPermissionsBoundary,
  EntityAlreadyExistsException,
  GetUser,
  ListAttachedUserPolicies,
  ListGroupsForUser,
  ListUserPolicies,
  PutUserPermissionsBoundary,
  RemoveUserFromGroup,
  TagUser,
  UntagUser,
  UpdateLoginProfile,
  UpdateUser,
} from '@cloud-orrery/models/iam'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { applyPolicies, difference, userCalls } from './entity-policies.ts'
import { unlessGone } from './gone.ts'
import { withName } from './named-type.ts'
import { tagChanges, tagsOf } from './tags.ts'

export const userType = resource(withName(AwsIamUser, 'UserName'), {
  async create(ctx, properties) {
    const UserName = properties.UserName ?? ctx.physicalName({ lengthMax: 64 })
    const Tags = tagsOf(ctx, properties.Tags)
    const { User } = await ctx.call(CreateUser, {
      UserName,
      Path: properties.Path,
      PermissionsBoundary: properties.PermissionsBoundary,
      ...(Tags.length === 0 ? {} : { Tags }),
    })
    const state = { UserName, Arn: User?.Arn ?? '' }
    ctx.made(state)
    await applyAll(ctx, UserName, properties, {})
    return state
  },
  async update(ctx, properties, previous, state) {
    const { UserName } = state
    const { PermissionsBoundary, Path } = properties
    if (Path !== previous.Path) await ctx.call(UpdateUser, { UserName, NewPath: Path ?? '/' })
    if (PermissionsBoundary !== previous.PermissionsBoundary) {
      if (PermissionsBoundary === undefined) {
        await unlessGone(ctx.call(DeleteUserPermissionsBoundary, { UserName }))
      } else {
        await ctx.call(PutUserPermissionsBoundary, { UserName, PermissionsBoundary })
      }
    }
    await applyAll(ctx, UserName, properties, previous)
    const { User } = await ctx.call(GetUser, { UserName })
    const { set, gone } = tagChanges(User.Tags ?? [], tagsOf(ctx, properties.Tags))
    if (gone.length > 0) await ctx.call(UntagUser, { UserName, TagKeys: gone })
    if (set.length > 0) await ctx.call(TagUser, { UserName, Tags: set })
    return { ...state, Arn: User.Arn }
  },
  async delete(ctx, { UserName }, properties) {
    await removeUser(ctx, UserName, properties)
  },
  async read(ctx, { UserName }) {
    const { User } = await ctx.call(GetUser, { UserName })
    const { Groups } = await ctx.call(ListGroupsForUser, { UserName })
    const { AttachedPolicies = [] } = await ctx.call(ListAttachedUserPolicies, { UserName })
    return {
      UserName,
      Path: User.Path,
      ...(Groups.length === 0 ? {} : { Groups: Groups.map(({ GroupName }) => GroupName) }),
      ...(AttachedPolicies.length === 0
        ? {}
        : { ManagedPolicyArns: AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn) }),
      ...(User.Tags === undefined ? {} : { Tags: User.Tags }),
    }
  },
})

/** Policies, groups and the password, from one template to the next. */
async function applyAll(
  ctx: ResourceContext,
  UserName: string,
  now: AwsIamUserProperties,
  before: AwsIamUserProperties,
): Promise<void> {
  await applyPolicies(ctx, userCalls, UserName, now, before)
  const { gone, added } = difference(before.Groups, now.Groups)
  for (const GroupName of gone) {
    await unlessGone(ctx.call(RemoveUserFromGroup, { GroupName, UserName }))
  }
  for (const GroupName of added) await ctx.call(AddUserToGroup, { GroupName, UserName })
  await putPassword(ctx, UserName, now.LoginProfile, before.LoginProfile)
}

async function putPassword(
  ctx: ResourceContext,
  UserName: string,
  now: AwsIamUserProperties['LoginProfile'],
  before: AwsIamUserProperties['LoginProfile'],
): Promise<void> {
  if (JSON.stringify(now) === JSON.stringify(before)) return
  if (now === undefined) {
    await unlessGone(ctx.call(DeleteLoginProfile, { UserName }))
    return
  }
  const input = { UserName, ...now }
  if (before !== undefined && (await unlessGone(ctx.call(UpdateLoginProfile, input)))) return
  try {
    await ctx.call(CreateLoginProfile, input)
  } catch (error) {
    // A rollback may find the password that the update had still to take away.
    const exists = error instanceof AwsError && error.code === EntityAlreadyExistsException.code
    if (!exists) throw error
    await ctx.call(UpdateLoginProfile, input)
  }
}

/** Removes what the template gave, where it is there still, and the user. */
async function removeUser(
  ctx: ResourceContext,
  UserName: string,
  { Policies = [], ManagedPolicyArns = [], LoginProfile }: AwsIamUserProperties,
): Promise<void> {
  const { PolicyNames } = await ctx.call(ListUserPolicies, { UserName })
  const { AttachedPolicies = [] } = await ctx.call(ListAttachedUserPolicies, { UserName })
  const { Groups } = await ctx.call(ListGroupsForUser, { UserName })
  const arns = new Set(AttachedPolicies.map(({ PolicyArn }) => PolicyArn))
  const given = {
    Policies: Policies.filter(({ PolicyName }) => PolicyNames.includes(PolicyName)),
    ManagedPolicyArns: ManagedPolicyArns.filter((arn) => arns.has(arn)),
  }
  await applyPolicies(ctx, userCalls, UserName, {}, given)
  for (const { GroupName } of Groups) await ctx.call(RemoveUserFromGroup, { GroupName, UserName })
  if (LoginProfile !== undefined) await unlessGone(ctx.call(DeleteLoginProfile, { UserName }))
  await ctx.call(DeleteUser, { UserName })
}
