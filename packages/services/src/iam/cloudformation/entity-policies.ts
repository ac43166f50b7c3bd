import {
  AttachGroupPolicy,
  AttachRolePolicy,
  AttachUserPolicy,
  DeleteGroupPolicy,
  DeleteRolePolicy,
  DeleteUserPolicy,
  DetachGroupPolicy,
  DetachRolePolicy,
  DetachUserPolicy,
  PutGroupPolicy,
  PutRolePolicy,
  PutUserPolicy,
} from '@cloud-orrery/models/iam'
import type { ResourceContext } from '../../context.ts'
import { unlessGone } from './gone.ts'

/** The calls that give policies to one kind of entity and take them away. */
export interface EntityCalls {
  readonly put: (
    ctx: ResourceContext,
    name: string,
    PolicyName: string,
    PolicyDocument: string,
  ) => Promise<unknown>
  readonly remove: (ctx: ResourceContext, name: string, PolicyName: string) => Promise<unknown>
  readonly attach: (ctx: ResourceContext, name: string, PolicyArn: string) => Promise<unknown>
  readonly detach: (ctx: ResourceContext, name: string, PolicyArn: string) => Promise<unknown>
}

export const userCalls: EntityCalls = {
  put: (ctx, UserName, PolicyName, PolicyDocument) =>
    ctx.call(PutUserPolicy, { UserName, PolicyName, PolicyDocument }),
  remove: (ctx, UserName, PolicyName) =>
    unlessGone(ctx.call(DeleteUserPolicy, { UserName, PolicyName })),
  attach: (ctx, UserName, PolicyArn) => ctx.call(AttachUserPolicy, { UserName, PolicyArn }),
  detach: (ctx, UserName, PolicyArn) =>
    unlessGone(ctx.call(DetachUserPolicy, { UserName, PolicyArn })),
}

export const groupCalls: EntityCalls = {
  put: (ctx, GroupName, PolicyName, PolicyDocument) =>
    ctx.call(PutGroupPolicy, { GroupName, PolicyName, PolicyDocument }),
  remove: (ctx, GroupName, PolicyName) =>
    unlessGone(ctx.call(DeleteGroupPolicy, { GroupName, PolicyName })),
  attach: (ctx, GroupName, PolicyArn) => ctx.call(AttachGroupPolicy, { GroupName, PolicyArn }),
  detach: (ctx, GroupName, PolicyArn) =>
    unlessGone(ctx.call(DetachGroupPolicy, { GroupName, PolicyArn })),
}

export const roleCalls: EntityCalls = {
  put: (ctx, RoleName, PolicyName, PolicyDocument) =>
    ctx.call(PutRolePolicy, { RoleName, PolicyName, PolicyDocument }),
  remove: (ctx, RoleName, PolicyName) =>
    unlessGone(ctx.call(DeleteRolePolicy, { RoleName, PolicyName })),
  attach: (ctx, RoleName, PolicyArn) => ctx.call(AttachRolePolicy, { RoleName, PolicyArn }),
  detach: (ctx, RoleName, PolicyArn) =>
    unlessGone(ctx.call(DetachRolePolicy, { RoleName, PolicyArn })),
}

/** `Policies` and `ManagedPolicyArns` of a user, group or role. */
export interface DeclaredPolicies {
  readonly Policies?:
    | readonly { readonly PolicyName: string; readonly PolicyDocument: unknown }[]
    | undefined
  readonly ManagedPolicyArns?: readonly string[] | undefined
}

/** Brings an entity from the policies of one template to those of the next. */
export async function applyPolicies(
  ctx: ResourceContext,
  calls: EntityCalls,
  name: string,
  now: DeclaredPolicies,
  before: DeclaredPolicies = {},
): Promise<void> {
  const old = new Map(
    (before.Policies ?? []).map((it) => [it.PolicyName, documentText(it.PolicyDocument)]),
  )
  const wanted = new Map(
    (now.Policies ?? []).map((it) => [it.PolicyName, documentText(it.PolicyDocument)]),
  )
  for (const policyName of old.keys()) {
    if (!wanted.has(policyName)) await calls.remove(ctx, name, policyName)
  }
  for (const [policyName, text] of wanted) {
    if (old.get(policyName) !== text) await calls.put(ctx, name, policyName, text)
  }
  const { gone, added } = difference(before.ManagedPolicyArns, now.ManagedPolicyArns)
  for (const arn of gone) await calls.detach(ctx, name, arn)
  for (const arn of added) await calls.attach(ctx, name, arn)
}

/** What a list lost and gained, each once. */
export function difference(
  before: readonly string[] = [],
  now: readonly string[] = [],
): { gone: readonly string[]; added: readonly string[] } {
  const old = new Set(before)
  const wanted = new Set(now)
  return {
    gone: [...old].filter((it) => !wanted.has(it)),
    added: [...wanted].filter((it) => !old.has(it)),
  }
}

/** Templates hold documents as objects, or as text that an intrinsic function made. */
export function documentText(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document)
}

/** A document as IAM answers it, as templates hold it. */
export function documentObject(encoded: string | undefined): unknown {
  return encoded === undefined ? undefined : (JSON.parse(decodeURIComponent(encoded)) as unknown)
}
