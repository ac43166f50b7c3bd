import type { Scope } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { Authorization, NoAuthorization } from '../../define.ts'
import { type Client, clients } from '../clients/state.ts'
import { clientNotFound, poolNotFound } from '../errors.ts'
import { type Pool, pools, whereabouts } from './state.ts'

export function poolArn({ accountId, region }: Scope, poolId: string): string {
  return `arn:aws:cognito-idp:${region}:${accountId}:userpool/${poolId}`
}

/** Throws ResourceNotFoundException. */
export function poolOf(ctx: Context, poolId: string): Pool {
  const pool = pools.get(ctx, poolId)
  if (pool === undefined) throw poolNotFound(poolId)
  return pool
}

/** A client in any pool. Throws ResourceNotFoundException. */
export function clientOf(ctx: Context, clientId: string): Client {
  const client = clients.get(ctx, clientId)
  if (client === undefined) throw clientNotFound(clientId)
  return client
}

/** A client of this very pool. Throws ResourceNotFoundException. */
export function clientOfPool(ctx: Context, poolId: string, clientId: string): Client {
  const { id } = poolOf(ctx, poolId)
  const client = clientOf(ctx, clientId)
  if (client.poolId !== id) throw clientNotFound(clientId)
  return client
}

/** The pool's ARN, with the tags that policies can ask for. */
export function onPool(
  { UserPoolId }: { readonly UserPoolId: string },
  ctx: Context,
): Authorization {
  const resource = poolArn(ctx, UserPoolId)
  const tags = pools.get(ctx, UserPoolId)?.tags
  if (tags === undefined) return { resource }
  const context = Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  )
  return { resource, context }
}

/** Operations that apps call for their users: IAM is not asked. */
export const byAnyone = (): NoAuthorization => ({
  none: 'Cognito judges these requests by client, code, session or token, not by IAM.',
})

/** Where a call that nobody signs belongs: whose client it names. */
export function scopeOfClient(
  { ClientId }: { readonly ClientId?: string | undefined },
  ctx: Context,
): Partial<Scope> {
  return scopeOf(ctx, ClientId)
}

/** Whose pool issued the token. What the token says is only believed for finding the pool that can verify it. */
export function scopeOfToken(
  { AccessToken }: { readonly AccessToken?: string | undefined },
  ctx: Context,
): Partial<Scope> {
  return scopeOf(ctx, poolIdOfToken(AccessToken))
}

export function scopeOf(ctx: Context, id: string | undefined): Partial<Scope> {
  const found = typeof id === 'string' ? whereabouts.get(ctx, id) : undefined
  return found?.region === ctx.region ? { accountId: found.accountId } : {}
}

/** The pool that a token names as its issuer; undefined where it is no token. */
export function poolIdOfToken(token: string | undefined): string | undefined {
  const payload = typeof token === 'string' ? token.split('.')[1] : undefined
  if (payload === undefined) return undefined
  try {
    const { iss } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss?: unknown }
    return typeof iss === 'string' ? iss.slice(iss.lastIndexOf('/') + 1) : undefined
  } catch {
    return undefined // No token at all: the operation says so.
  }
}
