import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { forgetExpired } from '../../shared/expiry.ts'
import { cachedResponseBytesMax } from '../limits.ts'
import { responseCache } from '../state.ts'
import { type ApiCall, headerOf, methodArn } from './api-call.ts'
import { GatewayError } from './gateway-errors.ts'
import { sourceValue } from './mapping.ts'
import { settingOf } from './settings.ts'

/** Where a method's answer is kept: undefined where the stage keeps none. Source: developer guide, "Cache settings for REST APIs". */
export function cacheKey(call: ApiCall): string | undefined {
  const { stage, request, method, apiId, stageName } = call
  const { cachingEnabled, cacheTtlInSeconds = 0 } = settingOf(call)
  if (stage?.cacheClusterEnabled !== true || cachingEnabled !== true || cacheTtlInSeconds === 0) {
    return undefined
  }
  if (request.method !== 'GET' && settingIsForAll(call)) return undefined
  const { cacheNamespace = '', cacheKeyParameters = [] } = method.methodIntegration ?? {}
  const values = cacheKeyParameters.map(
    (name) => sourceValue(call, name.replace(/^integration/, 'method')) ?? '',
  )
  const canary = call.isCanary && stage.canarySettings?.useStageCache !== true ? 'canary' : ''
  return orderedKey(apiId, stageName, cacheNamespace, canary, request.method, ...values)
}

/** Caching for all methods of a stage means GET alone; other methods need a setting of their own. */
function settingIsForAll({ stage, resource, method }: ApiCall): boolean {
  const own = `${resource.path.replace(/^\//, '')}/${method.httpMethod}`
  return stage?.methodSettings[own] === undefined
}

/** The answer that is kept, unless the caller asks for a new one and may. */
export function keptAnswer(call: ApiCall, key: string): HttpOperationOutput | undefined {
  const kept = responseCache.get(call.ctx, key)
  if (kept === undefined || kept.expiresAtMs <= call.ctx.now()) return undefined
  if (/\bmax-age=0\b/.test(headerOf(call.headers, 'cache-control') ?? '') && mayInvalidate(call)) {
    return undefined
  }
  const { body, ...answer } = JSON.parse(kept.value) as Omit<HttpOperationOutput, 'body'> & {
    body: string
  } // Written below.
  return { ...answer, body: Buffer.from(body, 'base64') }
}

function mayInvalidate(call: ApiCall): boolean {
  const {
    requireAuthorizationForCacheControl: asks = true,
    unauthorizedCacheControlHeaderStrategy: strategy,
  } = settingOf(call)
  if (!asks) return true
  const { ctx, apiId, stageName, request, path } = call
  const arn = methodArn(ctx, apiId, stageName, request.method, path)
  try {
    ctx.authorize('execute-api:InvalidateCache', arn, { resourceAccountId: ctx.accountId })
    return true
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (strategy === 'FAIL_WITH_403') throw new GatewayError('ACCESS_DENIED', 'Forbidden')
    return false
  }
}

/** Keeps an answer that is not too large, for as long as the method's setting says. */
export function keepAnswer(call: ApiCall, key: string, answer: HttpOperationOutput): void {
  if (!(answer.body instanceof Uint8Array) || answer.body.byteLength > cachedResponseBytesMax)
    return
  const { cacheTtlInSeconds = 300 } = settingOf(call)
  forgetExpired(call.ctx, responseCache)
  responseCache.put(call.ctx, {
    key,
    expiresAtMs: call.ctx.now() + cacheTtlInSeconds * 1000,
    value: JSON.stringify({ ...answer, body: Buffer.from(answer.body).toString('base64') }),
  })
}
