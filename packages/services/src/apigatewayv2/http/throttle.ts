import { orderedKey } from '@cloud-orrery/kernel'
import { buckets } from '../state.ts'
import type { ApiCall } from './api-call.ts'

/**
 * Takes a token for a request; false where its route has none left. A bucket holds the burst and fills at the rate.
 * Source: developer guide, "Throttle requests to your HTTP APIs".
 */
// Deviation: only limits that a stage or route sets are kept; the account's 10,000 requests a second are not.
export function takeToken({ ctx, stage, served, matched }: ApiCall): boolean {
  const routeKey = matched?.route.RouteKey ?? '$default'
  const own = stage.RouteSettings?.[routeKey]
  const { DefaultRouteSettings: common } = stage
  const rate = own?.ThrottlingRateLimit ?? common?.ThrottlingRateLimit
  const burst = own?.ThrottlingBurstLimit ?? common?.ThrottlingBurstLimit
  if (rate === undefined && burst === undefined) return true
  const perSecond = rate ?? Number.POSITIVE_INFINITY
  const size = burst ?? Math.max(1, perSecond)
  const key = orderedKey(served.api.ApiId, stage.StageName, routeKey)
  const nowMs = ctx.now()
  const before = buckets.get(ctx, key)
  const gained = before === undefined ? size : ((nowMs - before.atMs) / 1000) * perSecond
  const tokens = Math.min(size, (before?.tokens ?? 0) + (Number.isNaN(gained) ? size : gained))
  if (tokens < 1) return false
  buckets.put(ctx, { key, tokens: tokens - 1, atMs: nowMs })
  return true
}
