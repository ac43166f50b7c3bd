import { invariant } from '@cloud-orrery/kernel'
import { globalRegion } from '@cloud-orrery/services'
import type { Cloud } from '../cloud.ts'
import type { Exchange } from '../exchange.ts'

/** Settles in which account and region the operation works, and makes its context. */
export function locate(cloud: Cloud, exchange: Exchange): void {
  const { service, handler, model } = exchange
  invariant(
    service !== undefined && handler !== undefined && model !== undefined,
    'a modelled call has a handler',
  )
  if (model.global === true) exchange.region = globalRegion
  exchange.ctx = cloud.contextOfCall(service, exchange)
  const scope = handler.scope?.(exchange.input, exchange.ctx)
  if (scope === undefined) return
  const { accountId = exchange.accountId, region = exchange.region } = scope
  if (accountId === exchange.accountId && region === exchange.region) return
  exchange.accountId = accountId
  exchange.region = region
  exchange.ctx = cloud.contextOfCall(service, exchange)
}
