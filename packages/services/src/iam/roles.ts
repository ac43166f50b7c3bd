import {
  CreateRole,
  DeleteRole,
  GetRole,
  ListRoles,
  ListRoleTags,
  type Role,
  TagRole,
  UntagRole,
  UpdateAssumeRolePolicy,
  UpdateRole,
  UpdateRoleDescription,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { entityArn } from '../shared/identity/arns.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { instanceProfiles, pathKey, type RoleRecord, roles } from '../shared/identity/state.ts'
import { boundaryContext, boundaryOf, checkBoundary } from './boundaries.ts'
import { aboutEntity, afterPath, findOwnRole, findRole } from './entities.ts'
import { alreadyExists, deleteConflict, quotaExceeded } from './errors.ts'
import { accountQuotas } from './limits.ts'
import { page, pageOfList } from './paging.ts'
import { encodePolicy } from './policy-documents.ts'
import {
  creationOf,
  givenTags,
  readTags,
  requestTagContext,
  tagsIfAny,
  withoutTags,
  withTags,
  writeTags,
} from './tags.ts'
import { readTrustPolicy, trustPolicyText } from './trust-policies.ts'

/** Seconds. Source: IAM API reference, CreateRole, `MaxSessionDuration`. */
const sessionSecondsDefault = 3600

export const createRole = operation(CreateRole, {
  authorize: ({ RoleName, Path = '/', Tags, PermissionsBoundary }, ctx) =>
    creationOf(
      entityArn(ctx, 'role', Path, RoleName),
      Tags,
      'TagRole',
      boundaryContext(PermissionsBoundary),
    ),
  provenance: 'recorded',
  run(ctx, input) {
    const { RoleName, Path = '/', Description, MaxSessionDuration, PermissionsBoundary } = input
    const tags = readTags(input.Tags)
    if (roles.has(ctx, RoleName.toLowerCase())) throw alreadyExists('Role', RoleName)
    const trustPolicy = readTrustPolicy(ctx, input.AssumeRolePolicyDocument)
    if (PermissionsBoundary !== undefined) checkBoundary(ctx, PermissionsBoundary)
    if (roles.count(ctx) >= accountQuotas.roles) {
      throw quotaExceeded('RolesPerAccount', accountQuotas.roles)
    }
    const role = roles.put(ctx, {
      roleName: RoleName,
      roleId: ctx.ids.unique('AROA'),
      path: Path,
      arn: entityArn(ctx, 'role', Path, RoleName),
      createdAtMs: thisSecond(ctx),
      trustPolicy,
      ...(Description === undefined ? {} : { description: Description }),
      maxSessionDurationSeconds: MaxSessionDuration ?? sessionSecondsDefault,
      inlinePolicies: {},
      attachedPolicies: [],
      tags,
      ...(PermissionsBoundary === undefined ? {} : { boundaryArn: PermissionsBoundary }),
    })
    return {
      Role: {
        ...roleBasics(ctx, role),
        ...(MaxSessionDuration === undefined ? {} : { MaxSessionDuration }),
        ...boundaryOf(role),
        ...givenTags(input.Tags),
      },
    }
  },
})

export const getRole = operation(GetRole, {
  authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
  provenance: 'recorded',
  run: (ctx, { RoleName }) => ({ Role: roleInFull(ctx, findRole(ctx, RoleName)) }),
})

export const listRoles = operation(ListRoles, {
  authorize: ({ PathPrefix = '/' }, ctx) => entityArn(ctx, 'role', PathPrefix, ''),
  provenance: 'recorded',
  run(ctx, { PathPrefix = '/', ...request }) {
    const { items, rest } = page(
      request,
      (after) => roles.scanIndex(ctx, 'path', afterPath(PathPrefix, after)),
      ({ path, roleName }) => pathKey(path, roleName),
    )
    const Roles = items.map((role) => ({
      ...roleBasics(ctx, role),
      MaxSessionDuration: role.maxSessionDurationSeconds,
    }))
    return { Roles, ...rest }
  },
})

export const updateRole = operation(UpdateRole, {
  authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
  provenance: 'modelled',
  run(ctx, { RoleName, Description, MaxSessionDuration }) {
    const role = findOwnRole(ctx, RoleName, 'UpdateRole')
    roles.put(ctx, {
      ...role,
      ...(Description === undefined ? {} : { description: Description }),
      ...(MaxSessionDuration === undefined
        ? {}
        : { maxSessionDurationSeconds: MaxSessionDuration }),
    })
    return {}
  },
})

export const updateRoleDescription = operation(UpdateRoleDescription, {
  authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
  provenance: 'modelled',
  run(ctx, { RoleName, Description }) {
    const role = findOwnRole(ctx, RoleName, 'UpdateRoleDescription')
    return { Role: roleBasics(ctx, roles.put(ctx, { ...role, description: Description })) }
  },
})

export const updateAssumeRolePolicy = operation(UpdateAssumeRolePolicy, {
  authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
  provenance: 'recorded',
  run(ctx, { RoleName, PolicyDocument }) {
    const role = findOwnRole(ctx, RoleName, 'UpdateAssumeRolePolicy')
    roles.put(ctx, { ...role, trustPolicy: readTrustPolicy(ctx, PolicyDocument) })
    return {}
  },
})

export const deleteRole = operation(DeleteRole, {
  authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
  provenance: 'recorded',
  run(ctx, { RoleName }) {
    const role = findOwnRole(ctx, RoleName, 'DeleteRole')
    const key = role.roleName.toLowerCase()
    if (instanceProfiles.first(ctx, 'role', key) !== undefined) {
      throw deleteConflict('remove roles from instance profile')
    }
    if (role.attachedPolicies.length > 0) throw deleteConflict('detach all policies')
    if (Object.keys(role.inlinePolicies).length > 0) throw deleteConflict('delete policies')
    roles.delete(ctx, key)
    return {}
  },
})

export const tagRole = operation(TagRole, {
  authorize: ({ RoleName, Tags }, ctx) =>
    aboutEntity(ctx, 'role', RoleName, requestTagContext(Tags)),
  provenance: 'modelled',
  run(ctx, { RoleName, Tags }) {
    const role = findOwnRole(ctx, RoleName, 'TagRole')
    roles.put(ctx, { ...role, tags: withTags(role.tags, Tags) })
    return {}
  },
})

export const untagRole = operation(UntagRole, {
  authorize: ({ RoleName, TagKeys }, ctx) =>
    aboutEntity(ctx, 'role', RoleName, { 'aws:TagKeys': TagKeys }),
  provenance: 'modelled',
  run(ctx, { RoleName, TagKeys }) {
    const role = findOwnRole(ctx, RoleName, 'UntagRole')
    roles.put(ctx, { ...role, tags: withoutTags(role.tags, TagKeys) })
    return {}
  },
})

export const listRoleTags = operation(ListRoleTags, {
  authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
  provenance: 'modelled',
  run(ctx, { RoleName, ...request }) {
    const { items, rest } = pageOfList(request, writeTags(findRole(ctx, RoleName).tags))
    return { Tags: items, ...rest }
  },
})

/** What every answer shows of a role. Recorded: iam, CreateRole. */
export function roleBasics(ctx: Context, role: RoleRecord): Role {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: role.createdAtMs,
    AssumeRolePolicyDocument: encodePolicy(trustPolicyText(ctx, role)),
    ...(role.description === undefined ? {} : { Description: role.description }),
  }
}

/** Recorded: iam, GetRole. */
export function roleInFull(ctx: Context, role: RoleRecord): Role {
  return {
    ...roleBasics(ctx, role),
    MaxSessionDuration: role.maxSessionDurationSeconds,
    ...boundaryOf(role),
    ...tagsIfAny(role.tags),
    RoleLastUsed: lastUse(role),
  }
}

/** `RoleLastUsed`: empty for a role that was never used. */
export function lastUse({ lastUsed }: RoleRecord): { LastUsedDate?: number; Region?: string } {
  return lastUsed === undefined ? {} : { LastUsedDate: lastUsed.atMs, Region: lastUsed.region }
}
