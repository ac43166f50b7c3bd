import type { TableContext } from '@cloud-orrery/kernel'
import { managedPolicy } from '@cloud-orrery/models'
import type { Principal, SourcedPolicy } from '@cloud-orrery/policy'
import type { Caller } from '../../context.ts'
import { groups, policies, type RoleRecord, roles, type UserRecord, users } from './state.ts'

/** The identity-based policies and the boundary that bear on a caller. */
export interface CallerPolicies {
  readonly identity: readonly SourcedPolicy[]
  readonly boundary?: readonly SourcedPolicy[]
  readonly session?: readonly SourcedPolicy[]
}

/** Collects them from the identity tables, as they stand now. */
export function policiesOf(ctx: TableContext, caller: Caller): CallerPolicies {
  const entity = entityPolicies(ctx, caller.principal)
  return caller.sessionPolicies === undefined
    ? entity
    : { ...entity, session: caller.sessionPolicies }
}

function entityPolicies(ctx: TableContext, principal: Principal): CallerPolicies {
  switch (principal.kind) {
    case 'user':
      return userPolicies(ctx, principal.accountId, principal.userName, principal.userId)
    case 'federated-user': {
      const { issuerArn, issuerUserId } = principal
      if (issuerUserId === undefined) return { identity: [] }
      return userPolicies(ctx, principal.accountId, nameOf(issuerArn), issuerUserId)
    }
    case 'role-session': {
      const scope = { store: ctx.store, accountId: principal.accountId, region: ctx.region }
      const role = roles.get(scope, nameOf(principal.roleArn).toLowerCase())
      // A role that was deleted and made anew is another role: its sessions lost their permissions.
      if (role === undefined || role.roleId !== principal.roleId) return { identity: [] }
      return rolePolicies(scope, role)
    }
    case 'root':
    case 'service':
    case 'anonymous':
    case 'federated':
      return { identity: [] }
  }
}

/** By id: a user made anew under the name is another user, and one renamed meanwhile is still the same. */
function userPolicies(
  ctx: TableContext,
  accountId: string,
  userName: string,
  userId: string,
): CallerPolicies {
  const scope = { store: ctx.store, accountId, region: ctx.region }
  const named = users.get(scope, userName.toLowerCase())
  const user = named?.userId === userId ? named : users.first(scope, 'userId', userId)
  if (user === undefined) return { identity: [] }
  return remembered(scope, user, () => {
    const identity = [...ownPolicies(scope, user, `user ${user.userName}`)]
    for (const group of groups.where(scope, 'member', user.userName.toLowerCase())) {
      identity.push(...ownPolicies(scope, group, `group ${group.groupName}`))
    }
    return withBoundary(scope, identity, user.boundaryArn)
  })
}

/** The policies of a role, and its boundary. */
export function rolePolicies(ctx: TableContext, role: RoleRecord): CallerPolicies {
  return remembered(ctx, role, () =>
    withBoundary(ctx, [...ownPolicies(ctx, role, `role ${role.roleName}`)], role.boundaryArn),
  )
}

interface Remembered {
  readonly groups: number
  readonly policies: number
  readonly found: CallerPolicies
}

/** By the record of a user or role, which is frozen: what it came to while the groups and policies stood so. */
const memory = new WeakMap<object, Remembered>()

function remembered(ctx: TableContext, record: object, find: () => CallerPolicies): CallerPolicies {
  const [groupsNow, policiesNow] = [groups.stamp(ctx), policies.stamp(ctx)]
  const before = memory.get(record)
  if (before?.groups === groupsNow && before.policies === policiesNow) return before.found
  const found = find()
  memory.set(record, { groups: groupsNow, policies: policiesNow, found })
  return found
}

function withBoundary(
  ctx: TableContext,
  identity: SourcedPolicy[],
  boundaryArn: string | undefined,
): CallerPolicies {
  if (boundaryArn === undefined) return { identity }
  const boundary = attachedPolicy(ctx, boundaryArn)
  return { identity, boundary: boundary === undefined ? [] : [boundary] }
}

function* ownPolicies(
  ctx: TableContext,
  entity: Pick<UserRecord, 'inlinePolicies' | 'attachedPolicies'>,
  owner: string,
): Generator<SourcedPolicy> {
  for (const [name, { document }] of Object.entries(entity.inlinePolicies)) {
    yield { source: `inline policy "${name}" of ${owner}`, document }
  }
  for (const arn of entity.attachedPolicies) {
    const policy = attachedPolicy(ctx, arn)
    if (policy !== undefined) yield policy
  }
}

/** A managed policy's default version, AWS's own or the account's. */
export function attachedPolicy(ctx: TableContext, arn: string): SourcedPolicy | undefined {
  const own = policies.get(ctx, arn)
  if (own !== undefined) {
    const version = own.versions.find(({ versionId }) => versionId === own.defaultVersionId)
    return version === undefined ? undefined : { source: arn, arn, document: version.document }
  }
  const document = managedPolicy(arn)?.document
  // AWS's own documents follow its own grammar.
  return document === undefined
    ? undefined
    : { source: arn, arn, document: document as SourcedPolicy['document'] }
}

/** The name at the end of an ARN with a path. */
function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
