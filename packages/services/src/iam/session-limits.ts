import type { Context } from '../context.ts'
import type { OperationHandler } from '../define.ts'
import { sessions } from '../shared/identity/state.ts'
import { sessionMayNot } from './errors.ts'

/**
 * IAM takes no session of GetFederationToken, and of GetSessionToken only those made with MFA.
 * Source: STS API reference, GetSessionToken and GetFederationToken, Permissions.
 */
export function refusingSessions(handler: OperationHandler): OperationHandler {
  return {
    ...handler,
    authorize: (input, ctx) => {
      refuseSession(ctx)
      return handler.authorize(input, ctx)
    },
  }
}

function refuseSession(ctx: Context): void {
  const { accessKeyId, mfaPresent } = ctx.caller
  const madeBy = accessKeyId === undefined ? undefined : sessions.get(ctx, accessKeyId)?.madeBy
  if (madeBy === 'GetFederationToken') throw sessionMayNot()
  if (madeBy === 'GetSessionToken' && mfaPresent !== true) throw sessionMayNot()
}
