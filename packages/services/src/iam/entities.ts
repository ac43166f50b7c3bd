import type { Principal, RequestContext, UserPrincipal } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'
import { entityArn } from '../shared/identity/arns.ts'
import {
  type GroupRecord,
  groups,
  type RoleRecord,
  roles,
  type UserRecord,
  users,
} from '../shared/identity/state.ts'
import { needsUserName, notFound, protectedRole } from './errors.ts'
import { resourceTagContext } from './tags.ts'

/** Users, groups and roles: what policies can be attached to. */
export type EntityKind = 'user' | 'group' | 'role'

export function findUser(ctx: Context, name: string): UserRecord {
  const user = users.get(ctx, name.toLowerCase())
  if (user === undefined) throw notFound('user', name)
  return user
}

export function findGroup(ctx: Context, name: string): GroupRecord {
  const group = groups.get(ctx, name.toLowerCase())
  if (group === undefined) throw notFound('group', name)
  return group
}

export function findRole(ctx: Context, name: string): RoleRecord {
  const role = roles.get(ctx, name.toLowerCase())
  if (role === undefined) throw notFound('role', name)
  return role
}

/** A role that its account may change: not a service-linked one. */
export function findOwnRole(ctx: Context, name: string, operation: string): RoleRecord {
  const role = findRole(ctx, name)
  if (role.linkedService !== undefined) throw protectedRole(operation, role.roleName)
  return role
}

/** The user that a call is about: the one named, or the one who calls. */
export function userNameOrCaller(ctx: Context, name: string | undefined): string {
  if (name !== undefined) return name
  return needsUser(ctx.caller.principal).userName
}

export function needsUser(principal: Principal): UserPrincipal {
  if (principal.kind !== 'user') throw needsUserName()
  return principal
}

type EntityFields = Pick<UserRecord, 'arn' | 'inlinePolicies' | 'attachedPolicies'> & {
  readonly name: string
}

/** The part that users, groups and roles have in common. */
export function findEntity(ctx: Context, kind: EntityKind, name: string): EntityFields {
  switch (kind) {
    case 'user': {
      const user = findUser(ctx, name)
      return { ...user, name: user.userName }
    }
    case 'group': {
      const group = findGroup(ctx, name)
      return { ...group, name: group.groupName }
    }
    case 'role': {
      const role = findRole(ctx, name)
      return { ...role, name: role.roleName }
    }
  }
}

export function updateEntity(
  ctx: Context,
  kind: EntityKind,
  name: string,
  fields: Partial<Pick<UserRecord, 'inlinePolicies' | 'attachedPolicies'>>,
): void {
  const key = name.toLowerCase()
  switch (kind) {
    case 'user':
      users.update(ctx, key, fields)
      return
    case 'group':
      groups.update(ctx, key, fields)
      return
    case 'role':
      roles.update(ctx, key, fields)
  }
}

/**
 * What the policy engine judges of a call about an entity: its ARN, or the ARN that it would have at the root
 * path, with the condition keys that IAM publishes for it.
 */
export function aboutEntity(
  ctx: Context,
  kind: EntityKind,
  name: string,
  context: RequestContext = {},
): Authorization {
  const found = recordOf(ctx, kind, name)
  const resource = found?.arn ?? entityArn(ctx, kind, '/', name)
  if (found === undefined) return { resource, context }
  const tags = 'tags' in found ? found.tags : undefined
  const boundary = 'boundaryArn' in found ? found.boundaryArn : undefined
  return {
    resource,
    context: {
      ...resourceTagContext(tags),
      ...(boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }),
      ...context,
    },
  }
}

function recordOf(
  ctx: Context,
  kind: EntityKind,
  name: string,
): UserRecord | GroupRecord | RoleRecord | undefined {
  const key = name.toLowerCase()
  switch (kind) {
    case 'user':
      return users.get(ctx, key)
    case 'group':
      return groups.get(ctx, key)
    case 'role':
      return roles.get(ctx, key)
  }
}

/** Reads a listing's records after a marker in the order of an index of path and name. */
export function afterPath(prefix: string, after: string | undefined) {
  // An index entry is its value, a zero and the key: one past the zero lies behind all of a value's entries.
  return after === undefined ? { prefix } : { prefix, after: `${after}\u0001` }
}
