import type { Context } from '../context.ts'
import type { OperationHandler } from '../define.ts'
import { notWithSession } from './errors.ts'
import { callingSession } from './session-tags.ts'

/** What the sessions of users may call. Source: STS API reference, GetSessionToken and GetFederationToken. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  GetSessionToken: ['AssumeRole', 'GetCallerIdentity'],
  GetFederationToken: ['GetCallerIdentity'],
}

/** Ties an operation to the kinds of sessions that may call it. */
export function limitingSessions(handler: OperationHandler): OperationHandler {
  return {
    ...handler,
    authorize: (input, ctx) => {
      refuseSession(ctx, handler.descriptor.name)
      return handler.authorize(input, ctx)
    },
  }
}

function refuseSession(ctx: Context, operationName: string): void {
  const madeBy = callingSession(ctx)?.madeBy
  const mayCall = madeBy === undefined ? undefined : allowed[madeBy]
  if (mayCall !== undefined && !mayCall.includes(operationName)) {
    throw notWithSession(operationName)
  }
}
