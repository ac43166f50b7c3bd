import type { Operation } from '@cloud-orrery/models'
import {
  DeleteGroupPolicy,
  DeleteRolePolicy,
  DeleteUserPolicy,
  GetGroupPolicy,
  GetRolePolicy,
  GetUserPolicy,
  ListGroupPolicies,
  ListRolePolicies,
  ListUserPolicies,
  PutGroupPolicy,
  PutRolePolicy,
  PutUserPolicy,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { type OperationHandler, operation } from '../define.ts'
import type { StoredPolicy } from '../shared/identity/state.ts'
import { aboutEntity, type EntityKind, findEntity, findOwnRole, updateEntity } from './entities.ts'
import { inlinePoliciesTooLarge, inlinePolicyNotFound } from './errors.ts'
import { inlinePolicyCharactersMax } from './limits.ts'
import { type PageRequest, pageOfList } from './paging.ts'
import { encodePolicy, policyCharacters, readPolicy } from './policy-documents.ts'

/** The inline policies of users, groups and roles: one behaviour, three names. */
export const inlinePolicyOperations: readonly OperationHandler[] = [
  put(PutUserPolicy, 'user', ({ UserName }) => UserName),
  put(PutGroupPolicy, 'group', ({ GroupName }) => GroupName),
  put(PutRolePolicy, 'role', ({ RoleName }) => RoleName),
  remove(DeleteUserPolicy, 'user', ({ UserName }) => UserName),
  remove(DeleteGroupPolicy, 'group', ({ GroupName }) => GroupName),
  remove(DeleteRolePolicy, 'role', ({ RoleName }) => RoleName),
  list(ListUserPolicies, 'user', ({ UserName }) => UserName),
  list(ListGroupPolicies, 'group', ({ GroupName }) => GroupName),
  list(ListRolePolicies, 'role', ({ RoleName }) => RoleName),
  operation(GetUserPolicy, {
    authorize: ({ UserName }, ctx) => aboutEntity(ctx, 'user', UserName),
    provenance: 'recorded',
    run: (ctx, { UserName, PolicyName }) => {
      const { name, document } = read(ctx, 'user', UserName, PolicyName)
      return { UserName: name, PolicyName, PolicyDocument: document }
    },
  }),
  operation(GetGroupPolicy, {
    authorize: ({ GroupName }, ctx) => aboutEntity(ctx, 'group', GroupName),
    provenance: 'modelled',
    run: (ctx, { GroupName, PolicyName }) => {
      const { name, document } = read(ctx, 'group', GroupName, PolicyName)
      return { GroupName: name, PolicyName, PolicyDocument: document }
    },
  }),
  operation(GetRolePolicy, {
    authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
    provenance: 'modelled',
    run: (ctx, { RoleName, PolicyName }) => {
      const { name, document } = read(ctx, 'role', RoleName, PolicyName)
      return { RoleName: name, PolicyName, PolicyDocument: document }
    },
  }),
]

function put<I extends { PolicyName: string; PolicyDocument: string }, O>(
  descriptor: Operation<I, O>,
  kind: EntityKind,
  nameOf: (input: I) => string,
): OperationHandler {
  return operation<I, object>(descriptor as Operation<I, object>, {
    authorize: (input, ctx) => aboutEntity(ctx, kind, nameOf(input)),
    provenance: kind === 'user' ? 'recorded' : 'modelled',
    run(ctx, input) {
      const name = nameOf(input)
      if (kind === 'role') findOwnRole(ctx, name, descriptor.name)
      putInlinePolicy(
        ctx,
        kind,
        name,
        input.PolicyName,
        readPolicy(input.PolicyDocument, 'identity'),
      )
      return {}
    },
  })
}

/** Writes or replaces an inline policy; all of an entity's together have a size. */
export function putInlinePolicy(
  ctx: Context,
  kind: EntityKind,
  name: string,
  policyName: string,
  policy: StoredPolicy,
): void {
  const entity = findEntity(ctx, kind, name)
  const inlinePolicies = { ...entity.inlinePolicies, [policyName]: policy }
  const characters = Object.values(inlinePolicies)
    .map(({ text }) => policyCharacters(text))
    .reduce((sum, size) => sum + size, 0)
  const max = inlinePolicyCharactersMax[kind]
  if (characters > max) throw inlinePoliciesTooLarge(kind, entity.name, max)
  updateEntity(ctx, kind, name, { inlinePolicies })
}

function remove<I extends { PolicyName: string }, O>(
  descriptor: Operation<I, O>,
  kind: EntityKind,
  nameOf: (input: I) => string,
): OperationHandler {
  return operation<I, object>(descriptor as Operation<I, object>, {
    authorize: (input, ctx) => aboutEntity(ctx, kind, nameOf(input)),
    provenance: 'modelled',
    run(ctx, input) {
      const name = nameOf(input)
      const { inlinePolicies } = findEntity(ctx, kind, name)
      if (kind === 'role') findOwnRole(ctx, name, descriptor.name)
      const { [input.PolicyName]: removed, ...kept } = inlinePolicies
      if (removed === undefined) throw inlinePolicyNotFound(kind, input.PolicyName)
      updateEntity(ctx, kind, name, { inlinePolicies: kept })
      return {}
    },
  })
}

function list<I extends PageRequest, O extends { PolicyNames: readonly string[] }>(
  descriptor: Operation<I, O>,
  kind: EntityKind,
  nameOf: (input: I) => string,
): OperationHandler {
  return operation<I, { PolicyNames: readonly string[] }>(descriptor, {
    authorize: (input, ctx) => aboutEntity(ctx, kind, nameOf(input)),
    provenance: kind === 'role' ? 'recorded' : 'modelled',
    run(ctx, input) {
      const names = Object.keys(findEntity(ctx, kind, nameOf(input)).inlinePolicies).sort()
      const { items, rest } = pageOfList(input, names)
      return { PolicyNames: items, ...rest }
    },
  })
}

function read(
  ctx: Context,
  kind: EntityKind,
  name: string,
  policyName: string,
): { name: string; document: string } {
  const entity = findEntity(ctx, kind, name)
  const policy = entity.inlinePolicies[policyName]
  if (policy === undefined) throw inlinePolicyNotFound(kind, policyName)
  return { name: entity.name, document: encodePolicy(policy.text) }
}
