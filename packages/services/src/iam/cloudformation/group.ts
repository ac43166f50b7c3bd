import {
  AddUserToGroup,
  AwsIamGroup,
  AwsIamUserToGroupAddition,
  CreateGroup,
  DeleteGroup,
  GetGroup,
  ListAttachedGroupPolicies,
  ListGroupPolicies,
  RemoveUserFromGroup,
  UpdateGroup,
} from '@cloud-orrery/models/iam'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { applyPolicies, difference, groupCalls } from './entity-policies.ts'
import { unlessGone } from './gone.ts'
import { withName } from './named-type.ts'
import { shortName } from './short-name.ts'

export const groupType = resource(withName(AwsIamGroup, 'GroupName'), {
  async create(ctx, properties) {
    const GroupName = properties.GroupName ?? ctx.physicalName({ lengthMax: 128 })
    const { Group } = await ctx.call(CreateGroup, { GroupName, Path: properties.Path })
    const state = { GroupName, Arn: Group.Arn }
    ctx.made(state)
    await applyPolicies(ctx, groupCalls, GroupName, properties)
    return state
  },
  async update(ctx, properties, previous, state) {
    const { GroupName } = state
    await applyPolicies(ctx, groupCalls, GroupName, properties, previous)
    if (properties.Path === previous.Path) return state
    await ctx.call(UpdateGroup, { GroupName, NewPath: properties.Path ?? '/' })
    const { Group } = await ctx.call(GetGroup, { GroupName })
    return { ...state, Arn: Group.Arn }
  },
  async delete(ctx, { GroupName }) {
    await removeGroup(ctx, GroupName)
  },
  async read(ctx, { GroupName }) {
    const { Group } = await ctx.call(GetGroup, { GroupName })
    const { AttachedPolicies = [] } = await ctx.call(ListAttachedGroupPolicies, { GroupName })
    return {
      GroupName,
      Path: Group.Path,
      ...(AttachedPolicies.length === 0
        ? {}
        : { ManagedPolicyArns: AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn) }),
    }
  },
})

/** A group goes with all its policies, and only when no user is left in it. */
async function removeGroup(ctx: ResourceContext, GroupName: string): Promise<void> {
  const { PolicyNames } = await ctx.call(ListGroupPolicies, { GroupName })
  const { AttachedPolicies = [] } = await ctx.call(ListAttachedGroupPolicies, { GroupName })
  const { Users } = await ctx.call(GetGroup, { GroupName })
  if (Users.length === 0) {
    await applyPolicies(
      ctx,
      groupCalls,
      GroupName,
      {},
      {
        Policies: PolicyNames.map((PolicyName) => ({ PolicyName, PolicyDocument: '' })),
        ManagedPolicyArns: AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
      },
    )
  }
  await ctx.call(DeleteGroup, { GroupName })
}

export const userToGroupAdditionType = resource(AwsIamUserToGroupAddition, {
  async create(ctx, { GroupName, Users }) {
    for (const UserName of Users) await ctx.call(AddUserToGroup, { GroupName, UserName })
    return { Id: shortName(ctx) }
  },
  async update(ctx, { GroupName, Users }, previous, state) {
    const moved = GroupName !== previous.GroupName
    const { gone, added } = difference(moved ? [] : previous.Users, Users)
    for (const UserName of moved ? previous.Users : gone) {
      await unlessGone(ctx.call(RemoveUserFromGroup, { GroupName: previous.GroupName, UserName }))
    }
    for (const UserName of added) await ctx.call(AddUserToGroup, { GroupName, UserName })
    return state
  },
  async delete(ctx, _state, { GroupName, Users }) {
    for (const UserName of Users) {
      await unlessGone(ctx.call(RemoveUserFromGroup, { GroupName, UserName }))
    }
  },
})
