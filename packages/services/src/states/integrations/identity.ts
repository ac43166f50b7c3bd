import { AssumeRole } from '@cloud-orrery/models/sts'
import type { CallOptions, Context } from '../../context.ts'
import { sessions } from '../../shared/identity/state.ts'
import type { TaskRequest } from '../executions/contract.ts'
import { asRole, statesPrincipal } from '../machines/roles.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * As whom a task calls: the execution's role, or the role of its `Credentials`, which the execution's role has to be
 * allowed to assume. Source: Step Functions Developer Guide, "Accessing resources in other AWS accounts".
 */
export async function callerOf(
  ctx: Context,
  {
    roleArn,
    stateMachineArn,
    credentialsRoleArn,
  }: Pick<TaskRequest, 'roleArn' | 'stateMachineArn' | 'credentialsRoleArn'>,
): Promise<CallOptions> {
  const sessionName = ctx.ids.from(letters, 32)
  const own = asRole(roleArn, stateMachineArn, sessionName)
  if (credentialsRoleArn === undefined) return own
  const input = { RoleArn: credentialsRoleArn, RoleSessionName: sessionName }
  const { Credentials } = await ctx.call(AssumeRole, input, own)
  const session = sessions.get(ctx, Credentials?.AccessKeyId ?? '')
  if (session === undefined) return own // STS keeps every session that it gives.
  return { as: { caller: { ...session.caller, invokedBy: statesPrincipal }, direct: true } }
}
