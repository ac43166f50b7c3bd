import type { Context } from '../context.ts'

/** Who made the call, as OpsItems and parameters show it. */
export function callerArn({ caller }: Context): string {
  const { principal } = caller
  if ('arn' in principal) return principal.arn
  return principal.kind === 'service' ? principal.service : ''
}
