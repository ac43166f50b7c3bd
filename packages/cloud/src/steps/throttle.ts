import { invariant } from '@cloud-orrery/kernel'
import type { Cloud } from '../cloud.ts'
import { throttled, wordingOf } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** Takes a token from the bucket of the account, region and operation, where the service has limits. */
export function throttle(cloud: Cloud, exchange: Exchange): void {
  const limits = exchange.service?.rateLimits
  if (!cloud.throttling || limits === undefined) return
  const { service, operationModel, accountId, region } = exchange
  invariant(service !== undefined && operationModel !== undefined, 'a call has a service')
  const limit = limits[operationModel.name] ?? limits.default
  const name = `${service.name}.${operationModel.name}`
  if (!cloud.buckets.take(`${accountId}/${region}/${name}`, limit, cloud.kernel.clock.nowMs)) {
    throw throttled(wordingOf(exchange))
  }
}
