import type { Context } from '../../context.ts'

/**
 * Who lets API Gateway act in a role's name needs `iam:PassRole` on it. `arn:aws:iam::*:user/*` is the credentials of
 * whoever calls the API: nothing is passed. Source: developer guide, "API Gateway permissions model for invoking an API".
 */
export function passRole(ctx: Context, credentials: string | undefined): void {
  if (credentials === undefined || /^arn:[^:]+:iam::\*:/.test(credentials)) return
  // An ARN with variables of the stage in it can be judged as a pattern alone.
  ctx.authorize('iam:PassRole', credentials, {
    context: { 'iam:PassedToService': 'apigateway.amazonaws.com' },
  })
}
