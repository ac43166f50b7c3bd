import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { accountBurst, accountRatePerSecond } from '../limits.ts'
import {
  apiKeys,
  throttles,
  type UsagePlanRecord,
  usage,
  usagePlanKeys,
  usagePlans,
} from '../state.ts'
import { dayOf, periodStartMs, quotaLimit, usedSince } from '../usage-periods.ts'
import { type ApiCall, headerOf } from './api-call.ts'
import { GatewayError } from './gateway-errors.ts'
import { settingOf } from './settings.ts'

/** Takes a token of a bucket that fills at a rate; false where it is empty. */
function take(ctx: Context, key: string, ratePerSecond: number, burst: number): boolean {
  const nowMs = ctx.now()
  const before = throttles.get(ctx, key)
  const filled =
    before === undefined
      ? burst
      : Math.min(burst, before.tokens + ((nowMs - before.atMs) / 1000) * ratePerSecond)
  if (filled < 1) return false
  throttles.put(ctx, { key, tokens: filled - 1, atMs: nowMs })
  return true
}

/**
 * The limits of the stage's method, if it has its own, and those of the account.
 * Source: developer guide, "Throttle requests to your REST APIs".
 */
export function throttleStage(call: ApiCall): void {
  const { ctx, apiId, stageName, resource, method } = call
  const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = settingOf(call)
  if (rate !== undefined && burst !== undefined && rate >= 0 && burst >= 0) {
    const key = orderedKey('stage', apiId, stageName, resource.path, method.httpMethod)
    if (!take(ctx, key, rate, burst)) throw throttled()
  }
  if (!take(ctx, 'account', accountRatePerSecond, accountBurst)) throw throttled()
}

function throttled(): GatewayError {
  return new GatewayError('THROTTLED', 'Too Many Requests')
}

/** The value of the key that a request gives: by its header, or by what the authorizer said. */
function givenKey(call: ApiCall): string | undefined {
  return call.api.apiKeySource === 'AUTHORIZER'
    ? call.authorized.apiKey
    : headerOf(call.headers, 'x-api-key')
}

/**
 * Judges the key of a method that needs one, its plan's limits and its quota.
 * Source: developer guide, "Usage plans and API keys for REST APIs".
 */
export function checkApiKey(call: ApiCall): void {
  const { ctx, method, apiId, stageName } = call
  if (method.apiKeyRequired !== true || call.isTest) return
  const value = givenKey(call)
  const [key] = value === undefined ? [] : [...apiKeys.where(ctx, 'value', value)]
  if (key === undefined || !key.enabled) throw new GatewayError('INVALID_API_KEY', 'Forbidden')
  for (const { planId } of usagePlanKeys.where(ctx, 'key', key.id)) {
    const plan = usagePlans.get(ctx, planId)
    const stage = plan?.apiStages.find((it) => it.apiId === apiId && it.stage === stageName)
    if (plan === undefined || stage === undefined) continue
    call.apiKey = { id: key.id, value: key.value }
    throttlePlan(call, plan, key.id, stage.throttle)
    countUse(ctx, plan, key.id)
    return
  }
  throw new GatewayError('INVALID_API_KEY', 'Forbidden')
}

function throttlePlan(
  call: ApiCall,
  plan: UsagePlanRecord,
  keyId: string,
  own: UsagePlanRecord['apiStages'][number]['throttle'],
): void {
  const { ctx, resource, method } = call
  const named = own?.[`${resource.path}/${method.httpMethod}`]
  const limits = named ?? plan.throttle
  if (limits === undefined) return
  const { rateLimit = accountRatePerSecond, burstLimit = accountBurst } = limits
  const place = named === undefined ? '' : `${resource.path}/${method.httpMethod}`
  if (!take(ctx, orderedKey('plan', plan.id, keyId, place), rateLimit, burstLimit))
    throw throttled()
}

function countUse(ctx: Context, plan: UsagePlanRecord, keyId: string): void {
  const nowMs = ctx.now()
  if (plan.quota !== undefined) {
    const used = usedSince(ctx, plan.id, keyId, periodStartMs(plan.quota, nowMs), nowMs)
    if (used >= quotaLimit(ctx, plan, keyId, nowMs)) {
      throw new GatewayError('QUOTA_EXCEEDED', 'Limit Exceeded')
    }
  }
  const day = dayOf(nowMs)
  const before = usage.get(ctx, orderedKey(plan.id, keyId, day))
  usage.put(ctx, { planId: plan.id, keyId, day, used: (before?.used ?? 0) + 1 })
}
