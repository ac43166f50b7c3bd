import { AssumeRole } from '@cloud-orrery/models/sts'
import type { Caller, Context } from '../../context.ts'
import { sessions } from '../../shared/identity/state.ts'
import { lambdaPrincipal, sessionSeconds } from '../limits.ts'
import { pollerSessions } from './state.ts'

/** As whom pollers take what an event source has: a session of the function's role, renewed before it ends. */
export async function pollerCaller(ctx: Context, roleArn: string): Promise<Caller> {
  const known = pollerSessions.get(ctx, roleArn)
  if (known !== undefined && known.expiresAtMs > ctx.now() + 60_000) return known.caller
  const input = {
    RoleArn: roleArn,
    RoleSessionName: 'awslambda_poller',
    DurationSeconds: sessionSeconds,
  }
  const { Credentials } = await ctx.call(AssumeRole, input, { as: lambdaPrincipal })
  const session = sessions.get(ctx, Credentials?.AccessKeyId ?? '')
  const caller: Caller = session?.caller ?? ctx.caller
  const expiresAtMs = session?.expiresAtMs ?? 0
  return pollerSessions.put(ctx, { roleArn, caller, expiresAtMs }).caller
}
