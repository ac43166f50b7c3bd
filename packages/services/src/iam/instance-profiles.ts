import {
  AddRoleToInstanceProfile,
  CreateInstanceProfile,
  DeleteInstanceProfile,
  GetInstanceProfile,
  type InstanceProfile,
  ListInstanceProfiles,
  ListInstanceProfilesForRole,
  ListInstanceProfileTags,
  RemoveRoleFromInstanceProfile,
  TagInstanceProfile,
  UntagInstanceProfile,
} from '@cloud-orrery/models/iam'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { entityArn } from '../shared/identity/arns.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import {
  type InstanceProfileRecord,
  instanceProfiles,
  pathKey,
  type RoleRecord,
  roles,
} from '../shared/identity/state.ts'
import { aboutEntity, afterPath, findRole } from './entities.ts'
import {
  deleteConflict,
  entityAlreadyExists,
  noSuchEntity,
  quotaExceeded,
  roleNotInProfile,
} from './errors.ts'
import { accountQuotas } from './limits.ts'
import { page, pageOfList } from './paging.ts'
import { roleBasics } from './roles.ts'
import {
  creationOf,
  givenTags,
  readTags,
  requestTagContext,
  resourceTagContext,
  withoutTags,
  withTags,
  writeTags,
} from './tags.ts'

export const createInstanceProfile = operation(CreateInstanceProfile, {
  authorize: ({ InstanceProfileName, Path = '/', Tags }, ctx) =>
    creationOf(
      entityArn(ctx, 'instance-profile', Path, InstanceProfileName),
      Tags,
      'TagInstanceProfile',
    ),
  provenance: 'modelled',
  run(ctx, { InstanceProfileName, Path = '/', Tags }) {
    const tags = readTags(Tags, 'exact')
    if (instanceProfiles.has(ctx, InstanceProfileName.toLowerCase())) {
      throw entityAlreadyExists(`Instance Profile ${InstanceProfileName} already exists.`)
    }
    if (instanceProfiles.count(ctx) >= accountQuotas.instanceProfiles) {
      throw quotaExceeded('InstanceProfilesPerAccount', accountQuotas.instanceProfiles)
    }
    const profile = instanceProfiles.put(ctx, {
      instanceProfileName: InstanceProfileName,
      instanceProfileId: ctx.ids.unique('AIPA'),
      path: Path,
      arn: entityArn(ctx, 'instance-profile', Path, InstanceProfileName),
      createdAtMs: thisSecond(ctx),
      tags,
    })
    return { InstanceProfile: { ...profileBasics(ctx, profile), ...givenTags(Tags) } }
  },
})

export const getInstanceProfile = operation(GetInstanceProfile, {
  authorize: ({ InstanceProfileName }, ctx) => aboutProfile(ctx, InstanceProfileName),
  provenance: 'modelled',
  run(ctx, { InstanceProfileName }) {
    const profile = findProfile(ctx, InstanceProfileName)
    return {
      InstanceProfile: { ...profileBasics(ctx, profile), Tags: writeTags(profile.tags) },
    }
  },
})

export const listInstanceProfiles = operation(ListInstanceProfiles, {
  authorize: ({ PathPrefix = '/' }, ctx) => entityArn(ctx, 'instance-profile', PathPrefix, ''),
  provenance: 'modelled',
  run(ctx, { PathPrefix = '/', ...request }) {
    const { items, rest } = page(
      request,
      (after) => instanceProfiles.scanIndex(ctx, 'path', afterPath(PathPrefix, after)),
      ({ path, instanceProfileName }) => pathKey(path, instanceProfileName),
    )
    return { InstanceProfiles: items.map((profile) => profileBasics(ctx, profile)), ...rest }
  },
})

export const listInstanceProfilesForRole = operation(ListInstanceProfilesForRole, {
  authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
  provenance: 'modelled',
  run(ctx, { RoleName, ...request }) {
    const found = profilesOfRole(ctx, findRole(ctx, RoleName))
    const { items, rest } = pageOfList(request, found)
    return { InstanceProfiles: items.map((profile) => profileBasics(ctx, profile)), ...rest }
  },
})

export const deleteInstanceProfile = operation(DeleteInstanceProfile, {
  authorize: ({ InstanceProfileName }, ctx) => aboutProfile(ctx, InstanceProfileName),
  provenance: 'modelled',
  run(ctx, { InstanceProfileName }) {
    const profile = findProfile(ctx, InstanceProfileName)
    if (profile.roleName !== undefined) throw deleteConflict('remove roles from instance profile')
    instanceProfiles.delete(ctx, InstanceProfileName.toLowerCase())
    return {}
  },
})

export const addRoleToInstanceProfile = operation(AddRoleToInstanceProfile, {
  authorize: ({ InstanceProfileName }, ctx) => aboutProfile(ctx, InstanceProfileName),
  provenance: 'modelled',
  run(ctx, { InstanceProfileName, RoleName }) {
    const profile = findProfile(ctx, InstanceProfileName)
    const role = findRole(ctx, RoleName)
    ctx.authorize('iam:PassRole', role.arn, {
      context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
    })
    // AWS's quota has this name, and one role is all that a profile holds.
    if (profile.roleName !== undefined) throw quotaExceeded('InstanceSessionsPerInstanceProfile', 1)
    instanceProfiles.put(ctx, { ...profile, roleName: role.roleName })
    return {}
  },
})

export const removeRoleFromInstanceProfile = operation(RemoveRoleFromInstanceProfile, {
  authorize: ({ InstanceProfileName }, ctx) => aboutProfile(ctx, InstanceProfileName),
  provenance: 'modelled',
  run(ctx, { InstanceProfileName, RoleName }) {
    const { roleName, ...profile } = findProfile(ctx, InstanceProfileName)
    const role = findRole(ctx, RoleName)
    if (roleName !== role.roleName) throw roleNotInProfile(role.roleName, InstanceProfileName)
    instanceProfiles.put(ctx, profile)
    return {}
  },
})

export const tagInstanceProfile = operation(TagInstanceProfile, {
  authorize: ({ InstanceProfileName, Tags }, ctx) =>
    aboutProfile(ctx, InstanceProfileName, requestTagContext(Tags)),
  provenance: 'modelled',
  run(ctx, { InstanceProfileName, Tags }) {
    const profile = findProfile(ctx, InstanceProfileName)
    const tags = withTags(profile.tags, Tags, 'exact')
    instanceProfiles.put(ctx, { ...profile, tags })
    return {}
  },
})

export const untagInstanceProfile = operation(UntagInstanceProfile, {
  authorize: ({ InstanceProfileName, TagKeys }, ctx) =>
    aboutProfile(ctx, InstanceProfileName, { 'aws:TagKeys': TagKeys }),
  provenance: 'modelled',
  run(ctx, { InstanceProfileName, TagKeys }) {
    const profile = findProfile(ctx, InstanceProfileName)
    instanceProfiles.put(ctx, { ...profile, tags: withoutTags(profile.tags, TagKeys, 'exact') })
    return {}
  },
})

export const listInstanceProfileTags = operation(ListInstanceProfileTags, {
  authorize: ({ InstanceProfileName }, ctx) => aboutProfile(ctx, InstanceProfileName),
  provenance: 'modelled',
  run(ctx, { InstanceProfileName, ...request }) {
    const { tags } = findProfile(ctx, InstanceProfileName)
    const { items, rest } = pageOfList(request, writeTags(tags))
    return { Tags: items, ...rest }
  },
})

function findProfile(ctx: Context, name: string): InstanceProfileRecord {
  const profile = instanceProfiles.get(ctx, name.toLowerCase())
  if (profile === undefined) throw noSuchEntity(`Instance Profile ${name} cannot be found.`)
  return profile
}

export function profilesOfRole(ctx: Context, { roleName }: RoleRecord): InstanceProfileRecord[] {
  return [...instanceProfiles.where(ctx, 'role', roleName.toLowerCase())]
}

function aboutProfile(ctx: Context, name: string, context: RequestContext = {}): Authorization {
  const profile = instanceProfiles.get(ctx, name.toLowerCase())
  return {
    resource: profile?.arn ?? entityArn(ctx, 'instance-profile', '/', name),
    context: { ...resourceTagContext(profile?.tags), ...context },
  }
}

export function profileBasics(ctx: Context, profile: InstanceProfileRecord): InstanceProfile {
  const role =
    profile.roleName === undefined ? undefined : roles.get(ctx, profile.roleName.toLowerCase())
  return {
    Path: profile.path,
    InstanceProfileName: profile.instanceProfileName,
    InstanceProfileId: profile.instanceProfileId,
    Arn: profile.arn,
    CreateDate: profile.createdAtMs,
    Roles: role === undefined ? [] : [roleBasics(ctx, role)],
  }
}
