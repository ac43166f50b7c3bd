import {
  type AttachedPermissionsBoundary,
  DeleteRolePermissionsBoundary,
  DeleteUserPermissionsBoundary,
  PutRolePermissionsBoundary,
  PutUserPermissionsBoundary,
} from '@cloud-orrery/models/iam'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { identityArn } from '../shared/identity/arns.ts'
import { attachedPolicy } from '../shared/identity/policies.ts'
import { roles, users } from '../shared/identity/state.ts'
import { aboutEntity, findOwnRole, findUser } from './entities.ts'
import { boundaryNotFound, noSuchEntity, notAPolicyArn } from './errors.ts'

export const putUserPermissionsBoundary = operation(PutUserPermissionsBoundary, {
  authorize: ({ UserName, PermissionsBoundary }, ctx) =>
    aboutEntity(ctx, 'user', UserName, boundaryContext(PermissionsBoundary)),
  provenance: 'modelled',
  run(ctx, { UserName, PermissionsBoundary }) {
    const user = findUser(ctx, UserName)
    checkBoundary(ctx, PermissionsBoundary)
    users.put(ctx, { ...user, boundaryArn: PermissionsBoundary })
    return {}
  },
})

export const deleteUserPermissionsBoundary = operation(DeleteUserPermissionsBoundary, {
  authorize: ({ UserName }, ctx) => aboutEntity(ctx, 'user', UserName),
  provenance: 'modelled',
  run(ctx, { UserName }) {
    const { boundaryArn, ...user } = findUser(ctx, UserName)
    if (boundaryArn === undefined) throw noBoundary('user', UserName)
    users.put(ctx, user)
    return {}
  },
})

export const putRolePermissionsBoundary = operation(PutRolePermissionsBoundary, {
  authorize: ({ RoleName, PermissionsBoundary }, ctx) =>
    aboutEntity(ctx, 'role', RoleName, boundaryContext(PermissionsBoundary)),
  provenance: 'modelled',
  run(ctx, { RoleName, PermissionsBoundary }) {
    const role = findOwnRole(ctx, RoleName, 'PutRolePermissionsBoundary')
    checkBoundary(ctx, PermissionsBoundary)
    roles.put(ctx, { ...role, boundaryArn: PermissionsBoundary })
    return {}
  },
})

export const deleteRolePermissionsBoundary = operation(DeleteRolePermissionsBoundary, {
  authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
  provenance: 'modelled',
  run(ctx, { RoleName }) {
    const own = findOwnRole(ctx, RoleName, 'DeleteRolePermissionsBoundary')
    const { boundaryArn, ...role } = own
    if (boundaryArn === undefined) throw noBoundary('role', RoleName)
    roles.put(ctx, role)
    return {}
  },
})

function noBoundary(kind: 'user' | 'role', name: string) {
  return noSuchEntity(`The ${kind} with name ${name} has no permissions boundary.`)
}

/** A boundary is a managed policy that exists. */
export function checkBoundary(ctx: Context, arn: string): void {
  if (identityArn(arn)?.type !== 'policy') throw notAPolicyArn(arn)
  if (attachedPolicy(ctx, arn) === undefined) throw boundaryNotFound(arn)
}

/** The condition key of calls that set a boundary. */
export function boundaryContext(arn: string | undefined): RequestContext {
  return arn === undefined ? {} : { 'iam:PermissionsBoundary': arn }
}

export function boundaryOf({ boundaryArn }: { readonly boundaryArn?: string }): {
  PermissionsBoundary?: AttachedPermissionsBoundary
} {
  if (boundaryArn === undefined) return {}
  return {
    PermissionsBoundary: {
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: boundaryArn,
    },
  }
}
