import { evaluate } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { policiesOf } from '../shared/identity/policies.ts'
import { roles } from '../shared/identity/state.ts'

/**
 * Whether the identity policies of a role allow an action: what Lambda checks of an execution role before it takes a
 * destination, a dead-letter queue or an event source. Resource policies have their say when the call is made.
 */
export function roleMay(ctx: Context, roleArn: string, action: string, resource: string): boolean {
  const accountId = roleArn.split(':')[4] ?? ctx.accountId
  const name = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  const role = roles.get(ctx.at({ accountId }), name.toLowerCase())
  if (role === undefined) return false
  const principal = {
    kind: 'role-session',
    accountId,
    arn: `arn:${ctx.partition}:sts::${accountId}:assumed-role/${role.roleName}/lambda`,
    roleArn: role.arn,
    roleId: role.roleId,
    sessionName: 'lambda',
    principalTags: role.tags,
  } as const
  const request = { principal, action, resource, resourceAccountId: accountId, context: {} }
  return evaluate(request, policiesOf(ctx, { principal })).allowed
}
