import {
  AddUserToGroup,
  CreateGroup,
  DeleteGroup,
  GetGroup,
  type Group,
  ListGroups,
  ListGroupsForUser,
  RemoveUserFromGroup,
  UpdateGroup,
} from '@cloud-orrery/models/iam'
import { operation } from '../define.ts'
import { entityArn } from '../shared/identity/arns.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { type GroupRecord, groups, pathKey } from '../shared/identity/state.ts'
import { aboutEntity, afterPath, findGroup, findUser } from './entities.ts'
import { alreadyExists, deleteConflict, quotaExceeded } from './errors.ts'
import { accountQuotas, groupsPerUserMax } from './limits.ts'
import { page, pageOfList } from './paging.ts'
import { userBasics } from './users.ts'

export const createGroup = operation(CreateGroup, {
  authorize: ({ GroupName, Path = '/' }, ctx) => entityArn(ctx, 'group', Path, GroupName),
  provenance: 'modelled',
  run(ctx, { GroupName, Path = '/' }) {
    if (groups.has(ctx, GroupName.toLowerCase())) throw alreadyExists('Group', GroupName)
    if (groups.count(ctx) >= accountQuotas.groups) {
      throw quotaExceeded('GroupsPerAccount', accountQuotas.groups)
    }
    const group = groups.put(ctx, {
      groupName: GroupName,
      groupId: ctx.ids.unique('AGPA'),
      path: Path,
      arn: entityArn(ctx, 'group', Path, GroupName),
      createdAtMs: thisSecond(ctx),
      inlinePolicies: {},
      attachedPolicies: [],
      members: [],
    })
    return { Group: groupBasics(group) }
  },
})

export const getGroup = operation(GetGroup, {
  authorize: ({ GroupName }, ctx) => aboutEntity(ctx, 'group', GroupName),
  provenance: 'modelled',
  run(ctx, { GroupName, ...request }) {
    const group = findGroup(ctx, GroupName)
    const { items, rest } = pageOfList(request, group.members)
    const Users = items.map((name) => userBasics(findUser(ctx, name)))
    return { Group: groupBasics(group), Users, ...rest }
  },
})

export const listGroups = operation(ListGroups, {
  authorize: ({ PathPrefix = '/' }, ctx) => entityArn(ctx, 'group', PathPrefix, ''),
  provenance: 'modelled',
  run(ctx, { PathPrefix = '/', ...request }) {
    const { items, rest } = page(
      request,
      (after) => groups.scanIndex(ctx, 'path', afterPath(PathPrefix, after)),
      ({ path, groupName }) => pathKey(path, groupName),
    )
    return { Groups: items.map(groupBasics), ...rest }
  },
})

export const listGroupsForUser = operation(ListGroupsForUser, {
  authorize: ({ UserName }, ctx) => aboutEntity(ctx, 'user', UserName),
  provenance: 'recorded',
  run(ctx, { UserName, ...request }) {
    const key = findUser(ctx, UserName).userName.toLowerCase()
    const { items, rest } = page(
      request,
      (after) => groups.where(ctx, 'member', key, after === undefined ? {} : { after }),
      ({ groupName }) => groupName.toLowerCase(),
    )
    return { Groups: items.map(groupBasics), ...rest }
  },
})

export const updateGroup = operation(UpdateGroup, {
  authorize: ({ GroupName, NewPath = '/', NewGroupName }, ctx) => [
    aboutEntity(ctx, 'group', GroupName),
    ...(NewGroupName === undefined
      ? []
      : [{ resource: entityArn(ctx, 'group', NewPath, NewGroupName) }]),
  ],
  provenance: 'modelled',
  run(ctx, { GroupName, NewPath, NewGroupName }) {
    const group = findGroup(ctx, GroupName)
    const path = NewPath ?? group.path
    const groupName = NewGroupName ?? group.groupName
    const oldKey = group.groupName.toLowerCase()
    const newKey = groupName.toLowerCase()
    if (newKey !== oldKey && groups.has(ctx, newKey)) throw alreadyExists('Group', groupName)
    groups.delete(ctx, oldKey)
    groups.put(ctx, { ...group, groupName, path, arn: entityArn(ctx, 'group', path, groupName) })
    return {}
  },
})

export const deleteGroup = operation(DeleteGroup, {
  authorize: ({ GroupName }, ctx) => aboutEntity(ctx, 'group', GroupName),
  provenance: 'modelled',
  run(ctx, { GroupName }) {
    const group = findGroup(ctx, GroupName)
    if (group.members.length > 0) throw deleteConflict('remove users from group')
    if (group.attachedPolicies.length > 0) throw deleteConflict('detach all policies')
    if (Object.keys(group.inlinePolicies).length > 0) throw deleteConflict('delete policies')
    groups.delete(ctx, group.groupName.toLowerCase())
    return {}
  },
})

export const addUserToGroup = operation(AddUserToGroup, {
  authorize: ({ GroupName }, ctx) => aboutEntity(ctx, 'group', GroupName),
  provenance: 'modelled',
  run(ctx, { GroupName, UserName }) {
    const { userName } = findUser(ctx, UserName)
    const group = findGroup(ctx, GroupName)
    if (group.members.includes(userName)) return {}
    if ([...groups.where(ctx, 'member', userName.toLowerCase())].length >= groupsPerUserMax) {
      throw quotaExceeded('GroupsPerUser', groupsPerUserMax)
    }
    groups.put(ctx, { ...group, members: [...group.members, userName] })
    return {}
  },
})

export const removeUserFromGroup = operation(RemoveUserFromGroup, {
  authorize: ({ GroupName }, ctx) => aboutEntity(ctx, 'group', GroupName),
  provenance: 'modelled',
  run(ctx, { GroupName, UserName }) {
    const { userName } = findUser(ctx, UserName)
    const group = findGroup(ctx, GroupName)
    groups.put(ctx, { ...group, members: group.members.filter((name) => name !== userName) })
    return {}
  },
})

export function groupBasics(group: GroupRecord): Group {
  return {
    Path: group.path,
    GroupName: group.groupName,
    GroupId: group.groupId,
    Arn: group.arn,
    CreateDate: group.createdAtMs,
  }
}
