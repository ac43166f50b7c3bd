import {
  GetAccountAuthorizationDetails,
  type GroupDetail,
  type ManagedPolicyDetail,
  type PolicyDetail,
  type RoleDetail,
  type UserDetail,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import {
  type GroupRecord,
  groups,
  pathKey,
  policies,
  type RoleRecord,
  roles,
  type StoredPolicy,
  type UserRecord,
  users,
} from '../shared/identity/state.ts'
import { attachedPolicyEntry } from './attachments.ts'
import { boundaryOf } from './boundaries.ts'
import { afterPath } from './entities.ts'
import { profileBasics, profilesOfRole } from './instance-profiles.ts'
import { awsPolicyDetail, policyBasics } from './managed-policies.ts'
import { page } from './paging.ts'
import { encodePolicy } from './policy-documents.ts'
import { versionsOf } from './policy-versions.ts'
import { lastUse } from './roles.ts'
import { writeTags } from './tags.ts'
import { trustPolicyText } from './trust-policies.ts'

type Detail =
  | { readonly kind: 'User'; readonly sortKey: string; readonly shown: UserDetail }
  | { readonly kind: 'Group'; readonly sortKey: string; readonly shown: GroupDetail }
  | { readonly kind: 'Role'; readonly sortKey: string; readonly shown: RoleDetail }
  | { readonly kind: 'Policy'; readonly sortKey: string; readonly shown: ManagedPolicyDetail }

/** Everything about who may do what, in one listing. Of AWS's policies those in use. */
export const getAccountAuthorizationDetails = operation(GetAccountAuthorizationDetails, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { Filter = allKinds, ...request }) {
    const { items, rest } = page(
      request,
      (after) => details(ctx, new Set(Filter.length === 0 ? allKinds : Filter), after),
      ({ sortKey }) => sortKey,
    )
    return {
      UserDetailList: items.flatMap((it) => (it.kind === 'User' ? [it.shown] : [])),
      GroupDetailList: items.flatMap((it) => (it.kind === 'Group' ? [it.shown] : [])),
      RoleDetailList: items.flatMap((it) => (it.kind === 'Role' ? [it.shown] : [])),
      Policies: items.flatMap((it) => (it.kind === 'Policy' ? [it.shown] : [])),
      ...rest,
    }
  },
})

const allKinds = ['User', 'Group', 'Role', 'LocalManagedPolicy', 'AWSManagedPolicy']

/** Users, groups, roles and policies, each by path and name, from behind a marker on. */
function* details(
  ctx: Context,
  kinds: ReadonlySet<string>,
  after: string | undefined,
): Generator<Detail> {
  const section = after?.[0] ?? '0'
  /** Where to start in a section; undefined where the marker lies behind all of it. */
  const start = (name: string) => {
    if (name < section) return undefined
    return afterPath('/', name === section ? after?.slice(1) : undefined)
  }
  const fromUsers = kinds.has('User') ? start('1') : undefined
  if (fromUsers !== undefined) {
    for (const user of users.scanIndex(ctx, 'path', fromUsers)) {
      yield {
        kind: 'User',
        sortKey: `1${pathKey(user.path, user.userName)}`,
        shown: userDetail(ctx, user),
      }
    }
  }
  const fromGroups = kinds.has('Group') ? start('2') : undefined
  if (fromGroups !== undefined) {
    for (const group of groups.scanIndex(ctx, 'path', fromGroups)) {
      yield {
        kind: 'Group',
        sortKey: `2${pathKey(group.path, group.groupName)}`,
        shown: groupDetail(group),
      }
    }
  }
  const fromRoles = kinds.has('Role') ? start('3') : undefined
  if (fromRoles !== undefined) {
    for (const role of roles.scanIndex(ctx, 'path', fromRoles)) {
      yield {
        kind: 'Role',
        sortKey: `3${pathKey(role.path, role.roleName)}`,
        shown: roleDetail(ctx, role),
      }
    }
  }
  const fromPolicies = kinds.has('LocalManagedPolicy') ? start('4') : undefined
  if (fromPolicies !== undefined) {
    for (const policy of policies.scanIndex(ctx, 'path', fromPolicies)) {
      const shown = { ...policyBasics(ctx, policy), PolicyVersionList: versions(ctx, policy.arn) }
      yield { kind: 'Policy', sortKey: `4${pathKey(policy.path, policy.policyName)}`, shown }
    }
  }
  if (kinds.has('AWSManagedPolicy')) {
    for (const arn of awsPoliciesInUse(ctx)) {
      const sortKey = `5${arn}`
      if (after !== undefined && sortKey <= after) continue
      const shown = awsPolicyDetail(ctx, arn)
      if (shown === undefined) continue
      yield { kind: 'Policy', sortKey, shown: { ...shown, PolicyVersionList: versions(ctx, arn) } }
    }
  }
}

/** Newest first. */
function versions(ctx: Context, arn: string) {
  return versionsOf(ctx, arn).reverse()
}

function awsPoliciesInUse(ctx: Context): string[] {
  const arns = new Set<string>()
  for (const entities of [users.scan(ctx), groups.scan(ctx), roles.scan(ctx)]) {
    for (const { attachedPolicies } of entities) {
      for (const arn of attachedPolicies) if (arn.includes(':iam::aws:')) arns.add(arn)
    }
  }
  return [...arns].sort()
}

function userDetail(ctx: Context, user: UserRecord): UserDetail {
  const key = user.userName.toLowerCase()
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: user.createdAtMs,
    UserPolicyList: inline(user.inlinePolicies),
    GroupList: [...groups.where(ctx, 'member', key)].map(({ groupName }) => groupName),
    AttachedManagedPolicies: user.attachedPolicies.map(attachedPolicyEntry),
    ...boundaryOf(user),
    Tags: writeTags(user.tags),
  }
}

function groupDetail(group: GroupRecord): GroupDetail {
  return {
    Path: group.path,
    GroupName: group.groupName,
    GroupId: group.groupId,
    Arn: group.arn,
    CreateDate: group.createdAtMs,
    GroupPolicyList: inline(group.inlinePolicies),
    AttachedManagedPolicies: group.attachedPolicies.map(attachedPolicyEntry),
  }
}

function roleDetail(ctx: Context, role: RoleRecord): RoleDetail {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: role.createdAtMs,
    AssumeRolePolicyDocument: encodePolicy(trustPolicyText(ctx, role)),
    InstanceProfileList: profilesOfRole(ctx, role).map((profile) => profileBasics(ctx, profile)),
    RolePolicyList: inline(role.inlinePolicies),
    AttachedManagedPolicies: role.attachedPolicies.map(attachedPolicyEntry),
    ...boundaryOf(role),
    Tags: writeTags(role.tags),
    RoleLastUsed: lastUse(role),
  }
}

function inline(stored: Readonly<Record<string, StoredPolicy>>): PolicyDetail[] {
  return Object.entries(stored).map(([PolicyName, { text }]) => ({
    PolicyName,
    PolicyDocument: encodePolicy(text),
  }))
}
