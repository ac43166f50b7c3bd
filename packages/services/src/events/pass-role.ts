import type { Context } from '../context.ts'

/** The service principal as which EventBridge works for its customers. */
export const eventsPrincipal = 'events.amazonaws.com'

/** Whoever gives EventBridge a role must be allowed to pass it. */
export function authorizePassRole(ctx: Context, roleArn: string, resourceArn: string): void {
  ctx.authorize('iam:PassRole', roleArn, {
    context: {
      'iam:PassedToService': eventsPrincipal,
      'iam:AssociatedResourceArn': resourceArn,
    },
  })
}
