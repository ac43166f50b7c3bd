import {
  CreateServiceLinkedRole,
  DeleteServiceLinkedRole,
  GetServiceLinkedRoleDeletionStatus,
} from '@cloud-orrery/models/iam'
import { operation, task } from '../define.ts'
import { entityArn } from '../shared/identity/arns.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { roles } from '../shared/identity/state.ts'
import { aboutEntity, findRole } from './entities.ts'
import {
  linkedRoleExists,
  linkedServiceNotModelled,
  noCustomSuffix,
  noSuchEntity,
  notFound,
} from './errors.ts'
import { linkedRoleDeletionMs } from './limits.ts'
import { linkedRoleDescriptions, linkedService, suffixedServices } from './linked-services.ts'
import { readPolicy } from './policy-documents.ts'
import { roleBasics } from './roles.ts'
import { roleDeletions } from './state.ts'

/** Seconds. */
const sessionSeconds = 3600

export const createServiceLinkedRole = operation(CreateServiceLinkedRole, {
  authorize: ({ AWSServiceName, CustomSuffix }, ctx) => ({
    resource: entityArn(
      ctx,
      'role',
      linkedPath(AWSServiceName),
      roleNameOf(AWSServiceName, CustomSuffix) ?? '*',
    ),
    context: { 'iam:AWSServiceName': AWSServiceName },
  }),
  provenance: 'recorded',
  run(ctx, { AWSServiceName: service, CustomSuffix, Description }) {
    const linked = linkedService(service)
    const roleName = roleNameOf(service, CustomSuffix)
    if (linked === undefined || roleName === undefined) throw linkedServiceNotModelled(service)
    if (CustomSuffix !== undefined && !suffixedServices.has(service)) throw noCustomSuffix(service)
    if (roles.has(ctx, roleName.toLowerCase())) throw linkedRoleExists(roleName)
    const description = Description ?? linkedRoleDescriptions[service]
    const role = roles.put(ctx, {
      roleName,
      roleId: ctx.ids.unique('AROA'),
      path: linkedPath(service),
      arn: entityArn(ctx, 'role', linkedPath(service), roleName),
      createdAtMs: thisSecond(ctx),
      trustPolicy: readPolicy(trustText(service), 'trust'),
      ...(description === undefined ? {} : { description }),
      maxSessionDurationSeconds: sessionSeconds,
      inlinePolicies: {},
      attachedPolicies: [`arn:aws:iam::aws:policy/aws-service-role/${linked.policyName}`],
      tags: {},
      linkedService: service,
    })
    return { Role: roleBasics(ctx, role) }
  },
})

export const deleteServiceLinkedRole = operation(DeleteServiceLinkedRole, {
  authorize: ({ RoleName }, ctx) => aboutEntity(ctx, 'role', RoleName),
  provenance: 'recorded',
  run(ctx, { RoleName }) {
    const { linkedService: service, roleName } = findRole(ctx, RoleName)
    if (service === undefined) throw notFound('role', RoleName)
    const id = `task${linkedPath(service)}${roleName}/${ctx.ids.uuid()}`
    roleDeletions.put(ctx, { id, status: 'IN_PROGRESS' })
    ctx.after(linkedRoleDeletionMs, removeLinkedRole, { id, roleName })
    return { DeletionTaskId: id }
  },
})

export const getServiceLinkedRoleDeletionStatus = operation(GetServiceLinkedRoleDeletionStatus, {
  authorize: ({ DeletionTaskId }, ctx) =>
    entityArn(ctx, 'role', '/', DeletionTaskId.split('/').slice(1, -1).join('/')),
  provenance: 'recorded',
  run(ctx, { DeletionTaskId }) {
    const deletion = roleDeletions.get(ctx, DeletionTaskId)
    if (deletion === undefined) {
      throw noSuchEntity(`The deletion task with id ${DeletionTaskId} cannot be found.`)
    }
    return { Status: deletion.status }
  },
})

/**
 * Deviation: a role that its service's resources still use is removed all the same; AWS's deletion fails and
 * lists them.
 */
export const removeLinkedRole = task<{ id: string; roleName: string }>('iam.removeLinkedRole', {
  run(ctx, { id, roleName }) {
    roles.delete(ctx, roleName.toLowerCase())
    roleDeletions.put(ctx, { id, status: 'SUCCEEDED' })
  },
})

function linkedPath(service: string): string {
  return `/aws-service-role/${service}/`
}

function roleNameOf(service: string, suffix: string | undefined): string | undefined {
  const linked = linkedService(service)
  if (linked === undefined) return undefined
  return `AWSServiceRoleFor${linked.roleSuffix}${suffix === undefined ? '' : `_${suffix}`}`
}

function trustText(service: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })
}
