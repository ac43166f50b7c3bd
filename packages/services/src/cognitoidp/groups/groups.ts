import { orderedKey } from '@cloud-orrery/kernel'
import {
  AdminAddUserToGroup,
  AdminListGroupsForUser,
  AdminRemoveUserFromGroup,
  CreateGroup,
  DeleteGroup,
  GetGroup,
  type GroupType,
  ListGroups,
  ListUsersInGroup,
  UpdateGroup,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { groupExists, groupNotFound, invalidParameter, limitExceeded } from '../errors.ts'
import { groupsPerPoolMax, groupsPerUserMax, pageMax } from '../limits.ts'
import { onPool, poolOf } from '../pools/lookup.ts'
import { shownUser, userOf, userWithKey } from '../users/lookup.ts'
import { type Group, groups, memberships } from '../users/state.ts'

const invalidToken = () => invalidParameter('Invalid pagination token.')

const shown = (group: Group): GroupType => ({
  GroupName: group.name,
  UserPoolId: group.poolId,
  ...(group.description === undefined ? {} : { Description: group.description }),
  ...(group.roleArn === undefined ? {} : { RoleArn: group.roleArn }),
  ...(group.precedence === undefined ? {} : { Precedence: group.precedence }),
  LastModifiedDate: group.modifiedAtMs,
  CreationDate: group.createdAtMs,
})

function groupOf(ctx: Context, poolId: string, name: string): Group {
  const group = groups.get(ctx, orderedKey(poolOf(ctx, poolId).id, name))
  if (group === undefined) throw groupNotFound()
  return group
}

type Given = Pick<GroupType, 'Description' | 'RoleArn' | 'Precedence'>

const fieldsOf = ({ Description, RoleArn, Precedence }: Given) => ({
  ...(Description === undefined ? {} : { description: Description }),
  ...(RoleArn === undefined ? {} : { roleArn: RoleArn }),
  ...(Precedence === undefined ? {} : { precedence: Precedence }),
})

export const createGroup = operation(CreateGroup, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, input) {
    const { UserPoolId, GroupName } = input
    poolOf(ctx, UserPoolId)
    if (groups.has(ctx, orderedKey(UserPoolId, GroupName))) throw groupExists()
    let count = 0
    for (const _ of groups.scan(ctx, { prefix: orderedKey(UserPoolId, '') })) count += 1
    if (count >= groupsPerPoolMax) throw limitExceeded('Maximum number of groups reached.')
    passRole(ctx, input.RoleArn)
    const group = groups.put(ctx, {
      poolId: UserPoolId,
      name: GroupName,
      ...fieldsOf(input),
      createdAtMs: ctx.now(),
      modifiedAtMs: ctx.now(),
    })
    return { Group: shown(group) }
  },
})

/** Whoever gives a group a role hands the role to its users. */
function passRole(ctx: Context, roleArn: string | undefined): void {
  if (roleArn === undefined) return
  ctx.authorize('iam:PassRole', roleArn, {
    context: { 'iam:PassedToService': 'cognito-identity.amazonaws.com' },
  })
}

export const getGroup = operation(GetGroup, {
  authorize: onPool,
  provenance: 'modelled',
  run: (ctx, { UserPoolId, GroupName }) => ({ Group: shown(groupOf(ctx, UserPoolId, GroupName)) }),
})

export const updateGroup = operation(UpdateGroup, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, input) {
    const group = groupOf(ctx, input.UserPoolId, input.GroupName)
    passRole(ctx, input.RoleArn)
    const changed = groups.put(ctx, { ...group, ...fieldsOf(input), modifiedAtMs: ctx.now() })
    return { Group: shown(changed) }
  },
})

export const deleteGroup = operation(DeleteGroup, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, GroupName }) {
    const { name, poolId } = groupOf(ctx, UserPoolId, GroupName)
    for (const { key } of [...memberships.where(ctx, 'group', orderedKey(poolId, name))]) {
      memberships.delete(ctx, orderedKey(poolId, key, name))
    }
    groups.delete(ctx, orderedKey(poolId, name))
    return {}
  },
})

export const listGroups = operation(ListGroups, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Limit, NextToken }) {
    const { id } = poolOf(ctx, UserPoolId)
    const { items, nextToken } = pageOf({
      list: (start) => groups.scan(ctx, { prefix: orderedKey(id, ''), ...start }),
      positionOf: ({ name }) => orderedKey(id, name),
      itemsMax: Limit || pageMax,
      token: NextToken,
      request: ['ListGroups', id],
      refused: invalidToken,
    })
    return {
      Groups: items.map(shown),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})

export const adminAddUserToGroup = operation(AdminAddUserToGroup, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, GroupName }) {
    const pool = poolOf(ctx, UserPoolId)
    const { key } = userOf(ctx, pool, Username)
    const { name } = groupOf(ctx, UserPoolId, GroupName)
    if (memberships.has(ctx, orderedKey(pool.id, key, name))) return {}
    let count = 0
    for (const _ of memberships.scan(ctx, { prefix: orderedKey(pool.id, key, '') })) count += 1
    if (count >= groupsPerUserMax) throw limitExceeded('Maximum number of groups reached for user.')
    memberships.put(ctx, { poolId: pool.id, key, group: name })
    return {}
  },
})

export const adminRemoveUserFromGroup = operation(AdminRemoveUserFromGroup, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, GroupName }) {
    const pool = poolOf(ctx, UserPoolId)
    const { key } = userOf(ctx, pool, Username)
    const { name } = groupOf(ctx, UserPoolId, GroupName)
    memberships.delete(ctx, orderedKey(pool.id, key, name))
    return {}
  },
})

export const adminListGroupsForUser = operation(AdminListGroupsForUser, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, Limit, NextToken }) {
    const pool = poolOf(ctx, UserPoolId)
    const { key } = userOf(ctx, pool, Username)
    const { items, nextToken } = pageOf({
      list: (start) => memberships.scan(ctx, { prefix: orderedKey(pool.id, key, ''), ...start }),
      positionOf: ({ group }) => orderedKey(pool.id, key, group),
      itemsMax: Limit || pageMax,
      token: NextToken,
      request: ['AdminListGroupsForUser', pool.id, key],
      refused: invalidToken,
    })
    return {
      Groups: items.map(({ group }) => shown(groupOf(ctx, pool.id, group))),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})

export const listUsersInGroup = operation(ListUsersInGroup, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, GroupName, Limit, NextToken }) {
    const { poolId, name } = groupOf(ctx, UserPoolId, GroupName)
    const { items, nextToken } = pageOf({
      list: (start) => memberships.where(ctx, 'group', orderedKey(poolId, name), start),
      positionOf: ({ key }) => orderedKey(poolId, key, name),
      itemsMax: Limit || pageMax,
      token: NextToken,
      request: ['ListUsersInGroup', poolId, name],
      refused: invalidToken,
    })
    const found = items.flatMap(({ key }) => userWithKey(ctx, poolId, key) ?? [])
    return {
      Users: found.map((user) => shownUser(user)),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})
