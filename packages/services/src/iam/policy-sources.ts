import { managedPolicy } from '@cloud-orrery/models'
import type { Principal, SourcedPolicy } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { identityArn } from '../shared/identity/arns.ts'
import { attachedPolicy } from '../shared/identity/policies.ts'
import {
  groups,
  policies,
  type RoleRecord,
  type StoredPolicy,
  type UserRecord,
} from '../shared/identity/state.ts'
import { type EntityKind, findGroup, findRole, findUser } from './entities.ts'
import { invalidInput } from './errors.ts'

/** A policy with its text, under the id by which simulations name it. */
export interface TextPolicy extends SourcedPolicy {
  readonly text: string
}

/** A user, group or role with the policies that bear on it. */
export interface PolicySource {
  readonly kind: EntityKind
  readonly name: string
  readonly principal: Principal
  readonly policies: readonly TextPolicy[]
  readonly boundary: readonly TextPolicy[] | undefined
}

/** Finds what an ARN names; a user brings the policies of its groups. */
export function policySource(ctx: Context, arn: string): PolicySource {
  const parts = identityArn(arn)
  switch (parts?.service === 'iam' ? parts.type : undefined) {
    case 'user':
      return userSource(ctx, findUser(ctx, parts?.name ?? ''))
    case 'role':
      return roleSource(ctx, findRole(ctx, parts?.name ?? ''))
    case 'group': {
      const group = findGroup(ctx, parts?.name ?? '')
      const { accountId } = ctx
      return {
        kind: 'group',
        name: group.groupName,
        principal: { kind: 'user', accountId, arn: group.arn, userId: group.groupId, userName: '' },
        policies: ownPolicies(ctx, 'group', group.groupName, group),
        boundary: undefined,
      }
    }
    default:
      throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)
  }
}

function userSource(ctx: Context, user: UserRecord): PolicySource {
  const { userName, userId, arn, tags } = user
  const own = ownPolicies(ctx, 'user', userName, user)
  const ofGroups = [...groups.where(ctx, 'member', userName.toLowerCase())].flatMap((group) =>
    ownPolicies(ctx, 'group', group.groupName, group),
  )
  return {
    kind: 'user',
    name: userName,
    principal: { kind: 'user', accountId: ctx.accountId, arn, userId, userName, tags },
    policies: [...own, ...ofGroups],
    boundary: boundaryPolicies(ctx, user.boundaryArn),
  }
}

function roleSource(ctx: Context, role: RoleRecord): PolicySource {
  const { accountId, partition } = ctx
  const sessionName = 'simulation'
  return {
    kind: 'role',
    name: role.roleName,
    principal: {
      kind: 'role-session',
      accountId,
      arn: `arn:${partition}:sts::${accountId}:assumed-role/${role.roleName}/${sessionName}`,
      roleArn: role.arn,
      roleId: role.roleId,
      sessionName,
      principalTags: role.tags,
    },
    policies: ownPolicies(ctx, 'role', role.roleName, role),
    boundary: boundaryPolicies(ctx, role.boundaryArn),
  }
}

function ownPolicies(
  ctx: Context,
  kind: EntityKind,
  name: string,
  entity: Pick<UserRecord, 'inlinePolicies' | 'attachedPolicies'>,
): TextPolicy[] {
  const inline = Object.entries(entity.inlinePolicies).map(([policyName, policy]) => ({
    ...policy,
    source: `${kind}_${name}_${policyName}`,
  }))
  return [...inline, ...entity.attachedPolicies.flatMap((arn) => managedText(ctx, arn))]
}

function boundaryPolicies(ctx: Context, arn: string | undefined): TextPolicy[] | undefined {
  return arn === undefined ? undefined : managedText(ctx, arn)
}

/** A managed policy's default version, named by its name. */
function managedText(ctx: Context, arn: string): TextPolicy[] {
  const source = arn.slice(arn.lastIndexOf('/') + 1)
  const own = policies.get(ctx, arn)
  const version: StoredPolicy | undefined = own?.versions.find(
    ({ versionId }) => versionId === own.defaultVersionId,
  )
  if (version !== undefined) return [{ ...version, source, arn }]
  const attached = attachedPolicy(ctx, arn)
  if (attached === undefined) return []
  return [{ ...attached, source, text: awsPolicyText(managedPolicy(arn)?.document) }]
}

/** AWS's own policies are written with four spaces. */
export function awsPolicyText(document: unknown): string {
  return JSON.stringify(document, null, 4)
}
