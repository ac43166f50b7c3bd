import { ListEntitiesForPolicy } from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { attachedPolicy } from '../shared/identity/policies.ts'
import { groups, roles, users } from '../shared/identity/state.ts'
import { policyNotFound } from './errors.ts'
import { aboutPolicy } from './managed-policies.ts'
import { page } from './paging.ts'

/** An entity that a managed policy is attached to, or bounds. */
type Bearer = { readonly sortKey: string; readonly path: string } & (
  | { readonly kind: 'Group'; readonly shown: { GroupName: string; GroupId: string } }
  | { readonly kind: 'User'; readonly shown: { UserName: string; UserId: string } }
  | { readonly kind: 'Role'; readonly shown: { RoleName: string; RoleId: string } }
)

export const listEntitiesForPolicy = operation(ListEntitiesForPolicy, {
  authorize: ({ PolicyArn }, ctx) => aboutPolicy(ctx, PolicyArn),
  provenance: 'modelled',
  run(ctx, { PolicyArn, EntityFilter, PathPrefix = '/', PolicyUsageFilter, ...request }) {
    if (attachedPolicy(ctx, PolicyArn) === undefined) throw policyNotFound(PolicyArn)
    const all = [...bearers(ctx, PolicyArn, PolicyUsageFilter)].filter(
      ({ kind, path }) =>
        (EntityFilter === undefined || kind === EntityFilter) && path.startsWith(PathPrefix),
    )
    const { items, rest } = page(
      request,
      (after) => all.filter(({ sortKey }) => after === undefined || sortKey > after),
      ({ sortKey }) => sortKey,
    )
    return {
      PolicyGroups: items.flatMap((item) => (item.kind === 'Group' ? [item.shown] : [])),
      PolicyUsers: items.flatMap((item) => (item.kind === 'User' ? [item.shown] : [])),
      PolicyRoles: items.flatMap((item) => (item.kind === 'Role' ? [item.shown] : [])),
      ...rest,
    }
  },
})

/** Groups, users and roles in this order, each once. */
function* bearers(ctx: Context, arn: string, usage: string | undefined): Generator<Bearer> {
  const attached = usage !== 'PermissionsBoundary'
  const bounding = usage !== 'PermissionsPolicy'
  if (attached) {
    for (const { groupName, groupId, path } of groups.where(ctx, 'policy', arn)) {
      const shown = { GroupName: groupName, GroupId: groupId }
      yield { kind: 'Group', sortKey: `1 ${groupName}`, path, shown }
    }
  }
  const userSet = new Map([
    ...(attached ? [...users.where(ctx, 'policy', arn)] : []).map(
      (it) => [it.userName, it] as const,
    ),
    ...(bounding ? [...users.where(ctx, 'boundary', arn)] : []).map(
      (it) => [it.userName, it] as const,
    ),
  ])
  for (const { userName, userId, path } of sorted(userSet)) {
    yield {
      kind: 'User',
      sortKey: `2 ${userName}`,
      path,
      shown: { UserName: userName, UserId: userId },
    }
  }
  const roleSet = new Map([
    ...(attached ? [...roles.where(ctx, 'policy', arn)] : []).map(
      (it) => [it.roleName, it] as const,
    ),
    ...(bounding ? [...roles.where(ctx, 'boundary', arn)] : []).map(
      (it) => [it.roleName, it] as const,
    ),
  ])
  for (const { roleName, roleId, path } of sorted(roleSet)) {
    yield {
      kind: 'Role',
      sortKey: `3 ${roleName}`,
      path,
      shown: { RoleName: roleName, RoleId: roleId },
    }
  }
}

function sorted<R>(byName: ReadonlyMap<string, R>): R[] {
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record)
}
