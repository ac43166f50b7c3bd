import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { HttpOperationInput } from '../../http-operation.ts'
import { type Domain, domains } from '../clients/state.ts'

const prefixed = /^(?<prefix>[a-z0-9-]+)\.auth\.(?<region>[a-z0-9-]+)\.amazoncognito\./

/** The name of a new custom domain's distribution: on CloudFront such names say nothing of who they are for. */
export function newDistributionName(ctx: Context): string {
  return `d${ctx.ids.from('abcdefghijklmnopqrstuvwxyz0123456789', 9)}cog0.cloudfront.net`
}

/** The domain that a request is for. A distribution answers under its custom name alone. */
export function domainOf(
  ctx: Context,
  { host, servedName }: Pick<HttpOperationInput, 'host' | 'servedName'>,
): Domain | undefined {
  const { prefix, region } = prefixed.exec(servedName)?.groups ?? {}
  if (prefix !== undefined && region !== undefined) {
    return domains.get(ctx, orderedKey(region, prefix))
  }
  const domain = domains.first(ctx, 'host', servedName)
  return domain?.domain === host ? domain : undefined
}
