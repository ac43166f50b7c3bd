import type { Scope } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'

/** ARNs of what the API manages have no account. Source: service authorization reference, API Gateway V2. */
export function managementArn({ region }: Scope, path: string): string {
  return `arn:aws:apigateway:${region}::${path}`
}

export function apiArn(scope: Scope, apiId: string): string {
  return managementArn(scope, `/apis/${apiId}`)
}

export function stageArn(scope: Scope, apiId: string, stageName: string): string {
  return managementArn(scope, `/apis/${apiId}/stages/${stageName}`)
}

/** What callers of an API are judged on, and what integrations name as their source. */
export function executeArn({ region, accountId }: Scope, apiId: string, rest: string): string {
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${rest}`
}

/** A permission of the control plane: IAM knows its calls by HTTP method and path. */
export function judged(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  ctx: Context,
): Authorization {
  return { action: `apigateway:${method}`, resource: managementArn(ctx, path) }
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Ids of routes, integrations, authorizers and the like: seven characters; deployments have six. */
export function newPartId(ctx: Context, length = 7): string {
  return ctx.ids.from(alphabet, length)
}

export function endpointOf({ region }: Scope, apiId: string, protocol: string): string {
  const scheme = protocol === 'WEBSOCKET' ? 'wss' : 'https'
  return `${scheme}://${apiId}.execute-api.${region}.amazonaws.com`
}
