import type { Operation } from '@cloud-orrery/models'
import {
  type AttachedPolicy,
  AttachGroupPolicy,
  AttachRolePolicy,
  AttachUserPolicy,
  DetachGroupPolicy,
  DetachRolePolicy,
  DetachUserPolicy,
  ListAttachedGroupPolicies,
  ListAttachedRolePolicies,
  ListAttachedUserPolicies,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { type OperationHandler, operation } from '../define.ts'
import { identityArn } from '../shared/identity/arns.ts'
import { attachedPolicy } from '../shared/identity/policies.ts'
import { aboutEntity, type EntityKind, findEntity, findOwnRole, updateEntity } from './entities.ts'
import { policyNotAttachable, policyNotFound, quotaExceeded, unreadableArn } from './errors.ts'
import { attachedPoliciesMax } from './limits.ts'
import { type PageRequest, pageOfList } from './paging.ts'

/** Managed policies attached to users, groups and roles: one behaviour, three names. */
export const attachmentOperations: readonly OperationHandler[] = [
  attach(AttachUserPolicy, 'user', ({ UserName }) => UserName),
  attach(AttachGroupPolicy, 'group', ({ GroupName }) => GroupName),
  attach(AttachRolePolicy, 'role', ({ RoleName }) => RoleName),
  detach(DetachUserPolicy, 'user', ({ UserName }) => UserName),
  detach(DetachGroupPolicy, 'group', ({ GroupName }) => GroupName),
  detach(DetachRolePolicy, 'role', ({ RoleName }) => RoleName),
  list(ListAttachedUserPolicies, 'user', ({ UserName }) => UserName),
  list(ListAttachedGroupPolicies, 'group', ({ GroupName }) => GroupName),
  list(ListAttachedRolePolicies, 'role', ({ RoleName }) => RoleName),
]

const quotaNames = {
  user: 'PoliciesPerUser',
  group: 'PoliciesPerGroup',
  role: 'PoliciesPerRole',
} as const

function attach<I extends { PolicyArn: string }, O>(
  descriptor: Operation<I, O>,
  kind: EntityKind,
  nameOf: (input: I) => string,
): OperationHandler {
  return operation<I, object>(descriptor as Operation<I, object>, {
    authorize: (input, ctx) =>
      aboutEntity(ctx, kind, nameOf(input), { 'iam:PolicyARN': input.PolicyArn }),
    provenance: kind === 'group' ? 'modelled' : 'recorded',
    run(ctx, input) {
      const { PolicyArn } = input
      checkPolicyArn(PolicyArn)
      if (kind === 'role') findOwnRole(ctx, nameOf(input), descriptor.name)
      attachPolicy(ctx, kind, nameOf(input), PolicyArn)
      return {}
    },
  })
}

/** Attaches a managed policy; one that is attached already stays so. */
export function attachPolicy(ctx: Context, kind: EntityKind, name: string, arn: string): void {
  const { attachedPolicies } = findEntity(ctx, kind, name)
  if (attachedPolicy(ctx, arn) === undefined) throw policyNotAttachable(arn)
  if (attachedPolicies.includes(arn)) return
  const max = attachedPoliciesMax[kind]
  if (attachedPolicies.length >= max) throw quotaExceeded(quotaNames[kind], max)
  updateEntity(ctx, kind, name, { attachedPolicies: [...attachedPolicies, arn] })
}

/** Recorded: iam, AttachRolePolicy with a name in the ARN's place. */
export function checkPolicyArn(arn: string): void {
  if (identityArn(arn) === undefined) throw unreadableArn()
}

function detach<I extends { PolicyArn: string }, O>(
  descriptor: Operation<I, O>,
  kind: EntityKind,
  nameOf: (input: I) => string,
): OperationHandler {
  return operation<I, object>(descriptor as Operation<I, object>, {
    authorize: (input, ctx) =>
      aboutEntity(ctx, kind, nameOf(input), { 'iam:PolicyARN': input.PolicyArn }),
    provenance: 'modelled',
    run(ctx, input) {
      const { PolicyArn } = input
      checkPolicyArn(PolicyArn)
      const name = nameOf(input)
      const { attachedPolicies } = findEntity(ctx, kind, name)
      if (kind === 'role') findOwnRole(ctx, name, descriptor.name)
      if (!attachedPolicies.includes(PolicyArn)) throw policyNotFound(PolicyArn)
      const kept = attachedPolicies.filter((arn) => arn !== PolicyArn)
      updateEntity(ctx, kind, name, { attachedPolicies: kept })
      return {}
    },
  })
}

function list<I extends PageRequest & { PathPrefix?: string | undefined }, O>(
  descriptor: Operation<I, O>,
  kind: EntityKind,
  nameOf: (input: I) => string,
): OperationHandler {
  return operation<I, object>(descriptor as Operation<I, object>, {
    authorize: (input, ctx) => aboutEntity(ctx, kind, nameOf(input)),
    provenance: kind === 'role' ? 'recorded' : 'modelled',
    run(ctx, input) {
      const prefix = `policy${input.PathPrefix ?? '/'}`
      const arns = findEntity(ctx, kind, nameOf(input)).attachedPolicies.filter((arn) =>
        arn.slice(arn.lastIndexOf(':') + 1).startsWith(prefix),
      )
      const { items, rest } = pageOfList(input, arns)
      return { AttachedPolicies: items.map(attachedPolicyEntry), ...rest }
    },
  })
}

export function attachedPolicyEntry(arn: string): AttachedPolicy {
  return { PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn }
}
